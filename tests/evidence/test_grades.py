"""Every claim says how well it is founded, by one written rule."""

from __future__ import annotations

import pytest

from remodelsim.files.library import load_model
from remodelsim.ground.errors import ModelError
from remodelsim.nouns.evidence import Claim, Reference, reference_numbers
from remodelsim.nouns.grading import graded

WORDS = {("system", "rats"): "animal", ("unit", "umol/L"): "in_vitro", ("section", "Conclusion"): "conclusion"}
# what stands in the conclusion of the review alone, by a second reading of it
CONCLUDED = "393 394 395 398 400 404 406 413 419 421 423 425 429 430 431 435 438 439 446 451 453 454 455 456"


def claim(number, relation="increases", source="R", **columns):
    return Claim(f"X-{number}", source, "A", relation, "B", {"section": "Body", **columns})


def paper(number, study):
    return Reference("R", number, "", "", study, "something")


def grades(*claims, papers=()):
    return [c.grade for c in graded(claims, WORDS, {("R", p.number): p for p in papers})]


def test_what_the_review_names_tells_the_grade_before_the_dose():
    assert grades(claim(1, ref="3", system="rats", unit="umol/L")) == ["animal"]
    assert grades(claim(1, ref="3", system="somewhere", unit="umol/L")) == ["in_vitro"]


def test_papers_tell_the_grade_where_all_were_done_alike():
    assert grades(claim(1, ref="3-4"), papers=[paper(3, "human"), paper(4, "human")]) == ["human"]
    assert grades(claim(1, ref="3-4"), papers=[paper(3, "human"), paper(4, "animal")]) == ["cited"]
    assert grades(claim(1, ref="3-4"), papers=[paper(3, "human")]) == ["cited"]
    assert grades(claim(1, ref="3"), papers=[paper(3, "untold")]) == ["cited"]


def test_a_claim_without_reference_is_the_review_s_own_word_whatever_it_speaks_of():
    assert grades(claim(1, system="rats")) == ["stated"]
    assert grades(claim(1, system="rats", section="Conclusion")) == ["conclusion"]


def test_a_conclusion_takes_the_best_grade_of_what_it_repeats():
    found = grades(claim(1, section="Conclusion"), claim(2, ref="1", unit="umol/L"), claim(3, ref="2", system="rats"))

    assert found == ["animal", "in_vitro", "animal"]


@pytest.mark.parametrize("other", [{"relation": "decreases"}, {"source": "S"}, {"relation": "uncertain"}])
def test_a_conclusion_takes_nothing_from_a_claim_that_says_something_else(other):
    relation = "uncertain" if other.get("relation") == "uncertain" else "increases"

    assert grades(claim(1, relation), claim(2, **other, ref="1", system="rats"))[0] == "stated"


def test_names_and_hopes_are_no_findings():
    assert grades(claim(1, "is_a", ref="1", system="rats")) == ["definition"]
    assert grades(claim(1, kind="outlook", ref="1", system="rats")) == ["outlook"]


@pytest.mark.parametrize("text", ["x", "3-x", "1-2-3", "9" * 30, "-4"])
def test_a_citation_that_cannot_be_read_cites_nothing(text):
    assert reference_numbers(text) == ()


def test_what_only_the_conclusion_says_is_graded_so():
    model = load_model()

    assert {model.claims[f"TCM-{n}"].grade for n in CONCLUDED.split()} == {"conclusion"}


def test_every_reference_that_a_claim_cites_is_listed():
    model = load_model()
    cited = {(c.source, number) for c in model.claims.values() for number in c.numbers}

    assert cited == set(model.evidence.references)
    assert [c.id for c in model.claims.values() if c.columns["ref"] and not c.numbers] == []


def test_every_claim_stands_in_one_system_of_its_review():
    model = load_model()
    places = [(c, s.review) for s in model.evidence.systems.values() for c in s.claims]

    assert sorted(c for c, _ in places) == sorted(model.claims)
    assert [c for c, review in places if model.claims[c].source != review] == []


def test_a_grade_that_does_not_exist_is_refused():
    with pytest.raises(ModelError) as refused:
        Claim("X-1", "R", "A", "increases", "B", {}, "humane")

    assert str(refused.value) == (
        "claim X-1 has the grade 'humane'. Did you mean 'human'? "
        "Allowed: human, animal, in_vitro, review, cited, stated, conclusion, outlook, definition."
    )
