"""Sweeps: what a point means, the same bytes whoever computes it, and what cannot be computed."""

import csv
import json
import multiprocessing
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner

from remodelsim.experiments import trials
from remodelsim.experiments.draws import engine_of
from remodelsim.experiments.runs import ode_run, use_threads
from remodelsim.experiments.sweep import prepared, sweep
from remodelsim.experiments.sweep_work import SweepWork
from remodelsim.experiments.trials import FINE, NO_HEALTH, NOT_INTEGRATED
from remodelsim.experiments.work import STATUS, processes
from remodelsim.faces.cli import main
from remodelsim.files.columns import read_npz
from remodelsim.files.scenario_file import load_scenario
from remodelsim.ground.errors import SolveError
from remodelsim.nouns.assignment import protocol_of

ARMS = "menopause_quercetin"


@pytest.fixture(scope="module")
def scenario(model):
    return load_scenario(ARMS, model)


@pytest.fixture
def run(model, scenario):
    def go(*axes, readouts=("BMD_hip",), formalism="ode", draws=0, **how):
        work, _ = prepared(model, scenario, axes, readouts=readouts, formalism=formalism, draws=draws)
        return sweep(work, **how)

    return go


def command(*arguments):
    return CliRunner().invoke(main, ["sweep", *arguments])


def test_dose_0_is_bit_for_bit_no_treatment_and_the_scenarios_dose_is_the_scenario(run, model, scenario, reference):
    found = run("quercetin.dose=0,50")
    treated, untreated = (found.values("ode", arm, "BMD_hip")[0] for arm in ("quercetin", "untreated"))
    assert treated[0].tobytes() == untreated[0].tobytes()
    course = ode_run(model, reference, scenario.arm("quercetin").protocol, np.array([0.0, scenario.horizon]))
    assert treated[1] == pytest.approx(course["bmd_hip"][-1], abs=1e-5)


def test_a_node_is_held_where_the_scenario_sets_it_and_else_in_every_arm(model, scenario, reference):
    work, _ = prepared(model, scenario, ["Estrogen=0,0.3"], formalism="ode")
    assert [str(a.level) for p in work.protocols(1) for a in p if getattr(a, "node", "") == "Estrogen"] == [
        "0.3",
        "0.3",
    ]
    work, _ = prepared(model, scenario, ["IL17=0,1"], formalism="ode", readouts=["BMD_hip"])
    found = sweep(work)
    alone = ode_run(model, reference, protocol_of(model, "IL17=on"), np.array([0.0, scenario.horizon]))
    assert found.values("ode", "healthy", "BMD_hip")[0, 1] == pytest.approx(alone["bmd_hip"][-1], abs=1e-5)


def test_a_treatment_that_starts_later_saves_less_bone(run):
    curve = next(c for c in run("quercetin.start=0:3y:lin:4").curves if c.arm == "quercetin")
    assert (np.diff(curve.change) < 0.0).all()
    assert curve.change[-1] == 0.0
    assert curve.directions == ["up", "up", "up", "same"]


def test_the_start_of_a_background_moves_only_in_arms_that_have_it(model):
    work, _ = prepared(model, load_scenario("menopause", model), ["menopause_course.start=0,1y"], formalism="ode")
    changed = {arm.name for arm in work.scenario.arms if work.changes(arm.name)}
    assert changed == {"menopause"}


def test_numbers_of_the_model_are_those_of_a_changed_model(run, model, scenario):
    found = run("RANKL.tau=6,24", "cells.eta_C=0.03,0.06")
    work = found.work
    changed = work.axes[1].factor.in_model(work.axes[0].factor.in_model(model, 24.0), 0.03)
    protocol = scenario.arm("quercetin").protocol
    draw = engine_of(changed).reference
    course = ode_run(changed, draw, protocol, np.array([0.0, scenario.horizon]))
    assert found.values("ode", "quercetin", "BMD_hip")[0, 1, 0] == pytest.approx(course["bmd_hip"][-1], abs=1e-5)
    assert len(np.unique(found.columns["ode.quercetin.BMD_hip"])) == 4


