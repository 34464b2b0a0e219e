"""The command ``remodelsim screen``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from .cli_sweep import long_work, results_line, spread_of_workers
from .cli_tools import Bar, announce_compiling, helpful

if TYPE_CHECKING:
    from ..experiments.screen import ScreenResult

_ROWS = 30


def _names(texts: tuple[str, ...]) -> list[str]:
    """Take names apart that were given as one, joined by commas."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


@click.command()
@click.option("--nodes", multiple=True, metavar="A,B", help="Nodes to knock out and to switch on; all for all.")
@click.option(
    "--compounds", multiple=True, metavar="A,B=DOSE", help="Compounds, at their usual dose or a given one; all for all."
)
@click.option("--pairs", is_flag=True, help="Try all pairs of these too, against Bliss and HSA.")
@click.option(
    "--dose-matrix",
    "doses",
    multiple=True,
    metavar="COMPOUND=DOSES",
    help="Two compounds with doses, such as Quercetin=1:100:log:5: every combination; give it twice.",
)
@click.option("--baseline", default="", help="What holds with and without, such as 'menopause=on'.")
@click.option("--readout", "readouts", multiple=True, help="What is read; repeatable. The first one ranks.")
@click.option("--formalism", type=click.Choice(["boolean", "ode", "both"]), default="both")
@click.option("--days", type=float, default=180.0, show_default=True, help="When it is read.")
@long_work
@helpful
def screen(
    nodes: tuple[str, ...],
    compounds: tuple[str, ...],
    pairs: bool,
    doses: tuple[str, ...],
    baseline: str,
    readouts: tuple[str, ...],
    formalism: str,
    days: float,
    **how: Any,
) -> None:
    """Try all knock-outs, knock-ins or compounds, alone or in pairs, and rank them; all compounds by default."""
    from dataclasses import replace
    from pathlib import Path

    from ..experiments.compare import compare_notes
    from ..experiments.screen import screen as run
    from ..experiments.screen import screen_of
    from ..experiments.whatif import DEFAULT_READOUTS
    from ..files.library import load_model
    from .folder_screen import screen_summary, write_screen

    asked = screen_of(
        load_model(how["folder"], how["cells"]),
        nodes=_names(nodes),
        compounds=_names(compounds),
        pairs=pairs,
        doses=doses,
        baseline=baseline,
        readouts=readouts or DEFAULT_READOUTS,
        day=days,
        formalism=formalism,
        draws=how["draws"],
        seed=1 if how["seed"] is None else how["seed"],
    )
    work = asked[0]
    target = Path(how["output"] or "results/screen")
    announce_compiling()
    bar = Bar(work.samples, "samples")
    result = run(asked, target, chunk=how["chunk"], spread=spread_of_workers(how["workers"]), progress=bar)
    bar.close()
    result = replace(result, notes=compare_notes(work))
    write_screen(result, target, baseline, how["language"], samples=how["as_csv"])
    if how["as_json"]:
        click.echo(json.dumps({"baseline": baseline, **screen_summary(result)}, indent=1, ensure_ascii=False))
        return
    _tell(result, baseline)
    click.echo(results_line(target, result.failed, work.samples))


def _tell(result: ScreenResult, baseline: str) -> None:
    """Print the tables of a screen."""
    from ..experiments.screen import SYNERGY_HEADER, short_table, synergy_rows
    from .text import table

    work = result.work
    told = "change in % of the readout's scale"
    told += ", share of the draws that agree" if work.draws else ""
    told += ", then the Boolean direction" if work.formalism == "both" else ""
    against = baseline or "health"
    click.echo(f"{len(work.moves)} moves against {against}, day {work.day:g}: {told}\n")
    click.echo(table(*short_table(result, _ROWS)))
    if len(work.moves) > _ROWS:
        click.echo(f"... and {len(work.moves) - _ROWS} more in report.html and summary.json")
    if result.notes:
        rows = [[name, told["grade"], told["mainly by"], told["chain"]] for name, told in result.notes.items()]
        click.echo(f"\nBy what they move {work.readouts[0]} (ODE), and how well that is founded\n")
        click.echo(table(("compound", "grade", "mainly by", "chain"), rows[: _ROWS * 2]))
    if result.synergies:
        click.echo(f"\n{table(SYNERGY_HEADER, synergy_rows(result, 10))}")
    for sentence in result.left_out:
        click.echo(f"Left out: {sentence}.", err=True)
