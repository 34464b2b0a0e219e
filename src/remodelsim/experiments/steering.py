"""Control of plain Boolean networks: which nodes to hold so that all attractors show a marker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..engines.boolean.steering import smallest_controls
from ..ground.errors import ScenarioError
from ..nouns.rule_names import named
from .networks import Setting


def steer_network(
    setting: Setting, marker: Mapping[str, float], *, size: int, forbid: Iterable[str] = (), seconds: float = 120.0
) -> tuple[list[list[str]], bool]:
    """Return the smallest sets of nodes to hold, after which all attractors show a marker.

    Parameters
    ----------
    setting
        The network and what is held anyway.
    marker
        Node to 0 or 1.
    size
        Largest number of nodes to hold.
    forbid
        Nodes to leave alone.
    seconds
        Longest time to search.

    Returns
    -------
    tuple of list and bool
        The sets, each as ``NODE=on`` or ``NODE=off``, and whether these are proven to be all.

    Raises
    ------
    ScenarioError
        When the marker, or what is held, is neither on nor off.
    UnknownNameError
        When a node is not in the network.
    """
    for name, level in (*marker.items(), *setting.hold.items()):
        if level not in {0.0, 1.0}:
            raise ScenarioError(f"{name} stands at {level:g}", allowed=["on", "off"])
    index = {name: i for i, name in enumerate(setting.names)}
    wanted = {index[name]: int(level) for name, level in marker.items()}
    barred = [index[named(setting.rules, name)] for name in forbid]
    found = smallest_controls(setting.logic, setting.given, wanted, size=size, forbid=barred, seconds=seconds)
    sets = [[f"{setting.names[i]}={'on' if value else 'off'}" for i, value in chosen] for chosen in found.sets]
    return sets, found.complete