def test_a_sweep_has_the_same_bytes_with_1_thread_2_threads_and_worker_processes(run, tmp_path):
    def columns(**how):
        found = run("quercetin.dose=1,10,100", formalism="both", draws=3, chunk=5, **how).columns
        return {name: column.tobytes() for name, column in found.items()}

    try:
        use_threads(1)
        one = columns()
        use_threads(2)
        two = columns()
    finally:
        use_threads(0)
    assert one == two
    assert columns(folder=tmp_path / "out", spread=processes(2)) == one
    assert {k: v.tobytes() for k, v in read_npz(tmp_path / "out" / "results.npz").items()} == one


def test_a_worker_that_is_killed_is_told_and_what_was_finished_is_kept(run, tmp_path):
    def kill(steps):
        for child in multiprocessing.active_children() if steps else ():
            child.kill()

    with pytest.raises(SolveError) as caught:
        run("quercetin.dose=1:100:log:40", folder=tmp_path, chunk=1, spread=processes(1), progress=kill)
    assert str(caught.value) == (
        "a worker process was killed, perhaps because the memory was full. "
        "What is finished is kept in the folder of -o: give the same command again, with fewer --workers."
    )
    kept = len(list((tmp_path / "chunks").glob("*.npz")))
    assert 1 <= kept < 40
    done = []
    assert run("quercetin.dose=1:100:log:40", folder=tmp_path, progress=done.append).failed == 0
    assert done[0] == kept


def test_a_command_that_is_killed_and_given_again_ends_with_the_same_bytes(tmp_path):
    given = [ARMS, "--over", "quercetin.dose=0.1:100:log:60", "--readout", "BMD_hip", "--formalism", "ode"]
    given += ["--draws", "3", "--chunk", "3", "--csv"]
    assert command(*given, "-o", str(tmp_path / "whole")).exit_code == 0
    killed = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-m", "remodelsim", "sweep", *given, "-o", str(killed)])
    while not (killed / "chunks" / "0000002.npz").is_file() and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (killed / "results.npz").exists()
    assert command(*given, "-o", str(killed)).exit_code == 0
    names = {p.relative_to(killed).as_posix() for p in killed.rglob("*") if p.is_file()}
    assert names > {"manifest.json", "results.npz", "results.csv", "summary.json", "curves.svg", "report.html"}
    for name in names:
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_a_sample_that_cannot_be_integrated_is_kept_marked_and_counted(run, tmp_path, monkeypatch):
    real = trials.ode_many

    def breaking(cases, **how):
        found = real(cases, **how)
        return [{k: v * np.nan if n == 1 else v for k, v in one.items()} for n, one in enumerate(found)]

    monkeypatch.setattr(trials, "ode_many", breaking)
    outcome = command(ARMS, "--over", "quercetin.dose=1,10,100", "--formalism", "ode", "-o", str(tmp_path / "out"))
    assert outcome.exit_code == 0, outcome.output
    columns = read_npz(tmp_path / "out" / "results.npz")
    broken = columns[STATUS] == NOT_INTEGRATED
    assert broken.sum() == json.loads((tmp_path / "out" / "summary.json").read_text())["failed"] >= 1
    assert np.isnan(columns["ode.untreated.BMD_hip"]).tolist() == broken.tolist()
    assert (
        f"{broken.sum()} of 3 samples could not be computed; they are marked (status) in results.npz." in outcome.output
    )


def test_a_point_without_a_healthy_state_is_marked(run):
    found = run("RANKL.level=0,0.5,0.65")
    assert found.columns[STATUS].tolist() == [NO_HEALTH, FINE, FINE]
    assert np.isnan(found.values("ode", "quercetin", "BMD_hip")[0]).tolist() == [True, False, False]
    assert found.failed == 1


