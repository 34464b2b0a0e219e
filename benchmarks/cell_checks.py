"""What the calibrated preset says of things it was not fitted to."""

# ruff: noqa: INP001
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol as Interface

import numpy as np
from numpy.typing import NDArray

from remodelsim.engines.ode.averaging import averaging_error
from remodelsim.engines.ode.cell_families import vector
from remodelsim.engines.ode.cells import Y
from remodelsim.experiments.clinical import Woman
from remodelsim.experiments.clinical_coupled import CoupledWoman
from remodelsim.nouns.cells import CellPreset
from remodelsim.nouns.clinical import MEASURED, Regimen
from remodelsim.nouns.intervention import Clamp, Protocol

Floats = NDArray[np.float64]
YEAR, MONTH = 365.0, 365.0 / 12.0
HIP, LUMBAR, CTX, P1NP = range(len(MEASURED))
UNTREATED = Regimen("untreated", 0.0)
DENO_10Y = Regimen("denosumab for 10 y", 15.0, "denosumab", 60.0, 182.5, 10 * YEAR)
DENO_3Y = Regimen("denosumab for 3 y", 15.0, "denosumab", 60.0, 182.5, 3 * YEAR)
DENO_LATER = Regimen("denosumab in the second year", 16.0, "denosumab", 60.0, 182.5, YEAR)
ROMO = Regimen("romosozumab for 1 y", 15.0, "romosozumab", 210.0, MONTH, YEAR)
ALENDRONATE = Regimen("alendronate for 5 y", 15.0, "alendronate", 70.0, 7.0, 5 * YEAR)
TERIPARATIDE = Regimen("teriparatide for 2 y", 15.0, "teriparatide", 0.02, 1.0, 2 * YEAR)
ESTRADIOL = Regimen("estradiol 1 mg daily for 3 y", 3.0, "estradiol", 1.0, 1.0, 3 * YEAR)


class Follower(Interface):
    """Whatever can be asked what becomes of a woman: change of the four readouts in percent."""

    def change(self, what: Regimen, months: Sequence[float]) -> Floats:
        """Return it under a regimen, shape (months, 4)."""

    def sequence(self, first: Regimen, second: Regimen, month: float) -> Floats:
        """Return it under one regimen and then another."""

    def surgical(self, years: Sequence[float]) -> Floats:
        """Return it after removal of the ovaries, shape (years, 4)."""

    def replaced(self) -> Floats:
        """Return it over three years of estrogen, begun three years after menopause."""


@dataclass(frozen=True)
class Alone:
    """The cells without the network; lost estrogen is 5 % of health, replaced estrogen all of it."""

    woman: Woman

    def change(self, what: Regimen, months: Sequence[float]) -> Floats:
        """Return it under a regimen."""
        return self.woman.change(what, months)

    def sequence(self, first: Regimen, second: Regimen, month: float) -> Floats:
        """Return it under one regimen and then another."""
        start = first.start * YEAR
        doses = {**self.woman.doses(first), **self.woman.doses(second)}
        return _percent(self.woman.measured(self.woman.states(np.array([start, start + month * MONTH]), doses)))

    def surgical(self, years: Sequence[float]) -> Floats:
        """Return it after removal of the ovaries."""
        days = np.array([0.0, *(year * YEAR for year in years)])
        found = self.woman.measured(self.woman.states(days, estrogen=0.05))
        return np.asarray(100.0 * (found[1:] / found[0] - 1.0))

    def replaced(self) -> Floats:
        """Return it over three years of estrogen."""
        begun = self.woman.states(np.array([0.0, ESTRADIOL.start * YEAR]))[1]
        found = self.woman.states(np.array([0.0, ESTRADIOL.days]), estrogen=1.0, state=begun)
        return _percent(self.woman.measured(found))


@dataclass(frozen=True)
class Whole:
    """Network and cells together."""

    woman: CoupledWoman

    def change(self, what: Regimen, months: Sequence[float]) -> Floats:
        """Return it under a regimen."""
        return self.woman.change(what, months)

    def sequence(self, first: Regimen, second: Regimen, month: float) -> Floats:
        """Return it under one regimen and then another."""
        return np.asarray(self.woman.change(first, [month], second)[0])

    def surgical(self, years: Sequence[float]) -> Floats:
        """Return it after removal of the ovaries."""
        days = np.array([0.0, *(year * YEAR for year in years)])
        # readouts are relative to health, which is the state before the clamp
        found = self.woman.measured(Protocol((Clamp("Estrogen", 0.0),)), days)
        return np.asarray(100.0 * (found[1:] - 1.0))

    def replaced(self) -> Floats:
        """Return it over three years of estradiol."""
        return np.asarray(self.woman.change(ESTRADIOL, [36.0])[0])


