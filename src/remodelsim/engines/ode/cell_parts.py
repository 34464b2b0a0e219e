"""Parts of the equations of the cells: names and positions, and the fluxes with the derivatives that a solver needs.

`cells` puts them together; its sources and neutral values are told there.
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
    "bone_hip bone_lumbar mineral coupling",
)
_ModulatorIndex = namedtuple(  # noqa: PYI024
    "_ModulatorIndex", "MSC Bdiff Bdeath form OCP Cdiff Cdeath res SOST RANKL OPG min Wnt infl Ydeath"
)
_DrugIndex = namedtuple("_DrugIndex", "denosumab romosozumab bisphosphonate pth")  # noqa: PYI024
_ParameterIndex = namedtuple(  # noqa: PYI024
    "_ParameterIndex",
    "omega_P s_P eta_P eta_B beta_B omega_B eta_Y omega_Q e_Q s_Q eta_Q beta_Q eta_C nu_C e_C r_C zeta_C "
    "eta_bp b kappa signal_direct estrogen_share e_s kappa_s delta lambda_B s_O nu r_O lambda_C a beta "
    "sigma_lumbar gamma c_0 beta_b mu rho chi ell omega_Z beta_s",
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
SMALLEST_VOLUME = 1e-9


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
def power(x: float, n: float) -> tuple[float, float]:
    """Return x**n and its derivative, with x**0 = 1 and x**1 = x also at x = 0."""
    if n == 0.0:
        return 1.0, 0.0
    if n == 1.0:
        return x, 1.0
    safe = max(x, 1e-12)
    value = safe**n
    return value, n * value / safe


@njit(cache=True)
def held_by_sclerostin(sclerostin: float, wnt: float, half: float) -> tuple[float, float, float]:
    """Return h-(s/(m_Wnt half)) with its derivatives by s and m_Wnt; 0 without Wnt."""
    x = sclerostin / half
    total = wnt + x
    if total <= 0.0:
        return 0.0, 0.0, 0.0
    return wnt / total, -wnt / (half * total * total), x / (total * total)


@njit(cache=True)
def estrogen_brake(e: float, p: Floats) -> tuple[float, float]:
    """Return the direct estrogen factor of osteoclast differentiation and its derivative by e."""
    health = falling(1.0 / p[K.e_Q])
    factor = falling(e / p[K.e_Q])
    value, slope = power(factor / health, 1.0 - p[K.estrogen_share])
    return health * value, -slope * factor * factor / p[K.e_Q]


@njit(cache=True)
def sclerostin_drive(sclerostin: float, p: Floats) -> float:
    """Return h+(s/s_Q), of which the share rho does not need sclerostin: mice without it keep their osteoclasts.

    Li et al. 2008, https://doi.org/10.1359/jbmr.080216.
    """
    healthy = rising(healthy_cells(p)[5] / p[K.s_Q])
    return p[K.rho] * healthy + (1.0 - p[K.rho]) * rising(sclerostin / p[K.s_Q])


@njit(cache=True)
def osteoclast_differentiation(
    y: Floats, m: Floats, d: Floats, e: float, p: Floats
) -> tuple[float, float, float, float, float, float]:
    """Return F_C per preosteoclast at m_Cdiff = 1, the four factors its derivatives need, and dL^g/dL."""
    signal, slope = power(rankl_signal(m, d, p)[0], p[K.signal_direct])
    brake, brake_slope = estrogen_brake(e, p)
    scale = p[K.omega_Q] * (1.0 + p[K.beta_Q] * rising(d[D.pth]))
    sclerostin = sclerostin_drive(y[Y.sclerostin], p)
    return scale * brake * sclerostin * signal, scale, sclerostin * signal, brake_slope, signal, slope


@njit(cache=True)
def osteoclast_loss(y: Floats, m: Floats, e: float, signal: float, p: Floats) -> tuple[float, float, float]:
    """Return the natural loss of osteoclasts, its crowding factor and its survival factor.

    Osteoclasts live by RANKL (Jimi et al. 1999, https://doi.org/10.4049/jimmunol.163.1.434): without it they die
    (1 + zeta_C) times as fast. It follows the signal L itself; what the network adds to it comes as m_Cdeath.
    """
    crowding = 1.0 + p[K.nu_C] * rising(e / p[K.e_C]) * rising(y[Y.osteoclasts] / p[K.r_C])
    survival = (1.0 + p[K.zeta_C]) / (1.0 + p[K.zeta_C] * signal)
    return p[K.eta_C] * m[M.Cdeath] * crowding * survival * y[Y.osteoclasts], crowding, survival


@njit(cache=True)
def sclerostin_made(d: Floats, e: float, p: Floats) -> tuple[float, float]:
    """Return the sclerostin that an osteocyte makes per day, and its derivative by e: estrogen and PTH hold it down.

    PTH: Keller and Kneissel 2005, https://doi.org/10.1016/j.bone.2005.03.018.
    """
    brake, held = falling(e / p[K.e_s]), 1.0 - p[K.beta_s] * rising(d[D.pth])
    return brake * held, -brake * brake / p[K.e_s] * held


@njit(cache=True)
def called_for(y: Floats, p: Floats) -> tuple[float, float]:
    """Return how much more bone is formed at the call of osteoclasts, and its derivative by the osteoclasts seen.

    Formation follows resorption at a site after weeks to months (Eriksen 2010,
    https://doi.org/10.1007/s11154-010-9153-1): the share ``ell`` of the call is heard with a delay, as the state
    ``coupling``.
    """
    seen = (1.0 - p[K.ell]) * y[Y.osteoclasts] + p[K.ell] * y[Y.coupling]
    return 1.0 + p[K.nu] * rising(seen / p[K.r_O]), p[K.nu] * p[K.r_O] / (p[K.r_O] + seen) ** 2


@njit(cache=True)
def room(volume: float, p: Floats) -> tuple[float, float]:
    """Return what bone volume leaves of formation, 1 at V = 1, and its derivative by V.

    V**-beta is the answer to strain; ``chi`` is what bone fills of its envelope in health over what it leaves free,
    so that V never passes 1 + 1/chi.
    """
    full = max(volume, SMALLEST_VOLUME)
    power, free = full ** -p[K.beta], 1.0 - p[K.chi] * (full - 1.0)
    if free <= 0.0:
        return 0.0, 0.0
    return power * free, -p[K.beta] * power * free / full - power * p[K.chi]


@njit(cache=True)
def formation(y: Floats, m: Floats, p: Floats, volume: float) -> float:
    """Return the formation of bone per day at a site of the given volume and site factor 1."""
    held = held_by_sclerostin(y[Y.sclerostin], m[M.Wnt], p[K.s_O])[0]
    called = called_for(y, p)[0]
    return float(p[K.lambda_B] * m[M.form] * held * called * y[Y.osteoblasts] * room(volume, p)[0])


@njit(cache=True)
def resorption(y: Floats, m: Floats, p: Floats, volume: float) -> float:
    """Return the resorption of bone per day at a site of the given volume and site factor 1."""
    full = max(volume, SMALLEST_VOLUME) ** p[K.a]
    return float(p[K.lambda_C] * m[M.res] * y[Y.osteoclasts] * full)


@njit(cache=True)
def mineral_target(y: Floats, m: Floats, d: Floats, p: Floats) -> tuple[float, float]:
    """Return the mineral fraction aimed at and the resorption relative to health.

    Slow turnover leaves bone time to mineralise (secondary mineralisation,
    https://doi.org/10.1016/S8756-3282(00)00376-8): ``mu`` is the gain when resorption stops.
    """
    relative = m[M.res] * y[Y.osteoclasts] / healthy_cells(p)[4]
    balance = 1.0 + p[K.mu] * (1.0 - relative) / (1.0 + relative)
    return p[K.c_0] * m[M.min] * balance + p[K.beta_b] * rising(d[D.denosumab]), relative
