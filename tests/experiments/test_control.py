"""Control: smallest sets, verified; goals; plain networks against trying everything."""

import importlib.util
import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.engines.boolean.logic import compile_logic
from remodelsim.engines.boolean.meanfield import Actions, screen
from remodelsim.engines.boolean.steering import smallest_controls
from remodelsim.experiments.control import steer
from remodelsim.experiments.goals import Goal, choices_of, goal_of
from remodelsim.experiments.networks import Setting
from remodelsim.experiments.steering import steer_network
from remodelsim.faces.cli import main
from remodelsim.ground.errors import ScenarioError, UnknownNameError
from remodelsim.nouns.intervention import Protocol
from remodelsim.nouns.rule import Rule

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parents[1] / "engines" / "boolean" / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_sets_for_a_marker_are_those_of_trying_everything(seed):
    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, 5, most=3)
    names, value = list(rules), int(rng.integers(2))

    def shows(held):
        changed = {n: Rule.parse(n, str(held[i])) if i in held else rules[n] for i, n in enumerate(names)}
        return all(space[0] == value for space in brute.trap_spaces(changed)[1])

    expected = []
    for size in range(3):
        for nodes in combinations(range(1, 5), size):
            for values in product((0, 1), repeat=size):
                chosen = frozenset(zip(nodes, values, strict=True))
                if not any(done <= chosen for done in expected) and shows(dict(chosen)):
                    expected.append(chosen)
    found = smallest_controls(compile_logic(rules), np.full(5, -1), {0: value}, size=2)
    assert found.complete
    assert {frozenset(chosen) for chosen in found.sets} == set(expected)


def test_forbidden_and_held_nodes_are_left_alone():
    rules = {n: Rule.parse(n, t) for n, t in {"a": "b | c", "b": "b", "c": "c", "d": "a"}.items()}
    sets, complete = steer_network(Setting(rules), {"d": 1.0}, size=1)
    assert complete
    assert sets == [["a=on"], ["b=on"], ["c=on"]]
    assert steer_network(Setting(rules), {"d": 1.0}, size=1, forbid=["A"])[0] == [["b=on"], ["c=on"]]
    assert steer_network(Setting(rules, hold={"b": 1.0}), {"d": 1.0}, size=1)[0] == [[]]
    assert steer_network(Setting(rules, hold={"b": 0.0, "c": 0.0}), {"d": 1.0}, size=1)[0] == [["a=on"]]
    with pytest.raises(ScenarioError, match=r"d stands at 0\.5"):
        steer_network(Setting(rules), {"d": 0.5}, size=1)


def test_a_search_whose_time_is_over_says_so():
    sets, complete = steer_network(Setting(brute.golden_rules(10, 90)), {"g3": 1.0}, size=3, seconds=0.0)
    assert not complete
    assert sets == []


@pytest.mark.parametrize(
    ("text", "word", "limit"),
    [
        ("BMD_hip:up", "up", 0.0),
        ("bmd hip : healthy", "healthy", 0.0),
        ("RANKL<0.5", "<", 0.5),
        ("OPG >= .2", ">", 0.2),
    ],
)
def test_goals_are_read(model, text, word, limit):
    goal = goal_of(model, text)
    assert (goal.word, goal.limit) == (word, limit)


@pytest.mark.parametrize("text", ["BMD_hip", "BMD_hip:more", "RANKL<much", ":up", ""])
def test_what_is_no_goal_is_refused(model, text):
    with pytest.raises(ScenarioError, match=r"is no goal|is no number"):
        goal_of(model, text)


def test_margins_are_above_zero_where_goals_are_met(model):
    up, down, healthy = (goal_of(model, f"BMD_hip:{word}") for word in ("up", "down", "healthy"))
    value, base = np.array([-0.1, 0.1, 0.5]), np.array([0.0, 0.0, 0.0])
    assert (up.margin(value, base, 0.0, 0.05) > 0).tolist() == [False, True, True]
    assert (down.margin(value, base, 0.0, 0.05) > 0).tolist() == [True, False, False]
    assert (healthy.margin(value, base, 0.0, 0.05) > 0).tolist() == [False, True, True]
    assert (Goal(up.readout, "<", 0.2).margin(value, base, 0.0, 0.05) > 0).tolist() == [True, True, False]


def test_choices_leave_out_readouts_effects_and_what_is_forbidden(model):
    goals = [goal_of(model, "RANKL_OPG_ratio:down")]
    labels = {c.label for c in choices_of(model, Protocol(), goals, ["TNF", "quercetin"], ("compounds", "nodes"))}
    assert "IL17=off" in labels
    assert "Denosumab=on" in labels
    assert not labels & {"RANKL=off", "OPG=on", "TNF=off", "TNF=on", "Quercetin=on", "Osteoclast=off"}
    with pytest.raises(UnknownNameError, match="Quercetine"):
        choices_of(model, Protocol(), goals, ["Quercetine"], ("nodes",))


