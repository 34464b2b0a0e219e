"""Many protocols, draws and models through the ODE side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.course import Stretch
from ..engines.ode.ensemble import Sample, make_plan, run_samples
from ..engines.ode.lane_data import stack_draws
from ..engines.ode.layout import Layout, make_layout
from ..ground.errors import SolveError
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw
from .plan import ode_stretches
from .readings import named_quantities
from .runs import Progress, scipy_stretches, threads

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One protocol of one draw of one model, and when it is read.

    Attributes
    ----------
    model, draw
        The model and the draw.
    protocol
        What is done.
    days
        When it is read, ascending; the last day is the horizon.
    stretches
        The protocol cut into stretches, where it is not cut as usual.
    """

    model: Model
    draw: Draw
    protocol: Protocol
    days: tuple[float, ...]
    stretches: tuple[Stretch, ...] = ()

    def cut(self) -> tuple[Stretch, ...]:
        """Return what is done, stretch by stretch."""
        return self.stretches or ode_stretches(self.model, self.draw, self.protocol, self.days[-1])


def ode_many(
    cases: Sequence[Case], progress: Progress | None = None, *, lenient: bool = False
) -> list[dict[str, Floats]]:
    """Run many cases; those whose equations have the same form run together.

    Parameters
    ----------
    cases
        What is run.
    progress
        Called with the number of cases just finished.
    lenient
        Whether a case that cannot be integrated gives nan instead of an error.

    Returns
    -------
    list of dict
        Per case everything by name as from `runs.ode_run`, arrays of the shape of its days.

    Raises
    ------
    SolveError
        When a case cannot be integrated by either method, unless `lenient`.
    """
    out: list[dict[str, Floats]] = [{} for _ in cases]
    forms: dict[bytes, list[int]] = {}
    for k, case in enumerate(cases):
        forms.setdefault(_form(case.draw), []).append(k)
    for places in forms.values():
        for k, quantities in zip(places, _alike([cases[k] for k in places], progress, lenient), strict=True):
            out[k] = quantities
    return out


def _form(draw: Draw) -> bytes:
    """Return what tells rules and joints of one form from those of another; couplings may differ within a form."""
    arrays = (*draw.program, draw.wiring.owner, np.array([draw.wiring.estrogen]))
    return b"|".join(array.tobytes() for array in arrays)


class _Layouts:
    """Layouts by form and couplings, so that each is analysed once per process."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, frozenset[bytes]], Layout] = {}

    def of(self, draws: Sequence[Draw]) -> Layout:
        couplings = {d.wiring.node.tobytes() + b"|" + d.wiring.modulator.tobytes(): d.wiring for d in draws}
        key = (_form(draws[0]), frozenset(couplings))
        if key not in self._known:
            # in an order of their own: what was run before must not change a bit of what is run now
            self._known[key] = make_layout(draws[0].program, [couplings[name] for name in sorted(couplings)])
        return self._known[key]


_LAYOUTS = _Layouts()


def _alike(cases: Sequence[Case], progress: Progress | None, lenient: bool) -> list[dict[str, Floats]]:
    draws = list({id(case.draw): case.draw for case in cases}.values())
    layout = _LAYOUTS.of(draws)
    number = {id(draw): k for k, draw in enumerate(draws)}
    samples = [Sample(number[id(case.draw)], case.cut()) for case in cases]
    longest = max(len(case.days) for case in cases)
    # a case that is read less often is read again on its last day
    times = np.array([[*case.days, *[case.days[-1]] * (longest - len(case.days))] for case in cases])
    found = run_samples(
        layout,
        stack_draws(layout, [(draw.constants, draw.wiring) for draw in draws]),
        make_plan(samples),
        times,
        threads=threads(),
        progress=progress,
    )
    out = []
    for k, case in enumerate(cases):
        if found.status[k] == 0:
            out.append(named_quantities(case.model, case.draw, found.values[k, : len(case.days)]))
        else:
            out.append(_by_scipy(case, lenient))
    return out


def _by_scipy(case: Case, lenient: bool) -> dict[str, Floats]:
    """Integrate by the other method; nan where it cannot either, if that is allowed."""
    try:
        course = scipy_stretches(case.model, case.draw, case.cut(), np.array([0.0, *case.days]))
    except SolveError:
        if not lenient:
            raise
        size = case.draw.constants.level.size + case.draw.wiring.healthy.size
        return named_quantities(case.model, case.draw, np.full((len(case.days), size), np.nan))
    return {name: values[1:] for name, values in course.items()}
