"""How strongly each arrow acts at a state: the slope of what its target asks for by its source."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .gate import node_slope, rule_slopes, rule_value
from .program import Constants, Program

Floats: TypeAlias = NDArray[np.float64]


@njit(cache=True)
def edge_slopes(program: Program, constants: Constants, x: Floats) -> Floats:
    """Return dG/dx of every arrow at state x, before compounds act.

    Parameters
    ----------
    program, constants
        Rules and numbers of a draw.
    x : ndarray, shape (n,)
        Activities.

    Returns
    -------
    ndarray, shape (e,)
        Slope of the target's gate by the source's activity, in the order of the edges.
    """
    out, values = np.zeros(program.source.size), np.empty(program.kind.size)
    for i in range(constants.level.size):
        if program.start[i] == program.start[i + 1]:
            continue
        b = rule_value(program, constants.strength, x, i, values)
        rule_slopes(program, constants.strength, i, values, out)
        steep = node_slope(constants, i, b)
        for k in range(program.start[i], program.start[i + 1]):
            edge = program.edge[k]
            if edge >= 0:
                out[edge] *= steep
    return out
