"""Interventions: clamps, doses and courses with a start and a stop, and the protocol they make."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..ground.errors import ScenarioError
from ..ground.units import Amount

FOREVER = math.inf


@dataclass(frozen=True, slots=True)
class Span:
    """When something acts.

    Parameters
    ----------
    start, stop
        Days; the action holds from `start` (included) to `stop` (not included).

    Raises
    ------
    ScenarioError
        When the start is negative or the stop is not after it.
    """

    start: float = 0.0
    stop: float = FOREVER

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start) and self.start >= 0.0):
            raise ScenarioError(f"an action cannot start at day {self.start:g}", allowed=["day 0 or later"])
        if not self.stop > self.start:
            raise ScenarioError(f"an action that starts at day {self.start:g} cannot stop at day {self.stop:g}")

    def overlaps(self, other: Span) -> bool:
        """Tell whether both hold at some time."""
        return self.start < other.stop and other.start < self.stop


@dataclass(frozen=True, slots=True)
class Clamp:
    """A node held at an activity (1 switched on, 0 knocked out).

    Parameters
    ----------
    node
        Name of the node.
    level
        Activity in [0, 1].
    span
        When.
    yields
        Whether compounds that act on the node itself still move it, as they do a circumstance (``MSC_senescent=high``
        before a senolytic): the rules are silent, G' = level, and the effects of compounds come on top.

    Raises
    ------
    ScenarioError
        When the level is outside [0, 1].
    """

    node: str
    level: float
    span: Span = Span()
    yields: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.level <= 1.0:
            raise ScenarioError(
                f"{self.node} cannot be held at {self.level:g}", allowed=["0 to 1", "on", "off", "high", "low"]
            )


@dataclass(frozen=True, slots=True)
class Dosing:
    """A compound given at a dose.

    Parameters
    ----------
    compound
        Name of the compound.
    amount
        Dose, as given each time.
    span
        From the first dose to washout.
    every_d
        Days between doses; 0 for the labelled interval, or for steady intake.

    Raises
    ------
    ScenarioError
        When the interval is negative.
    """

    compound: str
    amount: Amount
    span: Span = Span()
    every_d: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.every_d) and self.every_d >= 0.0):
            raise ScenarioError(
                f"{self.compound} cannot be given every {self.every_d:g} days", allowed=["above 0 days"]
            )


@dataclass(frozen=True, slots=True)
class Course:
    """An input that follows a course of its own, such as estrogen after menopause.

    Parameters
    ----------
    node
        Name of the input.
    course
        Name of the course.
    span
        When it sets in.
    """

    node: str
    course: str
    span: Span = Span()


Action = Clamp | Dosing | Course


@dataclass(frozen=True)
class Protocol:
    """Everything that is done in one arm.

    Parameters
    ----------
    actions
        Clamps, doses and courses.

    Raises
    ------
    ScenarioError
        When two clamps or courses hold one node, or one compound is dosed twice, at the same time.

    Examples
    --------
    >>> Protocol((Clamp("RANKL", 0.0),)).override(Protocol((Clamp("RANKL", 1.0),))).actions
    (Clamp(node='RANKL', level=1.0, span=Span(start=0.0, stop=inf)),)
    """

    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        for i, action in enumerate(self.actions):
            for other in self.actions[:i]:
                if _subject(action) == _subject(other) and action.span.overlaps(other.span):
                    raise ScenarioError(
                        f"{_subject(action)[1]} is set twice at the same time",
                        cure="Give each setting a time of its own.",
                    )

    def __iter__(self) -> Iterator[Action]:
        return iter(self.actions)

    def override(self, later: Protocol) -> Protocol:
        """Return both protocols together; where both set the same thing at one time, `later` wins.

        Parameters
        ----------
        later
            The protocol that wins.

        Returns
        -------
        Protocol
            The combination.
        """
        kept: list[Action] = []
        for action in self.actions:
            pieces = [action]
            for winner in later.actions:
                if _subject(winner) == _subject(action):
                    pieces = [left for piece in pieces for left in _without(piece, winner.span)]
            kept.extend(pieces)
        return Protocol((*kept, *later.actions))

    def times(self) -> tuple[float, ...]:
        """Return the finite days at which something starts or stops, in order."""
        marks = {t for a in self.actions for t in (a.span.start, a.span.stop) if math.isfinite(t)}
        return tuple(sorted(marks))


def _subject(action: Action) -> tuple[str, str]:
    if isinstance(action, Dosing):
        return ("compound", action.compound)
    return ("node", action.node)


def _without(action: Action, span: Span) -> list[Action]:
    """Cut `span` out of the time of `action`."""
    if not action.span.overlaps(span):
        return [action]
    pieces: list[Action] = []
    if action.span.start < span.start:
        pieces.append(replace(action, span=Span(action.span.start, span.start)))
    if span.stop < action.span.stop:
        pieces.append(replace(action, span=Span(span.stop, action.span.stop)))
    return pieces
