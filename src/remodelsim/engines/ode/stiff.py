"""One step of a stiff integrator for rows of lanes: Rodas4P2, a Rosenbrock-Wanner method of order 4 (3).

Why a Rosenbrock method and not BDF. On networks of this kind BDF (LSODA) takes about as many evaluations of the
right-hand side per course at the accuracy of verdicts (1e-3 to 1e-5 of a state), and starts again at order 1 after
every dose. A Rosenbrock step solves six linear systems with one factored matrix and decides nothing on the way, so
that every lane can keep its own time and step: no lane waits for, or is changed by, its neighbours. The sparse factors
cost little.

Why this one. It is L-stable and stiffly accurate, keeps its order on stiff problems whose slow part drives the fast one
(Prothero-Robinson), takes exact derivatives by time, and needed the fewest steps of its family at 1e-3 to 1e-5.
Coefficients: Steinebach 2020, Improvement of Rosenbrock-Wanner Method RODASP,
https://doi.org/10.1007/978-3-030-53905-4_6; form and dense output as in Hairer & Wanner 1996, Solving Ordinary
Differential Equations II, section IV.7, https://doi.org/10.1007/978-3-642-05221-7.

Per stage, with gamma = 1/4::

    (1/(gamma h) I - J) u_i = f(t + c_i h, y + sum_j a_ij u_j) + sum_j (c_ij / h) u_j + h d_i df/dt

The sixth stage value plus u_6 is the new state, u_6 the estimate of the error.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .lane_data import Numbers, Scratch
from .lane_rates import drift, entries, rates
from .layout import Layout
from .sparse import Factors, factor, make_factors, solve
from .vector import KERNEL, choose, fill, larger, load, rows, store

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

STAGES = 6
GAMMA = 0.25
_A = np.zeros((STAGES, STAGES))
_A[1, :1] = 3.0
_A[2, :2] = 0.906377755268814, -0.189707390391685
_A[3, :3] = 3.758617027739064, 1.161741776019525, -0.849258085312803
_A[4, :4] = 7.089566927282776, 4.573591406461604, -8.423496976860259, -0.959280113459775
_A[5, :5] = *_A[4, :4], 1.0
_C = np.zeros((STAGES, STAGES))
_C[1, :1] = -12.0
_C[2, :2] = -6.354581592719008, 0.338972550544623
_C[3, :3] = -8.575016317114033, -7.606483992117508, 12.224997650124820
_C[4, :4] = -5.888975457523102, -8.157396617841821, 24.805546872612922, 12.790401512796979
_C[5, :5] = -4.408651676063871, -6.692003137674639, 24.625568527593117, 16.627521966636085, -5.714285714285718
_AT = np.array([0.0, 0.75, 0.321448134013046, 0.519745732277726, 1.0, 1.0])
_D = np.array([0.25, -0.5, -0.189532918363016, 0.085612108792769, 0.0, 0.0])
_H = np.array(
    [
        [-5.323528268423303, -10.042123754867493, 17.175254928256965, -5.079931171878093, -0.016185991706112],
        [6.984505741529879, 6.914061169603662, -0.849178943070653, 18.104410789349338, -3.516963011559032],
    ]
)

_SAFETY, _LEAST, _MOST = 0.9, 0.2, 6.0
# a first step may change a state by this share of its size
_FIRST_CHANGE = 0.1


class Stepper(NamedTuple):
    """State and room of the integrator; N states, w lanes.

    Attributes
    ----------
    y, new : float64 arrays, shape (N, w)
        State at the start of the step and at its end.
    trial, f, drift : float64 arrays, shape (N, w)
        State of a stage, rates, and their derivative by time.
    u : float64 array, shape (6 N, w)
        Stages, one after the other.
    values, shift : float64 arrays
        Jacobian and 1/(gamma h).
    factors : Factors
        Its factors.
    smallest : float64 array, shape (N, w)
        Absolute tolerance of each state.
    t, then : float64 arrays, shape (w,)
        Day of each lane, and that of a stage.
    h : float64 array, shape (1, w)
        Step in days.
    fresh : int64 array, shape (w,)
        1 where the first step of a stretch is still to be chosen.
    error, total : float64 arrays, shape (1, w)
        Largest error as a share of what is tolerated; sum of all, which is not finite where something went wrong.
    taken : float64 array, shape (1, w)
        Above 0 where the step is accepted.
    stop : float64 array, shape (w,)
        Day that a step must not pass.
    """

    y: Floats
    new: Floats
    trial: Floats
    f: Floats
    drift: Floats
    u: Floats
    values: Floats
    shift: Floats
    factors: Factors
    smallest: Floats
    t: Floats
    then: Floats
    h: Floats
    fresh: Ints
    error: Floats
    total: Floats
    taken: Floats
    stop: Floats


def make_stepper(layout: Layout, width: int) -> Stepper:
    """Return a stepper for `width` lanes."""
    states = layout.diagonal.size
    y, new, trial, f, slope, shift, smallest = (rows(states, width) for _ in range(7))
    return Stepper(
        y=y,
        new=new,
        trial=trial,
        f=f,
        drift=slope,
        u=rows(STAGES * states, width),
        values=rows(layout.pattern.column.size, width),
        shift=shift,
        factors=make_factors(layout.pattern, width),
        smallest=smallest,
        t=np.zeros(width),
        then=np.zeros(width),
        h=np.ones((1, width)),
        fresh=np.zeros(width, dtype=np.int64),
        error=np.zeros((1, width)),
        total=np.zeros((1, width)),
        taken=np.zeros((1, width)),
        stop=np.ones(width),
    )


@njit(**KERNEL)
def first_step(y: Floats, smallest: Floats, f: Floats, slope: Floats, room: float, w: int) -> float:
    """Return a step over which the first and second derivative of lane w change no state by more than a tenth."""
    h = room
    for i in range(y.shape[0]):
        size = _FIRST_CHANGE * max(abs(y[i, w]), 1e3 * smallest[i, w])
        if h * abs(f[i, w]) > size:
            h = size / abs(f[i, w])
        if h * h * abs(slope[i, w]) > 2.0 * size:
            h = np.sqrt(2.0 * size / abs(slope[i, w]))
    return h


@njit(**KERNEL)
def _choose_step(s: Stepper, width: tuple[int, ...]) -> None:
    """Choose first steps, keep all steps within their stretch, and write the shift that goes with them."""
    for w in range(len(width)):
        room = s.stop[w] - s.t[w]
        if s.fresh[w] == 1:
            s.h[0, w] = first_step(s.y, s.smallest, s.f, s.drift, room, w)
            s.fresh[w] = 0
        # a sliver of a step before the stop is joined to this one
        if s.h[0, w] * 1.001 >= room:
            s.h[0, w] = room
    shift = 1.0 / (GAMMA * load(s.h, 0, width))
    for i in range(s.y.shape[0]):
        store(s.shift, i, shift)


@njit(**KERNEL)
def _right_side(s: Stepper, stage: int, width: tuple[int, ...]) -> None:
    """Write the right side of a stage's linear system, whose rates stand in `s.f`, to its place in `s.u`."""
    n = s.y.shape[0]
    h = load(s.h, 0, width)
    inverse = 1.0 / h
    weight = h * _D[stage]
    for i in range(n):
        pull = fill(0.0, width)
        for j in range(stage):
            pull = pull + _C[stage, j] * load(s.u, j * n + i, width)
        value = load(s.f, i, width) + inverse * pull + weight * load(s.drift, i, width)
        store(s.u, stage * n + i, value)


