"""The command ``remodelsim sweep``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from .cli_tools import CELLS, MODELS, Bar, announce_compiling, helpful

if TYPE_CHECKING:
    from ..experiments.sweep import SweepResult
    from ..experiments.work import Spread


def _kept_aside(context: click.Context, _: click.Parameter, address: str) -> None:
    """Keep the address of a cluster for `spread_of_workers`."""
    context.meta[_CLUSTER] = address


_CLUSTER = "remodelsim.cluster"
_SHARED = (
    click.option("-o", "--output", default=None, metavar="DIR", help="Results folder; go on with one by naming it."),
    click.option("--seed", type=click.IntRange(0), default=None, help="Seed of ensemble and sample."),
    click.option(
        "--draws", type=click.IntRange(0, 100_000), default=0, show_default=True, help="Ensemble, of the ODE."
    ),
    click.option("--workers", type=click.IntRange(0, 1024), default=0, help="Worker processes; threads by default."),
    click.option(
        "--cluster",
        expose_value=False,
        default="",
        metavar="tcp://...",
        help="A Dask scheduler (extra 'cluster') whose workers compute.",
        callback=_kept_aside,
    ),
    click.option("--chunk", type=click.IntRange(1), default=None, help="Samples that are finished at a time."),
    click.option("--csv", "as_csv", is_flag=True, help="Write the samples as CSV too."),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
    click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language of figures and report."),
    CELLS,
    MODELS,
)


def long_work(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of commands that compute much."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def spread_of_workers(workers: int) -> Spread:
    """Return who computes: this process, several, or the cluster of ``--cluster``.

    Raises
    ------
    ScenarioError
        When both are asked for, or the cluster cannot be one.
    """
    from ..experiments.cluster import cluster
    from ..experiments.work import here, processes
    from ..ground.errors import ScenarioError

    address = click.get_current_context().meta.get(_CLUSTER, "")
    if address and workers:
        raise ScenarioError("--workers and --cluster exclude each other", cure="Give one of them.")
    if address:
        return cluster(address)
    return processes(workers) if workers else here


def results_line(folder: object, failed: int, samples: int) -> str:
    """Return where the results are, and how many samples failed.

    Parameters
    ----------
    folder
        The results folder.
    failed, samples
        How many samples could not be computed, of how many.

    Returns
    -------
    str
        One line or two.
    """
    told = f"\n{failed} of {samples} samples could not be computed; they are marked (status) in results.npz."
    return (told if failed else "") + f"\nResults, figures and report.html are in {folder}/"


@click.command()
@click.argument("scenario")
@click.option(
    "--over",
    "axes",
    multiple=True,
    required=True,
    metavar="AXIS",
    help="NAME=LOW:HIGH:lin:STEPS, NAME=LOW:HIGH:log:STEPS or NAME=A,B,C; repeatable. NAME is a node to hold, "
    "COMPOUND.dose, .start, .stop, .every, NODE.tau, .gain, .level, A->B.strength or cells.SYMBOL.",
)
@click.option("--readout", "readouts", multiple=True, help="What is read; those of the scenario by default.")
@click.option("--formalism", type=click.Choice(["boolean", "ode", "both"]), default=None)
@long_work
@helpful
def sweep(scenario: str, axes: tuple[str, ...], readouts: tuple[str, ...], formalism: str | None, **how: Any) -> None:
    """Run SCENARIO over a grid of doses, levels, times or numbers of the model."""
    from pathlib import Path

    from ..experiments.measured import cautions
    from ..experiments.sweep import prepared
    from ..experiments.sweep import sweep as run
    from ..files.library import load_model
    from ..files.scenario_file import load_scenario
    from .folder_sweep import sweep_summary, write_sweep

    model = load_model(how["folder"], how["cells"])
    work, same = prepared(
        model,
        load_scenario(scenario, model),
        axes,
        readouts=readouts,
        formalism=formalism or "",
        draws=how["draws"],
        seed=how["seed"],
    )
    for arm, other in same:
        click.echo(f"Arm {arm} does the same as {other} at every point and is left out.", err=True)
    for sentence in cautions(model, work.ends()):
        click.echo(f"Caution: {sentence}.", err=True)
    target = Path(how["output"]) if how["output"] else Path("results") / f"sweep_{work.scenario.name}"
    announce_compiling()
    bar = Bar(work.samples, "samples")
    result = run(work, target, chunk=how["chunk"], spread=spread_of_workers(how["workers"]), progress=bar)
    bar.close()
    write_sweep(result, target, how["language"], csv=how["as_csv"])
    if how["as_json"]:
        click.echo(json.dumps(sweep_summary(result), indent=1, ensure_ascii=False))
        return
    _tell(result)
    click.echo(results_line(target, result.failed, work.samples))


def _tell(result: SweepResult) -> None:
    """Print the table of curves."""
    from ..experiments.sweep import CURVE_HEADER, curve_rows
    from .text import table

    asked = result.work.scenario
    click.echo(f"{asked.title_en}, day {asked.horizon:g}: change against {asked.arm(asked.baseline).label_en}\n")
    click.echo(table(CURVE_HEADER, curve_rows(result)))
    if any(curve.response is not None and curve.response.kind == "hill" for curve in result.curves):
        drawn = result.work.draws > 0
        click.echo(
            "\nBehind an ED50: 5 to 95 % of those of the draws (ODE), or the 95 % interval of the fit."
            if drawn
            else "\nBehind an ED50: the 95 % interval of the fit alone; --draws N shows what the parameters leave open."
        )
