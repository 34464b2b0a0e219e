"""The commands for Boolean networks."""

import csv
import json

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main

NETWORK = "targets, factors\nA, !B & I\nB, !A | J\n"


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "net.bnet"
    file.write_text(NETWORK)
    return str(file)


def test_attractors_are_told_with_what_sets_them_apart(path):
    outcome = run("attractors", path, "--hold", "I=on,j=off")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0] == "2 attractors, 2 of them single states: these are all."
    assert "  on:     I" in lines
    assert "  off:    J" in lines
    assert "#1  fixed point" in lines


def test_attractors_as_json_with_chances(path):
    outcome = run("attractors", path, "--hold", "I=on", "--hold", "J=off", "--reached", "--json")
    told = json.loads(outcome.stdout)
    assert (told["count"], told["fixed_points"], told["complete"]) == (2, 2, True)
    assert sum(row["probability"] for row in told["attractors"]) == pytest.approx(1.0)
    assert told["attractors"][0]["state"].keys() == {"A", "B", "I", "J"}


def test_free_inputs_are_inputs(path):
    told = json.loads(run("attractors", path, "--json", "--kind", "most permissive").stdout)
    # I and J are free: four settings, one of which leaves a choice
    assert told["count"] == 5


def test_the_model_comes_to_rest(path):
    outcome = run("attractors", "--readout", "BoneFormation", "--readout", "bone_resorption")
    assert outcome.exit_code == 0, outcome.output
    assert "bone " in outcome.output
    assert "RANKL" not in outcome.output


def test_simulate_prints_writes_and_tells_json(path, tmp_path):
    table = tmp_path / "course.csv"
    arguments = ("simulate", path, "--start", "A=0 & B=0", "--hold", "I=0.5", "--rate", "A=2:1", "--points", "2")
    outcome = run(*arguments, "--csv", str(table), "--readout", "a")
    assert outcome.exit_code == 0, outcome.output
    assert "Probability of being on, continuous dynamics (exact, error below 1e-9)" in outcome.output
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["time"], row["node"]) for row in rows] == [("0.0", "A"), ("10.0", "A"), ("20.0", "A")]
    told = json.loads(run(*arguments, "--json", "--sampled", "--copies", "300").stdout)
    assert told["copies"] == 300
    assert not told["exact"]
    assert len(told["nodes"]["B"]["mean"]) == 3


@pytest.mark.parametrize("dynamics", ["synchronous", "asynchronous", "general asynchronous"])
def test_steps_are_named(path, dynamics):
    outcome = run("simulate", path, "--dynamics", dynamics, "--copies", "100", "--until", "8", "--points", "2")
    assert outcome.exit_code == 0
    assert f"{dynamics} dynamics (" in outcome.output
    assert outcome.stdout.splitlines()[2].startswith("step")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--hold", "A"), "'A' sets nothing. Write NODE=VALUE."),
        (("--hold", "Z=on"), "no node 'Z' in the network."),
        (("--hold", "A=up"), "'up' is no level for A. Allowed: on, off, 0 to 1."),
        (("--rate", "A=fast"), "'fast' are no rates for A. Allowed: UP:DOWN, one for both."),
        (("--start", "A=2"), "A cannot stand at 2. Allowed: 0 to 1, on, off."),
        (("--baseline", "Estrogen=off"), "--baseline and --free-inputs are for the model. Use --hold NODE=LEVEL"),
        (("--until", "-1"), "end, points and copies must be above 0."),
    ],
)
def test_mistakes_are_one_line_and_exit_code_two(path, arguments, sentence):
    outcome = run("simulate", path, *arguments)
    assert outcome.exit_code == 2
    assert outcome.stderr.splitlines()[-1].startswith(f"remodelsim: {sentence}")
    assert outcome.stdout == ""


def test_broken_files_are_told_with_their_line(tmp_path):
    file = tmp_path / "bad.bnet"
    file.write_text("A, B\nA, C\n")
    for command in ("attractors", "simulate"):
        outcome = run(command, str(file))
        assert outcome.exit_code == 2
        assert "bad.bnet:2: target A stands twice" in outcome.output


def test_convert_writes_for_other_tools(path, tmp_path):
    outcome = run("convert", path, str(tmp_path / "net.bnd"))
    assert outcome.exit_code == 0
    assert outcome.output == f"wrote {tmp_path / 'net.bnd'}\nwrote {tmp_path / 'net.cfg'}\n"
    assert run("convert", path, str(tmp_path / "net.txt")).exit_code == 0
    assert run("convert", str(tmp_path / "net.txt"), str(tmp_path / "again.bnet")).exit_code == 0
    assert "A, !B & I" in (tmp_path / "again.bnet").read_text()
    assert run("convert", path, str(tmp_path / "net.doc")).exit_code == 2


def test_convert_writes_the_model(tmp_path, model):
    assert run("convert", "model", str(tmp_path / "bone.bnet")).exit_code == 0
    assert len((tmp_path / "bone.bnet").read_text().splitlines()) == len(model.network.nodes) + 1
    assert run("convert", "model", str(tmp_path / "bone.bnd")).exit_code == 0
    assert "$u_BoneFormation = 0.1;" in (tmp_path / "bone.cfg").read_text()


def test_a_screen_holds_every_free_node_both_ways(path):
    outcome = run("simulate", path, "--hold", "J=off", "--screen", "--readout", "B", "--copies", "2000")
    assert outcome.exit_code == 0, outcome.output
    lines = outcome.stdout.splitlines()
    assert lines[0] == "Change of the probability of being on at time 20 (2,000 paired trajectories each)"
    held = [line.split()[0] for line in lines[5:]]
    assert sorted(held) == ["A=off", "A=on", "B=off", "B=on", "I=off", "I=on"]


def test_a_screen_as_json_is_what_the_rules_say(path):
    arguments = ("simulate", path, "--hold", "J=off", "--screen", "--readout", "B", "--copies", "2000", "--json")
    told = json.loads(run(*arguments).stdout)
    changes = {next(iter(row["held"].items())): row["change"]["B"] for row in told["scenarios"]}
    # B is on where A is off, whatever I does
    assert changes["A", 0.0] == pytest.approx(1.0 - told["baseline"]["B"], abs=1e-9)
    assert changes["A", 1.0] == pytest.approx(-told["baseline"]["B"], abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "a screen needs something to read. Add --readout NODE."),
        (
            ("--readout", "B", "--exact"),
            "a screen is sampled in continuous time and printed. Leave the other options out.",
        ),
    ],
)
def test_screens_that_make_no_sense_are_refused(path, arguments, sentence):
    outcome = run("simulate", path, "--screen", *arguments)
    assert outcome.exit_code == 2
    assert sentence in outcome.output
