"""What the whole model, network and cells together, says of women on drugs and through menopause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cells import MODULATORS
from ..engines.ode.course import Stretch, integrate
from ..engines.ode.system import felt_estrogen, modulators
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

    @cached_property
    def _natural(self) -> dict[float, Floats]:
        return {}

    def protocol(self, *regimens: Regimen) -> Protocol:
        """Return menopause on day 0 and the drugs of regimens.

        Raises
        ------
        ModelError
            When the model has no compound of that name.
        """
        compounds = {name.lower(): name for name in self.model.compounds}
        given = []
        for what in regimens:
            if what.drug and what.drug not in compounds:
                raise ModelError(f"no compound is called '{what.drug}'", nearest=nearest(what.drug, compounds))
            if what.drug:
                first = what.start * DAYS_PER_YEAR
                span = Span(first, first + what.days)
                given.append(Dosing(compounds[what.drug], Amount(what.dose, "mg"), span, what.every))
        return Protocol((MENOPAUSE, *given))

    def states(self, protocol: Protocol, days: Floats, since: float = 0.0) -> tuple[Floats, tuple[Stretch, ...]]:
        """Return states and what was done.

        Parameters
        ----------
        protocol
            What is done.
        days : ndarray, shape (t,)
            Days, ascending, from `since` on.
        since
            Day before which the protocol is menopause and nothing else; those years are run once and kept.

        Returns
        -------
        tuple of ndarray, shape (t, n + 11), and tuple of Stretch
        """
        draw = self.draw
        stretches = ode_stretches(self.model, draw, protocol, float(days[-1]) + 1.0)
        before = self._untreated(since) if since > 0.0 else None
        if before is not None:
            left = [stretch for stretch in stretches if stretch.stop > since]
            stretches = (replace(left[0], start=since), *left[1:])
        found = integrate(
            draw.program, draw.constants, draw.wiring, stretches, days, state=before, rtol=self.rtol, atol=self.atol
        )
        return found, stretches

    def _untreated(self, day: float) -> Floats:
        if day not in self._natural:
            self._natural[day] = self.states(Protocol((MENOPAUSE,)), np.array([0.0, day]))[0][-1]
        return self._natural[day]

    def measured(self, protocol: Protocol, days: Floats, since: float = 0.0) -> Floats:
        """Return the four readouts relative to health, shape (t, 4).

        Parameters
        ----------
        protocol, days, since
            As in :meth:`states`.
        """
        states, stretches = self.states(protocol, days, since)
        named = ode_quantities(self.model, self.draw, stretches, days, states)
        return np.stack([named[name.lower()] for name in MEASURED], axis=-1)

    def change(self, what: Regimen, months: Sequence[float], *more: Regimen) -> Floats:
        """Return the change of the four readouts in percent of the start of a regimen.

        Parameters
        ----------
        what
            The regimen.
        months
            Months after its start, in any order.
        *more
            Further regimens that start later.

        Returns
        -------
        ndarray, shape (months, 4)
        """
        first = what.start * DAYS_PER_YEAR
        days = first + np.asarray(months, dtype=np.float64) * DAYS_PER_MONTH
        grid = np.unique(np.concatenate(([first], days)))
        found = self.measured(self.protocol(what, *more), grid, first)
        start = found[np.searchsorted(grid, first)]
        return np.asarray(100.0 * (found[np.searchsorted(grid, days)] / start - 1.0))

    def modulators(self, stretches: Sequence[Stretch], days: Floats, states: Floats) -> Floats:
        """Return what the network tells the cells along a course.

        Parameters
        ----------
        stretches
            What is done, as :meth:`states` returns it.
        days : ndarray, shape (t,)
            The days of the course.
        states : ndarray, shape (t, n + 11)
            The states on those days.

        Returns
        -------
        ndarray, shape (t, 15)
            Modulators of the cell layer, 1 in health.
        """
        draw = self.draw
        n = draw.constants.level.size
        which = np.searchsorted([stretch.start for stretch in stretches], days, side="right") - 1
        out = np.empty((len(days), len(MODULATORS)))
        for row, state, k in zip(out, states, which, strict=True):
            modulators(state[:n], draw.wiring, stretches[max(int(k), 0)].doing, row)
        return out

    def felt_estrogen(self, states: Floats) -> Floats:
        """Return estrogen as the cells feel it along a course, shape (t,); 1 in health."""
        draw = self.draw
        n = draw.constants.level.size
        return np.array([felt_estrogen(state[:n], draw.constants, draw.wiring) for state in states])


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
    for what in dict.fromkeys(target.regimen for target in targets):
        rows = [i for i, target in enumerate(targets) if target.regimen == what]
        change = woman.change(what, [targets[i].month for i in rows])
        for row, i in zip(change, rows, strict=True):
            found[i] = row[MEASURED.index(targets[i].readout)]
    return found
