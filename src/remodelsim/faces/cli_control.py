"""The command ``remodelsim control``."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from ..ground.errors import ScenarioError
from .boolean_options import level_pairs
from .cli_tools import MODELS, Bar, helpful


@click.command()
@click.argument("path", required=False)
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    metavar="GOAL",
    help="BMD_hip:up, :down or :healthy, RANKL<0.5; NODE=on with a file; repeatable.",
)
@click.option("--baseline", default="", help="What holds with and without, such as 'Estrogen=off'.")
@click.option("--size", type=click.IntRange(1, 3), default=1, show_default=True, help="Most interventions in a set.")
@click.option("--forbid", multiple=True, metavar="NAME", help="Leave a node or compound alone; repeatable.")
@click.option(
    "--with", "kinds", type=click.Choice(["compounds", "nodes", "both"]), default="both", help="What may be done."
)
@click.option("--days", type=float, default=180.0, show_default=True, help="When the readouts are read.")
@click.option("--most", type=click.IntRange(1), default=400, show_default=True, help="Most sets of a size to sample.")
@click.option("--seconds", type=float, default=120.0, show_default=True, help="Longest search in a file.")
@click.option("--ode", is_flag=True, help="Run the solutions in the ODE too.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@MODELS
@helpful
def control(
    path: str | None,
    targets: tuple[str, ...],
    baseline: str,
    size: int,
    forbid: tuple[str, ...],
    kinds: str,
    days: float,
    most: int,
    seconds: float,
    ode: bool,
    seed: int,
    as_json: bool,
    folder: str | None,
) -> None:
    """Find the smallest sets of interventions that reach a goal, in the model or in the network of PATH (.bnet)."""
    if path is not None:
        if ode:
            raise ScenarioError("a plain network has no ODE", cure="Leave --ode out.")
        click.echo(_in_file(path, targets, baseline, size, forbid, seconds, as_json=as_json))
        return
    from ..experiments.control import steer
    from ..files.library import load_model
    from .control_text import steering_json, steering_text

    bars: list[Bar] = []

    def told(what: str, steps: int) -> Callable[[int], None]:
        for bar in bars:
            bar.close()
        bars[:] = [Bar(steps, what)]
        return bars[0]

    found = steer(
        load_model(folder),
        targets,
        baseline=baseline,
        size=size,
        forbid=forbid,
        kinds=("compounds", "nodes") if kinds == "both" else (kinds,),
        days=days,
        most=most,
        seed=seed,
        ode=ode,
        told=told,
    )
    for bar in bars:
        bar.close()
    click.echo(json.dumps(steering_json(found), indent=1) if as_json else steering_text(found, baseline))


def _in_file(
    path: str,
    targets: tuple[str, ...],
    baseline: str,
    size: int,
    forbid: tuple[str, ...],
    seconds: float,
    *,
    as_json: bool,
) -> str:
    """Answer for a plain network."""
    from ..experiments.networks import Setting
    from ..experiments.steering import steer_network
    from ..files.network_file import load_rules
    from .control_text import controls_text

    rules = load_rules(path)
    setting = Setting(rules, hold=level_pairs(rules, [baseline] if baseline else []))
    marker = level_pairs(rules, targets)
    sets, complete = steer_network(setting, marker, size=size, forbid=forbid, seconds=seconds)
    if as_json:
        return json.dumps({"sets": sets, "complete": complete}, indent=1)
    wanted = " & ".join(f"{name}={'on' if level else 'off'}" for name, level in marker.items())
    return controls_text(setting, sets, complete, wanted)
