"""What the words of questions do to the model."""

import pytest

from remodelsim.ground.errors import ScenarioError, UnitError
from remodelsim.nouns.assignment import level_of
from remodelsim.nouns.holding import NotRepresentedError, nodes_behind, protocol_for, readout_for
from remodelsim.nouns.intervention import Clamp, Dosing
from remodelsim.nouns.question import parse_settings


def protocol(model, text, cell=""):
    return protocol_for(model, parse_settings(text, where="table.csv:2 (do)"), cell)


def clamps(model, text, cell=""):
    return {action.node: action.level for action in protocol(model, text, cell) if isinstance(action, Clamp)}


def test_menopause_implies_that_estrogen_is_off(model):
    assert clamps(model, "Menopause=on") == {"Estrogen": 0.0} == clamps(model, "Estrogen=off")


def test_the_same_said_twice_is_said_once(model):
    assert clamps(model, "Menopause=on & Estrogen=off") == {"Estrogen": 0.0}


def test_a_node_beside_a_background_overrides_it(model):
    assert clamps(model, "Osteoporosis=on & Estrogen=on")["Estrogen"] == 1.0
    assert clamps(model, "Estrogen=on & Osteoporosis=on")["Estrogen"] == 1.0


def test_a_donor_is_a_background(model):
    donor = model.backgrounds["fmt_aged_donor"]
    assert clamps(model, "FMT=aged_donor") == dict(donor.levels)


def test_high_and_low_of_a_compound_are_the_ends_of_its_doses(model):
    doses = model.compounds["Puerarin"].doses["uM"]
    assert [next(iter(protocol(model, f"Puerarin={w}"))).amount.value for w in ("low", "on", "high")] == [
        doses.low,
        doses.default,
        doses.high,
    ]


def test_normal_holds_a_node_at_its_healthy_level(model):
    assert clamps(model, "MechanicalStress=normal") == {
        "MechanicalStress": model.network.node("MechanicalStress").level
    }


def test_then_off_gives_a_compound_for_a_time_only(model):
    (action,) = protocol(model, "Quercetin=on@then_off")
    assert isinstance(action, Dosing)
    assert (action.span.start, action.span.stop) == (0.0, 180.0)


def test_a_signal_with_copies_is_set_in_all_of_them_or_in_the_cell_that_is_named(model):
    copies = model.readouts["p38"].cells
    assert clamps(model, "p38=off") == dict.fromkeys(copies.values(), 0.0)
    assert clamps(model, "p38=off", "MSC") == {copies["MSC"]: 0.0}


def test_a_ratio_is_set_by_both_its_sides(model):
    rankl, opg = (model.network.node(name).level for name in ("RANKL", "OPG"))
    assert clamps(model, "RANKL_OPG_ratio=high") == {"RANKL": level_of("high", rankl), "OPG": level_of("low", opg)}
    assert clamps(model, "RANKL_OPG_ratio=on") == {"RANKL": 1.0, "OPG": 0.0}


def test_a_readout_is_read_in_the_cell_that_is_named(model):
    assert readout_for(model, "p38", "MSC").name == model.readouts["p38"].cells["MSC"]
    assert readout_for(model, "p38").name == "p38"
    assert readout_for(model, "BoneMass", "MSC").name == "BoneMass"


def test_the_nodes_behind_a_readout_are_found_through_other_readouts(model):
    assert set(nodes_behind(model, model.readout("RANKL_OPG_ratio"))) == {"RANKL", "OPG"}
    assert nodes_behind(model, model.readout("RANKL")) == ("RANKL",)


@pytest.mark.parametrize(
    ("text", "what", "name", "near"),
    [
        ("Rankll=on", "entity", "Rankll", "RANKL"),
        ("Qqqqqqqq=on", "entity", "Qqqqqqqq", ""),
        ("Quercetin=5mg", "dose", "Quercetin=5mg", ""),
        ("RANKL=5mg", "dose", "RANKL=5mg", ""),
    ],
)
def test_what_the_model_does_not_carry_is_a_gap_with_the_nearest_name(model, text, what, name, near):
    with pytest.raises(NotRepresentedError) as caught:
        protocol(model, text)
    gap = caught.value.gap
    assert (gap.what, gap.name, gap.nearest) == (what, name, near)


def test_a_cell_without_a_copy_is_a_gap(model):
    with pytest.raises(NotRepresentedError) as caught:
        readout_for(model, "p38", "neutrophil")
    assert caught.value.gap.what == "cell"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "RANKL=higher",
            (
                "table.csv:2 (do): 'higher' is no value for RANKL. Did you mean 'high'? "
                "Allowed: on, off, high, low, normal, an activity from 0 to 1, a dose with its unit."
            ),
        ),
        (
            "FMT=aged_doner",
            (
                "table.csv:2 (do): 'aged_doner' is no value for FMT. Did you mean 'aged_donor'? Allowed: on, off, "
                "high, low, normal, aged_donor, malnourished_donor, an activity from 0 to 1, a dose with its unit."
            ),
        ),
        (
            "RANKL_OPG_ratio=0.5",
            "table.csv:2 (do): RANKL_OPG_ratio is a readout and takes no number. Allowed: on, off, high, low, normal.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_word_by_word(model, text, message):
    with pytest.raises(ScenarioError) as caught:
        protocol(model, text)
    assert str(caught.value) == message


def test_a_later_background_overrides_an_earlier_one(model):
    assert clamps(model, "GermFree=on & Conventionalization=on") == dict(
        model.backgrounds["conventionalization"].levels
    )
    assert clamps(model, "Conventionalization=on & GermFree=on")["GutMicrobiota"] == 0.0


@pytest.mark.parametrize(("text", "same"), [("Menopause=high", "Menopause=on"), ("Menopause=low", "Menopause=off")])
def test_every_word_means_something_for_a_circumstance(model, text, same):
    assert protocol(model, text) == protocol(model, same)
    assert protocol(model, "Periodontitis=normal").actions == ()


def test_settings_that_contradict_each_other_are_refused(model):
    with pytest.raises(ScenarioError) as caught:
        protocol(model, "RANKL=on & RANKL_OPG_ratio=low")
    assert str(caught.value) == (
        "table.csv:2 (do): RANKL_OPG_ratio=low contradicts what stands before it "
        "(RANKL is set twice at the same time). Keep one of the two."
    )


def test_a_dose_with_an_unknown_unit_is_an_error_not_a_gap(model):
    with pytest.raises(UnitError, match="unknown dose unit 'zz'"):
        protocol(model, "Quercetin=5zz")
