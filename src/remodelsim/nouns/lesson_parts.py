"""Parts of lessons: texts in two languages, controls, charts, tasks to predict, try and explain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..ground.errors import ScenarioError
from ..ground.names import nearest
from .intervention import Action, Dosing

KINDS = ("switch", "dose", "level", "choice")
DIRECTIONS = ("up", "down", "same")
MOST_CURVES, MOST_ANSWERS = 3, 4
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Text:
    """What people read, in both languages.

    Parameters
    ----------
    en, zh
        English and Chinese.

    Raises
    ------
    ScenarioError
        When one is empty.
    """

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ScenarioError("a text is empty", cure="Write it in English and in Chinese.")


@dataclass(frozen=True, slots=True)
class Option:
    """One position of a control.

    Parameters
    ----------
    key
        How lessons and links name it: ``on``, ``off``, a number, or the name of a choice.
    label
        What people read, for choices; None where the key says it.
    actions
        What is done.
    """

    key: str
    label: Text | None
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """Something that a student can change: a list of positions.

    Parameters
    ----------
    name
        How the lesson names it.
    kind
        "switch", "dose", "level" or "choice".
    label
        What people read.
    options
        Its positions, in their order.
    first
        Position at the start.
    unit
        Of the dose; empty for others.
    advanced
        Whether it stands behind "advanced".
    note
        A hint, or None.

    Raises
    ------
    ScenarioError
        When it has fewer than two positions, two of one name, or a name that cannot stand in a link.
    """

    name: str
    kind: str
    label: Text
    options: tuple[Option, ...]
    first: int = 0
    unit: str = ""
    advanced: bool = False
    note: Text | None = None

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise ScenarioError(f"'{self.name}' is not a name for a control", cure="Use letters, digits, underscores.")
        keys = [option.key for option in self.options]
        if len(keys) < 2:
            raise ScenarioError(f"control '{self.name}' has nothing to choose from", allowed=["two or more positions"])
        doubled = next((key for key in keys if keys.count(key) > 1), None)
        if doubled is not None:
            raise ScenarioError(f"control '{self.name}' has the position '{doubled}' twice")

    def position(self, key: str) -> int:
        """Return the position that a key names.

        Raises
        ------
        ScenarioError
            When there is none.
        """
        keys = [option.key for option in self.options]
        if key not in keys:
            raise ScenarioError(
                f"control '{self.name}' has no position '{key}'", nearest=nearest(key, keys), allowed=keys
            )
        return keys.index(key)

    def subjects(self) -> frozenset[str]:
        """Return the nodes and compounds that it sets."""
        return frozenset(subject for option in self.options for subject in map(subject_of, option.actions))


def subject_of(action: Action) -> str:
    """Return the node or compound that an action sets."""
    return action.compound if isinstance(action, Dosing) else action.node


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to choose from.

    Parameters
    ----------
    text
        The answer.
    because
        What is told to the one who chose it.
    right
        Whether it is right.
    """

    text: Text
    because: Text
    right: bool


@dataclass(frozen=True)
class Task:
    """Predict, try, explain.

    Parameters
    ----------
    title
        A few words.
    predict
        The question that is asked before.
    readout, at_day
        What is predicted, and when it is read.
    expected
        Direction that the model shows, "up", "down" or "same", against `before`.
    before
        Positions at the start of the task, by control.
    attempt
        What to do.
    by
        Positions that reach the goal.
    goal
        Positions that count, by control.
    shows
        Directions of further readouts that the goal needs, against `before`.
    explain
        The question that is asked after.
    answers
        What can be answered.
    where
        Its place in the file.

    Raises
    ------
    ScenarioError
        When a direction is unknown, not exactly one answer is right, `by` misses the goal, or nothing is done.
    """

    title: Text
    predict: Text
    readout: str
    at_day: float
    expected: str
    before: Mapping[str, int]
    attempt: Text
    by: Mapping[str, int]
    goal: Mapping[str, frozenset[int]]
    shows: Mapping[str, str]
    explain: Text
    answers: tuple[Answer, ...]
    where: str = ""

    def __post_init__(self) -> None:
        for direction in (self.expected, *self.shows.values()):
            if direction not in DIRECTIONS:
                raise ScenarioError(f"'{direction}' is no direction", where=self.where, allowed=DIRECTIONS)
        right = sum(answer.right for answer in self.answers)
        if right != 1 or not 2 <= len(self.answers) <= MOST_ANSWERS:
            raise ScenarioError(
                f"a task has {len(self.answers)} answers, {right} of them right",
                where=self.where,
                allowed=[f"2 to {MOST_ANSWERS} answers, one of them 'right: true'"],
            )
        if dict(self.by) == {name: self.before.get(name) for name in self.by}:
            raise ScenarioError(
                "the task is done before it begins", where=self.where, cure="Let 'by' differ from 'before'."
            )
        missed = next((name for name, good in self.goal.items() if self.by.get(name) not in good), None)
        if missed is not None:
            raise ScenarioError(
                f"'by' does not reach the goal: control '{missed}'",
                where=self.where,
                cure="Let 'goal' hold what 'by' sets.",
            )


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over time.

    Parameters
    ----------
    title
        What people read.
    readouts
        Readouts or nodes.

    Raises
    ------
    ScenarioError
        When it has no curve, or more than can be told apart.
    """

    title: Text
    readouts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.readouts) <= MOST_CURVES:
            raise ScenarioError(f"a chart of {len(self.readouts)} curves", allowed=[f"1 to {MOST_CURVES}"])


@dataclass(frozen=True, slots=True)
class Preset:
    """Circumstances to start from.

    Parameters
    ----------
    name
        How links name it.
    label
        What people read.
    settings
        Positions that differ from the start, by control.
    """

    name: str
    label: Text
    settings: Mapping[str, int]
