"""Laws of the gate, on random read-once rules."""

import importlib.util
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.engines.gate import (
    make_constants,
    node_gate,
    odds_gate,
    odds_slope,
    published_constants,
    rule_slopes,
    rule_value,
)
from remodelsim.engines.program import compile_network
from remodelsim.ground.errors import ModelError

spec = importlib.util.spec_from_file_location("small_networks", Path(__file__).parents[1] / "small_networks.py")
small_networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_networks)
small_network = small_networks.small_network

RULES = [
    "A & B & C & D",
    "A | B | C | D",
    "(A | B) & !C & !D",
    "!(A & !B) | (C & D)",
    "A & (B | (C & !D))",
    "!A & !B",
    "!(A | (B & !(C | D)))",
]
NAMES = "ABCD"


def build(text, **kwargs):
    network = small_network({**{name: name for name in NAMES}, "X": text}, **kwargs)
    program = compile_network(network)
    return network, program


@pytest.mark.parametrize("text", RULES)
def test_at_strength_one_the_corners_are_the_rule(text):
    network, program = build(text, strength=1.0)
    constants = published_constants(network, program)
    values = np.empty(program.kind.size)
    for corner in product([0.0, 1.0], repeat=4):
        x = np.array([*corner, 0.5])
        holds = network.rules["X"].expr.holds(dict(zip(NAMES, map(bool, corner), strict=True)))
        assert node_gate(program, constants, x, 4, values) == float(holds)


@pytest.mark.parametrize("text", RULES)
@given(x=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
@settings(max_examples=30, deadline=None)
def test_product_logic_is_the_probability_under_independent_inputs(text, x):
    network, program = build(text, strength=1.0)
    got = rule_value(program, np.ones(len(network.edges)), np.array([*x, 0.0]), 4, np.empty(program.kind.size))
    expected = sum(
        np.prod([p if on else 1.0 - p for p, on in zip(x, corner, strict=True)])
        for corner in product([False, True], repeat=4)
        if network.rules["X"].expr.holds(dict(zip(NAMES, corner, strict=True)))
    )
    assert got == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("text", RULES)
def test_health_is_a_fixed_point_whatever_the_numbers(text):
    network, program = build(text)
    rng = np.random.default_rng(1)
    for _ in range(20):
        level = rng.uniform(0.05, 0.95, 5)
        constants = make_constants(
            network,
            program,
            level,
            rng.uniform(0.6, 4.0, 5),
            np.full(5, 6.0),
            rng.uniform(0.1, 0.9, len(network.edges)),
        )
        got = node_gate(program, constants, level, 4, np.empty(program.kind.size))
        assert got == pytest.approx(level[4], abs=1e-12)


@pytest.mark.parametrize("text", RULES)
def test_slopes_are_the_derivatives(text):
    network, program = build(text)
    strength = np.linspace(0.2, 0.9, len(network.edges))
    values, slopes = np.empty(program.kind.size), np.zeros(len(network.edges))
    x = np.array([0.3, 0.6, 0.8, 0.1, 0.5])
    rule_value(program, strength, x, 4, values)
    rule_slopes(program, strength, 4, values, slopes)
    for k, edge in enumerate(network.edges):
        i = network.index[edge.source]
        up, down = x.copy(), x.copy()
        up[i] += 1e-6
        down[i] -= 1e-6
        difference = rule_value(program, strength, up, 4, values) - rule_value(program, strength, down, 4, values)
        assert slopes[k] == pytest.approx(difference / 2e-6, abs=1e-8)


@given(b=st.floats(0.01, 0.99), gain=st.floats(0.6, 4.0), anchor=st.floats(0.01, 100.0))
@settings(deadline=None)
def test_the_odds_gate_has_the_slope_it_says(b, gain, anchor):
    difference = (odds_gate(b + 1e-7, gain, anchor) - odds_gate(b - 1e-7, gain, anchor)) / 2e-7
    assert odds_slope(b, gain, anchor) == pytest.approx(difference, rel=1e-4, abs=1e-6)


def test_zero_and_one_are_kept_exactly():
    assert odds_gate(0.0, 2.0, 3.0) == 0.0
    assert odds_gate(1.0, 2.0, 3.0) == 1.0
    for gain in (0.5, 1.0, 2.0):
        assert np.isfinite(odds_slope(0.0, gain, 1.0))
        assert np.isfinite(odds_slope(1.0, gain, 1.0))


def test_a_silent_node_reaches_one_in_its_best_corner():
    network, program = build("A & B", levels={"X": 0.0, "A": 0.0})
    constants = published_constants(network, program)
    values = np.empty(program.kind.size)
    assert node_gate(program, constants, np.array([0.0, 0.5, 0.5, 0.5, 0.0]), 4, values) == 0.0
    assert node_gate(program, constants, np.array([1.0, 1.0, 0.5, 0.5, 0.0]), 4, values) == pytest.approx(1.0)


@pytest.mark.parametrize(("levels", "bad"), [({"X": 0.0}, "X"), ({"A": 0.0}, "X")])
def test_a_level_against_its_rule_is_refused(levels, bad):
    network, program = build("A & B", levels=levels)
    with pytest.raises(ModelError) as error:
        published_constants(network, program)
    assert str(error.value) == (
        f"healthy level {levels.get('X', 0.5):g} of {bad} contradicts its rule. "
        "Give it level 0 only where its rule is 0 in health, and never where it is not."
    )
