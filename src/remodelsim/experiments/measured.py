"""What was measured in women under what an arm does, on the scale of its bone courses; and unstudied doses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..files.clinical_file import read_cohorts, read_targets
from ..ground.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from ..nouns.clinical import CohortPoint, Target
from ..nouns.intervention import Clamp, Course, Dosing, Protocol
from ..nouns.model import Model
from .simulate import Result

SITES = {"BMD_hip": "bmd_hip", "BMD_lumbar": "bmd_lumbar"}
_A_MONTH = 31.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured point beside a course.

    Parameters
    ----------
    arm
        The arm.
    quantity
        ``bmd_hip`` or ``bmd_lumbar``.
    day
        Day of the scenario.
    value
        As a multiple of the start of the scenario.
    sigma
        Its uncertainty; nan for a cohort.
    source
        Who measured it.
    """

    arm: str
    quantity: str
    day: float
    value: float
    sigma: float
    source: str


@cache
def _tables() -> tuple[tuple[CohortPoint, ...], tuple[Target, ...]]:
    return read_cohorts(), read_targets()


def measured_points(result: Result) -> tuple[Measured, ...]:
    """Return what trials and cohorts measured under what the arms of a run do.

    Cohorts stand beside arms that only lose estrogen (a course of menopause, or none at all from some day on), trials
    beside arms that are given the labelled drug for as long as in the trial.

    Parameters
    ----------
    result
        A run of the ODE.

    Returns
    -------
    tuple of Measured
        Within the horizon, in the order of the arms.
    """
    out: list[Measured] = []
    for arm in result.scenario.arms:
        if arm.name in result.courses:
            out += _cohort_points(arm.name, arm.protocol)
            out += _trial_points(result, arm.name, arm.protocol)
    return tuple(point for point in out if 0.0 <= point.day <= result.scenario.horizon)


def _cohort_points(arm: str, protocol: Protocol) -> list[Measured]:
    """Return cohorts for an arm that does nothing but lose estrogen."""
    if len(protocol.actions) != 1:
        return []
    (action,) = protocol.actions
    if isinstance(action, Course) and action.course == "menopause":
        kind = "natural"
    elif isinstance(action, Clamp) and action.node == "Estrogen" and action.level == 0.0:
        kind = "surgical"
    else:
        return []
    start = action.span.start
    return [
        Measured(arm, SITES[p.site], start + p.years * DAYS_PER_YEAR, 1.0 + p.percent / 100.0, np.nan, p.cohort)
        for p in _tables()[0]
        if p.menopause == kind
    ]


def _trial_points(result: Result, arm: str, protocol: Protocol) -> list[Measured]:
    """Return trials for an arm that is given a drug as they gave it: first of its drugs, and until the next."""
    out = []
    given = [action for action in protocol if isinstance(action, Dosing)]
    for action in given:
        others = [a.span.start for a in given if a is not action and result.model.compounds[a.compound].pharmacology]
        if any(start < action.span.stop for start in others):
            continue
        for target in _tables()[1]:
            if target.readout in SITES and _same_treatment(action, target):
                quantity = SITES[target.readout]
                start = float(np.interp(action.span.start, result.times, result.courses[arm][quantity]))
                day = action.span.start + target.month * DAYS_PER_MONTH
                if any(start < day for start in others):
                    continue
                value, sigma = start * (1.0 + target.percent / 100.0), start * target.sigma / 100.0
                out.append(Measured(arm, quantity, day, value, sigma, target.source))
    return out


def _same_treatment(action: Dosing, target: Target) -> bool:
    regimen = target.regimen
    if regimen.drug != action.compound.lower() or abs(action.amount.value - regimen.dose) > 1e-6 * regimen.dose:
        return False
    month_end = target.month * DAYS_PER_MONTH
    length = action.span.stop - action.span.start
    return abs(length - regimen.days) <= _A_MONTH or (month_end <= regimen.days and length >= month_end - _A_MONTH)


def cautions(model: Model, protocols: Iterable[Protocol]) -> tuple[str, ...]:
    """Return a sentence for every dose outside of what sources or labels report.

    Parameters
    ----------
    model
        The model.
    protocols
        What is done.

    Returns
    -------
    tuple of str
        Each sentence once.
    """
    out: dict[str, None] = {}
    for protocol in protocols:
        for action in protocol:
            if not isinstance(action, Dosing) or action.amount.value == 0.0:
                continue
            reported = model.compounds[action.compound].doses.get(action.amount.unit)
            if reported is not None and not reported.low <= action.amount.value <= reported.high:
                span = f"{reported.low:g} to {reported.high:g} {action.amount.unit}"
                out[f"{action.compound} {action.amount} is outside of what was studied ({span})"] = None
    return tuple(out)
