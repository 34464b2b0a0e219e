"""Assignments: ``NODE=LEVEL[@TIME]`` in a command, a claim or a scenario, and the actions they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..ground.errors import ScenarioError, UnitError
from ..ground.units import Amount, is_quantity, parse_amount, parse_days
from .intervention import Action, Clamp, Course, Dosing, Protocol, Span
from .model import Model

WORDS = ("on", "off", "high", "low")
# part of the way from the healthy level to the end of the scale that "high" and "low" go
PART_OF_THE_WAY = 0.75


@dataclass(frozen=True, slots=True)
class Assignment:
    """One ``NAME=VALUE`` as it was written.

    Parameters
    ----------
    name
        Node, compound or background, in any spelling.
    value
        ``on``, ``off``, ``high``, ``low``, an activity between 0 and 1, or a dose with its unit.
    at_day
        When the readout is taken, in days, if the text says so (``@48h``); None otherwise.
    where
        Its place, for messages.
    """

    name: str
    value: str
    at_day: float | None = None
    where: str = ""


def parse_assignments(text: str, *, where: str = "") -> tuple[Assignment, ...]:
    """Read assignments joined by ``&``.

    Parameters
    ----------
    text
        Such as ``Estrogen=off & Quercetin=10uM@48h``; may be empty.
    where
        Place of the text, used in messages.

    Returns
    -------
    tuple of Assignment
        In the order of the text.

    Raises
    ------
    ScenarioError
        When a part is not ``NAME=VALUE``.
    UnitError
        When the time after ``@`` is no time.

    Examples
    --------
    >>> [(a.name, a.value) for a in parse_assignments("Estrogen=off & RANKL=on")]
    [('Estrogen', 'off'), ('RANKL', 'on')]
    """
    out = []
    for part in text.split("&") if text.strip() else ():
        name, equals, rest = (piece.strip() for piece in part.partition("="))
        value, at, phase = (piece.strip() for piece in rest.partition("@"))
        if not equals or not name or not value:
            raise ScenarioError(
                f"'{part.strip()}' is not an assignment", where=where, cure="Write NAME=VALUE, such as Estrogen=off."
            )
        out.append(Assignment(name, value, parse_days(phase, where=where) if at else None, where))
    return tuple(out)


def actions_of(
    model: Model, assignment: Assignment, span: Span | None = None, every_d: float = 0.0
) -> tuple[Action, ...]:
    """Turn an assignment into what is done.

    A dose with a unit is given of a compound. ``on`` sets a background, else doses a compound as usual, else switches a
    node on; ``off`` knocks a node out where there is one, else leaves the compound away.

    Parameters
    ----------
    model
        The model that knows the names.
    assignment
        What was written.
    span
        When it holds; from day 0 on by default.
    every_d
        Days between doses, for drugs.

    Returns
    -------
    tuple of Action
        Clamps, doses and courses.

    Raises
    ------
    UnknownNameError
        When nothing bears the name.
    UnitError
        When a dose has no unit or one of another kind.
    ScenarioError
        When the value does not fit what the name is.
    """
    span = span or Span()
    kinds = model.subject(assignment.name, where=assignment.where)
    value = assignment.value.lower()
    if value in WORDS:
        return _by_word(model, assignment, kinds, value, span, every_d)
    if is_quantity(assignment.value):
        return _by_number(model, assignment, kinds, span, every_d)
    raise ScenarioError(
        f"'{assignment.value}' is no value for {assignment.name}",
        where=assignment.where,
        allowed=[*WORDS, "an activity from 0 to 1", "a dose with its unit"],
    )


def protocol_of(model: Model, text: str, *, where: str = "", circumstance: bool = False) -> Protocol:
    """Turn ``A=x & B=y`` into a protocol that holds from day 0 on.

    Parameters
    ----------
    model
        The model that knows the names.
    text
        Assignments joined by ``&``; may be empty.
    where
        Place of the text, used in messages.
    circumstance
        Whether this is a baseline: what stands ``high`` or ``low`` there yields to compounds that act on it.

    Returns
    -------
    Protocol
        What is done.

    Raises
    ------
    ScenarioError
        When a part is no assignment, a value does not fit, or one thing is set twice.
    UnknownNameError
        When nothing bears a name.
    UnitError
        When a dose has no unit or one of another kind.
    """
    actions: list[Action] = []
    for assignment in parse_assignments(text, where=where):
        actions.extend(as_circumstance(actions_of(model, assignment), assignment.value if circumstance else ""))
    try:
        return Protocol(tuple(actions))
    except ScenarioError as error:
        raise error.at(where) from None


def as_circumstance(actions: Iterable[Action], word: str) -> tuple[Action, ...]:
    """Let what stands ``high`` or ``low`` yield to compounds that act on it; leave alone what stands otherwise.

    Parameters
    ----------
    actions
        What one assignment of a baseline does.
    word
        The value of the assignment.

    Returns
    -------
    tuple of Action
        The same actions; clamps yield where the word is a degree.
    """
    degree = word.lower() in {"high", "low"}
    return tuple(replace(a, yields=True) if degree and isinstance(a, Clamp) else a for a in actions)


def _by_word(
    model: Model, assignment: Assignment, kinds: tuple[str, ...], word: str, span: Span, every_d: float
) -> tuple[Action, ...]:
    if word == "on" and kinds[0] == "background":
        background = model.backgrounds[model.find("background", assignment.name)]
        clamps = tuple(Clamp(node, level, span) for node, level in background.levels.items())
        return (*clamps, *(Course(node, course, span) for node, course in background.courses.items()))
    if "compound" in kinds and word == "on":
        compound = model.compounds[model.find("compound", assignment.name)]
        return (Dosing(compound.name, compound.default_dose, span, every_d),)
    if "node" in kinds:
        name = model.find("node", assignment.name)
        return (Clamp(name, level_of(word, model.network.node(name).level), span),)
    if "compound" in kinds and word == "off":
        compound = model.compounds[model.find("compound", assignment.name)]
        return (Dosing(compound.name, Amount(0.0, compound.default_dose.unit), span, every_d),)
    if word == "off":
        background = model.backgrounds[model.find("background", assignment.name)]
        nodes = (*background.levels, *background.courses)
        return tuple(Clamp(node, model.network.node(node).level, span) for node in nodes)
    raise ScenarioError(f"{assignment.name} can only be on or off", where=assignment.where)


def _by_number(
    model: Model, assignment: Assignment, kinds: tuple[str, ...], span: Span, every_d: float
) -> tuple[Action, ...]:
    plain = assignment.value.replace(".", "", 1).replace("-", "").replace("+", "").replace("e", "").isdigit()
    if "compound" in kinds and not (plain and "node" in kinds):
        compound = model.compounds[model.find("compound", assignment.name)]
        amount = parse_amount(assignment.value, where=assignment.where)
        try:
            compound.check_dose(amount)
        except UnitError as error:
            raise error.at(assignment.where) from None
        return (Dosing(compound.name, amount, span, every_d),)
    if "node" not in kinds:
        raise ScenarioError(f"{assignment.name} can only be on or off", where=assignment.where)
    if not plain:
        raise ScenarioError(
            f"{assignment.name} is a node, not a compound, and takes no dose",
            where=assignment.where,
            allowed=[*WORDS, "an activity from 0 to 1"],
        )
    try:
        return (Clamp(model.find("node", assignment.name), float(assignment.value), span),)
    except ScenarioError as error:
        raise error.at(assignment.where) from None


def level_of(word: str, healthy: float) -> float:
    """Return the activity that a word means for a node.

    Parameters
    ----------
    word
        ``on`` (1), ``off`` (0), ``high`` or ``low`` (three quarters of the way from health to the end).
    healthy
        Healthy activity.

    Returns
    -------
    float
        Activity in [0, 1].

    Examples
    --------
    >>> level_of("high", 0.5), level_of("low", 0.4)
    (0.875, 0.1)
    """
    match word:
        case "on":
            return 1.0
        case "off":
            return 0.0
        case "high":
            return healthy + PART_OF_THE_WAY * (1.0 - healthy)
        case _:
            return (1.0 - PART_OF_THE_WAY) * healthy
