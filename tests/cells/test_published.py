"""Published cell models run by their name, under the perturbations that they were published with."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from remodelsim.experiments.published import run_published
from remodelsim.faces.cli import main
from remodelsim.files.cells_file import parse_preset, read_preset
from remodelsim.files.library import load_model
from remodelsim.ground.errors import FileFormatError, ModelError
from remodelsim.nouns.perturbation import Perturbation, Pulse

from .test_cell_presets import golden

ALONE = ("komarova2003", "lemaire2004", "pivonka2008", "graham2013")


@pytest.mark.parametrize("name", ["komarova2003", "lemaire2004", "pivonka2008"])
def test_every_perturbation_of_the_reference_runs_by_its_name(name):
    expected, preset = golden(name), read_preset(name)
    stems = {column.rsplit("_", 1)[0] for column in expected}
    assert stems == {one.name for one in preset.perturbations}
    for stem in stems:
        columns = [column for column in expected if column.rsplit("_", 1)[0] == stem]
        days = expected[columns[0]][0]
        grid = np.unique(np.concatenate(([0.0], days)))
        run = run_published(preset, [stem], grid, rtol=1e-12).runs[0]
        # the neutral orbit keeps every error of phase: the reference itself is good to 1e-7
        tolerance = 2e-7 if stem.startswith("C_g11") else 1e-8
        for k, column in enumerate(columns):
            assert run.states[np.isin(grid, days), k] == pytest.approx(expected[column][1], rel=tolerance), column


def test_the_published_cycle_of_graham_runs_by_its_name():
    expected = golden("graham2013")
    days = expected["z"][0]
    found = run_published(read_preset("graham2013"), ["cycle"], np.unique(np.concatenate(([0.0], days))), rtol=1e-12)
    told = found.runs[0].states[np.isin(found.runs[0].days, days)]
    for k, state in enumerate(found.names):
        assert told[:, k] == pytest.approx(expected[state][1], rel=1e-6, abs=1e-9), state


@pytest.mark.parametrize("name", ALONE)
def test_states_and_perturbations_are_labelled_in_both_languages(name):
    preset = read_preset(name)
    found = run_published(preset, [preset.perturbations[0].name], [0.0, 1.0])
    assert tuple(preset.states) == found.names
    for en, zh in (*preset.states.values(), *((one.label_en, one.label_zh) for one in preset.perturbations)):
        assert en
        assert zh
        assert en != zh


def test_the_command_writes_a_folder_of_a_published_model(tmp_path):
    target = tmp_path / "out"
    done = CliRunner().invoke(main, ["run", "komarova2003", "-o", str(target), "--perturbation", "A_x11_212"])
    assert done.exit_code == 0, done.output
    assert "A_x11_212     x2     212.132" in done.output
    assert {path.name for path in target.iterdir()} == {
        "cells.png",
        "cells.svg",
        "provenance.json",
        "report.html",
        "summary.json",
        "timecourse.csv",
    }
    told = json.loads((target / "summary.json").read_text())
    assert told["perturbations"]["A_x11_212"]["x2"]["most"] == pytest.approx(395.81, abs=0.02)
    assert (target / "timecourse.csv").read_text().startswith("perturbation,day,x1,x2,z\nA_x11_212,0,11,212,100\n")
    again = CliRunner().invoke(main, ["run", "komarova2003", "-o", str(target), "--language", "zh"])
    assert again.exit_code == 0, again.output
    assert "各曲线的转折点与终点" in (target / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["run", "komarova2003", "--perturbation", "A_x11_213"],
            (
                "remodelsim: cell preset komarova2003 knows no perturbation 'A_x11_213'. Did you mean 'A_x11_212'? "
                "Allowed: A_x11_212, B_bar_plus10, C_g11_1.1."
            ),
        ),
        (
            ["run", "02_menopause", "--cells", "komarova2003"],
            (
                "remodelsim: cell preset komarova2003 has equations of its own and cannot carry the network. "
                "Use the default or joerg2022 here; run it by itself: remodelsim run komarova2003."
            ),
        ),
        (
            ["run", "02_menopause", "--cells", "komarova2005"],
            (
                "remodelsim: unknown cell preset 'komarova2005'. Did you mean 'komarova2003'? "
                "Allowed: default, graham2013, joerg2022, komarova2003, lemaire2004, pivonka2008."
            ),
        ),
    ],
)
def test_what_cannot_be_run_is_said_word_by_word(arguments, sentence, tmp_path):
    done = CliRunner().invoke(main, [*arguments, "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    # on a fresh machine the kernels are announced first
    assert done.output.strip().splitlines()[-1] == sentence
    assert not (tmp_path / "out").exists()


def test_a_preset_for_networks_has_no_perturbations_of_its_own():
    with pytest.raises(ModelError) as refused:
        run_published(read_preset("joerg2022"))
    assert str(refused.value) == (
        "cell preset joerg2022 has no published perturbations of its own. "
        "Run it under the network: remodelsim run SCENARIO --cells joerg2022."
    )


@pytest.mark.parametrize(
    ("pulses", "days", "sentence"),
    [
        ([(30.0, 20.0, {"I_P": 1.0})], 100.0, "a pulse stops on day 20, not after it starts on day 30"),
        ([(0.0, 20.0, {})], 100.0, "the pulse from day 0 on gives nothing"),
        ([(0.0, float("inf"), {"I_P": 1.0})], 100.0, "a pulse has a number that is not finite"),
        ([(0.0, 20.0, {"I_P": 1.0})], 0.0, "perturbation x is followed for 0 days. Allowed: more than 0."),
        ([(0.0, 20.0, {"I_P": 1.0})], 10.0, "a pulse of perturbation x outlasts its 10 days"),
        (
            [(0.0, 20.0, {"I_P": 1.0}), (10.0, 30.0, {"I_P": 1.0})],
            50.0,
            "pulses of perturbation x overlap on day 10",
        ),
    ],
)
def test_a_perturbation_that_cannot_be_is_refused(pulses, days, sentence):
    with pytest.raises(ModelError) as refused:
        Perturbation("x", "x", "x", days, tuple(Pulse(*pulse) for pulse in pulses))
    assert str(refused.value).rstrip(".") == sentence.rstrip(".")


def test_a_perturbation_of_what_the_equations_do_not_have_is_refused():
    preset = read_preset("lemaire2004")
    asked = Perturbation("mine", "x", "x", 10.0, (Pulse(0.0, 5.0, {"I_PTH": 1.0}),))
    with pytest.raises(ModelError) as refused:
        run_published(type(preset)(**{**_fields(preset), "perturbations": (asked,)}))
    assert str(refused.value) == (
        "perturbation mine of cell preset lemaire2004 names the input 'I_PTH'. Did you mean 'I_P'? "
        "Allowed: I_P, I_O, I_L, I_R, I_B, I_C."
    )


def _fields(preset):
    return {name: getattr(preset, name) for name in preset.__slots__}


def test_a_pulse_without_an_end_is_refused_with_its_line():
    text = (
        'name: mine\nlabel: {en: "Mine"}\nfamily: lemaire\ncitation: "me"\n'
        'parameters:\n  D_R: {value: 1.0, unit: "1", source: "me"}\n'
        'perturbations:\n  PTH: {en: "a", zh: "b", days: 10, give: [{from: 0, inputs: {I_P: 1.0}}]}\n'
    )
    with pytest.raises(FileFormatError) as refused:
        parse_preset(text, "mine.yaml")
    assert str(refused.value) == "mine.yaml:8:3: a pulse has 'from', 'to' and 'inputs'."


def test_presets_are_listed_and_shown():
    listed = CliRunner().invoke(main, ["list", "cells"])
    assert "lemaire2004" in listed.output
    shown = CliRunner().invoke(main, ["show", "pivonka2008"])
    assert "  run it: remodelsim run pivonka2008" in shown.output
    assert "  PTH: PTH, day 20 to 80 · 甲状旁腺激素，第 20 至 80 天" in shown.output
    assert load_model().cells.name == "default"


def test_a_preset_that_carries_the_network_says_how_it_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(main, ["run", "joerg2022"])
    assert outcome.exit_code == 2
    assert outcome.stderr == (
        "remodelsim: joerg2022 is a preset of the cells, and no scenario. "
        "Run a scenario on it: remodelsim run menopause --cells joerg2022.\n"
    )
    assert list(tmp_path.iterdir()) == []
