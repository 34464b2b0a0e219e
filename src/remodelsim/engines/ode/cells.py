"""Kernels of the bone-cell layer: rates, outputs and their analytic derivatives.

The equations are those of Jörg et al. 2022 (https://doi.org/10.7554/eLife.76228) with added terms that have
a neutral value each: with ``eta_P = eta_Q = zeta_C = a = beta = mu = rho = 0``, ``sigma_lumbar = 1``,
``signal_direct = 1``, ``estrogen_share = 0`` and every modulator 1 they *are* that model. Time is in days,
numbers of cells are those of the publication, bone volume and mineral are fractions.

A compiled caller keeps what it inlined from here in its own cache: after a change of this file delete the
``__pycache__`` of the callers, or they go on with the old equations.
"""

from collections import namedtuple
from math import sqrt
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

# index tuples are compile-time constants; a class per tuple would cost sixty lines and say no more
_StateIndex = namedtuple(  # noqa: PYI024
    "_StateIndex",
    "preosteoblasts osteoblasts osteocytes preosteoclasts osteoclasts sclerostin sclerostin_bound "
    "bone_hip bone_lumbar mineral",
)
_ModulatorIndex = namedtuple(  # noqa: PYI024
    "_ModulatorIndex", "MSC Bdiff Bdeath form OCP Cdiff Cdeath res SOST RANKL OPG min Wnt infl Ydeath"
)
_DrugIndex = namedtuple("_DrugIndex", "denosumab romosozumab bisphosphonate pth")  # noqa: PYI024
_ParameterIndex = namedtuple(  # noqa: PYI024
    "_ParameterIndex",
    "omega_P s_P eta_P eta_B beta_B omega_B eta_Y omega_Q e_Q s_Q eta_Q beta_Q eta_C nu_C e_C r_C zeta_C "
    "eta_bp b kappa signal_direct estrogen_share e_s kappa_s delta lambda_B s_O nu r_O lambda_C a beta "
    "sigma_lumbar gamma c_0 beta_b mu rho",
)
CELL_STATES: tuple[str, ...] = _StateIndex._fields
MODULATORS: tuple[str, ...] = _ModulatorIndex._fields
DRUGS: tuple[str, ...] = _DrugIndex._fields
PARAMETERS: tuple[str, ...] = _ParameterIndex._fields
OUTPUTS = ("formation_hip", "resorption_hip", "formation_lumbar", "resorption_lumbar", "rankl_signal")

# positions by name, constants for the compiler
Y = _StateIndex(*range(len(CELL_STATES)))
M = _ModulatorIndex(*range(len(MODULATORS)))
D = _DrugIndex(*range(len(DRUGS)))
K = _ParameterIndex(*range(len(PARAMETERS)))

# bone volume enters with a negative power; a solver's trial step must not make it complex
_SMALLEST_VOLUME = 1e-9


@njit(cache=True)
def rising(x: float) -> float:
    """Return h+(x) = x/(1+x)."""
    return x / (1.0 + x)


@njit(cache=True)
def falling(x: float) -> float:
    """Return h-(x) = 1/(1+x)."""
    return 1.0 / (1.0 + x)


@njit(cache=True)
def healthy_cells(p: Floats) -> tuple[float, float, float, float, float, float]:
    """Return the healthy numbers of P, B, Y, Q, C and sclerostin in closed form.

    They do not depend on the added loss terms, which vanish there by construction.
    """
    osteoblasts = 1.0 / (p[K.eta_B] + p[K.omega_B])
    osteocytes = p[K.omega_B] * osteoblasts / p[K.eta_Y]
    sclerostin = falling(1.0 / p[K.e_s]) * osteocytes / p[K.kappa_s]
    preosteoblasts = (1.0 + sclerostin / p[K.s_P]) / p[K.omega_P]
    preosteoclasts = 1.0 / (p[K.omega_Q] * falling(1.0 / p[K.e_Q]) * rising(sclerostin / p[K.s_Q]))
    gain = 1.0 + p[K.nu_C] * rising(1.0 / p[K.e_C])
    # eta_C C (1 + (gain - 1) C/(r_C + C)) = 1
    half = 1.0 - p[K.eta_C] * p[K.r_C]
    osteoclasts = (half + sqrt(half * half + 4.0 * p[K.eta_C] * gain * p[K.r_C])) / (2.0 * p[K.eta_C] * gain)
    return preosteoblasts, osteoblasts, osteocytes, preosteoclasts, osteoclasts, sclerostin


