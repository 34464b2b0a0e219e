"""Reading presets of the bone-cell layer from ``models/cells/*.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..ground.errors import FileFormatError, ModelError, UnknownNameError
from ..ground.names import nearest
from ..ground.resources import data_root
from ..ground.strict_yaml import Document, load_yaml
from ..nouns.cells import CellPreset, Exposure, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

_TOP = ("name", "label", "family", "citation", "doi", "note", "parameters", "drugs", "initial")
_PARAMETER = ("value", "unit", "low", "high", "source")
_DRUG = ("channel", "scale", "half_life", "dose", "every", "low", "high", "source", "flows")


def preset_names(folder: str | Path | None = None) -> tuple[str, ...]:
    """Return the names of the presets that are there, sorted.

    Parameters
    ----------
    folder
        A models folder that takes the place of the shipped one.
    """
    return tuple(sorted(_files(folder)))


def read_preset(name: str, folder: str | Path | None = None) -> CellPreset:
    """Read the preset `name`.

    Parameters
    ----------
    name
        Name of the file without ``.yaml``.
    folder
        A models folder that takes the place of the shipped one.

    Returns
    -------
    CellPreset

    Raises
    ------
    UnknownNameError
        When there is no such preset.
    FileFormatError
        When the file is not what it should be; names file, line and column.
    """
    files = _files(folder)
    if name not in files:
        raise UnknownNameError(f"unknown cell preset '{name}'", nearest=nearest(name, files), allowed=sorted(files))
    file = files[name]
    preset = parse_preset(file.read_text(encoding="utf-8"), f"cells/{file.name}")
    if preset.name != name:
        raise FileFormatError(f"the file calls itself '{preset.name}'", where=f"cells/{file.name}:1:1")
    return preset


def parse_preset(text: str, where: str) -> CellPreset:
    """Read a preset from the text of its file.

    Parameters
    ----------
    text
        YAML 1.2.
    where
        Name of the file, used in messages.

    Returns
    -------
    CellPreset

    Raises
    ------
    FileFormatError
        When a key is missing or unknown, or a value is not what it should be.
    """
    document = load_yaml(text, where)
    top = _mapping(document, (), document.data, _TOP, ("name", "label", "family", "citation", "parameters"))
    label = _mapping(document, ("label",), top["label"], ("en", "zh"), ("en",))
    parameters = _named(document, "parameters", top["parameters"])
    drugs = _named(document, "drugs", top.get("drugs") or {})
    initial = _named(document, "initial", top.get("initial") or {})
    try:
        return CellPreset(
            name=_text(document, ("name",), top["name"]),
            label_en=_text(document, ("label", "en"), label["en"]),
            label_zh=_text(document, ("label", "zh"), label.get("zh", "")),
            family=_text(document, ("family",), top["family"]),
            citation=_text(document, ("citation",), top["citation"]),
            doi=_text(document, ("doi",), top.get("doi", "")),
            parameters=tuple(_parameter(document, symbol, row) for symbol, row in parameters.items()),
            exposures=tuple(_exposure(document, drug, row) for drug, row in drugs.items()),
            initial={state: _number(document, ("initial", state), value) for state, value in initial.items()},
        )
    except ModelError as error:
        raise FileFormatError(
            error.what, where=document.where(), nearest=error.nearest, allowed=error.allowed
        ) from None


def _files(folder: str | Path | None) -> dict[str, Traversable]:
    cells = data_root("models", folder) / "cells"
    if not cells.is_dir():
        return {}
    return {file.name.removesuffix(".yaml"): file for file in cells.iterdir() if file.name.endswith(".yaml")}


def _parameter(document: Document, symbol: str, row: Any) -> Parameter:
    path = ("parameters", symbol)
    cells = _mapping(document, path, row, _PARAMETER, ("value", "unit", "source"))
    value = _number(document, (*path, "value"), cells["value"])
    try:
        return Parameter(
            symbol=symbol,
            value=value,
            unit=str(cells["unit"]),
            low=_number(document, (*path, "low"), cells.get("low", value)),
            high=_number(document, (*path, "high"), cells.get("high", value)),
            source=_text(document, (*path, "source"), cells["source"]),
        )
    except ModelError as error:
        raise FileFormatError(error.what, where=document.where(path)) from None


def _exposure(document: Document, drug: str, row: Any) -> Exposure:
    path = ("drugs", drug)
    cells = _mapping(document, path, row, _DRUG, _DRUG[:-1])
    flows = cells.get("flows", False)
    if not isinstance(flows, bool):
        raise FileFormatError(f"'flows' must be true or false, not {flows!r}", where=document.where((*path, "flows")))
    numbers = {
        key: _number(document, (*path, key), cells[key])
        for key in ("scale", "half_life", "dose", "every", "low", "high")
    }
    try:
        return Exposure(
            drug=drug,
            channel=_text(document, (*path, "channel"), cells["channel"]),
            source=_text(document, (*path, "source"), cells["source"]),
            flows=flows,
            **numbers,
        )
    except ModelError as error:
        raise FileFormatError(
            error.what, where=document.where(path), nearest=error.nearest, allowed=error.allowed
        ) from None


def _named(document: Document, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FileFormatError(f"'{key}' must name things", where=document.where((key,)), cure="Write name: value.")
    return value


def _mapping(
    document: Document, path: tuple[str, ...], value: Any, allowed: Iterable[str], needed: Iterable[str]
) -> dict[str, Any]:
    what = path[-1] if path else "a cell preset"
    if not isinstance(value, dict):
        raise FileFormatError(f"{what} must be a mapping", where=document.where(path), allowed=allowed)
    for key in value:
        if key not in allowed:
            raise FileFormatError(
                f"unknown key '{key}' in {what}",
                where=document.where((*path, key)),
                nearest=nearest(key, allowed),
                allowed=allowed,
            )
    for key in needed:
        if key not in value:
            raise FileFormatError(f"{what} lacks '{key}'", where=document.where(path))
    return value


def _text(document: Document, path: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str):
        raise FileFormatError(f"'{path[-1]}' must be text, not {value!r}", where=document.where(path))
    return value


def _number(document: Document, path: tuple[str, ...], value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FileFormatError(f"'{path[-1]}' must be a number, not {value!r}", where=document.where(path))
    return float(value)
