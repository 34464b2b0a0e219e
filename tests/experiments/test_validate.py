"""Validation on small tables, with the shipped model."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from remodelsim.engines.ode.cells import K
from remodelsim.experiments.answers import Found, sure
from remodelsim.experiments.asking import ready
from remodelsim.experiments.many import Case, ode_many
from remodelsim.experiments.paths import strongest_paths
from remodelsim.experiments.validate import validate
from remodelsim.faces.cli import main
from remodelsim.faces.validate_page import page_html
from remodelsim.faces.validate_text import report_data, report_text
from remodelsim.faces.validate_words import both
from remodelsim.files.question_file import load_questions, read_questions
from remodelsim.files.variants_file import load_disputes
from remodelsim.ground.errors import SolveError
from remodelsim.nouns.intervention import Clamp, Protocol
from remodelsim.nouns.plain import plain_questions

TABLE = """\
id,source,kind,baseline,do,expect
A-1,mine,outcome,,RANKL=off,Osteoclast:down & BoneResorption:down
A-2,mine,mechanism,,RANKL=on,RANKL_RANK:down
A-3,mine,mechanism,GermFree=on,Estrogen=off,BoneResorption:same
A-4,yours,outcome,,Menopause=on,BoneMass:down
A-5,yours,mechanism,,Rankll=on,BoneMass:down
A-6,yours,mechanism,,OPG=off,Bonemas:down & RANKL_RANK:up
A-7,yours,mechanism,variant=unheard,Quercetin=on,JNK:up
A-8,yours,mechanism,variant=any,OPG=off,RANKL_RANK:up
A-9,mine,property,,,BoneMass:same
A-10,mine,outcome,,LPS=on,
"""


@pytest.fixture(scope="module")
def report(model):
    return validate(model, read_questions(TABLE, "t.csv"), load_disputes(), replicates=2)


@pytest.fixture(scope="module")
def rows(report):
    return {row.question.id: row for row in report.rows}


def test_every_row_that_expects_something_is_asked(report):
    assert [row.question.id for row in report.rows] == [f"A-{k}" for k in range(1, 10)]


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
def test_verdicts_are_agree_disagree_or_not_represented(rows, formalism):
    told = {name: row.verdict(formalism, 0.01) for name, row in rows.items()}
    assert told == {
        "A-1": "agree",
        "A-2": "disagree",
        "A-3": "agree",
        "A-4": "agree",
        "A-5": "not_represented",
        "A-6": "not_represented",
        "A-7": "not_represented",
        "A-8": "agree",
        "A-9": "agree",
    }


def test_what_is_not_represented_is_listed_together_with_the_nearest_names(report):
    assert {(g.what, g.name, g.nearest): ids for g, ids in report.gaps.items()} == {
        ("entity", "Rankll", "RANKL"): ("A-5",),
        ("readout", "Bonemas", "BoneMass"): ("A-6",),
        ("variant", "unheard", ""): ("A-7",),
    }


def test_what_is_not_represented_counts_against_the_model(report):
    score = report.score("ode")
    assert (score.agree, score.total) == (5, 9)


def test_a_gate_is_exact_in_both_formalisms(rows):
    assert rows["A-3"].found["boolean"][0].change == 0.0
    assert abs(rows["A-3"].found["ode"][0].change) < 1e-4


def test_nothing_done_changes_nothing(rows):
    assert rows["A-9"].found["boolean"][0].change == rows["A-9"].found["ode"][0].change == 0.0
    assert rows["A-9"].steps == 0


def test_single_encoded_edges_are_told_from_emergent_answers(rows):
    assert rows["A-2"].steps == 1
    assert not rows["A-2"].emergent
    assert rows["A-1"].emergent
    assert rows["A-4"].emergent


def test_any_holds_only_where_every_reading_shows_it(rows):
    changes = rows["A-8"].found["ode"][0].changes
    assert len(changes) > 10
    assert min(changes) > 0.01
    disputed = Found((0.5, -0.5), (0.0, 0.0), ((0.0, 0.5), (0.5, 0.0)))
    assert disputed.said("up", 0.01) == "down"
    assert disputed.said("down", 0.01) == "up"


def test_a_readout_without_a_value_is_never_right():
    assert Found((float("nan"),), (0.0,), ((0.0, 0.0),)).said("same", 0.01) == "none"


@pytest.mark.parametrize(
    ("change", "error", "expected", "told"),
    [
        (0.05, 0.01, "up", "right"),
        (0.05, 0.01, "down", "wrong"),
        (0.05, 0.01, "same", "wrong"),
        (0.03, 0.01, "up", "open"),
        (0.0, 0.002, "same", "right"),
        (0.0, 0.01, "same", "open"),
        (-0.015, 0.01, "up", "open"),
        (-0.05, 0.01, "up", "wrong"),
        (0.02, 0.0, "up", "right"),
        (0.005, 0.0, "up", "wrong"),
        (float("nan"), 0.01, "same", "wrong"),
    ],
)
def test_a_sampled_answer_is_sure_by_three_standard_errors(change, error, expected, told):
    assert sure(change, error, expected, 0.01) == told


def test_a_finer_sample_takes_the_place_of_one_reading_only():
    both = Found((0.1, 0.2), (0.01, 0.02), ((0.0, 0.1), (0.0, 0.2)))
    finer = Found((0.3,), (0.001,), ((0.0, 0.3),))
    assert both.with_reading(1, finer) == Found((0.1, 0.3), (0.01, 0.001), ((0.0, 0.1), (0.0, 0.3)))


def test_groups_hold_every_question_once(report):
    for grouping in ("source", "kind", "gate", "null"):
        assert sum(len(rows) for rows in report.groups[grouping].values()) == len(report.rows)
    assert {name: len(rows) for name, rows in report.groups["source"].items()} == {"mine": 4, "yours": 5}


def test_the_strongest_chain_runs_from_what_is_done_to_what_is_read(report, rows):
    comparison = rows["A-2"].asked.comparisons[0][0]
    path = strongest_paths(comparison, report.states["ode"].of(comparison), "ode")["up"]
    assert path.nodes == ("RANKL", "RANKL_RANK")
    assert path.text() == "RANKL held at 1: RANKL → RANKL_RANK"
    assert path.effect > 0.0


def test_json_has_the_promised_form(report):
    data = json.loads(json.dumps(report_data(report), allow_nan=False))
    assert {"agree", "total", "agreement", "majority", "kappa", "macro_f1"} <= set(data["formalisms"]["ode"])
    assert set(data["formalisms"]) == {"ode", "boolean"}
    row = data["rows"][0]
    assert row["id"] == "A-1"
    assert row["verdict"] == {"ode": "agree", "boolean": "agree"}
    first = {key: row["expect"][0][key] for key in ("readout", "expected", "ode", "boolean")}
    assert first == {"readout": "Osteoclast", "expected": "down", "ode": "down", "boolean": "down"}
    assert data["rows"][4]["verdict"] == {"ode": "not_represented", "boolean": "not_represented"}


def test_text_and_page_name_the_wrong_answers_and_ask_for_nothing(report):
    text, page = report_text(report), page_html(report)
    for told in (text, page):
        assert "A-2" in told
        assert "Bonemas" in told
        assert "RANKL held at 1: RANKL → RANKL_RANK" in told
    assert "<script" not in page
    assert "http" not in page


def test_the_page_speaks_both_languages_and_says_what_the_formalisms_share(report):
    page = page_html(report)
    assert "Where the model and the reviews disagree · 模型与综述不一致之处" in page
    assert f"They give the same answers to {report.shared():.1%} of the represented questions." in page
    assert "grade of evidence" not in page  # no question of this table is a claim


def test_every_difference_of_the_formalisms_has_a_reason(report):
    represented = [row for row in report.rows if not row.asked.gaps]
    differing = [row.question.id for row in represented if row.said("ode", 0.01) != row.said("boolean", 0.01)]
    told = [i for ids in report.differences.values() for i in ids]
    assert sorted(told) == sorted(differing)
    assert all(report.differences)
    assert {why for why in report.differences if why != both(why).split(" · ")[0]} == set()


def test_answers_are_grouped_by_the_grade_of_their_claims(model):
    questions = [q for q in plain_questions(model) if q.id in {"QUE-009", "QUE-101"}]
    report = validate(model, questions, (), formalism="ode")
    assert sorted(report.groups["grade"]) == sorted({model.claims[q.id].grade for q in questions})


def test_plain_questions_are_asked_of_the_model_and_not_of_a_table(tmp_path):
    told = CliRunner().invoke(main, ["validate", "--plain", "--claims", str(tmp_path / "t.csv")])
    assert told.exit_code == 2
    assert told.output == (
        "remodelsim: --plain asks the claims of the model, not a table. Leave out --claims or --plain.\n"
    )


def test_one_formalism_alone_can_be_asked(model):
    report = validate(model, read_questions(TABLE, "t.csv")[:2], (), formalism="ode")
    assert report.formalisms == ("ode",)
    assert "boolean" not in report.rows[0].found


def test_the_same_seed_gives_the_same_report(model, report):
    again = validate(model, read_questions(TABLE, "t.csv"), load_disputes(), replicates=2)
    assert json.dumps(report_data(again)) == json.dumps(report_data(report))


def test_the_ensemble_tells_how_many_draws_agree(model):
    report = validate(model, read_questions(TABLE, "t.csv")[:4], load_disputes(), formalism="ode", draws=3)
    assert report.rows[1].drawn == 1.0
    assert all(0.0 <= row.drawn <= 1.0 for row in report.rows)
    assert 0.0 <= report.robust <= 1.0


def test_a_course_that_cannot_be_finished_is_an_error_or_has_no_value(model, reference):
    parameters = reference.wiring.parameters.copy()
    parameters[K.signal_direct] = np.nan
    broken = replace(reference, wiring=reference.wiring._replace(parameters=parameters))
    case = Case(model, broken, Protocol((Clamp("RANKL", 0.0),)), (10.0, 180.0))
    with pytest.raises(SolveError, match="the integration stopped near day"):
        ode_many([case])
    (values,) = ode_many([case], lenient=True)
    assert np.isnan(values["bmd_hip"]).all()
    assert values["RANKL"].shape == (2,)


def test_the_claims_own_questions_can_all_be_asked(model):
    questions = load_questions()
    asked = ready(model, questions, load_disputes())
    assert len(asked) == 1222
    assert sum(bool(one.gaps) for one in asked) / len(asked) < 0.01


def test_the_command_writes_json_and_page_and_says_whether_all_was_met(tmp_path):
    table, out, page = tmp_path / "t.csv", tmp_path / "out.json", tmp_path / "out.html"
    table.write_text("id,baseline,do,expect\nA,,RANKL=off,Osteoclast:down\n", encoding="utf-8")
    arguments = ["validate", "--claims", str(table), "--formalism", "ode", "--json", str(out), "--html", str(page)]
    outcome = CliRunner().invoke(main, arguments)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["formalisms"]["ode"]["agree"] == 1
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.html", "out.json", "t.csv"]
    table.write_text("id,baseline,do,expect\nA,,RANKL=off,Osteoclast:up\n", encoding="utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 1