@njit(cache=True)
def rankl_signal(m: Floats, d: Floats, p: Floats) -> tuple[float, float, float, float]:
    """Return the RANKL signal L with its derivatives by m_RANKL, m_OPG and m_infl.

    OPG and denosumab compete for RANKL; ``kappa`` is the occupancy of RANKL by OPG in health (13.7 in
    Pivonka 2008, 17 in Lemaire 2004), ``b`` the share of RANKL that denosumab reaches. L is 1 in health.
    """
    k = p[K.kappa]
    free = 1.0 + k * m[M.OPG]
    bound = free + (1.0 + k) * d[D.denosumab]
    hidden, reached = 1.0 - p[K.b], p[K.b]
    competition = (1.0 + k) * (hidden / free + reached / bound)
    slope = -k * (1.0 + k) * (hidden / (free * free) + reached / (bound * bound))
    rankl, inflammation = m[M.RANKL], m[M.infl]
    return (
        rankl * inflammation * competition,
        inflammation * competition,
        rankl * inflammation * slope,
        rankl * competition,
    )


@njit(cache=True)
def _power(x: float, n: float) -> tuple[float, float]:
    """Return x**n and its derivative, with x**0 = 1 and x**1 = x also at x = 0."""
    if n == 0.0:
        return 1.0, 0.0
    if n == 1.0:
        return x, 1.0
    safe = max(x, 1e-12)
    value = safe**n
    return value, n * value / safe


@njit(cache=True)
def _held_by_sclerostin(sclerostin: float, wnt: float, half: float) -> tuple[float, float, float]:
    """Return h-(s/(m_Wnt half)) with its derivatives by s and m_Wnt; 0 without Wnt."""
    x = sclerostin / half
    total = wnt + x
    if total <= 0.0:
        return 0.0, 0.0, 0.0
    return wnt / total, -wnt / (half * total * total), x / (total * total)


@njit(cache=True)
def _estrogen_brake(e: float, p: Floats) -> tuple[float, float]:
    """Return the direct estrogen factor of osteoclast differentiation and its derivative by e."""
    health = falling(1.0 / p[K.e_Q])
    factor = falling(e / p[K.e_Q])
    value, slope = _power(factor / health, 1.0 - p[K.estrogen_share])
    return health * value, -slope * factor * factor / p[K.e_Q]


@njit(cache=True)
def _sclerostin_drive(sclerostin: float, p: Floats) -> float:
    """Return h+(s/s_Q), of which the share rho does not need sclerostin: mice without it keep their osteoclasts.

    Li et al. 2008, https://doi.org/10.1359/jbmr.080216.
    """
    healthy = rising(healthy_cells(p)[5] / p[K.s_Q])
    return p[K.rho] * healthy + (1.0 - p[K.rho]) * rising(sclerostin / p[K.s_Q])


@njit(cache=True)
def _osteoclast_differentiation(
    y: Floats, m: Floats, d: Floats, e: float, p: Floats
) -> tuple[float, float, float, float, float, float]:
    """Return F_C per preosteoclast at m_Cdiff = 1, the four factors its derivatives need, and dL^g/dL."""
    signal, slope = _power(rankl_signal(m, d, p)[0], p[K.signal_direct])
    brake, brake_slope = _estrogen_brake(e, p)
    scale = p[K.omega_Q] * (1.0 + p[K.beta_Q] * rising(d[D.pth]))
    sclerostin = _sclerostin_drive(y[Y.sclerostin], p)
    return scale * brake * sclerostin * signal, scale, sclerostin * signal, brake_slope, signal, slope


