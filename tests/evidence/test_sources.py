"""Every DOI says how it was checked."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.files.library import load_model
from remodelsim.ground.errors import ModelError
from remodelsim.nouns.evidence import CHECKED, Source

SOURCES = load_model().sources.values()
JOURNALS = r"jem|pnas|jimmunol|bmj|jama|jbc|science|gad|jcb|mbc|annurev\.immunol|jbmr\.\d{4}"
BY_NUMBERS = re.compile(rf"(?:{JOURNALS})\.(\d+)\.\d+\.(\d+)")
BY_PAGE = re.compile(r"(\d{3})(\d+)a0|n[mg]\d{4}-()(\d+)")
BY_DATE = re.compile(r"NEJM(\d{4})\d{4}(\d{3})\d{4}")


def test_every_doi_says_how_it_was_checked():
    assert [s.id for s in SOURCES if bool(s.doi) != bool(s.checked)] == []


def test_no_doi_stands_twice():
    dois = [s.doi.casefold() for s in SOURCES if s.doi]

    assert sorted(doi for doi in set(dois) if dois.count(doi) > 1) == []


def volume_and_page(title):
    found = re.search(r"(\d+):e?(\d+)", title)
    return (found[1], found[2]) if found else ("", "")


@pytest.mark.parametrize("source", [s for s in SOURCES if s.checked == "form"], ids=lambda s: s.id)
def test_a_doi_that_is_believed_by_its_form_agrees_with_volume_and_page(source):
    volume, page = volume_and_page(source.title)
    tail = source.doi.partition("/")[2]
    numbers, date, paged = BY_NUMBERS.fullmatch(tail), BY_DATE.fullmatch(tail), BY_PAGE.fullmatch(tail)
    if numbers:
        assert (numbers[1], numbers[2]) == (volume, page)
    elif paged:
        assert (paged[1] or volume, paged[2] or paged[4]) == (volume, page)
    elif date:
        assert (date[1], date[2]) == (source.year, volume)
    else:
        assert tail.split(".")[-1].lstrip("0") == page


def test_unverified_dois_are_counted_and_shown():
    unverified = [s for s in SOURCES if s.checked == "unverified"]
    told = CliRunner().invoke(main, ["check"]).output
    listed = CliRunner().invoke(main, ["list", "sources"]).output.splitlines()

    assert f", {len(unverified)} unverified\n" in told
    assert sum(CHECKED["unverified"] in line for line in listed) == len(unverified)


@pytest.mark.parametrize(
    ("doi", "checked", "sentence"),
    [
        (
            "10.1/x",
            "fond",
            "DOI of source A is checked as 'fond'. Did you mean 'found'? Allowed: found, form, unverified.",
        ),
        ("", "found", "source A has no DOI that could be 'found'."),
    ],
)
def test_a_source_that_cannot_be_checked_so_is_refused(doi, checked, sentence):
    with pytest.raises(ModelError) as refused:
        Source("A", "title", "2000", "primary", doi, checked)

    assert str(refused.value) == sentence
