"""Running arms in both formalisms: reference, ensemble and Boolean sample."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.sample import Sample, sample
from ..engines.ode.course import ATOL, RTOL, integrate
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw
from .plan import boolean_stretches, ode_stretches
from .readings import ode_quantities

Floats = NDArray[np.float64]
Progress = Callable[[int], None]
# after this many days without a switch the Boolean network is taken as settled: six times its slowest node
SETTLING_DAYS = 180.0
_ENSEMBLE_RTOL, _ENSEMBLE_ATOL = 1e-5, 1e-7


def threads() -> int:
    """Return how many threads to use: as many as there are cores, at most 8."""
    return max(1, min(os.cpu_count() or 1, 8))


def ode_run(model: Model, draw: Draw, protocol: Protocol, times: Floats, *, fast: bool = False) -> dict[str, Floats]:
    """Run one arm of one draw.

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
        When the integration cannot be finished.
    """
    horizon = max(float(times[-1]), 1e-6)
    stretches = ode_stretches(model, draw, protocol, horizon)
    rtol, atol = (_ENSEMBLE_RTOL, _ENSEMBLE_ATOL) if fast else (RTOL, ATOL)
    states = integrate(draw.program, draw.constants, draw.wiring, stretches, times, rtol=rtol, atol=atol)
    return ode_quantities(model, draw, stretches, times, states)


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
    short = [s._replace(days=min(s.days, SETTLING_DAYS)) for s in stretches]
    taken = sample(draw.tables, short, replicates=replicates, seed=seed, threads=threads(), progress=progress)
    return BooleanRun(np.asarray(marks, float), taken)
