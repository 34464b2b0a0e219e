"""Screens of plain networks."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.experiments.network_screen import screen_network
from remodelsim.experiments.networks import Setting, run_network
from remodelsim.ground.errors import ScenarioError, UnknownNameError

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parents[1] / "engines" / "boolean" / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


def test_a_screen_agrees_with_runs_one_by_one():
    rules = brute.golden_rules(9, 12)
    scenarios = [{}, {"g1": 1.0}, {"g1": 0.0, "g4": 1.0}]
    seen = screen_network(Setting(rules), scenarios, times=(1.0, 4.0), runs=8000)
    for s, hold in enumerate(scenarios):
        exact = run_network(Setting(rules, hold=hold), until=4.0, points=4).mean[[1, 4]]
        error = np.sqrt(np.maximum(exact * (1 - exact), 1e-9) / seen.runs)
        assert np.all(np.abs(seen.mean[:, s] - exact) < 4.5 * error + 1e-9)
    assert np.all(seen.change[:, 0] == 0.0)
    assert np.all(seen.change_error[:, 0] == 0.0)
    assert seen.change[0, 1, 1] > 0.0


def test_shared_holds_and_starts_reach_every_scenario():
    rules = brute.golden_rules(9, 12)
    seen = screen_network(Setting(rules, {}, {"g0": 1.0}), [{}, {"g0": 0.0}], runs=40)
    assert seen.mean[0, 0, 0] == 1.0
    assert seen.mean[0, 1, 0] == 0.0


@pytest.mark.parametrize(
    ("scenarios", "change", "error", "sentence"),
    [
        ([], {}, ScenarioError, "a screen needs scenarios"),
        ([{}], {"times": (2.0, 1.0)}, ScenarioError, "a screen needs scenarios"),
        ([{}], {"times": ()}, ScenarioError, "a screen needs scenarios"),
        ([{"g1": 0.3}], {}, ScenarioError, "g1 is held at 0.3"),
        ([{"h1": 1.0}], {}, UnknownNameError, "no node 'h1'"),
    ],
)
def test_screens_that_make_no_sense_are_refused(scenarios, change, error, sentence):
    with pytest.raises(error) as raised:
        screen_network(Setting(brute.golden_rules(9, 12)), scenarios, **change)
    assert str(raised.value).startswith(sentence)
