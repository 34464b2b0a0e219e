"""What the calibration writes: tables, the preset, the README of the cells and its figures."""

# ruff: noqa: INP001
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cell_checks
import numpy as np
from cell_priors import PRIORS, Prior
from numpy.typing import NDArray

from remodelsim.experiments.clinical import Woman, chi2_per_target, predictions, residuals
from remodelsim.experiments.clinical_coupled import CoupledWoman
from remodelsim.faces.plot_clinical import drugs_figure, menopause_figure, save_svg
from remodelsim.files.cells_file import read_preset
from remodelsim.files.clinical_file import read_cohorts
from remodelsim.nouns.cells import CellPreset
from remodelsim.nouns.clinical import Target

Floats = NDArray[np.float64]
_DERIVED = {
    "eta_C": "1 over the life of an osteoclast, which was fitted",
    "lambda_C": "scaled so that shorter lived osteoclasts break as much",
    "r_O": "a multiple of the osteoclasts of health, which was fitted",
    "nu": "such that osteoclasts call for the published share of formation in health",
    "r_C": "scaled with the number of osteoclasts",
    "lambda_B": "such that bone stands still in health",
    "omega_Z": "1 over the delay, which was fitted",
}
_COUNTED = {20: "Twenty", 21: "Twenty-one", 22: "Twenty-two", 23: "Twenty-three"}
_CHOSEN = {
    "ell": (1.0, 1.0, "chosen: formation follows resorption, it does not go with it"),
    "a": (1.0, 1.0, "chosen: osteoclasts find as much bone as there is, and bone never runs out"),
    "chi": (0.4, 1.2, "chosen: sclerosteosis ends at about twice the normal bone"),
}


class Fitted(Protocol):
    """What is needed of a fit."""

    @property
    def z(self) -> Floats:
        """The most probable z of every prior."""

    @property
    def effective_parameters(self) -> float:
        """How many parameters the data moved."""


def target_table(targets: Sequence[Target], before: Floats, ours: Floats, unseen: Floats | None = None) -> str:
    """Return targets, Jörg 2022, ours, sigma, and what a fit without the regimen says, as a Markdown table."""
    head = ["id", "regimen", "readout", "month", "target", "sigma", "Jörg 2022", "ours", "(ours - target)/sigma"]
    rows = [head + (["held out"] if unseen is not None else [])]
    rows.append(["---"] * 3 + ["---:"] * (len(rows[0]) - 3))
    for i, (target, off) in enumerate(zip(targets, residuals(ours, targets), strict=True)):
        row = [target.id, target.regimen.name, target.readout, f"{target.month:g}", f"{target.percent:g}"]
        row += [f"{target.sigma:g}", f"{before[i]:.1f}", f"{ours[i]:.1f}", f"{off:+.1f}"]
        rows.append(row + ([f"{unseen[i]:.1f}"] if unseen is not None else []))
    first = targets[:19]
    for name, own, said in (("C01-C19", first, slice(19)), ("all", targets, slice(None))):
        row = ["", f"**chi2/N, {name}**", "", "", "", "", f"**{chi2_per_target(before[said], own):.2f}**"]
        row += [f"**{chi2_per_target(ours[said], own):.2f}**", ""]
        rows.append(row + ([f"**{chi2_per_target(unseen[said], own):.2f}**"] if unseen is not None else []))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def prior_table(z: Floats) -> str:
    """Return what was fitted, from where and how far, as a Markdown table."""
    rows = ["| parameter | prior (one sigma) | fitted | z | prior from |", "|---|---|---:|---:|---|"]
    for prior, x in zip(PRIORS, z, strict=True):
        low, high = prior.value(-1.0), prior.value(1.0)
        told = f"{prior.centre:.4g} ({low:.3g} to {high:.3g})"
        rows.append(f"| `{prior.symbol}` | {told} | {prior.value(x):.4g} | {x:+.2f} | {prior.reason} |")
    return "\n".join(rows)


