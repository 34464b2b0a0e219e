"""What was measured in women: targets of calibration and cohorts to compare with."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..ground.errors import ModelError
from ..ground.names import nearest

MEASURED = ("BMD_hip", "BMD_lumbar", "CTX", "P1NP")


@dataclass(frozen=True, slots=True)
class Regimen:
    """What is given, and to whom.

    Parameters
    ----------
    name
        In words.
    start
        Years after menopause at which it starts.
    drug
        Name of the drug; empty for the untreated course.
    dose, every, days
        mg, days between doses, and days of treatment.

    Raises
    ------
    ModelError
        When a drug has no dose, period or length, or the start lies before menopause.
    """

    name: str
    start: float
    drug: str = ""
    dose: float = 0.0
    every: float = 0.0
    days: float = 0.0

    def __post_init__(self) -> None:
        if self.drug and min(self.dose, self.every, self.days) <= 0.0:
            raise ModelError(f"regimen '{self.name}' lacks a dose, a period or a length above 0")
        if self.start < 0.0:
            raise ModelError(f"regimen '{self.name}' starts before menopause")


@dataclass(frozen=True, slots=True)
class Target:
    """One measured change.

    Parameters
    ----------
    id
        Key, such as C06.
    regimen
        Under what.
    readout
        One of ``MEASURED``.
    month
        Months after the start of the regimen (or after menopause).
    percent
        Change in percent of the value at the start.
    sigma
        Its uncertainty: spread between trials and of the mean.
    source, doi, certainty
        Where it comes from, and how sure that is (high, medium, low).

    Raises
    ------
    ModelError
        When the readout is unknown, sigma is not positive, or there is no source.
    """

    id: str
    regimen: Regimen
    readout: str
    month: float
    percent: float
    sigma: float
    source: str
    doi: str = ""
    certainty: str = ""

    def __post_init__(self) -> None:
        if self.readout not in MEASURED:
            raise ModelError(
                f"target {self.id} is of an unknown readout '{self.readout}'",
                nearest=nearest(self.readout, MEASURED),
                allowed=MEASURED,
            )
        if not (math.isfinite(self.percent) and math.isfinite(self.month) and self.sigma > 0.0):
            raise ModelError(f"target {self.id} needs finite numbers and a sigma above 0")
        if not self.source:
            raise ModelError(f"target {self.id} has no source")


@dataclass(frozen=True, slots=True)
class CohortPoint:
    """One point of a cohort of women through menopause.

    Parameters
    ----------
    cohort
        First author and year.
    site
        ``BMD_hip`` or ``BMD_lumbar``.
    menopause
        ``natural`` or ``surgical``.
    years
        Years after menopause.
    percent
        Change in percent of the value before menopause.
    sd
        Standard deviation between women in percent, NaN where it was not given.
    """

    cohort: str
    site: str
    menopause: str
    years: float
    percent: float
    sd: float
