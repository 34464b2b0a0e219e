"""What the calibrated preset says of things it was not fitted to."""

# ruff: noqa: INP001
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remodelsim.engines.ode.cells import Y
from remodelsim.engines.ode.dosing import regimen
from remodelsim.experiments.clinical import Woman
from remodelsim.nouns.cells import CellPreset
from remodelsim.nouns.clinical import MEASURED, Regimen

Floats = NDArray[np.float64]
YEAR = 365.0
HIP, LUMBAR, CTX, P1NP = range(len(MEASURED))
DENO_10Y = Regimen("denosumab for 10 y", 15.0, "denosumab", 60.0, 182.5, 10 * YEAR)
DENO_3Y = Regimen("denosumab for 3 y", 15.0, "denosumab", 60.0, 182.5, 3 * YEAR)
ROMO = Regimen("romosozumab for 1 y", 15.0, "romosozumab", 210.0, YEAR / 12, YEAR)
ALENDRONATE = Regimen("alendronate for 5 y", 15.0, "alendronate", 70.0, 7.0, 5 * YEAR)
TERIPARATIDE = Regimen("teriparatide for 2 y", 15.0, "teriparatide", 0.02, 1.0, 2 * YEAR)


@dataclass(frozen=True)
class Check:
    """Something measured that played no part in the fit."""

    what: str
    measured: str
    source: str
    said: str
    published: str


def _then_denosumab(woman: Woman) -> Floats:
    """One year of romosozumab, then denosumab, less denosumab alone: change after two years."""
    first, romo, deno = 15 * YEAR, woman.doses(ROMO), woman.preset.exposure("denosumab")
    days = np.array([first, first + 2 * YEAR])
    later = regimen(deno.scale * 60.0, deno.decay, 182.5, first + YEAR, first + 2 * YEAR)
    both = woman.measured(woman.states(days, {**romo, "denosumab": later}))
    alone = woman.change(DENO_3Y, [24])[0]
    return np.asarray(100.0 * (both[1] / both[0] - 1.0) - alone)


def _replaced_estrogen(woman: Woman) -> Floats:
    """Three years of estrogen as before menopause, begun three years after menopause."""
    start = woman.states(np.array([0.0, 3 * YEAR]))[1]
    found = woman.measured(woman.states(np.array([0.0, 3 * YEAR]), estrogen=1.0, state=start))
    return np.asarray(100.0 * (found[1] / found[0] - 1.0))


def _surgical(woman: Woman, years: float) -> Floats:
    found = woman.measured(woman.states(np.array([0.0, years * YEAR]), estrogen=0.05))
    return np.asarray(100.0 * (found[1] / found[0] - 1.0))


def _said(preset: CellPreset) -> list[str]:
    woman = Woman(preset)
    natural = woman.change(Regimen("untreated", 0.0), [120])[0]
    ten, three, romo = (
        woman.change(DENO_10Y, [120])[0],
        woman.change(DENO_3Y, [39, 42, 48]),
        woman.change(ROMO, [0.5, 9]),
    )
    alendronate, replaced = woman.change(ALENDRONATE, [36, 60, 72, 120]), _replaced_estrogen(woman)
    after, teriparatide = _then_denosumab(woman), woman.change(TERIPARATIDE, [3, 36])
    one, four = _surgical(woman, 1.0), _surgical(woman, 4.0)
    return [
        f"{natural[LUMBAR]:.1f}",
        f"{one[LUMBAR]:.1f}, {four[LUMBAR]:.1f}",
        f"{ten[HIP]:.1f}, {ten[LUMBAR]:.1f}",
        f"{three[0, CTX]:+.0f}, {three[1, CTX]:+.0f}, {three[2, CTX]:+.0f}",
        f"{romo[0, P1NP]:+.0f}, {romo[1, P1NP]:+.0f}",
        f"{romo[0, CTX]:.0f}",
        f"{after[HIP]:+.1f}, {after[LUMBAR]:+.1f}",
        f"{alendronate[0, LUMBAR]:.1f}",
        f"{alendronate[2, CTX]:+.0f}, {alendronate[3, CTX]:+.0f}",
        f"{alendronate[3, HIP] - alendronate[1, HIP]:+.1f}",
        f"{teriparatide[0, P1NP]:+.0f}",
        f"{teriparatide[1, HIP]:+.1f}",
        f"{replaced[HIP]:+.1f}, {replaced[LUMBAR]:+.1f}",
    ]


