"""What the calibration of the default cell preset may move, how far, and why."""

# ruff: noqa: INP001
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from remodelsim.engines.ode.cell_families import vector
from remodelsim.engines.ode.cells import CELL_STATES, DRUGS, MODULATORS, OUTPUTS, Y, cell_outputs, healthy_cells
from remodelsim.nouns.cells import CellPreset, Exposure, Parameter

# the 20 ug of a day act for hours, not for the hour that they stay in the blood
ACTION_OF_PTH = 4.0 / 24.0


@dataclass(frozen=True)
class Prior:
    """A log-normal prior: the logarithm of the parameter is `centre` give or take `spread`; it never passes `most`."""

    symbol: str
    centre: float
    spread: float
    reason: str
    most: float = np.inf

    def value(self, z: float) -> float:
        """Return the parameter `z` spreads from its centre."""
        return min(self.centre * float(np.exp(self.spread * z)), self.most)


PRIORS = (
    Prior("e_Q", 0.937654795, 0.5, "Jörg 2022"),
    Prior("life_C", 16.0, 0.3, "days an osteoclast lives: about two weeks in histology (Parfitt), 42 in Jörg 2022"),
    Prior("s_O", 3039.645954, 0.4, "Jörg 2022"),
    Prior(
        "reach",
        24.4,
        1.0,
        "r_O as a multiple of the osteoclasts of health: 24 in Jörg 2022, where coupling never tires",
    ),
    Prior(
        "eta_P", 5e-3, 0.7, "added: half of the preosteoblasts never build, so that what lets them differentiate counts"
    ),
    Prior(
        "lag",
        75.0,
        0.4,
        "added: days by which formation follows resorption: weeks of reversal and recruitment (Eriksen 2010)",
    ),
    Prior(
        "eta_Q", 1.2e-3, 1.0, "added: preosteoclasts that never fuse; without it osteoclasts forget RANKL and estrogen"
    ),
    Prior("rho", 0.3, 0.7, "added: osteoclasts that form without sclerostin; mice without SOST have osteoclasts", 0.95),
    Prior(
        "zeta_C", 0.2, 0.5, "added: osteoclasts live by RANKL (Jimi 1999); so large that OPG knock-out is osteoporotic"
    ),
    Prior("beta_Q", 4.282514877, 0.5, "Jörg 2022"),
    Prior(
        "beta_s",
        0.7,
        0.2,
        "added: PTH holds down sclerostin, so far that formation rises within weeks (McClung 2005)",
        0.95,
    ),
    Prior("beta_B", 0.75, 0.2, "a share, so below 1; 1.31 in Jörg 2022, of a level that never peaks", 0.99),
    Prior("beta", 0.4, 0.7, "added: formation answers the strain of lost bone (mechanostat)"),
    Prior(
        "sigma_lumbar",
        2.2,
        0.15,
        "added: spine to hip gains of denosumab and romosozumab 1.84 to 1.96; turnover two to four times (Parfitt)",
    ),
    Prior(
        "beta_b",
        0.009,
        0.5,
        "0.0158 in Jörg 2022, where it stands for the space, too, that is filled while formation lags",
    ),
    Prior("mu", 0.02, 0.7, "added: mineral that slow turnover adds (Boivin 2000, alendronate)"),
    Prior("q_CTX", 1.160526444, 0.3, "Jörg 2022"),
    Prior("q_P1NP", 1.453273548, 0.3, "Jörg 2022"),
    Prior("E_denosumab", 4339.630194, 0.7, "Jörg 2022"),
    Prior("E_romosozumab", 0.013104958, 0.7, "Jörg 2022"),
    Prior("E_alendronate", 2.97e-05, 0.7, "Jörg 2022"),
    Prior(
        "E_teriparatide",
        60.0,
        0.7,
        "daily doses that act for four hours: 89 for the mean effect of Jörg 2022, less for sclerostin",
    ),
)
# what human data say nothing about
_DIRECT = {p.symbol for p in PRIORS if not p.symbol.startswith("E_") and p.symbol not in {"life_C", "reach", "lag"}}
FIXED = {"ell": 1.0, "chi": 0.8, "a": 1.0}


def candidate(published: CellPreset, z: NDArray[np.float64]) -> CellPreset:
    """Return the preset with every prior moved by its z, and what follows from them.

    Fewer osteoclasts that live shorter break as much bone (lambda_C and r_C scale with their number), the coupled
    share of formation in health stays that of the publication (nu), and bone stands still in health (lambda_B).
    """
    moved = {prior.symbol: prior.value(x) for prior, x in zip(PRIORS, z, strict=True)}
    values = {**published.values(), **FIXED, **{symbol: moved[symbol] for symbol in _DIRECT}}
    values["omega_Z"] = 1.0 / moved["lag"]
    values["eta_C"] = 1.0 / moved["life_C"]
    fewer = values["eta_C"] / published.values()["eta_C"]
    values["lambda_C"] *= fewer
    values["r_C"] /= fewer
    values["r_O"] = moved["reach"] * _osteoclasts(values)
    values["nu"] = _coupled(published.values()) * (1.0 + moved["reach"])
    values["lambda_B"] *= _imbalance(values)
    parameters = tuple(_parameter(old, values[old.symbol]) for old in published.parameters)
    exposures = tuple(_exposure(old, moved) for old in published.exposures)
    return replace(published, name="default", parameters=parameters, exposures=exposures)


def _osteoclasts(values: dict[str, float]) -> float:
    return float(healthy_cells(vector("joerg", values))[4])


def _coupled(values: dict[str, float]) -> float:
    """Return the formation that osteoclasts call for in health, as a multiple of what goes on without them."""
    cells = _osteoclasts(values)
    return values["nu"] * cells / (cells + values["r_O"])


def _imbalance(values: dict[str, float]) -> float:
    p = vector("joerg", values)
    y, out = np.zeros(len(CELL_STATES)), np.empty(len(OUTPUTS))
    y[:6] = healthy_cells(p)
    y[Y.bone_hip] = y[Y.bone_lumbar] = 1.0
    y[Y.coupling] = y[Y.osteoclasts]
    cell_outputs(y, np.ones(len(MODULATORS)), np.zeros(len(DRUGS)), 1.0, p, out)
    return float(out[1] / out[0])


def _parameter(old: Parameter, value: float) -> Parameter:
    return replace(old, value=value, low=min(value, old.low), high=max(value, old.high))


def _exposure(old: Exposure, moved: dict[str, float]) -> Exposure:
    name = "romosozumab" if old.drug == "blosozumab" else old.drug
    half_life = ACTION_OF_PTH if old.drug == "teriparatide" else old.half_life
    return replace(old, scale=moved[f"E_{name}"], half_life=half_life, flows=False)
