"""YAML without surprises: version 1.2, no repeated keys, and every key knows its line.

YAML 1.1 would turn the node ``NO`` (nitric oxide) into false, ``on`` into true and ``010`` into 8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.scalarint import ScalarInt

from .errors import FileFormatError

Path_ = tuple[str | int, ...]
_DEEPEST = 20
_LARGEST = 2_000_000


@dataclass(frozen=True)
class Document:
    """Plain data read from YAML, with the place of every key and item.

    Parameters
    ----------
    name
        Name of the file, used in messages.
    data
        Dictionaries, lists, text, numbers, true/false and None.
    places
        Path of keys and list positions to (line, column), both counted from 1.
    """

    name: str
    data: Any
    places: dict[Path_, tuple[int, int]] = field(repr=False)

    def where(self, path: Path_ = ()) -> str:
        """Say where `path` stands, as ``file:line:column``; the nearest enclosing place if it is not there.

        Parameters
        ----------
        path
            Keys and list positions from the top.

        Returns
        -------
        str
            Place, for messages.
        """
        for length in range(len(path), 0, -1):
            place = self.places.get(tuple(path[:length]))
            if place is not None:
                return f"{self.name}:{place[0]}:{place[1]}"
        return f"{self.name}:1:1"


def load_yaml(text: str, name: str) -> Document:
    """Read one YAML 1.2 document.

    Parameters
    ----------
    text
        The document.
    name
        Name of the file, used in messages.

    Returns
    -------
    Document
        Plain data and their places.

    Raises
    ------
    FileFormatError
        When the text is not YAML, repeats a key, uses anchors, tags or keys that are not text, or is too large or deep.

    Examples
    --------
    >>> load_yaml("NO: on", "a.yaml").data
    {'NO': 'on'}
    """
    if len(text) > _LARGEST:
        raise FileFormatError(f"the file is larger than {_LARGEST} characters", where=name)
    parser = YAML(typ="rt", pure=True)
    parser.version = "1.2"
    try:
        tree = parser.load(text)
    except DuplicateKeyError as error:
        raise _marked(error, name, "key is given twice", cure="Keep one of the two.") from None
    except MarkedYAMLError as error:
        raise _marked(error, name, str(error.problem or "not YAML")) from None
    except (YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileFormatError(f"not YAML ({reason})", where=name) from None
    places: dict[Path_, tuple[int, int]] = {}
    return Document(name, _plain(tree, (), places, name), places)


def _marked(error: MarkedYAMLError, name: str, what: str, cure: str = "") -> FileFormatError:
    mark = error.problem_mark or error.context_mark
    where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark is not None else name
    if isinstance(error, DuplicateKeyError):
        quoted = str(error.problem).split('"')
        what = f"key '{quoted[1]}' is given twice" if len(quoted) > 1 else what
    return FileFormatError(what, where=where, cure=cure)


def _written_oddly(value: ScalarInt) -> bool:
    """Return whether a number stands in another base, or is padded with zeros."""
    return type(value) is not ScalarInt or (getattr(value, "_width", None) or 0) > 1


def _plain(value: Any, path: Path_, places: dict[Path_, tuple[int, int]], name: str) -> Any:
    if len(path) > _DEEPEST:
        raise FileFormatError(f"nested more than {_DEEPEST} levels deep", where=name)
    _refuse_anchors(value, path, places, name)
    if isinstance(value, CommentedMap):
        return _plain_map(value, path, places, name)
    if isinstance(value, CommentedSeq):
        for i in range(len(value)):
            line, column = value.lc.item(i)
            places[(*path, i)] = (line + 1, column + 1)
        return [_plain(item, (*path, i), places, name) for i, item in enumerate(value)]
    if isinstance(value, ScalarBoolean):
        return bool(value)
    if isinstance(value, ScalarInt) and _written_oddly(value):
        place = places.get(path, (1, 1))
        raise FileFormatError(
            f"{int(value)} is written with a leading zero or in another base",
            where=f"{name}:{place[0]}:{place[1]}",
            cure="Write a plain decimal number, or quote it.",
        )
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    place = places.get(path, (1, 1))
    raise FileFormatError(
        f"{type(value).__name__} is not plain data",
        where=f"{name}:{place[0]}:{place[1]}",
        cure="Write text or a number.",
    )


def _refuse_anchors(value: Any, path: Path_, places: dict[Path_, tuple[int, int]], name: str) -> None:
    anchor = getattr(value, "anchor", None)
    if isinstance(value, CommentedMap | CommentedSeq) and anchor is not None and anchor.value is not None:
        place = places.get(path, (1, 1))
        raise FileFormatError(
            "anchors and aliases are not used here", where=f"{name}:{place[0]}:{place[1]}", cure="Write the part out."
        )


def _plain_map(value: CommentedMap, path: Path_, places: dict[Path_, tuple[int, int]], name: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key in value:
        line, column = value.lc.key(key)
        if not isinstance(key, str):
            raise FileFormatError(
                f"key {key!r} is not text", where=f"{name}:{line + 1}:{column + 1}", cure=f"Quote it: '{key}'."
            )
        places[(*path, key)] = (line + 1, column + 1)
    for key in value:
        out[key] = _plain(value[key], (*path, key), places, name)
    return out
