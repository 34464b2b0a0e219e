"""models/evidence: grades, references, systems and excuses, read beside the claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

from ..ground.errors import FileFormatError, RemodelsimError
from ..ground.names import nearest
from ..nouns.evidence import GRADES, Claim, Evidence, Excuse, Reference, System
from ..nouns.grading import graded
from .tables import read_claims, read_text, rows

GRADE_COLUMNS = ("column", "word", "grade")
REFERENCE_COLUMNS = ("review", "number", "authors", "year", "study", "about", "likely")
SYSTEM_COLUMNS = ("name", "review", "label_en", "label_zh", "claims")
EXCUSE_COLUMNS = ("claim", "why", "reason")
_DECISION = re.compile(r"(?m)^\| ([A-Z]\d+) \|(.*)$")
_CLAIM = re.compile(r"\b([A-Z][A-Z0-9]+)-(\d+)(?: to \1-(\d+))?")
_RANGE = re.compile(r"([A-Za-z0-9]+-)(\d+)(?::\1(\d+))?")


def read_evidence(folder: Traversable) -> tuple[dict[str, Claim], Evidence]:
    """Read the evidence of a models folder.

    Parameters
    ----------
    folder
        The folder ``evidence``; beside ``claims.csv`` every table may be left out.

    Returns
    -------
    tuple of dict and Evidence
        The claims by id, graded, and what is known about them.

    Raises
    ------
    FileFormatError
        When a table is damaged or repeats something.
    ModelError
        When a row refuses its values.
    """
    references = dict(_references(folder / "references.csv"))
    claims = graded(read_claims(read_text(folder / "claims.csv")), _words(folder / "grades.csv"), references)
    ids = [claim.id for claim in claims]
    library = Evidence(
        references=references,
        systems=dict(_systems(folder / "systems.csv", ids)),
        excuses=dict(_excuses(folder / "excused.csv")),
        decisions=_decisions(folder / "deviations.md", ids),
    )
    return {claim.id: claim for claim in claims}, library


def _rows(path: Traversable, columns: Sequence[str], key: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a table that may be missing, and refuse a second row with the same key."""
    if not path.is_file():
        return
    seen: set[tuple[str, ...]] = set()
    for where, row in rows(read_text(path), path.name, columns, exact=True):
        name = tuple(row[column] for column in key)
        if name in seen:
            raise FileFormatError(f"{' '.join(name)} stands twice", where=where, cure="Keep one of the two.")
        seen.add(name)
        yield where, row


def _words(path: Traversable) -> Mapping[tuple[str, str], str]:
    out = {}
    for where, row in _rows(path, GRADE_COLUMNS, ("column", "word")):
        if row["grade"] not in GRADES:
            raise FileFormatError(
                f"unknown grade '{row['grade']}'", where=where, nearest=nearest(row["grade"], GRADES), allowed=GRADES
            )
        out[row["column"], row["word"]] = row["grade"]
    return out


def _references(path: Traversable) -> Iterator[tuple[tuple[str, int], Reference]]:
    for where, row in _rows(path, REFERENCE_COLUMNS, ("review", "number")):
        if not row["number"].isdecimal():
            raise FileFormatError(f"'{row['number']}' is no number of a reference", where=where)
        number = int(row["number"])
        texts = (row[column] for column in REFERENCE_COLUMNS[2:])
        try:
            yield (row["review"], number), Reference(row["review"], number, *texts)
        except RemodelsimError as error:
            raise error.at(where) from None


def _systems(path: Traversable, ids: list[str]) -> Iterator[tuple[str, System]]:
    owners: dict[str, str] = {}
    for where, row in _rows(path, SYSTEM_COLUMNS, ("name",)):
        claims = [claim for part in row["claims"].split() for claim in _ranged(part, ids, where)]
        for claim in claims:
            if claim in owners:
                raise FileFormatError(f"claim {claim} stands in {owners[claim]} and in {row['name']}", where=where)
            owners[claim] = row["name"]
        try:
            yield row["name"], System(row["name"], row["review"], row["label_en"], row["label_zh"], tuple(claims))
        except RemodelsimError as error:
            raise error.at(where) from None


def _ranged(part: str, ids: list[str], where: str) -> list[str]:
    """Return the claims of ``QUE-001`` or ``QUE-001:QUE-008``, in the order of the claims."""
    found = _RANGE.fullmatch(part)
    if found is None:
        raise FileFormatError(
            f"'{part}' names no claims", where=where, cure="Write a claim or a range, such as QUE-001:QUE-008."
        )
    first, last = (f"{found[1]}{number}" for number in (found[2], found[3] or found[2]))
    for end in (first, last):
        if end not in ids:
            raise FileFormatError(f"no claim '{end}'", where=where, nearest=nearest(end, ids))
    claims = ids[ids.index(first) : ids.index(last) + 1]
    if not claims:
        raise FileFormatError(f"'{part}' runs backwards", where=where)
    return claims


def _excuses(path: Traversable) -> Iterator[tuple[str, Excuse]]:
    for where, row in _rows(path, EXCUSE_COLUMNS, ("claim",)):
        try:
            yield row["claim"], Excuse(row["claim"], row["why"], row["reason"])
        except RemodelsimError as error:
            raise error.at(where) from None


def _decisions(path: Traversable, ids: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the rows of the deviations in which each claim stands, ranges (``GUT-426 to GUT-429``) written out."""
    out: dict[str, list[str]] = {}
    places = {claim: k for k, claim in enumerate(ids)}
    for row in _DECISION.finditer(read_text(path)) if path.is_file() else ():
        for found in _CLAIM.finditer(row[2]):
            first, last = (f"{found[1]}-{number}" for number in (found[2], found[3] or found[2]))
            if first in places and last in places:
                for claim in ids[places[first] : places[last] + 1]:
                    out.setdefault(claim, []).append(row[1])
    return {claim: tuple(dict.fromkeys(rows)) for claim, rows in out.items()}
