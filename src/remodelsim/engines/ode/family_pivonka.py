"""Pivonka et al. 2008: Lemaire's cells with Hill functions and four ways to express RANKL and OPG.

https://doi.org/10.1016/j.bone.2008.03.025; several printed parameters are wrong, the preset holds the authors' code's.
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
    "_ParameterIndex",
    "D_OBu D_OBp D_OCp A_OBa A_OCa K_TGFb_act_OBu K_TGFb_act_OCa K_TGFb_rep_OBp K_PTH_act K_PTH_rep K_RANKL_act "
    "beta_PTH D_PTH beta_RANKL D_RANKL R_RANKL beta_OPG D_OPG OPG_max K_A_OPG K_A_RANK RANK alpha_TGFb k_res "
    "D_TGFb k_form RANKL_on_OBp RANKL_on_OBa OPG_on_OBp OPG_on_OBa",
)
_InputIndex = namedtuple("_InputIndex", "I_P I_O I_L I_T I_R I_B I_C OBa_0 OCa_0")  # noqa: PYI024
_K = _ParameterIndex(*range(30))
_I = _InputIndex(*range(9))
STATES = ("OBp", "OBa", "OCa", "BV")
_GUESS = np.array([6.2e-4, 5.6e-4, 8.1e-4])


@njit(cache=True)
def _bound_rank(precursors: float, active: float, u: Floats, p: Floats) -> float:
    """Return the share of RANK signalling that RANKL reaches, OPG competing."""
    pth = (p[_K.beta_PTH] + u[_I.I_P]) / p[_K.D_PTH]
    made = p[_K.OPG_on_OBp] * precursors + p[_K.OPG_on_OBa] * active
    made *= p[_K.beta_OPG] * p[_K.K_PTH_rep] / (pth + p[_K.K_PTH_rep])
    opg = (made + u[_I.I_O]) * p[_K.OPG_max] / (made + p[_K.D_OPG] * p[_K.OPG_max])
    carried = p[_K.RANKL_on_OBp] * precursors + p[_K.RANKL_on_OBa] * active
    carried *= p[_K.R_RANKL] * pth / (pth + p[_K.K_PTH_act])
    rankl = carried / (1.0 + p[_K.K_A_OPG] * opg + p[_K.K_A_RANK] * p[_K.RANK])
    rankl *= (p[_K.beta_RANKL] + u[_I.I_L]) / (p[_K.beta_RANKL] + p[_K.D_RANKL] * carried)
    bound = p[_K.K_A_RANK] * rankl * p[_K.RANK]
    return bound / (bound + p[_K.K_RANKL_act])


@njit(cache=True)
def _rates(time: float, y: Floats, u: Floats, p: Floats, out: Floats) -> None:  # noqa: ARG001
    precursors, active, osteoclasts = y[0], y[1], y[2]
    tgfb = (p[_K.alpha_TGFb] * p[_K.k_res] * osteoclasts + u[_I.I_T]) / p[_K.D_TGFb]
    held = p[_K.K_TGFb_rep_OBp] / (tgfb + p[_K.K_TGFb_rep_OBp])
    mature = p[_K.D_OBp] * precursors * held
    dying = p[_K.A_OCa] * osteoclasts * tgfb / (tgfb + p[_K.K_TGFb_act_OCa])
    out[0] = p[_K.D_OBu] * tgfb / (tgfb + p[_K.K_TGFb_act_OBu]) - mature + u[_I.I_R]
    out[1] = mature - p[_K.A_OBa] * active + u[_I.I_B]
    out[2] = p[_K.D_OCp] * _bound_rank(precursors, active, u, p) - dying + u[_I.I_C]
    out[3] = p[_K.k_form] * (active - u[_I.OBa_0]) - p[_K.k_res] * (osteoclasts - u[_I.OCa_0])


def _start(p: Floats) -> tuple[Floats, Floats]:
    inputs = np.zeros(len(_I))
    whole = np.empty(4)

    def cells(y: Floats, out: Floats) -> None:
        _rates(0.0, y, inputs, p, whole)
        out[:] = whole[:3]

    steady = positive_root(cells, _GUESS, "pivonka")
    inputs[_I.OBa_0], inputs[_I.OCa_0] = steady[1], steady[2]
    return np.append(steady, 0.0), inputs


FAMILY = Family("pivonka", STATES, _K._fields, _I._fields, _rates, _start, tolerance=1e-18)
