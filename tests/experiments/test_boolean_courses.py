"""Courses of the Boolean model in a run: when they are looked at, how long they settle, and how sure they are."""

from dataclasses import replace

import numpy as np
import pytest

from remodelsim.engines.boolean.clock import Stretch
from remodelsim.experiments.runs import MEASURING_DAYS, SETTLING_DAYS, _shortened
from remodelsim.experiments.simulate import EARLY_DAYS, simulate
from remodelsim.faces.plot.activity import MOST_NODES, MOST_OF_A_LANE, moving_nodes
from remodelsim.faces.plot.gallery import draw
from remodelsim.files.scenario_file import load_scenario
from remodelsim.ground.errors import UnknownNameError


def stretch(drive, days):
    return Stretch(np.full((1, 2), drive), np.ones((1, 2)), days)


def test_a_network_settles_whole_after_a_switch_however_finely_it_is_looked_at():
    cut = _shortened([stretch(0.0, 3.0), stretch(0.0, 7.0), stretch(0.0, 500.0), stretch(0.0, 500.0)])
    assert [s.days for s in cut] == [3.0, 7.0, SETTLING_DAYS - 10.0, MEASURING_DAYS]


def test_a_switch_lets_it_settle_again():
    cut = _shortened([stretch(0.0, 500.0), stretch(0.5, 500.0), stretch(0.52, 500.0)])
    assert [s.days for s in cut] == [SETTLING_DAYS, SETTLING_DAYS, MEASURING_DAYS]


@pytest.fixture(scope="module")
def result(model):
    scenario = load_scenario("germ_free_estrogen_loss", model)
    return simulate(model, replace(scenario, formalism="boolean", draws=0, expectations=()))


def test_the_first_weeks_are_looked_at_closely(result):
    assert set(EARLY_DAYS[:2]) <= set(result.marks.tolist())
    assert result.boolean_half.shape == result.boolean.shape


def test_intervals_hold_the_level_of_a_node_that_nothing_reaches(result):
    nodes = result.model.network.names
    off = np.abs(result.boolean[:, :, nodes.index("GrowthHormone")] - 0.5)
    assert (off <= 3.0 * result.boolean_half[:, :, nodes.index("GrowthHormone")] + 1e-9).mean() > 0.9


def test_the_figure_of_activities_shows_what_differs_between_arms(result):
    chosen = moving_nodes(result)
    nodes = result.model.network.nodes
    assert 0 < len(chosen) <= MOST_NODES
    assert all(np.ptp(result.boolean[..., i], axis=1).max() > 0.05 for i in chosen)
    lanes = [nodes[i].lane for i in chosen]
    assert max(lanes.count(lane) for lane in lanes) <= MOST_OF_A_LANE
    axes = draw(result, "activity").axes
    assert len(axes) >= len(chosen)
    assert all(len(axis.lines) == len(result.scenario.arms) for axis in axes[: len(chosen)])


def test_a_run_without_the_boolean_model_has_no_such_figure(result):
    with pytest.raises(UnknownNameError) as error:
        draw(replace(result, marks=np.empty(0)), "activity")
    assert str(error.value) == (
        "figure 'activity' needs the Boolean model. Run the scenario with formalism boolean or both."
    )
