"""Steady states of many samples: sparse Newton steps with a pseudo-transient start.

Each step solves (I / delta - J) d = f. While delta is small that is an implicit step of time delta, so that the search
leaves its start the way the system would; delta grows as the steps shrink, and in the end the steps are Newton's
(Kelley & Keyes 1998, https://doi.org/10.1137/S0036142996304796). A steady state so found is one where the system *can*
rest. Whether it *comes* to rest there, where there are several, only a course can tell: `settle_after`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import SolveError
from .ensemble import ATOL, RTOL, run_samples
from .lane_data import Draws, Numbers, Scratch, healthy_states, load_doing, load_draw, make_numbers, make_scratch
from .lane_queue import Plan
from .lane_rates import entries, rates
from .layout import Layout
from .sparse import factor, solve
from .stiff import Stepper, make_stepper
from .vector import KERNEL, WIDTH, fill, larger, load, store

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

SETTLED, RESTLESS = range(2)
# days of the first step, and those from which a step is Newton's
_FIRST, _NEWTON = 1.0, 1e9
# a step may change a state by so much of its size, and is wanted to by so much; steps below the last number are none
_LARGEST_CHANGE, _WANTED_CHANGE, _NO_CHANGE = 0.9, 0.5, 1e-10
_MOST_STEPS = 300
# shares of a state's size by which two steady states are told apart
_APART = 1e-5


@dataclass(frozen=True)
class Settled:
    """Steady states of many samples; M samples, N states.

    Attributes
    ----------
    states : ndarray, shape (M, N)
        The steady states; nan where none was found.
    status : ndarray, shape (M,)
        0 where one was found, 1 where not.
    steps : ndarray, shape (M,)
        Steps it took.
    last_change : ndarray, shape (M,)
        Largest change in the last step, as a share of a state's size.
    """

    states: Floats
    status: Ints
    steps: Ints
    last_change: Floats

    def require(self) -> Settled:
        """Return the steady states when all were found.

        Returns
        -------
        Settled
            These.

        Raises
        ------
        SolveError
            When one was not found.
        """
        missing = np.flatnonzero(self.status != SETTLED)
        if missing.size:
            raise SolveError(
                f"no steady state was found for {missing.size} of {self.status.size} samples, "
                f"the first is number {missing[0]}",
                cure="Ask for a day instead.",
            )
        return self


@njit(**KERNEL)
def _newton_step(
    layout: Layout,
    numbers: Numbers,
    scratch: Scratch,
    s: Stepper,
    nodes: int,
    width: tuple[int, ...],
) -> None:
    """Write the next state to `s.new` and its largest change to `s.error`, for steps `s.h`."""
    n = s.y.shape[0]
    rates(layout, numbers, scratch, s.t, s.y, s.f, width)
    entries(layout, numbers, scratch, s.t, s.y, s.values, width)
    shift = 1.0 / load(s.h, 0, width)
    for i in range(n):
        store(s.shift, i, shift)
        store(s.trial, i, load(s.f, i, width))
    factor(layout.pattern, s.values, s.shift, s.factors, width)
    solve(layout.pattern, s.factors, s.trial, width)
    worst, total, none, most = fill(0.0, width), fill(0.0, width), fill(0.0, width), fill(-1.0, width)
    for i in range(n):
        old, change = load(s.y, i, width), load(s.trial, i, width)
        share = larger(change, none - change) / larger(old, load(s.smallest, i, width))
        worst = larger(worst, share)
        total = total + share
        new = larger(old + change, none)
        if i < nodes:
            new = none - larger(none - new, most)
        store(s.new, i, new)
    store(s.error, 0, worst)
    store(s.total, 0, total)


@njit(**KERNEL)
def _decide(s: Stepper, status: Ints, steps: Ints, last_change: Floats, busy: Ints, m: int, w: int) -> None:
    """Take or refuse the step of lane w, choose its next length, and stop where there is nothing left to change."""
    change = s.error[0, w]
    steps[m] += 1
    if not np.isfinite(s.total[0, w]) or change > _LARGEST_CHANGE:
        s.h[0, w] *= 0.1
        if s.h[0, w] < _FIRST * 1e-9:
            busy[w] = 0
    else:
        for i in range(s.y.shape[0]):
            s.y[i, w] = s.new[i, w]
        last_change[m] = change
        if s.h[0, w] >= _NEWTON and change <= _NO_CHANGE:
            status[m] = SETTLED
            busy[w] = 0
        s.h[0, w] *= min(max(_WANTED_CHANGE / (change + 1e-30), 1.0), 30.0)
    if steps[m] >= _MOST_STEPS:
        busy[w] = 0


# the door from Python
@njit(cache=True, nogil=True, error_model="numpy")
def _settle_lanes(
    layout: Layout,
    draws: Draws,
    plan: Plan,
    initial: Floats,
    day: float,
    states: Floats,
    status: Ints,
    steps: Ints,
    last_change: Floats,
    numbers: Numbers,
    scratch: Scratch,
    s: Stepper,
    busy: Ints,
    width: tuple[int, ...],
) -> None:
    """Settle every sample of the plan, in what its last stretch does."""
    nodes, n, lanes = numbers.level.shape[0], s.y.shape[0], len(width)
    for begin in range(0, plan.draw.size, lanes):
        for w in range(lanes):
            # lanes that are left over repeat the last sample; nobody asks for them
            m = min(begin + w, plan.draw.size - 1)
            k = plan.first[m + 1] - 1
            load_draw(numbers, draws, plan.draw[m], w)
            load_doing(layout, numbers, plan.doings, plan.doing[k], plan.drug[k], plan.origin[k], w)
            healthy = numbers.healthy[w]
            for i in range(n):
                s.y[i, w] = initial[m, i]
                s.smallest[i, w] = max(healthy[i - nodes], 1.0) if i >= nodes else 1.0
            for p in range(plan.jump[k], plan.jump[k + 1]):
                s.y[plan.place[p], w] = plan.value[p]
            s.t[w], s.h[0, w], busy[w] = day, _FIRST, 1 if begin + w == m else 0
        while busy.sum() > 0:
            _newton_step(layout, numbers, scratch, s, nodes, width)
            for w in range(lanes):
                if busy[w] == 1:
                    _decide(s, status, steps, last_change, busy, begin + w, w)
        for w in range(min(lanes, plan.draw.size - begin)):
            if status[begin + w] == SETTLED:
                for i in range(n):
                    states[begin + w, i] = s.y[i, w]


def settle(
    layout: Layout, draws: Draws, plan: Plan, *, day: float = np.inf, initial: Floats | None = None, width: int = WIDTH
) -> Settled:
    """Find a steady state of every sample, in what its last stretch does.

    Parameters
    ----------
    layout, draws, plan
        The network, its draws, and what is done. Of each sample only the last stretch counts.
    day
        Day at which courses of inputs and drug levels are frozen; by default for ever: courses at their end, boluses
        gone, infusions level.
    initial : ndarray, shape (M, N), optional
        Where the search starts; health by default. The jumps of the last stretch are made from there.
    width
        Samples computed side by side; it changes no result.

    Returns
    -------
    Settled
        One steady state per sample, stable or not, not necessarily the only one.
    """
    samples, states = plan.draw.size, layout.diagonal.size
    begin = healthy_states(draws)[plan.draw] if initial is None else np.ascontiguousarray(initial, dtype=np.float64)
    found = Settled(
        states=np.full((samples, states), np.nan),
        status=np.full(samples, RESTLESS, dtype=np.int64),
        steps=np.zeros(samples, dtype=np.int64),
        last_change=np.full(samples, np.inf),
    )
    _settle_lanes(
        layout,
        draws,
        plan,
        begin,
        float(day),
        found.states,
        found.status,
        found.steps,
        found.last_change,
        make_numbers(layout, draws.parameters.shape[1], width),
        make_scratch(layout, width),
        make_stepper(layout, width),
        np.zeros(width, dtype=np.int64),
        (0,) * width,
    )
    return found


@dataclass(frozen=True)
class Reached:
    """Where courses come to rest, and whether they might rest elsewhere; M samples, N states.

    Attributes
    ----------
    settled
        The steady state that each course comes to.
    elsewhere : ndarray of bool, shape (M,)
        Whether the search from health finds another one: the system has several attractors (or an unstable rest).
    from_health
        What that search finds.
    """

    settled: Settled
    elsewhere: NDArray[np.bool_]
    from_health: Settled


def settle_after(
    layout: Layout, draws: Draws, plan: Plan, *, day: float = np.inf, rtol: float = RTOL, atol: float = ATOL
) -> Reached:
    """Follow each course to its end, and settle from there; say where the search from health ends elsewhere.

    Parameters
    ----------
    layout, draws, plan
        The network, its draws, and what is done, the last stretch long enough to leave the basin of the start.
    day
        As in `settle`.
    rtol, atol
        Tolerances of the courses.

    Returns
    -------
    Reached
        The steady states that courses come to.

    Raises
    ------
    SolveError
        When a course cannot be finished.
    """
    ends = plan.stop[plan.first[1:] - 1][:, None]
    courses = run_samples(layout, draws, plan, ends, pick=np.zeros(0, np.int64), rtol=rtol, atol=atol).require()
    reached = settle(layout, draws, plan, day=day, initial=courses.last)
    from_health = settle(layout, draws, plan, day=day)
    return Reached(reached, _apart(reached.states, from_health.states), from_health)


def _apart(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Tell which rows differ by more than rounding; nan differs from everything but nan."""
    near = np.abs(one - other) <= _APART * np.maximum(np.abs(one), 1.0)
    return ~np.all(near | (np.isnan(one) & np.isnan(other)), axis=1)


__all__: Sequence[str] = ("RESTLESS", "SETTLED", "Reached", "Settled", "settle", "settle_after")
