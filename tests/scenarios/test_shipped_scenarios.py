"""Every shipped scenario is read, asks in two languages, and meets what it expects."""

from dataclasses import replace

import pytest

from remodelsim.experiments.simulate import simulate
from remodelsim.files.scenario_file import load_scenario, scenario_paths

NAMES = list(scenario_paths())


def test_there_are_enough_of_them():
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_question_in_two_languages_and_something_to_expect(model, name):
    scenario = load_scenario(name, model)
    assert scenario.question_en.endswith("?")
    assert scenario.question_zh.endswith("？")
    assert scenario.expectations


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_meets_its_expectations(model, name):
    result = simulate(model, replace(load_scenario(name, model), draws=0))
    missed = [
        f"{o.expectation.where}: {o.expectation.readout} {o.formalism} {o.found} ({o.change:+.4f})"
        for o in result.outcomes
        if not o.met
    ]
    assert missed == []
