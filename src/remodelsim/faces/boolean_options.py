"""What options such as ``--hold A=on`` say about a Boolean network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ground.errors import ScenarioError
from ..nouns.rule import Rule
from ..nouns.rule_names import named

_WORDS = {"on": 1.0, "off": 0.0, "high": 1.0, "low": 0.0}


def _pairs(rules: Mapping[str, Rule], texts: Sequence[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for text in (part for whole in texts for part in whole.replace("&", ",").split(",")):
        name, sign, value = (piece.strip() for piece in text.partition("="))
        if not sign or not value:
            raise ScenarioError(f"'{text.strip()}' sets nothing", cure="Write NODE=VALUE.")
        out[named(rules, name)] = value
    return out


def level_pairs(rules: Mapping[str, Rule], texts: Sequence[str]) -> dict[str, float]:
    """Return the levels that `texts` such as ``A=on, B=0.3`` give to nodes of the `rules`."""
    return {name: _level(name, word) for name, word in _pairs(rules, texts).items()}


def _level(name: str, word: str) -> float:
    try:
        return _WORDS[word.lower()] if word.lower() in _WORDS else float(word)
    except ValueError:
        raise ScenarioError(f"'{word}' is no level for {name}", allowed=["on", "off", "0 to 1"]) from None


def _rates(name: str, word: str) -> tuple[float, float]:
    up, _, down = word.partition(":")
    try:
        return float(up), float(down or up)
    except ValueError:
        raise ScenarioError(f"'{word}' are no rates for {name}", allowed=["UP:DOWN", "one for both"]) from None


def rate_pairs(rules: Mapping[str, Rule], texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the rates that `texts` such as ``A=2:0.5`` give to nodes of the `rules`."""
    return {name: _rates(name, word) for name, word in _pairs(rules, texts).items()}
