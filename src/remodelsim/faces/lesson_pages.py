"""The pages of lessons, each written when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..files.lesson_file import lesson_paths, load_lesson
from ..nouns.lesson import Lesson
from ..nouns.model import Model


def pages_of(
    model: Model, lesson: str | None, language: str, *, evidence: bool = True, notes: bool = True
) -> dict[str, tuple[Lesson, Callable[[], str]]]:
    """Return the pages of one lesson or of all shipped ones, each written when it is asked for.

    Parameters
    ----------
    model
        The model.
    lesson
        A file, or the name of a shipped one; None for all shipped ones.
    language
        "en" or "zh".
    evidence
        Whether the texts of the claims are in them.
    notes
        Whether the teacher's notes are.

    Returns
    -------
    dict
        Name to the lesson and what writes its page.

    Raises
    ------
    RemodelsimError
        When a lesson is missing or wrong.
    """
    from .page.teach import page_html

    found = [load_lesson(name, model) for name in ([lesson] if lesson else lesson_paths())]
    return {
        each.name: (each, partial(page_html, model, each, language=language, evidence=evidence, notes=notes))
        for each in found
    }
