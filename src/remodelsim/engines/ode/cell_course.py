"""Courses of a cell model on its own: any family of equations, cut at every jump, by scipy's stiff solver."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError

Floats = NDArray[np.float64]
Rates = Callable[[float, Floats, Floats, Floats, Floats], None]
Jacobian = Callable[[float, Floats, Floats, Floats, Floats], None]

_MOST_STEPS = 100_000
_ROUNDING = 1e-11


@dataclass(frozen=True, slots=True)
class Family:
    """One set of equations.

    Parameters
    ----------
    name
        Such as ``pivonka``.
    states, parameters, inputs
        Names, in the order of the kernel's arrays. Inputs are constant between two jumps.
    rates
        Compiled ``rates(t, y, inputs, parameters, out)`` that writes dy/dt per day.
    start
        From parameters to the state at which a course starts and the inputs of health.
    jacobian
        Compiled ``jacobian(t, y, inputs, parameters, out)`` with out[i, j] = d rate_i / d y_j, if there is one.
    tolerance
        Absolute tolerance of the solver, below the scale of the smallest state.
    """

    name: str
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    rates: Rates
    start: Callable[[Floats], tuple[Floats, Floats]]
    jacobian: Jacobian | None = None
    tolerance: float = 1e-12


def course(
    family: Family,
    parameters: Floats,
    state: Floats,
    edges: Floats,
    inputs: Floats,
    times: Floats,
    *,
    rtol: float = 1e-10,
) -> Floats:
    """Integrate from jump to jump.

    Parameters
    ----------
    family
        The equations.
    parameters : ndarray, shape (p,)
        In the order of ``family.parameters``.
    state : ndarray, shape (n,)
        State at ``edges[0]``.
    edges : ndarray, shape (k + 1,)
        Increasing days; the solver restarts at each.
    inputs : ndarray, shape (k, u)
        Inputs in each segment.
    times : ndarray, shape (m,)
        Increasing days within [edges[0], edges[-1]] at which the state is wanted.
    rtol
        Relative tolerance.

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    SolveError
        When the solver cannot finish or a state is not finite; says at which time and state.
    """
    times = _snapped(times, edges)
    _check(edges, times)
    solve = _solver(family, parameters, rtol)
    out = np.empty((len(times), len(state)))
    y = np.array(state, dtype=np.float64)
    for i in range(len(edges) - 1):
        first, last = edges[i], edges[i + 1]
        asked = np.flatnonzero((times >= first) & (times <= last))
        grid = np.unique(np.concatenate(([first], times[asked], [last])))
        found = solve(y, grid, np.ascontiguousarray(inputs[i], dtype=np.float64))
        out[asked] = found[np.searchsorted(grid, times[asked])]
        y = found[-1]
    return out


def _snapped(times: Floats, edges: Floats) -> Floats:
    """Return the times with those that miss a jump by rounding moved onto it: no solver can step that little."""
    after = np.clip(np.searchsorted(edges, times), 1, len(edges) - 1)
    below, above = edges[after - 1], edges[after]
    nearest = np.where(times - below < above - times, below, above)
    return np.where(np.abs(times - nearest) <= _ROUNDING * np.maximum(np.abs(nearest), 1.0), nearest, times)


def _check(edges: Floats, times: Floats) -> None:
    if np.any(np.diff(edges) <= 0.0):
        raise SolveError("the days at which a course jumps do not increase")
    if len(times) and (np.any(np.diff(times) < 0.0) or times[0] < edges[0] or times[-1] > edges[-1]):
        raise SolveError(f"asked for days outside {edges[0]:g} to {edges[-1]:g}, or in no order")


def _solver(family: Family, parameters: Floats, rtol: float) -> Callable[[Floats, Floats, Floats], Floats]:
    from scipy.integrate import ODEintWarning, odeint

    n = len(family.states)
    rate_buffer, jacobian_buffer = np.empty(n), np.zeros((n, n))
    kernel, slopes = family.rates, family.jacobian

    def rates(t: float, y: Floats, inputs: Floats) -> Floats:
        kernel(t, y, inputs, parameters, rate_buffer)
        return rate_buffer

    def jacobian(t: float, y: Floats, inputs: Floats) -> Floats:
        assert slopes is not None  # noqa: S101  # given to the solver only then
        slopes(t, y, inputs, parameters, jacobian_buffer)
        return jacobian_buffer

    def solve(y: Floats, grid: Floats, inputs: Floats) -> Floats:
        with warnings.catch_warnings():
            # a failure becomes an error of ours, which says more than the warning
            warnings.simplefilter("ignore", ODEintWarning)
            found, told = odeint(
                rates,
                y,
                grid,
                args=(inputs,),
                Dfun=None if slopes is None else jacobian,
                full_output=True,
                tfirst=True,
                rtol=rtol,
                atol=family.tolerance,
                mxstep=_MOST_STEPS,
            )
        return _sound(family, grid, found, told)

    return solve


def _sound(family: Family, grid: Floats, found: Floats, told: dict[str, Any]) -> Floats:
    bad = np.flatnonzero(~np.all(np.isfinite(found), axis=1))
    if told["message"] == "Integration successful." and not len(bad):
        return found
    reached = grid[bad[0]] if len(bad) else float(told["tcur"].max(initial=grid[0]))
    row = found[max(int(bad[0]) - 1, 0) if len(bad) else -1]
    state = ", ".join(f"{name} {value:.6g}" for name, value in zip(family.states, row, strict=True))
    raise SolveError(
        f"the {family.name} cell model could not be solved beyond day {reached:g} ({told['message'].strip()}); "
        f"last state: {state}",
        cure="Look for a dose or parameter far outside its range.",
    )
