"""Evidence leads somewhere: claims exist, sources exist, and the claims hold facts, not the words of the reviews."""

from __future__ import annotations

import re

import pytest

from .models_on_disk import CLAIM_ID, DOI, MODELS, document, documents, rows, tables

CLAIMS = {row["id"]: row for row in rows(MODELS / "evidence" / "claims.csv")}
SOURCES = {row["id"]: row for row in rows(MODELS / "evidence" / "sources.csv")}
TEXTS = [*tables(), *documents(), *sorted(MODELS.rglob("*.bnet")), *sorted(MODELS.rglob("*.md"))]


def named(path):
    return path.relative_to(MODELS).as_posix()


def test_the_claims_are_all_there_once():
    ids = [row["id"] for row in rows(MODELS / "evidence" / "claims.csv")]

    assert len(ids) == len(set(ids)) == 1925
    assert [i for i in ids if not CLAIM_ID.fullmatch(i)] == []


def test_every_claim_comes_from_a_review_that_is_listed():
    assert {row["source"] for row in CLAIMS.values()} == {i for i, s in SOURCES.items() if s["kind"] == "review"}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("kind", {"mechanism", "outcome", "clinical", "property", "outlook"}),
        ("modelable", {"yes", "partly", "no"}),
        (
            "relation",
            {"increases", "decreases", "required_for", "no_effect", "biphasic", "binds", "uncertain", "is_a"},
        ),
    ],
)
def test_the_words_of_a_column_are_the_documented_ones(column, words):
    assert {row[column] for row in CLAIMS.values()} <= words


def test_a_claim_that_cannot_be_modelled_says_why():
    assert [i for i, row in CLAIMS.items() if row["modelable"] != "yes" and not row["why_not"]] == []


def test_questions_have_the_form_of_questions():
    expectation = re.compile(r"\w+:(?:up|down|same)")
    assignment = re.compile(r"\w+=[^=&]+")

    assert [
        i
        for i, row in CLAIMS.items()
        if (row["expect"] and not all(expectation.fullmatch(p.strip()) for p in row["expect"].split("&")))
        or not all(assignment.fullmatch(p.strip()) for c in ("baseline", "do") for p in row[c].split("&") if p.strip())
    ] == []


def test_claims_hold_facts_not_sentences_of_the_reviews():
    assert [i for i, row in CLAIMS.items() if re.search(r"[\u3000-\u9fff\uff00-\uffef]", "".join(row.values()))] == []
    assert [i for i, row in CLAIMS.items() if max(map(len, row.values())) > 150] == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_every_claim_that_is_named_exists(path):
    assert set(CLAIM_ID.findall(path.read_text(encoding="utf-8"))) - set(CLAIMS) == set()


@pytest.mark.parametrize("path", [p for p in TEXTS if p.name != "sources.csv"], ids=named)
def test_every_doi_that_is_named_stands_among_the_sources(path):
    known = {row["doi"] for row in SOURCES.values()} - {""}
    found = {doi.rstrip(".") for doi in DOI.findall(path.read_text(encoding="utf-8"))}

    assert {doi for doi in found if doi not in known and doi.rstrip(")") not in known} == set()


def test_a_source_has_a_title_and_a_known_kind():
    assert [i for i, s in SOURCES.items() if len(s["title"]) < 20] == []
    assert {s["kind"] for s in SOURCES.values()} <= {"review", "model", "trial", "primary"}
    assert [i for i, s in SOURCES.items() if s["doi"] and not DOI.fullmatch(s["doi"])] == []
    assert [i for i, s in SOURCES.items() if s["year"] and not 1950 < int(s["year"]) < 2100] == []


def test_every_dispute_that_the_deviations_name_can_be_switched():
    text = (MODELS / "evidence" / "deviations.md").read_text(encoding="utf-8")
    named_disputes = set(re.findall(r"\(`([a-z]\w*)`\)", text))

    assert len(named_disputes) >= 5
    assert named_disputes - set(document(MODELS / "variants.yaml")) == set()
