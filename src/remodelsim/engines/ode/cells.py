"""Kernels of the bone-cell layer: rates, outputs and their analytic derivatives.

The equations are those of Jörg et al. 2022 (https://doi.org/10.7554/eLife.76228) with added terms that have
a neutral value each: with ``eta_P = eta_Q = zeta_C = a = beta = mu = rho = chi = ell = beta_s = 0``,
``sigma_lumbar = signal_direct = 1``, ``estrogen_share = 0`` and every modulator 1 they *are* that model. Time is in
days, numbers of cells are those of the publication, bone volume and mineral are fractions.

A compiled caller keeps what it inlined from here in its own cache: after a change of this file delete the
``__pycache__`` of the callers, or they go on with the old equations.
"""

import numpy as np
from numba import njit

from .cell_parts import (
    CELL_STATES,
    DRUGS,
    MODULATORS,
    OUTPUTS,
    PARAMETERS,
    SMALLEST_VOLUME,
    D,
    Floats,
    K,
    M,
    Y,
    called_for,
    estrogen_brake,
    falling,
    formation,
    healthy_cells,
    held_by_sclerostin,
    mineral_target,
    osteoclast_differentiation,
    osteoclast_loss,
    rankl_signal,
    resorption,
    rising,
    room,
    sclerostin_drive,
    sclerostin_made,
)

__all__ = [
    "CELL_STATES",
    "DRUGS",
    "MODULATORS",
    "OUTPUTS",
    "PARAMETERS",
    "D",
    "K",
    "M",
    "Y",
    "cell_jacobian",
    "cell_output_jacobian",
    "cell_outputs",
    "cell_rates",
    "falling",
    "healthy_cells",
    "rankl_signal",
    "rising",
]

_STATES, _MODULATORS = len(CELL_STATES), len(MODULATORS)


@njit(cache=True)
def cell_rates(y: Floats, m: Floats, d: Floats, e: float, p: Floats, out: Floats) -> None:
    """Write dy/dt per day.

    Parameters
    ----------
    y : ndarray, shape (11,)
        States in the order of ``CELL_STATES``.
    m : ndarray, shape (15,)
        Modulators in the order of ``MODULATORS``; all 1 in health.
    d : ndarray, shape (4,)
        Scaled drug levels in the order of ``DRUGS``.
    e : float
        Estrogen, 1 before menopause.
    p : ndarray, shape (42,)
        Parameters in the order of ``PARAMETERS``.
    out : ndarray, shape (11,)
        Receives the rates.
    """
    pre_b, _, _, pre_c, _, _ = healthy_cells(p)
    to_b = p[K.omega_P] * held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_P])[0] * m[M.Bdiff] * y[Y.preosteoblasts]
    per_cell = osteoclast_differentiation(y, m, d, e, p)[0]
    to_c = per_cell * m[M.Cdiff] * y[Y.preosteoclasts]
    death_b = p[K.eta_B] * m[M.Bdeath] * (1.0 - p[K.beta_B] * rising(d[D.pth]))
    death_c = osteoclast_loss(y, m, e, rankl_signal(m, d, p)[0], p)[0]
    caught = p[K.kappa_s] * d[D.romosozumab] * y[Y.sclerostin]
    out[Y.preosteoblasts] = m[M.MSC] - to_b - p[K.eta_P] * (y[Y.preosteoblasts] - pre_b)
    out[Y.osteoblasts] = to_b - death_b * y[Y.osteoblasts] - p[K.omega_B] * y[Y.osteoblasts]
    out[Y.osteocytes] = p[K.omega_B] * y[Y.osteoblasts] - p[K.eta_Y] * m[M.Ydeath] * y[Y.osteocytes]
    out[Y.preosteoclasts] = m[M.OCP] * (1.0 + p[K.eta_Q] * pre_c) - to_c - p[K.eta_Q] * y[Y.preosteoclasts]
    out[Y.osteoclasts] = to_c - death_c - p[K.eta_bp] * rising(d[D.bisphosphonate]) * y[Y.osteoclasts]
    made = m[M.SOST] * sclerostin_made(d, e, p)[0] * y[Y.osteocytes]
    out[Y.sclerostin] = made - p[K.kappa_s] * y[Y.sclerostin] - caught + p[K.delta] * y[Y.sclerostin_bound]
    out[Y.sclerostin_bound] = caught - (p[K.delta] + p[K.kappa_s]) * y[Y.sclerostin_bound]
    out[Y.bone_hip] = formation(y, m, p, y[Y.bone_hip]) - resorption(y, m, p, y[Y.bone_hip])
    out[Y.bone_lumbar] = p[K.sigma_lumbar] * (
        formation(y, m, p, y[Y.bone_lumbar]) - resorption(y, m, p, y[Y.bone_lumbar])
    )
    out[Y.mineral] = p[K.gamma] * (mineral_target(y, m, d, p)[0] - y[Y.mineral])
    out[Y.coupling] = p[K.omega_Z] * (y[Y.osteoclasts] - y[Y.coupling])


