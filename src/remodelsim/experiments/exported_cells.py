"""The equations of the default cell layer as formulae; `engines/ode/cells.py` has them as kernels, with their sources.

Jörg et al. 2022 (https://doi.org/10.7554/eLife.76228) with the added terms that are told there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cells import CELL_STATES, DRUGS, MODULATORS, PARAMETERS
from ..nouns.equations import Number, Term, at_least, falling, rising, symbol, term
from ..nouns.model import Model

Floats = NDArray[np.float64]
CELL_SYMBOLS = tuple(f"cells_{name}" for name in CELL_STATES)
_Y = {name: symbol(f"cells_{name}") for name in CELL_STATES}
_M = {name: symbol(f"mod_{name}") for name in MODULATORS}
_P = {name: symbol(f"cell_{name}") for name in PARAMETERS}
_E, _SIGNAL = symbol("estrogen_felt"), symbol("rankl_signal")
_HEALTHY = {name: symbol(f"healthy_{name}") for name in CELL_STATES}
_SMALLEST_VOLUME, _SMALLEST_SIGNAL = 1e-9, 1e-12


def cell_numbers(parameters: Floats) -> dict[str, float]:
    """Return the parameters of the cells by symbol, and drug levels of 0 for those that are not given."""
    return {f"cell_{name}": float(value) for name, value in zip(PARAMETERS, parameters, strict=True)}


def cell_definitions(drugs: frozenset[str]) -> dict[str, Term]:
    """Return what the rates of the cells are made of.

    Parameters
    ----------
    drugs
        Drugs that are given; a drug that is not needs no symbol.

    Returns
    -------
    dict
        Symbol to formula, each made of earlier ones.
    """
    k, b, m = _P["kappa"], _P["b"], _M
    free = 1.0 + k * m["OPG"]
    bound = free + (1.0 + k) * _drug("denosumab", drugs)
    competition = (1.0 + k) * ((1.0 - b) / free + b / bound)
    pth = rising(_drug("pth", drugs))
    seen = (1.0 - _P["ell"]) * _Y["osteoclasts"] + _P["ell"] * _Y["coupling"]
    out = {
        "rankl_signal": m["RANKL"] * m["infl"] * competition,
        "brake": falling(1.0 / _P["e_Q"])
        * (falling(_E / _P["e_Q"]) / falling(1.0 / _P["e_Q"])) ** (1.0 - _P["estrogen_share"]),
        "drive": _P["rho"] * rising(_HEALTHY["sclerostin"] / _P["s_Q"])
        + (1.0 - _P["rho"]) * rising(_Y["sclerostin"] / _P["s_Q"]),
        "to_osteoblasts": _P["omega_P"] * _held("s_P") * m["Bdiff"] * _Y["preosteoblasts"],
        "to_osteoclasts": _P["omega_Q"]
        * (1.0 + _P["beta_Q"] * pth)
        * symbol("brake")
        * symbol("drive")
        * at_least(_SIGNAL, _SMALLEST_SIGNAL) ** _P["signal_direct"]
        * m["Cdiff"]
        * _Y["preosteoclasts"],
        "loss_of_osteoblasts": _P["eta_B"] * m["Bdeath"] * (1.0 - _P["beta_B"] * pth) * _Y["osteoblasts"],
        "crowding": 1.0 + _P["nu_C"] * rising(_E / _P["e_C"]) * rising(_Y["osteoclasts"] / _P["r_C"]),
        "survival": (1.0 + _P["zeta_C"]) / (1.0 + _P["zeta_C"] * _SIGNAL),
        "called_for": 1.0 + _P["nu"] * rising(seen / _P["r_O"]),
        "relative_resorption": m["res"] * _Y["osteoclasts"] / _HEALTHY["osteoclasts"],
    }
    for site, sigma in (("hip", term(1.0)), ("lumbar", _P["sigma_lumbar"])):
        volume = at_least(_Y[f"bone_{site}"], _SMALLEST_VOLUME)
        free = at_least(1.0 - _P["chi"] * (volume - 1.0), 0.0)
        made = _P["lambda_B"] * m["form"] * _held("s_O") * symbol("called_for") * _Y["osteoblasts"]
        out[f"formation_{site}"] = sigma * made * free / volume ** _P["beta"]
        out[f"resorption_{site}"] = sigma * _P["lambda_C"] * m["res"] * _Y["osteoclasts"] * volume ** _P["a"]
    return out


def cell_rates(drugs: frozenset[str]) -> dict[str, Term]:
    """Return the rate of every state of the cells, by symbol.

    Parameters
    ----------
    drugs
        Drugs that are given.

    Returns
    -------
    dict
        In the order of the states.
    """
    y, m, p = _Y, _M, _P
    romosozumab, bound = _drug("romosozumab", drugs), _drug("denosumab", drugs)
    pth = rising(_drug("pth", drugs))
    to_b, to_c = symbol("to_osteoblasts"), symbol("to_osteoclasts")
    lost_c = p["eta_C"] * m["Cdeath"] * symbol("crowding") * symbol("survival") * y["osteoclasts"]
    treated_c = p["eta_bp"] * rising(_drug("bisphosphonate", drugs)) * y["osteoclasts"]
    caught = p["kappa_s"] * romosozumab * y["sclerostin"]
    relative = symbol("relative_resorption")
    balance = 1.0 + p["mu"] * (1.0 - relative) / (1.0 + relative)
    aim = p["c_0"] * m["min"] * balance + p["beta_b"] * rising(bound)
    rates = {
        "preosteoblasts": m["MSC"] - to_b - p["eta_P"] * (y["preosteoblasts"] - _HEALTHY["preosteoblasts"]),
        "osteoblasts": to_b - symbol("loss_of_osteoblasts") - p["omega_B"] * y["osteoblasts"],
        "osteocytes": p["omega_B"] * y["osteoblasts"] - p["eta_Y"] * m["Ydeath"] * y["osteocytes"],
        "preosteoclasts": m["OCP"] * (1.0 + p["eta_Q"] * _HEALTHY["preosteoclasts"])
        - to_c
        - p["eta_Q"] * y["preosteoclasts"],
        "osteoclasts": to_c - lost_c - treated_c,
        "sclerostin": m["SOST"] * falling(_E / p["e_s"]) * (1.0 - p["beta_s"] * pth) * y["osteocytes"]
        - p["kappa_s"] * y["sclerostin"]
        - caught
        + p["delta"] * y["sclerostin_bound"],
        "sclerostin_bound": caught - (p["delta"] + p["kappa_s"]) * y["sclerostin_bound"],
        "bone_hip": symbol("formation_hip") - symbol("resorption_hip"),
        "bone_lumbar": symbol("formation_lumbar") - symbol("resorption_lumbar"),
        "mineral": p["gamma"] * (aim - y["mineral"]),
        "coupling": p["omega_Z"] * (y["osteoclasts"] - y["coupling"]),
    }
    return {f"cells_{name}": rate for name, rate in rates.items()}


def measured(model: Model) -> dict[str, Term]:
    """Return what is measured in people, as multiples of health.

    Parameters
    ----------
    model
        The model, for the powers that lead from turnover to its markers.

    Returns
    -------
    dict
        Symbol to formula.
    """
    parameters = model.cells.values()
    formed, resorbed = (
        at_least(symbol(f"{flux}_hip"), 0.0) / symbol(f"healthy_{flux}_hip") for flux in ("formation", "resorption")
    )
    mineral = _Y["mineral"] / _HEALTHY["mineral"]
    return {
        "marker_P1NP": formed ** parameters["q_P1NP"],
        "marker_CTX": resorbed ** parameters["q_CTX"],
        **{f"bmd_{s}": _Y[f"bone_{s}"] / _HEALTHY[f"bone_{s}"] * mineral for s in ("hip", "lumbar")},
    }


def _drug(name: str, given: frozenset[str]) -> Number:
    if name not in DRUGS:
        raise KeyError(name)
    return symbol(f"drug_{name}") if f"drug_{name}" in given else 0.0


def _held(half: str) -> Term:
    """Return h-(s / (m_Wnt half)), 0 without Wnt."""
    wnt, x = _M["Wnt"], _Y["sclerostin"] / _P[half]
    return wnt / at_least(wnt + x, 1e-300)