@njit(**KERNEL)
def _stage_state(s: Stepper, stage: int, width: tuple[int, ...]) -> None:
    """Write the state at which a stage asks for rates, and its day."""
    n = s.y.shape[0]
    for i in range(n):
        value = load(s.y, i, width)
        for j in range(stage):
            value = value + _A[stage, j] * load(s.u, j * n + i, width)
        store(s.trial, i, value)
    for w in range(len(width)):
        s.then[w] = s.t[w] + _AT[stage] * s.h[0, w]


@njit(**KERNEL)
def _judge(s: Stepper, nodes: int, relative: float, width: tuple[int, ...]) -> None:
    """Write the new state and its error, as a share of what is tolerated."""
    n = s.y.shape[0]
    worst, total, none, most = fill(0.0, width), fill(0.0, width), fill(0.0, width), fill(-1.0, width)
    for i in range(n):
        old, error = load(s.y, i, width), load(s.u, (STAGES - 1) * n + i, width)
        new = load(s.trial, i, width) + error
        size = larger(larger(old, none - old), larger(new, none - new))
        allowed = load(s.smallest, i, width) + relative * size
        share = larger(error, none - error) / allowed
        total = total + share
        # the exact course never leaves [0, 1], or falls below 0: what lies outside is error too
        inside = larger(new, none)
        if i < nodes:
            inside = none - larger(none - inside, most)
        outside = larger(new - inside, inside - new) / allowed
        worst = larger(worst, larger(share, outside))
        store(s.new, i, inside)
    store(s.error, 0, worst)
    store(s.total, 0, total)


