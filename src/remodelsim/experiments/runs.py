"""Running arms in both formalisms: reference, ensemble and Boolean sample."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.clock import Stretch
from ..engines.boolean.sample import Sample, sample
from ..engines.ode.course import Stretch as OdeStretch
from ..engines.ode.course import integrate
from ..engines.ode.ensemble import ATOL as FAST_ATOL
from ..engines.ode.ensemble import RTOL as FAST_RTOL
from ..engines.ode.ensemble import Sample as Lane
from ..engines.ode.ensemble import make_plan, run_samples
from ..engines.ode.lane_data import stack_draws
from ..engines.ode.layout import make_layout
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw, engine_of
from .plan import boolean_stretches, ode_stretches
from .readings import named_quantities, ode_quantities

Floats = NDArray[np.float64]
Progress = Callable[[int], None]
# after this many days without a switch the Boolean network is taken as settled: six times its slowest node
SETTLING_DAYS = 180.0
# where only a slow course has changed since, fewer days show its mean
MEASURING_DAYS = 30.0
# per step; a course of years then agrees with LSODA at 1e-7 to about 1e-6 in every node, 1e-8 in bone
_FINE_RTOL, _FINE_ATOL = 1e-6, 1e-8
_SWITCHED = 0.1


class _Threads:
    """How many threads were asked for; 0 for as many as there are cores."""

    wanted = 0


def threads() -> int:
    """Return how many threads to use: as many as there are cores, at most 8, or as `use_threads` said."""
    return _Threads.wanted or max(1, min(os.cpu_count() or 1, 8))


def use_threads(count: int) -> None:
    """Use so many threads in this process from now on; 0 for as many as there are cores. It changes no result."""
    _Threads.wanted = max(count, 0)


def ode_run(model: Model, draw: Draw, protocol: Protocol, times: Floats, *, fast: bool = False) -> dict[str, Floats]:
    """Run one arm of one draw: by our sparse integrator, and by scipy's LSODA where that cannot finish.

    Parameters
    ----------
    model, draw
        The model and the draw.
    protocol
        What is done.
    times : ndarray, shape (t,)
        Days, ascending from 0 on; the last one is the horizon.
    fast
        Whether the tolerances of ensembles are enough.

    Returns
    -------
    dict
        Everything by name, arrays of shape (t,).

    Raises
    ------
    SolveError
        When neither can finish.
    """
    stretches = ode_stretches(model, draw, protocol, _horizon(times))
    layout = (
        make_layout(draw.program, [draw.wiring]) if draw is not engine_of(model).reference else engine_of(model).layout
    )
    rtol, atol = (FAST_RTOL, FAST_ATOL) if fast else (_FINE_RTOL, _FINE_ATOL)
    stacked = stack_draws(layout, [(draw.constants, draw.wiring)])
    found = run_samples(layout, stacked, make_plan([Lane(0, stretches)]), times, rtol=rtol, atol=atol)
    if found.failed.size:
        return scipy_run(model, draw, protocol, times)
    return named_quantities(model, draw, found.values[0])


def scipy_run(model: Model, draw: Draw, protocol: Protocol, times: Floats) -> dict[str, Floats]:
    """Run one arm of one draw by scipy's LSODA: slower, independent of our integrator, and its reference in tests.

    Parameters
    ----------
    model, draw, protocol, times
        As in `ode_run`.

    Returns
    -------
    dict
        As from `ode_run`.

    Raises
    ------
    SolveError
        When it cannot finish.
    """
    return scipy_stretches(model, draw, ode_stretches(model, draw, protocol, _horizon(times)), times)


def scipy_stretches(model: Model, draw: Draw, stretches: Sequence[OdeStretch], times: Floats) -> dict[str, Floats]:
    """Run one arm, already cut into stretches, as `scipy_run` does.

    Parameters
    ----------
    model, draw, times
        As in `ode_run`.
    stretches
        What is done.

    Returns
    -------
    dict
        As from `ode_run`.

    Raises
    ------
    SolveError
        When it cannot finish.
    """
    states = integrate(draw.program, draw.constants, draw.wiring, stretches, times)
    return ode_quantities(model, draw, stretches, times, states)


def _horizon(times: Floats) -> float:
    return max(float(times[-1]), 1e-6)


@dataclass(frozen=True)
class BooleanRun:
    """A Boolean sample of several arms.

    Attributes
    ----------
    marks
        Days at which stretches end.
    sample
        Courses and means, lanes in the order of the arms.
    """

    marks: Floats
    sample: Sample

    def last_means(self) -> Floats:
        """Return the mean activities over the last stretch, shape (replicates, lanes, n)."""
        return self.sample.means[:, -1]


def boolean_marks(protocols: Sequence[Protocol], horizon: float, grid: Sequence[float] = ()) -> list[float]:
    """Return the days at which stretches end: every switch, and the grid.

    Parameters
    ----------
    protocols
        The arms.
    horizon
        Last day.
    grid
        Further days.

    Returns
    -------
    list of float
        Ascending, the horizon last.
    """
    switches = {t for protocol in protocols for t in protocol.times()}
    return sorted({t for t in {*switches, *grid} if 0.0 < t < horizon} | {horizon})


def boolean_run(
    model: Model,
    draw: Draw,
    protocols: Sequence[Protocol],
    marks: Sequence[float],
    *,
    replicates: int,
    seed: int,
    progress: Progress | None = None,
) -> BooleanRun:
    """Sample several arms under one clock.

    Parameters
    ----------
    model, draw
        The model and the draw.
    protocols
        The arms.
    marks
        Days at which stretches end; what a long stretch adds after the network has settled is not simulated.
    replicates
        Number of replicates.
    seed
        Seed.
    progress
        Called with the number of replicates just finished.

    Returns
    -------
    BooleanRun
        The sample.
    """
    stretches = boolean_stretches(model, draw, protocols, marks)
    short = _shortened(stretches)
    taken = sample(draw.tables, short, replicates=replicates, seed=seed, threads=threads(), progress=progress)
    return BooleanRun(np.asarray(marks, float), taken)


def _shortened(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Cut from each stretch what it adds after the network has settled since the last switch."""
    out: list[Stretch] = []
    settled = 0.0
    for before, after in zip((stretches[0], *stretches), stretches, strict=False):
        if _moved(before, after) > _SWITCHED:
            settled = 0.0
        days = min(after.days, max(SETTLING_DAYS - settled, MEASURING_DAYS))
        settled += days
        out.append(after._replace(days=days))
    return out


def _moved(before: Stretch, after: Stretch) -> float:
    """Return by how much at most the drive of a node changes from one stretch to the next."""
    return max(float(np.abs(after.alpha - before.alpha).max()), float(np.abs(after.beta - before.beta).max()))
