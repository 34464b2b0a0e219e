"""Graham et al. 2013: a remodeling cycle started by dying osteocytes, with the Wnt10b terms of Cook et al. 2022.

https://doi.org/10.1371/journal.pone.0063884 (BIOMD0000000721), https://doi.org/10.1002/aic.17809.
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
    "_ParameterIndex",
    "alpha1 alpha2 alpha3 alpha4 beta1 beta2 beta3 delta K_S eps k1 k2 ka kb kd K",
)
_K = _ParameterIndex(*range(16))
STATES = ("S", "P", "B", "C", "z")
INPUTS = ("Wnt10b",)


@njit(cache=True)
def _rates(time: float, y: Floats, u: Floats, p: Floats, out: Floats) -> None:  # noqa: ARG001
    osteocytes, precursors, osteoblasts, osteoclasts = y[0], y[1], y[2], y[3]
    missing = max(1.0 - osteocytes / p[_K.K_S], 0.0)
    wnt = u[0] / (u[0] + p[_K.K])
    buried = p[_K.alpha1] * osteoblasts * missing
    mature = p[_K.beta1] * precursors * osteoclasts + p[_K.kb] * wnt * precursors
    recruited = p[_K.alpha2] * osteocytes * osteocytes * missing
    grown = p[_K.alpha3] * precursors * missing + (p[_K.ka] + p[_K.kb]) * wnt * precursors
    called = p[_K.alpha4] * osteocytes * precursors * missing / (p[_K.eps] + osteoblasts)
    out[0] = buried
    out[1] = recruited + grown - mature - p[_K.delta] * precursors
    out[2] = mature - buried - (p[_K.beta2] - p[_K.kd] * wnt) * osteoblasts
    out[3] = called - p[_K.beta3] * osteoclasts
    out[4] = p[_K.k2] * osteoblasts - p[_K.k1] * osteoclasts


def _start(p: Floats) -> tuple[Floats, Floats]:
    # a tenth of the osteocytes has just died
    return np.array([0.9 * p[_K.K_S], 0.0, 0.0, 0.0, 100.0]), np.zeros(1)


FAMILY = Family("graham", STATES, _K._fields, INPUTS, _rates, _start, tolerance=1e-10)