@njit(cache=True)
def _builder_jacobian(y: Floats, m: Floats, d: Floats, p: Floats, jy: Floats, jm: Floats) -> None:
    """Write the derivatives of P', B' and Y'."""
    held, by_s, by_wnt = held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_P])
    scale = p[K.omega_P] * m[M.Bdiff]
    flow = scale * y[Y.preosteoblasts]
    death = p[K.eta_B] * (1.0 - p[K.beta_B] * rising(d[D.pth]))
    jy[Y.preosteoblasts, Y.preosteoblasts] = -scale * held - p[K.eta_P]
    jy[Y.preosteoblasts, Y.sclerostin] = -flow * by_s
    jy[Y.osteoblasts, Y.preosteoblasts] = scale * held
    jy[Y.osteoblasts, Y.sclerostin] = flow * by_s
    jy[Y.osteoblasts, Y.osteoblasts] = -death * m[M.Bdeath] - p[K.omega_B]
    jy[Y.osteocytes, Y.osteoblasts] = p[K.omega_B]
    jy[Y.osteocytes, Y.osteocytes] = -p[K.eta_Y] * m[M.Ydeath]
    jm[Y.preosteoblasts, M.MSC] = 1.0
    jm[Y.preosteoblasts, M.Bdiff] = -p[K.omega_P] * held * y[Y.preosteoblasts]
    jm[Y.preosteoblasts, M.Wnt] = -flow * by_wnt
    jm[Y.osteoblasts, M.Bdiff] = -jm[Y.preosteoblasts, M.Bdiff]
    jm[Y.osteoblasts, M.Wnt] = flow * by_wnt
    jm[Y.osteoblasts, M.Bdeath] = -death * y[Y.osteoblasts]
    jm[Y.osteocytes, M.Ydeath] = -p[K.eta_Y] * y[Y.osteocytes]


