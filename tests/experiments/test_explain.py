"""Why: what is told about an effect is what happens when causes are taken away."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from remodelsim.experiments.arms import BooleanArms, OdeArms
from remodelsim.experiments.arrows import ACTION, AGAINST, RULE, Arrow, bearing
from remodelsim.experiments.causes import doing_of
from remodelsim.experiments.draws import engine_of
from remodelsim.experiments.explain import explain, explain_doing
from remodelsim.experiments.whatif import Question
from remodelsim.ground.units import Amount
from remodelsim.nouns.assignment import protocol_of
from remodelsim.nouns.compound import Compound, DoseRange, Effect
from remodelsim.nouns.intervention import Dosing, Protocol, Span

spec = importlib.util.spec_from_file_location("small_networks", Path(__file__).parents[1] / "small_networks.py")
small_networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_networks)

# Drug -> A -> B -> C is a chain; Drug acts on P and Q side by side, which R adds up
RULES = {
    "Estrogen": "Estrogen",
    "A": "X",
    "B": "A",
    "C": "B",
    "P": "X",
    "Q": "X",
    "R": "P | Q",
    "Z": "X",
    "X": "X",
    "N": "P & !Q",
    "Shut": "Gate & P",
    "Gate": "Gate",
}


def effect(node, sign=1, strength=0.5, ed50=1.0):
    return Effect(node, sign, strength, {"uM": ed50}, assumption="test")


def small(model, *effects, strengths=None):
    network = small_networks.small_network(RULES, gain=1.0, strength=0.6, strengths=strengths)
    doses = {"uM": DoseRange(1.0, 0.1, 100.0)}
    drug = Compound("Drug", "Drug", "药", "drug", doses, tuple(effects))
    return replace(
        model,
        network=network,
        couplings=(),
        feedbacks=(),
        compounds={"Drug": drug},
        backgrounds={},
        readouts={},
        disputes=(),
    )


def why(model, readout, do="Drug=1uM", formalism="ode", baseline="", draws=0):
    question = Question(do, baseline, (readout,), formalism, draws=draws)
    return explain(model, question).whys[readout][formalism]


@pytest.fixture(scope="module")
def chain(model):
    return small(model, effect("A"))


@pytest.fixture(scope="module")
def parallel(model):
    return small(model, effect("P"), effect("Q"))


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
def test_switching_off_all_actions_leaves_exactly_no_effect(model, formalism):
    without = protocol_of(model, "menopause=on", where="")
    doing = doing_of(model, without, protocol_of(model, "Quercetin=5uM & Denosumab=60mg & IL17=off", where=""))
    readouts = (model.readout("BMD_hip"), model.readout("RANKL"))
    arms = [doing.baseline(), doing.arm(doing.causes), doing.arm()]
    if formalism == "ode":
        reference = engine_of(model).reference
        values = OdeArms(model, readouts, 60.0).read([(reference, arm) for arm in arms])
    else:
        values = BooleanArms(model, engine_of(model).reference, readouts, 60.0, 2, 1).read(arms).mean(axis=0)

    assert (values[1] == values[0]).all()
    assert (values[2] != values[0]).all()


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
def test_what_a_chain_passes_through_carries_all_of_the_effect(chain, formalism):
    found = why(chain, "C", formalism=formalism)

    assert found.verdict.direction == "up"
    assert {m.node: round(m.share.value, 3) for m in found.mediators} == {"A": 1.0, "B": 1.0}
    assert [c.cause.text() for c in found.causes] == ["Drug → A"]
    assert found.causes[0].goes.value == pytest.approx(1.0, abs=1e-6)
    assert [r.text() for r in found.routes] == ["Drug → A → B → C"]


def test_parallel_arms_add_up_as_measured(parallel):
    found = why(parallel, "R")
    goes = {c.cause.node: c.goes.value for c in found.causes}
    alone = {c.cause.node: c.alone.value for c in found.causes}
    through = {m.node: m.share.value for m in found.mediators}

    # what is left without P is what Q does alone, and the other way round
    assert goes["P"] + alone["Q"] == pytest.approx(1.0, abs=1e-6)
    assert goes["Q"] + alone["P"] == pytest.approx(1.0, abs=1e-6)
    # holding a node that only one action hits is switching that action off
    assert through["P"] == pytest.approx(goes["P"], abs=1e-3)
    assert through["Q"] == pytest.approx(goes["Q"], abs=1e-3)


def test_two_arms_into_an_or_back_each_other_up(model):
    strong = small(model, effect("P", strength=0.95, ed50=0.01), effect("Q", strength=0.95, ed50=0.01), effect("Z"))
    (pair,) = why(strong, "R").pairs

    assert {pair.first.node, pair.second.node} == {"P", "Q"}
    assert pair.more > 0.03
    assert pair.goes.value == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
def test_each_of_several_interventions_is_weighed_as_a_whole(parallel, formalism):
    found = why(parallel, "R", do="Drug=1uM & Estrogen=off", formalism=formalism)
    groups = {g.name: (g.goes.value, g.alone.value) for g in found.groups}

    assert set(groups) == {"Drug", "Estrogen"}
    assert groups["Drug"] == pytest.approx((1.0, 1.0), abs=1e-3)
    assert groups["Estrogen"] == pytest.approx((0.0, 0.0), abs=1e-3)
    assert why(parallel, "R", formalism=formalism).groups == ()


def test_the_boolean_model_alone_finds_pairs_too(model):
    strong = small(model, effect("P", strength=0.95, ed50=0.01), effect("Q", strength=0.95, ed50=0.01), effect("Z"))
    (pair,) = why(strong, "R", formalism="boolean").pairs

    assert {pair.first.node, pair.second.node} == {"P", "Q"}


def test_an_ensemble_gives_shares_their_intervals(parallel):
    found = why(parallel, "R", draws=8)

    for share in (found.causes[0].goes, found.causes[0].alone, found.mediators[0].share):
        assert share.draws > 0
        assert share.low <= share.high


def test_a_question_that_changes_nothing_says_so(chain):
    found = explain(chain, Question("Estrogen=off", "Estrogen=off", ("C",), "ode")).whys["C"]["ode"]

    assert [r.key for r in found.reasons] == ["already"]


def test_a_readout_that_cannot_be_reached_says_that_no_path_exists(chain):
    found = why(chain, "Z")

    assert [(r.key, r.slots["nodes"]) for r in found.reasons] == [("unreachable", "Z")]


def test_a_readout_that_the_baseline_holds_says_so(chain):
    found = why(chain, "C", baseline="C=on")

    assert [(r.key, r.slots["nodes"]) for r in found.reasons] == [("held", "C")]


def test_opposing_arms_are_named(model):
    found = why(small(model, effect("P", strength=0.5), effect("Q", strength=0.97)), "N")

    assert [r.key for r in found.reasons] == ["opposing"]
    assert found.reasons[0].slots == {"up": "Drug → P", "down": "Drug → Q"}


@pytest.mark.parametrize("dose", ["0.1uM", "0.0001uM"])
def test_a_dose_that_is_too_low_is_found_by_a_higher_one(model, dose):
    found = why(small(model, effect("A", ed50=50.0)), "C", do=f"Drug={dose}")

    assert [(r.key, r.slots["dose"]) for r in found.reasons] == [("dose", "10 uM")]


def test_what_takes_its_time_is_asked_again_later(model):
    found = why(model, "BMD_hip", do="menopause_course=on")
    (reason,) = [r for r in found.reasons if r.key == "early"]

    assert reason.slots["days"] == "1800"
    assert float(reason.slots["change"]) < -0.01


def test_chains_of_one_cause_that_cancel_are_named(model):
    split = small(model, effect("X", strength=0.5), strengths={("Q", "N"): 0.92})
    found = why(split, "N")

    assert [r.key for r in found.reasons] == ["cancel"]
    assert found.reasons[0].slots == {"up": "X → P → N", "down": "X → Q ⊣ N"}


def test_what_was_stopped_says_so(model):
    do = Protocol((Dosing("Quercetin", Amount(5.0, "uM"), Span(0.0, 50.0)),))
    question = Question("Quercetin=5uM", "", ("Wnt",), "ode")
    found = explain_doing(model, question, doing_of(model, Protocol(), do), 300.0).whys["Wnt"]["ode"]

    assert [r.key for r in found.reasons] == ["over"]
    assert found.reasons[0].slots["stop"] == "50"


def test_a_shut_gate_is_named(model):
    found = why(small(model, effect("P", strength=0.9, ed50=0.1)), "Shut", baseline="Gate=off")

    assert [r.key for r in found.reasons] == ["saturated"]
    assert found.reasons[0].slots["node"] == "Shut"


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
def test_every_arrow_told_rests_on_claims_that_point_its_way_or_on_an_assumption(model, formalism):
    compound, readout = ("Quercetin=5uM", "BMD_hip") if formalism == "ode" else ("VitaminK2=45mg", "BMD_lumbar")
    found = why(model, readout, do=compound, baseline="menopause=on", formalism=formalism)

    assert len(found.arrows) > 5
    for arrow in found.arrows:
        assert arrow.claims or arrow.assumption
        assert all(model.claims[claim.id] is claim for claim in arrow.claims)
        if arrow.kind in {RULE, ACTION}:
            assert [c.id for c in arrow.claims if bearing(model, c, arrow) == AGAINST] == []


def test_no_node_carries_more_than_all_of_estrogen_loss(model):
    found = why(model, "BMD_lumbar", do="Estrogen=off")
    shares = {m.node: m.share.value for m in found.mediators}

    assert found.pinned
    assert max(shares.values()) <= 1.05
    assert shares["EstrogenLossSignal"] == pytest.approx(1.0, abs=0.02)
    assert why(model, "BMD_hip", do="Quercetin=5uM", baseline="menopause=on").pinned == ()


def test_a_claim_against_an_arrow_is_recognised(model):
    claim = next(
        c
        for c in model.claims.values()
        if c.relation == "increases" and c.subject in model.compounds and c.object in model.network.index
    )
    arrow = Arrow(claim.subject, claim.object, -1, ACTION, (claim,))

    assert bearing(model, claim, arrow) == AGAINST
    assert bearing(model, claim, replace(arrow, sign=1)) == "states it"
    assert bearing(model, claim, replace(arrow, target="Estrogen")) == "bears on it"


def test_other_readings_are_asked_again(model):
    found = why(model, "BMD_hip", do="Quercetin=5uM", baseline="menopause=on")
    (other,) = [r for r in found.readings if r.reading == "OPG_same"]
    usual = SimpleNamespace(change=found.verdict.change)

    # without the receptors and Wnt much of the effect is gone
    assert 0.0 < other.verdict.change < 0.7 * usual.change
