"""What figures and reports say, in English and Chinese."""

from __future__ import annotations

from functools import cache

from ..files.assets import asset_text
from ..ground.strict_yaml import load_yaml

LANGUAGES = ("en", "zh")


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = load_yaml(asset_text("faces/assets", "words.yaml"), "words.yaml").data
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