@njit(cache=True)
def _breaker_jacobian(y: Floats, m: Floats, d: Floats, e: float, p: Floats, jy: Floats, jm: Floats, je: Floats) -> None:
    """Write the derivatives of Q' and C'."""
    per_cell, scale, rest, brake_slope, signal, slope = osteoclast_differentiation(y, m, d, e, p)
    whole, by_rankl, by_opg, by_infl = rankl_signal(m, d, p)
    loss, crowding, survival = osteoclast_loss(y, m, e, whole, p)
    cells = m[M.Cdiff] * y[Y.preosteoclasts]
    brake = estrogen_brake(e, p)[0]
    by_s = (1.0 - p[K.rho]) * scale * brake * signal * p[K.s_Q] / (y[Y.sclerostin] + p[K.s_Q]) ** 2 * cells
    by_signal = scale * brake * sclerostin_drive(y[Y.sclerostin], p) * cells * slope
    loss_by_signal = -loss * p[K.zeta_C] / (1.0 + p[K.zeta_C] * whole)
    by_e = scale * rest * brake_slope * cells
    natural = p[K.eta_C] * m[M.Cdeath] * survival
    crowded = natural * y[Y.osteoclasts] * p[K.nu_C]
    jy[Y.preosteoclasts, Y.preosteoclasts] = -per_cell * m[M.Cdiff] - p[K.eta_Q]
    jy[Y.preosteoclasts, Y.sclerostin] = -by_s
    jy[Y.osteoclasts, Y.preosteoclasts] = per_cell * m[M.Cdiff]
    jy[Y.osteoclasts, Y.sclerostin] = by_s
    by_crowd = crowded * rising(e / p[K.e_C]) * p[K.r_C] / (p[K.r_C] + y[Y.osteoclasts]) ** 2
    jy[Y.osteoclasts, Y.osteoclasts] = -natural * crowding - by_crowd - p[K.eta_bp] * rising(d[D.bisphosphonate])
    jm[Y.preosteoclasts, M.OCP] = 1.0 + p[K.eta_Q] * healthy_cells(p)[3]
    jm[Y.preosteoclasts, M.Cdiff] = -per_cell * y[Y.preosteoclasts]
    jm[Y.osteoclasts, M.Cdiff] = per_cell * y[Y.preosteoclasts]
    jm[Y.osteoclasts, M.Cdeath] = -p[K.eta_C] * crowding * survival * y[Y.osteoclasts]
    for column, weight in ((M.RANKL, by_rankl), (M.OPG, by_opg), (M.infl, by_infl)):
        jm[Y.preosteoclasts, column] = -by_signal * weight
        jm[Y.osteoclasts, column] = (by_signal - loss_by_signal) * weight
    je[Y.preosteoclasts] = -by_e
    je[Y.osteoclasts] = by_e - crowded * rising(y[Y.osteoclasts] / p[K.r_C]) * p[K.e_C] / (e + p[K.e_C]) ** 2


@njit(cache=True)
def _sclerostin_jacobian(
    y: Floats, m: Floats, d: Floats, e: float, p: Floats, jy: Floats, jm: Floats, je: Floats
) -> None:
    """Write the derivatives of free and bound sclerostin."""
    made, by_e = sclerostin_made(d, e, p)
    jy[Y.sclerostin, Y.osteocytes] = m[M.SOST] * made
    jy[Y.sclerostin, Y.sclerostin] = -p[K.kappa_s] * (1.0 + d[D.romosozumab])
    jy[Y.sclerostin, Y.sclerostin_bound] = p[K.delta]
    jy[Y.sclerostin_bound, Y.sclerostin] = p[K.kappa_s] * d[D.romosozumab]
    jy[Y.sclerostin_bound, Y.sclerostin_bound] = -p[K.delta] - p[K.kappa_s]
    jm[Y.sclerostin, M.SOST] = made * y[Y.osteocytes]
    je[Y.sclerostin] = m[M.SOST] * by_e * y[Y.osteocytes]


@njit(cache=True)
def _site_jacobian(y: Floats, m: Floats, p: Floats, site: int, sigma: float, grown: Floats, lost: Floats) -> None:
    """Write (not add) the derivatives of formation and resorption at a site by the states and modulators."""
    volume = max(y[site], SMALLEST_VOLUME)
    held, by_s, by_wnt = held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_O])
    called, by_seen = called_for(y, p)
    left, narrower = room(y[site], p)
    scale = sigma * p[K.lambda_B]
    made = scale * left * m[M.form] * y[Y.osteoblasts]
    grown[Y.osteoblasts] = scale * left * m[M.form] * held * called
    grown[Y.osteoclasts] = made * held * by_seen * (1.0 - p[K.ell])
    grown[Y.coupling] = made * held * by_seen * p[K.ell]
    grown[Y.sclerostin] = made * called * by_s
    grown[site] = scale * narrower * m[M.form] * held * called * y[Y.osteoblasts]
    grown[_STATES + M.form] = scale * left * held * called * y[Y.osteoblasts]
    grown[_STATES + M.Wnt] = made * called * by_wnt
    lost[Y.osteoclasts] = sigma * p[K.lambda_C] * m[M.res] * volume ** p[K.a]
    lost[site] = p[K.a] * lost[Y.osteoclasts] * y[Y.osteoclasts] / volume
    lost[_STATES + M.res] = sigma * p[K.lambda_C] * y[Y.osteoclasts] * volume ** p[K.a]