def test_the_mean_field_is_right_where_regulators_are_independent():
    spec = importlib.util.spec_from_file_location("small", Path(__file__).parents[1] / "small_networks.py")
    small = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(small)
    from remodelsim.engines.boolean.exact import exact_means
    from remodelsim.engines.boolean.tables import make_tables
    from remodelsim.engines.gate import published_constants
    from remodelsim.engines.program import compile_network

    network = small.small_network({"a": "a", "b": "b", "c": "a & !b", "d": "c"}, levels={"c": 0.3, "d": 0.2})
    program = compile_network(network)
    tables = make_tables(program, published_constants(network, program))
    actions = Actions(np.array([0, 1, 2]), np.array([0, 1]), np.array([1.0, 0.5]), np.array([0.0, 0.5]))
    sets, out = np.array([[-1, -1], [0, -1], [0, 1]]), np.empty((3, 4))
    screen(tables, np.zeros(4), np.ones(4), actions, sets, tables.level, np.arange(4), out)
    for row, (alpha, beta) in zip(
        out, [((0, 0, 0, 0), (1, 1, 1, 1)), ((1, 0, 0, 0), (0, 1, 1, 1)), ((1, 0.5, 0, 0), (0, 0.5, 1, 1))], strict=True
    ):
        exact = exact_means(tables, np.array(alpha, float), np.array(beta, float), np.arange(4))[1]
        assert row == pytest.approx(exact, abs=1e-5)


@pytest.fixture(scope="module")
def singles(model):
    return steer(model, ["CTX:down"], baseline="Estrogen=off", kinds=("compounds",), ode=True)


def test_single_solutions_are_verified_and_ordered(singles):
    labels = [solution.labels for solution in singles.solutions]
    assert ("Denosumab=on",) in labels
    assert all(len(chosen) == 1 for chosen in labels)
    for solution in singles.solutions:
        assert solution.changes[0] + 2.0 * solution.errors[0] < 0.0
        assert solution.values[0] == pytest.approx(singles.baseline[0] + solution.changes[0], abs=1e-9)
    sizes = [abs(solution.changes[0]) for solution in singles.solutions]
    assert sizes == sorted(sizes, reverse=True)
    denosumab = singles.solutions[labels.index(("Denosumab=on",))]
    assert denosumab.ode_met
    assert denosumab.ode[0] < 0.0


def test_larger_sets_hold_no_solution_inside(model):
    goal, given = "BMD_hip:healthy", {"baseline": "Estrogen=off", "kinds": ("compounds",)}
    alone = {s.labels[0] for s in steer(model, [goal], **given).solutions}
    found = steer(model, [goal], size=2, most=12, **given)
    pairs = [s.labels for s in found.solutions if len(s.labels) == 2]
    assert found.screened > 0
    assert {s.labels[0] for s in found.solutions if len(s.labels) == 1} == alone
    assert not any(set(pair) & alone for pair in pairs)


def test_all_goals_must_be_met(model, singles):
    both = steer(model, ["CTX:down", "BMD_hip:up"], baseline="Estrogen=off", kinds=("compounds",))
    assert {s.labels for s in both.solutions} <= {s.labels for s in singles.solutions}
    assert all(len(s.changes) == 2 for s in both.solutions)


def test_the_same_seed_finds_the_same(model, singles):
    again = steer(model, ["CTX:down"], baseline="Estrogen=off", kinds=("compounds",), ode=True)
    assert again == singles


@pytest.mark.parametrize("change", [{"size": 4}, {"days": 0.0}, {"most": 0}])
def test_control_refuses_what_makes_no_sense(model, change):
    with pytest.raises(ScenarioError, match="control needs a goal"):
        steer(model, ["CTX:down"], **change)
    with pytest.raises(ScenarioError, match="control needs a goal"):
        steer(model, [])


def test_the_command_tells_solutions():
    arguments = ["control", "--baseline", "Estrogen=off", "--target", "CTX:down", "--with", "compounds"]
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert "Denosumab=on" in outcome.stdout
    told = json.loads(CliRunner().invoke(main, [*arguments, "--json", "--forbid", "Denosumab"]).stdout)
    assert ["Denosumab=on"] not in [row["do"] for row in told["solutions"]]


def test_the_command_answers_for_files(tmp_path):
    path = tmp_path / "net.bnet"
    path.write_text("a, b | c\nb, b\nc, c\n")
    outcome = CliRunner().invoke(main, ["control", str(path), "--target", "a=on"])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.splitlines()[2:4] == ["  b=on", "  c=on"]
    told = json.loads(CliRunner().invoke(main, ["control", str(path), "--target", "a=on", "--json"]).stdout)
    assert told == {"sets": [["b=on"], ["c=on"]], "complete": True}
    refused = CliRunner().invoke(main, ["control", str(path), "--target", "a=on", "--ode"])
    assert refused.exit_code == 2
    assert "a plain network has no ODE" in refused.stderr
