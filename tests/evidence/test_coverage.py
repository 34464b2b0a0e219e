"""Every claim of every review is represented or excused, and says how."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.files.library import load_model
from remodelsim.nouns.coverage import WAYS, coverage, nodes_called, standings
from remodelsim.nouns.plain import plain_question, plain_questions

MODEL = load_model()
REVIEWS = ("quercetin", "puerarin", "vitamin_k2", "tcm_bone_immune", "gut_microbiota")


def run(*words):
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("review", REVIEWS)
def test_no_claim_of_a_review_is_unexplained(review):
    found = [c for c in coverage(MODEL) if c.system.review == review]

    assert sum(len(c.system.claims) for c in found) == sum(c.source == review for c in MODEL.claims.values())
    assert [c.system.name for c in found if c.unexplained] == []
    assert [c.system.name for c in found if c.represented + c.excused != len(c.system.claims)] == []


def test_what_can_be_modelled_is_hardly_ever_excused():
    excused = [MODEL.claims[i] for i in MODEL.evidence.excuses]
    outright = [c.id for c in excused if c.columns["modelable"] == "yes"]

    assert outright == ["PUE-021", "GUT-426", "GUT-429"]
    assert Counter(c.columns["modelable"] for c in excused)["no"] > 0.8 * len(excused)


def test_a_claim_stands_by_the_strongest_way():
    mixed = replace(MODEL.claims["VK2-065"], id="VK2-999", columns={"modelable": "yes", "kind": "mechanism"})
    model = replace(MODEL, claims={**MODEL.claims, "VK2-999": mixed})
    bare = replace(MODEL, network=replace(MODEL.network, edges=tuple(without(MODEL.network.edges, "VK2-065"))))
    odd = replace(mixed, columns={**mixed.columns, "condition": "on a Sunday"})

    assert standings(MODEL)["VK2-065"] == "carried"
    assert standings(model)["VK2-999"] == "plain"
    assert standings(bare)["VK2-065"] == "plain"
    assert standings(MODEL)["QUE-001"] == "asked"
    assert standings(replace(MODEL, claims={**MODEL.claims, "VK2-999": odd}))["VK2-999"] == "repeated"
    lonely = replace(odd, relation="decreases")
    assert standings(replace(MODEL, claims={**MODEL.claims, "VK2-999": lonely}))["VK2-999"] == "unexplained"


def without(edges, claim):
    return (replace(e, claims=tuple(c for c in e.claims if c != claim), assumption="left out here") for e in edges)


def plain(**columns):
    claim = replace(MODEL.claims["VK2-065"], columns={"modelable": "yes", **columns})
    question = plain_question(MODEL, replace(claim, relation=columns.get("relation", "increases")))
    if question is None:
        return None
    return tuple(" & ".join(map(str, side)) for side in (question.baseline, question.do, question.expect))


def test_a_plain_question_follows_from_the_columns():
    assert plain() == ("", "SXR=on", "TSK:up")
    assert plain(relation="decreases") == ("", "SXR=on", "TSK:down")
    assert plain(relation="required_for") == ("", "SXR=off", "TSK:down")
    assert plain(relation="no_effect") == ("", "SXR=on", "TSK:same")
    assert plain(condition="SXR low") == ("", "SXR=off", "TSK:down")
    assert plain(condition="GutBarrier low") == ("GutBarrier=off", "SXR=on", "TSK:up")
    assert plain(condition="menopause") == ("menopause=on", "SXR=on", "TSK:up")
    assert plain(dose="5", unit="umol/L") == ("", "SXR=5uM", "TSK:up")
    assert plain(dose="5;10", unit="umol/L") == ("", "SXR=on", "TSK:up")
    assert plain(condition="on a Sunday") is None
    assert plain(relation="uncertain") is None


def test_a_plain_question_reads_the_copy_in_the_cell_that_the_claim_names():
    claim = replace(MODEL.claims["QUE-202"], columns={**MODEL.claims["QUE-202"].columns, "expect": ""})
    question = plain_question(MODEL, claim)

    assert (question.cell, str(question.do[0]), str(question.expect[0])) == ("RAW264", "Quercetin=50uM", "p38:up")
    assert plain_question(MODEL, replace(claim, columns={**claim.columns, "system": "a dish"})).cell == ""


def test_plain_questions_are_those_of_claims_that_have_none():
    asked = [question.id for question in plain_questions(MODEL)]

    assert len(asked) > 100
    assert [
        i for i in asked if MODEL.claims[i].columns["expect"] or MODEL.claims[i].columns["modelable"] != "yes"
    ] == []


def test_a_name_of_the_claims_means_nodes_copies_and_what_a_readout_is_made_of():
    assert nodes_called(MODEL, "SXR") == ("SXR",)
    assert {"AKT_ob", "AKT_oc", "AKT_B"} <= set(nodes_called(MODEL, "AKT"))
    assert {"RANKL", "OPG"} <= set(nodes_called(MODEL, "RANKL_OPG_ratio"))
    assert nodes_called(MODEL, "Sunday") == ()


def test_systems_are_listed_with_their_coverage_and_why_claims_are_left_out():
    text = run("list", "systems")
    head, _, *lines = text.splitlines()

    assert head.split()[:6] == ["system", "review", "about", "nodes", "claims", "represented"]
    assert [line.split()[0] for line in lines[: len(MODEL.evidence.systems)]] == list(MODEL.evidence.systems)
    assert [line for line in lines if "in all" in line and " 0  " not in line] == []
    assert "  outlook: says what should be done, hoped or studied" in lines


def test_systems_are_listed_as_json():
    data = json.loads(run("list", "systems", "--json"))
    ids = [i for system in data for way in WAYS for i in system["claims"][way]]

    assert sorted(ids) == sorted(MODEL.claims)
    assert {i for system in data for i in system["excused"]} == set(MODEL.evidence.excuses)


def test_a_system_shows_its_claims_with_grades_users_and_excuses():
    text = run("show", "vk2_vkorc1")

    assert text.splitlines()[1] == "  1 claims: 0 represented, 1 excused, 0 unexplained"
    assert "  VK2-083  cited" in text
    assert f"no_direction: {MODEL.evidence.excuses['VK2-083'].reason}" in text
    assert "edge SXR -> TSK" in run("show", "VK2_SXR")


def test_a_claim_shows_its_grade_its_paper_and_what_rests_on_it():
    text = run("show", "QUE-131")

    assert "  grade: in_vitro (seen in cells or with molecules in a dish)" in text
    assert "cites\n  [13] Casado-Díaz: MSC; seen in cells or with molecules in a dish\n" in text
    assert "  compound Quercetin -| Wnt\n" in text
    assert "represented by nothing\n  says that there is an effect, not which way it goes: " in run("show", "VK2-083")
