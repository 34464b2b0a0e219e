"""Questions of claims: what holds, what is done, when it is read, and what must follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..ground.errors import RemodelsimError, ScenarioError
from ..ground.names import fold, is_name, nearest
from ..ground.units import is_quantity, parse_days

DIRECTIONS = ("up", "down", "same")
LEVELS = ("on", "off", "high", "low", "normal")
CELL, VARIANT, ANY = "cell", "variant", "any"
USUAL_DAY = 180.0
# two years without the drug, as trials of withdrawal watch (Bone 2011, https://doi.org/10.1210/jc.2010-1502)
TREATED_DAYS, AFTER_DAYS = 180.0, 730.0
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Phase:
    """When a readout is taken.

    Parameters
    ----------
    word
        As it is written after ``@``.
    day
        Day on which signals and cells are read.
    bone_day
        Day on which bone and its cells are read: "early" is days in a dish, but weeks in a skeleton.
    until
        Day on which the setting ends; infinite where it lasts.

    Raises
    ------
    ScenarioError
        When a day is not above 0.
    """

    word: str
    day: float
    bone_day: float
    until: float = float("inf")

    def __post_init__(self) -> None:
        if not (self.day > 0.0 and self.bone_day > 0.0 and self.until > 0.0):
            raise ScenarioError(f"nothing can be read at day {min(self.day, self.bone_day, self.until):g}")


USUAL = Phase("", USUAL_DAY, USUAL_DAY)
PHASES: Mapping[str, Phase] = {
    "early": Phase("early", 3.0, 30.0),
    "late": Phase("late", USUAL_DAY, USUAL_DAY),
    "then_off": Phase("then_off", TREATED_DAYS + AFTER_DAYS, TREATED_DAYS + AFTER_DAYS, TREATED_DAYS),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``NAME=VALUE[@PHASE]`` of a question.

    Parameters
    ----------
    name
        Node, compound, background or readout, in any spelling.
    value
        on, off, high, low, normal, an activity, a dose, or a word that belongs to the name (``FMT=aged_donor``).
    phase
        When the readout is taken; None where the text does not say.
    where
        Its place, for messages.

    Raises
    ------
    ScenarioError
        When name or value cannot be what they should be.
    """

    name: str
    value: str
    phase: Phase | None = None
    where: str = ""

    def __post_init__(self) -> None:
        if not self.name or not (is_quantity(self.value) or _WORD.fullmatch(self.value)):
            raise ScenarioError(
                f"'{self.value}' is no value for {self.name}",
                where=self.where,
                allowed=[*LEVELS, "an activity from 0 to 1", "a dose with its unit"],
            )

    def __str__(self) -> str:
        return f"{self.name}={self.value}" + (f"@{self.phase.word}" if self.phase else "")


@dataclass(frozen=True, slots=True)
class Expected:
    """One ``READOUT:DIRECTION`` of a question.

    Parameters
    ----------
    readout
        What is read, in any spelling.
    direction
        "up", "down" or "same".
    where
        Its place, for messages.

    Raises
    ------
    ScenarioError
        When the direction is unknown.
    """

    readout: str
    direction: str
    where: str = ""

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ScenarioError(
                f"'{self.direction}' is no direction",
                where=self.where,
                nearest=nearest(self.direction, DIRECTIONS),
                allowed=DIRECTIONS,
            )

    def __str__(self) -> str:
        return f"{self.readout}:{self.direction}"


@dataclass(frozen=True)
class OpenQuestion:
    """What a claim asks of a simulator: baseline and intervention against baseline alone.

    Parameters
    ----------
    id
        Of the claim.
    baseline, do
        What holds in both arms, and what is done in one of them; `do` overrides `baseline`.
    expect
        What must follow.
    cell
        Which cell's copy of a signal is meant; empty where it is not said.
    variant
        Which reading of a dispute holds; "any" for all of them, empty for the usual ones.
    source, kind
        Review and kind of the claim.
    where
        Its place, for messages.

    Raises
    ------
    ScenarioError
        When nothing is expected, something is set or read twice, or one arm would be read at two times.
    """

    id: str
    baseline: tuple[Setting, ...]
    do: tuple[Setting, ...]
    expect: tuple[Expected, ...]
    cell: str = ""
    variant: str = ""
    source: str = ""
    kind: str = ""
    where: str = ""

    def __post_init__(self) -> None:
        if not self.expect:
            raise ScenarioError(f"question {self.id} expects nothing", where=self.where)
        for settings in (self.baseline, self.do):
            names = [fold(setting.name) for setting in settings]
            for i, setting in enumerate(settings):
                if names[i] in names[:i]:
                    raise ScenarioError(
                        f"{setting.name} is set twice", where=setting.where, cure="Keep one of the two."
                    )
            phases = {setting.phase for setting in settings if setting.phase}
            if len(phases) > 1:
                raise ScenarioError(
                    "one arm cannot be read at two times", where=settings[0].where, cure="Give one time after '@'."
                )
        readouts = [fold(expected.readout) for expected in self.expect]
        if len(set(readouts)) < len(readouts):
            raise ScenarioError("a readout is expected twice", where=self.expect[0].where, cure="Keep one of the two.")

    @property
    def kept(self) -> tuple[Setting, ...]:
        """The settings of the baseline that `do` does not override."""
        done = {fold(setting.name) for setting in self.do}
        return tuple(setting for setting in self.baseline if fold(setting.name) not in done)

    @property
    def phases(self) -> tuple[Phase, Phase]:
        """When the arm without and the arm with the intervention are read.

        An arm is read when its own settings say; where they do not, when those of the other arm say.
        """
        own = [next((s.phase for s in settings if s.phase), None) for settings in (self.baseline, self.do)]
        kept = next((s.phase for s in self.kept if s.phase), None)
        with_ = own[1] or kept
        return (own[0] or with_ or USUAL, with_ or own[0] or USUAL)


