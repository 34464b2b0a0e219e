"""A queue of samples through the lanes: whichever lane is done takes the next sample.

A sample is one draw on one course: stretches of time, joined end to end, in each of which one thing is done. What comes
out of a sample depends on nothing but its own numbers: not on its neighbours, nor on its place in the queue.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .cells import cell_outputs
from .lane_data import Doings, Draws, Numbers, Scratch, load_doing, load_draw
from .lane_rates import drug_levels
from .layout import Layout
from .stiff import Stepper, between, next_step, take_steps, try_step
from .system import MODS
from .vector import KERNEL

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

DONE, TOO_MANY_STEPS, STEP_TOO_SMALL, NOT_FINITE = range(4)
# a step below this share of the day cannot be added to it
_SLIVER = 1e-13


class Plan(NamedTuple):
    """What is done in each sample and when; M samples, S stretches, u different doings.

    Attributes
    ----------
    draw : int64 array, shape (M,)
        Draw of each sample.
    first : int64 array, shape (M + 1,)
        Stretches of sample m are ``first[m] .. first[m + 1] - 1``.
    start, stop : float64 arrays, shape (S,)
        Days; each stretch starts where the one before stops.
    doing : int64 array, shape (S,)
        What is done in each stretch, apart from drugs.
    drug : float64 array, shape (S, 4, 3)
        As in `system.Doing`.
    origin : float64 array, shape (S,)
        Day at which the drug levels were what `drug` says.
    jump : int64 array, shape (S + 1,)
        Jumps at the start of stretch k are ``jump[k] .. jump[k + 1] - 1``.
    place : int64 array
        State that jumps.
    value : float64 array
        What it jumps to.
    doings : Doings
        What can be done.
    """

    draw: Ints
    first: Ints
    start: Floats
    stop: Floats
    doing: Ints
    drug: Floats
    origin: Floats
    jump: Ints
    place: Ints
    value: Floats
    doings: Doings


class Asked(NamedTuple):
    """What is wanted and how exactly; M samples, T times, N states.

    Attributes
    ----------
    times : float64 array, shape (1 or M, T)
        Days, ascending; nan at the end for none.
    pick : int64 array
        Columns wanted: states, then outputs of the cell layer.
    initial : float64 array, shape (M, N)
        State at the start.
    relative, absolute : float
        Tolerances; the absolute one is multiplied by the healthy size of a state above 1.
    most : int
        Steps after which a sample is given up.
    """

    times: Floats
    pick: Ints
    initial: Floats
    relative: float
    absolute: float
    most: int


class Found(NamedTuple):
    """What came of it; nan where nothing did.

    Attributes
    ----------
    values : float64 array, shape (M, T, picked)
        Wanted columns at the wanted days.
    last : float64 array, shape (M, N)
        State at the end, or where a sample was given up.
    status : int64 array, shape (M,)
        0 for a finished sample; else why it was given up.
    day : float64 array, shape (M,)
        Day of `last`.
    steps : int64 array, shape (M, 2)
        Steps taken and refused.
    """

    values: Floats
    last: Floats
    status: Ints
    day: Floats
    steps: Ints


class Desk(NamedTuple):
    """Which sample sits in which lane, and room.

    Attributes
    ----------
    sample, stretch, asked : int64 arrays, shape (w,)
        Sample of each lane (-1 for none), its stretch, and the next time wanted.
    again : int64 array, shape (w,)
        1 where the last step was refused.
    state, mods, drugs, outputs : float64 arrays
        One state and what is computed from it.
    """

    sample: Ints
    stretch: Ints
    asked: Ints
    again: Ints
    state: Floats
    mods: Floats
    drugs: Floats
    outputs: Floats


def make_desk(layout: Layout, scratch: Scratch, width: int) -> Desk:
    """Return an empty desk for `width` lanes of a `layout` with their `scratch`."""
    return Desk(
        sample=np.full(width, -1, dtype=np.int64),
        stretch=np.zeros(width, dtype=np.int64),
        asked=np.zeros(width, dtype=np.int64),
        again=np.zeros(width, dtype=np.int64),
        state=np.zeros(layout.diagonal.size),
        mods=np.zeros(MODS),
        drugs=np.zeros(scratch.drugs.shape[1]),
        outputs=np.zeros(scratch.outputs.shape[1]),
    )


@njit(**KERNEL)
def _look(layout: Layout, numbers: Numbers, desk: Desk, t: float, w: int) -> None:
    """Write the outputs of the cell layer for the state on the desk, in the doings of lane w."""
    n = numbers.level.shape[0]
    for k in range(MODS):
        desk.mods[k] = numbers.factor[k, w]
    for c in range(layout.node.size):
        a = desk.state[layout.node[c]]
        if layout.node[c] == layout.estrogen:
            a = min(a, numbers.ceiling[0, w])
        low, slope, turn = numbers.curve[3 * c, w], numbers.curve[3 * c + 1, w], numbers.curve[3 * c + 2, w]
        desk.mods[layout.modulator[c]] *= (low + slope * a) / (1.0 + turn * a)
    drug_levels(numbers.drug[w], t - numbers.origin[w], desk.drugs)
    cell_outputs(desk.state[n:], desk.mods, desk.drugs, 1.0, numbers.parameters[w], desk.outputs)


@njit(**KERNEL)
def _note(layout: Layout, numbers: Numbers, desk: Desk, asked: Asked, found: Found, t: float, w: int) -> None:
    """Write down the state on the desk as what was wanted next from lane w."""
    states = desk.state.size
    outside = False
    for k in range(asked.pick.size):
        outside = outside or asked.pick[k] >= states
    if outside:
        _look(layout, numbers, desk, t, w)
    m, row = desk.sample[w], desk.asked[w]
    for k in range(asked.pick.size):
        p = asked.pick[k]
        found.values[m, row, k] = desk.state[p] if p < states else desk.outputs[p - states]
    desk.asked[w] = row + 1


@njit(**KERNEL)
def _next_time(desk: Desk, asked: Asked, w: int) -> float:
    """Return the next day wanted from lane w, infinity for none."""
    row = desk.asked[w]
    if row >= asked.times.shape[1]:
        return np.inf
    day = asked.times[min(desk.sample[w], asked.times.shape[0] - 1), row]
    return day if day == day else np.inf  # noqa: PLR0124  # nan is not itself


@njit(**KERNEL)
def _leave(s: Stepper, desk: Desk, found: Found, status: int, w: int) -> None:
    """Empty lane w: its sample is finished or given up."""
    m = desk.sample[w]
    for i in range(s.y.shape[0]):
        found.last[m, i] = s.y[i, w]
    found.status[m] = status
    found.day[m] = s.t[w]
    desk.sample[w] = -1


@njit(**KERNEL)
def _limit(numbers: Numbers, s: Stepper, stop: float, w: int) -> None:
    """Set the day that steps of lane w must not pass: the end of the stretch, or the onset of a course before it."""
    s.stop[w] = stop
    for k in range(numbers.falling[w]):
        onset = numbers.onset[numbers.faller[w, k], w]
        if s.t[w] < onset < s.stop[w]:
            s.stop[w] = onset


@njit(**KERNEL)
def _enter(
    layout: Layout,
    plan: Plan,
    asked: Asked,
    found: Found,
    numbers: Numbers,
    s: Stepper,
    desk: Desk,
    w: int,
) -> None:
    """Begin the stretch of lane w, or the first one after it that takes any time; leave where none is left."""
    m = desk.sample[w]
    n = s.y.shape[0]
    while desk.stretch[w] < plan.first[m + 1]:
        k = desk.stretch[w]
        s.t[w] = plan.start[k]
        load_doing(layout, numbers, plan.doings, plan.doing[k], plan.drug[k], plan.origin[k], w)
        for p in range(plan.jump[k], plan.jump[k + 1]):
            s.y[plan.place[p], w] = plan.value[p]
        if plan.stop[k] > plan.start[k]:
            for i in range(n):
                desk.state[i] = s.y[i, w]
            while _next_time(desk, asked, w) <= s.t[w]:
                _note(layout, numbers, desk, asked, found, s.t[w], w)
            _limit(numbers, s, plan.stop[k], w)
            s.fresh[w], desk.again[w] = 1, 0
            return
        desk.stretch[w] = k + 1
    # at the end of the last stretch its last state is still wanted
    for i in range(n):
        desk.state[i] = s.y[i, w]
    while _next_time(desk, asked, w) <= s.t[w]:
        _note(layout, numbers, desk, asked, found, s.t[w], w)
    _leave(s, desk, found, DONE, w)


@njit(**KERNEL)
def _feed(
    layout: Layout,
    draws: Draws,
    plan: Plan,
    asked: Asked,
    found: Found,
    numbers: Numbers,
    s: Stepper,
    desk: Desk,
    waiting: int,
    end: int,
    w: int,
) -> int:
    """Give lane w the next sample that takes any time; return the one after it."""
    while desk.sample[w] < 0 and waiting < end:
        desk.sample[w], desk.stretch[w], desk.asked[w] = waiting, plan.first[waiting], 0
        load_draw(numbers, draws, plan.draw[waiting], w)
        healthy, nodes = numbers.healthy[w], numbers.level.shape[0]
        for i in range(s.y.shape[0]):
            s.y[i, w] = asked.initial[waiting, i]
            s.smallest[i, w] = asked.absolute * (max(healthy[i - nodes], 1.0) if i >= nodes else 1.0)
        if plan.first[waiting + 1] > plan.first[waiting]:
            s.t[w] = plan.start[plan.first[waiting]]
        _enter(layout, plan, asked, found, numbers, s, desk, w)
        waiting += 1
    return waiting


@njit(**KERNEL)
def _settle(
    layout: Layout, plan: Plan, asked: Asked, found: Found, numbers: Numbers, s: Stepper, desk: Desk, w: int
) -> None:
    """Decide on the step of lane w, write down what was wanted within it, and choose the next step."""
    m, h, error = desk.sample[w], s.h[0, w], s.error[0, w]
    if not np.isfinite(s.total[0, w]):
        error = np.inf
    accepted = error <= 1.0
    s.taken[0, w] = 1.0 if accepted else 0.0
    found.steps[m, 0 if accepted else 1] += 1
    s.h[0, w] = next_step(h, error, accepted, desk.again[w] == 1)
    desk.again[w] = 0 if accepted else 1
    if not accepted:
        return
    end = s.stop[w] if h >= s.stop[w] - s.t[w] else s.t[w] + h
    # the end of a stretch belongs to the next one
    last = end if end < plan.stop[desk.stretch[w]] else np.nextafter(end, -np.inf)
    while _next_time(desk, asked, w) <= last:
        day = _next_time(desk, asked, w)
        between(s, (day - s.t[w]) / h, numbers.level.shape[0], w, desk.state)
        _note(layout, numbers, desk, asked, found, day, w)
    s.t[w] = end


@njit(**KERNEL)
def _give_up(asked: Asked, found: Found, s: Stepper, desk: Desk, w: int) -> None:
    """Empty lane w if its sample cannot be finished."""
    m = desk.sample[w]
    if found.steps[m, 0] + found.steps[m, 1] >= asked.most:
        _leave(s, desk, found, TOO_MANY_STEPS, w)
    elif s.h[0, w] < _SLIVER * max(abs(s.t[w]), 1.0):
        _leave(s, desk, found, STEP_TOO_SMALL if np.isfinite(s.total[0, w]) else NOT_FINITE, w)


# the door from Python
@njit(cache=True, nogil=True, error_model="numpy")
def run_queue(
    layout: Layout,
    draws: Draws,
    plan: Plan,
    asked: Asked,
    found: Found,
    numbers: Numbers,
    scratch: Scratch,
    s: Stepper,
    desk: Desk,
    begin: int,
    end: int,
    width: tuple[int, ...],
) -> None:
    """Run samples begin .. end - 1.

    Parameters
    ----------
    layout, draws, plan
        The network, its draws, and what is done.
    asked, found
        What is wanted, and where it goes.
    numbers, scratch, s, desk
        Room for the lanes.
    begin, end
        Samples.
    width
        A tuple of w integers; only its length counts.
    """
    waiting = begin
    busy = 0
    for w in range(len(width)):
        waiting = _feed(layout, draws, plan, asked, found, numbers, s, desk, waiting, end, w)
        busy += 1 if desk.sample[w] >= 0 else 0
    while busy > 0:
        try_step(layout, numbers, scratch, s, asked.relative, width)
        for w in range(len(width)):
            s.taken[0, w] = 0.0
            if desk.sample[w] >= 0:
                _settle(layout, plan, asked, found, numbers, s, desk, w)
        take_steps(s, width)
        busy = 0
        for w in range(len(width)):
            if desk.sample[w] >= 0:
                _give_up(asked, found, s, desk, w)
            if desk.sample[w] >= 0 and s.taken[0, w] > 0.0 and s.t[w] >= s.stop[w]:
                if s.stop[w] < plan.stop[desk.stretch[w]]:
                    _limit(numbers, s, plan.stop[desk.stretch[w]], w)
                else:
                    desk.stretch[w] += 1
                    _enter(layout, plan, asked, found, numbers, s, desk, w)
            if desk.sample[w] < 0:
                waiting = _feed(layout, draws, plan, asked, found, numbers, s, desk, waiting, end, w)
            busy += 1 if desk.sample[w] >= 0 else 0
