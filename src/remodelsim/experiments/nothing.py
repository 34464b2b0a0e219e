"""Why an intervention has no effect: asked again with other doses, without the baseline, and cause by cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.slopes import edge_slopes
from ..ground.units import Amount
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Clamp, Dosing, Protocol
from ..nouns.model import Model
from ..nouns.readout import CELL_QUANTITIES, Readout
from .arms import BooleanArms, OdeArms
from .causes import Arm, Doing
from .chains import Chain, strongest_chains
from .draws import engine_of
from .explanation import Reason
from .linear import Linear
from .weighing import BASE, DO, Label, live

Floats: TypeAlias = NDArray[np.float64]
_HIGHER = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
_LOW = 0.2
# a node this near to 0 or 1 has no room, and a regulator this near holds a gate
_EDGE = 0.05
_QUIET = 0.2
_REPLICATES, _MANY = 8, 40
_LATER, _LATEST = 10.0, 7300.0


@dataclass(frozen=True)
class Barren:
    """An intervention without an effect.

    Attributes
    ----------
    model, doing, readout, days, formalism, limit
        The question.
    means
        Label of an arm to the readout in it.
    linear
        The linearised model.
    """

    model: Model
    doing: Doing
    readout: Readout
    days: float
    formalism: str
    limit: float
    means: Mapping[Label, float]
    linear: Linear

    def states(self, arms: tuple[Arm, ...]) -> tuple[Floats, Floats]:
        """Return readout and activities of the nodes at the end of arms, shapes (arms,) and (arms, n)."""
        draw = engine_of(self.model).reference
        if self.formalism == "ode":
            ode = OdeArms(self.model, (self.readout,), self.days)
            found = ode.courses(draw, arms, (self.days,))
            values = ode.read([(draw, arm) for arm in arms])[:, 0]
            return values, np.array([[q[name][0] for name in self.model.network.names] for q in found])
        boolean = BooleanArms(self.model, draw, (self.readout,), self.days, _REPLICATES, 1)
        means = boolean.means(arms)[-1]
        return boolean.values(means)[:, :, 0].mean(axis=0), means.mean(axis=0)

    def changes(self, arms: tuple[Arm, Arm]) -> float:
        """Return the change of the readout from one arm to another."""
        values, _ = self.states(arms)
        return float(values[1] - values[0])


def reasons_of(barren: Barren) -> tuple[Reason, ...]:
    """Say why there is no effect.

    Parameters
    ----------
    barren
        The intervention.

    Returns
    -------
    tuple of Reason
        At least one; the decisive ones alone where nothing can happen at all.
    """
    if not barren.doing.causes:
        return (Reason("already"),)
    held = [a.node for a in barren.doing.without if isinstance(a, Clamp) and a.node in _behind(barren)]
    if barren.readout.name in held or (held and set(held) == _behind(barren)):
        return (Reason("held", {"nodes": ", ".join(sorted(held))}),)
    if not _reached(barren):
        return (Reason("unreachable", {"nodes": ", ".join(sorted(_behind(barren)))}),)
    over = tuple(_over(barren))
    if over:
        return over
    found = [*_opposing(barren), *_too_low(barren), *_there_already(barren)]
    return tuple(found or _stopped(barren)) or (*_cancelling(barren), *_early(barren)) or (_weak(barren),)


def _behind(barren: Barren) -> set[str]:
    """Return the nodes that the readout rests on."""
    if barren.formalism == "boolean" or not _rests_on_cells(barren.model, barren.readout):
        return set(nodes_behind(barren.model, barren.readout))
    return {coupling.node for coupling in barren.model.couplings}


def _rests_on_cells(model: Model, readout: Readout) -> bool:
    return any(
        name in CELL_QUANTITIES or (name not in model.network.index and _rests_on_cells(model, model.readouts[name]))
        for name in readout.ode.names
    )


def _reached(barren: Barren) -> bool:
    """Tell whether any chain of arrows leads from what is done to what is read."""
    model, goal = barren.model, _behind(barren)
    causes = [barren.doing.causes[k] for k in live(barren.doing.causes, barren.formalism)] or barren.doing.causes
    if any(not cause.node for cause in causes):
        return True
    owned = {f.node for f in model.feedbacks} if barren.formalism == "ode" else set()
    followers: dict[str, list[str]] = {}
    for edge in model.network.edges:
        if edge.target not in owned:
            followers.setdefault(edge.source, []).append(edge.target)
    if barren.formalism == "ode":
        for coupling in model.couplings:
            followers.setdefault(coupling.node, []).extend(sorted(owned))
    wave = list(dict.fromkeys(cause.node for cause in causes))
    seen = set(wave)
    still = {action.node for action in barren.doing.without if isinstance(action, Clamp)}
    while wave:
        here = wave.pop()
        if here in goal:
            return True
        new = [n for n in followers.get(here, []) if n not in seen and n not in still]
        seen |= set(new)
        wave += new
    return False


def _over(barren: Barren) -> Iterator[Reason]:
    """Tell that what was done had an effect when it was stopped, and has none any more."""
    stop = max(cause.action.span.stop for cause in barren.doing.causes)
    if stop < barren.days:
        then = replace(barren, days=stop)
        change = then.changes((barren.doing.baseline(), barren.doing.arm()))
        if abs(change) > barren.limit:
            yield Reason("over", {"stop": f"{stop:g}", "days": f"{barren.days:g}", "change": f"{change:+.4f}"})


def _opposing(barren: Barren) -> Iterator[Reason]:
    """Find causes that each move the readout alone, in opposite directions."""
    moved = {int(label[1]): value - barren.means[BASE] for label, value in barren.means.items() if label[0] == "alone"}
    causes = barren.doing.causes
    up = sorted((k for k, change in moved.items() if change > barren.limit), key=lambda k: -moved[k])
    down = sorted((k for k, change in moved.items() if change < -barren.limit), key=lambda k: moved[k])
    if up and down:
        yield Reason(
            "opposing",
            {
                "up": ", ".join(causes[k].text() for k in up[:3]),
                "down": ", ".join(causes[k].text() for k in down[:3]),
            },
        )


def _too_low(barren: Barren) -> Iterator[Reason]:
    """Ask again with higher doses where little of every action is there."""
    doing = barren.doing
    for dosing in [action for action in doing.do if isinstance(action, Dosing)]:
        present = [c.occupancy for c in doing.causes if c.action is dosing and c.effect is not None]
        if not present or max(present) > _LOW:
            continue
        for factor in _HIGHER:
            more = replace(dosing, amount=Amount(dosing.amount.value * factor, dosing.amount.unit))
            do = Protocol(tuple(more if action is dosing else action for action in doing.do))
            change = barren.changes((Arm(doing.without), Arm(doing.without.override(do))))
            if abs(change) > barren.limit:
                slots = {"compound": dosing.compound, "present": f"{100 * max(present):.2g}"}
                yield Reason("dose", {**slots, "dose": f"{more.amount.value:g} {more.amount.unit}"})
                break


def _there_already(barren: Barren) -> Iterator[Reason]:
    """Find nodes that the baseline brings about where the question holds them."""
    held = [cause.action for cause in barren.doing.causes if isinstance(cause.action, Clamp)]
    if held and len(held) == len(barren.doing.causes):
        _, states = barren.states((Arm(barren.doing.without),))
        at = {action.node: float(states[0, barren.model.network.index[action.node]]) for action in held}
        if all(abs(at[action.node] - action.level) < _EDGE for action in held):
            yield Reason("near", {"nodes": ", ".join(f"{node} ({level:.2f})" for node, level in at.items())})


def _stopped(barren: Barren) -> Iterator[Reason]:
    """Find where the baseline stops what would act in health."""
    if not barren.doing.without.actions:
        return
    do, without = barren.doing.do, barren.doing.without
    arms = (Arm(Protocol()), Arm(do), Arm(without), Arm(without.override(do)))
    values, states = barren.states(arms)
    if abs(float(values[1] - values[0])) <= barren.limit:
        return
    stop = _where(barren.model, states)
    if stop is None:
        yield Reason("elsewhere", {"change": f"{float(values[1] - values[0]):+.4f}"})
        return
    node, holders = stop
    level = float(states[2, barren.model.network.index[node]])
    if level < _EDGE or level > 1.0 - _EDGE:
        yield Reason("saturated", {"node": node, "level": f"{level:.2f}"})
    else:
        yield Reason("gated", {"node": node, "holders": ", ".join(holders) or "-"})


def _where(model: Model, states: Floats) -> tuple[str, list[str]] | None:
    """Return the node at which most of the disturbance of health is lost in the baseline, and what holds it there.

    It is the node with the largest fall of its change among those that still have a regulator that changes.
    """
    draw = engine_of(model).reference
    healthy, here = np.abs(states[1] - states[0]), np.abs(states[3] - states[2])
    lost = healthy - here
    slopes = np.abs(edge_slopes(draw.program, draw.constants, 0.5 * (states[2] + states[3])))
    usual = np.abs(edge_slopes(draw.program, draw.constants, 0.5 * (states[0] + states[1])))
    best: tuple[float, int] | None = None
    for e, (j, i) in enumerate(zip(draw.program.source.tolist(), draw.program.target.tolist(), strict=True)):
        told = here[j] * usual[e]
        if here[i] < _QUIET * healthy[i] and here[j] > _QUIET * healthy[j] and slopes[e] < 0.5 * usual[e]:
            weight = min(float(lost[i]), float(told) + 1e-12)
            if best is None or weight > best[0]:
                best = (weight, i)
    if best is None or best[0] <= 0.0:
        return None
    node = model.network.names[best[1]]
    others = [model.network.index[edge.source] for edge in model.network.edges_into(node)]
    apart = sorted(others, key=lambda j: -abs(float(states[2, j] - states[0, j])))
    holders = [
        f"{model.network.names[j]} at {states[2, j]:.2f}" for j in apart[:2] if abs(states[2, j] - states[0, j]) > _EDGE
    ]
    return node, holders


def _early(barren: Barren) -> Iterator[Reason]:
    """Ask again much later, for what takes its time."""
    late = min(_LATER * barren.days, _LATEST)
    if barren.formalism == "ode" and late > barren.days:
        change = replace(barren, days=late).changes((barren.doing.baseline(), barren.doing.arm()))
        if abs(change) > barren.limit:
            yield Reason("early", {"days": f"{late:g}", "change": f"{change:+.4f}"})


def _cancelling(barren: Barren) -> Iterator[Reason]:
    """Find chains of one cause that raise and lower the readout by about as much, to first order."""
    effects = np.abs(barren.linear.push).sum(axis=1)
    chains = strongest_chains(barren.linear, int(np.argmax(effects)), _MANY) if effects.size else ()
    up, down = ([c for c in chains if (c.effect > 0.0) is rising] for rising in (True, False))
    sums = [abs(sum(chain.effect for chain in side)) for side in (up, down)]
    if up and down and min(sums) > max(0.5 * max(sums), barren.limit):
        yield Reason("cancel", {"up": _told(barren, up[0]), "down": _told(barren, down[0])})


def _told(barren: Barren, chain: Chain) -> str:
    """Write a chain with its arrows."""
    names, gain = barren.linear.names, barren.linear.plain
    parts = [names[chain.states[0]]]
    for j, i in pairwise(chain.states):
        parts += ["→" if gain[i, j] > 0.0 else "⊣", names[i]]
    return " ".join(parts)


def _weak(barren: Barren) -> Reason:
    """Say how large the effect is, and which cause does most."""
    alone = {int(label[1]): value for label, value in barren.means.items() if label[0] == "alone"}
    change = barren.means[DO] - barren.means[BASE]
    best = max(alone, key=lambda k: abs(alone[k] - barren.means[BASE]), default=0)
    return Reason(
        "weak",
        {
            "change": f"{change:+.4f}",
            "threshold": f"{barren.limit:.4f}",
            "cause": barren.doing.causes[best].text(),
        },
    )
