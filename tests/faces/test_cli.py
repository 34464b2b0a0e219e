"""The command line: what it prints, its exit codes, and that nothing is ever half-written."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from remodelsim.experiments.verdict import Verdict
from remodelsim.experiments.whatif import Answer, Question
from remodelsim.faces.cli import main
from remodelsim.faces.folder import MARKER
from remodelsim.faces.text import answer_text
from remodelsim.faces.words import FIGURES

SCENARIO = """\
title: {en: "Short <b>&", zh: 短}
question: {en: "Does it run?", zh: "能运行吗？"}
horizon: 20 d
draws: 2
arms:
  none: {label: {en: "Nothing <script>", zh: 无}}
  off: {label: {en: RANKL off, zh: RANKL 敲除}, actions: [{do: RANKL=off}]}
readouts: [RANKL, BMD_hip]
expect:
  - {arm: off, then: {RANKL: down}}
"""


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("runs")
    path = base / "short.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    outcome = run("run", str(path), "-o", str(base / "out"))
    assert outcome.exit_code == 0, outcome.output
    return base


def test_a_run_leaves_tables_figures_report_and_provenance(folder):
    names = {path.name for path in (folder / "out").iterdir()}
    figures = {f"{kind}.{ending}" for kind in FIGURES for ending in ("png", "svg")}
    assert names == figures | {
        MARKER,
        "timecourse.csv",
        "boolean.csv",
        "boolean_interval.csv",
        "report.html",
        "provenance.json",
        "ro-crate-metadata.json",
        "scenario.yaml",
        "citations.bib",
        "why.json",
        "why_1_off.png",
        "why_1_off.svg",
    }
    summary = json.loads((folder / "out" / MARKER).read_text(encoding="utf-8"))
    assert summary["all_met"]
    assert set(summary["arms"]["off"]["RANKL"]) == {"ode", "boolean"}
    assert set(summary["arms"]["off"]["RANKL"]["ode"]) >= {"baseline", "value", "change", "direction", "agreement"}


def test_the_same_seed_gives_the_same_bytes(folder):
    assert run("run", str(folder / "short.yaml"), "-o", str(folder / "again")).exit_code == 0
    for path in (folder / "out").iterdir():
        assert path.read_bytes() == (folder / "again" / path.name).read_bytes(), path.name


def test_the_report_escapes_texts_and_asks_for_nothing(folder):
    text = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "Nothing &lt;script&gt;" in text
    for request in ("src=", "@import", "url(http", "<link"):
        assert request not in text


def test_tables_hold_every_arm_and_node(folder, model):
    header, *rows = (folder / "out" / "boolean.csv").read_text(encoding="utf-8").splitlines()
    assert header.split(",")[3:] == list(model.network.names)
    assert {row.split(",")[0] for row in rows} == {"none", "off"}
    header, *rows = (folder / "out" / "timecourse.csv").read_text(encoding="utf-8").splitlines()
    assert {"arm", "day", "RANKL", "BMD_hip", "BMD_hip_p05", "node:NFATc1"} <= set(header.split(","))


def test_a_failed_expectation_is_exit_code_1_and_still_writes(folder, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(SCENARIO.replace("RANKL: down", "RANKL: up"), encoding="utf-8")
    outcome = run("run", str(path), "-o", str(tmp_path / "out"), "--draws", "0")
    assert outcome.exit_code == 1
    assert "FAILED" in outcome.output
    assert (tmp_path / "out" / MARKER).is_file()


def test_a_wrong_file_is_exit_code_2_one_line_and_no_folder(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(SCENARIO.replace("RANKL=off", "RANKLE=off"), encoding="utf-8")
    outcome = run("run", str(path), "-o", str(tmp_path / "out"))
    assert outcome.exit_code == 2
    assert outcome.output == (
        "remodelsim: wrong.yaml:7:58: unknown node, compound or background 'RANKLE'. Did you mean 'RANKL'? "
        "List them with: remodelsim list nodes\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_ours_is_never_replaced(folder, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine", encoding="utf-8")
    outcome = run("run", str(folder / "short.yaml"), "-o", str(precious))
    assert outcome.exit_code == 2
    assert "is there and is no result folder of remodelsim" in outcome.output
    assert [p.name for p in precious.iterdir()] == ["thesis.txt"]


def test_a_file_of_the_users_in_a_result_folder_is_never_lost(folder, tmp_path):
    target = tmp_path / "out"
    assert run("run", str(folder / "short.yaml"), "-o", str(target), "--draws", "0").exit_code == 0
    (target / "mine.txt").write_text("mine", encoding="utf-8")
    outcome = run("run", str(folder / "short.yaml"), "-o", str(target), "--draws", "0")
    assert outcome.exit_code == 2
    assert "or holds more: mine.txt" in outcome.output
    assert (target / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_where_the_formalisms_disagree_the_answer_is_said_to_be_open():
    arguments = ("whatif", "--do", "menopause=on", "--readout", "P1NP", "--draws", "0")
    outcome = run(*arguments)
    assert outcome.exit_code == 0
    directions = {
        f: v["direction"] for f, v in json.loads(run(*arguments, "--json").stdout)["readouts"]["P1NP"].items()
    }
    assert ("The formalisms disagree, so the answer is open: P1NP." in outcome.output) == (
        directions["ode"] != directions["boolean"]
    )


def test_a_background_can_be_lifted():
    outcome = run(
        "whatif", "--do", "menopause=off", "--baseline", "menopause=on", "--readout", "Estrogen", "--draws", "0"
    )
    assert "▲ up" in outcome.output


def test_a_readout_cannot_be_set_and_is_said_to_be_one():
    outcome = run("whatif", "--do", "BMD_hip=off")
    assert outcome.exit_code == 2
    assert outcome.output.startswith(
        "remodelsim: do: BMD_hip is a readout and can only be read. It is made of: bmd_hip."
    )


def test_whatif_prints_json_as_documented():
    outcome = run(
        "whatif",
        "--do",
        "RANKL=off",
        "--baseline",
        "Estrogen=off",
        "--readout",
        "BMD",
        "--days",
        "30",
        "--draws",
        "1",
        "--json",
    )
    assert outcome.exit_code == 0, outcome.output
    answer = json.loads(outcome.stdout)
    assert (answer["baseline"], answer["do"]) == ("Estrogen=off", "RANKL=off")
    ((name, both),) = answer["readouts"].items()
    assert name == "BoneMass"
    for formalism in ("ode", "boolean"):
        assert set(both[formalism]) >= {"baseline", "value", "change", "direction", "agreement"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["whatif", "--do", "Quercetin=10"], "remodelsim: do: dose '10' has no unit."),
        (["whatif", "--do", "Xyzzy=on"], "remodelsim: do: unknown node, compound or background 'Xyzzy'."),
        (
            ["whatif", "--do", "RANKL=on", "--readout", "Bone mas"],
            "remodelsim: unknown readout 'Bone mas'. Did you mean 'BoneMass'?",
        ),
        (["run", "menopouse"], "remodelsim: no scenario file 'menopouse'. Did you mean '02_menopause'?"),
        (
            ["show", "quercitin"],
            "remodelsim: unknown node, compound or background 'quercitin'. Did you mean 'Quercetin'?",
        ),
        (["list", "nods"], "remodelsim: no list of 'nods'. Did you mean 'nodes'?"),
        (["check", "no/such.bnet"], "remodelsim: no/such.bnet: cannot read the file (No such file or directory)."),
    ],
)
def test_each_mistake_is_one_line_and_exit_code_2(arguments, sentence):
    outcome = run(*arguments)
    assert outcome.exit_code == 2
    assert outcome.output.startswith(sentence)
    assert outcome.output.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["Quercetin", "槲皮素", "RANKL", "骨保护素", "menopause", "BMD", "QUE-008", "RANKL->RANKL_RANK"]
)
def test_show_finds_things_by_any_of_their_names(name):
    outcome = run("show", name)
    assert outcome.exit_code == 0, outcome.output
    assert len(outcome.output.splitlines()) >= 3


@pytest.mark.parametrize(
    "kind", ["nodes", "node", "inputs", "compounds", "backgrounds", "readouts", "scenarios", "claims"]
)
def test_lists_say_how_many(kind):
    outcome = run("list", kind)
    assert outcome.exit_code == 0
    assert len(outcome.output.splitlines()) > 5


def test_the_shipped_model_and_scenarios_pass_the_check():
    outcome = run("check")
    assert outcome.exit_code == 0, outcome.output
    assert ", 0 findings\n" in outcome.output
    schema = json.loads(run("check", "--schema").output)
    assert "horizon" in schema["required"]


def test_the_module_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "remodelsim", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("remodelsim, version ")


@pytest.mark.parametrize(
    ("preset", "sentence"),
    [
        ("joerg2023", "remodelsim: unknown cell preset 'joerg2023'. Did you mean 'joerg2022'?"),
        ("pivonka2008", "remodelsim: cell preset pivonka2008 has equations of its own and cannot carry the network."),
    ],
)
def test_a_preset_that_cannot_carry_the_network_is_refused(preset, sentence):
    outcome = run("whatif", "--do", "RANKL=off", "--cells", preset, "--draws", "0")
    assert outcome.exit_code == 2
    assert sentence in outcome.output


def test_a_dose_that_nobody_studied_is_cautioned():
    outcome = run("whatif", "--do", "Denosumab=600mg", "--readout", "BMD_hip", "--draws", "0", "--formalism", "ode")
    assert outcome.exit_code == 0
    assert "Caution: Denosumab 600 mg is outside of what was studied (6 to 210 mg)." in outcome.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["whatif"], "remodelsim: Missing option '--do'. See: remodelsim whatif --help\n"),
        (["--foo"], "remodelsim: No such option '--foo'. See: remodelsim --help\n"),
        (
            ["teach", "menopause", "--language", "fr"],
            "remodelsim: Invalid value for '--language': 'fr' is not one of 'en', 'zh'. See: remodelsim teach --help\n",
        ),
        (["explan"], "Did you mean 'explain'?"),
        (
            ["whatif", "--do", "IL17=off", "--days", "1e12"],
            "remodelsim: a change cannot be read at day 1e+12. Allowed: above 0 to 100 years.\n",
        ),
    ],
)
def test_a_command_line_that_is_wrong_is_told_in_one_line(arguments, sentence):
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 2
    assert sentence in outcome.stderr
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(("agreement", "told"), [(0.4, True), (0.9, False)])
def test_a_doubted_direction_is_explained_below_the_table(agreement, told):
    verdict = Verdict(1.0, 0.9, -0.1, "down", agreement=agreement, draws=10)
    answer = Answer(Question("IL17=off"), {"BMD_hip": {"ode": verdict}}, 0, {})
    assert ("\n?: fewer than half of the draws or replicates say so." in answer_text(answer)) == told
