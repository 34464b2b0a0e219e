"""Bad tables of questions, word by word."""

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.files.question_file import read_questions
from remodelsim.ground.errors import RemodelsimError

HEAD = "id,baseline,do,expect\n"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "mine.csv:1: column 'id' is missing. Columns needed: id, baseline, do, expect."),
        (
            "id,base_line,do,expect\nA,,RANKL=on,BoneMass:down\n",
            "mine.csv:1: column 'baseline' is missing. Rename 'base_line' to 'baseline'.",
        ),
        (HEAD + "A,,RANKL=on,\n", "mine.csv: the table asks nothing. Fill the column 'expect', such as BoneMass:up."),
        (HEAD + "A,,RANKL=on\n", "mine.csv:2: row has 3 cells, the header 4."),
        (
            HEAD + ",,RANKL=on,BoneMass:down\n",
            "mine.csv:2 (id): the row has no id. Give every row an id of its own.",
        ),
        (
            HEAD + "A,,RANKL=on,BoneMass:down\nA,,OPG=on,BoneMass:up\n",
            "mine.csv:3 (id): question A stands twice. Keep one of the two.",
        ),
        (
            HEAD + "A,Estrogen,RANKL=on,BoneMass:down\n",
            (
                "mine.csv:2 (baseline): 'Estrogen' is not an assignment. Write NAME=VALUE or NAME=VALUE@TIME, "
                "joined by '&', such as Estrogen=off & Puerarin=on@48h."
            ),
        ),
        (
            HEAD + "A,,RANKL=on@erly,BoneMass:down\n",
            (
                "mine.csv:2 (do): unknown time '@erly'. Did you mean 'early'? "
                "Allowed: early, late, then_off, a time such as 2h, 48h, 30d, 8mo."
            ),
        ),
        (
            HEAD + "A,,RANKL=on,BoneMass\n",
            (
                "mine.csv:2 (expect): 'BoneMass' is not an expectation. "
                "Write READOUT:up, READOUT:down or READOUT:same, joined by '&'."
            ),
        ),
        (
            HEAD + "A,,RANKL=on,BoneMass:downn\n",
            "mine.csv:2 (expect): 'downn' is no direction. Did you mean 'down'? Allowed: up, down, same.",
        ),
        (
            HEAD + "A,,RANKL=on & RANKL=off,BoneMass:down\n",
            "mine.csv:2 (do): RANKL is set twice. Keep one of the two.",
        ),
    ],
)
def test_a_bad_table_says_row_column_and_cure(table, message):
    with pytest.raises(RemodelsimError) as caught:
        read_questions(table, "mine.csv")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            HEAD + "A,,RANKL=onn,BoneMass:down\n",
            (
                "remodelsim: mine.csv:2 (do): 'onn' is no value for RANKL. Did you mean 'on'? "
                "Allowed: on, off, high, low, normal, an activity from 0 to 1, a dose with its unit.\n"
            ),
        ),
        (
            HEAD + "A,,Quercetin=5,BoneMass:down\n",
            (
                "remodelsim: mine.csv:2 (do): dose '5' has no unit. Allowed: uM, nM, mM, umol/L, nmol/L, mmol/L, "
                "mg/kg, ug/kg, g/kg, mg, ug, mcg and 1 more.\n"
            ),
        ),
        (
            HEAD + "A,,RANKL=1.5,BoneMass:down\n",
            "remodelsim: mine.csv:2 (do): RANKL cannot be held at 1.5. Allowed: 0 to 1, on, off, high, low.\n",
        ),
    ],
)
def test_the_command_refuses_a_bad_value_with_one_line_and_exit_code_2(tmp_path, table, message):
    path = tmp_path / "mine.csv"
    path.write_text(table, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["validate", "--claims", str(path)])
    assert (outcome.exit_code, outcome.stderr) == (2, message)


def test_a_missing_table_is_named(tmp_path):
    outcome = CliRunner().invoke(main, ["validate", "--claims", str(tmp_path / "no.csv")])
    assert outcome.exit_code == 2
    assert outcome.stderr == f"remodelsim: {tmp_path / 'no.csv'}: cannot read the file (No such file or directory).\n"


def test_a_target_that_cannot_be_written_is_refused_before_anything_runs(tmp_path):
    outcome = CliRunner().invoke(main, ["validate", "--json", str(tmp_path / "no" / "a.json")])
    assert outcome.exit_code == 2
    assert outcome.stderr == (f"remodelsim: no folder '{tmp_path / 'no'}'. Make it first, or name another file.\n")
