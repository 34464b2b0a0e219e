"""Repeating a run from its result folder, and telling whether the bytes are the same."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..experiments.simulate import Result, simulate
from ..files.library import load_model
from ..files.scenario_file import load_scenario
from ..ground.errors import FileFormatError
from ..nouns.fingerprint import model_hash
from .folder import RECORD, SCENARIO, provenance, write_folder
from .folder_crate import CRATE, MACHINE

_KEYS = {"model_sha256": str, "cells": str, "scenario": str, "seed": int, "draws": int, "language": str}


@dataclass(frozen=True)
class Repeat:
    """A run that was repeated.

    Attributes
    ----------
    result
        The new run.
    same
        How many files have the same bytes.
    different
        Files that differ, or are there only once.
    elsewhere
        Whether only the record of the machine tells the crates apart.
    versions
        What was another version then: such as ``numpy 2.1 then, 2.2 now``.
    """

    result: Result
    same: int
    different: tuple[str, ...]
    elsewhere: bool
    versions: tuple[str, ...]

    def text(self) -> str:
        """Say in one line whether the run was repeated to the byte."""
        if not self.different:
            machine = "; the crate names another machine" if self.elsewhere else ""
            return f"Repeated to the byte: all {self.same} files are the same{machine}."
        other = f" (other versions: {'; '.join(self.versions)})" if self.versions else ""
        return f"Not the same: {', '.join(self.different)} differ, {self.same} files are the same{other}."


def is_result(path: Path) -> bool:
    """Tell whether a path is a result folder that can be repeated."""
    return path.is_dir() and (path / RECORD).is_file()


def repeat(folder: Path, models: str | None = None) -> Repeat:
    """Run a result folder's scenario again and compare every file.

    Parameters
    ----------
    folder
        The result folder; it is left as it is.
    models
        The models folder it was made with; the shipped one by default.

    Returns
    -------
    Repeat
        What is the same, and what is not.

    Raises
    ------
    FileFormatError
        When the folder has no record or no scenario, or was made with another model.
    RemodelsimError
        When the scenario is wrong or the run cannot be finished.
    """
    record = read_record(folder)
    model = load_model(models, record["cells"])
    if model_hash(model) != record["model_sha256"]:
        raise FileFormatError(
            "it was made with another model",
            where=str(folder / RECORD),
            cure="Give the models folder of then with --models, or run the scenario anew.",
        )
    scenario = load_scenario(str(folder / SCENARIO), model)
    scenario = replace(scenario, name=record["scenario"], draws=record["draws"])
    result = simulate(model, scenario, seed=record["seed"])
    with tempfile.TemporaryDirectory() as place:
        again = Path(place) / "again"
        source = (folder / SCENARIO).read_text(encoding="utf-8")
        write_folder(result, again, record["language"], record["seed"], source)
        return _compared(result, folder, again, record)


def read_record(folder: Path) -> dict[str, Any]:
    """Read what a result folder says about its run.

    Parameters
    ----------
    folder
        The result folder.

    Returns
    -------
    dict
        As from `folder.provenance`.

    Raises
    ------
    FileFormatError
        When the record is missing, is no JSON, or lacks something, or the scenario is missing.
    """
    place = folder / RECORD
    try:
        record: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FileFormatError("no record of a run can be read", where=str(place)) from None
    for key, kind in _KEYS.items():
        if not isinstance(record, dict) or not isinstance(record.get(key), kind) or isinstance(record[key], bool):
            raise FileFormatError(f"the record does not tell the {key}", where=str(place))
    if record["language"] not in {"en", "zh"} or not 0 <= record["draws"] <= 100_000 or record["seed"] < 0:
        raise FileFormatError("the record tells a language, draws or seed that cannot be", where=str(place))
    if not (folder / SCENARIO).is_file():
        raise FileFormatError(f"there is no {SCENARIO} to run", where=str(folder))
    return record


def _compared(result: Result, old: Path, new: Path, record: dict[str, Any]) -> Repeat:
    names = sorted({path.name for path in (*old.iterdir(), *new.iterdir())})
    different = [name for name in names if _bytes(old / name) != _bytes(new / name)]
    elsewhere = different == [CRATE] and _without_machine(old / CRATE) == _without_machine(new / CRATE)
    told = provenance(result, record["seed"], record["language"])
    versions = [
        f"{key} {record.get(key, 'unknown')} then, {told[key]} now"
        for key in ("remodelsim", "numpy", "scipy", "numba", "matplotlib")
        if record.get(key) != told[key]
    ]
    same = len(names) - len(different) + elsewhere
    return Repeat(result, same, () if elsewhere else tuple(different), elsewhere, tuple(versions))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _without_machine(path: Path) -> object:
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        return [entity for entity in graph if entity.get("@id") != MACHINE]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
