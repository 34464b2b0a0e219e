"""Control: the smallest sets of interventions that make readouts reach a goal, every one verified by simulation.

Pairs and triples are far too many to sample all of them. A mean-field guess chooses which to sample; single
interventions are all sampled. A set is listed when none of its parts does it alone, and when the sample is sure of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.meanfield import Actions, screen
from ..engines.boolean.sample import sample
from ..ground.errors import ScenarioError
from ..nouns.assignment import protocol_of
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw, engine_of
from .goals import Choice, Goal, choices_of, goal_of
from .many import Case, ode_many
from .plan import boolean_stretches
from .readings import healthy_value, scale_of, value_of
from .runs import threads
from .verdict import THRESHOLD

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Told = Callable[[str, int], Callable[[int], None]]
_QUICK, _THOROUGH, _SURE = 4, 32, 2.0
# interventions below this share of the wanted change may still be part of a set that reaches it
_HOPE = 0.6


@dataclass(frozen=True)
class Solution:
    """A set of interventions that reaches the goal.

    Attributes
    ----------
    labels
        The interventions.
    values
        Per goal the value of its readout with the interventions.
    changes, errors
        Against the baseline, and the standard errors.
    ode
        Changes in the ODE; empty where that was not asked for.
    ode_met
        Whether the ODE reaches the goals too; None where that was not asked for.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    changes: tuple[float, ...]
    errors: tuple[float, ...]
    ode: tuple[float, ...] = ()
    ode_met: bool | None = None


@dataclass(frozen=True)
class Steering:
    """What control found.

    Attributes
    ----------
    goals
        The goals.
    baseline
        Values of their readouts without any intervention.
    solutions
        The smallest sets, singles first, the strongest first.
    tried
        Number of sets that were sampled.
    screened
        Number of sets that the mean field was asked about.
    left
        Number of promising sets that a limit left unsampled; above 0 there may be more solutions.
    """

    goals: tuple[Goal, ...]
    baseline: tuple[float, ...]
    solutions: tuple[Solution, ...]
    tried: int
    screened: int
    left: int


def steer(
    model: Model,
    goals: Sequence[str],
    *,
    baseline: str = "",
    size: int = 1,
    forbid: Iterable[str] = (),
    kinds: Sequence[str] = ("compounds", "nodes"),
    days: float = 180.0,
    threshold: float = THRESHOLD,
    most: int = 400,
    seed: int = 1,
    ode: bool = False,
    told: Told | None = None,
) -> Steering:
    """Return the smallest sets of interventions that reach all goals.

    Parameters
    ----------
    model
        The model.
    goals
        Such as ``BMD_hip:up``.
    baseline
        What holds with and without them.
    size
        Largest number of interventions in a set, 1 to 3.
    forbid
        Nodes and compounds to leave alone.
    kinds
        "compounds", "nodes" or both.
    days
        When the readouts are read.
    threshold
        Smallest change that counts, as a share of the scale of the readout.
    most
        Largest number of sets of each size to sample.
    seed
        Seed.
    ode
        Whether to run the solutions in the ODE too.
    told
        Called with what is done and how many steps it has; gives back what to call after each step.

    Returns
    -------
    Steering
        The solutions.

    Raises
    ------
    ScenarioError
        When there is no goal, or a number is out of range.
    UnknownNameError
        When a name is unknown.
    """
    if not goals or not 1 <= size <= 3 or not days > 0.0 or most < 1:
        raise ScenarioError("control needs a goal, sets of 1 to 3 interventions, and days above 0")
    asked = tuple(goal_of(model, text) for text in goals)
    held = protocol_of(model, baseline, where="baseline", circumstance=True)
    choices = choices_of(model, held, asked, forbid, kinds)
    if not choices:
        raise ScenarioError("nothing may be done", cure="Forbid less.")
    search = _Search(model, asked, held, choices, days, threshold, seed, told)
    search.singles()
    for k in range(2, size + 1):
        search.sets(k, most)
    return search.result(ode=ode)


