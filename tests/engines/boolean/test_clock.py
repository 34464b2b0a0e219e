"""The shared clock: words, events, pairing, independence of the company, switching."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numba import njit

from remodelsim.engines.boolean import sample as sampling
from remodelsim.engines.boolean.clock import Stretch
from remodelsim.engines.boolean.events import PER_CELL, events_of
from remodelsim.engines.boolean.sample import sample, stops_of
from remodelsim.engines.boolean.tables import make_tables, tables_of
from remodelsim.engines.boolean.words import (
    COPIES,
    below,
    either,
    everything,
    load,
    nothing,
    ones,
    random_word,
    store,
    without,
    words,
)
from remodelsim.engines.gate import published_constants
from remodelsim.engines.program import compile_network

spec = importlib.util.spec_from_file_location("small_networks", Path(__file__).parents[2] / "small_networks.py")
small_networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_networks)

RULES = {"A": "A", "B": "!D | A", "C": "(A & !D) | B", "D": "C | A", "E": "E", "F": "E & (B | C)"}


@pytest.fixture(scope="module")
def tables():
    network = small_networks.small_network(RULES, levels={"B": 0.6, "C": 0.6, "D": 0.6, "F": 0.3})
    program = compile_network(network)
    return make_tables(program, published_constants(network, program))


@njit
def calculated(board):
    store(board, 2, load(board, 0) & load(board, 1))
    store(board, 3, load(board, 0) | load(board, 1))
    store(board, 4, load(board, 0) ^ load(board, 1))
    store(board, 5, without(load(board, 0), load(board, 1)))
    store(board, 6, either(load(board, 0), load(board, 1), everything()))
    store(board, 7, nothing())
    return ones(load(board, 0)), ones(everything())


def test_words_calculate_like_numpy():
    board = words(8)
    board[:2] = np.random.default_rng(1).integers(0, 2**63, (2, 8), np.uint64)
    a, b = board[0].copy(), board[1].copy()
    counted = calculated(board)
    expected = [a & b, a | b, a ^ b, a & ~b, (a & b) | ~a, np.zeros(8, np.uint64)]
    assert all(np.array_equal(board[2 + k], word) for k, word in enumerate(expected))
    assert counted == (np.unpackbits(a.view(np.uint8)).sum(), COPIES)


@njit
def drawn_below(board, key, limit):
    for k in range(8):
        store(board, k, random_word(key, k))
    store(board, 8, below(board, 0, limit))


@pytest.mark.parametrize("limit", [1, 64, 128, 255])
def test_copies_below_a_limit_are_the_bytes_below_it(limit):
    board = words(9)
    drawn_below(board, np.uint64(12345), limit)
    expected = board[:8].reshape(-1).view(np.uint8) < limit
    assert np.array_equal(np.unpackbits(board[8].view(np.uint8), bitorder="little").astype(bool), expected)


def test_random_words_have_no_bias():
    board, counts = words(9), np.zeros(512)
    for key in range(400):
        drawn_below(board, np.uint64(key), 77)
        counts += np.unpackbits(board[8].view(np.uint8), bitorder="little")
    expected, spread = 400 * 77 / 256, np.sqrt(400 * 77 / 256 * (1 - 77 / 256))
    assert abs(counts.mean() - expected) < 4.0 * spread / np.sqrt(512)
    assert 0.8 < counts.std() / spread < 1.2


def test_events_come_at_their_rates(tables):
    events = events_of(7, tables, np.array([2000.0]))
    counts = np.bincount(events.who, minlength=6)
    expected = tables.rate * 2000.0
    assert np.all(np.abs(counts - expected) < 4.5 * np.sqrt(expected))


def test_the_number_of_events_has_the_variance_of_poisson(tables):
    days = 0.7 * PER_CELL / tables.total
    counts = np.array([events_of(k, tables, np.array([days])).who.size for k in range(3000)])
    assert counts.mean() == pytest.approx(0.7 * PER_CELL, rel=0.02)
    assert counts.var() == pytest.approx(0.7 * PER_CELL, rel=0.1)


def test_stops_do_not_move_events(tables):
    few, many = (events_of(3, tables, np.array(stops)) for stops in ([10.0], [0.5, 1.25, 7.0, 10.0]))
    assert np.array_equal(few.who, many.who)
    assert np.all(np.diff(many.stops) > 0)
    assert many.stops[-1] == many.who.size


def test_leaving_out_unread_events_changes_nothing(tables, monkeypatch):
    alpha, beta = np.zeros((2, 6)), np.ones((2, 6))
    beta[1, 2] = 0.0
    stretches = [Stretch(alpha, beta, 30.0), Stretch(alpha[::-1], beta[::-1], 10.0)]
    usual = sample(tables, stretches, replicates=2, seed=5)
    shares = []

    def all_live(seed, tables, stops):
        events = events_of(seed, tables, stops)
        shares.append(events.live.mean())
        return events._replace(live=np.ones_like(events.live))

    monkeypatch.setattr(sampling, "events_of", all_live)
    full = sample(tables, stretches, replicates=2, seed=5)
    assert max(shares) < 0.9
    assert np.array_equal(usual.means, full.means)
    assert np.array_equal(usual.course, full.course)


def test_a_lane_does_not_depend_on_its_company(tables, monkeypatch):
    rng = np.random.default_rng(2)
    alpha, beta = np.zeros((7, 6)), np.ones((7, 6))
    for lane in range(1, 7):
        node = rng.integers(6)
        alpha[lane, node], beta[lane, node] = rng.random(), 0.0
    together = sample(tables, [Stretch(alpha, beta, 20.0)], replicates=2, seed=1)
    alone = sample(tables, [Stretch(alpha[4:5], beta[4:5], 20.0)], replicates=2, seed=1)
    monkeypatch.setattr(sampling, "_STATE_WORDS", 12)
    in_twos = sample(tables, [Stretch(alpha, beta, 20.0)], replicates=2, seed=1)
    assert np.array_equal(together.means[:, :, 4:5], alone.means)
    assert np.array_equal(together.means, in_twos.means)


def test_a_readout_that_is_wanted_is_the_same_whatever_else_is_wanted(tables):
    alpha, beta = np.zeros((1, 6)), np.ones((1, 6))
    everything_, one = (
        sample(tables, [Stretch(alpha, beta, 20.0)], replicates=2, seed=1, wanted=w) for w in (None, [5])
    )
    assert np.array_equal(everything_.means[..., 5], one.means[..., 5])
    assert np.allclose(everything_.means, one.means, atol=0.05)


def test_what_is_asked_for_is_less_noisy_than_what_is(tables):
    alpha, beta = np.zeros((1, 6)), np.ones((1, 6))
    asked, been = (sample(tables, [Stretch(alpha, beta, 8.0)], replicates=200, seed=1, wanted=w) for w in (None, []))
    assert np.all(asked.means[:, 0, 0].std(axis=0) < been.means[:, 0, 0].std(axis=0))
    # an input asks for its level always, but flickers around it
    assert asked.means[:, 0, 0, 4].std() == 0.0
    assert asked.means[:, 0, 0].mean(axis=0) == pytest.approx(been.means[:, 0, 0].mean(axis=0), abs=0.01)


def test_a_newly_held_node_takes_its_level_at_once_and_a_released_one_returns(tables):
    alpha, beta = np.zeros((1, 6)), np.ones((1, 6))
    off = beta.copy()
    off[0, 1] = 0.0
    taken = sample(tables, [Stretch(alpha, off, 1e-6), Stretch(alpha, beta, 40.0)], replicates=8, seed=4)
    assert taken.course[0, 0, 1] == 0.0
    assert taken.course[1, 0, 1] == pytest.approx(0.6, abs=0.08)


def test_an_action_moves_what_a_node_asks_for(tables):
    alpha, beta = np.zeros((2, 6)), np.ones((2, 6))
    alpha[1, 5], beta[1, 5] = 0.2, 0.7
    taken = sample(tables, [Stretch(alpha, beta, 20.0)], replicates=8, seed=4)
    means = taken.means.mean(axis=0)[0]
    assert means[1, 5] == pytest.approx(0.2 + 0.7 * means[0, 5], abs=1e-9)


def test_copies_of_a_gate_are_nearly_independent(tables):
    alpha, beta = np.zeros((1, 6)), np.ones((1, 6))
    taken = sample(tables, [Stretch(alpha, beta, 0.5)], replicates=300, seed=9, wanted=[])
    per_replicate = np.array(
        [sample(tables, [Stretch(alpha, beta, 0.5)], replicates=1, seed=k).course[0, 0] for k in range(200)]
    )
    p = taken.course[0, 0]
    assert np.all(per_replicate.var(axis=0, ddof=1) < 2.5 * p * (1.0 - p) / COPIES)
    assert np.all(taken.course_error[0, 0] < 2.0 * np.sqrt(p * (1.0 - p) / taken.copies))


def test_stops_are_looks_and_ends():
    stops = stops_of(5.0, [8.0, 2.0], np.array([2, 1]))
    assert stops.tolist() == [5.0, 10.0, 12.0, 13.0, 14.5, 15.0]


def test_networks_without_edges_and_with_certain_nodes_run():
    always, never = np.ones(1), np.zeros(1)
    none = np.zeros(0, np.int64)
    plain = tables_of([none, none], [always, never], np.array([0.5, 0.5]), np.ones(2))
    taken = sample(plain, [Stretch(np.zeros((1, 2)), np.ones((1, 2)), 50.0)], replicates=1, seed=0)
    assert taken.course[0, 0].tolist() == [1.0, 0.0]
    assert taken.means[0, 0, 0].tolist() == [1.0, 0.0]
