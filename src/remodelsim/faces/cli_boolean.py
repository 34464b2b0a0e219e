"""The commands for Boolean networks: attractors, simulate, convert."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..ground.errors import ScenarioError
from ..nouns.rule_names import named
from .boolean_options import level_pairs, rate_pairs
from .cli_control import control
from .cli_tools import MODELS, Bar, helpful

if TYPE_CHECKING:
    from pathlib import Path

    from ..experiments.networks import Setting
    from ..nouns.model import Model

MODEL = "model"
_HOLD = click.option(
    "--hold", multiple=True, metavar="NODE=LEVEL", help="Hold a node on, off, or at 0 to 1; repeatable."
)
_START = click.option(
    "--start", multiple=True, metavar="NODE=P", help="Probability of being on at the start, 0.5 by default; repeatable."
)
_RATE = click.option("--rate", multiple=True, metavar="NODE=UP:DOWN", help="Rates of switching on and off; repeatable.")
_BASELINE = click.option("--baseline", default="", help="What holds in the model, such as 'Estrogen=off'.")
_FREE = click.option("--free-inputs", is_flag=True, help="Leave the inputs of the model free, not as in health.")


def _announce() -> None:
    from ..engines.boolean.warm import compiled_before

    if not compiled_before():
        click.echo("Compiling the Boolean engine, once per installation (some 20 seconds) ...", err=True)


def _setting(
    path: str | None,
    folder: str | None,
    baseline: str,
    free_inputs: bool,
    hold: Sequence[str],
    start: Sequence[str],
    rate: Sequence[str] = (),
) -> Setting:
    """Put together what is asked for: a file, or the model at strength 1."""
    from dataclasses import replace

    from ..experiments.networks import Setting
    from ..experiments.pure import pure_setting
    from ..files.library import load_model
    from ..files.network_file import load_rules

    if path is None or path == MODEL:
        setting = pure_setting(load_model(folder), baseline, free_inputs=free_inputs)
    elif baseline or free_inputs:
        raise ScenarioError("--baseline and --free-inputs are for the model", cure="Use --hold NODE=LEVEL with a file.")
    else:
        setting = Setting(load_rules(path))
    rules = setting.rules
    return replace(
        setting,
        hold={**setting.hold, **level_pairs(rules, hold)},
        start={**setting.start, **level_pairs(rules, start)},
        rates={**setting.rates, **rate_pairs(rules, rate)},
    )


def _network(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument and options that say which network is meant and what is done to it."""
    for option in (MODELS, _START, _HOLD, _FREE, _BASELINE, click.argument("path", required=False)):
        command = option(command)
    return command


