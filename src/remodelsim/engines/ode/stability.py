"""Whether the healthy state is stable."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..gate import node_slope, rule_slopes, rule_value
from ..program import Constants, Program
from .eigenvalues import largest_real_part
from .system import CELLS, DRUG_COUNT, MODS, Doing, Wiring, jacobian

Floats = NDArray[np.float64]
_ITERATIONS = 200
_ZERO = 1e-12


@njit(cache=True)
def loop_gains(program: Program, constants: Constants, wiring: Wiring) -> Floats:
    """Return dG(target)/dx(source) of every edge in health, shape (e,); 0 for nodes that cells own."""
    out = np.zeros(program.source.size)
    values = np.empty(program.kind.size)
    for i in range(constants.level.size):
        if wiring.owner[i] >= 0 or program.start[i] == program.start[i + 1]:
            continue
        b = rule_value(program, constants.strength, constants.level, i, values)
        slope = node_slope(constants, i, b)
        rule_slopes(program, constants.strength, i, values, out)
        for k in range(program.start[i], program.start[i + 1]):
            if program.edge[k] >= 0:
                out[program.edge[k]] *= slope
    return out


@njit(cache=True)
def largest_loop_gain(program: Program, gains: Floats, n: int) -> float:
    """Return the spectral radius of the absolute gains, by power iteration with a small shift."""
    x, radius = np.ones(n), 0.0
    for _ in range(_ITERATIONS):
        y = 0.1 * x
        for e in range(gains.size):
            y[program.target[e]] += abs(gains[e]) * x[program.source[e]]
        radius = y.max()
        x = y / radius
    return radius - 0.1


def spectral_abscissa(program: Program, constants: Constants, wiring: Wiring) -> float:
    """Return the largest real part of the eigenvalues of the coupled Jacobian in health, per day.

    Bone volume without feedback on itself (a = beta = 0) adds an eigenvalue of 0.

    Parameters
    ----------
    program, constants, wiring
        The draw.

    Returns
    -------
    float
        Negative when the healthy state is stable.
    """
    n = constants.level.size
    doing = Doing(
        held=np.zeros(n + CELLS, np.int64),
        alpha=np.zeros(n),
        beta=np.ones(n),
        onset=np.zeros(n),
        decline=np.zeros(n),
        factor=np.ones(MODS),
        drug=np.zeros((DRUG_COUNT, 3)),
        start=0.0,
    )
    state = np.concatenate([constants.level, wiring.healthy[:CELLS]])
    out = np.empty((n + CELLS, n + CELLS))
    jacobian(0.0, state, program, constants, wiring, doing, out)
    return largest_real_part(out)


def healthy_is_stable(program: Program, constants: Constants, wiring: Wiring) -> bool:
    """Tell whether the healthy state of the network is stable.

    A spectral radius of the absolute loop gains below 1 is enough for any time constants; only where it is not does
    the full Jacobian decide.

    Parameters
    ----------
    program, constants, wiring
        The draw.

    Returns
    -------
    bool
        Whether small disturbances die out.
    """
    gains = loop_gains(program, constants, wiring)
    if largest_loop_gain(program, gains, constants.level.size) < 1.0:
        return True
    return spectral_abscissa(program, constants, wiring) < _ZERO
