"""What figures and reports say, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..files.assets import asset_text
from ..ground.strict_yaml import load_yaml

LANGUAGES = ("en", "zh")
FIGURES = ("bone", "cells", "balance", "nodes", "activity")


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = load_yaml(asset_text("faces/assets", "words.yaml"), "words.yaml").data
    return words


def table_words(cells: Sequence[str], language: str) -> list[str]:
    """Return the cells of a table with the words of tables in a language; everything else stays as it is.

    Parameters
    ----------
    cells
        Texts such as ``▲ up`` or ``100% of 40 draws``.
    language
        "en" or "zh".

    Returns
    -------
    list of str
        The cells.
    """
    return [_told(cell, language) for cell in cells]


def _told(cell: str, language: str) -> str:
    known = _words()
    whole = known.get(f"table {cell}")
    if whole is not None:
        return whole[language]
    parts = [known.get(f"table {part}", {}).get(language, part) for part in cell.split(" ")]
    return " ".join(parts)


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
