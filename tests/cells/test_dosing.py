"""Levels of drugs: boluses, infusions, averages, and the check whether an average may stand for the doses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.engines.ode.averaging import averaging_error, exact_from
from remodelsim.engines.ode.cell_families import vector
from remodelsim.engines.ode.cells import DRUGS
from remodelsim.engines.ode.dosing import Doses, averaged_rate, level, regimen, segments, steady
from remodelsim.experiments import plan
from remodelsim.experiments.plan import drug_doses
from remodelsim.files.cells_file import read_preset
from remodelsim.files.library import load_model
from remodelsim.ground.errors import ScenarioError
from remodelsim.ground.units import Amount
from remodelsim.nouns.intervention import Dosing, Protocol, Span

positive = st.floats(1e-3, 1e3)
LN2 = math.log(2.0)


# the first call may compile
@settings(deadline=None)
@given(
    start=positive, decay=st.floats(1e-3, 5.0), rate=positive, first=st.floats(0.0, 50.0), second=st.floats(0.0, 50.0)
)
def test_a_level_after_two_spans_is_the_level_after_their_sum(start, decay, rate, first, second):
    halfway = level(first, start, decay, rate)
    assert level(second, halfway, decay, rate) == pytest.approx(level(first + second, start, decay, rate), rel=1e-9)


def test_a_level_without_decay_rises_in_a_line():
    assert level(10.0, 1.0, 0.0, 0.5) == 6.0


def test_two_boluses_add_up_and_the_second_counts_on_its_own_day():
    doses = Doses(LN2 / 10.0, boluses=((0.0, 8.0), (10.0, 1.0)))
    assert [doses.at(t) for t in (-1.0, 0.0, 10.0, 20.0)] == pytest.approx([0.0, 8.0, 5.0, 2.5])


def test_an_infusion_rises_to_its_plateau_and_washes_out():
    doses = Doses(LN2, infusions=((0.0, 50.0, 3.0),))
    assert doses.at(50.0) == pytest.approx(3.0 / LN2)
    assert doses.at(51.0) == pytest.approx(1.5 / LN2)
    assert (doses.rate(-1.0), doses.rate(0.0), doses.rate(50.0)) == (0, 3.0, 0)


# the first call may compile
@settings(deadline=None)
@given(
    times=st.lists(st.integers(-30, 120), min_size=1, max_size=6),
    start=st.integers(-20, 60),
    length=st.integers(0, 60),
    asked=st.integers(0, 99).map(lambda day: day + 0.5),
)
def test_segments_give_the_level_that_the_doses_add_up_to(times, start, length, asked):
    drugs = [Doses(0.07, tuple((t, 2.0) for t in times)), Doses(0.3, infusions=((start, start + length, 1.5),))]
    cut = segments(drugs, 0.0, 100.0)
    assert np.all(np.diff(cut.edges) > 0.0)
    row = min(int(np.searchsorted(cut.edges, asked, side="right")) - 1, len(cut.start) - 1)
    for i, doses in enumerate(drugs):
        found = level(asked - cut.edges[row], cut.start[row, i], cut.decay[i], cut.rate[row, i])
        assert found == pytest.approx(doses.at(asked), rel=1e-9)


def test_jumps_that_differ_by_rounding_are_one_jump_with_both_doses():
    drugs = [Doses(0.1, ((30.0, 1.0),)), Doses(0.1, ((30.0 + 1e-12, 1.0),))]
    cut = segments(drugs, 0.0, 60.0)
    assert len(cut.edges) == 3
    assert cut.start[1] == pytest.approx([1.0, 1.0])


def test_a_dose_that_rounding_puts_behind_the_first_day_is_not_lost():
    cut = segments([Doses(0.1, ((1e-12, 1.0),))], 0.0, 60.0)
    assert cut.start[0] == pytest.approx([1.0])


def test_doses_from_fourteen_days_on_are_exact_and_shorter_ones_flow():
    assert len(regimen(1.0, 0.1, 14.0, 0.0, 365.0).boluses) == 27
    weekly = regimen(1.0, 0.1, 7.0, 0.0, 364.0)
    assert (len(weekly.boluses), len(weekly.infusions)) == (1, 1)


@pytest.mark.parametrize(("every", "count"), [(182.5, 6), (365.0 / 12.0, 36)])
def test_three_years_hold_as_many_doses_as_they_should(every, count):
    assert len(regimen(1.0, 0.1, every, 0.0, 3 * 365.0).boluses) == count


# the first call may compile
@settings(deadline=None)
@given(every=st.floats(0.5, 13.0), half_life=st.floats(0.02, 300.0), rise=st.floats(1e-3, 10.0))
def test_averaged_doses_have_the_mean_effect_of_exact_ones(every, half_life, rise):
    decay = LN2 / half_life
    effective = averaged_rate(rise, decay, every) / decay
    peak = rise / (1.0 - math.exp(-decay * every))
    at = peak * np.exp(-decay * np.linspace(0.0, every, 20001))
    exact = np.trapezoid(at / (1.0 + at), dx=every / 20000) / every
    assert effective / (1.0 + effective) == pytest.approx(exact, rel=1e-4)


# the first call may compile
@settings(deadline=None)
@given(every=st.floats(0.5, 13.0), half_life=st.floats(5.0, 300.0))
def test_averaged_doses_of_a_slow_drug_keep_the_whole_amount(every, half_life):
    decay = LN2 / half_life
    doses = regimen(1e-6, decay, every, 0.0, 20 * every)
    (_, first), (start, stop, rate) = doses.boluses[0], doses.infusions[0]
    assert first + rate * (stop - start) == pytest.approx(20e-6, rel=1e-4)


def test_a_steady_inflow_brings_the_same_amount_as_the_doses():
    doses = steady(0.02, 0.5, 2.0, 10.0, 30.0)
    assert doses.infusions == ((10.0, 30.0, 0.01),)
    assert doses.boluses == ()
    with pytest.raises(ScenarioError, match="a dose every 0 days is not possible"):
        steady(0.02, 0.5, 0.0, 10.0, 30.0)


def test_dose_zero_is_no_dose():
    assert regimen(0.0, 0.1, 7.0, 0.0, 70.0).at(35.0) == 0.0
    assert regimen(0.0, 0.1, 30.0, 0.0, 70.0).at(35.0) == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: regimen(1.0, 0.1, 0.0, 0.0, 1.0), "a dose every 0 days is not possible. Give a period above 0."),
        (lambda: regimen(1.0, 0.1, 7.0, 9.0, 1.0), "dosing stops on day 1 before it starts on day 9."),
        (lambda: Doses(0.1, ((3.0, -1.0),)), "the dose on day 3 is negative."),
        (lambda: Doses(0.1, infusions=((5.0, 3.0, 1.0),)), "dosing stops on day 3 before it starts on day 5."),
        (lambda: Doses(0.1, infusions=((1.0, 3.0, -1.0),)), "the dose from day 1 on is negative."),
        (lambda: Doses(-0.1), "a level cannot decay at -0.1 per day."),
        (lambda: Doses(0.1, ((math.nan, 1.0),)), "a time or dose is not a finite number."),
        (lambda: segments([], 5.0, 5.0), "the course ends on day 5, not after it starts on day 5."),
    ],
)
def test_impossible_doses_are_refused(make, message):
    with pytest.raises(ScenarioError) as caught:
        make()
    assert str(caught.value) == message


def exposure(drug):
    model = read_preset("joerg2022").exposure(drug)
    return model.scale * model.dose, model.decay, model.every


def parameters():
    return vector("joerg", read_preset("joerg2022").values())


@pytest.mark.parametrize(("channel", "drug"), [("bisphosphonate", "alendronate"), ("pth", "teriparatide")])
def test_averaged_labelled_doses_miss_exact_ones_by_less_than_a_percent(channel, drug):
    assert averaging_error(parameters(), channel, *exposure(drug)) < 0.005
    rise, decay, every = exposure(drug)
    assert every < exact_from(tuple(parameters()), channel, rise, decay)


def test_the_check_finds_doses_that_must_not_be_averaged():
    assert averaging_error(parameters(), "denosumab", *exposure("denosumab")) > 0.1


def test_doses_that_come_and_go_within_a_cycle_are_followed_one_by_one():
    preset = read_preset("default")
    numbers, told = vector("joerg", preset.values()), preset.exposure("teriparatide")
    from_on = exact_from(tuple(numbers), "pth", told.scale * told.dose, told.decay)
    assert 1.0 < from_on < 7.0
    assert averaging_error(numbers, "pth", told.scale * told.dose, told.decay, 7.0) > 0.01


def test_a_run_gives_single_doses_where_their_average_would_mislead(monkeypatch):
    model = load_model()
    daily = Protocol((Dosing("Teriparatide", Amount(0.02, "mg"), Span(0.0, 30.0)),))
    channel = DRUGS.index("pth")
    assert [len(doses.boluses) for doses in drug_doses(model, daily, 30.0)[channel]] == [1]
    monkeypatch.setattr(plan, "exact_period", lambda *_: 1.0)
    assert [len(doses.boluses) for doses in drug_doses(model, daily, 30.0)[channel]] == [30]
