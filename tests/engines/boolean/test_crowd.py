"""Crowds: every copy by its exact law, and how much the copies of a word are worth."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.engines.boolean.crowd import crowds
from remodelsim.engines.boolean.exact import chain_of_logic, law_after, node_means
from remodelsim.engines.boolean.gillespie import Pace, unit_pace
from remodelsim.engines.boolean.logic import compile_logic

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parent / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


@pytest.mark.parametrize("seed", range(8))
def test_crowds_follow_the_master_equation(seed):
    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, 5, most=3, inputs=seed % 2)
    logic, hold = compile_logic(rules), np.full(5, -1.0)
    hold[rng.integers(5)] = rng.choice([0.0, 1.0, 0.3])
    pace = Pace(rng.choice([1.0, 0.3, 5.0], 5), rng.choice([1.0, 0.05, 2.0], 5), hold)
    start, times = rng.choice([0.0, 1.0, 0.5, 0.2], 5), np.array([0.0, 0.2, 1.0, 4.0])
    seen = crowds(logic, pace, start, times, count=60 * 512, seed=seed)
    chain = chain_of_logic(logic, pace, np.arange(5), np.full(5, -1))
    law = brute.law_of_start(np.where(hold >= 0, hold, start))
    for k, time in enumerate(times):
        later = law_after(chain, law, float(time))[0]
        exact = node_means(later)
        error = np.sqrt(np.maximum(exact * (1 - exact), 1e-9) / seen.independent()[k])
        assert np.all(np.abs(seen.mean[k] - exact) < 4.5 * error + 1e-9)
    numbers = np.unpackbits(seen.last, axis=1, count=5, bitorder="little") @ (1 << np.arange(5))
    shares = np.bincount(numbers, minlength=32) / seen.copies
    assert np.all(np.abs(shares - later) < 4.5 * np.sqrt(np.maximum(later, 1e-6) / seen.independent()[-1].min()) + 1e-9)


def test_fixed_points_are_marked():
    rules = brute.golden_rules(1, 27)
    logic = compile_logic(rules)
    seen = crowds(logic, unit_pace(logic), np.full(27, 0.5), np.array([30.0]), count=512, seed=1)
    states = np.unpackbits(seen.last, axis=1, count=27, bitorder="little")
    expected = [brute.image(rules, state) == tuple(state) for state in states.tolist()]
    assert seen.fixed.tolist() == expected
    assert any(expected)


def test_threads_and_the_number_of_copies_do_not_change_a_word():
    logic = compile_logic(brute.golden_rules(4, 48))
    few, many = (
        crowds(logic, unit_pace(logic), np.full(48, 0.5), np.array([2.0]), count=c, seed=4, threads=t)
        for c, t in ((600, 1), (2000, 2))
    )
    assert (few.copies, many.copies) == (1024, 2048)
    assert np.array_equal(few.states, many.states[:2])


def test_errors_are_those_of_the_scatter_between_words():
    logic = compile_logic(brute.golden_rules(10, 90))
    case = (logic, unit_pace(logic), np.full(90, 0.5), np.array([8.0]))
    means, worth = [], []
    for seed in range(60):
        seen = crowds(*case, count=10 * 512, seed=seed)
        means.append(seen.mean[0])
        worth.append(seen.independent()[0])
    p = np.mean(means, axis=0)
    moving = (p > 0.05) & (p < 0.95)
    found = np.var(means, axis=0, ddof=1)[moving]
    said = (p * (1 - p) / np.mean(worth, axis=0))[moving]
    assert 0.6 < np.median(found / said) < 1.5
    assert np.mean(worth) < 10 * 512
