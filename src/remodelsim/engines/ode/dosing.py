"""From doses to the level that the equations see: boluses, infusions and cycle averages, solved exactly.

One compartment per drug: a bolus raises the level at once, an infusion at a constant rate, and it decays at a
constant rate. Between two jumps ``c(t) = c0 exp(-k (t - t0)) + (r/k)(1 - exp(-k (t - t0)))``, which a kernel
evaluates itself; a solver restarts only at the jumps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

Floats = NDArray[np.float64]

SHORTEST_EXACT_PERIOD = 14.0
"""Days; doses that come more often are averaged over their cycle, or 1,825 daily doses would cost 1,825 restarts."""


_SHORTEST = 1e-6


@njit(cache=True)
def level(elapsed: float, start: float, decay: float, rate: float) -> float:
    """Return the level `elapsed` days after it was `start`, under decay and a constant rate."""
    if decay <= 0.0:
        return start + rate * elapsed
    left = math.exp(-decay * elapsed)
    return start * left + rate / decay * (1.0 - left)


@dataclass(frozen=True, slots=True)
class Doses:
    """What is given of one drug.

    Parameters
    ----------
    decay
        Rate of decay of the level, per day.
    boluses
        Pairs of (day, rise of the level).
    infusions
        Triples of (first day, last day, rise of the level per day).

    Raises
    ------
    ScenarioError
        When a dose is negative or not finite, or an infusion stops before it starts.

    Examples
    --------
    >>> Doses(0.1, boluses=((0.0, 2.0),)).at(10.0)
    0.7357588823428847
    """

    decay: float
    boluses: tuple[tuple[float, float], ...] = ()
    infusions: tuple[tuple[float, float, float], ...] = ()

    def __post_init__(self) -> None:
        numbers = [self.decay, *(x for row in self.boluses for x in row), *(x for row in self.infusions for x in row)]
        if not all(math.isfinite(number) for number in numbers):
            raise ScenarioError("a time or dose is not a finite number")
        if self.decay < 0.0:
            raise ScenarioError(f"a level cannot decay at {self.decay:g} per day")
        for time, rise in self.boluses:
            if rise < 0.0:
                raise ScenarioError(f"the dose on day {time:g} is negative")
        for first, last, rate in self.infusions:
            if last < first:
                raise ScenarioError(f"dosing stops on day {last:g} before it starts on day {first:g}")
            if rate < 0.0:
                raise ScenarioError(f"the dose from day {first:g} on is negative")

    def jumps(self) -> list[float]:
        """Return the days on which level or rate jumps, in no order."""
        return [time for time, _ in self.boluses] + [time for row in self.infusions for time in row[:2]]

    def at(self, time: float, slack: float = 0.0) -> float:
        """Return the level just after `time`; what is given at most `slack` days later counts as given."""
        total = sum(
            rise * math.exp(-self.decay * max(time - day, 0.0)) for day, rise in self.boluses if day <= time + slack
        )
        for first, last, rate in self.infusions:
            if time > first:
                end = min(time, last)
                at_end = level(end - first, 0.0, self.decay, rate)
                total += at_end * math.exp(-self.decay * (time - end))
        return total

    def rate(self, time: float, slack: float = 0.0) -> float:
        """Return the rise per day just after `time`, or `slack` days later."""
        return sum(rate for first, last, rate in self.infusions if first <= time + slack < last)


@dataclass(frozen=True, slots=True)
class Segments:
    """Levels of several drugs between jumps.

    Parameters
    ----------
    edges : ndarray, shape (n + 1,)
        Days; the solver restarts at each.
    start : ndarray, shape (n, d)
        Level at the beginning of each segment.
    rate : ndarray, shape (n, d)
        Rise of the level per day in each segment.
    decay : ndarray, shape (d,)
        Decay of each level per day.
    """

    edges: Floats
    start: Floats
    rate: Floats
    decay: Floats


def segments(drugs: Iterable[Doses], first: float, last: float, breaks: Iterable[float] = ()) -> Segments:
    """Cut [first, last] at every jump.

    Parameters
    ----------
    drugs
        One per column of the result.
    first, last
        Days between which the levels are needed; doses before `first` count with what is left of them.
    breaks
        Further days on which the solver must restart.

    Returns
    -------
    Segments

    Raises
    ------
    ScenarioError
        When `last` is not after `first`.
    """
    if not last > first:
        raise ScenarioError(f"the course ends on day {last:g}, not after it starts on day {first:g}")
    columns = list(drugs)
    jumps = {time for doses in columns for time in doses.jumps()} | set(breaks)
    inside = sorted(time for time in jumps if first + _SHORTEST < time < last - _SHORTEST)
    # of jumps that differ by rounding only the last stays, when all of them have happened
    apart = [time for time, later in pairwise([*inside, last]) if later - time > _SHORTEST]
    edges = np.array([first, *apart, last])
    return Segments(
        edges=edges,
        start=np.array([[doses.at(time, _SHORTEST) for doses in columns] for time in edges[:-1]]),
        rate=np.array([[doses.rate(time, _SHORTEST) for doses in columns] for time in edges[:-1]]),
        decay=np.array([doses.decay for doses in columns]),
    )


def regimen(rise: float, decay: float, every: float, first: float, last: float, *, exact: bool | None = None) -> Doses:
    """Return the doses of a regimen: `rise` of the level at `first` and every `every` days before `last`.

    Parameters
    ----------
    rise
        Rise of the level by one dose.
    decay
        Decay of the level per day.
    every
        Days between doses.
    first, last
        Day of the first dose; day before which the last one is given.
    exact
        Whether each dose is a jump; otherwise the drug flows in at the rate that has the same mean effect.
        By default exact from ``SHORTEST_EXACT_PERIOD`` on.

    Returns
    -------
    Doses

    Raises
    ------
    ScenarioError
        When the period is not positive or the regimen stops before it starts.
    """
    if not every > 0.0:
        raise ScenarioError(f"a dose every {every:g} days is not possible", cure="Give a period above 0.")
    if last < first:
        raise ScenarioError(f"dosing stops on day {last:g} before it starts on day {first:g}")
    if exact is None:
        exact = every >= SHORTEST_EXACT_PERIOD
    count = math.ceil((last - first) / every - 1e-9)
    if not exact and count > 1:
        return _averaged(averaged_rate(rise, decay, every), decay, every, first, first + count * every)
    return Doses(decay, boluses=tuple((first + i * every, rise) for i in range(count)))


def steady(rise: float, decay: float, every: float, first: float, last: float) -> Doses:
    """Return a regimen as a constant inflow of the same amount, for models that were published so.

    Parameters
    ----------
    rise, decay, every, first, last
        As in :func:`regimen`.

    Returns
    -------
    Doses

    Raises
    ------
    ScenarioError
        When the period is not positive.
    """
    if not every > 0.0:
        raise ScenarioError(f"a dose every {every:g} days is not possible", cure="Give a period above 0.")
    return Doses(decay, infusions=((first, last, rise / every),))


def _averaged(rate: float, decay: float, every: float, first: float, last: float) -> Doses:
    """Return an inflow whose mean over each cycle is that of the boluses, from the first cycle to the washout.

    A first dose acts at once, an inflow only slowly: a bolus of some `days` of it makes up for that, and it stops
    as many days earlier, so that the whole amount stays the same.
    """
    days = head_start(decay, every)
    return Doses(decay, boluses=((first, days * rate),), infusions=((first, last - days, rate),))


def head_start(decay: float, every: float) -> float:
    """Return for how many days an inflow is given at once when it sets in, to act as early as single doses do.

    Parameters
    ----------
    decay, every
        Decay of the level per day, and the period in days.

    Returns
    -------
    float
        Days, at most half a period.

    Examples
    --------
    >>> head_start(0.0, 7.0), round(head_start(10.0, 7.0), 3)
    (3.5, 0.1)
    """
    cycle = decay * every
    # beyond 500 nothing is left of a dose at the next one, and expm1 would soon overflow
    return every / 2.0 if cycle < 1e-6 else (1.0 - cycle / math.expm1(min(cycle, 500.0))) / decay


def averaged_rate(rise: float, decay: float, every: float) -> float:
    """Return the constant rate with the same mean effect as a bolus every `every` days.

    Effects follow the level c through c/(1+c), so it is the mean of that, not of c, which must agree once the
    cycle repeats itself: the two differ much for a drug that comes and goes within a day.

    Parameters
    ----------
    rise, decay, every
        Rise of the level by one dose, its decay per day, and the period in days.

    Returns
    -------
    float
        Rise of the level per day.

    Examples
    --------
    >>> round(averaged_rate(1.0, 0.001, 7.0) * 7.0, 3)
    1.0
    """
    if rise == 0.0 or decay <= 0.0:
        return rise / every
    peak = rise / -math.expm1(-decay * every)
    trough = peak * math.exp(-decay * every)
    # log1p of the relative difference keeps its digits where peak and trough nearly agree
    mean_effect = math.log1p((peak - trough) / (1.0 + trough)) / (decay * every)
    return decay * mean_effect / (1.0 - mean_effect)
