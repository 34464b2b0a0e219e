"""Scenarios: one question, its arms, its readouts, and what is expected."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ..ground.errors import ScenarioError
from ..ground.names import nearest
from .intervention import Protocol

FORMALISMS = ("ode", "boolean", "both")
DIRECTIONS = ("up", "down", "same")
START = "start"
_ARM = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_DAYS = 100 * 365.0


@dataclass(frozen=True, slots=True)
class Arm:
    """One course of action.

    Parameters
    ----------
    name, label_en, label_zh
        What it is called.
    protocol
        What is done, the scenario's background included.

    Raises
    ------
    ScenarioError
        When the name cannot be a column or file name.
    """

    name: str
    label_en: str
    label_zh: str
    protocol: Protocol

    def __post_init__(self) -> None:
        if _ARM.fullmatch(self.name) is None or self.name == START:
            raise ScenarioError(
                f"'{self.name}' is not a name for an arm", cure="Use letters, digits and underscores; not 'start'."
            )


@dataclass(frozen=True, slots=True)
class Expectation:
    """A direction that a run must show.

    Parameters
    ----------
    arm
        The arm that is read.
    against
        The arm it is compared with, or ``start`` for its own healthy start.
    readout
        What is read (canonical name).
    direction
        "up", "down" or "same".
    at_day
        When.
    formalisms
        In which formalisms.
    threshold
        Smallest change that counts, as a share of the readout's scale.
    where
        Its place in the file.

    Raises
    ------
    ScenarioError
        When the direction is unknown or the time negative.
    """

    arm: str
    against: str
    readout: str
    direction: str
    at_day: float
    formalisms: tuple[str, ...]
    threshold: float = 0.01
    where: str = ""

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ScenarioError(f"'{self.direction}' is no direction", where=self.where, allowed=DIRECTIONS)
        if not self.at_day > 0.0:
            raise ScenarioError(f"nothing can be expected at day {self.at_day:g}", where=self.where)
        if not 0.0 < self.threshold < 1.0:
            raise ScenarioError(
                f"a threshold of {self.threshold:g} makes no sense", where=self.where, allowed=["0 to 1"]
            )


@dataclass(frozen=True)
class Scenario:
    """A question with everything needed to answer it.

    Parameters
    ----------
    name
        Name, as of the file.
    title_en, title_zh, question_en, question_zh
        What is asked, in both languages.
    horizon
        Last day.
    arms
        What is compared; the order is that of figures and tables.
    baseline
        The arm that the others are compared with.
    readouts
        Canonical names of what is read.
    expectations
        What must come out.
    formalism
        "ode", "boolean" or "both".
    draws
        Size of the ensemble.
    seed
        Seed of ensemble and sample.

    Raises
    ------
    ScenarioError
        When an arm stands twice, an expectation names an unknown arm or a time after the horizon, or a number is out of
        range.
    """

    name: str
    title_en: str
    title_zh: str
    question_en: str
    question_zh: str
    horizon: float
    arms: tuple[Arm, ...]
    baseline: str
    readouts: tuple[str, ...]
    expectations: tuple[Expectation, ...] = ()
    formalism: str = "both"
    draws: int = 40
    seed: int = 1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.horizon) and 0.0 < self.horizon <= LONGEST_DAYS):
            raise ScenarioError(f"a horizon of {self.horizon:g} days makes no sense", allowed=["above 0 to 100 y"])
        if not self.arms or not self.readouts:
            raise ScenarioError("a scenario needs at least one arm and one readout")
        if self.formalism not in FORMALISMS:
            raise ScenarioError(f"unknown formalism '{self.formalism}'", allowed=FORMALISMS)
        if not 0 <= self.draws <= 100_000:
            raise ScenarioError(f"{self.draws} draws make no sense", allowed=["0 to 100000"])
        if self.seed < 0:
            raise ScenarioError(f"a seed of {self.seed} makes no sense", allowed=["0 and above"])
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise ScenarioError("two arms share a name")
        self._check_arm(self.baseline, "")
        for expectation in self.expectations:
            self._check_arm(expectation.arm, expectation.where)
            if expectation.against != START:
                self._check_arm(expectation.against, expectation.where)
            if expectation.at_day > self.horizon:
                raise ScenarioError(
                    f"day {expectation.at_day:g} lies after the horizon of {self.horizon:g} days",
                    where=expectation.where,
                )

    def _check_arm(self, name: str, where: str) -> None:
        names = [arm.name for arm in self.arms]
        if name not in names:
            raise ScenarioError(f"unknown arm '{name}'", where=where, nearest=nearest(name, names), allowed=names)

    @property
    def formalisms(self) -> tuple[str, ...]:
        """The formalisms to run."""
        return ("ode", "boolean") if self.formalism == "both" else (self.formalism,)

    def arm(self, name: str) -> Arm:
        """Return the arm of this exact name (KeyError when there is none)."""
        return {arm.name: arm for arm in self.arms}[name]
