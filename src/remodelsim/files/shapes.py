"""Shapes of YAML files: pydantic (its one door) checks the data, and every complaint gets file, line and column."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..ground.errors import FileFormatError
from ..ground.names import nearest
from ..ground.strict_yaml import Document


class Shape(BaseModel):
    """Base of every shape: unknown keys are refused, numbers are not made of text nor text of numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


S = TypeVar("S", bound=Shape)
_SAYINGS = {
    "missing": "'{key}' is missing",
    "string_type": "'{key}' must be text, not {value}",
    "float_type": "'{key}' must be a number, not {value}",
    "int_type": "'{key}' must be a whole number, not {value}",
    "bool_type": "'{key}' must be true or false, not {value}",
    "list_type": "'{key}' must be a list, not {value}",
    "dict_type": "'{key}' must name things with 'name: value', not {value}",
    "model_type": "'{key}' must name things with 'name: value', not {value}",
}


class LabelShape(Shape):
    """A label in English and Chinese."""

    en: str
    zh: str


def shaped(document: Document, shape: type[S], data: Any = None, path: tuple[str | int, ...] = ()) -> S:
    """Check data against a shape.

    Parameters
    ----------
    document
        The file, for places.
    shape
        What the data must look like.
    data
        A part of the document; the whole by default.
    path
        Where that part stands.

    Returns
    -------
    Shape
        The checked data.

    Raises
    ------
    FileFormatError
        For the first mistake in the order of the file: place, what is wrong, what is allowed, the nearest key.
    """
    value = document.data if data is None and not path else data
    if value is None and not path:
        raise FileFormatError("the file is empty", where=document.where())
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        found = [(_line(document, (*path, *_keys(c["loc"], value))), c) for c in complaints]
        found.sort(key=lambda pair: (pair[1]["type"] != "extra_forbidden", pair[0]))
        raise _complaint(document, shape, path, found[0][1], value) from None


def _line(document: Document, path: tuple[str | int, ...]) -> tuple[int, int]:
    for length in range(len(path), 0, -1):
        if path[:length] in document.places:
            return document.places[path[:length]]
    return (1, 1)


def _keys(loc: tuple[str | int, ...], value: Any) -> tuple[str | int, ...]:
    """Keep the parts of a pydantic location that are keys of the data (it also names members of unions)."""
    out: list[str | int] = []
    for part in loc:
        inside = (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        if inside:
            value = value[part]
            out.append(part)
    return tuple(out)


def _fields(shape: type[Shape], loc: tuple[str | int, ...]) -> list[str]:
    """List the keys allowed beside the one at `loc`."""
    current: Any = shape
    for part in loc[:-1]:
        if isinstance(current, type) and issubclass(current, Shape) and part in current.model_fields:
            current = _inner_shape(current.model_fields[str(part)].annotation)
    if isinstance(current, type) and issubclass(current, Shape):
        return [field.alias or name for name, field in current.model_fields.items()]
    return []


def _inner_shape(annotation: Any) -> Any:
    if isinstance(annotation, type):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        inner = _inner_shape(argument)
        if isinstance(inner, type) and issubclass(inner, Shape):
            return inner
    return None


def _complaint(
    document: Document, shape: type[Shape], path: tuple[str | int, ...], complaint: Any, value: Any
) -> FileFormatError:
    loc = complaint["loc"]
    key = str(loc[-1]) if loc else "the file"
    where = document.where((*path, *_keys(loc, value)))
    if complaint["type"] == "extra_forbidden":
        fields = _fields(shape, loc)
        return FileFormatError(f"unknown key '{key}'", where=where, nearest=nearest(key, fields), allowed=fields)
    known = _keys(loc, value)
    saying = _SAYINGS.get(complaint["type"])
    if saying is not None and known and complaint["type"] != "missing" and loc[-1] != known[-1]:
        # a place that takes several kinds of value: pydantic names the kinds after the key
        key, saying = str(known[-1]), "'{key}' must be text or a number, not {value}"
    if saying is None:
        return FileFormatError(f"'{key}': {complaint['msg'][:1].lower()}{complaint['msg'][1:]}", where=where)
    shown = (
        repr(complaint["input"])
        if isinstance(complaint["input"], str | int | float | bool | None)
        else "a list or mapping"
    )
    return FileFormatError(saying.format(key=key, value=shown), where=where)


__all__ = ["Field", "LabelShape", "Shape", "shaped"]
