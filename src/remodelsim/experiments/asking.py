"""From questions to runs: what each of them does, which readouts it reads, and what the model does not carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..ground.names import nearest
from ..nouns.dispute import Dispute, Reading
from ..nouns.holding import Gap, NotRepresentedError, gaps_in, protocol_for, readout_for
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.question import ANY, OpenQuestion, Phase
from ..nouns.readout import CELL_QUANTITIES, Readout
from ..nouns.variant import read_as


@dataclass(frozen=True)
class Comparison:
    """Two protocols and what is read of both.

    Attributes
    ----------
    model
        The model under the reading that is asked for.
    without, with_
        The two arms.
    readout
        What is read.
    expected
        "up", "down" or "same".
    days
        When the arm without and the arm with the intervention are read.
    """

    model: Model
    without: Protocol
    with_: Protocol
    readout: Readout
    expected: str
    days: tuple[float, float]


@dataclass(frozen=True)
class Asked:
    """A question made ready to run.

    Attributes
    ----------
    question
        The question.
    comparisons
        Per expectation, one comparison for every reading that must agree; empty when something is missing.
    gaps
        What the model does not carry.
    """

    question: OpenQuestion
    comparisons: tuple[tuple[Comparison, ...], ...]
    gaps: tuple[Gap, ...] = ()


class Readings:
    """The model under every reading, each made once.

    Parameters
    ----------
    model
        The model.
    disputes
        Where sources disagree.
    drawn
        Whether the models are to be drawn from: then a reading that a question names is no longer open in its model.
    """

    def __init__(self, model: Model, disputes: Sequence[Dispute], *, drawn: bool = False) -> None:
        self.model = model
        self._drawn = drawn
        self._readings: Mapping[str, Reading] = {r.name: r for d in disputes for r in d.readings}
        self._made: dict[str, Model] = {}

    @property
    def names(self) -> Mapping[str, Reading]:
        """The readings of all disputes, by name."""
        return self._readings

    def under(self, variant: str, where: str = "") -> tuple[Model, ...]:
        """Return the models in which a question must hold.

        Parameters
        ----------
        variant
            Name of a reading, "any" for all of them, empty for the usual ones.
        where
            Place of the word, used in messages.

        Returns
        -------
        tuple of Model
            One, or one per reading.

        Raises
        ------
        NotRepresentedError
            When no dispute has such a reading.
        """
        if not variant:
            return (self.model,)
        if variant == ANY:
            return tuple({id(m): m for m in map(self._under, self._readings)}.values()) or (self.model,)
        if variant not in self._readings:
            raise NotRepresentedError(Gap("variant", variant, nearest(variant, self._readings) or "", where))
        return (self._under(variant),)

    def _under(self, name: str) -> Model:
        if name not in self._made:
            reading = self._readings[name]
            held = self._drawn or not reading.is_usual
            self._made[name] = read_as(self.model, [reading]) if held else self.model
        return self._made[name]


def ready(
    model: Model,
    questions: Iterable[OpenQuestion],
    disputes: Sequence[Dispute],
    *,
    drawn: bool = False,
) -> tuple[Asked, ...]:
    """Make questions ready to run.

    Parameters
    ----------
    model
        The model.
    questions
        What is asked.
    disputes
        Where sources disagree.
    drawn
        Whether the models are to be drawn from: then a reading that a question names is no longer open in its model.

    Returns
    -------
    tuple of Asked
        In the order of the questions.

    Raises
    ------
    ScenarioError
        When a value does not fit what a name is, or a question contradicts itself; says where.
    UnitError
        When a dose has no unit or an unknown one.
    """
    readings = Readings(model, disputes, drawn=drawn)
    return tuple(_ready(readings, question) for question in questions)


def _ready(readings: Readings, question: OpenQuestion) -> Asked:
    model, cell = readings.model, question.cell
    gaps = gaps_in(model, question, readings.names)
    if gaps:
        return Asked(question, (), gaps)
    done = protocol_for(model, question.do, cell)
    arms = (
        protocol_for(model, question.baseline, cell, circumstance=True),
        protocol_for(model, question.kept, cell, circumstance=True).override(done),
    )
    comparisons = []
    for expected in question.expect:
        readout = readout_for(model, expected.readout, cell, where=expected.where)
        days = days_of(model, readout, question.phases)
        under = readings.under(question.variant, question.where)
        comparisons.append(tuple(Comparison(m, *arms, readout, expected.direction, days) for m in under))
    return Asked(question, tuple(comparisons))


def days_of(model: Model, readout: Readout, phases: tuple[Phase, Phase]) -> tuple[float, float]:
    """Return the days on which a readout is read in the two arms.

    Parameters
    ----------
    model
        The model, for the kinds of nodes.
    readout
        What is read.
    phases
        When, in words.

    Returns
    -------
    tuple of float
        Days, of bone where the readout rests on bone, else of signals and cells.
    """
    without, with_ = phases
    if rests_on_bone(model, readout):
        return without.bone_day, with_.bone_day
    return without.day, with_.day


def rests_on_bone(model: Model, readout: Readout) -> bool:
    """Tell whether a readout is made of bone, directly or through other readouts."""
    for name in readout.ode.names:
        if name in CELL_QUANTITIES:
            return True
        if name in model.network.index:
            if model.network.node(name).kind == "outcome":
                return True
        elif rests_on_bone(model, model.readouts[name]):
            return True
    return False
