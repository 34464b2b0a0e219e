"""Trap spaces and attractors: against brute force, against published counts, against other tools, against limits."""

import csv
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.engines.boolean import attractors as search
from remodelsim.engines.boolean import budget
from remodelsim.engines.boolean.attractors import attractors_of
from remodelsim.engines.boolean.explicit import core_of, graph_of, terminal_sets
from remodelsim.engines.boolean.feedback import breakers, signs_of
from remodelsim.engines.boolean.logic import compile_logic
from remodelsim.engines.boolean.solver import IMPOSSIBLE, POSSIBLE, Solver
from remodelsim.engines.boolean.traps import percolated, smallest_trap_spaces
from remodelsim.files.bnet import read_bnet, write_bnet
from remodelsim.nouns.rule import Rule

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parent / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)

REFERENCE = os.environ.get("REMODELSIM_REFERENCE", "")
# seed and size of a made-up network, its fixed points and smallest trap spaces as mpbn 4.4 counts them
COUNTED = [
    (1, 27, 1, 1),
    (2, 34, 0, 1),
    (4, 48, 4, 4),
    (8, 76, 0, 2),
    (16, 52, 3, 3),
    (23, 21, 4, 4),
    (24, 28, 0, 4),
    (29, 63, 2, 10),
    (30, 70, 0, 2),
    (38, 46, 2, 4),
    (41, 67, 0, 5),
    (56, 92, 2, 4),
    (58, 26, 3, 4),
]


def network(**texts):
    return compile_logic({name: Rule.parse(name, text) for name, text in texts.items()})


def spaces_of(found):
    return sorted(tuple(int(v) for v in space) for space in found)


def hull(states, size):
    bits = np.array([[s >> j & 1 for j in range(size)] for s in states])
    return tuple(int(bits[0, j]) if (bits[:, j] == bits[0, j]).all() else -1 for j in range(size))


def random_case(seed, most=7):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, most))
    rules = brute.random_rules(rng, size, most=min(size, 4), inputs=seed % 2 if size > 1 else 0)
    return rules, compile_logic(rules), size


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_the_smallest_trap_spaces_are_those_of_brute_force(seed):
    rules, logic, _ = random_case(seed, most=6)
    _, smallest = brute.trap_spaces(rules)
    found = smallest_trap_spaces(logic)
    assert found.complete
    assert spaces_of(found) == sorted(tuple(-1 if v is None else v for v in s) for s in smallest)
    assert found.count == len(smallest)
    single = [s for s in smallest if None not in s]
    assert found.fixed_points == len(single)
    assert spaces_of(smallest_trap_spaces(logic, single_states=True)) == sorted(single)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_attractors_are_those_of_brute_force(seed):
    rules, logic, size = random_case(seed)
    expected = brute.attractors(rules)
    found = attractors_of(logic)
    assert found.complete
    assert found.count == len(expected)
    assert spaces_of(a.space for a in found.listed(1000)) == sorted(hull(a, size) for a in expected)
    states = {
        tuple(int(s) for s in a) for a in terminal_sets(graph_of(logic, np.full(size, -1, np.int8), np.arange(size)))
    }
    assert states == expected


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_candidates_and_walks_never_claim_too_much(seed):
    rules, logic, _ = random_case(seed)
    expected = len(brute.attractors(rules))
    limit = search.EXPLICIT_NODES
    search.EXPLICIT_NODES = 0
    try:
        found = attractors_of(logic)
    finally:
        search.EXPLICIT_NODES = limit
    assert found.count == expected if found.complete else found.count <= expected


def test_candidates_decide_most_networks():
    limit, decided = search.EXPLICIT_NODES, 0
    search.EXPLICIT_NODES = 0
    try:
        decided = sum(attractors_of(random_case(seed)[1]).complete for seed in range(60))
    finally:
        search.EXPLICIT_NODES = limit
    assert decided >= 54


