"""What the whole model, network and cells together, says of women on drugs and through menopause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cells import MODULATORS
from ..engines.ode.course import Stretch, integrate
from ..engines.ode.system import modulators
from ..ground.errors import ModelError
from ..ground.names import nearest
from ..ground.units import DAYS_PER_MONTH, DAYS_PER_YEAR, Amount
from ..nouns.clinical import MEASURED, Regimen, Target
from ..nouns.intervention import Course, Dosing, Protocol, Span
from ..nouns.model import Model
from .draws import Draw, Engine
from .plan import ode_stretches
from .readings import ode_quantities

Floats = NDArray[np.float64]
MENOPAUSE = Course("Estrogen", "menopause", Span(0.0))


@dataclass(frozen=True)
class CoupledWoman:
    """The whole model in its reference draw, followed from menopause on.

    Parameters
    ----------
    model
        The model.
    rtol, atol
        Tolerances of the solver.
    """

    model: Model
    rtol: float = 1e-6
    atol: float = 1e-8

    @cached_property
    def draw(self) -> Draw:
        """The numbers of the tables."""
        return Engine(self.model).reference

    def protocol(self, what: Regimen) -> Protocol:
        """Return menopause on day 0 and the drug of a regimen.

        Raises
        ------
        ModelError
            When the model has no compound of that name.
        """
        if not what.drug:
            return Protocol((MENOPAUSE,))
        compounds = {name.lower(): name for name in self.model.compounds}
        if what.drug not in compounds:
            raise ModelError(f"no compound is called '{what.drug}'", nearest=nearest(what.drug, compounds))
        first = what.start * DAYS_PER_YEAR
        given = Dosing(compounds[what.drug], Amount(what.dose, "mg"), Span(first, first + what.days), what.every)
        return Protocol((MENOPAUSE, given))

    def states(self, what: Regimen, days: Floats, before: Floats | None = None) -> tuple[Floats, tuple[Stretch, ...]]:
        """Return states and what was done.

        Parameters
        ----------
        what
            The regimen.
        days : ndarray, shape (t,)
            Days after menopause, ascending.
        before : ndarray, shape (n + 10,), optional
            The untreated state at the start of the regimen, which saves the years before it.

        Returns
        -------
        tuple of ndarray, shape (t, n + 10), and tuple of Stretch
        """
        draw = self.draw
        stretches = ode_stretches(self.model, draw, self.protocol(what), float(days[-1]) + 1.0)
        first = what.start * DAYS_PER_YEAR
        if before is not None:
            left = [stretch for stretch in stretches if stretch.stop > first]
            stretches = (replace(left[0], start=first), *left[1:])
        found = integrate(
            draw.program, draw.constants, draw.wiring, stretches, days, state=before, rtol=self.rtol, atol=self.atol
        )
        return found, stretches

    def change(self, what: Regimen, months: Sequence[float], before: Floats | None = None) -> Floats:
        """Return the change of the four readouts in percent of the start of a regimen.

        Parameters
        ----------
        what
            The regimen.
        months
            Months after its start, in any order.
        before
            As in :meth:`states`.

        Returns
        -------
        ndarray, shape (months, 4)
        """
        first = what.start * DAYS_PER_YEAR
        days = first + np.asarray(months, dtype=np.float64) * DAYS_PER_MONTH
        grid = np.unique(np.concatenate(([first], days)))
        states, stretches = self.states(what, grid, before)
        named = ode_quantities(self.model, self.draw, stretches, grid, states)
        found = np.stack([named[name.lower()] for name in MEASURED], axis=-1)
        start = found[np.searchsorted(grid, first)]
        return np.asarray(100.0 * (found[np.searchsorted(grid, days)] / start - 1.0))

    def modulators(self, stretches: Sequence[Stretch], days: Floats, states: Floats) -> Floats:
        """Return what the network tells the cells along a course, shape (t, 15)."""
        draw = self.draw
        n = draw.constants.level.size
        which = np.searchsorted([stretch.start for stretch in stretches], days, side="right") - 1
        out = np.empty((len(days), len(MODULATORS)))
        for row, state, k in zip(out, states, which, strict=True):
            modulators(state[:n], draw.wiring, stretches[max(int(k), 0)].doing, row)
        return out


def untreated(woman: CoupledWoman, years: float) -> Floats:
    """Return the untreated state so many years after menopause, shape (n + 10,)."""
    days = np.array([0.0, years * DAYS_PER_YEAR])
    return np.asarray(woman.states(Regimen("untreated", 0.0), days)[0][-1])


def coupled_predictions(model: Model, targets: Sequence[Target]) -> Floats:
    """Return what the whole model says of every target, in percent of the start.

    Parameters
    ----------
    model
        The model.
    targets
        What was measured.

    Returns
    -------
    ndarray, shape (targets,)
    """
    woman = CoupledWoman(model)
    found = np.empty(len(targets))
    starts = {years: untreated(woman, years) for years in {t.regimen.start for t in targets if t.regimen.drug}}
    for what in dict.fromkeys(target.regimen for target in targets):
        rows = [i for i, target in enumerate(targets) if target.regimen == what]
        change = woman.change(what, [targets[i].month for i in rows], starts.get(what.start) if what.drug else None)
        for row, i in zip(change, rows, strict=True):
            found[i] = row[MEASURED.index(targets[i].readout)]
    return found
