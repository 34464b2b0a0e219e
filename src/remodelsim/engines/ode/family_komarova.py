"""Komarova et al. 2003: one remodeling site as two power laws.

https://doi.org/10.1016/S8756-3282(03)00157-1; curated as BIOMD0000000148 (whose bone mass strict readers get wrong)
and BIOMD0000000279.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .cell_course import Family

Floats = NDArray[np.float64]

# index tuples are compile-time constants
_ParameterIndex = namedtuple(  # noqa: PYI024
    "_ParameterIndex", "alpha1 alpha2 beta1 beta2 g11 g21 g12 g22 k1 k2"
)
_K = _ParameterIndex(*range(10))
STATES = ("x1", "x2", "z")
INPUTS = ("x1_bar", "x2_bar")


@njit(cache=True)
def _rates(time: float, y: Floats, u: Floats, p: Floats, out: Floats) -> None:  # noqa: ARG001
    osteoclasts, osteoblasts = max(y[0], 0.0), max(y[1], 0.0)
    out[0] = p[_K.alpha1] * osteoclasts ** p[_K.g11] * osteoblasts ** p[_K.g21] - p[_K.beta1] * y[0]
    out[1] = p[_K.alpha2] * osteoclasts ** p[_K.g12] * osteoblasts ** p[_K.g22] - p[_K.beta2] * y[1]
    out[2] = p[_K.k2] * max(y[1] - u[1], 0.0) - p[_K.k1] * max(y[0] - u[0], 0.0)


def resting_cells(p: Floats) -> Floats:
    """Return the numbers of cells at rest, shape (2,)."""
    gamma = p[_K.g12] * p[_K.g21] - (1.0 - p[_K.g11]) * (1.0 - p[_K.g22])
    first, second = p[_K.beta1] / p[_K.alpha1], p[_K.beta2] / p[_K.alpha2]
    return np.array(
        [
            first ** ((1.0 - p[_K.g22]) / gamma) * second ** (p[_K.g21] / gamma),
            first ** (p[_K.g12] / gamma) * second ** ((1.0 - p[_K.g11]) / gamma),
        ]
    )


def _start(p: Floats) -> tuple[Floats, Floats]:
    rest = resting_cells(p)
    return np.append(rest, 100.0), rest


FAMILY = Family("komarova", STATES, _K._fields, INPUTS, _rates, _start, tolerance=1e-13)
