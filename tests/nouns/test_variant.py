"""Disputes and readings: what they change, and what they refuse."""

import pytest

from remodelsim.engines.ode.stability import healthy_is_stable
from remodelsim.experiments.draws import engine_of
from remodelsim.files.variants_file import load_disputes, read_disputes
from remodelsim.ground.errors import FileFormatError, ModelError, RemodelsimError
from remodelsim.nouns.dispute import Dispute, EffectChange, Reading
from remodelsim.nouns.variant import read_as

DISPUTES = load_disputes()
OTHERS = [reading for dispute in DISPUTES for reading in dispute.readings if not reading.is_usual]
HEAD = "a:\n  label: {en: A, zh: 甲}\n  readings:\n    one: {weight: 0.5, description: as it is}\n"


def reading(**changes):
    return Reading("other", 0.5, description="for tests", **changes)


def named(one):
    return one.name


def test_no_reading_leaves_the_model_alone(model):
    assert read_as(model, []) is model


def test_the_usual_readings_change_nothing_but_leave_no_dispute(model):
    settled = read_as(model, [dispute.usual for dispute in DISPUTES])
    assert settled.network is model.network
    assert settled.compounds is model.compounds
    assert settled.disputes == ()


def test_the_model_knows_its_disputes(model):
    assert model.disputes == DISPUTES


def test_an_action_can_be_left_out(model):
    changed = read_as(model, [reading(effects=(EffectChange("Quercetin", "JNK_ob"),))])
    assert "JNK_ob" in {effect.node for effect in model.compounds["Quercetin"].effects}
    assert "JNK_ob" not in {effect.node for effect in changed.compounds["Quercetin"].effects}


def test_one_sign_of_an_action_can_be_left_out(model):
    changed = read_as(model, [reading(effects=(EffectChange("Quercetin", "Wnt", -1),))])
    assert [effect.sign for effect in changed.compounds["Quercetin"].effects if effect.node == "Wnt"] == [1]


def test_an_edge_can_have_another_strength(model):
    edge = model.network.edges[0]
    changed = read_as(model, [reading(strengths={(edge.source, edge.target): 0.05})])
    found = {(e.source, e.target): e.strength for e in changed.network.edges}
    assert found[edge.source, edge.target] == 0.05
    assert len(found) == len(model.network.edges)


def test_the_usual_rule_can_be_extended(model):
    added = reading(rules={"RANKLInduction_ob": "usual | SFB"}, strengths={("SFB", "RANKLInduction_ob"): 0.4})
    changed = read_as(model, [added])
    before, after = (set(m.network.rules["RANKLInduction_ob"].regulators) for m in (model, changed))
    assert after == before | {"SFB"}
    (edge,) = [e for e in changed.network.edges if (e.source, e.target) == ("SFB", "RANKLInduction_ob")]
    assert (edge.sign, edge.strength, edge.assumption) == (1, 0.4, "for tests")


def test_a_sign_turns_with_the_rule(model):
    changed = read_as(model, [next(r for r in OTHERS if r.name == "mTOR_B_drives")])
    signs = [{(e.source, e.target): e.sign for e in m.network.edges}["mTOR_B", "RANKL_B"] for m in (model, changed)]
    assert signs == [-1, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"effects": (EffectChange("Quercitin", "JNK_ob"),)},
            "reading other: no compound 'Quercitin'. Did you mean 'Quercetin'?",
        ),
        (
            {"effects": (EffectChange("Quercetin", "SFB"),)},
            "reading other: Quercetin has no such action on SFB that could be left out.",
        ),
        ({"strengths": {("SFB", "OPG"): 0.1}}, "reading other: no edge SFB -> OPG whose strength could differ."),
        ({"rules": {"OPGG": "SFB"}}, "reading other: no node 'OPGG' whose rule could differ. Did you mean 'OPG'?"),
        (
            {"rules": {"OPG": "usual | SFB"}},
            "reading other: the new rule of OPG uses SFB, but no strength is given. Add it under 'edges'.",
        ),
    ],
)
def test_a_reading_that_does_not_fit_the_model_is_refused(model, changes, message):
    with pytest.raises(ModelError) as caught:
        read_as(model, [reading(**changes)])
    assert str(caught.value) == message


@pytest.mark.parametrize("one", OTHERS, ids=named)
def test_the_model_is_healthy_and_stable_under_every_reading(model, one):
    changed = read_as(model, [one])
    assert changed is not model
    draw = engine_of(changed).reference
    assert healthy_is_stable(draw.program, draw.constants, draw.wiring)


def test_readings_name_claims_that_exist(model):
    assert [c for d in DISPUTES for r in d.readings for c in r.claims if c not in model.claims] == []


def test_every_variant_that_a_question_asks_for_is_there(model):
    asked = {
        part.strip().removeprefix("variant=")
        for claim in model.claims.values()
        for column in ("baseline", "do")
        for part in claim.columns[column].split("&")
        if part.strip().startswith("variant=")
    }
    assert asked - {"any"} <= {reading.name for dispute in DISPUTES for reading in dispute.readings}


def test_readings_are_drawn_by_weight():
    sides = (Reading("A", 0.25, description="a"), Reading("B", 0.75, strengths={("X", "Y"): 0.1}, description="b"))
    dispute = Dispute("AB", "", "", sides)
    assert [dispute.pick(share).name for share in (0.0, 0.24, 0.26, 0.999)] == ["A", "A", "B", "B"]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("", "variants.yaml:1:1: weights of dispute a add up to 0.5, not to 1."),
        (
            "    two: {weight: 0.5, description: as it is}\n",
            (
                "variants.yaml:1:1: dispute a has 2 readings that change nothing. "
                "Exactly one reading is the one that the model holds."
            ),
        ),
        (
            "    two: {weight: 0.5, edges: [{source: X, target: Y, strength: 0.1}]}\n",
            "variants.yaml:5:5: reading two has no evidence. Give claim ids or a description with its reason.",
        ),
        (
            "    two: {weight: 0.5, description: b, edges: [{source: X, target: Y, strength: 2.0}]}\n",
            "variants.yaml:5:5: reading two gives X -> Y the strength 2. Allowed: above 0 to 1.",
        ),
        (
            "    two: {weight: 0.5, description: b, rules: {X: Y &}}\n",
            (
                "variants.yaml:5:48: the expression ends too early. "
                "Close every bracket and give every operator both sides."
            ),
        ),
    ],
)
def test_a_bad_dispute_is_refused_word_by_word(rest, message):
    with pytest.raises(RemodelsimError) as caught:
        read_disputes(HEAD + rest)
    assert str(caught.value) == message


def test_a_reading_stands_once():
    other = HEAD.replace("a:", "b:", 1) + "    two: {weight: 0.5, claims: [X], rules: {A: B}}\n"
    with pytest.raises(FileFormatError, match="reading one stands twice"):
        read_disputes(HEAD + "    three: {weight: 0.5, claims: [X], rules: {A: B}}\n" + other)
