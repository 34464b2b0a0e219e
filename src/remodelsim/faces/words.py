"""What figures and reports say, in English and Chinese."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ..ground.strict_yaml import load_yaml

LANGUAGES = ("en", "zh")


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (files(__package__) / "assets" / "words.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = load_yaml(text, "words.yaml").data
    return words


def word(key: str, language: str) -> str:
    """Return a word or sentence in a language.

    Parameters
    ----------
    key
        Its key in words.yaml.
    language
        "en" or "zh".

    Returns
    -------
    str
        The text; KeyError for an unknown key.
    """
    return _words()[key][language]
