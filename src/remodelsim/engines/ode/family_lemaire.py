"""Lemaire et al. 2004: osteoblasts and osteoclasts under PTH, RANKL, OPG and TGF-beta.

https://doi.org/10.1016/j.jtbi.2004.03.023; curated as BIOMD0000000278.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .cell_course import Family
from .steady_root import positive_root

Floats = NDArray[np.float64]

# index tuples are compile-time constants
_ParameterIndex = namedtuple(  # noqa: PYI024
    "_ParameterIndex", "D_R D_B0 D_C D_A k_B C_s f0 K k1 k2 k3 k4 k5 k6 K_L_P K_O_P k_O k_P r_L S_P"
)
_InputIndex = namedtuple("_InputIndex", "I_P I_O I_L I_R I_B I_C")  # noqa: PYI024
_K = _ParameterIndex(*range(20))
_I = _InputIndex(*range(6))
STATES = ("R", "B", "C")
_GUESS = np.array([0.77e-3, 0.73e-3, 0.91e-3])


@njit(cache=True)
def _rates(time: float, y: Floats, u: Floats, p: Floats, out: Floats) -> None:  # noqa: ARG001
    responding, active, osteoclasts = y[0], y[1], y[2]
    tgfb = (osteoclasts + p[_K.f0] * p[_K.C_s]) / (osteoclasts + p[_K.C_s])
    pth = (u[_I.I_P] / p[_K.k_P] + p[_K.S_P] / p[_K.k_P]) / (u[_I.I_P] / p[_K.k_P] + p[_K.k6] / p[_K.k5])
    opg = p[_K.k1] / (p[_K.k2] * p[_K.k_O]) * (p[_K.K_O_P] * responding / pth + u[_I.I_O])
    held = 1.0 + p[_K.k3] * p[_K.K] / p[_K.k4] + opg
    rankl = p[_K.k3] / p[_K.k4] * p[_K.K_L_P] * pth * active / held * (1.0 + u[_I.I_L] / p[_K.r_L])
    mature = p[_K.f0] * p[_K.D_B0] * responding / tgfb
    out[0] = p[_K.D_R] * tgfb - mature + u[_I.I_R]
    out[1] = mature - p[_K.k_B] * active + u[_I.I_B]
    out[2] = p[_K.D_C] * rankl - p[_K.D_A] * tgfb * osteoclasts + u[_I.I_C]


def _start(p: Floats) -> tuple[Floats, Floats]:
    inputs = np.zeros(len(_I))
    return positive_root(lambda y, out: _rates(0.0, y, inputs, p, out), _GUESS, "lemaire"), inputs


FAMILY = Family("lemaire", STATES, _K._fields, _I._fields, _rates, _start, tolerance=1e-18)