def _percent(found: Floats) -> Floats:
    return np.asarray(100.0 * (found[1] / found[0] - 1.0))


_MEASURED = (
    ("lumbar loss 10 y around menopause", "-10.6", "SWAN, 10.1002/jbmr.534"),
    ("surgical menopause, lumbar after 1 and 4 y", "-5.9, -21.5 (SD 12, 8)", "Pansini 1995"),
    ("denosumab for 10 y, hip and lumbar", "+9.2, +21.7", "FREEDOM extension, 10.1016/S2213-8587(17)30138-9"),
    ("CTX 9, 12 and 18 months after the last of six denosumab doses", "above baseline", "10.1210/jc.2010-1502"),
    ("romosozumab, P1NP after 2 weeks and 9 months", "about +145, about 0", "FRAME, 10.1056/NEJMoa1607948"),
    ("romosozumab, CTX after 2 weeks", "about -55", "FRAME, 10.1056/NEJMoa1607948"),
    ("romosozumab then denosumab less denosumab alone, 24 months, hip, lumbar", "+4.4, +9.3", "10.1093/jbmr/zjae116"),
    ("alendronate 3 y, lumbar", "+6 to +8", "FIT, 10.1016/S0140-6736(96)07088-2"),
    ("CTX 1 and 5 y after 5 y of alendronate (no rebound)", "below baseline", "FLEX, 10.1001/jama.296.24.2927"),
    ("hip in the 5 y after 5 y of alendronate", "-3.4", "FLEX, 10.1001/jama.296.24.2927"),
    ("teriparatide, P1NP after 3 months", "+100 to +200", "marker studies"),
    ("hip 12 months after two years of teriparatide", "most of the gain lost", "follow-up studies"),
    (
        "estrogen for 3 y from 3 y after menopause, hip, lumbar",
        "+1.7, +3.5 to +5.0",
        "PEPI, 10.1001/jama.1996.03540170029029",
    ),
)


def _said(woman: Follower) -> list[str]:
    natural, deno = woman.change(UNTREATED, [120])[0], woman.change(DENO_10Y, [24, 120])
    three, romo = woman.change(DENO_3Y, [39, 42, 48]), woman.change(ROMO, [0.5, 9])
    alendronate, teriparatide = woman.change(ALENDRONATE, [36, 60, 72, 120]), woman.change(TERIPARATIDE, [3, 36])
    after = woman.sequence(ROMO, DENO_LATER, 24.0) - deno[0]
    (one, four), replaced = woman.surgical([1.0, 4.0]), woman.replaced()
    return [
        f"{natural[LUMBAR]:.1f}",
        f"{one[LUMBAR]:.1f}, {four[LUMBAR]:.1f}",
        f"{deno[1, HIP]:+.1f}, {deno[1, LUMBAR]:+.1f}",
        f"{three[0, CTX]:+.0f}, {three[1, CTX]:+.0f}, {three[2, CTX]:+.0f}",
        f"{romo[0, P1NP]:+.0f}, {romo[1, P1NP]:+.0f}",
        f"{romo[0, CTX]:.0f}",
        f"{after[HIP]:+.1f}, {after[LUMBAR]:+.1f}",
        f"{alendronate[0, LUMBAR]:+.1f}",
        f"{alendronate[2, CTX]:+.0f}, {alendronate[3, CTX]:+.0f}",
        f"{alendronate[3, HIP] - alendronate[1, HIP]:+.1f}",
        f"{teriparatide[0, P1NP]:+.0f}",
        f"{teriparatide[1, HIP]:+.1f}",
        f"{replaced[HIP]:+.1f}, {replaced[LUMBAR]:+.1f}",
    ]


def checks_table(ours: Follower, published: CellPreset) -> str:
    """Return what was measured beside what the model and Jörg 2022 say, as a Markdown table."""
    rows = ["| not fitted | measured (%) | Jörg 2022 | ours | source |", "|---|---|---:|---:|---|"]
    theirs = _said(Alone(Woman(published)))
    for (what, measured, source), their, our in zip(_MEASURED, theirs, _said(ours), strict=True):
        rows.append(f"| {what} | {measured} | {their} | {our} | {source} |")
    return "\n".join(rows)


