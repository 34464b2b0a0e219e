"""Weighing causes by experiment: which arms are simulated, in the ODE with its ensemble and in the Boolean process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..nouns.intervention import Clamp, Course
from ..nouns.model import Model
from ..nouns.readout import Readout
from .arms import BooleanArms, OdeArms, can_be_held, grid_of, states_of
from .causes import Arm, Cause, Doing
from .draws import Draw
from .linear import Linear, boolean_linear, ode_linear
from .plan import boolean_stretches, ode_stretches
from .runs import Progress

Floats: TypeAlias = NDArray[np.float64]
# ("base",), ("do",), ("off", k), ("alone", k), ("pair", k, l), ("held", node), ("free", node), and for interventions
# ("without", g), ("just", g); ("bare", ...) for the same without what keeps estrogen and RANKL from counting twice
Label: TypeAlias = tuple[str | int, ...]
BASE, DO, BARE = ("base",), ("do",), "bare"
MOST_HELD, MOST_WEIGHED, MOST_PAIRS = 16, 8, 3
# shares below this are not followed through the ensemble
SMALL = 0.03
_MOST_PAIRED, _MOST_STRONG = 20, 4
# a node that moves less does not call up its corrections; a share above this is more than everything
CORRECTED, _FULL = 0.1, 1.05


@dataclass(frozen=True)
class Weights:
    """What the arms of one formalism show.

    Attributes
    ----------
    values
        Label of an arm to what is read, shape (samples, readouts): the reference and the draws, or the replicates.
    linears
        The linearised model of each readout.
    """

    values: Mapping[Label, Floats]
    linears: tuple[Linear, ...]


def live(causes: Sequence[Cause], formalism: str) -> list[int]:
    """Return the causes that can do anything in a formalism."""
    out = []
    for k, cause in enumerate(causes):
        if cause.effect is None:
            if cause.kind != "drug" or formalism == "ode":
                out.append(k)
        elif cause.occupancy > 0.0 and cause.effect.formalism in {"both", formalism}:
            out.append(k)
    return out


def arm_of(doing: Doing, label: Label) -> Arm:
    """Return the arm that a label names."""
    if label[0] == BARE:
        return arm_of(doing, label[1:])
    causes = doing.causes
    numbers = [causes[part] for part in label[1:] if isinstance(part, int)]
    match label[0]:
        case "base":
            return doing.baseline()
        case "do":
            return doing.arm()
        case "alone":
            return doing.alone(numbers)
        case "without":
            return doing.arm([causes[k] for k in doing.groups[int(label[1])][1]])
        case "just":
            return doing.alone([causes[k] for k in doing.groups[int(label[1])][1]])
        case "held":
            return doing.arm(held=(str(label[1]),))
        case "free":
            return doing.baseline(held=(str(label[1]),))
        case _:
            return doing.arm(numbers)


def candidates(
    model: Model, draw: Draw, doing: Doing, linears: Sequence[Linear], readouts: Sequence[Readout], *, ode: bool
) -> list[str]:
    """Return the nodes through which most may pass, by sensitivity; not those that are set or read.

    Parameters
    ----------
    model, draw
        The model and the draw.
    doing
        The intervention.
    linears
        The linearised model of each readout.
    readouts
        What is read.
    ode
        Whether they are to be held in the ODE.

    Returns
    -------
    list of str
        At most `MOST_HELD` per readout.
    """
    names = model.network.names
    barred = {a.node for a in (*doing.without, *doing.do) if isinstance(a, Clamp | Course)}
    barred |= {readout.name for readout in readouts}
    out: list[str] = []
    for linear in linears:
        through = np.abs(linear.through_states())[: len(names)]
        whole = float(np.abs(linear.effects).sum()) or 1.0
        kept = [i for i in np.argsort(-through, kind="stable") if through[i] > 0.01 * whole and names[i] not in barred]
        out += [names[i] for i in kept if not ode or can_be_held(draw, int(i))][:MOST_HELD]
    return list(dict.fromkeys(out))


def first_labels(doing: Doing, formalism: str) -> list[Label]:
    """Return the arms that are always simulated."""
    found = live(doing.causes, formalism)
    singles: list[Label] = [("off", k) for k in found]
    if len(doing.causes) > 1:
        singles += [("alone", k) for k in found]
    pairs: list[Label] = []
    if formalism == "ode" and 2 < len(found) <= _MOST_PAIRED:
        pairs = [("pair", k, other) for k, other in combinations(found, 2)]
    groups: list[Label] = [(word, g) for g in range(len(doing.groups)) for word in ("without", "just")]
    return [BASE, DO, *singles, *groups, *pairs]


@dataclass(frozen=True)
class OdeWeights:
    """Weighs causes in the ODE: everything in the reference draw, what matters in the ensemble.

    Parameters
    ----------
    model, doing, readouts, days
        The question.
    draws
        The reference, then the ensemble.
    limits
        Smallest change that counts, per readout.
    progress
        Called with the number of courses of the ensemble just finished.
    """

    model: Model
    doing: Doing
    readouts: tuple[Readout, ...]
    days: float
    draws: Sequence[Draw]
    limits: Sequence[float]
    progress: Progress | None = None
    _values: dict[Label, Floats] = field(default_factory=dict, repr=False, compare=False)

    def weigh(self) -> Weights:
        """Simulate, choose mediators, simulate those, and weigh what matters in every draw."""
        arms = OdeArms(self.model, self.readouts, self.days)
        reference = self.draws[0]
        self._run(arms, first_labels(self.doing, "ode"), [reference], {})
        grid = grid_of(self.days, [*self.doing.without.times(), *self.doing.do.times()])
        bases = arms.bases(self.draws, self.doing.baseline(), grid)
        linears = self._linears(arms, grid, bases[id(reference)][1][-1])
        nodes = candidates(self.model, reference, self.doing, linears, self.readouts, ode=True)
        self._run(arms, [(word, n) for n in nodes for word in ("held", "free")], [reference], bases)
        worth = self._worth(nodes) if len(self.draws) > 1 else []
        if len(self.draws) > 1:
            self._run(arms, [BASE, DO, *worth], self.draws, bases)
        if nodes and self._overfull(nodes, linears[0]):
            self._without_corrections(arms, nodes, grid, {str(label[1]) for label in worth if label[0] == "held"})
        return Weights(self._values, linears)

    def _overfull(self, nodes: Sequence[str], linear: Linear) -> bool:
        """Tell whether corrections take part so strongly that nodes seem to carry more than everything."""
        pinned = self.draws[0].wiring.node[len(self.model.couplings) :]
        if not (np.abs(linear.moved[pinned]) > CORRECTED).any():
            return False
        value = {label: values[0] for label, values in self._values.items()}
        effect = value[DO] - value[BASE]
        large = np.abs(effect) > np.asarray(self.limits)
        shares = [1.0 - (value["held", n] - value["free", n]) / np.where(large, effect, np.inf) for n in nodes]
        return bool((np.stack(shares)[:, large] > _FULL).any())

    def _without_corrections(self, arms: OdeArms, nodes: Sequence[str], grid: Sequence[float], worth: set[str]) -> None:
        """Hold nodes again without the corrections: in the reference, and what is worth it in every draw."""
        own = len(self.model.couplings)
        bare = []
        for draw in self.draws:
            w = draw.wiring
            plain = w._replace(node=w.node[:own], modulator=w.modulator[:own], curve=w.curve[:own])
            bare.append(replace(draw, wiring=plain))
        bases = arms.bases(bare, self.doing.baseline(), grid)
        held: list[Label] = [(BARE, word, n) for n in nodes for word in ("held", "free")]
        self._run(arms, [(BARE, *BASE), (BARE, *DO), *held], bare[:1], bases)
        if len(bare) > 1:
            told = [label for label in held if label[2] in worth]
            self._run(arms, [(BARE, *BASE), (BARE, *DO), *told], bare, bases)

    def _run(
        self, arms: OdeArms, labels: Sequence[Label], draws: Sequence[Draw], bases: Mapping[int, tuple[Floats, Floats]]
    ) -> None:
        jobs = [(draw, arm_of(self.doing, label)) for label in labels for draw in draws]
        if jobs:
            found = arms.read(jobs, self.progress if len(draws) > 1 else None, bases=bases)
            for label, values in zip(labels, found.reshape(len(labels), len(draws), -1), strict=True):
                self._values[label] = values

    def _linears(self, arms: OdeArms, grid: Sequence[float], base: Floats) -> tuple[Linear, ...]:
        draw, doing = self.draws[0], self.doing
        course = arms.courses(draw, [doing.arm()], grid)[0]
        states = (base, states_of(draw, self.model.network.names, course)[-1])
        cut = [
            ode_stretches(self.model, draw, arm.protocol, self.days, arm.off)[-1]
            for arm in (doing.arm(), *(doing.arm([cause]) for cause in doing.causes))
        ]
        return tuple(
            ode_linear(self.model, draw, readout, states, (cut[0], cut[1:]), self.days) for readout in self.readouts
        )

    def _worth(self, nodes: Sequence[str]) -> list[Label]:
        """Return the arms that are worth an ensemble: large shares of any readout with an effect."""
        out: list[Label] = []
        for r, limit in enumerate(self.limits):
            value = {label: float(values[0, r]) for label, values in self._values.items()}
            effect = value[DO] - value[BASE]
            if abs(effect) <= limit:
                continue
            weight = {
                k: max(abs(value[DO] - value["off", k]), abs(value.get(("alone", k), value[BASE]) - value[BASE]))
                for k in live(self.doing.causes, "ode")
            }
            top = [k for k in sorted(weight, key=lambda k: -weight[k]) if weight[k] > SMALL * abs(effect)]
            for k in top[:MOST_WEIGHED]:
                out += [label for label in (("off", k), ("alone", k)) if label in value]
            out += [("pair", *pair) for pair, _ in backing(value, effect)]
            out += [(word, g) for g in range(len(self.doing.groups)) for word in ("without", "just")]
            share = {n: abs(1.0 - (value["held", n] - value["free", n]) / effect) for n in nodes}
            for n in sorted(nodes, key=lambda n: -share[n])[:MOST_WEIGHED]:
                out += [("held", n), ("free", n)]
        return list(dict.fromkeys(out))


def backing(value: Mapping[Label, float], effect: float) -> list[tuple[tuple[int, int], float]]:
    """Return the pairs of causes of which more goes together than one by one, the strongest first.

    Parameters
    ----------
    value
        Label of an arm to what is read.
    effect
        The whole effect.

    Returns
    -------
    list of tuple
        Numbers of the two causes, and the share by which they back each other up.
    """
    found = []
    for label in value:
        if label[0] == "pair":
            k, other = int(label[1]), int(label[2])
            one, two, both = (
                (value[DO] - value[place]) / (effect or 1.0) for place in (("off", k), ("off", other), label)
            )
            more = both - one - two
            # what one of them hides of the other is no backing, nor is help by what works against the effect
            if more > SMALL and both > max(one, two) + SMALL and min(one, two) > -SMALL:
                found.append(((k, other), more))
    return sorted(found, key=lambda row: -row[1])[:MOST_PAIRS]


def boolean_weights(
    arms: BooleanArms, doing: Doing, pairs: Sequence[tuple[int, int]] | None, nodes: Sequence[str]
) -> Weights:
    """Weigh causes in the Boolean process.

    Parameters
    ----------
    arms
        Model, draw, readouts and sample.
    doing
        The intervention.
    pairs
        Pairs of causes that are switched off together; None for those of the strongest causes.
    nodes
        Further nodes that are held.

    Returns
    -------
    Weights
        Replicates of every arm.
    """
    model, draw = arms.model, arms.draw
    labels = [*first_labels(doing, "boolean"), *(("pair", *pair) for pair in pairs or ())]
    means = arms.means([arm_of(doing, label) for label in labels])
    values = arms.values(means[-1])
    out = {label: values[:, lane] for lane, label in enumerate(labels)}
    base, with_ = (means[-1, :, lane].mean(axis=0) for lane in (0, 1))
    actions = [_actions(arms, arm) for arm in (doing.arm(), *(doing.arm([cause]) for cause in doing.causes))]
    linears = tuple(
        boolean_linear(model, draw, readout, (base, with_), (actions[0], actions[1:])) for readout in arms.readouts
    )
    held = candidates(model, draw, doing, linears, arms.readouts, ode=False)
    held = list(dict.fromkeys([*held, *nodes]))
    more: list[Label] = [(word, n) for n in held for word in ("held", "free")]
    if pairs is None:
        more += [("pair", *pair) for pair in _strong_pairs(out)]
    if more:
        found = arms.read([arm_of(doing, label) for label in more], means[:, :, 0].mean(axis=1))
        out |= {label: found[:, lane] for lane, label in enumerate(more)}
    return Weights(out, linears)


def _strong_pairs(values: Mapping[Label, Floats]) -> list[tuple[int, int]]:
    """Return the pairs of the causes without which most of any readout goes."""
    weight = {
        int(label[1]): float(np.abs((values[DO] - value).mean(axis=0)).max())
        for label, value in values.items()
        if label[0] == "off"
    }
    strong = sorted(sorted(weight, key=lambda k: -weight[k])[:_MOST_STRONG])
    return list(combinations(strong, 2))


def _actions(arms: BooleanArms, arm: Arm) -> tuple[Floats, Floats]:
    """Return alpha and beta of an arm at the end."""
    last = boolean_stretches(arms.model, arms.draw, [arm.protocol], [arms.days], arm.off)
    marks = sorted({t for t in arm.protocol.times() if 0.0 < t < arms.days} | {arms.days})
    if len(marks) > 1:
        last = boolean_stretches(arms.model, arms.draw, [arm.protocol], marks, arm.off)
    return last[-1].alpha[0], last[-1].beta[0]