@click.command()
@_network
@click.option(
    "--kind",
    type=click.Choice(["asynchronous", "most permissive", "fixed points"]),
    default="asynchronous",
    show_default=True,
    help="One node changes at a time; smallest trap spaces; or single states alone.",
)
@click.option("--reached", is_flag=True, help="Say how likely each is reached from the start.")
@click.option("--most", type=click.IntRange(1), default=10_000, show_default=True, help="Most attractors to list.")
@click.option("--shown", type=click.IntRange(0), default=20, show_default=True, help="Most attractors to write out.")
@click.option("--seconds", type=float, default=60.0, show_default=True, help="Longest time to search.")
@click.option("--memory", type=click.FloatRange(1.0), default=4_000.0, show_default=True, help="Most MB to take.")
@click.option("--copies", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, help="Trajectories.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--readout", "readouts", multiple=True, help="Nodes to write; all by default; repeatable.")
@click.option("--aeon", is_flag=True, help="Let AEON (extra 'attractors') decide what is left open.")
@click.option("--background", "backgrounds", multiple=True, help="Background of the model to draw, or all; repeatable.")
@click.option("-o", "--output", default=None, metavar="DIR", help="Write tables and pictures of the backgrounds here.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language of the pictures.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@helpful
def attractors(
    path: str | None,
    baseline: str,
    free_inputs: bool,
    hold: tuple[str, ...],
    start: tuple[str, ...],
    folder: str | None,
    kind: str,
    reached: bool,
    most: int,
    shown: int,
    seconds: float,
    memory: float,
    copies: int,
    seed: int,
    readouts: tuple[str, ...],
    aeon: bool,
    backgrounds: tuple[str, ...],
    output: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Find where the network in PATH (.bnet), or the model's, comes to rest.

    With -o, the model's attractors and mean activities under backgrounds are drawn and written as tables.
    """
    if output is not None or backgrounds:
        _drawn(path, output, backgrounds, folder, language, copies, seconds, seed)
        return
    from ..experiments.attraction import find_attractors
    from ..experiments.attraction import reached as chances
    from .boolean_text import attraction_json, attraction_text

    setting = _setting(path, folder, baseline, free_inputs, hold, start)
    nodes = [named(setting.rules, name) for name in readouts]
    _announce()
    found = find_attractors(setting, kind=kind, most=most, seconds=seconds, megabytes=memory, aeon=aeon)
    ends, undecided = chances(setting, found.spaces, copies=copies, seed=seed) if reached else ([], 0.0)
    if as_json:
        click.echo(json.dumps(attraction_json(found, ends, undecided), indent=1, ensure_ascii=False))
    else:
        click.echo(attraction_text(found, ends, undecided, shown=shown, nodes=nodes))


def _drawn(
    path: str | None,
    output: str | None,
    backgrounds: Sequence[str],
    folder: str | None,
    language: str,
    copies: int,
    seconds: float,
    seed: int,
) -> None:
    """Draw the backgrounds of the model."""
    from ..experiments.activity import REPLICATES, activity_by_background
    from ..experiments.landscape import landscape
    from ..files.library import load_model
    from .folder_boolean import write_backgrounds

    if path is not None and path != MODEL:
        raise ScenarioError("backgrounds are of the model, not of a file", cure="Leave the file out.")
    if output is None:
        raise ScenarioError("--background needs a folder to write into", cure="Add -o DIR.")
    model = load_model(folder)
    # a course over years is none of the plain rules
    all_of_them = [name for name, one in model.backgrounds.items() if not one.courses]
    names = list(backgrounds) or ["healthy"]
    names = all_of_them if names == ["all"] else [model.find("background", name) for name in names]
    _announce()
    bar = Bar(len(names) + REPLICATES, "backgrounds")
    places = landscape(model, names, copies=min(copies, 2_000), seconds=seconds, seed=seed, progress=bar)
    activity = activity_by_background(model, names, seed=seed, progress=bar)
    bar.close()
    for file in write_backgrounds(output, model, places, activity, language):
        click.echo(f"wrote {file}")


@click.command()
@_network
@_RATE
@click.option("--until", type=float, default=20.0, show_default=True, help="Time, or number of steps, of the end.")
@click.option("--points", type=click.IntRange(1, 10_000), default=10, show_default=True, help="Times to record.")
@click.option(
    "--dynamics",
    type=click.Choice(["continuous", "synchronous", "asynchronous", "general asynchronous"]),
    default="continuous",
    show_default=True,
)
@click.option("--copies", type=click.IntRange(1, 10_000_000), default=10_240, show_default=True, help="Trajectories.")
@click.option("--exact/--sampled", "exact", default=None, help="Solve or sample; chosen by size when left out.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--readout", "readouts", multiple=True, help="Nodes to show; all by default; repeatable.")
@click.option("--screen", is_flag=True, help="Hold each node off and on in turn, paired; read --readout.")
@click.option("--csv", "csv_file", default=None, metavar="FILE", help="Write all times and nodes as a table.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@helpful
def simulate(
    path: str | None,
    baseline: str,
    free_inputs: bool,
    hold: tuple[str, ...],
    start: tuple[str, ...],
    folder: str | None,
    rate: tuple[str, ...],
    until: float,
    points: int,
    dynamics: str,
    copies: int,
    exact: bool | None,
    seed: int,
    readouts: tuple[str, ...],
    screen: bool,
    csv_file: str | None,
    as_json: bool,
) -> None:
    """Run the Boolean network in PATH (.bnet), or the model's at strength 1, over time or step by step."""
    if screen:
        if dynamics != "continuous" or exact or csv_file is not None:
            raise ScenarioError(
                "a screen is sampled in continuous time and printed", cure="Leave the other options out."
            )
        setting = _setting(path, folder, baseline, free_inputs, hold, start, rate)
        _screened(setting, readouts, until, copies, seed, as_json=as_json)
        return
    from ..experiments.networks import run_network
    from ..files.network_file import write_columns
    from .boolean_text import course_columns, course_json, course_text

    setting = _setting(path, folder, baseline, free_inputs, hold, start, rate)
    nodes = [named(setting.rules, name) for name in readouts] or list(setting.names)
    _announce()
    bar = Bar(copies, "trajectories")
    course = run_network(
        setting, until=until, points=points, dynamics=dynamics, copies=copies, seed=seed, exact=exact, progress=bar
    )
    bar.close()
    if csv_file is not None:
        write_columns(csv_file, course_columns(course, nodes))
    click.echo(json.dumps(course_json(course, nodes), indent=1) if as_json else course_text(course, nodes))


def _screened(
    setting: Setting, readouts: Sequence[str], until: float, copies: int, seed: int, *, as_json: bool
) -> None:
    """Print what every knock-out and knock-in changes."""
    from ..experiments.network_screen import knocks, screen_network
    from .boolean_text import screen_json, screen_text

    nodes = [named(setting.rules, name) for name in readouts]
    if not nodes:
        raise ScenarioError("a screen needs something to read", cure="Add --readout NODE.")
    scenarios = knocks(setting)
    _announce()
    bar = Bar(len(scenarios), "scenarios")
    found = screen_network(setting, scenarios, times=(until,), runs=copies, seed=seed, progress=bar)
    bar.close()
    if as_json:
        click.echo(json.dumps(screen_json(found, scenarios, nodes), indent=1))
    else:
        click.echo(screen_text(found, scenarios, nodes))


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--do", multiple=True, help="For .xml: what is done, such as 'menopause=on'; repeatable.")
@click.option("--days", type=float, default=1825.0, show_default=True, help="For .xml: until when doses are given.")
@MODELS
@helpful
def convert(source: str, target: str, do: tuple[str, ...], days: float, folder: str | None) -> None:
    """Write IN (.bnet, BooleanNet .txt, or the word 'model') as OUT.

    The rules as .bnet, .txt, .sbml (SBML-qual), or .bnd with .cfg; the model's differential equations as .xml (SBML).
    """
    from ..experiments.pure import pure_setting
    from ..files.library import load_model
    from ..files.network_file import load_rules, write_rules

    if target.lower().endswith(".xml"):
        if source != MODEL:
            raise ScenarioError(f"only the model has equations to write as .xml, not '{source}'", cure="Write .sbml.")
        written = _equations(load_model(folder), target, do, days)
    elif do:
        raise ScenarioError("--do is for the equations of the model", cure="Write the model as .xml.")
    elif source == MODEL:
        setting = pure_setting(load_model(folder), free_inputs=True)
        written = write_rules(setting.rules, target, setting.rates)
    else:
        written = write_rules(load_rules(source), target)
    for file in written:
        click.echo(f"wrote {file}")


def _equations(model: Model, target: str, do: Sequence[str], days: float) -> tuple[Path, ...]:
    """Write the equations of the model under what is done."""
    from ..experiments.exported import exported
    from ..files.formats.sbml import save_sbml

    return (save_sbml(exported(model, " & ".join(do), days), target),)


BOOLEAN_COMMANDS = (attractors, simulate, convert, control)
