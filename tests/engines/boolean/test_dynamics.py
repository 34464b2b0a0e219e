"""Each dynamics against brute force: trajectories, steps and exact laws of small networks."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm

from remodelsim.engines.boolean.discrete import STEPWISE, fixed_points, run_steps
from remodelsim.engines.boolean.exact import (
    chain_of_logic,
    independent_law,
    law_after,
    never_changing,
    node_means,
    settled_law,
)
from remodelsim.engines.boolean.gillespie import Pace, trajectories, unit_pace
from remodelsim.engines.boolean.logic import compile_logic, constant_under, evaluate
from remodelsim.ground.errors import SolveError
from remodelsim.nouns.rule import Rule

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parent / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


def case(seed, size=4, held=True):
    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, size, inputs=seed % 2)
    hold = np.full(size, -1.0)
    if held:
        hold[rng.integers(size)] = rng.choice([0.0, 1.0, 0.3])
    start = rng.choice([0.0, 1.0, 0.5, 0.2], size)
    pace = Pace(rng.choice([1.0, 0.3, 5.0], size), rng.choice([1.0, 0.05, 2.0], size), hold)
    return rules, compile_logic(rules), pace, start


def begun(pace, start):
    return brute.law_of_start(np.where(pace.hold >= 0, pace.hold, start))


def worst_z(found, copies, exact):
    error = np.sqrt(np.maximum(exact * (1 - exact), 1e-12) / copies)
    return np.max(np.abs(found / copies - exact) / np.maximum(error, 1e-9) * (np.abs(found / copies - exact) > 1e-9))


@pytest.mark.parametrize("seed", range(8))
def test_trajectories_follow_the_master_equation(seed):
    rules, logic, pace, start = case(seed)
    times = np.array([0.0, 0.2, 1.0, 4.0])
    seen = trajectories(logic, pace, start, times, count=20000, seed=seed)
    rates = brute.generator(rules, pace.up, pace.down, pace.hold)
    for k, time in enumerate(times):
        exact = node_means(begun(pace, start) @ expm(rates * time))
        assert worst_z(seen.on[k], 20000, exact) < 4.5
    law = begun(pace, start) @ expm(rates * 4.0)
    numbers = np.unpackbits(seen.last, axis=1, count=4, bitorder="little") @ (1 << np.arange(4))
    assert worst_z(np.bincount(numbers, minlength=16), 20000, law) < 4.5


@pytest.mark.parametrize("dynamics", STEPWISE)
@pytest.mark.parametrize("seed", range(5))
def test_steps_follow_their_transition_matrix(seed, dynamics):
    rules, logic, pace, start = case(seed, size=3)
    steps = np.array([0, 1, 2, 5])
    seen = run_steps(logic, pace.hold, start, steps, dynamics=dynamics, count=20000, seed=seed)
    matrix = brute.step_matrix(rules, dynamics, pace.hold)
    for k, step in enumerate(steps):
        exact = node_means(begun(pace, start) @ np.linalg.matrix_power(matrix, int(step)))
        assert worst_z(seen.on[k], seen.copies, exact) < 4.5
    law = begun(pace, start) @ np.linalg.matrix_power(matrix, 5)
    numbers = np.unpackbits(seen.last, axis=1, count=3, bitorder="little") @ (1 << np.arange(3))
    assert worst_z(np.bincount(numbers, minlength=8), seen.copies, law) < 4.5


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_law_is_that_of_the_matrix_exponential(seed):
    rules, logic, pace, start = case(seed)
    chain = chain_of_logic(logic, pace, np.arange(4), np.full(4, -1))
    rates, law = brute.generator(rules, pace.up, pace.down, pace.hold), begun(pace, start)
    later, mean = law_after(chain, law, 3.0)
    assert later == pytest.approx(law @ expm(rates * 3.0), abs=1e-9)
    grid = np.linspace(0.0, 3.0, 2001)
    steps = np.array([law @ expm(rates * t) for t in grid[::40]])
    assert mean == pytest.approx(np.trapezoid(steps, grid[::40], axis=0) / 3.0, abs=3e-3)
    settled, bound = settled_law(chain, law)
    assert bound < 1e-9
    assert settled == pytest.approx(law @ expm(rates * 2000.0), abs=1e-8)


def test_a_law_that_oscillates_settles_too():
    rules = {"a": Rule.parse("a", "!b"), "b": Rule.parse("b", "a")}
    chain = chain_of_logic(compile_logic(rules), unit_pace(compile_logic(rules)), np.arange(2), np.full(2, -1))
    settled, _ = settled_law(chain, independent_law(np.zeros(2)))
    assert settled == pytest.approx(np.full(4, 0.25), abs=1e-9)


def test_rates_far_apart_are_met():
    rules = {"a": Rule.parse("a", "!a"), "b": Rule.parse("b", "!b")}
    logic = compile_logic(rules)
    pace = Pace(np.array([1.0, 1000.0]), np.array([3.0, 500.0]), np.full(2, -1.0))
    seen = trajectories(logic, pace, np.zeros(2), np.array([0.001, 10.0]), count=20000, seed=1)
    b_early = 2.0 / 3.0 * (1 - np.exp(-1.5))
    assert worst_z(seen.on[0], 20000, np.array([0.25 * (1 - np.exp(-0.004)), b_early])) < 4.5
    assert worst_z(seen.on[1], 20000, np.array([0.25, 2.0 / 3.0])) < 4.5


def test_threads_and_blocks_do_not_change_anything():
    _, logic, pace, start = case(3)
    first, second = (trajectories(logic, pace, start, np.array([1.0]), count=1700, seed=4, threads=t) for t in (1, 2))
    assert np.array_equal(first.on, second.on)
    assert np.array_equal(first.last, second.last)
    for dynamics in STEPWISE:
        runs = [
            run_steps(logic, pace.hold, start, np.array([6]), dynamics=dynamics, count=1500, seed=4, threads=t)
            for t in (1, 2)
        ]
        assert np.array_equal(runs[0].last, runs[1].last)


def test_fixed_points_are_recognised():
    rules = {"a": Rule.parse("a", "a"), "b": Rule.parse("b", "a & !b | a & b")}
    logic = compile_logic(rules)
    seen = trajectories(logic, unit_pace(logic), np.full(2, 0.5), np.array([50.0]), count=600, seed=1)
    assert seen.fixed.all()
    packed = np.array([[0], [1], [2], [3]], np.uint8)
    assert fixed_points(logic, np.full(2, -1.0), packed).tolist() == [True, False, False, True]


@pytest.mark.parametrize("seed", range(30))
def test_arrays_mean_what_the_rules_say(seed):
    rules = brute.random_rules(np.random.default_rng(seed), 6, most=5)
    logic = compile_logic(rules)
    for state in brute.states_of(6):
        asked = brute.image(rules, state)
        assert tuple(int(evaluate(logic.choices(i), state)) for i in range(6)) == asked
        for i in range(6):
            corner = sum(state[r] << j for j, r in enumerate(logic.regulators(i)))
            assert logic.table[logic.offset[i] + corner] == asked[i]


def test_regulators_that_make_no_difference_are_dropped():
    rules = {"a": Rule.parse("a", "a & !a"), "b": Rule.parse("b", "(a | !a) & b")}
    logic = compile_logic(rules)
    assert logic.regulators(0).tolist() == []
    assert logic.root[0] == 0
    assert logic.regulators(1).tolist() == [1]


def test_wide_rules_are_followed_choice_by_choice():
    names = [f"x{i}" for i in range(40)]
    rules = {name: Rule.parse(name, name) for name in names}
    rules["all"] = Rule.parse("all", " & ".join(names))
    rules["pairs"] = Rule.parse(
        "pairs", " | ".join(f"({a} & !{b})" for a, b in zip(names[::2], names[1::2], strict=True))
    )
    logic = compile_logic(rules)
    assert logic.offset[40] == logic.offset[41] == -1
    rng = np.random.default_rng(1)
    for _ in range(200):
        state = rng.integers(0, 2, 42)
        assert evaluate(logic.choices(40), state) == state[:40].all()
        assert evaluate(logic.choices(41), state) == (state[:40:2] & (1 - state[1:40:2])).any()
    start = np.concatenate([np.ones(40), np.zeros(2)])
    for seen in (
        trajectories(logic, unit_pace(logic), start, np.array([30.0]), count=50, seed=1),
        *(run_steps(logic, np.full(42, -1.0), start, np.array([2000]), dynamics=d, count=50, seed=1) for d in STEPWISE),
    ):
        assert seen.on[0, 40] == seen.copies
        assert seen.on[0, 41] == 0


def test_nodes_that_never_change_are_left_out_exactly():
    texts = {"i": "i", "on": "i | free", "follows": "on", "late": "on", "free": "free & on"}
    rules = {name: Rule.parse(name, text) for name, text in texts.items()}
    logic = compile_logic(rules)
    given = never_changing(logic, unit_pace(logic), np.array([1.0, 1.0, 1.0, 0.0, 0.5]))
    assert given.tolist() == [1, 1, 1, -1, -1]
    assert constant_under(logic.choices(1), given) == 1
    assert constant_under(logic.choices(4), given) == -1


def test_too_many_nodes_or_events_are_refused():
    rules = {f"n{i}": Rule.parse(f"n{i}", f"!n{(i + 1) % 16}") for i in range(16)}
    logic = compile_logic(rules)
    with pytest.raises(SolveError, match="16 nodes matter, too many for an exact answer"):
        chain_of_logic(logic, unit_pace(logic), np.arange(16), np.full(16, -1))
    given = np.full(16, -1)
    given[0] = 1
    chain = chain_of_logic(logic, unit_pace(logic), np.arange(1, 16), given)
    with pytest.raises(SolveError, match="an exact answer would take minutes"):
        law_after(chain, independent_law(np.full(15, 0.5)), 1e6)
