"""Fitting the cells under the network: what the network tells them is recorded once and held while they are fitted.

A run of the whole model costs a hundred times one of the cells. The network answers mostly to estrogen and to drugs
and only a little to the parameters of the cells, so record, fit and record again until nothing moves.
"""

# ruff: noqa: INP001
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from remodelsim.engines.ode.cell_course import Family, course
from remodelsim.engines.ode.cell_families import vector
from remodelsim.engines.ode.cell_steady import steady_state
from remodelsim.engines.ode.cells import CELL_STATES, DRUGS, MODULATORS, PARAMETERS, K, cell_jacobian, cell_rates
from remodelsim.engines.ode.dosing import Doses, level, segments
from remodelsim.experiments.clinical import Woman
from remodelsim.experiments.clinical_coupled import CoupledWoman
from remodelsim.ground.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from remodelsim.nouns.cells import CellPreset
from remodelsim.nouns.clinical import MEASURED, Regimen, Target
from remodelsim.nouns.model import Model

Floats = NDArray[np.float64]
STEP = 5.0
_DRUGS, _MODS = len(DRUGS), len(MODULATORS)
_TABLE, _COLUMNS = 4 + 3 * _DRUGS, _MODS + 1
_INPUTS = ("since", *(f"{d}_{w}" for w in ("level", "rate", "decay") for d in DRUGS), "first", "step", "rows")


@dataclass(frozen=True)
class Records:
    """What the network told the cells: modulators and estrogen as felt per regimen, and the shares it carries."""

    tables: Mapping[Regimen, Floats]
    signal_direct: float
    estrogen_share: float


@njit(cache=True)
def _told(time: float, inputs: Floats, m: Floats, d: Floats) -> float:
    """Write modulators and drug levels at a time; return estrogen."""
    first, step, rows = inputs[_TABLE - 3], inputs[_TABLE - 2], int(inputs[_TABLE - 1])
    place = min(max((time - first) / step, 0.0), rows - 1.000001)
    row = int(place)
    here = _TABLE + row * _COLUMNS
    for i in range(m.size):
        m[i] = inputs[here + i] + (place - row) * (inputs[here + _COLUMNS + i] - inputs[here + i])
    for i in range(d.size):
        d[i] = level(time - inputs[0], inputs[1 + i], inputs[1 + 2 * d.size + i], inputs[1 + d.size + i])
    felt = inputs[here + _MODS]
    return float(felt + (place - row) * (inputs[here + _COLUMNS + _MODS] - felt))


@njit(cache=True)
def _rates(time: float, y: Floats, inputs: Floats, p: Floats, out: Floats) -> None:
    m, d = np.empty(15), np.empty(4)
    e = _told(time, inputs, m, d)
    cell_rates(y, m, d, e, p, out)


@njit(cache=True)
def _jacobian(time: float, y: Floats, inputs: Floats, p: Floats, out: Floats) -> None:
    m, d = np.empty(15), np.empty(4)
    e = _told(time, inputs, m, d)
    by_modulator, by_estrogen = np.empty((y.size, 15)), np.empty(y.size)
    cell_jacobian(y, m, d, e, p, out, by_modulator, by_estrogen)


def _start(p: Floats) -> tuple[Floats, Floats]:
    return steady_state(p), np.zeros(len(_INPUTS))


FAMILY = Family("joerg", CELL_STATES, PARAMETERS, _INPUTS, _rates, _start, _jacobian, tolerance=1e-10)