_MEASURED = (
    ("lumbar loss 10 y around menopause", "-10.6", "SWAN, 10.1002/jbmr.534"),
    ("surgical menopause, lumbar after 1 and 4 y", "-5.9, -21.5 (SD 12, 8)", "Pansini 1995"),
    ("denosumab for 10 y, hip and lumbar", "+9.2, +21.7", "FREEDOM extension, 10.1016/S2213-8587(17)30138-9"),
    ("CTX 9, 12 and 18 months after the last of six denosumab doses", "above baseline", "10.1210/jc.2010-1502"),
    ("romosozumab, P1NP after 2 weeks and 9 months", "about +145, about 0", "FRAME, 10.1056/NEJMoa1607948"),
    ("romosozumab, CTX after 2 weeks", "about -55", "FRAME, 10.1056/NEJMoa1607948"),
    (
        "romosozumab then denosumab less denosumab alone, 24 months, hip and lumbar",
        "+4.4, +9.3",
        "10.1093/jbmr/zjae116",
    ),
    ("alendronate 3 y, lumbar", "+6 to +8", "FIT, 10.1016/S0140-6736(96)07088-2"),
    ("CTX 1 and 5 y after 5 y of alendronate (no rebound)", "below baseline", "FLEX, 10.1001/jama.296.24.2927"),
    ("hip in the 5 y after 5 y of alendronate", "-3.4", "FLEX, 10.1001/jama.296.24.2927"),
    ("teriparatide, P1NP after 3 months", "+100 to +200", "marker studies"),
    ("hip 12 months after two years of teriparatide", "most of the gain lost", "follow-up studies"),
    (
        "estrogen for 3 y from 3 y after menopause, hip and lumbar",
        "+1.7, +3.5 to +5.0",
        "PEPI, 10.1001/jama.1996.03540170029029",
    ),
)


def checks_table(preset: CellPreset, published: CellPreset) -> str:
    """Return what was measured beside what the preset and Jörg 2022 say, as a Markdown table."""
    rows = ["| not fitted | measured (%) | Jörg 2022 | ours | source |", "|---|---|---:|---:|---|"]
    for (what, measured, source), ours, theirs in zip(_MEASURED, _said(preset), _said(published), strict=True):
        rows.append(f"| {what} | {measured} | {theirs} | {ours} | {source} |")
    return "\n".join(rows)


_KNOCKOUTS = (
    ("estrogen gone (e = 0.05)", {}, 0.05, "bone loss, both markers up"),
    ("RANKL knock-out", {"RANKL": 0.0}, 1.0, "no osteoclasts, dense bone (Kong 1999)"),
    ("OPG knock-out", {"OPG": 0.0}, 1.0, "severe osteoporosis (Bucay 1998)"),
    ("SOST knock-out", {"SOST": 0.0}, 1.0, "high bone mass, +50 to +60 % (Li 2008)"),
    ("no Wnt signal", {"Wnt": 0.0}, 1.0, "no bone formation"),
    ("Wnt signal halved", {"Wnt": 0.5}, 1.0, "low bone mass (LRP5 loss)"),
    ("no osteoclast precursors", {"OCP": 0.0}, 1.0, "dense bone (op/op)"),
    ("no stromal cells", {"MSC": 0.0}, 1.0, "bone loss"),
    ("inflammation x 2, formation x 0.8", {"infl": 2.0, "form": 0.8}, 1.0, "uncoupled loss"),
)


def knockout_table(preset: CellPreset) -> str:
    """Return bone and cells under single knock-outs, as a Markdown table."""
    woman = Woman(preset)
    days = np.array([0.0, YEAR, 5 * YEAR, 20 * YEAR])
    rows = [
        "| what | hip after 1, 5, 20 y | lumbar | osteoclasts | osteoblasts | reported |",
        "|---|---|---|---|---|---|",
    ]
    for what, modulators, estrogen, reported in _KNOCKOUTS:
        y = woman.states(days, estrogen=estrogen, modulators=modulators)
        change = 100.0 * (y[1:] / np.where(y[0] == 0.0, 1.0, y[0]) - 1.0)
        cells = (Y.bone_hip, Y.bone_lumbar, Y.osteoclasts, Y.osteoblasts)
        told = [", ".join(f"{value:+.0f}" for value in change[:, cell]) for cell in cells]
        rows.append(f"| {what} | {' | '.join(told)} | {reported} |")
    return "\n".join(rows)


def _times(preset: CellPreset) -> list[float]:
    v, (y,) = preset.values(), Woman(preset).states(np.array([0.0]))
    outflow = v["eta_Q"] + 1.0 / y[Y.preosteoclasts]
    resorbed = v["lambda_C"] * y[Y.osteoclasts] * YEAR * 100.0
    return [
        1.0 / v["eta_C"],
        1.0 / (v["eta_B"] + v["omega_B"]),
        1.0 / outflow,
        1.0 / v["eta_Y"] / YEAR,
        resorbed,
        resorbed * v["sigma_lumbar"],
    ]


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
