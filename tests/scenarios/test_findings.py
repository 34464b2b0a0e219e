"""The distinctive findings of the reviews: files meet what they expect, but for what is listed as failing."""

import csv
from dataclasses import replace

import pytest

from remodelsim.experiments.simulate import simulate
from remodelsim.files.scenario_file import load_scenario
from remodelsim.ground.resources import data_root

FOLDER = data_root("scenarios") / "findings"
FINDINGS = sorted(path.name.removesuffix(".yaml") for path in FOLDER.iterdir() if path.name.endswith(".yaml"))
COLUMNS = ("finding", "formalism", "arm", "against", "day", "readout")
LISTED = list(csv.DictReader((FOLDER / "known_failing.csv").read_text(encoding="utf-8").splitlines()))


def scenario(model, name, formalism):
    whole = load_scenario(str(FOLDER / f"{name}.yaml"), model)
    asked = tuple(replace(e, formalisms=(formalism,)) for e in whole.expectations if formalism in e.formalisms)
    return replace(whole, draws=0, formalism=formalism, expectations=asked)


def missed(model, name, formalism):
    """What a file expects and a run does not show, in the words of the list."""
    found = simulate(model, scenario(model, name, formalism)).outcomes
    return {
        (
            name,
            formalism,
            o.expectation.arm,
            o.expectation.against,
            f"{o.expectation.at_day:.0f}",
            o.expectation.readout,
        )
        for o in found
        if not o.met
    }


def listed(name, formalism):
    rows = (tuple(row[c] for c in COLUMNS) for row in LISTED)
    return {row for row in rows if row[:2] == (name, formalism)}


def test_there_are_thirty_and_twenty_five():
    of_three = [name for name in FINDINGS if name.startswith(("que", "vk2", "pue"))]
    assert (len(of_three), len(FINDINGS) - len(of_three)) == (30, 25)


def test_what_is_listed_as_failing_belongs_to_a_finding_and_says_why():
    assert {row["finding"] for row in LISTED} <= set(FINDINGS)
    assert [row for row in LISTED if len(row["reason"]) < 12] == []
    assert len({tuple(row[c] for c in COLUMNS) for row in LISTED}) == len(LISTED)


@pytest.mark.parametrize("name", FINDINGS)
def test_it_names_its_claims(model, name):
    first = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# Claims: ")
    claims = first.removeprefix("# Claims: ").split()
    assert claims
    assert set(claims) <= set(model.claims)


@pytest.mark.parametrize("name", FINDINGS)
def test_the_differential_equations_show_it(model, name):
    assert missed(model, name, "ode") == listed(name, "ode")


@pytest.mark.slow
@pytest.mark.parametrize("name", FINDINGS)
def test_the_boolean_model_shows_it(model, name):
    assert missed(model, name, "boolean") == listed(name, "boolean")
