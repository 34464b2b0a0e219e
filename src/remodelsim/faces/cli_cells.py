"""Running a published cell model by itself, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..ground.errors import ScenarioError


def runs_alone(name: str, folder: str | None) -> bool:
    """Tell whether `name` is a cell preset that runs by itself, and no file or scenario.

    Parameters
    ----------
    name
        What the user wants to run.
    folder
        A models folder of the user's.

    Raises
    ------
    ScenarioError
        When it is a preset that carries the network: that needs a scenario to run.
    """
    from ..files.cells_file import preset_names, read_preset
    from ..files.scenario_file import scenario_paths

    if Path(name).exists() or name in scenario_paths() or name not in preset_names(folder):
        return False
    if not read_preset(name, folder).alone:
        raise ScenarioError(
            f"{name} is a preset of the cells, and no scenario",
            cure=f"Run a scenario on it: remodelsim run menopause --cells {name}.",
        )
    return True


def run_alone(name: str, output: str | None, perturbations: Sequence[str], language: str, folder: str | None) -> None:
    """Run the published perturbations of a cell model into a result folder.

    Parameters
    ----------
    name
        The preset.
    output
        The folder; results/<preset> by default.
    perturbations
        Which ones; all by default.
    language
        "en" or "zh", of figure and report.
    folder
        A models folder of the user's.
    """
    from ..files.cells_file import read_preset
    from .folder import check_folder
    from .text import table

    preset = read_preset(name, folder)
    for one in perturbations:
        preset.perturbation(one)
    target = Path(output) if output else Path("results") / name
    check_folder(target)
    from ..experiments.published import HEADER, extremes, run_published
    from .folder_published import write_published

    found = run_published(preset, perturbations)
    write_published(found, target, language)
    click.echo(f"{preset.label_en}: {preset.citation} https://doi.org/{preset.doi}\n")
    click.echo(table(HEADER, extremes(found)))
    click.echo(f"\nCourses, figure and report.html are in {target}/")