@njit(cache=True)
def cell_jacobian(y: Floats, m: Floats, d: Floats, e: float, p: Floats, jy: Floats, jm: Floats, je: Floats) -> None:
    """Write the derivatives of the rates.

    Parameters
    ----------
    y, m, d, e, p
        As in :func:`cell_rates`.
    jy, jm, je : ndarray, shapes (11, 11), (11, 15) and (11,)
        Receive the derivatives by states, modulators and estrogen; whatever they held is lost.
    """
    jy[:] = 0.0
    jm[:] = 0.0
    je[:] = 0.0
    _builder_jacobian(y, m, d, p, jy, jm)
    _breaker_jacobian(y, m, d, e, p, jy, jm, je)
    _sclerostin_jacobian(y, m, d, e, p, jy, jm, je)
    for site, sigma in ((Y.bone_hip, 1.0), (Y.bone_lumbar, p[K.sigma_lumbar])):
        grown, lost = np.zeros(_STATES + _MODULATORS), np.zeros(_STATES + _MODULATORS)
        _site_jacobian(y, m, p, site, sigma, grown, lost)
        jy[site] = grown[:_STATES] - lost[:_STATES]
        jm[site] = grown[_STATES:] - lost[_STATES:]
    relative = mineral_target(y, m, d, p)[1]
    steep = -2.0 * p[K.gamma] * p[K.c_0] * m[M.min] * p[K.mu] / (1.0 + relative) ** 2
    healthy = healthy_cells(p)[4]
    jy[Y.mineral, Y.osteoclasts] = steep * m[M.res] / healthy
    jy[Y.mineral, Y.mineral] = -p[K.gamma]
    jy[Y.coupling, Y.osteoclasts] = p[K.omega_Z]
    jy[Y.coupling, Y.coupling] = -p[K.omega_Z]
    jm[Y.mineral, M.res] = steep * y[Y.osteoclasts] / healthy
    balance = 1.0 + p[K.mu] * (1.0 - relative) / (1.0 + relative)
    jm[Y.mineral, M.min] = p[K.gamma] * p[K.c_0] * balance


@njit(cache=True)
def cell_outputs(y: Floats, m: Floats, d: Floats, e: float, p: Floats, out: Floats) -> None:  # noqa: ARG001
    """Write formation and resorption at both sites (per day) and the RANKL signal L (1 in health).

    Parameters
    ----------
    y, m, d, e, p
        As in :func:`cell_rates`; no output depends on ``e`` itself.
    out : ndarray, shape (5,)
        Receives the outputs in the order of ``OUTPUTS``.
    """
    out[0] = formation(y, m, p, y[Y.bone_hip])
    out[1] = resorption(y, m, p, y[Y.bone_hip])
    out[2] = p[K.sigma_lumbar] * formation(y, m, p, y[Y.bone_lumbar])
    out[3] = p[K.sigma_lumbar] * resorption(y, m, p, y[Y.bone_lumbar])
    out[4] = rankl_signal(m, d, p)[0]


@njit(cache=True)
def cell_output_jacobian(
    y: Floats,
    m: Floats,
    d: Floats,
    e: float,  # noqa: ARG001
    p: Floats,
    jy: Floats,
    jm: Floats,
) -> None:
    """Write the derivatives of :func:`cell_outputs` by states (5, 11) and modulators (5, 15)."""
    jy[:] = 0.0
    jm[:] = 0.0
    for row, site, sigma in ((0, Y.bone_hip, 1.0), (2, Y.bone_lumbar, p[K.sigma_lumbar])):
        grown, lost = np.zeros(_STATES + _MODULATORS), np.zeros(_STATES + _MODULATORS)
        _site_jacobian(y, m, p, site, sigma, grown, lost)
        jy[row], jm[row] = grown[:_STATES], grown[_STATES:]
        jy[row + 1], jm[row + 1] = lost[:_STATES], lost[_STATES:]
    _, jm[4, M.RANKL], jm[4, M.OPG], jm[4, M.infl] = rankl_signal(m, d, p)
