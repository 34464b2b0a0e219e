"""CSV tables of the model: read row by row, with file and line in every error."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

from ..ground.errors import FileFormatError, RemodelsimError
from ..ground.names import nearest
from ..nouns.evidence import Claim, Source
from ..nouns.network import ASSUMPTION, Edge, Node

NODE_COLUMNS = (
    "name",
    "label_en",
    "label_zh",
    "kind",
    "cell",
    "unit",
    "level",
    "gain",
    "tau_h",
    "identifier",
    "synonyms",
    "lane",
    "description",
)
EDGE_COLUMNS = ("source", "target", "sign", "strength", "claims")
CLAIM_COLUMNS = ("id", "source", "subject", "relation", "object", "baseline", "do", "expect")
SOURCE_COLUMNS = ("id", "title", "year", "kind", "doi")
_LARGEST = 50_000_000


def read_text(path: Traversable) -> str:
    """Read a text file as UTF-8.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        Its text, with Unix line ends.

    Raises
    ------
    FileFormatError
        When it cannot be read, is not UTF-8, or is too large.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileFormatError(f"cannot read the file ({reason})", where=str(path)) from None
    if len(raw) > _LARGEST:
        raise FileFormatError(f"the file is larger than {_LARGEST} bytes", where=path.name)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"the file is not UTF-8 (byte {error.start})", where=path.name, cure="Save it as UTF-8."
        ) from None


def rows(text: str, name: str, columns: Sequence[str], *, exact: bool = False) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a table with their places.

    Parameters
    ----------
    text
        The table.
    name
        Name of the file.
    columns
        Columns that must be there.
    exact
        Whether further columns are refused.

    Yields
    ------
    tuple of str and dict
        ``file:line`` and the row.

    Raises
    ------
    FileFormatError
        When a column is missing, unknown or repeated, or a row has too few or too many cells.
    """
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, [])
        _check_header(header, name, columns, exact=exact)
        for cells in reader:
            where = f"{name}:{reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(header):
                raise FileFormatError(f"row has {len(cells)} cells, the header {len(header)}", where=where)
            yield where, {key: cell.strip() for key, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise FileFormatError(f"not a CSV table ({error})", where=f"{name}:{reader.line_num}") from None


def _check_header(header: list[str], name: str, columns: Sequence[str], *, exact: bool) -> None:
    where = f"{name}:1"
    for column in columns:
        if column not in header:
            near = nearest(column, header)
            raise FileFormatError(
                f"column '{column}' is missing",
                where=where,
                cure=f"Rename '{near}' to '{column}'." if near else f"Columns needed: {', '.join(columns)}.",
            )
    for i, column in enumerate(header):
        if exact and column not in columns:
            raise FileFormatError(
                f"unknown column '{column}'", where=where, nearest=nearest(column, columns), allowed=columns
            )
        if column in header[:i]:
            raise FileFormatError(f"column '{column}' stands twice", where=where)


def number(row: dict[str, str], column: str, where: str) -> float:
    """Read a cell as a number.

    Parameters
    ----------
    row
        A row of a table.
    column
        Which cell.
    where
        Place of the row, used in messages.

    Returns
    -------
    float
        The number.

    Raises
    ------
    FileFormatError
        When it is none.
    """
    try:
        return float(row[column])
    except ValueError:
        raise FileFormatError(f"{column} '{row[column]}' is not a number", where=where) from None


def split_evidence(text: str) -> tuple[tuple[str, ...], str]:
    """Split a cell of evidence into claim ids and the assumption.

    Examples
    --------
    >>> split_evidence("QUE-001 QUE-002 assumption:why not")
    (('QUE-001', 'QUE-002'), 'why not')
    """
    claims, mark, reason = text.partition(ASSUMPTION)
    return tuple(claims.split()), reason.strip() if mark else ""


def read_nodes(text: str, name: str = "nodes.csv") -> tuple[Node, ...]:
    """Read nodes.csv.

    Raises
    ------
    FileFormatError
        When the table is damaged.
    ModelError
        When a node refuses its values.
    """
    out = []
    for where, row in rows(text, name, NODE_COLUMNS, exact=True):
        try:
            out.append(_node(where, row))
        except RemodelsimError as error:
            raise error.at(where) from None
    return tuple(out)


def _node(where: str, row: dict[str, str]) -> Node:
    return Node(
        name=row["name"],
        label_en=row["label_en"],
        label_zh=row["label_zh"],
        kind=row["kind"],
        cell=row["cell"],
        unit=row["unit"],
        lane=row["lane"],
        level=number(row, "level", where),
        gain=number(row, "gain", where),
        tau_h=number(row, "tau_h", where),
        identifier=row["identifier"],
        synonyms=tuple(s.strip() for s in row["synonyms"].split(";") if s.strip()),
        description=row["description"],
    )


def read_edges(text: str, name: str = "edges.csv") -> tuple[Edge, ...]:
    """Read edges.csv.

    Raises
    ------
    FileFormatError
        When the table is damaged.
    ModelError
        When an edge refuses its values.
    """
    out = []
    for where, row in rows(text, name, EDGE_COLUMNS, exact=True):
        claims, assumption = split_evidence(row["claims"])
        sign, strength = number(row, "sign", where), number(row, "strength", where)
        try:
            out.append(Edge(row["source"], row["target"], int(sign), strength, claims, assumption))
        except RemodelsimError as error:
            raise error.at(where) from None
    return tuple(out)


def read_claims(text: str, name: str = "claims.csv") -> tuple[Claim, ...]:
    """Read a table of claims; columns beyond the needed ones are kept.

    Raises
    ------
    FileFormatError
        When the table is damaged or repeats an id.
    ModelError
        When a claim refuses its values.
    """
    out: dict[str, Claim] = {}
    for where, row in rows(text, name, CLAIM_COLUMNS):
        if row["id"] in out:
            raise FileFormatError(f"claim {row['id']} stands twice", where=where)
        try:
            claim = Claim(row["id"], row["source"], row["subject"], row["relation"], row["object"], row)
        except RemodelsimError as error:
            raise error.at(where) from None
        out[claim.id] = claim
    return tuple(out.values())


def read_sources(text: str, name: str = "sources.csv") -> tuple[Source, ...]:
    """Read sources.csv; the column ``checked`` may be left out.

    Raises
    ------
    FileFormatError
        When the table is damaged.
    ModelError
        When a source refuses its values.
    """
    out = []
    for where, row in rows(text, name, SOURCE_COLUMNS):
        try:
            known = {column: row[column] for column in SOURCE_COLUMNS}
            out.append(Source(**known, checked=row.get("checked", "")))
        except RemodelsimError as error:
            raise error.at(where) from None
    return tuple(out)
