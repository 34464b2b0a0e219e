"""Any Boolean network: exact or sampled with one interface, where it ends, and the model at strength 1."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.experiments.attraction import find_attractors, reached
from remodelsim.experiments.networks import DYNAMICS, Setting, interval, matter, run_network
from remodelsim.experiments.pure import bone_word, pure_setting
from remodelsim.ground.errors import ScenarioError, SolveError, UnknownNameError
from remodelsim.nouns.rule import Rule
from remodelsim.nouns.rule_names import named

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parents[1] / "engines" / "boolean" / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


def setting(hold=None, start=None, rates=None, **texts):
    return Setting({name: Rule.parse(name, text) for name, text in texts.items()}, start or {}, hold or {}, rates or {})


TOGGLE = {"a": "!b", "b": "!a"}


@pytest.mark.parametrize("seed", range(4))
def test_exact_and_sampled_answers_agree_within_their_intervals(seed):
    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, 7, most=4, inputs=1)
    case = Setting(rules, {"n1": 1.0, "n2": 0.1}, {"n3": 0.4}, {"n4": (2.0, 0.5)})
    exact = run_network(case, until=5.0, points=4)
    sampled = run_network(case, until=5.0, points=4, exact=False, copies=20000, seed=seed)
    assert exact.exact
    assert not sampled.exact
    assert np.all(sampled.worth < 20480)
    error = np.sqrt(np.maximum(exact.mean * (1 - exact.mean), 1e-9) / sampled.worth)
    assert np.all(np.abs(exact.mean - sampled.mean) < 4.5 * error + 1e-9)
    assert np.mean((sampled.low <= exact.mean + 1e-9) & (exact.mean <= sampled.high + 1e-9)) > 0.85
    likely = {tuple(end.state.items()): end.probability for end in exact.ends}
    for end in sampled.ends[:3]:
        assert end.low - 0.01 < likely[tuple(end.state.items())] < end.high + 0.01


def test_small_networks_are_solved_and_large_ones_sampled_of_themselves():
    small = run_network(setting(**TOGGLE), points=2)
    assert small.exact
    assert small.copies == 0
    ring = {f"n{i}": f"!n{(i + 1) % 17}" for i in range(17)}
    large = run_network(setting(**ring), points=2, copies=500)
    assert not large.exact
    assert large.copies == 500
    with pytest.raises(SolveError, match=r"17 nodes matter, too many for an exact answer. Allowed: up to 15"):
        run_network(setting(**ring), exact=True)
    # certain at the start and asked for nothing else: left out
    assert matter(setting(start={"c": 1.0}, c="c", **ring))[0].size == 17


def test_certain_nodes_are_left_out_and_kept_in_the_answer():
    chain = {f"n{i}": f"n{i - 1}" if i else "n0" for i in range(40)}
    course = run_network(setting(start=dict.fromkeys(chain, 1.0) | {"n39": 0.0}, **chain), until=1.0, points=1)
    assert course.exact
    assert course.mean[-1, :39].tolist() == [1.0] * 39
    assert course.mean[-1, 39] == pytest.approx(1.0 - np.exp(-1.0), abs=1e-9)


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_every_dynamics_has_the_same_interface(dynamics):
    course = run_network(setting(hold={"a": 1.0}, **TOGGLE), until=60, points=3, dynamics=dynamics, copies=600)
    assert course.dynamics == dynamics
    assert course.mean.shape == course.low.shape == course.high.shape == (4, 2)
    assert np.all((course.low <= course.mean) & (course.mean <= course.high))
    assert course.mean[-1].tolist() == pytest.approx([1.0, 0.0], abs=1e-6)
    assert course.ends[0].state == {"a": 1, "b": 0}
    assert course.ends[0].fixed


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"dynamics": "synchronos"}, ScenarioError, "unknown dynamics 'synchronos'. Did you mean 'synchronous'?"),
        ({"until": 0.0}, ScenarioError, "end, points and copies must be above 0"),
        ({"until": float("nan")}, ScenarioError, "end, points and copies must be above 0"),
        ({"dynamics": "synchronous", "exact": True}, SolveError, "exact answers are for continuous time"),
    ],
)
def test_questions_that_make_no_sense_are_refused(change, error, sentence):
    with pytest.raises(error) as raised:
        run_network(setting(**TOGGLE), **change)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"hold": {"a": 1.5}}, ScenarioError, "a cannot stand at 1.5. Allowed: 0 to 1, on, off."),
        ({"start": {"aa": 1.0}}, UnknownNameError, "no node 'aa' in the network. Did you mean 'a'?"),
        ({"rates": {"a": (0.0, 1.0)}}, ScenarioError, "rates of a are 0 and 1. Allowed: above 0."),
    ],
)
def test_settings_that_make_no_sense_are_refused(change, error, sentence):
    with pytest.raises(error) as raised:
        setting(**change, **TOGGLE)
    assert str(raised.value) == sentence


def test_names_are_found_in_any_case():
    assert named({"RANKL": None, "OPG": None}, "rankl") == "RANKL"
    with pytest.raises(UnknownNameError, match=r"no node 'RNKL' in the network. Did you mean 'RANKL'\?"):
        named({"RANKL": None, "OPG": None}, "RNKL")


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    for p in (0.001, 0.05, 0.5):
        low, high = interval(rng.binomial(2000, p, 4000).astype(float), 2000)
        assert 0.93 < np.mean((low <= p) & (p <= high)) < 0.97


def test_three_kinds_of_attractors():
    case = setting(**TOGGLE, c="!c | a")
    asynchronous, permissive, fixed = (
        find_attractors(case, kind=kind) for kind in ("asynchronous", "most permissive", "fixed points")
    )
    assert (asynchronous.count, asynchronous.fixed_points, asynchronous.complete) == (2, 1, True)
    assert (permissive.count, permissive.fixed_points) == (2, 1)
    assert fixed.count == fixed.fixed_points == 1
    assert {"a": 0, "b": 1, "c": None} in asynchronous.listed()
    assert sorted(asynchronous.states) == [1, 2]
    with pytest.raises(ScenarioError, match="unknown kind of attractor 'async'"):
        find_attractors(case, kind="async")
    with pytest.raises(ScenarioError, match=r"a is held at 0.5. Allowed: on, off"):
        find_attractors(setting(hold={"a": 0.5}, **TOGGLE))


def test_chances_of_attractors_are_exact_where_they_can_be():
    case = setting(start={"a": 0.0, "b": 0.0}, rates={"a": (3.0, 1.0)}, **TOGGLE)
    found = find_attractors(case)
    ends, undecided = reached(case, found.spaces)
    chance = {end.state["a"]: end.probability for end in ends}
    assert chance[1] == pytest.approx(0.75, abs=1e-9)
    assert chance[0] == pytest.approx(0.25, abs=1e-9)
    assert undecided == pytest.approx(0.0, abs=1e-9)


def test_chances_of_attractors_are_sampled_in_large_networks():
    followers = {f"f{i}": f"f{i - 1}" if i else "a" for i in range(20)}
    case = setting(start={"a": 0.0, "b": 0.0}, rates={"a": (3.0, 1.0)}, **TOGGLE, **followers)
    ends, undecided = reached(case, find_attractors(case).spaces, copies=20000, seed=1)
    chance = {end.state["a"]: end for end in ends}
    assert chance[1].low < 0.75 < chance[1].high
    assert chance[0].low < 0.25 < chance[0].high
    assert undecided == 0.0


def test_aeon_takes_over_when_asked():
    pytest.importorskip("biodivine_aeon", reason="AEON is a test oracle that is not installed")
    from remodelsim.engines.boolean.aeon import attractors_by_aeon
    from remodelsim.files.bnet import write_bnet

    rules = brute.golden_rules(5, 12)
    found = attractors_by_aeon(write_bnet(rules), list(rules))
    own = find_attractors(Setting(rules))
    assert sorted(tuple(space) for space, _ in found) == sorted(map(tuple, own.spaces))
    assert sorted(count for _, count in found) == sorted(s for s in own.states)


def test_the_model_at_strength_one_has_few_proven_attractors(model):
    found = find_attractors(pure_setting(model))
    assert found.complete
    assert 1 <= found.count <= 20
    words = {bone_word(state) for state in found.listed()}
    assert words <= {"gains", "loses", "keeps", "turns over"}


def test_the_model_loses_less_without_rankl_at_strength_one(model):
    course = run_network(pure_setting(model, "RANKL=off"), until=60.0, points=1, copies=400)
    assert course.mean[-1, course.names.index("BoneResorption")] < 0.02


def test_backgrounds_hold_nodes_and_compounds_are_refused(model):
    held = pure_setting(model, "Estrogen=off").hold
    assert held["Estrogen"] == 0.0
    assert set(model.network.inputs) <= set(held)
    assert set(pure_setting(model, "Estrogen=off", free_inputs=True).hold) == {"Estrogen"}
    with pytest.raises(ScenarioError, match="plain rules know on and off alone"):
        pure_setting(model, "Quercetin=10uM")
