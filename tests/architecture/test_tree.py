"""The folders hold what they should and nothing of the place where they were written."""

from __future__ import annotations

import re
import tomllib

import pytest

from .form_laws import check_left_over
from .sources import PACKAGE, ROOT

PARTS = (".ci", "benchmarks", "models", "scenarios", "src", "tests")
LETTERS = ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml")
_FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|root)(?:/|\b)"
    r"|\bshared/(?:design|claims|notes|prototypes|reference|seeds|hooks)"
    r"|\bCONTRACT\.md\b|\bseeds/\w"
)


def files_of_the_tree():
    found = [ROOT / name for name in LETTERS if (ROOT / name).is_file()]
    for part in PARTS:
        found += [p for p in (ROOT / part).rglob("*") if p.is_file() and not is_cache(p.relative_to(ROOT / part))]
    return sorted(found)


def is_cache(path):
    return any(piece == "__pycache__" or piece.startswith(".") for piece in path.parts)


def lines_of_foreign_places(path, text):
    return [f"{path}:{i}: {line.strip()}" for i, line in enumerate(text.splitlines(), 1) if _FOREIGN.search(line)]


@pytest.mark.parametrize("folder", ["models", "scenarios"])
def test_data_folders_hold_no_python(folder):
    assert (ROOT / folder).is_dir()
    assert sorted((ROOT / folder).rglob("*.py*")) == []
    assert not (ROOT / folder / "__pycache__").exists()


def test_no_copy_of_the_data_lies_in_the_package():
    assert not (PACKAGE / "_data").exists()


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_no_file_names_the_machine_it_was_written_on():
    found = [
        line
        for path in files_of_the_tree()
        for line in lines_of_foreign_places(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    ]

    assert found == []


# planted words are written with an escape, so that this file does not hold them
@pytest.mark.parametrize(
    "text",
    ["see /w\x6frk/main", "'/r\x6fot/venv'", "in shar\x65d/claims", "(/w\x6frk)", "CONTR\x41CT.md", "s\x65eds/a.txt"],
)
def test_a_planted_place_is_found(text):
    assert lines_of_foreign_places("a.md", text) != []


@pytest.mark.parametrize("text", ["https://example.org/work/1", "the framework/root", "shared between rooms", "a/work"])
def test_other_words_are_no_places(text):
    assert lines_of_foreign_places("a.md", text) == []


def test_no_file_says_that_it_is_unfinished():
    found = [
        line
        for path in files_of_the_tree()
        for line in check_left_over(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("text", ["# T\x4fDO: later", "FI\x58ME", "# XX\x58", "H\x41CK"])
def test_a_planted_left_over_is_found(text):
    assert check_left_over("a.py", text) != []


def test_every_ignored_rule_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.ruff.lint]")[2]
    rules = re.findall(r'(?m)^ +"[A-Z]+\d*",(.*)$', text)

    assert len(rules) > 10
    assert [rest for rest in rules if not re.fullmatch(r" +# \S.+", rest)] == []


def test_ruff_checks_everything_and_mypy_is_strict():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]

    assert tools["ruff"]["lint"]["select"] == ["ALL"]
    assert tools["mypy"]["strict"] is True
    assert tools["pytest"]["ini_options"]["filterwarnings"] == ["error"]
