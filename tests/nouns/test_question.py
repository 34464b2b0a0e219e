"""The grammar of questions, sentence by sentence."""

import pytest

from remodelsim.ground.errors import ScenarioError
from remodelsim.nouns.question import USUAL, make_question, parse_expected, parse_phase, parse_settings

PLACES = {"baseline": "b", "do": "d", "expect": "e"}


def question(baseline="", do="RANKL=on", expect="BoneMass:down"):
    return make_question("X-1", {"baseline": baseline, "do": do, "expect": expect}, PLACES)


def test_settings_are_joined_by_an_ampersand():
    assert [str(s) for s in parse_settings("Estrogen=off & Puerarin=on@48h&RANKL = high")] == [
        "Estrogen=off",
        "Puerarin=on@48h",
        "RANKL=high",
    ]
    assert parse_settings("  ") == ()


def test_expectations_name_a_readout_and_a_direction():
    assert [str(e) for e in parse_expected("BoneMass:up & RANKL:down")] == ["BoneMass:up", "RANKL:down"]


@pytest.mark.parametrize(("text", "day"), [("2h", 2 / 24), ("48h", 2.0), ("30d", 30.0), ("8mo", 8 * 365 / 12)])
def test_a_phase_may_be_a_time(text, day):
    phase = parse_phase(text)
    assert phase.day == phase.bone_day == pytest.approx(day)


def test_early_is_days_for_signals_and_weeks_for_bone():
    early = parse_phase("early")
    assert early.day < 7.0 < early.bone_day < USUAL.day


def test_late_is_the_usual_day():
    assert parse_phase("late").day == parse_phase("late").bone_day == USUAL.day == 180.0


def test_then_off_ends_the_setting_long_before_it_is_read():
    phase = parse_phase("then_off")
    assert phase.until == 180.0
    assert phase.day == phase.until + 730.0


def test_cell_and_variant_are_words_of_the_question_not_settings():
    asked = question("cell=MSC & Estrogen=off & variant=JNK_up")
    assert (asked.cell, asked.variant, [str(s) for s in asked.baseline]) == ("MSC", "JNK_up", ["Estrogen=off"])


def test_do_overrides_baseline_in_any_spelling():
    asked = question("VitaminK2=off & Estrogen=off", "vitamink2=on")
    assert [str(s) for s in asked.kept] == ["Estrogen=off"]


def test_without_a_word_both_arms_are_read_on_the_usual_day():
    assert question("Estrogen=off").phases == (USUAL, USUAL)


def test_both_arms_are_read_when_the_intervention_says():
    first, second = question("RANKL=on", "IFNG=on@early").phases
    assert first is second
    assert first.word == "early"


def test_each_arm_is_read_when_its_own_setting_says():
    asked = question("Puerarin=on@2h", "Puerarin=on@48h", "Ca_intracellular:down")
    assert [phase.day for phase in asked.phases] == [pytest.approx(2 / 24), 2.0]


def test_a_phase_of_the_baseline_that_is_kept_holds_for_both_arms():
    asked = question("Puerarin=on@2h", "Ca_intracellular=off", "OsteoblastProliferation:down")
    assert [phase.word for phase in asked.phases] == ["2h", "2h"]


def test_nothing_may_be_done():
    assert question("", "", "BoneMass:same").do == ()


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"do": "RANKL"}, "'RANKL' is not an assignment"),
        ({"do": "RANKL=on & "}, "'' is not an assignment"),
        ({"do": "=on"}, "'=on' is not an assignment"),
        ({"do": "RANKL=on@"}, "'RANKL=on@' is not an assignment"),
        ({"do": "RANKL=on@soon"}, "unknown time '@soon'"),
        ({"do": "RANKL=on@0h"}, "unknown time '@0h'"),
        ({"do": "RANKL=?"}, "'?' is no value for RANKL"),
        ({"do": "RANKL=on & rankl=off"}, "rankl is set twice"),
        ({"do": "RANKL=on@2h & TNF=on@48h"}, "one arm cannot be read at two times"),
        ({"expect": "BoneMass"}, "'BoneMass' is not an expectation"),
        ({"expect": "BoneMass:upp"}, "'upp' is no direction"),
        ({"expect": "BoneMass:up & bonemass:down"}, "a readout is expected twice"),
        ({"baseline": "cell=10"}, "'cell=10' names no cell"),
        ({"baseline": "cell=MSC", "do": "cell=T & RANKL=on"}, "'cell=T' names no cell"),
    ],
)
def test_broken_grammar_is_refused_with_its_place(texts, words):
    with pytest.raises(ScenarioError) as caught:
        question(**texts)
    assert words in str(caught.value)
    assert caught.value.where in {"b", "d", "e"}
