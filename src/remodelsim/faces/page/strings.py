"""What the page says around the model: strings in English and Chinese, from a file."""

from __future__ import annotations

from functools import cache

from ...files.assets import asset_text
from ...ground.strict_yaml import load_yaml

FOLDER = "faces/assets/page"


@cache
def strings() -> dict[str, dict[str, str]]:
    """Return every string by its key, each in "en" and "zh"."""
    found: dict[str, dict[str, str]] = load_yaml(asset_text(FOLDER, "strings.yaml"), "strings.yaml").data
    return found


def string(key: str, language: str, otherwise: str | None = None) -> str:
    """Return a string.

    Parameters
    ----------
    key
        Its key in strings.yaml.
    language
        "en" or "zh".
    otherwise
        What stands for an unknown key.

    Returns
    -------
    str
        The text; KeyError for an unknown key without `otherwise`.
    """
    if otherwise is not None and key not in strings():
        return otherwise
    return strings()[key][language]
