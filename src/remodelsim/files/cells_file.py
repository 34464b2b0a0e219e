"""Reading presets of the bone-cell layer from ``models/cells/*.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..ground.errors import FileFormatError, ModelError, UnknownNameError
from ..ground.names import nearest
from ..ground.resources import data_root
from ..ground.strict_yaml import Document, load_yaml
from ..nouns.cells import CellPreset, Exposure, Parameter
from ..nouns.perturbation import Perturbation, Pulse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

_TOP = ("name", "label", "family", "citation", "doi", "note", "parameters", "drugs", "initial")
_OWN = ("states", "perturbations")
_CHANGES = ("parameters", "initial", "shift")
_PERTURBATION = ("en", "zh", "days", "give", *_CHANGES)
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
    top = _mapping(document, (), document.data, (*_TOP, *_OWN), ("name", "label", "family", "citation", "parameters"))
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
            initial=_numbers(document, ("initial",), initial),
            states=_states(document, _named(document, "states", top.get("states") or {})),
            perturbations=tuple(
                _perturbation(document, name, row)
                for name, row in _named(document, "perturbations", top.get("perturbations") or {}).items()
            ),
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


def _states(document: Document, rows: dict[str, Any]) -> dict[str, tuple[str, str]]:
    found = {}
    for state, row in rows.items():
        path = ("states", state)
        label = _mapping(document, path, row, ("en", "zh"), ("en", "zh"))
        found[state] = (_text(document, (*path, "en"), label["en"]), _text(document, (*path, "zh"), label["zh"]))
    return found


def _perturbation(document: Document, name: str, row: Any) -> Perturbation:
    path = ("perturbations", name)
    cells = _mapping(document, path, row, _PERTURBATION, ("en", "zh", "days"))
    given = cells.get("give") or []
    if not isinstance(given, list):
        raise FileFormatError("'give' must be a list", where=document.where((*path, "give")))
    try:
        return Perturbation(
            name=name,
            label_en=_text(document, (*path, "en"), cells["en"]),
            label_zh=_text(document, (*path, "zh"), cells["zh"]),
            days=_number(document, (*path, "days"), cells["days"]),
            pulses=tuple(_pulse(document, (*path, "give", str(k)), one) for k, one in enumerate(given)),
            **{part: _numbers(document, (*path, part), cells.get(part) or {}) for part in _CHANGES},
        )
    except ModelError as error:
        raise FileFormatError(error.what, where=document.where(path), allowed=error.allowed) from None


def _pulse(document: Document, path: tuple[str, ...], row: Any) -> Pulse:
    if not isinstance(row, dict) or set(row) != {"from", "to", "inputs"}:
        raise FileFormatError("a pulse has 'from', 'to' and 'inputs'", where=document.where(path[:-2]))
    first, last = (_number(document, (*path, part), row[part]) for part in ("from", "to"))
    return Pulse(first, last, _numbers(document, (*path, "inputs"), row["inputs"]))


def _numbers(document: Document, path: tuple[str, ...], row: Any) -> dict[str, float]:
    if not isinstance(row, dict):
        raise FileFormatError(f"'{path[-1]}' must name numbers", where=document.where(path[:2]))
    return {str(name): _number(document, (*path, str(name)), value) for name, value in row.items()}


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
