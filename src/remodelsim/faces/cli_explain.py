"""The command explain: why an intervention does what it does."""

from __future__ import annotations

import json
import shutil

import click

from .cli_tools import CELLS, MODELS, Bar, announce_compiling, helpful


@click.command()
@click.option("--do", multiple=True, required=True, help="What is done, such as 'Quercetin=10uM'; repeatable.")
@click.option("--baseline", default="", help="What holds with and without it, such as 'Estrogen=off'.")
@click.option("--readout", "readouts", multiple=True, help="What is explained; repeatable. BMD_hip by default.")
@click.option("--formalism", type=click.Choice(["boolean", "ode", "both"]), default="both")
@click.option("--days", type=float, default=180.0, show_default=True, help="When it is read.")
@click.option("--draws", type=click.IntRange(0, 10_000), default=50, show_default=True, help="Ensemble.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language of paragraph and picture.")
@click.option("--picture", default=None, metavar="FILE", help="Draw it, too: a name that ends in .png or .svg.")
@CELLS
@MODELS
@helpful
def explain(
    do: tuple[str, ...],
    baseline: str,
    readouts: tuple[str, ...],
    formalism: str,
    days: float,
    draws: int,
    seed: int,
    as_json: bool,
    language: str,
    picture: str | None,
    cells: str,
    folder: str | None,
) -> None:
    """Say why: causes switched off one by one, what the effect passes through, and the claims it rests on."""
    from ..experiments.explain import explain as answer
    from ..experiments.measured import cautions
    from ..experiments.whatif import Question
    from ..files.library import load_model
    from .explain_text import explanation_text
    from .folder_explain import check_picture, write_picture

    if picture:
        check_picture(picture, readouts)
    model = load_model(folder, cells)
    question = Question(" & ".join(do), baseline, readouts or ("BMD_hip",), formalism, days, draws, seed)
    for sentence in cautions(model, [question.check(model)]):
        click.echo(f"Caution: {sentence}.", err=True)
    announce_compiling()
    # about as many arms as are weighed in every draw
    bar = Bar(40 * draws if formalism != "boolean" else 0, "ensemble")
    found = answer(model, question, bar)
    bar.close()
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1, ensure_ascii=False))
    else:
        width = min(max(shutil.get_terminal_size((110, 24)).columns, 40), 110)
        click.echo(explanation_text(model, found, language, width))
    if picture:
        write_picture(model, found, picture, language)
        click.echo(f"\nThe picture is {picture}.", err=True)
