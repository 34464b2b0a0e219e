"""How well a cell preset meets what was measured in women, and what else it says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cell_course import course
from ..engines.ode.cell_families import vector
from ..engines.ode.cell_steady import READOUTS, Markers, readouts, steady_state
from ..engines.ode.cells import DRUGS, MODULATORS, OUTPUTS, cell_outputs
from ..engines.ode.dosing import Doses, regimen, segments, steady
from ..engines.ode.family_joerg import FAMILY, segment_inputs
from ..ground.errors import ModelError
from ..ground.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from ..nouns.cells import CellPreset
from ..nouns.clinical import MEASURED, Regimen, Target

Floats = NDArray[np.float64]
_COLUMN = {name: READOUTS.index(name.lower()) for name in MEASURED}


@dataclass(frozen=True)
class Woman:
    """A preset made ready to follow a woman from menopause on, without the network.

    Parameters
    ----------
    preset
        A preset of the family ``joerg``.
    rtol
        Relative tolerance of the solver.

    Raises
    ------
    ModelError
        When the preset is of another family.
    """

    preset: CellPreset
    rtol: float = 1e-8

    def __post_init__(self) -> None:
        if self.preset.family != "joerg":
            raise ModelError(f"cell preset {self.preset.name} knows neither menopause nor drugs", allowed=["joerg"])

    def states(
        self,
        times: Floats,
        doses: Mapping[str, Doses] | None = None,
        *,
        estrogen: float | None = None,
        modulators: Mapping[str, float] | None = None,
        state: Floats | None = None,
    ) -> Floats:
        """Return states at days after menopause, from the healthy state on.

        Parameters
        ----------
        times : ndarray, shape (t,)
            Days, ascending from 0 on.
        doses
            Channel to doses, in days after menopause.
        estrogen
            Estrogen held at this level from day 0 on (surgical menopause); by default it declines over years.
        modulators
            Modulators other than 1, such as knock-outs.
        state : ndarray, shape (11,), optional
            State on day 0; the healthy one by default.

        Returns
        -------
        ndarray, shape (t, 11)
        """
        values, given = self.preset.values(), doses or {}
        p = vector("joerg", {**values, "signal_direct": 1.0, "estrogen_share": 0.0})
        cut = segments([given.get(drug, Doses(1.0)) for drug in DRUGS], 0.0, max(float(times[-1]), 1.0))
        m = np.ones(len(MODULATORS))
        for name, value in (modulators or {}).items():
            m[MODULATORS.index(name)] = value
        decline = values["tau_e"] * DAYS_PER_YEAR if estrogen is None else 0.0
        inputs = segment_inputs(cut, decline=decline, estrogen=1.0 if estrogen is None else estrogen, modulators=m)
        first = steady_state(p) if state is None else state
        return course(FAMILY, p, first, cut.edges, inputs, times, rtol=self.rtol)

    def measured(self, states: Floats, modulators: Floats | None = None) -> Floats:
        """Return ``bmd_hip``, ``bmd_lumbar``, ``ctx`` and ``p1np`` of states, shape (t, 4), under modulators (15,)."""
        m = np.ones(len(MODULATORS)) if modulators is None else modulators
        values = self.preset.values()
        p = vector("joerg", values)
        outputs = np.empty((len(states), len(OUTPUTS)))
        for row, state in zip(outputs, states, strict=True):
            cell_outputs(state, m, np.zeros(len(DRUGS)), 1.0, p, row)
        return readouts(states, outputs, Markers(values["q_CTX"], values["q_P1NP"]))

    def change(self, what: Regimen, months: Sequence[float]) -> Floats:
        """Return the change of the four readouts in percent of the start of a regimen.

        Parameters
        ----------
        what
            The regimen.
        months
            Months after its start, in any order.

        Returns
        -------
        ndarray, shape (months, 4)
        """
        first = what.start * DAYS_PER_YEAR
        days = first + np.asarray(months, dtype=np.float64) * DAYS_PER_MONTH
        grid = np.unique(np.concatenate(([first], days)))
        found = self.measured(self.states(grid, self.doses(what)))
        start = found[np.searchsorted(grid, first)]
        return np.asarray(100.0 * (found[np.searchsorted(grid, days)] / start - 1.0))

    def doses(self, what: Regimen) -> dict[str, Doses]:
        """Return the doses of a regimen by channel, in days after menopause."""
        if not what.drug:
            return {}
        exposure = self.preset.exposure(what.drug)
        first = what.start * DAYS_PER_YEAR
        last = first + what.days
        rise = exposure.scale * what.dose
        give = steady if exposure.flows else regimen
        return {exposure.channel: give(rise, exposure.decay, what.every, first, last)}


def predictions(preset: CellPreset, targets: Sequence[Target], *, rtol: float = 1e-8) -> Floats:
    """Return what a preset says of every target, in percent of the start.

    Parameters
    ----------
    preset
        A preset of the family ``joerg``; the network plays no part.
    targets
        What was measured.
    rtol
        Relative tolerance of the solver.

    Returns
    -------
    ndarray, shape (targets,)
    """
    woman = Woman(preset, rtol)
    found = np.empty(len(targets))
    for what in dict.fromkeys(target.regimen for target in targets):
        rows = [i for i, target in enumerate(targets) if target.regimen == what]
        change = woman.change(what, [targets[i].month for i in rows])
        for row, i in zip(change, rows, strict=True):
            found[i] = row[_COLUMN[targets[i].readout]]
    return found


def residuals(said: Floats, targets: Sequence[Target]) -> Floats:
    """Return (said - measured) / sigma of every target."""
    measured = np.array([target.percent for target in targets])
    sigma = np.array([target.sigma for target in targets])
    return np.asarray((said - measured) / sigma)


def chi2_per_target(said: Floats, targets: Sequence[Target]) -> float:
    """Return the mean squared residual; about 1 is as good as the measurements are."""
    return float(np.mean(residuals(said, targets) ** 2))
