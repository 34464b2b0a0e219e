"""Reading what was measured in women from ``models/evidence``."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ..ground.errors import FileFormatError, ModelError
from ..ground.resources import data_root
from ..nouns.clinical import CohortPoint, Regimen, Target
from .tables import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TARGETS, COHORTS = "clinical_targets.csv", "menopause_cohorts.csv"
_TARGET_COLUMNS = [
    *("id", "regimen", "drug", "dose_mg", "every_d", "days", "start_y", "readout"),
    *("month", "percent", "sigma", "source", "doi", "certainty"),
]
_TARGET_NUMBERS = ("dose_mg", "every_d", "days", "start_y", "month", "percent", "sigma")
_COHORT_COLUMNS = ["cohort", "site", "menopause", "years", "percent", "sd"]


def read_targets(folder: str | Path | None = None) -> tuple[Target, ...]:
    """Read the clinical targets of calibration.

    Parameters
    ----------
    folder
        A models folder that takes the place of the shipped one.

    Returns
    -------
    tuple of Target
        In the order of the table.

    Raises
    ------
    FileFormatError
        When a column, number or name is not what it should be; names file and line.
    """
    found = []
    for line, row in _rows(TARGETS, _TARGET_COLUMNS, folder):
        number = {column: _number(row[column] or "0", column, line) for column in _TARGET_NUMBERS}
        try:
            regimen = Regimen(
                row["regimen"], number["start_y"], row["drug"], number["dose_mg"], number["every_d"], number["days"]
            )
            found.append(
                Target(
                    row["id"],
                    regimen,
                    row["readout"],
                    number["month"],
                    number["percent"],
                    number["sigma"],
                    row["source"],
                    row["doi"],
                    row["certainty"],
                )
            )
        except ModelError as error:
            raise FileFormatError(
                error.what, where=f"{TARGETS}:{line}", nearest=error.nearest, allowed=error.allowed
            ) from None
    return tuple(found)


def read_cohorts(folder: str | Path | None = None) -> tuple[CohortPoint, ...]:
    """Read the cohorts of women through menopause.

    Parameters
    ----------
    folder
        A models folder that takes the place of the shipped one.

    Returns
    -------
    tuple of CohortPoint
        In the order of the table.

    Raises
    ------
    FileFormatError
        When a column or number is not what it should be.
    """
    return tuple(
        CohortPoint(
            row["cohort"],
            row["site"],
            row["menopause"],
            _number(row["years"], "years", line, COHORTS),
            _number(row["percent"], "percent", line, COHORTS),
            _number(row["sd"] or "nan", "sd", line, COHORTS),
        )
        for line, row in _rows(COHORTS, _COHORT_COLUMNS, folder)
    )


def _rows(name: str, columns: list[str], folder: str | Path | None) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(read_text(data_root("models", folder) / "evidence" / name)))
    if reader.fieldnames != columns:
        raise FileFormatError("the columns are not those expected", where=f"{name}:1", allowed=columns)
    for row in reader:
        if None in row or None in row.values():
            raise FileFormatError("the row is longer or shorter than the header", where=f"{name}:{reader.line_num}")
        yield reader.line_num, row


def _number(text: str, column: str, line: int, name: str = TARGETS) -> float:
    try:
        return float(text)
    except ValueError:
        raise FileFormatError(f"'{column}' must be a number, not '{text}'", where=f"{name}:{line}") from None
