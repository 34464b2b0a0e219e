"""The Boolean process: exact law against sampling, pairing, bias, determinism."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.engines.boolean.clock import Stretch
from remodelsim.engines.boolean.exact import exact_means, relevant
from remodelsim.engines.boolean.sample import sample
from remodelsim.engines.boolean.tables import make_tables
from remodelsim.engines.gate import published_constants
from remodelsim.engines.program import compile_network
from remodelsim.ground.errors import SolveError

spec = importlib.util.spec_from_file_location("small_networks", Path(__file__).parents[2] / "small_networks.py")
small_networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_networks)

RULES = {"A": "A", "B": "!D | A", "C": "(A & !D) | B", "D": "C | A", "E": "E"}


@pytest.fixture(scope="module")
def tables():
    network = small_networks.small_network(RULES, levels={"B": 0.6, "C": 0.6, "D": 0.6})
    program = compile_network(network)
    return make_tables(program, published_constants(network, program))


def free(lanes=1, n=5):
    return np.zeros((lanes, n)), np.ones((lanes, n))


def held(node, level, n=5):
    alpha, beta = np.zeros(n), np.ones(n)
    alpha[node], beta[node] = level, 0.0
    return alpha, beta


def test_tables_are_unbiased_under_independent_regulators(tables):
    for i in range(5):
        size, start = 1 << tables.count[i], tables.offset[i]
        regulators = tables.regulator[tables.first[i] : tables.first[i] + tables.count[i]]
        chance = np.ones(size)
        for corner in range(size):
            for j, r in enumerate(regulators):
                chance[corner] *= tables.level[r] if corner >> j & 1 else 1.0 - tables.level[r]
        assert chance @ tables.asked[start : start + size] == pytest.approx(tables.level[i], abs=1e-9)


def test_sampling_agrees_with_the_exact_law(tables):
    alpha, beta = held(0, 1.0)
    taken = sample(tables, [Stretch(alpha[None], beta[None], 40.0)], replicates=40, seed=3)
    found = taken.means[:, 0, 0].mean(axis=0)
    error = taken.means[:, 0, 0].std(axis=0) / np.sqrt(40)
    _, exact = exact_means(tables, alpha, beta, np.arange(5))
    assert np.all(np.abs(found - exact) < 4.5 * error + 1e-9)


def test_transients_agree_with_the_exact_law(tables):
    alpha, beta = held(0, 1.0)
    start = tables.level.copy()
    start[0] = 1.0
    for days in (0.1, 0.3, 1.0):
        taken = sample(tables, [Stretch(alpha[None], beta[None], days)], replicates=40, seed=5, burn_in=0.0)
        _, exact = exact_means(tables, alpha, beta, np.arange(5), days=days, start=start)
        error = np.maximum(taken.course_error[0, 0], np.sqrt(exact * (1.0 - exact) / taken.copies))
        assert np.all(np.abs(taken.course[0, 0] - exact) < 4.5 * error + 1e-9)


def test_exact_means_settle_to_the_long_run(tables):
    alpha, beta = held(3, 0.2)
    _, late = exact_means(tables, alpha, beta, np.arange(5), days=200.0)
    _, settled = exact_means(tables, alpha, beta, np.arange(5))
    assert late == pytest.approx(settled, abs=1e-8)


def test_lanes_that_do_the_same_are_the_same_to_the_bit(tables):
    alpha, beta = free(lanes=3)
    taken = sample(tables, [Stretch(alpha, beta, 10.0)], replicates=5, seed=1)
    assert np.array_equal(taken.means[:, :, 0], taken.means[:, :, 1])
    assert np.array_equal(taken.means[:, :, 0], taken.means[:, :, 2])


def test_the_seed_decides_and_threads_do_not(tables):
    alpha, beta = free(lanes=2)
    runs = [
        sample(tables, [Stretch(alpha, beta, 5.0)], replicates=8, seed=s, threads=t)
        for s, t in ((1, 1), (1, 2), (2, 1))
    ]
    assert np.array_equal(runs[0].means, runs[1].means)
    assert not np.array_equal(runs[0].means, runs[2].means)


def test_a_held_node_keeps_its_duty_cycle(tables):
    alpha, beta = held(2, 0.25)
    taken = sample(tables, [Stretch(alpha[None], beta[None], 20.0)], replicates=5, seed=1)
    assert np.all(taken.means[:, 0, 0, 2] == 0.25)


def test_only_what_matters_is_relevant(tables):
    fixed = np.zeros(5, bool)
    assert relevant(tables, np.array([4]), fixed).tolist() == [4]
    fixed[3] = True
    assert relevant(tables, np.array([1]), fixed).tolist() == [0, 1, 3]


def test_too_many_nodes_are_refused_and_not_guessed():
    rules = {f"N{k}": f"N{(k + 1) % 16} | N{(k + 2) % 16}" for k in range(16)}
    network = small_networks.small_network(rules)
    program = compile_network(network)
    many = make_tables(program, published_constants(network, program))
    with pytest.raises(SolveError, match="16 nodes matter, too many for an exact answer"):
        exact_means(many, np.zeros(16), np.ones(16), np.array([0]))
