"""Every file of the models stands in models/README.md, with every column and key explained."""

from __future__ import annotations

import re

import pytest

from .models_on_disk import MODELS, document, documents, header, keys_of, rows, tables

README = (MODELS / "README.md").read_text(encoding="utf-8")


def sections():
    """Return the parts of the README by the file pattern in their heading."""
    pieces = re.split(r"(?m)^## `([^`]+)`$", README)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def section_of(path):
    """Return the part that explains a file."""
    place = path.relative_to(MODELS)
    for pattern, text in sections().items():
        if place.match(pattern) and len(place.parts) == pattern.count("/") + 1:
            return text
    return ""


def explained(text):
    """Return the words in backticks that open the rows of a part's tables, or are explained within them."""
    return {word for line in text.splitlines() if line.startswith("|") for word in re.findall(r"`([^`]+)`", line)}


def named(path):
    return path.relative_to(MODELS).as_posix()


@pytest.mark.parametrize("path", sorted(p for p in MODELS.rglob("*") if p.is_file()), ids=named)
def test_every_file_stands_in_the_readme(path):
    assert path.name == "README.md" or named(path) in README or section_of(path)


@pytest.mark.parametrize("path", tables(), ids=named)
def test_every_column_is_explained(path):
    assert set(header(path)) - explained(section_of(path)) == set()


@pytest.mark.parametrize("path", documents(), ids=named)
def test_every_key_is_explained(path):
    assert keys_of(path) - explained(section_of(path)) == set()


@pytest.mark.parametrize("pattern", sections())
def test_no_section_explains_a_file_that_is_not_there(pattern):
    assert list(MODELS.glob(pattern))


@pytest.mark.parametrize("path", tables(), ids=named)
def test_no_column_is_explained_that_is_not_there(path):
    firsts = [
        re.findall(r"`([^`]+)`", line.split(" | ")[0]) for line in section_of(path).splitlines() if line[:3] == "| `"
    ]

    assert {word for words in firsts for word in words} == set(header(path))


@pytest.mark.parametrize("column", ["kind", "cell", "unit", "lane"])
def test_every_word_of_a_column_of_nodes_is_explained(column):
    assert {row[column] for row in rows(MODELS / "nodes.csv")} - explained(sections()["nodes.csv"]) == set()


def test_every_kind_of_compound_is_explained():
    kinds = {document(path)["kind"] for path in (MODELS / "compounds").glob("*.yaml")}

    assert kinds - explained(sections()["compounds/*.yaml"]) == set()


def test_every_modulator_is_explained():
    modulators = {row["modulator"] for row in rows(MODELS / "cells" / "coupling.csv")}

    assert modulators - explained(sections()["cells/coupling.csv"]) == set()
