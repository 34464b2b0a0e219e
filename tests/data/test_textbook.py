"""The textbook questions are questions, and each names its paper."""

import csv

from remodelsim.files.question_file import load_questions
from remodelsim.ground.resources import data_root

EVIDENCE = data_root("models") / "evidence"
TABLE = EVIDENCE / "textbook.csv"


def rows(name):
    return list(csv.DictReader((EVIDENCE / name).read_text(encoding="utf-8").splitlines()))


def test_every_row_is_a_question():
    assert len(load_questions(TABLE)) == len(rows("textbook.csv")) >= 150


def test_every_row_names_a_paper_that_stands_among_the_sources():
    known = {row["id"] for row in rows("sources.csv")}
    assert [row["id"] for row in rows("textbook.csv") if row["ref"] not in known] == []


def test_the_readme_states_how_many_there_are():
    text = (data_root("models") / "README.md").read_text(encoding="utf-8")
    assert f"of {len(rows('textbook.csv'))} questions" in text
