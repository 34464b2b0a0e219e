"""Simulate a scenario: every arm in both formalisms, verdicts, and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from ..ground.markup import CLASSES, html_table
from ..nouns.model import Model
from ..nouns.readout import Readout
from ..nouns.scenario import START, Expectation, Scenario
from .citing import citations
from .draws import engine_of
from .ensembles import ensemble_values
from .readings import boolean_quantities, healthy_value, scale_of, value_of
from .runs import BooleanRun, Progress, boolean_marks, boolean_run, ode_run
from .verdict import THRESHOLD, VERDICT_HEADER, Verdict, direction, ensemble_verdict, sampled_verdict, verdict_row

Floats = NDArray[np.float64]
POINTS = 161
BOOLEAN_POINTS = 12
# the network moves within weeks, bone within years: the first weeks are looked at more closely
EARLY_DAYS = (3.0, 10.0, 30.0, 90.0)
REPLICATES = 16
# 97.5 % quantile of Student's t with one degree of freedom less than that
_STUDENT = 2.131
BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Outcome:
    """Whether an expectation was met in one formalism.

    Attributes
    ----------
    expectation
        What was expected.
    formalism
        Where.
    change
        What was found.
    found
        Its direction.
    """

    expectation: Expectation
    formalism: str
    change: float
    found: str

    @property
    def met(self) -> bool:
        """Whether the direction is the expected one."""
        return self.found == self.expectation.direction


@dataclass(frozen=True)
class Result:
    """Everything a run found; t times, a arms, r readouts, b Boolean marks, n nodes.

    Attributes
    ----------
    model, scenario
        What was run.
    times : float64 array, shape (t,)
        Days of the ODE courses.
    courses
        Arm to everything by name (shape (t,)), reference draw; empty without the ODE.
    band : float64 array, shape (3, a, r, t)
        5 %, 50 % and 95 % quantiles of the readouts over the ensemble; last axis 0 without one.
    marks : float64 array, shape (b,)
        Days of the Boolean courses.
    boolean : float64 array, shape (b, a, n)
        Mean activities over the second half of the stretch before each mark.
    boolean_half : float64 array, shape (b, a, n)
        Half the width of their 95 % intervals.
    mass : float64 array, shape (b, a)
        Boolean bone balance, P(formation) - P(resorption), integrated over years.
    verdicts
        Arm to readout to formalism, at the horizon against the baseline arm.
    outcomes
        The expectations.
    rejected
        Draws thrown away.
    """

    model: Model
    scenario: Scenario
    times: Floats
    courses: Mapping[str, Mapping[str, Floats]]
    band: Floats
    marks: Floats
    boolean: Floats
    boolean_half: Floats
    mass: Floats
    verdicts: Mapping[str, Mapping[str, Mapping[str, Verdict]]]
    outcomes: tuple[Outcome, ...]
    rejected: int

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return all(outcome.met for outcome in self.outcomes)

    def _repr_html_(self) -> str:
        """Show the verdicts as one table per arm in notebooks."""
        return "".join(
            f"<h4>{escape(self.scenario.arm(arm).label_en)}</h4>"
            + html_table(
                VERDICT_HEADER, [verdict_row(n, f, v) for n, both in readouts.items() for f, v in both.items()], CLASSES
            )
            for arm, readouts in self.verdicts.items()
        )

    def readouts(self) -> tuple[Readout, ...]:
        """Return the readouts of the scenario."""
        return tuple(self.model.readout(name) for name in self.scenario.readouts)

    def citations(self) -> str:
        """Return as BibTeX what was used: the software, the sources of everything done, the equations of the cells.

        Returns
        -------
        str
            BibTeX; the report and ``citations.bib`` add what the explanations of the arms rest on.
        """
        return citations(self.model, [arm.protocol for arm in self.scenario.arms])

    def course(self, arm: str, readout: str) -> Floats:
        """Return the course of a readout (any of its names) in one arm of the ODE, shape (t,)."""
        return value_of(self.model, self.model.readout(readout), "ode", self.courses[arm])


def time_grid(scenario: Scenario) -> Floats:
    """Return the days at which a run is recorded: an even grid, every switch and every expectation.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    ndarray
        Ascending, from 0 to the horizon.
    """
    switches = {t for arm in scenario.arms for t in arm.protocol.times() if t <= scenario.horizon}
    asked = {expectation.at_day for expectation in scenario.expectations}
    return np.array(sorted({*np.linspace(0.0, scenario.horizon, POINTS).tolist(), *switches, *asked}))


def simulate(model: Model, scenario: Scenario, *, seed: int | None = None, progress: Progress | None = None) -> Result:
    """Run a scenario.

    Parameters
    ----------
    model
        The model.
    scenario
        What is asked.
    seed
        Takes the place of the scenario's seed.
    progress
        Called with the number of courses of the ensemble just finished.

    Returns
    -------
    Result
        Courses, bands, verdicts and expectations; the same for the same seed.

    Raises
    ------
    SolveError
        When a run cannot be finished.
    """
    number = scenario.seed if seed is None else seed
    times = time_grid(scenario)
    courses, values, rejected = _ode(model, scenario, times, number, progress)
    run, grid = _boolean(model, scenario, number)
    means = run.sample.means if run else np.zeros((1, 0, len(scenario.arms), len(model.network.nodes)))
    return Result(
        model=model,
        scenario=scenario,
        times=times,
        courses=courses,
        band=np.quantile(values, BAND, axis=0) if values.shape[0] else np.empty((3, *values.shape[1:3], 0)),
        marks=run.marks if run else np.empty(0),
        boolean=means.mean(axis=0),
        boolean_half=_half_width(means),
        mass=_mass(model, grid, means.mean(axis=0)),
        verdicts=_verdicts(model, scenario, courses, values, means),
        outcomes=_outcomes(model, scenario, times, courses, run),
        rejected=rejected,
    )


def _ode(
    model: Model, scenario: Scenario, times: Floats, seed: int, progress: Progress | None
) -> tuple[dict[str, dict[str, Floats]], Floats, int]:
    empty = np.empty((0, len(scenario.arms), len(scenario.readouts), times.size))
    if "ode" not in scenario.formalisms:
        return {}, empty, 0
    engine = engine_of(model)
    courses = {arm.name: ode_run(model, engine.reference, arm.protocol, times) for arm in scenario.arms}
    if scenario.draws == 0:
        return courses, empty, 0
    readouts = [model.readout(name) for name in scenario.readouts]

    def read(quantities: Mapping[str, Floats]) -> Floats:
        return np.stack([np.broadcast_to(value_of(model, r, "ode", quantities), times.shape) for r in readouts])

    ensemble = engine.ensemble(scenario.draws, seed)
    protocols = [arm.protocol for arm in scenario.arms]
    return courses, ensemble_values(model, ensemble.draws, protocols, times, read, progress), ensemble.rejected


def _boolean(model: Model, scenario: Scenario, seed: int) -> tuple[BooleanRun | None, Floats]:
    if "boolean" not in scenario.formalisms:
        return None, np.empty(0)
    protocols = [arm.protocol for arm in scenario.arms]
    even = np.linspace(0.0, scenario.horizon, BOOLEAN_POINTS + 1)[1:]
    early = [day for day in EARLY_DAYS if day < 0.8 * even[0]]
    grid = [*early, *even, *(expectation.at_day for expectation in scenario.expectations)]
    marks = boolean_marks(protocols, scenario.horizon, grid)
    run = boolean_run(model, engine_of(model).reference, protocols, marks, replicates=REPLICATES, seed=seed)
    return run, np.diff(np.concatenate([[0.0], run.marks]))


def _half_width(means: Floats) -> Floats:
    """Return half the width of the 95 % interval of the mean over replicates."""
    count = means.shape[0]
    return means.std(axis=0, ddof=1) / np.sqrt(count) * _STUDENT if count > 1 else np.zeros(means.shape[1:])


def _mass(model: Model, lengths: Floats, boolean: Floats) -> Floats:
    """Integrate the Boolean bone balance over time, in years."""
    index = model.network.index
    balance = boolean[:, :, index["BoneFormation"]] - boolean[:, :, index["BoneResorption"]]
    return np.cumsum(balance * (lengths / 365.0)[:, None], axis=0)


def _verdicts(
    model: Model,
    scenario: Scenario,
    courses: Mapping[str, Mapping[str, Floats]],
    values: Floats,
    means: Floats,
) -> dict[str, dict[str, dict[str, Verdict]]]:
    reference = engine_of(model).reference
    names = [arm.name for arm in scenario.arms]
    base = names.index(scenario.baseline)
    out: dict[str, dict[str, dict[str, Verdict]]] = {}
    for a, arm in enumerate(names):
        if a == base:
            continue
        out[arm] = {name: {} for name in scenario.readouts}
        for k, name in enumerate(scenario.readouts):
            readout = model.readout(name)
            if courses:
                limit = THRESHOLD * scale_of(model, readout, "ode", reference)
                last = [_last(model, readout, courses[x]) for x in (scenario.baseline, arm)]
                drawn = values[:, :, k, -1] if values.shape[0] else np.empty((0, len(names)))
                out[arm][name]["ode"] = ensemble_verdict(last[0], last[1], drawn[:, base], drawn[:, a], limit)
            if means.shape[1]:
                limit = THRESHOLD * scale_of(model, readout, "boolean", reference)
                read = value_of(model, readout, "boolean", boolean_quantities(model, means[:, -1]))
                out[arm][name]["boolean"] = sampled_verdict(read[:, base], read[:, a], limit)
    return out


def _last(model: Model, readout: Readout, course: Mapping[str, Floats]) -> float:
    return float(np.ravel(value_of(model, readout, "ode", course))[-1])


def _outcomes(
    model: Model,
    scenario: Scenario,
    times: Floats,
    courses: Mapping[str, Mapping[str, Floats]],
    run: BooleanRun | None,
) -> tuple[Outcome, ...]:
    reference = engine_of(model).reference
    names = [arm.name for arm in scenario.arms]
    out = []
    for expected in scenario.expectations:
        readout = model.readout(expected.readout)
        for formalism in expected.formalisms:
            limit = expected.threshold * scale_of(model, readout, formalism, reference)
            if formalism == "ode":
                change = _ode_change(model, readout, expected, times, courses)
            else:
                change = _boolean_change(model, readout, expected, names, run)
            out.append(Outcome(expected, formalism, change, direction(change, limit)))
    return tuple(out)


def _ode_change(
    model: Model, readout: Readout, expected: Expectation, times: Floats, courses: Mapping[str, Mapping[str, Floats]]
) -> float:
    k = int(np.searchsorted(times, expected.at_day))
    course = value_of(model, readout, "ode", courses[expected.arm])
    if expected.against == START:
        return float(course[k] - course[0])
    return float(course[k] - value_of(model, readout, "ode", courses[expected.against])[k])


def _boolean_change(
    model: Model, readout: Readout, expected: Expectation, names: Sequence[str], run: BooleanRun | None
) -> float:
    if run is None:
        return float("nan")
    mark = int(np.searchsorted(run.marks, expected.at_day))
    means = run.sample.means[:, mark].mean(axis=0)
    read = value_of(model, readout, "boolean", boolean_quantities(model, means))
    value = float(read[names.index(expected.arm)])
    if expected.against == START:
        return value - healthy_value(model, readout, "boolean", engine_of(model).reference)
    return value - float(read[names.index(expected.against)])
