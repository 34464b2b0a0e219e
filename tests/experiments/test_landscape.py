"""Backgrounds in the Boolean model: where its rules come to rest, and how active its nodes are."""

import csv

import numpy as np
import pytest
from click.testing import CliRunner

from remodelsim.experiments.activity import activity_by_background
from remodelsim.experiments.attraction import find_attractors, reached
from remodelsim.experiments.landscape import Place, landscape
from remodelsim.experiments.networks import End, Setting
from remodelsim.faces.cli import main
from remodelsim.nouns.rule import Rule


def network(**rules):
    return Setting({name: Rule.parse(name, text) for name, text in rules.items()})


def place(model, formation, resorption):
    end = End({}, 1.0, 1.0, 1.0, fixed=False)
    return Place(model.backgrounds["healthy"], end, 0.5, 0.5, formation, resorption)


def test_the_mean_of_an_attractor_is_that_of_its_states():
    setting = network(a="!a", b="b")
    found = find_attractors(setting)
    ends, _ = reached(setting, found.spaces)
    assert [round(end.mean["a"], 6) for end in ends] == [0.5, 0.5]
    assert sorted(end.mean["b"] for end in ends) == [0.0, 1.0]


def test_a_cycle_is_weighted_by_the_time_it_spends():
    # a is on for good once b is; b waits for c, which never comes: both stay off
    setting = Setting(network(a="!a").rules, rates={"a": (3.0, 1.0)})
    ends, _ = reached(setting, find_attractors(setting).spaces)
    assert ends[0].mean["a"] == pytest.approx(0.75, abs=1e-6)


@pytest.mark.parametrize(
    ("formation", "resorption", "verdict"),
    [(0.5, 0.1, "gains"), (0.1, 0.5, "loses"), (0.4, 0.4, "turns over"), (0.0, 0.0, "keeps")],
)
def test_a_place_says_what_it_means_for_bone(model, formation, resorption, verdict):
    assert place(model, formation, resorption).verdict == verdict


def test_chances_under_a_background_add_up(model):
    found = landscape(model, ["healthy", "healthy"], copies=300)
    assert {one.background.name for one in found.places} == {"healthy"}
    assert sum(one.end.probability for one in found.places) + found.undecided["healthy"] == pytest.approx(1.0)
    assert all(0.0 <= one.breakers <= 1.0 for one in found.places)


def test_backgrounds_change_what_they_set_and_health_changes_nothing(model):
    found = activity_by_background(model, ["healthy", "menopause", "germ_free"], replicates=2)
    index = model.network.index
    healthy, menopause, germ_free = found.mean - found.healthy
    assert np.abs(healthy).max() == 0.0
    assert menopause[index["EstrogenSignaling"]] < -0.2
    assert germ_free[index["GutMicrobiota"]] < -0.8


def test_tables_and_pictures_are_written(tmp_path):
    out = tmp_path / "out"
    arguments = ["attractors", "--background", "menopause", "--copies", "200", "-o", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    names = {f"{kind}.{ending}" for kind in ("attractors", "activity") for ending in ("csv", "png", "svg")}
    assert {path.name for path in out.iterdir()} == names
    with (out / "attractors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["background"] for row in rows} == {"menopause"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--background", "menopause"], "--background needs a folder to write into. Add -o DIR."),
        (["--background", "menopaus", "-o", "x"], "Did you mean 'menopause'?"),
        (["net.bnet", "-o", "x"], "backgrounds are of the model, not of a file. Leave the file out."),
        (
            ["--background", "menopause_course", "-o", "x"],
            "'menopause_course=on' gives a compound or a course, but plain rules know on and off alone.",
        ),
    ],
)
def test_mistakes_are_one_line_and_write_nothing(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["attractors", *arguments])
    assert result.exit_code == 2
    assert sentence in result.output
    assert list(tmp_path.iterdir()) == []