_KNOCKOUTS: tuple[tuple[str, dict[str, float], str], ...] = (
    ("Estrogen", {}, "bone loss, both markers up"),
    ("RANKL", {"RANKL": 0.0}, "no osteoclasts, dense bone (Kong 1999)"),
    ("OPG", {"OPG": 0.0}, "severe osteoporosis (Bucay 1998)"),
    ("SOST", {"SOST": 0.0}, "high bone mass: mice +50 to +60 %, sclerosteosis about twice normal"),
    ("LRP5", {"Wnt": 0.0}, "low bone mass; LRP6 carries a part of the signal"),
    ("NFATc1", {"Cdiff": 0.0}, "no osteoclasts, dense bone (Takayanagi 2002)"),
    ("RUNX2", {"Bdiff": 0.0}, "no osteoblasts (Komori 1997)"),
)
_CELLS = (Y.bone_hip, Y.bone_lumbar, Y.osteoclasts, Y.osteoblasts)


def knockout_table(preset: CellPreset, whole: CoupledWoman | None) -> str:
    """Return bone and cells under knock-outs, of the node in the whole model or of the rate in the cells alone."""
    days = np.array([0.0, YEAR, 5 * YEAR, 20 * YEAR])
    head = "| knock-out | hip after 1, 5, 20 y | lumbar | osteoclasts | osteoblasts | reported |"
    rows = [head, "|---|---|---|---|---|---|"]
    alone = Woman(preset)
    for node, modulators, reported in _KNOCKOUTS:
        if whole is None:
            y = alone.states(days, estrogen=1.0 if modulators else 0.0, modulators=modulators)
        elif node not in whole.model.network.index:
            continue
        else:
            y = whole.states(Protocol((Clamp(node, 0.0),)), days)[0][:, -len(alone.states(days[:1])[0]) :]
        change = 100.0 * (y[1:, _CELLS] / y[0, _CELLS] - 1.0)
        told = [", ".join(f"{value:+.0f}" for value in column) for column in change.T]
        rows.append(f"| {node} | {' | '.join(told)} | {reported} |")
    return "\n".join(rows)


def averaging(preset: CellPreset) -> str:
    """Return how far the averaged doses of the labels miss exact ones."""
    p, told = vector("joerg", preset.values()), []
    for drug in ("alendronate", "teriparatide"):
        given = preset.exposure(drug)
        error = averaging_error(p, given.channel, given.scale * given.dose, given.decay, given.every)
        told.append(f"{error:.2%} ({drug})")
    return " and ".join(told)


def _times(preset: CellPreset) -> list[float]:
    v, (y,) = preset.values(), Woman(preset).states(np.array([0.0]))
    outflow = v["eta_Q"] + 1.0 / y[Y.preosteoclasts]
    resorbed = v["lambda_C"] * y[Y.osteoclasts] * YEAR * 100.0
    lives = [1.0 / v["eta_C"], 1.0 / (v["eta_B"] + v["omega_B"]), 1.0 / outflow, 1.0 / v["eta_Y"] / YEAR]
    return [*lives, resorbed, resorbed * v["sigma_lumbar"]]


_TIMES = (
    ("life of an osteoclast (d)", "about two weeks (Parfitt)"),
    ("life of an osteoblast (d)", "about three months (Parfitt)"),
    ("stay in the preosteoclast pool (d)", "weeks to months; recycling osteomorphs longer (McDonald 2021)"),
    ("life of an osteocyte (y)", "about 25 years"),
    ("hip bone resorbed a year (%)", "5 to 10 (Parfitt)"),
    ("lumbar bone resorbed a year (%)", "up to 25 in trabecular bone (Parfitt)"),
)


def times_table(preset: CellPreset, published: CellPreset) -> str:
    """Return how long cells live and how fast bone turns over, as a Markdown table."""
    rows = ["| | Jörg 2022 | ours | biology |", "|---|---:|---:|---|"]
    for (what, biology), theirs, ours in zip(_TIMES, _times(published), _times(preset), strict=True):
        rows.append(f"| {what} | {theirs:.3g} | {ours:.3g} | {biology} |")
    return "\n".join(rows)
