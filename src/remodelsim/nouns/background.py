"""Backgrounds: named sets of assignments such as menopause or germ-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError

COURSES = ("menopause",)


@dataclass(frozen=True, slots=True)
class Background:
    """A circumstance in which a question is asked.

    Parameters
    ----------
    name, label_en, label_zh, synonyms, description
        What it is.
    levels
        Node to the activity at which it is held, in [0, 1].
    courses
        Input node to the course that it follows ("menopause": the decline of estrogen).
    claims, assumption
        Its evidence.

    Raises
    ------
    ModelError
        When a level is outside [0, 1] or a course is unknown.
    """

    name: str
    label_en: str
    label_zh: str
    levels: Mapping[str, float] = field(default_factory=dict)
    courses: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    description: str = ""
    claims: tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        for node, level in self.levels.items():
            if not 0.0 <= level <= 1.0:
                raise ModelError(f"background {self.name} holds {node} at {level:g}", allowed=["0 to 1"])
        for node, course in self.courses.items():
            if course not in COURSES:
                raise ModelError(
                    f"background {self.name}: {node} follows an unknown course '{course}'", allowed=COURSES
                )
