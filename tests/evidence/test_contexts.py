"""Circumstances that contradict each other do what models/README.md says, or are refused with the reason."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from remodelsim.experiments.validate import validate
from remodelsim.faces.cli import main
from remodelsim.files.library import load_model
from remodelsim.files.question_file import read_questions

EMPTY_GUT = """\
id,baseline,do,expect
probiotic,GermFree=on,Probiotic=on,BoneMass:same & TNF:same & SCFA:same
prebiotic,GermFree=on,Prebiotic=on,BoneMass:same & SCFA:same
milk,GermFree=on,HMO=on,BoneMass:same & SCFA:same
filaments,GermFree=on,SFB=on,Th17:same & BoneMass:same
hormone,GermFree=on & SFB=on,PTH_continuous=on,Th17:same
disturbed,GermFree=on,Dysbiosis=on,GutBarrier:same & BoneMass:same
colonised,GermFree=on,Conventionalization=on,GutMicrobiota:up & SCFA:up
"""


@pytest.fixture(scope="module", name="answers")
def answers_in_an_empty_gut():
    report = validate(load_model(), read_questions(EMPTY_GUT, "t.csv"), (), replicates=8)
    return {row.question.id: row for row in report.rows}


@pytest.mark.parametrize("formalism", ["ode", "boolean"])
@pytest.mark.parametrize("question", [line.split(",")[0] for line in EMPTY_GUT.splitlines()[1:]])
def test_without_a_flora_nothing_of_the_flora_acts(answers, question, formalism):
    row = answers[question]

    assert row.said(formalism, 0.01) == row.expected


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            "fmt_aged_donor=on & fmt_malnourished_donor=on",
            "remodelsim: do: GutMicrobiota is set twice at the same time. Give each setting a time of its own.\n",
        ),
        (
            "germ_free=on & fmt=on",
            "remodelsim: do: GutMicrobiota is set twice at the same time. Give each setting a time of its own.\n",
        ),
        (
            "menopause=on & Estrogen=on",
            "remodelsim: do: Estrogen is set twice at the same time. Give each setting a time of its own.\n",
        ),
    ],
)
def test_two_circumstances_that_set_one_node_are_refused(setting, sentence):
    told = CliRunner().invoke(main, ["whatif", "--do", setting, "--draws", "0"])

    assert (told.exit_code, told.output) == (2, sentence)


def test_two_donors_in_one_question_are_refused(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("id,baseline,do,expect\nA,,FMT=aged_donor & FMT=malnourished_donor,BoneMass:down\n")
    told = CliRunner().invoke(main, ["validate", "--claims", str(table)])

    assert told.exit_code == 2
    assert told.output == "remodelsim: t.csv:2 (do): FMT is set twice. Keep one of the two.\n"