@njit(cache=True)
def _osteoclast_loss(y: Floats, m: Floats, e: float, signal: float, p: Floats) -> tuple[float, float, float]:
    """Return the natural loss of osteoclasts, its crowding factor and its survival factor.

    Osteoclasts live by RANKL (Jimi et al. 1999, https://doi.org/10.4049/jimmunol.163.1.434): without it they die
    (1 + zeta_C) times as fast. It follows the signal L itself; what the network adds to it comes as m_Cdeath.
    """
    crowding = 1.0 + p[K.nu_C] * rising(e / p[K.e_C]) * rising(y[Y.osteoclasts] / p[K.r_C])
    survival = (1.0 + p[K.zeta_C]) / (1.0 + p[K.zeta_C] * signal)
    return p[K.eta_C] * m[M.Cdeath] * crowding * survival * y[Y.osteoclasts], crowding, survival


@njit(cache=True)
def _formation(y: Floats, m: Floats, p: Floats, volume: float) -> float:
    """Return the formation of bone per day at a site of the given volume and site factor 1."""
    held = _held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_O])[0]
    coupled = 1.0 + p[K.nu] * rising(y[Y.osteoclasts] / p[K.r_O])
    full = max(volume, _SMALLEST_VOLUME) ** -p[K.beta]
    return float(p[K.lambda_B] * m[M.form] * held * coupled * y[Y.osteoblasts] * full)


@njit(cache=True)
def _resorption(y: Floats, m: Floats, p: Floats, volume: float) -> float:
    """Return the resorption of bone per day at a site of the given volume and site factor 1."""
    full = max(volume, _SMALLEST_VOLUME) ** p[K.a]
    return float(p[K.lambda_C] * m[M.res] * y[Y.osteoclasts] * full)


@njit(cache=True)
def _mineral_target(y: Floats, m: Floats, d: Floats, p: Floats) -> tuple[float, float]:
    """Return the mineral fraction aimed at and the resorption relative to health.

    Slow turnover leaves bone time to mineralise (secondary mineralisation,
    https://doi.org/10.1016/S8756-3282(00)00376-8): ``mu`` is the gain when resorption stops.
    """
    relative = m[M.res] * y[Y.osteoclasts] / healthy_cells(p)[4]
    balance = 1.0 + p[K.mu] * (1.0 - relative) / (1.0 + relative)
    return p[K.c_0] * m[M.min] * balance + p[K.beta_b] * rising(d[D.denosumab]), relative


