"""The command ``remodelsim validate``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ..files.whole import check_target
from .cli_tools import EXIT_FAILED, MODELS, Bar, announce_compiling, helpful

if TYPE_CHECKING:
    from ..nouns.model import Model
    from ..nouns.question import OpenQuestion


@click.command()
@click.option(
    "--claims", "table", default=None, metavar="FILE.csv", help="A table of questions; the claims by default."
)
@click.option("--plain", is_flag=True, help="Ask the plain questions of the claims that carry none of their own.")
@click.option("--formalism", type=click.Choice(["boolean", "ode", "both"]), default="both")
@click.option("--json", "json_file", default=None, metavar="FILE", help="Write the answers as JSON.")
@click.option("--html", "html_file", default=None, metavar="FILE", help="Write the disagreements, with their paths.")
@click.option("--threshold", type=float, default=0.01, show_default=True, help="Smallest change that counts.")
@click.option("--replicates", type=click.IntRange(2, 10_000), default=16, show_default=True, help="Boolean sample.")
@click.option("--draws", type=click.IntRange(0, 10_000), default=10, show_default=True, help="Ensemble of the ODE.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@MODELS
@helpful
def validate(
    table: str | None,
    plain: bool,
    formalism: str,
    json_file: str | None,
    html_file: str | None,
    threshold: float,
    replicates: int,
    draws: int,
    seed: int,
    folder: str | None,
) -> None:
    """Ask the claims' own questions, and mark the answers beside those of the bare signed graph."""
    from ..experiments.asking import ready
    from ..files.library import load_model
    from ..files.question_file import load_questions
    from ..files.variants_file import load_disputes
    from .folder_validate import write_json, write_page
    from .validate_text import report_text

    for target in (json_file, html_file):
        if target is not None:
            check_target(target)
    model = load_model(folder)
    questions = _plain(model, table) if plain else load_questions(table, folder)
    disputes = load_disputes(folder)
    # mistakes in the table are told before anything is compiled
    ready(model, questions, disputes)
    announce_compiling()
    from ..experiments.validate import validate as ask_all

    bars = _Bars()
    report = ask_all(
        model,
        questions,
        disputes,
        formalism=formalism,
        threshold=threshold,
        replicates=replicates,
        draws=draws,
        seed=seed,
        told=bars.open,
    )
    bars.close()
    click.echo(report_text(report))
    if json_file is not None:
        write_json(report, json_file)
    if html_file is not None:
        write_page(report, html_file)
    if not report.met:
        sys.exit(EXIT_FAILED)


def _plain(model: Model, table: str | None) -> tuple[OpenQuestion, ...]:
    from ..ground.errors import ScenarioError
    from ..nouns.plain import plain_questions

    if table is not None:
        raise ScenarioError("--plain asks the claims of the model, not a table", cure="Leave out --claims or --plain.")
    questions = plain_questions(model)
    if not questions:
        raise ScenarioError("no claim of the model leads to a plain question", cure="Leave out --plain.")
    return questions


class _Bars:
    """One progress bar after the other."""

    def __init__(self) -> None:
        self._bar: Bar | None = None

    def open(self, name: str, length: int) -> Callable[[int], None]:
        self.close()
        self._bar = Bar(length, name)
        return self._bar

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
