"""The command ``remodelsim sensitivity``."""

from __future__ import annotations

import json

import click

from .cli_sweep import long_work, results_line, spread_of_workers
from .cli_tools import Bar, announce_compiling, helpful


@click.command()
@click.argument("scenario")
@click.option(
    "--method",
    type=click.Choice(["sobol", "morris", "local"]),
    default="morris",
    show_default=True,
    help="Shares of the variance; mean effects over whole ranges; slopes at the reference.",
)
@click.option(
    "--over",
    "over",
    multiple=True,
    metavar="WHAT",
    help="kinetics (the default: all tau, gain, level, strength), one of these, coupling, cells, potency, or single "
    "numbers: NAME, NAME=LOW:HIGH or NAME=LOW:HIGH:log, NAME as for sweep; repeatable.",
)
@click.option("--by", type=click.Choice(["number", "node", "kind", "theme"]), default=None, help="Group the numbers.")
@click.option(
    "--size", type=click.IntRange(1), default=None, help="Base points of Sobol' (256) or trajectories of Morris (8)."
)
@click.option("--readout", "readouts", multiple=True, help="What is read; those of the scenario by default.")
@click.option("--days", type=float, default=None, help="When it is read; the horizon of the scenario by default.")
@click.option("--top", type=click.IntRange(1, 500), default=15, show_default=True, help="Rows to print.")
@long_work
@helpful
def sensitivity(
    scenario: str,
    method: str,
    over: tuple[str, ...],
    by: str | None,
    size: int | None,
    readouts: tuple[str, ...],
    days: float | None,
    top: int,
    output: str | None,
    seed: int | None,
    draws: int,
    workers: int,
    chunk: int | None,
    as_csv: bool,
    as_json: bool,
    language: str,
    cells: str,
    folder: str | None,
) -> None:
    """Say which numbers the answer of SCENARIO hangs on: the reference's ranges, or those that are given."""
    from dataclasses import replace
    from pathlib import Path

    from ..experiments.sensitivity import prepared
    from ..experiments.sensitivity import sensitivity as run
    from ..files.library import load_model
    from ..files.scenario_file import load_scenario
    from ..ground.errors import ScenarioError
    from .folder_sensitivity import sensitivity_summary, write_sensitivity
    from .sensitivity_text import sensitivity_text

    if draws:
        raise ScenarioError("--draws has no meaning here", cure="The design draws the numbers: give --size.")
    model = load_model(folder, cells)
    asked = load_scenario(scenario, model)
    if days is not None:
        asked = replace(asked, horizon=days, expectations=())
    work = prepared(model, asked, over, method=method, size=size or 0, by=by or "", readouts=readouts, seed=seed)
    target = Path(output) if output else Path("results") / f"sensitivity_{asked.name}_{method}"
    announce_compiling()
    bar = Bar(work.samples, "samples")
    result = run(work, target, chunk=chunk, spread=spread_of_workers(workers), progress=bar)
    bar.close()
    write_sensitivity(result, target, language, csv=as_csv)
    if as_json:
        click.echo(json.dumps(sensitivity_summary(result), indent=1, ensure_ascii=False))
        return
    click.echo(sensitivity_text(result, top))
    click.echo(results_line(target, result.failed, work.samples))
