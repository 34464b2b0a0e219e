"""Screens of plain Boolean networks: many scenarios side by side, and what each changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.paired import screen_scenarios
from ..ground.errors import ScenarioError
from .networks import Setting
from .runs import threads

Floats: TypeAlias = NDArray[np.float64]
_BATCHES = 20


@dataclass(frozen=True)
class NetworkScreen:
    """What scenarios do to a network; t times, s scenarios, n nodes.

    Attributes
    ----------
    names
        Names of the nodes.
    times : float64 array, shape (t,)
        Times.
    mean, error : float64 arrays, shape (t, s, n)
        Probability of being on, and its standard error.
    change, change_error : float64 arrays, shape (t, s, n)
        Difference from the first scenario, and the standard error of this paired difference.
    runs
        Number of trajectories of each scenario.
    """

    names: tuple[str, ...]
    times: Floats
    mean: Floats
    error: Floats
    change: Floats
    change_error: Floats
    runs: int


def screen_network(
    setting: Setting,
    scenarios: Sequence[Mapping[str, float]],
    *,
    times: Sequence[float] = (20.0,),
    runs: int = 2_000,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> NetworkScreen:
    """Run scenarios that differ in what they hold, under one clock.

    Parameters
    ----------
    setting
        The network and what all scenarios share.
    scenarios
        What each holds on (1) or off (0) besides; the first one is compared with.
    times
        Times to record, ascending, above 0.
    runs
        Number of trajectories of each scenario.
    seed
        Seed.
    progress
        Called with the number of scenarios just finished.

    Returns
    -------
    NetworkScreen
        Probabilities and paired differences.

    Raises
    ------
    ScenarioError
        When nothing is asked, or a node is held between on and off.
    UnknownNameError
        When a node is not in the network.

    Examples
    --------
    >>> from remodelsim.nouns.rule import Rule
    >>> rules = {name: Rule.parse(name, text) for name, text in (("a", "a"), ("b", "a"))}
    >>> float(screen_network(Setting(rules), [{"a": 0.0}, {"a": 1.0}]).change[0, 1, 1])
    1.0
    """
    stops = np.asarray(times, np.float64)
    if not scenarios or runs < 1 or stops.size == 0 or not (stops > 0.0).all() or not (np.diff(stops) > 0.0).all():
        raise ScenarioError("a screen needs scenarios, runs, and ascending times above 0")
    settings = [replace(setting, hold={**setting.hold, **scenario}) for scenario in scenarios]
    for one in settings:
        between = next((name for name, level in one.hold.items() if level not in {0.0, 1.0}), None)
        if between is not None:
            raise ScenarioError(f"{between} is held at {one.hold[between]:g}", allowed=["on", "off"])
    held = np.stack([one.held for one in settings])
    seen = screen_scenarios(
        setting.logic,
        setting.pace,
        setting.begin,
        held,
        stops,
        runs=runs,
        seed=seed,
        batches=_BATCHES,
        threads=threads(),
        progress=progress,
    )
    change = seen.on - seen.on[:, :, :1]
    error, change_error = (part.std(axis=0, ddof=1) / np.sqrt(_BATCHES) for part in (seen.on, change))
    return NetworkScreen(
        setting.names, stops, seen.on.mean(axis=0), error, change.mean(axis=0), change_error, seen.runs
    )


def knocks(setting: Setting) -> list[dict[str, float]]:
    """Return the scenarios of a screen of single nodes: nothing, then every free node held off and held on.

    Parameters
    ----------
    setting
        The network and what is done to it.

    Returns
    -------
    list of dict
        Node to level; the first one is empty.
    """
    free = [name for name in setting.names if name not in setting.hold]
    return [{}, *({name: level} for name in free for level in (0.0, 1.0))]