@njit(cache=True)
def cell_rates(y: Floats, m: Floats, d: Floats, e: float, p: Floats, out: Floats) -> None:
    """Write dy/dt per day.

    Parameters
    ----------
    y : ndarray, shape (10,)
        States in the order of ``CELL_STATES``.
    m : ndarray, shape (15,)
        Modulators in the order of ``MODULATORS``; all 1 in health.
    d : ndarray, shape (4,)
        Scaled drug levels in the order of ``DRUGS``.
    e : float
        Estrogen, 1 before menopause.
    p : ndarray, shape (38,)
        Parameters in the order of ``PARAMETERS``.
    out : ndarray, shape (10,)
        Receives the rates.
    """
    pre_b, _, _, pre_c, _, _ = healthy_cells(p)
    to_b = p[K.omega_P] * _held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_P])[0] * m[M.Bdiff] * y[Y.preosteoblasts]
    per_cell = _osteoclast_differentiation(y, m, d, e, p)[0]
    to_c = per_cell * m[M.Cdiff] * y[Y.preosteoclasts]
    death_b = p[K.eta_B] * m[M.Bdeath] * (1.0 - p[K.beta_B] * rising(d[D.pth]))
    death_c = _osteoclast_loss(y, m, e, rankl_signal(m, d, p)[0], p)[0]
    caught = p[K.kappa_s] * d[D.romosozumab] * y[Y.sclerostin]
    out[Y.preosteoblasts] = m[M.MSC] - to_b - p[K.eta_P] * (y[Y.preosteoblasts] - pre_b)
    out[Y.osteoblasts] = to_b - death_b * y[Y.osteoblasts] - p[K.omega_B] * y[Y.osteoblasts]
    out[Y.osteocytes] = p[K.omega_B] * y[Y.osteoblasts] - p[K.eta_Y] * m[M.Ydeath] * y[Y.osteocytes]
    out[Y.preosteoclasts] = m[M.OCP] * (1.0 + p[K.eta_Q] * pre_c) - to_c - p[K.eta_Q] * y[Y.preosteoclasts]
    out[Y.osteoclasts] = to_c - death_c - p[K.eta_bp] * rising(d[D.bisphosphonate]) * y[Y.osteoclasts]
    made = m[M.SOST] * falling(e / p[K.e_s]) * y[Y.osteocytes]
    out[Y.sclerostin] = made - p[K.kappa_s] * y[Y.sclerostin] - caught + p[K.delta] * y[Y.sclerostin_bound]
    out[Y.sclerostin_bound] = caught - (p[K.delta] + p[K.kappa_s]) * y[Y.sclerostin_bound]
    out[Y.bone_hip] = _formation(y, m, p, y[Y.bone_hip]) - _resorption(y, m, p, y[Y.bone_hip])
    out[Y.bone_lumbar] = p[K.sigma_lumbar] * (
        _formation(y, m, p, y[Y.bone_lumbar]) - _resorption(y, m, p, y[Y.bone_lumbar])
    )
    out[Y.mineral] = p[K.gamma] * (_mineral_target(y, m, d, p)[0] - y[Y.mineral])


@njit(cache=True)
def _builder_jacobian(y: Floats, m: Floats, d: Floats, p: Floats, jy: Floats, jm: Floats) -> None:
    """Write the derivatives of P', B' and Y'."""
    held, by_s, by_wnt = _held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_P])
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
    per_cell, scale, rest, brake_slope, signal, slope = _osteoclast_differentiation(y, m, d, e, p)
    whole, by_rankl, by_opg, by_infl = rankl_signal(m, d, p)
    loss, crowding, survival = _osteoclast_loss(y, m, e, whole, p)
    cells = m[M.Cdiff] * y[Y.preosteoclasts]
    brake = _estrogen_brake(e, p)[0]
    by_s = (1.0 - p[K.rho]) * scale * brake * signal * p[K.s_Q] / (y[Y.sclerostin] + p[K.s_Q]) ** 2 * cells
    by_signal = scale * brake * _sclerostin_drive(y[Y.sclerostin], p) * cells * slope
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
    brake = falling(e / p[K.e_s])
    jy[Y.sclerostin, Y.osteocytes] = m[M.SOST] * brake
    jy[Y.sclerostin, Y.sclerostin] = -p[K.kappa_s] * (1.0 + d[D.romosozumab])
    jy[Y.sclerostin, Y.sclerostin_bound] = p[K.delta]
    jy[Y.sclerostin_bound, Y.sclerostin] = p[K.kappa_s] * d[D.romosozumab]
    jy[Y.sclerostin_bound, Y.sclerostin_bound] = -p[K.delta] - p[K.kappa_s]
    jm[Y.sclerostin, M.SOST] = brake * y[Y.osteocytes]
    je[Y.sclerostin] = -m[M.SOST] * brake * brake / p[K.e_s] * y[Y.osteocytes]


