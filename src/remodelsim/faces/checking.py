"""Checking files for the command line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ..files.bnet import read_bnet
from ..files.lesson_file import is_lesson, load_lesson
from ..files.library import load_model
from ..files.lint import lint, phenomenological
from ..files.scenario_file import load_scenario
from ..files.tables import read_text
from ..ground.errors import RemodelsimError
from ..nouns.coverage import REPRESENTED, standings
from ..nouns.model import Model


def check_path(path: str | None, folder: str | None) -> tuple[list[str], bool]:
    """Check a file or folder.

    Parameters
    ----------
    path
        A scenario, a lesson, a .bnet file, a models folder, or None for the shipped model.
    folder
        A models folder that scenarios are checked against.

    Returns
    -------
    tuple of list of str and bool
        Lines to print, and whether everything is fine.

    Raises
    ------
    RemodelsimError
        For the first thing that cannot be read at all.
    """
    if path is not None and path.endswith(".bnet"):
        rules = read_bnet(read_text(Path(path)), Path(path).name)
        return [f"{path}: fine, {len(rules)} rules"], True
    if path is not None and not Path(path).is_dir():
        if names_lesson(path):
            return _check_lesson(path, folder)
        scenario = load_scenario(path, load_model(folder))
        return [f"{path}: fine, {len(scenario.arms)} arms, {len(scenario.expectations)} expectations"], True
    model = load_model(path or folder)
    findings = lint(model)
    network = model.network
    size = f"{len(network.nodes)} nodes, {len(network.edges)} edges, {len(model.compounds)} compounds"
    counts = [f"{path or 'models'}: {size}, {len(findings)} findings", *_counts(model)]
    return [*findings, *counts], not findings


def _counts(model: Model) -> list[str]:
    """Say how much of the evidence is in the model, and how much of it is phenomenological."""
    ways = Counter(standings(model).values())
    held = sum(ways[way] for way in REPRESENTED)
    marked, total = phenomenological(model)
    dois = Counter(source.checked or "unverified" for source in model.sources.values() if source.doi)
    checked = f"{dois['found']} found, {dois['form']} by their form, {dois['unverified']} unverified"
    return [
        f"claims: {held} represented, {ways['excused']} excused, {ways['unexplained']} unexplained",
        f"compounds: {marked} of {total} effects give an outcome without a mechanism ({marked / max(total, 1):.1%})",
        f"sources: {dois.total()} DOIs, {checked}",
    ]


def names_lesson(path: str) -> bool:
    """Tell whether a path is a lesson file, by what is in it; a file that cannot be read is none."""
    try:
        return Path(path).is_file() and is_lesson(read_text(Path(path)), Path(path).name)
    except RemodelsimError:
        return False


def _check_lesson(path: str, folder: str | None) -> tuple[list[str], bool]:
    """Read a lesson, and let the model do its tasks."""
    from ..experiments.lessons import check_tasks

    model = load_model(folder)
    lesson = load_lesson(path, model)
    check_tasks(model, lesson)
    return [f"{path}: fine, {len(lesson.nodes)} nodes, {len(lesson.tasks)} tasks, all reached by the model"], True
