"""The command line. Start-up stays light: scipy, matplotlib and numba load only in the commands that need them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from ..ground.version import VERSION
from .cli_boolean import BOOLEAN_COMMANDS
from .cli_explain import explain
from .cli_group import Commands
from .cli_screen import screen
from .cli_sensitivity import sensitivity
from .cli_sweep import sweep
from .cli_teach import teach
from .cli_tools import CELLS, EXIT_FAILED, EXIT_WRONG, MODELS, Bar, announce_compiling, helpful
from .cli_validate import validate

_BASE = click.option("--baseline", default="", help="What holds with and without it, such as 'Estrogen=off'.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="remodelsim")
def main() -> None:
    """Bone remodeling as rules with sources: run scenarios, ask what if, look things up."""
    # our matrices are small: threads of BLAS would only wait for each other (read when numpy loads, which is later)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


main.add_command(validate)
main.add_command(sweep)
main.add_command(screen)
main.add_command(sensitivity)
main.add_command(teach)
main.add_command(explain)
for _command in BOOLEAN_COMMANDS:
    main.add_command(_command)


@main.command()
@click.argument("scenario")
@click.option("-o", "--output", default=None, metavar="DIR", help="Result folder; results/<scenario> by default.")
@click.option("--seed", type=click.IntRange(0), default=None, help="Takes the place of the scenario's seed.")
@click.option("--draws", type=click.IntRange(0, 100_000), default=None, help="Takes the place of its ensemble size.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language of figures and report.")
@click.option("--perturbation", "perturbations", multiple=True, help="Of a published cell model; all by default.")
@CELLS
@MODELS
@helpful
def run(
    scenario: str,
    output: str | None,
    seed: int | None,
    draws: int | None,
    language: str,
    perturbations: tuple[str, ...],
    cells: str,
    folder: str | None,
) -> None:
    """Run SCENARIO into a result folder: a file, the name of a shipped one, or a folder of results to repeat.

    The name of a published cell model (komarova2003, lemaire2004, pivonka2008, graham2013) runs that model by itself.
    """
    from dataclasses import replace

    from ..experiments.measured import cautions
    from ..files.library import load_model
    from ..files.scenario_file import load_scenario, scenario_text
    from .cli_cells import run_alone, runs_alone
    from .folder import check_folder, write_folder
    from .text import summary

    if Path(scenario).is_dir():
        _repeat(Path(scenario), folder, {"--output": output, "--seed": seed, "--draws": draws})
        return
    if runs_alone(scenario, folder):
        run_alone(scenario, output, perturbations, language, folder)
        return
    model = load_model(folder, cells)
    asked = load_scenario(scenario, model)
    for sentence in cautions(model, (arm.protocol for arm in asked.arms)):
        click.echo(f"Caution: {sentence}.", err=True)
    if draws is not None:
        asked = replace(asked, draws=draws)
    target = Path(output) if output else Path("results") / asked.name
    check_folder(target)
    from ..experiments.simulate import simulate

    announce_compiling()
    bar = Bar(asked.draws * len(asked.arms) if "ode" in asked.formalisms else 0, "ensemble")
    result = simulate(model, asked, seed=seed, progress=bar)
    bar.close()
    write_folder(result, target, language, seed, scenario_text(scenario))
    click.echo(summary(result))
    click.echo(f"\nResults, figures and report.html are in {target}{_sep(target)}")
    if not result.met:
        sys.exit(EXIT_FAILED)


def _repeat(place: Path, folder: str | None, refused: Mapping[str, object]) -> None:
    """Repeat the run of a result folder and say whether the bytes are the same."""
    from ..ground.errors import FileFormatError
    from .folder_repeat import read_record, repeat

    read_record(place)
    given = [name for name, value in refused.items() if value is not None]
    if given:
        raise FileFormatError(
            f"a run is repeated as it was, without {given[0]}", where=str(place), cure="Run the scenario itself anew."
        )
    announce_compiling()
    found = repeat(place, folder)
    click.echo(found.text())
    if found.different:
        sys.exit(EXIT_FAILED)


def _sep(path: object) -> str:
    return "" if str(path).endswith("/") else "/"


def _question(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is asked."""
    options = [
        click.option("--do", multiple=True, required=True, help="What is done, such as 'Quercetin=10uM'; repeatable."),
        _BASE,
        click.option("--readout", "readouts", multiple=True, help="What is read; repeatable."),
        click.option("--formalism", type=click.Choice(["boolean", "ode", "both"]), default="both"),
        click.option("--days", type=float, default=180.0, show_default=True, help="When it is read."),
        click.option("--draws", type=click.IntRange(0, 100_000), default=200, show_default=True, help="Ensemble."),
        click.option("--seed", type=click.IntRange(0), default=1, show_default=True),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        CELLS,
        MODELS,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@_question
@helpful
def whatif(
    do: tuple[str, ...],
    baseline: str,
    readouts: tuple[str, ...],
    formalism: str,
    days: float,
    draws: int,
    seed: int,
    as_json: bool,
    cells: str,
    folder: str | None,
) -> None:
    """Say what an intervention does to bone, cells and signals."""
    from ..experiments.measured import cautions
    from ..experiments.whatif import DEFAULT_READOUTS, Question, ask
    from ..files.library import load_model
    from .text import answer_text

    model = load_model(folder, cells)
    question = Question(" & ".join(do), baseline, readouts or DEFAULT_READOUTS, formalism, days, draws, seed)
    for sentence in cautions(model, [question.check(model)]):
        click.echo(f"Caution: {sentence}.", err=True)
    announce_compiling()
    bar = Bar(2 * draws if formalism != "boolean" else 0, "ensemble")
    answer = ask(model, question, bar)
    bar.close()
    click.echo(json.dumps(answer.as_dict(), indent=1, ensure_ascii=False) if as_json else answer_text(answer))


@main.command()
@click.argument("name")
@MODELS
@helpful
def show(name: str, folder: str | None) -> None:
    """Show everything known about NAME: a node, edge A->B, compound, background, readout, claim or system."""
    from ..files.library import load_model
    from .catalog import page_of

    click.echo(page_of(load_model(folder), name))


@main.command(name="list")
@click.argument("kind", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@MODELS
@helpful
def list_(kind: str, folder: str | None, as_json: bool) -> None:
    """List KIND: nodes, compounds, backgrounds, readouts, scenarios, claims, systems ...; without KIND, count each."""
    from ..files.library import load_model
    from .catalog import LISTS, kinds_text, names_of
    from .catalog_evidence import coverage_data, coverage_text

    model = load_model(folder)
    if not kind:
        counts = {key: len(rows(model)) for key, rows in LISTS.items()}
        click.echo(json.dumps(counts, indent=1) if as_json else kinds_text(model))
        return
    found = names_of(model, kind)
    if as_json:
        systems = kind in {"system", "systems"}
        data = coverage_data(model) if systems else [{"name": name, "about": line} for name, line in found]
        click.echo(json.dumps(data, indent=1, ensure_ascii=False))
        return
    if kind in {"system", "systems"}:
        click.echo(coverage_text(model))
        return
    width = max((len(name) for name, _ in found), default=0)
    for name, line in found:
        click.echo(f"{name:{width}s}  {line}".rstrip())
    click.echo(f"{len(found)} {kind}", err=True)


@main.command()
@click.argument("path", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of scenario files instead.")
@click.option("--lesson-schema", is_flag=True, help="Print the JSON Schema of lesson files instead.")
@MODELS
@helpful
def check(path: str | None, schema: bool, lesson_schema: bool, folder: str | None) -> None:
    """Check PATH: a scenario, a lesson, a .bnet file or a models folder; the shipped model without PATH."""
    from .checking import check_path

    if schema or lesson_schema:
        from ..files.lesson_file import lesson_schema as of_lessons
        from ..files.scenario_file import scenario_schema

        printed = of_lessons() if lesson_schema else scenario_schema()
        click.echo(json.dumps(printed, indent=1, ensure_ascii=False))
        return
    lines, fine = check_path(path, folder)
    for line in lines:
        click.echo(line)
    if not fine:
        sys.exit(EXIT_WRONG)
