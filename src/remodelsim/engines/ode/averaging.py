"""Whether doses may be averaged over their cycle: one window is run both ways and compared."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .cell_course import course
from .cell_steady import steady_state
from .cells import DRUGS
from .dosing import SHORTEST_EXACT_PERIOD, Doses, regimen, segments
from .family_joerg import FAMILY, segment_inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_ERROR = 0.01
"""Share of a state by which the averaged course may miss the exact one."""

_WINDOW = 56.0


def averaging_error(
    parameters: NDArray[np.float64],
    drug: str,
    rise: float,
    decay: float,
    every: float,
    *,
    state: NDArray[np.float64] | None = None,
    window: float = _WINDOW,
) -> float:
    """Return how far averaged doses miss exact ones after one window, as a share of the state that misses most.

    Parameters
    ----------
    parameters : ndarray, shape (42,)
        Of the default equations.
    drug
        One of ``DRUGS``.
    rise, decay, every
        Rise of the level by one dose, its decay per day and the period in days.
    state : ndarray, shape (11,), optional
        State at the first dose; health by default.
    window
        Days of treatment; raised to at least two cycles.

    Returns
    -------
    float

    Examples
    --------
    A weekly dose that decays over months is the same as a steady one; a gap of half a year is not.
    """
    start = steady_state(parameters) if state is None else state
    days = max(window, 2.0 * every)
    days = every * round(days / every)
    ends = []
    for exact in (True, False):
        doses = regimen(rise, decay, every, 0.0, days, exact=exact)
        columns = [doses if name == drug else Doses(1.0) for name in DRUGS]
        cut = segments(columns, 0.0, days)
        found = course(FAMILY, parameters, start, cut.edges, segment_inputs(cut), np.array([days]), rtol=1e-8)
        ends.append(found[0])
    scale = np.maximum(np.abs(ends[0]), 1e-3 * np.max(np.abs(start)) * np.array(start == 0.0, dtype=np.float64))
    return float(np.max(np.abs(ends[1] - ends[0]) / scale))


@lru_cache(maxsize=64)
def exact_from(parameters: tuple[float, ...], drug: str, rise: float, decay: float) -> float:
    """Return the shortest period from which on single doses must be followed, since their average would mislead.

    Whole days are tried one after the other, at the given dose and at three times as much, until one window misses by
    more than ``LARGEST_ERROR``.

    Parameters
    ----------
    parameters
        Of the default equations.
    drug, rise, decay
        As in :func:`averaging_error`.

    Returns
    -------
    float
        Days, at most ``SHORTEST_EXACT_PERIOD``.
    """
    values = np.array(parameters)
    for days in range(1, int(SHORTEST_EXACT_PERIOD)):
        if any(averaging_error(values, drug, k * rise, decay, float(days)) > LARGEST_ERROR for k in (1.0, 3.0)):
            return float(days)
    return SHORTEST_EXACT_PERIOD
