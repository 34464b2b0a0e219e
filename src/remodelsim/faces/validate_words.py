"""What the page of a validation says, English and Chinese side by side."""

from __future__ import annotations

from functools import cache

from ..files.assets import asset_text
from ..ground.strict_yaml import load_yaml

_FILE = "validate.yaml"


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = load_yaml(asset_text("faces/assets", _FILE), _FILE).data
    return found


def both(key: str, **values: object) -> str:
    """Return a word or sentence in both languages.

    Parameters
    ----------
    key
        Its key in validate.yaml.
    **values
        What stands in its gaps.

    Returns
    -------
    str
        English, a dot, Chinese; once where they are the same.
    """
    texts = [_words()[key][language].format(**values) for language in ("en", "zh")]
    return " · ".join(dict.fromkeys(texts))
