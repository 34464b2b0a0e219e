"""Decision diagrams give their tables and are reduced."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.engines.boolean.diagram import diagram_of, leaves_of


def value(diagram, corner):
    found = list(diagram.values)
    for which, high, low in zip(diagram.which, diagram.high, diagram.low, strict=True):
        found.append(found[high] if corner >> which & 1 else found[low])
    return found[-1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 7), st.integers(0, 10**6), st.integers(1, 5))
def test_a_diagram_gives_its_table(inputs, seed, kinds):
    rng = np.random.default_rng(seed)
    table = rng.choice(np.concatenate([[0.0, 1.0], rng.random(kinds)]), size=1 << inputs)
    diagram = diagram_of(table)
    assert [value(diagram, corner) for corner in range(table.size)] == pytest.approx(table.tolist(), abs=1e-13)


def test_an_and_needs_one_choice_per_input():
    table = np.zeros(64)
    table[-1] = 0.4
    assert diagram_of(table).which.size == 6


def test_inputs_that_do_not_matter_are_not_asked():
    table = np.tile(np.array([0.2, 0.2, 0.9, 0.9]), 4)
    diagram = diagram_of(table)
    assert diagram.which.tolist() == [1]


def test_exact_corners_stay_exact():
    values, number = leaves_of(np.array([0.0, 1e-300, 1.0 - 1e-16, 1.0]))
    assert values[number[0]] == 0.0
    assert values[number[3]] == 1.0
    assert 0.0 < values[number[1]] < 1e-12
    assert 1.0 - 1e-12 < values[number[2]] < 1.0
