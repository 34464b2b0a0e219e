"""Many arms of one question, simulated side by side: some with actions left out, some with nodes that do not answer.

A node that is *held* follows the course that it takes in the baseline, whatever is done: in the ODE its activity (and
the cell count behind it) step by step, in the Boolean process its duty cycle, so that it is on as often as in the
baseline but brings no news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.clock import Stretch as BooleanStretch
from ..engines.boolean.sample import sample
from ..engines.boolean.tables import Tables
from ..engines.ode.cells import CELL_STATES
from ..engines.ode.course import Stretch
from ..engines.ode.system import CELLS
from ..nouns.holding import nodes_behind
from ..nouns.model import Model
from ..nouns.readout import Readout
from .causes import Arm
from .draws import Draw, engine_of
from .many import Case, ode_many
from .plan import boolean_stretches, ode_stretches
from .readings import boolean_quantities, value_of
from .runs import SETTLING_DAYS, Progress, boolean_marks, threads

Floats: TypeAlias = NDArray[np.float64]
Course = Mapping[str, Floats]
# a course that moves less than this is held at its mean
_FLAT = 1e-3
_POINTS, _FIRST = 14, 0.05


def grid_of(days: float, switches: Sequence[float]) -> tuple[float, ...]:
    """Return the days between which a held node steps: close at the start and after every switch."""
    marks = {0.0, days}
    for start in (0.0, *switches):
        if start < days:
            marks |= set((start + np.geomspace(_FIRST, days, _POINTS)).tolist()) | {start}
    return tuple(sorted(day for day in marks if day <= days))


def can_be_held(draw: Draw, node: int) -> bool:
    """Tell whether a node can follow its baseline: not where it stands for a flux of the cell layer."""
    return int(draw.wiring.owner[node]) < CELLS


def following(
    draw: Draw, stretches: Sequence[Stretch], nodes: Sequence[int], grid: Floats, course: Floats
) -> tuple[Stretch, ...]:
    """Let states follow a course, whatever is done.

    Parameters
    ----------
    draw
        The draw.
    stretches
        What is done.
    nodes
        Positions of the nodes that follow.
    grid : ndarray, shape (t,)
        Days, from the first to the last.
    course : ndarray, shape (t, n + 10)
        States of the course at these days.

    Returns
    -------
    tuple of Stretch
        The same, cut at the days of the grid where the course moves.
    """
    n = draw.constants.level.size
    places = sorted({*nodes, *(n + int(draw.wiring.owner[i]) for i in nodes if draw.wiring.owner[i] >= 0)})
    level = 0.5 * (course[:-1] + course[1:])
    moving = bool((np.ptp(course[:, places], axis=0) > _FLAT).any())
    out: list[Stretch] = []
    for stretch in stretches:
        inner = grid[(grid > stretch.start) & (grid < stretch.stop)] if moving else np.empty(0)
        held = stretch.doing.held.copy()
        held[places] = 1
        doing = stretch.doing._replace(held=held)
        edges = [stretch.start, *inner.tolist(), stretch.stop]
        for start, stop in pairwise(edges):
            k = min(int(np.searchsorted(grid, 0.5 * (start + stop), side="right")) - 1, len(level) - 1)
            jump = dict(stretch.jump) if start == stretch.start else {}
            jump |= {place: float(level[k, place]) for place in places}
            out.append(replace(stretch, start=start, stop=stop, doing=doing, jump=jump))
    return tuple(out)


def states_of(draw: Draw, names: Sequence[str], quantities: Course) -> Floats:
    """Return the states of a course from its named quantities.

    Parameters
    ----------
    draw
        The draw, for the healthy cells.
    names
        Names of the nodes, in their order.
    quantities
        As from `runs.ode_run`, arrays of shape (t,).

    Returns
    -------
    ndarray, shape (t, n + 10)
        Nodes, then cells.
    """
    healthy = draw.wiring.healthy
    size = np.shape(quantities[names[0]])
    cells = [
        quantities[name] * healthy[k] if healthy[k] > 0.0 else np.zeros(size) for k, name in enumerate(CELL_STATES)
    ]
    return np.stack([*(quantities[name] for name in names), *cells], axis=-1)


@dataclass(frozen=True)
class OdeArms:
    """Arms of one question in the ODE.

    Parameters
    ----------
    model
        The model.
    readouts
        What is read.
    days
        When.
    """

    model: Model
    readouts: tuple[Readout, ...]
    days: float

    def courses(self, draw: Draw, arms: Sequence[Arm], grid: Sequence[float]) -> list[Course]:
        """Return everything by name at the days of a grid, arm by arm.

        Parameters
        ----------
        draw
            The draw.
        arms
            The arms.
        grid
            Days.

        Returns
        -------
        list of mapping
            As from `many.ode_many`.
        """
        cases = [Case(self.model, draw, arm.protocol, tuple(grid), self._cut(draw, arm)) for arm in arms]
        return list(ode_many(cases))

    def read(
        self,
        jobs: Sequence[tuple[Draw, Arm]],
        progress: Progress | None = None,
        *,
        bases: Mapping[int, tuple[Floats, Floats]] | None = None,
    ) -> Floats:
        """Simulate arms and read them on the last day.

        Parameters
        ----------
        jobs
            Draw and arm.
        progress
            Called with the number of arms just finished.
        bases
            Id of a draw to the grid and the states of its baseline, for nodes that are held.

        Returns
        -------
        ndarray, shape (jobs, readouts)
            The values; nan where an arm could not be finished.
        """
        cases = []
        for draw, arm in jobs:
            cut = self._cut(draw, arm)
            if arm.held:
                grid, course = (bases or {})[id(draw)]
                cut = following(draw, cut, [self.model.network.index[name] for name in arm.held], grid, course)
            cases.append(Case(self.model, draw, arm.protocol, (self.days,), cut))
        found = ode_many(cases, progress, lenient=True)
        return np.array([[self._value(readout, quantities) for readout in self.readouts] for quantities in found])

    def bases(self, draws: Sequence[Draw], arm: Arm, grid: Sequence[float]) -> dict[int, tuple[Floats, Floats]]:
        """Follow a baseline, for nodes that are held to it.

        Parameters
        ----------
        draws
            The draws.
        arm
            The baseline.
        grid
            Days.

        Returns
        -------
        dict
            Id of a draw to the days and the states, shape (t, n + 10).
        """
        names, days = self.model.network.names, np.asarray(grid, float)
        cases = [Case(self.model, draw, arm.protocol, tuple(grid), self._cut(draw, arm)) for draw in draws]
        found = ode_many(cases, lenient=True)
        return {id(d): (days, states_of(d, names, q)) for d, q in zip(draws, found, strict=True)}

    def _cut(self, draw: Draw, arm: Arm) -> tuple[Stretch, ...]:
        return ode_stretches(self.model, draw, arm.protocol, self.days, arm.off)

    def _value(self, readout: Readout, quantities: Course) -> float:
        return float(np.broadcast_to(value_of(self.model, readout, "ode", quantities), (1,))[0])


@dataclass(frozen=True)
class BooleanArms:
    """Arms of one question in the Boolean process, all under one clock.

    Parameters
    ----------
    model, draw
        The model and its reference draw.
    readouts
        What is read.
    days
        When.
    replicates, seed
        Size and seed of the sample.
    """

    model: Model
    draw: Draw
    readouts: tuple[Readout, ...]
    days: float
    replicates: int
    seed: int

    def means(self, arms: Sequence[Arm], bases: Floats | None = None, draws: Sequence[Draw] = ()) -> Floats:
        """Return mean activities at the end, shape (stretches, replicates, arms, n); `bases` as from here.

        Parameters
        ----------
        arms
            The arms.
        bases : ndarray, shape (stretches, n), optional
            Activities of the baseline, for nodes that are held.
        draws
            The draw of each arm, where they differ in their compounds alone.

        Returns
        -------
        ndarray
            Replicate by replicate, stretch by stretch.
        """
        marks = boolean_marks([arm.protocol for arm in arms], self.days)
        whose = draws or [self.draw] * len(arms)
        lanes = [
            boolean_stretches(self.model, draw, [arm.protocol], marks, arm.off)
            for draw, arm in zip(whose, arms, strict=True)
        ]
        cut = []
        for s in range(len(marks)):
            alpha = np.concatenate([lane[s].alpha for lane in lanes])
            beta = np.concatenate([lane[s].beta for lane in lanes])
            for lane, arm in enumerate(arms):
                for name in arm.held:
                    i = self.model.network.index[name]
                    alpha[lane, i], beta[lane, i] = (bases[s, i] if bases is not None else 0.0), 0.0
            cut.append(BooleanStretch(alpha, beta, min(lanes[0][s].days, SETTLING_DAYS)))
        taken = sample(
            self.tables,
            cut,
            replicates=self.replicates,
            seed=self.seed,
            threads=threads(),
            wanted=None if bases is None else self._wanted(),
        )
        return np.moveaxis(taken.means, 1, 0)

    @property
    def tables(self) -> Tables:
        """The rules as Boolean tables; those of the reference where only compounds differ."""
        reference = engine_of(self.model).reference
        return reference.tables if self.draw.constants is reference.constants else self.draw.tables

    def _wanted(self) -> list[int]:
        names = {name for readout in self.readouts for name in nodes_behind(self.model, readout)}
        return sorted(self.model.network.index[name] for name in names)

    def read(self, arms: Sequence[Arm], bases: Floats | None = None) -> Floats:
        """Simulate arms and read them.

        Parameters
        ----------
        arms, bases
            As in `means`.

        Returns
        -------
        ndarray, shape (replicates, arms, readouts)
            The values.
        """
        return self.values(self.means(arms, bases)[-1])

    def values(self, means: Floats) -> Floats:
        """Read mean activities of shape (..., n)."""
        quantities = boolean_quantities(self.model, means)
        values = [value_of(self.model, readout, "boolean", quantities) for readout in self.readouts]
        return np.stack([np.broadcast_to(value, means.shape[:-1]) for value in values], axis=-1)
