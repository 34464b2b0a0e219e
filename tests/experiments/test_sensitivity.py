"""Sensitivity: indices that are SALib's and the analytic ones, the same bytes anywhere, and honest gaps."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import remodelsim as rs
from remodelsim.experiments.sensitivity import Influence, Ranking, prepared, sensitivity
from remodelsim.experiments.sensitivity_design import design, design_size
from remodelsim.experiments.sensitivity_indices import local_indices, morris_indices, sobol_indices
from remodelsim.experiments.sensitivity_space import space_of
from remodelsim.experiments.work import processes
from remodelsim.faces.cli import main
from remodelsim.files.scenario_file import load_scenario
from remodelsim.ground.errors import RemodelsimError

SINGLE = ("a", "b", "c")
FEW = ("RANKL.tau", "OPG.level", "cells.eta_C", "Osteocyte->RANKL.strength=0.1:0.5", "Estrogen=0:0.6")


def ishigami(x):
    """Sobol' and Levitan's test function, on shares of [-pi, pi]."""
    a, b, c = (2.0 * x.T - 1.0) * np.pi
    return np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


@pytest.fixture(scope="module")
def menopause(model):
    scenario = load_scenario("menopause", model)
    return replace(scenario, horizon=365.0, arms=scenario.arms[:2], expectations=(), readouts=("BMD_hip",))


def test_indices_of_sobol_are_the_analytic_ones_and_those_of_salib():
    from SALib.analyze.sobol import analyze

    x = design("sobol", 1024, SINGLE, 3, np.full(3, 0.5))
    y = ishigami(x)
    found = sobol_indices(y, 3, 1)
    assert found.size == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert found.other == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert np.all((found.low < found.size) & (found.size < found.high))
    problem = {"num_vars": 3, "names": list(SINGLE), "bounds": [[0.0, 1.0]] * 3}
    theirs = analyze(problem, y, calc_second_order=False, seed=1)
    assert found.size == pytest.approx(theirs["ST"], rel=1e-9)
    assert found.other == pytest.approx(theirs["S1"], rel=1e-9, abs=1e-12)


def test_runs_that_failed_cost_only_what_needs_them():
    x = design("sobol", 1024, SINGLE, 3, np.full(3, 0.5))
    y = ishigami(x)
    y[2 :: 5 * 16] = np.nan  # of every sixteenth block the point of b
    found = sobol_indices(y, 3, 1)
    assert found.used.tolist() == [1024, 960, 1024]
    assert found.size == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.04)
    x = design("morris", 20, SINGLE, 3, np.full(3, 0.5))
    y = x @ np.array([3.0, -1.0, 0.0])
    y[0] = np.nan
    found = morris_indices(x, y, [0, 1, 2], 1)
    assert sorted(found.used.tolist()) == [19, 20, 20]
    assert found.signed == pytest.approx([3.0, -1.0, 0.0], abs=1e-12)


def test_effects_of_morris_are_those_of_salib():
    from SALib.analyze.morris import analyze

    x = design("morris", 30, SINGLE, 5, np.full(3, 0.5))
    y = ishigami(x)
    found = morris_indices(x, y, [0, 1, 2], 1)
    problem = {"num_vars": 3, "names": list(SINGLE), "bounds": [[0.0, 1.0]] * 3}
    theirs = analyze(problem, x, y, num_levels=4, seed=1)
    for ours, name in ((found.size, "mu_star"), (found.signed, "mu"), (found.other, "sigma")):
        assert ours == pytest.approx(np.asarray(theirs[name], float), rel=1e-9)


def test_groups_of_morris_move_together():
    from SALib.analyze.morris import analyze

    groups = ["one", "two", "one"]
    x = design("morris", 30, groups, 5, np.full(3, 0.5))
    y = x @ np.array([3.0, -2.0, 1.0])
    found = morris_indices(x, y, [0, 1, 0], 1)
    names = list(SINGLE)
    problem = {"num_vars": 3, "names": names, "bounds": [[0.0, 1.0]] * 3, "groups": groups}
    theirs = analyze(problem, x, y, num_levels=4, seed=1)
    assert found.size == pytest.approx(np.asarray(theirs["mu_star"], float), rel=1e-9)
    assert found.size[1] == pytest.approx(2.0)
    assert np.isnan(found.signed).all()


def test_local_slopes_of_a_straight_line_are_its_slopes_up_to_the_edge_of_the_range():
    middle = np.array([0.5, 0.0, 1.0])
    x = design("local", 0, SINGLE, 1, middle)
    found = local_indices(x, x @ np.array([2.0, -3.0, 0.5]))
    assert found.signed == pytest.approx([2.0, -3.0, 0.5])
    assert x.min() >= 0.0
    assert x.max() <= 1.0


def test_all_kinetics_are_varied_within_what_the_model_allows(model, menopause):
    space = space_of(model, menopause, ["kinetics"])
    owned = {feedback.node for feedback in model.feedbacks}
    ruled = [n for n in model.network.nodes if not model.network.rules[n.name].is_input and n.name not in owned]
    names = {n.name for n in ruled}
    arrows = [e for e in model.network.edges if e.target in names and e.strength > 0.0]
    awake = [n for n in model.network.nodes if n.level > 0.0]
    assert len(space) == len(model.network.nodes) + len(ruled) + len(awake) + len(arrows)
    for one in space:
        low, here, high = one.low, one.factor.reference, one.high
        assert low <= here <= high
        assert low < high
        assert one.value(one.share(here)) == pytest.approx(here)
        assert one.factor.what not in {"level", "strength"} or 0.0 < low < high <= 1.0


def test_bytes_are_the_same_for_threads_processes_and_chunks(model, menopause):
    work = prepared(model, menopause, FEW, method="morris", size=4)
    one = sensitivity(work).columns
    two = sensitivity(work, chunk=7, spread=processes(2)).columns
    assert one.keys() == two.keys()
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)
    assert work.samples == 4 * 6


def test_rankings_find_what_is_known_to_matter(model, menopause):
    found = sensitivity(prepared(model, menopause, FEW, method="local"))
    ranking = found.rankings[0]
    by_name = {row.name: row for row in ranking.influences}
    assert (ranking.arm, ranking.against, found.failed) == ("menopause", "healthy", 0)
    assert ranking.mean < 0.0
    # estrogen that is held higher keeps more bone; what is put first matters most
    assert by_name["Estrogen"].signed > 0.0
    sizes = [row.size for row in ranking.influences]
    assert sizes == sorted(sizes, reverse=True)
    assert by_name["cells.eta_C"].theme == "cells"
    assert sum(found.themes(ranking).values()) == pytest.approx(1.0)


def test_a_point_without_a_stable_healthy_state_is_marked_and_counted(model, menopause):
    # a gain of ten in a loop tips it over
    work = prepared(model, menopause, ["NFATc1.gain=1:10", "RUNX2.gain=1:10", "RANKL.tau"], method="morris", size=4)
    found = sensitivity(work)
    broken = found.columns["status"] != 0
    assert found.rejected == found.failed == broken.sum()
    assert np.isnan(found.columns["ode.menopause.BMD_hip"][broken]).all()
    assert np.isfinite(found.columns["ode.menopause.BMD_hip"][~broken]).all()


@pytest.mark.parametrize(
    ("over", "options", "message"),
    [
        (["RANKL.tua"], {}, "unknown axis 'RANKL.tua'. Did you mean 'RANKL.tau'?"),
        (["RANKL.tau=48:6"], {}, "RANKL.tau has no range from 48 to 6. Put the lower end first."),
        (["RANKL.tau=0:6:log"], {}, "RANKL.tau cannot be varied on a log scale from 0. Allowed: above 0."),
        (["RANKL.tau=a:6"], {}, "'RANKL.tau=a:6' is no range. Write NAME=LOW:HIGH or NAME=LOW:HIGH:log."),
        (["potency"], {}, "there is nothing to vary in potency. Give a compound, or another set."),
        (["Estrogen"], {}, "Estrogen has no usual range. Write NAME=LOW:HIGH or NAME=LOW:HIGH:log."),
        (FEW, {"method": "fast"}, "unknown method 'fast'. Allowed: sobol, morris, local."),
        (FEW, {"method": "sobol", "size": 3}, "sobol cannot be sampled with a size of 3."),
        (FEW, {"method": "local", "by": "theme"}, "local takes one number at a time. Leave --by out"),
        (["RANKL.tau=6:9", "RANKL.tau=6:7"], {}, "RANKL.tau is varied twice. Give one range."),
    ],
)
def test_what_makes_no_sense_is_refused(model, menopause, over, options, message):
    with pytest.raises(RemodelsimError) as error:
        prepared(model, menopause, over, **options)
    assert str(error.value).startswith(message)


def test_a_design_that_is_too_large_says_so():
    with pytest.raises(RemodelsimError, match=r"^6004000 points are too many\. Allowed: up to 5000000\. Group --by"):
        design_size("morris", 4000, 1500)


def test_the_command_writes_table_figure_report_and_summary(tmp_path):
    folder = tmp_path / "out"
    common = ["sensitivity", "menopause", "--days", "365", "--readout", "BMD_hip", "-o", str(folder)]
    done = CliRunner().invoke(
        main, [*common, "--method", "sobol", "--by", "node", "--size", "4", "--over", "RANKL.tau"]
    )
    assert done.exit_code == 0, done.output
    assert "Method: Sobol' indices, 4 base points over 1 numbers in 1 groups, 12 points" in done.output
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert [r["arm"] for r in summary["rankings"]] == ["menopause", "ovariectomy"]
    rows = list(csv.DictReader((folder / "indices.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["RANKL", "RANKL"]
    assert rows[0]["label_zh"] in (folder / "indices.csv").read_text(encoding="utf-8")
    for name in ("tornado_BMD_hip_menopause.png", "tornado_BMD_hip_menopause.svg", "report.html", "manifest.json"):
        assert (folder / name).stat().st_size > 0
    other = CliRunner().invoke(main, [*common, "--method", "local", "--over", "RANKL.tau"])
    assert other.exit_code == 2
    assert "method" in other.output


def test_the_same_from_python(model):
    found = rs.sensitivity("menopause", "RANKL.tau", method="local", readouts=["BMD_hip"], days=90.0, model=model)
    assert [row.name for row in found.rankings[0].influences] == ["RANKL.tau"]
    assert "RANKL.tau" in found._repr_html_()
    labels = [text.get_text() for text in rs.plot(found).axes[0].get_yticklabels()]
    assert labels == [f"{model.network.node('RANKL').label_en}, time constant"]


@pytest.mark.parametrize(
    ("size", "low", "high", "told"), [(0.4, 0.3, 0.5, False), (2.2, 0.1, 6.5, True), (1.3, 1.2, 1.4, True)]
)
def test_a_share_that_few_points_made_is_called_not_settled(size, low, high, told):
    one = Influence("gut", "gut", "肠道", "gut", 3, size, low, high, float("nan"), 0.1)
    ranking = Ranking("arm", "BMD_hip", "", (one,), 0.0, 1.0)
    assert ranking.unsettled() == (("gut",) if told else ())