class _Search:
    """The search at work."""

    def __init__(
        self,
        model: Model,
        goals: tuple[Goal, ...],
        baseline: Protocol,
        choices: list[Choice],
        days: float,
        threshold: float,
        seed: int,
        told: Told | None,
    ) -> None:
        self.model, self.goals, self.baseline, self.choices = model, goals, baseline, choices
        self.days, self.seed, self.told = days, seed, told
        self.draw: Draw = engine_of(model).reference
        self.names = tuple(dict.fromkeys(node for goal in goals for node in nodes_behind(model, goal.readout)))
        self.nodes = np.asarray([model.network.index[name] for name in self.names], np.int64)
        self.limits = [threshold * scale_of(model, goal.readout, "boolean", self.draw) for goal in goals]
        self.healthy = [healthy_value(model, goal.readout, "boolean", self.draw) for goal in goals]
        self.threshold = threshold
        self.found: list[tuple[tuple[int, ...], Floats, Floats, Floats]] = []
        self.tried = self.screened = self.left = 0

    def _progress(self, what: str, steps: int) -> Callable[[int], None] | None:
        return self.told(what, steps) if self.told is not None else None

    def _protocol(self, chosen: Sequence[int]) -> Protocol:
        out = self.baseline
        for k in chosen:
            out = out.override(self.choices[k].protocol)
        return out

    def _read(self, quantities: Floats) -> Floats:
        """Return the readouts of means, shape (..., wanted) to (goals, ...)."""
        named = {name: quantities[..., w] for w, name in enumerate(self.names)}
        shape = quantities.shape[:-1]
        return np.stack(
            [np.broadcast_to(value_of(self.model, goal.readout, "boolean", named), shape) for goal in self.goals]
        )

    def _sampled(self, sets: Sequence[tuple[int, ...]], replicates: int, what: str) -> Floats:
        """Return the readouts of sets, the baseline first, shape (goals, replicates, 1 + sets)."""
        protocols = [self.baseline, *(self._protocol(chosen) for chosen in sets)]
        stretches = boolean_stretches(self.model, self.draw, protocols, [self.days])
        self.tried += len(sets)
        taken = sample(
            self.draw.tables,
            stretches,
            replicates=replicates,
            seed=self.seed,
            threads=threads(),
            wanted=self.nodes.tolist(),
            progress=self._progress(what, replicates),
        )
        return self._read(taken.means[:, -1][:, :, self.nodes])

    def _margins(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the smallest margin over the goals, in thresholds, and its standard error, shape (sets,)."""
        worst, error = np.full(values.shape[2] - 1, np.inf), np.zeros(values.shape[2] - 1)
        for g, goal in enumerate(self.goals):
            with_, without = values[g, :, 1:], values[g, :, :1]
            margin = goal.margin(with_, without, self.healthy[g], self.limits[g]) / self.limits[g]
            mean = margin.mean(axis=0)
            spread = margin.std(axis=0, ddof=1) / np.sqrt(margin.shape[0])
            error = np.where(mean < worst, spread, error)
            worst = np.minimum(worst, mean)
        return worst, error

    def _verify(self, sets: Sequence[tuple[int, ...]]) -> None:
        """Sample sets again and keep those that surely reach the goal."""
        if not sets:
            return
        values = self._sampled(sets, _THOROUGH, "verifying")
        margin, error = self._margins(values)
        for k in np.flatnonzero(margin > _SURE * error).tolist():
            pair = values[:, :, [0, k + 1]]
            change = pair[:, :, 1] - pair[:, :, 0]
            spread = change.std(axis=1, ddof=1) / np.sqrt(_THOROUGH)
            self.found.append((sets[k], pair[:, :, 1].mean(axis=1), change.mean(axis=1), spread))

    def singles(self) -> None:
        """Sample every single intervention."""
        sets = [(k,) for k in range(len(self.choices))]
        margin, error = self._margins(self._sampled(sets, _QUICK, "single interventions"))
        self._verify([sets[k] for k in np.flatnonzero(margin > -_SURE * error)])

    def sets(self, size: int, most: int) -> None:
        """Screen sets of a size by the mean field, and sample the promising ones."""
        done = {chosen for chosen, *_ in self.found}
        free = [k for k in range(len(self.choices)) if (k,) not in done]
        pairs = [
            chosen
            for chosen in combinations(free, size)
            if self._different(chosen)
            and not any(part in done for s in range(2, size) for part in combinations(chosen, s))
        ]
        if not pairs:
            return
        guess = self._guessed(pairs)
        hopeful = np.flatnonzero(guess > -(1.0 - _HOPE))
        order = hopeful[np.argsort(-guess[hopeful], kind="stable")]
        self.left += max(0, order.size - most)
        self._verify([pairs[k] for k in order[:most]])

    def _different(self, chosen: Sequence[int]) -> bool:
        subjects = [self.choices[k].label.partition("=")[0] for k in chosen]
        return len(set(subjects)) == len(subjects)

    def _guessed(self, sets: Sequence[tuple[int, ...]]) -> Floats:
        """Return the margins that the mean field gives to sets, in thresholds."""
        self.screened += len(sets)
        first, node, alpha, beta = [0], [], [], []
        for choice in self.choices:
            stretch = boolean_stretches(self.model, self.draw, [choice.protocol], [self.days])[0]
            touched = np.flatnonzero((stretch.alpha[0] != 0.0) | (stretch.beta[0] != 1.0))
            node.extend(touched.tolist())
            alpha.extend(stretch.alpha[0, touched].tolist())
            beta.extend(stretch.beta[0, touched].tolist())
            first.append(len(node))
        actions = Actions(np.asarray(first), np.asarray(node), np.asarray(alpha), np.asarray(beta))
        base = boolean_stretches(self.model, self.draw, [self.baseline], [self.days])[0]
        size = max(len(chosen) for chosen in sets)
        rows = np.full((len(sets) + 1, size), -1, np.int64)
        for k, chosen in enumerate(sets, 1):
            rows[k, : len(chosen)] = chosen
        means = np.empty((len(rows), self.nodes.size))
        screen(self.draw.tables, base.alpha[0], base.beta[0], actions, rows, self.draw.tables.level, self.nodes, means)
        values = self._read(means)
        worst = np.full(len(sets), np.inf)
        for g, goal in enumerate(self.goals):
            margin = goal.margin(values[g, 1:], values[g, :1], self.healthy[g], self.limits[g])
            worst = np.minimum(worst, margin / self.limits[g])
        return worst

    def result(self, *, ode: bool) -> Steering:
        """Return what was found, in order."""
        ordered = sorted(self.found, key=lambda row: (len(row[0]), -float(np.abs(row[2]).sum())))
        solutions = [
            Solution(tuple(self.choices[k].label for k in chosen), _floats(value), _floats(change), _floats(error))
            for chosen, value, change, error in ordered
        ]
        if ode:
            solutions = self._in_ode(solutions, [row[0] for row in ordered])
        base = self._sampled([], _THOROUGH, "baseline")[:, :, 0].mean(axis=1)
        return Steering(self.goals, _floats(base), tuple(solutions), self.tried, self.screened, self.left)

    def _in_ode(self, solutions: Sequence[Solution], sets: Sequence[tuple[int, ...]]) -> list[Solution]:
        """Run solutions in the ODE beside the baseline."""
        cases = [Case(self.model, self.draw, self._protocol(chosen), (self.days,)) for chosen in [(), *sets]]
        runs = ode_many(cases, self._progress("in the ODE", len(cases)), lenient=True)
        out = []
        for solution, run in zip(solutions, runs[1:], strict=True):
            changes, met = [], True
            for goal in self.goals:
                value, without = (np.ravel(value_of(self.model, goal.readout, "ode", r))[-1:] for r in (run, runs[0]))
                limit = self.threshold * scale_of(self.model, goal.readout, "ode", self.draw)
                healthy = healthy_value(self.model, goal.readout, "ode", self.draw)
                changes.append(float((value - without)[0]))
                met = met and bool(goal.margin(value, without, healthy, limit)[0] > 0.0)
            out.append(replace(solution, ode=tuple(changes), ode_met=met))
        return out


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
