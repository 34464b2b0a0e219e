"""What if: one intervention against a baseline, both formalisms, one verdict per readout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ScenarioError
from ..ground.markup import CLASSES, html_table
from ..nouns.assignment import parse_assignments, protocol_of
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from ..nouns.scenario import LONGEST_DAYS
from .draws import engine_of
from .ensembles import ensemble_values
from .exactly import exact_values
from .readings import boolean_quantities, scale_of, value_of
from .runs import Progress, boolean_marks, boolean_run
from .verdict import THRESHOLD, VERDICT_HEADER, Verdict, ensemble_verdict, open_readouts, sampled_verdict, verdict_row

Floats = NDArray[np.float64]
FORMALISMS = ("ode", "boolean", "both")
DEFAULT_READOUTS = ("BMD_hip", "BoneFormation", "BoneResorption", "Osteoblast", "Osteoclast", "RANKL_OPG_ratio")
DEFAULT_DAYS = 180.0
REPLICATES = 32


@dataclass(frozen=True)
class Question:
    """An intervention asked about.

    Parameters
    ----------
    do
        What is done, ``A=x & B=y``.
    baseline
        What holds with and without it.
    readouts
        What is read.
    formalism
        "ode", "boolean" or "both".
    days
        When it is read.
    draws
        Size of the ensemble; 0 for the reference alone.
    seed
        Seed of ensemble and sample.
    threshold
        Smallest change that counts, as a share of the readout's scale.

    Raises
    ------
    ScenarioError
        When nothing is done, the formalism is unknown, or a number is out of range.
    """

    do: str
    baseline: str = ""
    readouts: tuple[str, ...] = DEFAULT_READOUTS
    formalism: str = "both"
    days: float = DEFAULT_DAYS
    draws: int = 0
    seed: int = 1
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        if not self.do.strip():
            raise ScenarioError("nothing is done", cure="Give at least one NAME=VALUE.")
        if self.formalism not in FORMALISMS:
            raise ScenarioError(f"unknown formalism '{self.formalism}'", allowed=FORMALISMS)
        if not 0.0 < self.days <= LONGEST_DAYS:
            raise ScenarioError(f"a change cannot be read at day {self.days:g}", allowed=["above 0 to 100 years"])
        if self.draws < 0 or not self.threshold > 0.0:
            raise ScenarioError("draws must be 0 or more and the threshold above 0")
        if not self.readouts:
            raise ScenarioError("no readout is asked for")

    def check(self, model: Model) -> Protocol:
        """Refuse unknown names, doses and times before anything is computed.

        Parameters
        ----------
        model
            The model that knows the names.

        Returns
        -------
        Protocol
            What is done, baseline and intervention together.

        Raises
        ------
        RemodelsimError
            As `ask`.
        """
        for name in self.readouts:
            model.readout(name)
        without = protocol_of(model, self.baseline, where="baseline", circumstance=True)
        return without.override(protocol_of(model, self.do, where="do"))

    @property
    def formalisms(self) -> tuple[str, ...]:
        """The formalisms to run."""
        return ("ode", "boolean") if self.formalism == "both" else (self.formalism,)


@dataclass(frozen=True)
class Answer:
    """Verdicts of a question.

    Attributes
    ----------
    question
        What was asked.
    verdicts
        Readout to formalism to verdict.
    rejected
        Draws thrown away because their healthy state was unstable.
    labels
        Readout to its English and Chinese label.
    """

    question: Question
    verdicts: Mapping[str, Mapping[str, Verdict]]
    rejected: int
    labels: Mapping[str, tuple[str, str]]

    def rows(self) -> list[list[str]]:
        """Return the rows of the verdict table, one per readout and formalism."""
        return [verdict_row(n, f, verdict) for n, both in self.verdicts.items() for f, verdict in both.items()]

    def _repr_html_(self) -> str:
        """Show the answer as a table in notebooks."""
        return html_table(VERDICT_HEADER, self.rows(), CLASSES)

    def as_dict(self) -> dict[str, object]:
        """Return the answer in the form of ``whatif --json``.

        Returns
        -------
        dict
            baseline, do, days, and readouts by name and formalism.
        """
        return {
            "baseline": self.question.baseline,
            "do": self.question.do,
            "days": self.question.days,
            "rejected_draws": self.rejected,
            "open": list(open_readouts(self.verdicts)),
            "readouts": {
                name: {formalism: verdict.as_dict() for formalism, verdict in both.items()}
                for name, both in self.verdicts.items()
            },
        }


def ask(model: Model, question: Question, progress: Progress | None = None) -> Answer:
    """Answer a question.

    Parameters
    ----------
    model
        The model.
    question
        What is asked.
    progress
        Called with the number of courses of the ensemble just finished.

    Returns
    -------
    Answer
        One verdict per readout and formalism.

    Raises
    ------
    UnknownNameError
        When a name is unknown.
    UnitError
        When a dose has no unit or a wrong one.
    ScenarioError
        When the question contradicts itself.
    SolveError
        When a run cannot be finished.
    """
    readouts = [model.readout(name) for name in question.readouts]
    without = protocol_of(model, question.baseline, where="baseline", circumstance=True)
    with_ = without.override(protocol_of(model, question.do, where="do"))
    days = day_of(question)
    verdicts: dict[str, dict[str, Verdict]] = {readout.name: {} for readout in readouts}
    rejected = 0
    if "ode" in question.formalisms:
        found, rejected = _ode(model, question, readouts, (without, with_), days, progress)
        for readout, verdict in zip(readouts, found, strict=True):
            verdicts[readout.name]["ode"] = verdict
    if "boolean" in question.formalisms:
        for readout, verdict in zip(readouts, _boolean(model, question, readouts, (without, with_), days), strict=True):
            verdicts[readout.name]["boolean"] = verdict
    labels = {readout.name: (readout.label_en, readout.label_zh) for readout in readouts}
    return Answer(question, verdicts, rejected, labels)


def day_of(question: Question) -> float:
    """Return the day of reading: that of the last ``@time`` in the question, else its days.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    float
        The day.
    """
    marked = [a.at_day for text in (question.baseline, question.do) for a in parse_assignments(text)]
    told = [day for day in marked if day is not None]
    return told[-1] if told else question.days


def _ode(
    model: Model,
    question: Question,
    readouts: Sequence[Readout],
    arms: tuple[Protocol, Protocol],
    days: float,
    progress: Progress | None,
) -> tuple[list[Verdict], int]:
    engine = engine_of(model)
    times = np.array([0.0, days])

    def read(quantities: Mapping[str, Floats]) -> Floats:
        return np.stack([np.broadcast_to(value_of(model, r, "ode", quantities), times.shape) for r in readouts])

    ensemble = engine.ensemble(question.draws, question.seed)
    every = ensemble_values(model, (engine.reference, *ensemble.draws), arms, times, read, progress)[..., -1]
    reference, values = every[0], every[1:]
    out = []
    for k, readout in enumerate(readouts):
        limit = question.threshold * scale_of(model, readout, "ode", engine.reference)
        out.append(
            ensemble_verdict(float(reference[0][k]), float(reference[1][k]), values[:, 0, k], values[:, 1, k], limit)
        )
    return out, ensemble.rejected


def _boolean(
    model: Model, question: Question, readouts: Sequence[Readout], arms: tuple[Protocol, Protocol], days: float
) -> list[Verdict]:
    draw = engine_of(model).reference
    values = [exact_values(model, draw, readout, arms, days) for readout in readouts]
    if any(exact is None for exact in values):
        marks = boolean_marks(arms, days)
        run = boolean_run(model, draw, arms, marks, replicates=REPLICATES, seed=question.seed)
        quantities = boolean_quantities(model, run.last_means())
    out = []
    for readout, exact in zip(readouts, values, strict=True):
        limit = question.threshold * scale_of(model, readout, "boolean", draw)
        found = exact[None] if exact is not None else _sampled(model, readout, quantities)
        out.append(sampled_verdict(found[:, 0], found[:, 1], limit))
    return out


def _sampled(model: Model, readout: Readout, quantities: Mapping[str, Floats]) -> Floats:
    return np.broadcast_to(value_of(model, readout, "boolean", quantities), (REPLICATES, 2))