@pytest.mark.parametrize(("seed", "size", "fixed", "spaces"), COUNTED)
def test_counts_of_larger_networks_stay_what_another_tool_found(seed, size, fixed, spaces):
    found = smallest_trap_spaces(compile_logic(brute.golden_rules(seed, size)))
    assert (found.fixed_points, found.count) == (fixed, spaces)


@pytest.mark.parametrize("seed", range(60, 72))
def test_counts_agree_with_mpbn(seed, tmp_path):
    mpbn = pytest.importorskip("mpbn", reason="mpbn is a test oracle that is not installed")
    rules = brute.golden_rules(seed, 20 + seed % 40)
    path = tmp_path / "network.bnet"
    path.write_text(write_bnet(rules))
    other = mpbn.MPBooleanNetwork(str(path))
    names = list(rules)

    def numbers(space):
        return tuple(-1 if space[name] == "*" else int(space[name]) for name in names)

    assert spaces_of(smallest_trap_spaces(compile_logic(rules))) == sorted(numbers(a) for a in other.attractors())


@pytest.mark.skipif(not REFERENCE, reason="set REMODELSIM_REFERENCE to the folder of reference data")
def test_counts_of_all_public_networks_are_those_of_the_reference():
    folder = Path(REFERENCE) / "boolean"
    wrong = []
    with (folder / "counts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        rules = read_bnet((folder / "open" / f"{row['model_id']}.bnet").read_text(encoding="utf-8"), row["model_id"])
        found = smallest_trap_spaces(compile_logic(rules))
        counted = (str(found.fixed_points), str(found.count), found.complete)
        if counted != (row["n_fixed_points"], row["n_minimal_trap_spaces"], True):
            wrong.append((row["model_id"], *counted))
    assert len(rows) > 100
    assert wrong == []


def test_independent_parts_multiply():
    switches = {f"s{i}": f"s{i}" for i in range(45)}
    found = smallest_trap_spaces(network(**switches, a="!a", b="s0 & a"))
    assert found.fixed_points == 0
    assert found.count == 2**45
    assert attractors_of(network(**switches)).count == 2**45


def test_a_limit_of_number_stops_with_what_was_found():
    switches = {f"s{i}": f"s{i}" for i in range(12)}
    all_of_them = " & ".join(switches)
    found = smallest_trap_spaces(network(**switches, out=all_of_them), most=100)
    assert not found.complete
    assert found.count == 100
    assert not attractors_of(network(**switches, out=all_of_them), most=100).complete


def test_a_limit_of_time_stops_with_what_was_found():
    switches = {f"s{i}": f"s{i}" for i in range(14)}
    found = smallest_trap_spaces(network(**switches, out=" & ".join(switches)), seconds=0.05)
    assert not found.complete
    assert 0 < found.count < 2**14


def test_a_limit_of_memory_stops_with_what_was_found(monkeypatch):
    held = iter(range(100, 100_000))
    monkeypatch.setattr(budget, "peak_megabytes", lambda: float(next(held)))
    switches = {f"s{i}": f"s{i}" for i in range(14)}
    rules = network(**switches, out=" & ".join(switches))
    found = smallest_trap_spaces(rules, megabytes=50.0)
    assert not found.complete
    assert 0 < found.count < 2**14
    assert not attractors_of(rules, megabytes=50.0).complete


def test_the_memory_of_this_process_is_known():
    assert 10.0 < budget.peak_megabytes() < 1e6


def test_held_nodes_change_the_attractors():
    toggle = network(a="!b", b="!a")
    assert smallest_trap_spaces(toggle).count == 2
    assert spaces_of(smallest_trap_spaces(toggle, np.array([1, -1]))) == [(1, 0)]
    # a held node does not follow its rule
    assert spaces_of(smallest_trap_spaces(network(a="0", b="a"), np.array([1, -1]))) == [(1, 1)]


def test_percolation_goes_as_far_as_it_can():
    logic = network(a="1", b="a & c", c="!a | d", d="e", e="d | e", f="a | e")
    assert percolated(logic, np.full(6, -1)).tolist() == [1, -1, -1, -1, -1, 1]
    assert percolated(logic, np.array([-1, -1, -1, 0, -1, -1])).tolist() == [1, 0, 0, 0, -1, 1]


def test_a_network_without_free_nodes_has_one_attractor():
    found = attractors_of(network(a="1", b="!a"))
    assert found.complete
    assert [a.space.tolist() for a in found.listed(5)] == [[1, 0]]
    assert found.listed(5)[0].is_fixed_point


def test_an_attractor_outside_all_small_trap_spaces_is_found():
    # a and b go round for ever unless c is met; c can only be met at a corner that the cycle leaves out
    rules = {
        "a": "(!a & !b) | c | (a & b & !d)",
        "b": "a | c",
        "c": "c | (!a & b & d & !c & e)",
        "d": "!d",
        "e": "0",
    }
    parsed = {name: Rule.parse(name, text) for name, text in rules.items()}
    found = attractors_of(compile_logic(parsed))
    assert found.count == len(brute.attractors(parsed))


def test_nodes_that_only_follow_are_no_core():
    logic = network(a="!b", b="!a", c="a & b", d="c | a", e="e")
    assert core_of(logic, np.full(5, -1, np.int8), range(5)).tolist() == [0, 1, 4]


def test_signs_and_breakers_of_feedback():
    logic = network(a="!b & c", b="a", c="(a & !d) | (!a & d)", d="d")
    free = np.full(4, -1, np.int8)
    assert signs_of(logic, 0, free) == {1: -1, 2: 1}
    assert signs_of(logic, 2, free) == {0: 0, 3: 0}
    cut = breakers(logic, free, np.arange(4))
    assert 0 in cut
    held = np.array([-1, -1, -1, 0], np.int8)
    assert signs_of(logic, 2, held) == {0: 1}


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_the_solver_agrees_with_trying_everything(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 9))
    clauses = [
        [int(2 * v + rng.integers(2)) for v in rng.choice(size, rng.integers(1, min(size, 4)), replace=False)]
        for _ in range(int(rng.integers(1, 5 * size)))
    ]

    def holds(state, clause):
        return any(state >> (literal >> 1) & 1 != literal & 1 for literal in clause)

    models = {s for s in range(1 << size) if all(holds(s, clause) for clause in clauses)}
    solver, found = Solver(size, range(size), clauses), set()
    while solver.search(budget=10**6) == POSSIBLE:
        model = solver.model
        found.add(sum(int(model[v]) << v for v in range(size)))
        solver.add([int(2 * v + model[v]) for v in range(size)])
    assert found == models
    assumed = [int(2 * v + rng.integers(2)) for v in range(2)]
    fresh = Solver(size, range(size), clauses)
    possible = any(all(holds(s, [literal]) for literal in assumed) for s in models)
    assert fresh.search(assumed, budget=10**6) == (POSSIBLE if possible else IMPOSSIBLE)
    assert fresh.search(budget=10**6) == (POSSIBLE if models else IMPOSSIBLE)


def test_the_solver_solves_what_needs_learning():
    # eight pigeons do not fit into seven holes
    holes, pigeons = 7, 8
    clauses = [[2 * (p * holes + h) for h in range(holes)] for p in range(pigeons)]
    clauses += [
        [2 * (p * holes + h) + 1, 2 * (q * holes + h) + 1]
        for h in range(holes)
        for p in range(pigeons)
        for q in range(p)
    ]
    solver = Solver(holes * pigeons, range(holes * pigeons), clauses)
    while (answer := solver.search()) not in {POSSIBLE, IMPOSSIBLE}:
        pass
    assert answer == IMPOSSIBLE


def test_clauses_that_were_forgotten_bind_no_more():
    solver = Solver(3, range(3), [[0, 2], [0, 4]])
    kept = solver.clauses
    solver.add([5, 1, 3])
    assert solver.search([0, 2, 4]) == IMPOSSIBLE
    solver.forget(kept)
    assert solver.search([0, 2, 4]) == POSSIBLE
