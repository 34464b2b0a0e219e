"""The teaching page for notebooks: a page that shows itself, and can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..files.lesson_file import load_lesson
from ..files.library import load_model
from ..files.whole import check_target, put_text
from ..nouns.lesson import Lesson
from ..nouns.model import Model
from .page.teach import page_html

PAGES = (".html", ".htm")
_TALL = 900


@dataclass(frozen=True)
class Page:
    """A teaching page.

    Attributes
    ----------
    lesson
        Its lesson.
    html
        The whole page, one document.
    """

    lesson: Lesson
    html: str

    def save(self, path: str | Path) -> Path:
        """Write the page to a file whose name ends with .html, and return where it is.

        Raises
        ------
        FileFormatError
            When it cannot be written.
        """
        target = check_target(path, PAGES)
        put_text(target, self.html)
        return target

    def _repr_html_(self) -> str:
        """Show the page in notebooks, in a frame of its own."""
        inner = escape(self.html, quote=True)
        title = escape(self.lesson.title.en, quote=True)
        return f'<iframe srcdoc="{inner}" title="{title}" style="width:100%;height:{_TALL}px;border:0"></iframe>'


def teach(lesson: str = "balance", *, model: Model | None = None, language: str = "en", evidence: bool = True) -> Page:
    """Make the teaching page of a lesson.

    Parameters
    ----------
    lesson
        A path, or the name of a shipped lesson: balance, menopause, pth, germ_free, quercetin, vitamin_k2, drugs.
    model
        The model; the shipped one by default.
    language
        "en" or "zh": what it opens in.
    evidence
        Whether the texts of the claims are in it.

    Returns
    -------
    Page
        Shows itself in a notebook; ``save`` writes it.

    Raises
    ------
    RemodelsimError
        When the lesson is missing or wrong.

    Examples
    --------
    >>> teach("menopause").html.startswith("<!doctype html>")
    True
    """
    known = model or load_model()
    asked = load_lesson(lesson, known)
    return Page(asked, page_html(known, asked, language=language, evidence=evidence))