def test_draws_give_bands_that_hold_their_curve_and_an_interval_of_the_ed50(run):
    curve = next(c for c in run("quercetin.dose=1:1000:log:7", draws=12).curves if c.arm == "quercetin")
    assert (curve.low <= curve.high).all()
    assert (np.diff(curve.change) > 0.0).all()
    count, low, high = curve.fitted
    assert count == 12
    assert low < curve.response.ed50 < high
    assert curve.agreement[-1] == 1.0


def test_arms_that_become_the_same_are_left_out_and_named(model):
    work, same = prepared(model, load_scenario("quercetin_dose_series", model), ["quercetin.dose=1,2"])
    assert [arm.name for arm in work.scenario.arms] == ["none", "uM1"]
    assert dict(same) == dict.fromkeys(("uM2", "uM5", "uM10", "uM50"), "uM1")


def test_the_table_has_one_row_per_sample_and_opens_anywhere(tmp_path):
    given = [ARMS, "--over", "quercetin.dose=10,50mg/kg", "--over", "IL17=off,on", "--readout", "BMD_hip", "--csv"]
    outcome = command(*given, "-o", str(tmp_path / "out"), "--json")
    assert outcome.exit_code == 0, outcome.output
    with (tmp_path / "out" / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Quercetin.dose"], row["IL17"]) for row in rows] == [
        ("10", "0"),
        ("10", "1"),
        ("50", "0"),
        ("50", "1"),
    ]
    assert {row["status"] for row in rows} == {"0"}
    told = json.loads(outcome.output)
    assert [axis["name"] for axis in told["axes"]] == ["Quercetin.dose", "IL17"]
    assert {curve["arm"] for curve in told["curves"]} == {"healthy", "quercetin"}
    assert (tmp_path / "out" / "map.png").stat().st_size > 10_000


def test_another_question_in_the_folder_is_refused(tmp_path):
    given = [ARMS, "--over", "quercetin.dose=10,50", "--formalism", "ode", "-o", str(tmp_path)]
    assert command(*given).exit_code == 0
    outcome = command(*given, "--seed", "9")
    assert outcome.exit_code == 2
    assert outcome.output == (
        f"remodelsim: '{tmp_path}' holds another computation: seed is 1 there, 9 here. "
        "Choose another folder with -o, or delete that one.\n"
    )


def test_doses_that_nobody_studied_are_told(tmp_path):
    outcome = command(ARMS, "--over", "quercetin.dose=50,1000", "--formalism", "ode", "-o", str(tmp_path))
    assert outcome.exit_code == 0
    assert "Caution: Quercetin 1000 mg/kg is outside of what was studied (5 to 150 mg/kg).\n" in outcome.output


