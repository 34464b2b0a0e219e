"""One course of the coupled system, stretch by stretch, by scipy's compiled LSODA with our compiled right-hand side."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError
from ..program import Constants, Program
from .system import Doing, Wiring, jacobian, rates

Floats = NDArray[np.float64]
RTOL, ATOL = 1e-7, 1e-9
# a trial step may leave the allowed region by this much without harm
_SLACK = 1e-4
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which nothing is switched.

    Parameters
    ----------
    start, stop
        Days.
    doing
        What is done.
    jump
        Position in the state to the value it is set to at the start (nodes and cells that are held).
    """

    start: float
    stop: float
    doing: Doing
    jump: dict[int, float] = field(default_factory=dict)


def healthy_state(constants: Constants, wiring: Wiring) -> Floats:
    """Return the healthy state: nodes at their levels, cells at rest.

    Parameters
    ----------
    constants, wiring
        Numbers and joints of the draw.

    Returns
    -------
    ndarray, shape (n + 11,)
        The state.
    """
    cells = wiring.healthy.size - 5
    return np.concatenate([constants.level, wiring.healthy[:cells]])


def integrate(
    program: Program,
    constants: Constants,
    wiring: Wiring,
    stretches: Sequence[Stretch],
    times: Floats,
    *,
    state: Floats | None = None,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> Floats:
    """Follow the system through its stretches.

    Parameters
    ----------
    program, constants, wiring
        The model and one draw of its numbers.
    stretches
        Joined end to end.
    times
        Days at which the state is wanted, ascending, within the stretches. A state at a switch is the one after it.
    state
        State at the start; the healthy one by default.
    rtol, atol
        Tolerances; the absolute one is relative to the healthy size of each state.

    Returns
    -------
    ndarray, shape (times, n + 11)
        The states.

    Raises
    ------
    SolveError
        When a stretch cannot be finished; says at which day, and returns no numbers.
    """
    healthy = healthy_state(constants, wiring)
    y = healthy.copy() if state is None else state.copy()
    tolerance = atol * np.maximum(healthy, 1.0)
    out = np.empty((times.size, y.size))
    for k, stretch in enumerate(stretches):
        for position, value in stretch.jump.items():
            y[position] = value
        last = k == len(stretches) - 1
        inside = (times >= stretch.start) & ((times <= stretch.stop) if last else (times < stretch.stop))
        marks = np.unique(np.concatenate([[stretch.start], times[inside], [stretch.stop]]))
        found = _run(program, constants, wiring, stretch.doing, y, marks, rtol, tolerance)
        out[inside] = found[np.searchsorted(marks, times[inside])]
        y = found[-1].copy()
    return out


def _run(
    program: Program,
    constants: Constants,
    wiring: Wiring,
    doing: Doing,
    y: Floats,
    marks: Floats,
    rtol: float,
    tolerance: Floats,
) -> Floats:
    from scipy.integrate import odeint

    def rhs(t: float, state: Floats) -> Floats:
        out = np.empty_like(state)
        rates(t, state, program, constants, wiring, doing, out)
        return out

    def slopes(t: float, state: Floats) -> Floats:
        out = np.empty((state.size, state.size))
        jacobian(t, state, program, constants, wiring, doing, out)
        return out

    if marks.size == 1:
        return y[None, :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the message is read below and raised as an error
        found, info = odeint(
            rhs,
            y,
            marks,
            Dfun=slopes,
            tfirst=True,
            full_output=True,
            rtol=rtol,
            atol=tolerance,
            mxstep=_MOST_STEPS,
            tcrit=marks[-1:],
        )
    failed = not np.all(np.isfinite(found)) or info["message"] != "Integration successful."
    if failed or found.min() < -_SLACK or found[:, : constants.level.size].max() > 1.0 + _SLACK:
        reached = float(info["tcur"][-1]) if len(info["tcur"]) else float(marks[0])
        raise SolveError(
            f"the integration stopped near day {reached:.6g}",
            cure="Check the strengths and doses, or report the scenario.",
        )
    held = doing.held == 1
    found[:, held] = y[held]  # the solver's predictor moves a constant by rounding
    return np.asarray(found)
