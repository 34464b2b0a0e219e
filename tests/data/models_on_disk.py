"""What lies under models/, read without the package's own readers, so that both can be compared."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
CLAIM_ID = re.compile(r"\b(?:QUE|VK2|PUE|TCM|GUT)-\d{3}\b")
DOI = re.compile(r"\b10\.\d{4,9}/[^\s;,\"'|]+")
# where the keys of a mapping are names, not words of the format
NAMED = {
    "compounds": {"doses", "ed50", "toxic50"},
    "backgrounds.yaml": {"", "set", "course"},
    "readouts.yaml": {"", "cells"},
    "variants.yaml": {"", "readings", "rules", "ed50", "toxic50"},
    "cells": {"parameters", "drugs", "initial", "states", "perturbations", "inputs", "shift"},
}


def tables() -> list[Path]:
    """Return every CSV file of the models."""
    return sorted(MODELS.rglob("*.csv"))


def documents() -> list[Path]:
    """Return every YAML file of the models."""
    return sorted(MODELS.rglob("*.yaml"))


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def header(path: Path) -> list[str]:
    """Read the first line of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def document(path: Path):
    """Read a YAML file as plain data."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def keys_of(path: Path) -> set[str]:
    """Return the words of the format that a YAML file uses, without the names it holds."""
    place = path.relative_to(MODELS)
    named = NAMED.get(place.parts[0], set())
    return set(_keys(document(path), "", named))


def _keys(data, parent: str, named: set[str]) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if parent in named:
                yield from _keys(value, "<name>", named)
            else:
                yield key
                yield from _keys(value, key, named)
    elif isinstance(data, list):
        for value in data:
            yield from _keys(value, "<item>", named)


def rules() -> dict[str, str]:
    """Return target to expression over every network file."""
    found: dict[str, str] = {}
    for path in sorted((MODELS / "networks").glob("*.bnet")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.partition("#")[0].strip()
            if text and text.replace(" ", "") != "targets,factors":
                target, _, expression = text.partition(",")
                assert target.strip() not in found, f"{path.name} defines {target} again"
                found[target.strip()] = expression.strip()
    return found


def signs(expression: str) -> list[tuple[str, int]]:
    """Return every regulator of an expression with its sign, in order, by counting the negations around it."""
    found, stack, sign, negated = [], [], 1, False
    for piece in re.findall(r"[A-Za-z]\w*|[!&|()]", expression):
        if piece == "!":
            negated = not negated
        elif piece == "(":
            stack.append(sign)
            sign, negated = (-sign if negated else sign), False
        elif piece == ")":
            sign = stack.pop()
        elif piece not in "&|":
            found.append((piece, -sign if negated else sign))
            negated = False
    return found
