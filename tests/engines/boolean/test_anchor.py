"""Anchoring: the healthy means of the process are the healthy levels."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.engines.boolean.anchor import anchored, biased, mean_slopes
from remodelsim.engines.boolean.clock import Stretch
from remodelsim.engines.boolean.exact import exact_means
from remodelsim.engines.boolean.sample import sample
from remodelsim.engines.boolean.tables import make_tables
from remodelsim.engines.gate import published_constants
from remodelsim.engines.program import compile_network

spec = importlib.util.spec_from_file_location("small_networks", Path(__file__).parents[2] / "small_networks.py")
small_networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_networks)

# B, C and D share the regulator A and are strongly correlated where E reads them
RULES = {"A": "A", "B": "A", "C": "A", "D": "A | E", "E": "(B & C & D) | A"}


def tables_for(rules, **kwargs):
    network = small_networks.small_network(rules, **kwargs)
    program = compile_network(network)
    return make_tables(program, published_constants(network, program))


@pytest.fixture(scope="module")
def tables():
    return tables_for(RULES, strength=0.8, gain=3.0, levels={"B": 0.4, "C": 0.4, "D": 0.4, "E": 0.4})


def healthy(tables):
    n = tables.level.size
    return exact_means(tables, np.zeros(n), np.ones(n), np.arange(n))[1]


def test_correlated_regulators_shift_healthy_means_and_anchoring_brings_them_back(tables):
    before = np.abs(healthy(tables) - tables.level)
    after = np.abs(healthy(anchored(tables)) - tables.level)
    assert before.max() > 0.02
    assert after.max() < 0.004


def test_anchoring_is_the_same_every_time_and_with_any_number_of_threads(tables):
    first = anchored(tables)
    again = anchored(tables._replace(level=tables.level.copy()), threads=2)
    assert np.array_equal(first.asked, again.asked)
    assert np.array_equal(first.value, again.value)


def test_certain_corners_and_silent_nodes_keep_their_odds():
    rules = {"A": "A", "S": "S", "B": "A & !S", "T": "S & A"}
    given = tables_for(rules, levels={"S": 0.0, "T": 0.0, "B": 0.4})
    then = anchored(given)
    certain = (given.asked == 0.0) | (given.asked == 1.0)
    assert np.array_equal(then.asked[certain], given.asked[certain])
    silent = slice(int(given.offset[3]), int(given.offset[3]) + 4)
    assert np.array_equal(then.asked[silent], given.asked[silent])


def test_rules_without_odds_are_left_alone():
    boolean = tables_for({"A": "A", "B": "A"}, strength=1.0, level=0.5)
    assert anchored(boolean) is boolean


def test_a_bias_multiplies_odds(tables):
    shifted = biased(tables, np.full(5, 0.7))
    inside = (tables.asked > 0.0) & (tables.asked < 1.0)
    inside[tables.offset[tables.count == 0]] = False
    odds = [p[inside] / (1.0 - p[inside]) for p in (tables.asked, shifted.asked)]
    assert np.allclose(odds[1] / odds[0], np.exp(0.7))


def test_mean_slopes_are_those_of_independent_regulators(tables):
    slopes, i, step = mean_slopes(tables), 3, 1e-6

    def mean(level):
        size = 1 << int(tables.count[i])
        chance = np.ones(size)
        for corner in range(size):
            for j, r in enumerate(tables.regulator[tables.first[i] : tables.first[i] + tables.count[i]]):
                chance[corner] *= level[r] if corner >> j & 1 else 1.0 - level[r]
        return chance @ tables.asked[tables.offset[i] : tables.offset[i] + size]

    up = tables.level.copy()
    up[0] += step
    assert slopes[i, 0] == pytest.approx((mean(up) - mean(tables.level)) / step, rel=1e-4)
    assert slopes[i, 1] == 0.0


def test_the_shipped_model_stands_at_its_levels_in_health(model, reference):
    tables = reference.tables
    n = tables.level.size
    taken = sample(tables, [Stretch(np.zeros((1, n)), np.ones((1, n)), 200.0)], replicates=12, seed=99)
    off = taken.means[:, 0, 0].mean(axis=0) - tables.level
    # nodes whose rule cannot give their level in any odds are listed by name, so that a new one is noticed
    reachable = np.abs(off) < 0.05
    assert np.sqrt(np.mean(off[reachable] ** 2)) < 0.006
    assert reachable.sum() >= n - 3, [model.network.names[i] for i in np.flatnonzero(~reachable)]
