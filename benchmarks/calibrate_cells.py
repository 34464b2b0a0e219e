"""Calibrate the default cell preset on trials and cohorts, and say how well it holds what it was not shown.

python benchmarks/calibrate_cells.py fit      fit, cross-validate, write models/cells/default.yaml, README.md, figures
python benchmarks/calibrate_cells.py table    targets, Jörg 2022, the shipped default, sigma
python benchmarks/calibrate_cells.py check    as fit, but writes nothing
"""

# ruff: noqa: INP001
from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cell_report
import numpy as np
from cell_coupled import Records, frozen_predictions, record
from cell_priors import PRIORS, candidate
from numpy.typing import NDArray
from scipy.optimize import least_squares

from remodelsim.experiments.clinical import chi2_per_target, predictions, residuals
from remodelsim.experiments.clinical_coupled import CoupledWoman, coupled_predictions
from remodelsim.files.cells_file import read_preset
from remodelsim.files.clinical_file import read_targets
from remodelsim.files.library import load_model
from remodelsim.ground.errors import RemodelsimError
from remodelsim.nouns.cells import CellPreset
from remodelsim.nouns.clinical import Target

Floats = NDArray[np.float64]
CELLS = Path(__file__).resolve().parents[1] / "models" / "cells"
Predict = Callable[[CellPreset, Sequence[Target]], Floats]
_WORST = 30.0
_STEP = 1e-3
_MOST_TURNS = 4
_STILL = 0.1


@dataclass(frozen=True)
class Fit:
    """The most probable z of every prior, and the slopes of the residuals there."""

    z: Floats
    slopes: Floats

    @property
    def effective_parameters(self) -> float:
        """How many parameters the data moved: trace of the hat matrix of the data against the priors."""
        information = self.slopes.T @ self.slopes
        return float(np.trace(np.linalg.solve(information + np.eye(len(self.z)), information)))


def fit(published: CellPreset, targets: Sequence[Target], predict: Predict, start: Floats | None = None) -> Fit:
    """Return the most probable parameters: residuals and priors weigh alike, each in its own sigma."""
    first = np.zeros(len(PRIORS)) if start is None else start

    def cost(z: Floats) -> Floats:
        try:
            told = residuals(predict(candidate(published, z), targets), targets)
        except RemodelsimError:
            told = np.full(len(targets), _WORST)
        return np.concatenate([np.clip(told, -_WORST, _WORST), z])

    found = least_squares(cost, first, diff_step=_STEP, x_scale=1.0, max_nfev=60)
    slopes = np.empty((len(targets), len(PRIORS)))
    for i in range(len(PRIORS)):
        step = np.zeros(len(PRIORS))
        step[i] = _STEP
        slopes[:, i] = (cost(found.x + step) - cost(found.x - step))[: len(targets)] / (2.0 * _STEP)
    return Fit(np.asarray(found.x), slopes)


def held_out(
    published: CellPreset, targets: Sequence[Target], predict: Predict, best: Floats, tell: Callable[[str], None]
) -> Floats:
    """Return what is said of every target by a fit that never saw its regimen."""
    said = np.empty(len(targets))
    for name in dict.fromkeys(target.regimen.name for target in targets):
        away = np.array([target.regimen.name == name for target in targets])
        kept = [target for target in targets if target.regimen.name != name]
        there = predict(candidate(published, fit(published, kept, predict, best).z), targets)
        said[away] = there[away]
        tell(f"  without {name}: chi2/N there {np.mean(residuals(there, targets)[away] ** 2):.2f}")
    return said


def alone(preset: CellPreset, targets: Sequence[Target]) -> Floats:
    """Return what the cells without the network say."""
    return predictions(preset, targets, rtol=1e-7)


def fit_whole(
    published: CellPreset, targets: Sequence[Target], tell: Callable[[str], None]
) -> tuple[Fit, Floats, Predict]:
    """Fit under the network: record what it tells the cells, fit, record again, until what is said stays."""
    model, found = load_model(), fit(published, targets, alone)
    before = np.full(len(targets), np.inf)
    for turn in range(_MOST_TURNS):
        records, said = record(replace(model, cells=candidate(published, found.z)), targets)
        moved = float(np.max(np.abs(residuals(said, targets) - residuals(before, targets))))
        tell(f"turn {turn}: chi2/N of the whole model {chi2_per_target(said, targets):.3f}")

        def predict(preset: CellPreset, some: Sequence[Target], records: Records = records) -> Floats:
            return frozen_predictions(preset, some, records)

        if moved < _STILL:
            break
        before, found = said, fit(published, targets, predict, found.z)
    records, said = record(replace(model, cells=candidate(published, found.z)), targets)
    return found, said, predict


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for."""
    whole, words = "--alone" not in arguments, [word for word in arguments if word != "--alone"]
    if len(words) != 1 or words[0] not in {"fit", "table", "check"}:
        sys.stderr.write(__doc__ or "")
        return 2
    targets, published = read_targets(), read_preset("joerg2022")
    before = predictions(published, targets)
    if words[0] == "table":
        ours = coupled_predictions(load_model(), targets) if whole else predictions(read_preset("default"), targets)
        _tell(cell_report.target_table(targets, before, ours))
        return 0
    began = time.process_time()
    if whole:
        found, said, predict = fit_whole(published, targets, _tell)
    else:
        found, predict = fit(published, targets, alone), alone
        said = predictions(candidate(published, found.z), targets)
    _tell(f"fit: chi2/N {chi2_per_target(said, targets):.3f}, {found.effective_parameters:.1f} effective parameters")
    unseen = held_out(published, targets, predict, found.z, _tell)
    _tell(cell_report.target_table(targets, before, said, unseen))
    _tell(f"{time.process_time() - began:.0f} s")
    if words[0] == "fit":
        preset = candidate(published, found.z)
        cell_report.write_preset(CELLS / "default.yaml", preset)
        woman = CoupledWoman(replace(load_model(), cells=preset)) if whole else None
        cell_report.write_readme(CELLS, targets, (before, said, unseen), found, woman)
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