RANGE = "NAME=LOW:HIGH:lin:STEPS, NAME=LOW:HIGH:log:STEPS or NAME=A,B,C"
MISTAKES = {
    "quercetin": f"'quercetin' is no axis. Write {RANGE}.",
    "quercetin.doze=1,2": (
        "unknown axis 'quercetin.doze'. Did you mean 'quercetin.dose'? Allowed: NODE, NODE.tau, NODE.gain, NODE.level, "
        "A->B.strength, cells.SYMBOL, COMPOUND.dose, COMPOUND.every, COMPOUND.start, COMPOUND.stop."
    ),
    "quercetn.dose=1,2": (
        "quercetn.dose: unknown node, compound or background 'quercetn'. Did you mean 'Quercetin'? "
        "List them with: remodelsim list nodes"
    ),
    "cells.eta_c=1,2": (
        "cells.eta_c: cell preset default has no number 'eta_c'. Did you mean 'cells.eta_C'? "
        "They stand in models/cells/default.yaml."
    ),
    "RANKL->TNF.strength=0.1,1": None,
    "RANKL=1:0:lin:3": "RANKL=1:0:lin:3: the range from 1 to 0 is empty. Write the smaller end first.",
    "RANKL=0:1:log:3": (
        "RANKL=0:1:log:3: a log range cannot start at 0: zero has no logarithm. "
        "Start above 0, or write lin, or a list such as 0,1,10."
    ),
    "RANKL=0:1:lin:1": "RANKL=0:1:lin:1: a range of 1 steps makes no sense. Allowed: 2 to 100000.",
    "RANKL=0:1:lin": f"RANKL=0:1:lin: '0:1:lin' is no range. Write {RANGE}.",
    "RANKL=0,x": f"RANKL=0,x: 'x' is no number. Write {RANGE}.",
    "RANKL=0,,1": f"RANKL=0,,1: a value is missing. Write {RANGE}.",
    "RANKL=0,1e999": "RANKL=0,1e999: '1e999' is larger than any number.",
    "RANKL=0,2": "RANKL=0,2: RANKL cannot be held at 2. Allowed: 0 to 1, on, off, high, low.",
    "TNF=0.5,0.5": "TNF=0.5,0.5: values of TNF do not ascend or stand twice. Write each once, the smallest first.",
    "RANKL.gain=0:1:lin:3": "RANKL.gain=0:1:lin:3: gain of RANKL is 0. Allowed: 0.5 to 10.",
    "RANKL.tau=0.001,2": "RANKL.tau=0.001,2: a time constant of 0.001 h makes no sense. Allowed: 0.01 to 1e+06 h.",
    "RANKL.gain=1d,2": "RANKL.gain=1d,2: RANKL.gain is a pure number and takes no unit. Leave 'd' away.",
    "Quercetin=0,1": "Quercetin: 'Quercetin' is a compound, not a node. Write Quercetin.dose to change its dose.",
    "quercetin.dose=1:5mg:lin:3": (
        "quercetin.dose=1:5mg:lin:3: Quercetin has no dose in mg (human dose). Allowed: uM (concentration in a dish), "
        "mg/kg (dose per animal weight). Kinds of dose never turn into each other."
    ),
    "quercetin.start=0:50y:lin:5": (
        "quercetin.start=0:50y:lin:5: a start on day 18250 lies after the horizon of 1095 days."
    ),
    "Puerarin.start=0,5": (
        "Puerarin.start: no arm of the scenario sets Puerarin, so it has no start. "
        "Set it in an arm of the scenario file."
    ),
}


@pytest.mark.parametrize("axis", MISTAKES)
def test_a_wrong_axis_is_told_in_one_line_and_nothing_is_written(axis, tmp_path):
    outcome = command(ARMS, "--over", axis, "-o", str(tmp_path / "out"))
    assert outcome.exit_code == 2
    if MISTAKES[axis] is not None:
        assert outcome.output == f"remodelsim: {MISTAKES[axis]}\n"
    assert outcome.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_grid_that_is_too_large_and_a_factor_that_stands_twice_are_refused(model, scenario):
    outcome = command(ARMS, "--over", "IL17=0:1:lin:2000", "--over", "TNF=0:1:lin:2000")
    assert outcome.output == (
        "remodelsim: 4000000 points in 1 draws are too many. Allowed: 1000000 points, 50000000 samples. "
        "Take fewer steps or draws.\n"
    )
    outcome = command(ARMS, "--over", "IL17=0,1", "--over", "il-17=0,0.5")
    assert outcome.output == "remodelsim: IL17 is swept twice. Put all its values into one axis.\n"


def test_axes_that_contradict_each_other_are_refused_before_anything_is_computed(model, scenario):
    outcome = command(ARMS, "--over", "quercetin.start=0,400", "--over", "quercetin.stop=300,500")
    assert outcome.exit_code == 2
    assert outcome.output == (
        "remodelsim: Quercetin.start=400, Quercetin.stop=300: arm quercetin: "
        "an action that starts at day 400 cannot stop at day 300.\n"
    )


def test_a_sweep_can_be_carried_to_another_process(model, scenario):
    import pickle

    work, _ = prepared(model, scenario, ["quercetin.dose=1,10"], formalism="ode")
    other = pickle.loads(pickle.dumps(work))  # noqa: S301 - its own
    assert isinstance(other, SweepWork)
    assert other.identity == work.identity
