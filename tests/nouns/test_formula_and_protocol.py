import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remodelsim.ground.errors import ModelError, RemodelsimError, ScenarioError
from remodelsim.ground.units import Amount
from remodelsim.nouns.compound import Effect
from remodelsim.nouns.formula import Formula
from remodelsim.nouns.intervention import Clamp, Dosing, Protocol, Span


@pytest.mark.parametrize(
    ("text", "value"), [("a + 2*b", 8.0), ("-(a - b) ** 2", -1.0), ("exp(log(a)) / b", 2 / 3), ("sqrt(a*a)", 2.0)]
)
def test_formulae_are_arithmetic(text, value):
    assert Formula(text).value({"a": 2.0, "b": 3.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.b", "a[0]", "lambda: 1", "f(a)", "'text'", "a if b else c", "a == b", "", "1 +", "True"],
)
def test_a_formula_cannot_be_code(text):
    with pytest.raises(ModelError):
        Formula(text).value({"a": 1.0, "b": 2.0, "c": 3.0})


@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_an_error_of_ours(text):
    try:
        Formula(text)
    except RemodelsimError:
        return


def test_a_formula_works_on_arrays():
    got = Formula("x / (y + 1)").value({"x": np.array([1.0, 4.0]), "y": np.array([0.0, 1.0])})
    assert got.tolist() == [1.0, 2.0]


EFFECT = Effect("RANKL", -1, 0.5, {"uM": 2.0}, {"uM": 20.0}, claims=("QUE-001",))


def test_occupancy_is_zero_without_dose_and_a_window_with_two_ends():
    assert EFFECT.occupancy(Amount(0.0, "uM")) == 0.0
    assert EFFECT.occupancy(Amount(2.0, "uM")) == pytest.approx(0.5 * (1 - 1e-4 / (1 + 1e-4)))
    assert EFFECT.occupancy(Amount(2000.0, "uM")) < 1e-6
    assert EFFECT.occupancy(Amount(50.0, "mg/kg")) == 0.0


@given(st.floats(0.0, 1e6))
def test_occupancy_is_a_share(dose):
    assert 0.0 <= EFFECT.occupancy(Amount(dose, "uM")) <= 1.0


def test_two_clamps_of_one_node_at_one_time_are_refused():
    with pytest.raises(ScenarioError) as error:
        Protocol((Clamp("RANKL", 0.0), Clamp("RANKL", 1.0)))
    assert str(error.value) == "RANKL is set twice at the same time. Give each setting a time of its own."
    Protocol((Clamp("RANKL", 0.0, Span(0, 10)), Clamp("RANKL", 1.0, Span(10, 20))))


@pytest.mark.parametrize(
    ("start", "stop"), [(-1.0, 2.0), (3.0, 3.0), (5.0, 1.0), (math.nan, 2.0), (math.inf, math.inf)]
)
def test_impossible_times_are_refused(start, stop):
    with pytest.raises(ScenarioError):
        Span(start, stop)


def test_the_later_protocol_wins_only_where_it_speaks():
    first = Protocol((Clamp("Estrogen", 0.0), Dosing("Quercetin", Amount(1.0, "uM"))))
    both = first.override(Protocol((Clamp("Estrogen", 1.0, Span(10.0, 20.0)),)))
    levels = [(a.level, a.span.start, a.span.stop) for a in both if isinstance(a, Clamp)]
    assert levels == [(0.0, 0.0, 10.0), (0.0, 20.0, math.inf), (1.0, 10.0, 20.0)]
    assert both.times() == (0.0, 10.0, 20.0)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 50)), max_size=4))
def test_clamping_twice_is_clamping_once(spans):
    out = Protocol()
    for start, length in spans:
        step = Protocol((Clamp("X", 1.0, Span(start, start + length)),))
        out = out.override(step)
        assert set(out.override(step).actions) == set(out.actions)