@njit(**KERNEL)
def try_step(
    layout: Layout, numbers: Numbers, scratch: Scratch, s: Stepper, relative: float, width: tuple[int, ...]
) -> None:
    """Try one step in every lane: `s.new` and `s.error` hold what came of it.

    Parameters
    ----------
    layout, numbers, scratch
        The network, the lanes' numbers, and room.
    s
        The stepper; `y`, `t`, `stop` and either `h` or `fresh` tell where each lane stands.
    relative
        Relative tolerance.
    width
        A tuple of w integers; only its length counts.
    """
    n = s.y.shape[0]
    rates(layout, numbers, scratch, s.t, s.y, s.f, width)
    drift(layout, numbers, scratch, s.t, s.y, s.drift, width)
    entries(layout, numbers, scratch, s.t, s.y, s.values, width)
    _choose_step(s, width)
    factor(layout.pattern, s.values, s.shift, s.factors, width)
    for stage in range(STAGES):
        if stage > 0:
            _stage_state(s, stage, width)
            rates(layout, numbers, scratch, s.then, s.trial, s.f, width)
        _right_side(s, stage, width)
        solve(layout.pattern, s.factors, s.u[stage * n : (stage + 1) * n], width)
    _judge(s, layout.program.start.size - 1, relative, width)


@njit(**KERNEL)
def take_steps(s: Stepper, width: tuple[int, ...]) -> None:
    """Move the lanes with `s.taken` above 0 to their new state."""
    taken = load(s.taken, 0, width)
    for i in range(s.y.shape[0]):
        store(s.y, i, choose(taken, load(s.new, i, width), load(s.y, i, width)))


@njit(**KERNEL)
def next_step(h: float, error: float, accepted: bool, again: bool) -> float:
    """Return the next step after one with this error; `again` where the step before was refused."""
    if not error < 1e30:
        return 0.1 * h
    grown = min(max(_SAFETY * (error + 1e-30) ** -0.25, _LEAST), _MOST)
    if not accepted or again:
        grown = min(grown, 1.0)
    return h * grown


@njit(**KERNEL)
def between(s: Stepper, share: float, nodes: int, w: int, out: Floats) -> None:
    """Write the state of lane w at a share of the step just tried (dense output of order 3), kept within bounds."""
    n = s.y.shape[0]
    for i in range(n):
        first, second = 0.0, 0.0
        for j in range(STAGES - 1):
            first += _H[0, j] * s.u[j * n + i, w]
            second += _H[1, j] * s.u[j * n + i, w]
        end = s.trial[i, w] + s.u[(STAGES - 1) * n + i, w]
        old = s.y[i, w]
        # in this form what does not move is told to the last bit
        value = old + share * ((end - old) + (1.0 - share) * (first + share * second)) if share < 1.0 else end
        value = max(value, 0.0)
        out[i] = min(value, 1.0) if i < nodes else value