def record(model: Model, targets: Sequence[Target]) -> tuple[Records, Floats]:
    """Run the whole model; return what the network told the cells, and what the model says of every target."""
    woman = CoupledWoman(model)
    tables: dict[Regimen, Floats] = {}
    said = np.empty(len(targets))
    for what in sorted(dict.fromkeys(t.regimen for t in targets), key=lambda regimen: regimen.drug != ""):
        rows = [i for i, target in enumerate(targets) if target.regimen == what]
        months = [targets[i].month for i in rows]
        last = max(months) * DAYS_PER_MONTH if what.drug else max(_starts(targets)) * DAYS_PER_YEAR
        first = what.start * DAYS_PER_YEAR
        days = first + np.arange(0.0, last + 2.0 * STEP, STEP)
        states, stretches = woman.states(woman.protocol(what), days, first)
        tables[what] = np.column_stack((woman.modulators(stretches, days, states), woman.felt_estrogen(states)))
        for row, i in zip(woman.change(what, months), rows, strict=True):
            said[i] = row[MEASURED.index(targets[i].readout)]
    p = woman.draw.wiring.parameters
    return Records(tables, float(p[K.signal_direct]), float(p[K.estrogen_share])), said


def frozen_predictions(preset: CellPreset, targets: Sequence[Target], records: Records) -> Floats:
    """Return what the cells say of every target when the network tells them what was recorded."""
    values = {**preset.values(), "signal_direct": records.signal_direct, "estrogen_share": records.estrogen_share}
    p, woman = vector("joerg", values), Woman(preset)
    said = np.empty(len(targets))
    before: dict[float, Floats] = {}
    for what, table in records.tables.items():
        rows = [i for i, target in enumerate(targets) if target.regimen == what]
        if not rows and what.drug:
            continue
        first = what.start * DAYS_PER_YEAR
        days = first + np.array([targets[i].month for i in rows]) * DAYS_PER_MONTH
        marks = [] if what.drug else [years * DAYS_PER_YEAR for years in _all_starts(records)]
        grid = np.unique(np.concatenate(([first], days, marks)))
        state = before.get(what.start, steady_state(p))
        edges, inputs = _inputs(woman.doses(what), table, first, float(grid[-1]) + 1.0)
        states = course(FAMILY, p, state, edges, inputs, grid, rtol=1e-7)
        if not what.drug:
            before = {mark / DAYS_PER_YEAR: states[np.searchsorted(grid, mark)] for mark in marks}
        told = _measured(woman, states, table, first, grid)
        change = 100.0 * (told[np.searchsorted(grid, days)] / told[np.searchsorted(grid, first)] - 1.0)
        for row, i in zip(change, rows, strict=True):
            said[i] = row[MEASURED.index(targets[i].readout)]
    return said


def _inputs(given: Mapping[str, Doses], table: Floats, first: float, last: float) -> tuple[Floats, Floats]:
    """Return the edges of the segments and the inputs in each."""
    cut = segments([given.get(drug, Doses(1.0)) for drug in DRUGS], first, last)
    head = np.empty((len(cut.start), _TABLE))
    head[:, 0] = cut.edges[:-1]
    head[:, 1 : 1 + _DRUGS], head[:, 1 + _DRUGS : 1 + 2 * _DRUGS] = cut.start, cut.rate
    head[:, 1 + 2 * _DRUGS : 1 + 3 * _DRUGS] = cut.decay
    head[:, _TABLE - 3 :] = first, STEP, len(table)
    return cut.edges, np.hstack((head, np.tile(table.ravel(), (len(head), 1))))


def _all_starts(records: Records) -> set[float]:
    return {what.start for what in records.tables if what.drug}


def _starts(targets: Sequence[Target]) -> set[float]:
    return {target.regimen.start for target in targets if target.regimen.drug}


def _measured(woman: Woman, states: Floats, table: Floats, first: float, grid: Floats) -> Floats:
    """Return the readouts, with what the network does to formation and resorption."""
    rows = np.clip(np.round((grid - first) / STEP).astype(int), 0, len(table) - 1)
    return np.concatenate([woman.measured(states[k : k + 1], table[row, :_MODS]) for k, row in enumerate(rows)])


def with_cells(model: Model, preset: CellPreset) -> Model:
    """Return the model with other cells."""
    return replace(model, cells=preset)