def write_preset(path: Path, preset: CellPreset) -> None:
    """Write the calibrated preset."""
    fitted = {prior.symbol: prior for prior in PRIORS}
    lines = [
        "# The default cell layer: Jörg 2022 with added terms, calibrated on women (README.md).",
        "# Written by benchmarks/calibrate_cells.py; ranges of fitted parameters are two sigma of their priors.",
        "name: default",
        'label: {en: "Default", zh: "默认"}',
        "family: joerg",
        'citation: "Equations after Jörg DJ et al. eLife 2022;11:e76228, with added terms; see models/cells/README.md"',
        f"doi: {preset.doi}",
        "parameters:",
    ]
    for number in preset.parameters:
        low, high, source = number.low, number.high, number.source
        if number.symbol in fitted:
            low, high = _range(fitted[number.symbol], number.value)
            source = f"{source.split(';')[0]}; fitted; prior: {fitted[number.symbol].reason}"
        elif number.symbol in _DERIVED:
            low, high = 0.8 * number.value, 1.2 * number.value
            source = f"{source.split(';')[0]}; derived: {_DERIVED[number.symbol]}"
        elif number.symbol in _CHOSEN:
            low, high, why = _CHOSEN[number.symbol]
            source = f"{source.split(';')[0]}; {why}"
        bounds = f"low: {_short(low)}, high: {_short(high)}"
        lines.append(
            f'  {number.symbol}: {{value: {_short(number.value)}, unit: "{number.unit}", {bounds}, source: "{source}"}}'
        )
    lines.append("drugs:")
    for given in preset.exposures:
        numbers = f"scale: {_short(given.scale)}, half_life: {_short(given.half_life)}, dose: {given.dose!r}"
        numbers += f", every: {given.every!r}, low: {given.low!r}, high: {given.high!r}"
        lines.append(f'  {given.drug}: {{channel: {given.channel}, {numbers}, source: "{_source(given.drug)}"}}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _source(drug: str) -> str:
    action = (
        "acts for 4 h (assumption: longer than its hour in blood)" if drug == "teriparatide" else "half-life Jörg 2022"
    )
    return f"scale fitted; {action}; label and studied doses: prescribing information and phase 2 trials"


def _range(prior: Prior, value: float) -> tuple[float, float]:
    return min(prior.value(-2.0), value), max(prior.value(2.0), value)


def _short(value: float) -> str:
    return repr(float(f"{value:.8g}"))


def write_readme(
    folder: Path,
    targets: Sequence[Target],
    said: tuple[Floats, Floats, Floats],
    found: Fitted,
    whole: CoupledWoman | None,
) -> None:
    """Write README.md and the figures beside the presets, from the preset as it was written."""
    preset, published = read_preset("default"), read_preset("joerg2022")
    before, ours, unseen = said
    ours_followed = cell_checks.Alone(Woman(preset)) if whole is None else cell_checks.Whole(whole)
    _figures(folder, targets, ours_followed, published)
    text = (Path(__file__).parent / "cell_readme.md").read_text(encoding="utf-8")
    parts = {
        "targets": target_table(targets, before, ours, unseen),
        "priors": prior_table(found.z),
        "chi2": f"{chi2_per_target(ours, targets):.2f}",
        "chi2_19": f"{chi2_per_target(ours[:19], targets[:19]):.2f}",
        "chi2_joerg": f"{chi2_per_target(before, targets):.2f}",
        "chi2_joerg_19": f"{chi2_per_target(before[:19], targets[:19]):.2f}",
        "chi2_unseen": f"{chi2_per_target(unseen, targets):.2f}",
        "chi2_unseen_19": f"{chi2_per_target(unseen[:19], targets[:19]):.2f}",
        "penalty": f"{float(np.sum(found.z**2)):.1f}",
        "farthest": f"{float(np.max(np.abs(found.z))):.1f}",
        "chi2_alone": f"{chi2_per_target(predictions(preset, targets), targets):.2f}",
        "fitted_as": "the cells without the network" if whole is None else "the whole model, network and cells",
        "number": f"{len(PRIORS)}",
        "words": _COUNTED.get(len(PRIORS), str(len(PRIORS))),
        "effective": f"{found.effective_parameters:.1f}",
        "checks": cell_checks.checks_table(ours_followed, published),
        "knockouts": cell_checks.knockout_table(preset, whole),
        "averaging": cell_checks.averaging(preset),
        "times": cell_checks.times_table(preset, published),
    }
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    (folder / "README.md").write_text(text, encoding="utf-8")


def _figures(folder: Path, targets: Sequence[Target], ours: cell_checks.Follower, published: CellPreset) -> None:
    years = np.linspace(0.1, 30.0, 150)
    natural = ours.change(cell_checks.UNTREATED, (12.0 * years).tolist())
    courses = {"natural": natural, "surgical": ours.surgical(years.tolist())}
    save_svg(menopause_figure(years, courses, read_cohorts(), "Menopause: the default"), str(folder / "menopause.svg"))
    save_svg(drugs_figure(ours.change, targets, Woman(published).change), str(folder / "drugs.svg"))
