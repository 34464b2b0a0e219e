"""Tables of questions: any CSV with the columns id, baseline, do and expect."""

from __future__ import annotations

from pathlib import Path

from ..ground.errors import FileFormatError
from ..ground.resources import data_root
from ..nouns.question import OpenQuestion, make_question
from .tables import read_text, rows

COLUMNS = ("id", "baseline", "do", "expect")


def load_questions(path: str | Path | None = None, folder: str | Path | None = None) -> tuple[OpenQuestion, ...]:
    """Load the questions of a table.

    Parameters
    ----------
    path
        The table; the claims of the models by default.
    folder
        A models folder of the user's own.

    Returns
    -------
    tuple of OpenQuestion
        One per row that expects something.

    Raises
    ------
    FileFormatError
        When the table is damaged, lacks a column, repeats an id, or asks nothing.
    ScenarioError
        When a question cannot be read; says row and column.
    """
    file = Path(path) if path is not None else data_root("models", folder) / "evidence" / "claims.csv"
    return read_questions(read_text(file), file.name)


def read_questions(text: str, name: str) -> tuple[OpenQuestion, ...]:
    """Read a table of questions; columns beyond the needed ones may stand there, `source` and `kind` are kept.

    Parameters
    ----------
    text
        CSV.
    name
        Name of the file, used in messages.

    Returns
    -------
    tuple of OpenQuestion
        One per row that expects something.

    Raises
    ------
    FileFormatError
        When the table is damaged, lacks a column, repeats an id, or asks nothing.
    ScenarioError
        When a question cannot be read; says row and column.
    """
    out: dict[str, OpenQuestion] = {}
    for where, row in rows(text, name, COLUMNS):
        if not row["id"]:
            raise FileFormatError("the row has no id", where=f"{where} (id)", cure="Give every row an id of its own.")
        if row["id"] in out:
            raise FileFormatError(
                f"question {row['id']} stands twice", where=f"{where} (id)", cure="Keep one of the two."
            )
        if row["expect"]:
            places = {column: f"{where} ({column})" for column in COLUMNS}
            source, kind = row.get("source", ""), row.get("kind", "")
            out[row["id"]] = make_question(row["id"], row, places, source=source, kind=kind)
    if not out:
        raise FileFormatError(
            "the table asks nothing", where=name, cure="Fill the column 'expect', such as BoneMass:up."
        )
    return tuple(out.values())
