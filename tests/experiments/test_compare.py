"""Comparing compounds: the main action is the one whose loss takes most away, and its grade is its best claim's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remodelsim.experiments.compare import compare_notes, main_route
from remodelsim.experiments.explain import explain
from remodelsim.experiments.screen import screen, screen_of
from remodelsim.experiments.whatif import Question
from remodelsim.faces.plot.gallery_sweeps import figures_of
from remodelsim.nouns.assignment import protocol_of


@pytest.mark.parametrize("given", ["Quercetin=5uM", "VitaminK2=45mg", "Denosumab=60mg"])
def test_the_main_action_is_the_one_that_explain_ranks_first(model, given):
    without, do = protocol_of(model, "menopause=on", where=""), protocol_of(model, given, where="")
    found = main_route(model, without, do, model.readout("BMD_hip"), 180.0)
    why = explain(model, Question(given, "menopause=on", ("BMD_hip",), "ode")).whys["BMD_hip"]["ode"]
    best = max(why.causes, key=lambda c: c.goes.value)

    assert found.cause == best.cause
    assert found.goes == pytest.approx(best.goes.value, abs=1e-6)
    assert found.route.start == best.cause.name
    grades = [model.claims[claim].grade for claim in found.claims]
    assert found.grade in grades or (not grades and found.grade == "cell layer")


def test_a_compound_that_does_nothing_has_no_main_route(model):
    without, do = protocol_of(model, "", where=""), protocol_of(model, "Quercetin=0uM", where="")

    assert main_route(model, without, do, model.readout("BMD_hip"), 180.0) is None


def test_the_notes_name_every_compound_with_an_effect_and_the_figure_shows_them(model):
    work, left_out, matrix = screen_of(
        model, compounds=["Quercetin", "Denosumab"], baseline="menopause=on", readouts=["BMD_hip"], formalism="ode"
    )
    notes = compare_notes(work)
    assert set(notes) == {"Quercetin", "Denosumab"}
    assert notes["Denosumab"]["grade"] == "cell layer"
    assert notes["Quercetin"]["chain"].startswith("Quercetin → ")

    result = replace(screen((work, left_out, matrix)), notes=notes)
    assert "compounds" in figures_of(result)
    figure = figures_of(result)["compounds"]("zh")
    assert "槲皮素" in {label.get_text() for label in figure.axes[0].get_yticklabels()}