@njit(cache=True)
def _site_jacobian(y: Floats, m: Floats, p: Floats, site: int, sigma: float, grown: Floats, lost: Floats) -> None:
    """Write (not add) the derivatives of formation and resorption at a site by the states and modulators."""
    volume = max(y[site], _SMALLEST_VOLUME)
    held, by_s, by_wnt = _held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_O])
    coupled = 1.0 + p[K.nu] * rising(y[Y.osteoclasts] / p[K.r_O])
    power = sigma * p[K.lambda_B] * volume ** -p[K.beta]
    states = 10
    grown[Y.osteoblasts] = power * m[M.form] * held * coupled
    grown[Y.osteoclasts] = (
        power * m[M.form] * held * y[Y.osteoblasts] * p[K.nu] * p[K.r_O] / (p[K.r_O] + y[Y.osteoclasts]) ** 2
    )
    grown[Y.sclerostin] = power * m[M.form] * coupled * y[Y.osteoblasts] * by_s
    grown[site] = -p[K.beta] * grown[Y.osteoblasts] * y[Y.osteoblasts] / volume
    grown[states + M.form] = power * held * coupled * y[Y.osteoblasts]
    grown[states + M.Wnt] = power * m[M.form] * coupled * y[Y.osteoblasts] * by_wnt
    lost[Y.osteoclasts] = sigma * p[K.lambda_C] * m[M.res] * volume ** p[K.a]
    lost[site] = p[K.a] * lost[Y.osteoclasts] * y[Y.osteoclasts] / volume
    lost[states + M.res] = sigma * p[K.lambda_C] * y[Y.osteoclasts] * volume ** p[K.a]


@njit(cache=True)
def cell_jacobian(y: Floats, m: Floats, d: Floats, e: float, p: Floats, jy: Floats, jm: Floats, je: Floats) -> None:
    """Write the derivatives of the rates.

    Parameters
    ----------
    y, m, d, e, p
        As in :func:`cell_rates`.
    jy, jm, je : ndarray, shapes (10, 10), (10, 15) and (10,)
        Receive the derivatives by states, modulators and estrogen; whatever they held is lost.
    """
    jy[:] = 0.0
    jm[:] = 0.0
    je[:] = 0.0
    _builder_jacobian(y, m, d, p, jy, jm)
    _breaker_jacobian(y, m, d, e, p, jy, jm, je)
    _sclerostin_jacobian(y, m, d, e, p, jy, jm, je)
    for site, sigma in ((Y.bone_hip, 1.0), (Y.bone_lumbar, p[K.sigma_lumbar])):
        grown, lost = np.zeros(25), np.zeros(25)
        _site_jacobian(y, m, p, site, sigma, grown, lost)
        jy[site] = grown[:10] - lost[:10]
        jm[site] = grown[10:] - lost[10:]
    relative = _mineral_target(y, m, d, p)[1]
    steep = -2.0 * p[K.gamma] * p[K.c_0] * m[M.min] * p[K.mu] / (1.0 + relative) ** 2
    healthy = healthy_cells(p)[4]
    jy[Y.mineral, Y.osteoclasts] = steep * m[M.res] / healthy
    jy[Y.mineral, Y.mineral] = -p[K.gamma]
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
    out[0] = _formation(y, m, p, y[Y.bone_hip])
    out[1] = _resorption(y, m, p, y[Y.bone_hip])
    out[2] = p[K.sigma_lumbar] * _formation(y, m, p, y[Y.bone_lumbar])
    out[3] = p[K.sigma_lumbar] * _resorption(y, m, p, y[Y.bone_lumbar])
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
    """Write the derivatives of :func:`cell_outputs` by states (5, 10) and modulators (5, 15)."""
    jy[:] = 0.0
    jm[:] = 0.0
    for row, site, sigma in ((0, Y.bone_hip, 1.0), (2, Y.bone_lumbar, p[K.sigma_lumbar])):
        grown, lost = np.zeros(25), np.zeros(25)
        _site_jacobian(y, m, p, site, sigma, grown, lost)
        jy[row], jm[row] = grown[:10], grown[10:]
        jy[row + 1], jm[row + 1] = lost[:10], lost[10:]
    _, jm[4, M.RANKL], jm[4, M.OPG], jm[4, M.infl] = rankl_signal(m, d, p)