def parse_phase(text: str, *, where: str = "") -> Phase:
    """Read a time: ``early``, ``late``, ``then_off``, or a time with its unit such as ``48h`` or ``8mo``.

    Parameters
    ----------
    text
        What stands after ``@``.
    where
        Place of the text, used in messages.

    Returns
    -------
    Phase
        When the readout is taken.

    Raises
    ------
    ScenarioError
        When it is none of them.

    Examples
    --------
    >>> parse_phase("48h").day, parse_phase("then_off").until
    (2.0, 180.0)
    """
    if text in PHASES:
        return PHASES[text]
    try:
        day = parse_days(text)
        return Phase(text, day, day)
    except RemodelsimError:
        raise ScenarioError(
            f"unknown time '@{text}'",
            where=where,
            nearest=nearest(text, PHASES),
            allowed=[*PHASES, "a time such as 2h, 48h, 30d, 8mo"],
        ) from None


def parse_settings(text: str, *, where: str = "") -> tuple[Setting, ...]:
    """Read settings joined by ``&``.

    Parameters
    ----------
    text
        Such as ``Puerarin=on@2h & Estrogen=off``; may be empty.
    where
        Place of the text, used in messages.

    Returns
    -------
    tuple of Setting
        In the order of the text, ``cell=`` and ``variant=`` among them.

    Raises
    ------
    ScenarioError
        When a part is no setting.

    Examples
    --------
    >>> [str(setting) for setting in parse_settings("Estrogen=off & Puerarin=on@2h")]
    ['Estrogen=off', 'Puerarin=on@2h']
    """
    out = []
    for part in text.split("&") if text.strip() else ():
        name, equals, rest = (piece.strip() for piece in part.partition("="))
        value, at, phase = (piece.strip() for piece in rest.partition("@"))
        if not equals or not is_name(name) or not value or (at and not phase):
            raise ScenarioError(
                f"'{part.strip()}' is not an assignment",
                where=where,
                cure="Write NAME=VALUE or NAME=VALUE@TIME, joined by '&', such as Estrogen=off & Puerarin=on@48h.",
            )
        out.append(Setting(name, value, parse_phase(phase, where=where) if at else None, where))
    return tuple(out)


def parse_expected(text: str, *, where: str = "") -> tuple[Expected, ...]:
    """Read what must follow, ``READOUT:DIRECTION`` joined by ``&``.

    Parameters
    ----------
    text
        Such as ``BoneMass:up & RANKL:down``.
    where
        Place of the text, used in messages.

    Returns
    -------
    tuple of Expected
        In the order of the text.

    Raises
    ------
    ScenarioError
        When a part is none.
    """
    out = []
    for part in text.split("&") if text.strip() else ():
        readout, colon, direction = (piece.strip() for piece in part.partition(":"))
        if not colon or not is_name(readout) or not direction:
            raise ScenarioError(
                f"'{part.strip()}' is not an expectation",
                where=where,
                cure="Write READOUT:up, READOUT:down or READOUT:same, joined by '&'.",
            )
        out.append(Expected(readout, direction, where))
    return tuple(out)


def make_question(
    name: str, texts: Mapping[str, str], places: Mapping[str, str], *, source: str = "", kind: str = ""
) -> OpenQuestion:
    """Read a question from its three texts.

    Parameters
    ----------
    name
        Its id.
    texts
        "baseline", "do" and "expect".
    places
        Where each of them stands, for messages.
    source, kind
        Review and kind of the claim.

    Returns
    -------
    OpenQuestion
        The question, ``cell=`` and ``variant=`` taken out of the settings.

    Raises
    ------
    ScenarioError
        When a text cannot be read or the question contradicts itself.
    """
    sides = {side: parse_settings(texts[side], where=places[side]) for side in ("baseline", "do")}
    words = {CELL: "", VARIANT: ""}
    for settings in sides.values():
        for setting in settings:
            if setting.name in words:
                if words[setting.name] or setting.phase or is_quantity(setting.value):
                    raise ScenarioError(
                        f"'{setting}' names no {setting.name}", where=setting.where, cure="Name one, once."
                    )
                words[setting.name] = setting.value
    plain = {side: tuple(s for s in settings if s.name not in words) for side, settings in sides.items()}
    return OpenQuestion(
        id=name,
        baseline=plain["baseline"],
        do=plain["do"],
        expect=parse_expected(texts["expect"], where=places["expect"]),
        cell=words[CELL],
        variant=words[VARIANT],
        source=source,
        kind=kind,
        where=places["expect"],
    )
