"""Finding nodes of a plain network by the names that people write."""

from __future__ import annotations

from collections.abc import Mapping

from ..ground.errors import UnknownNameError
from ..ground.names import fold, nearest
from .rule import Rule

_MOST_TOLD = 8


def named(rules: Mapping[str, Rule], name: str) -> str:
    """Return a node by its name, upper and lower case alike.

    Parameters
    ----------
    rules
        Node to rule.
    name
        What was written.

    Returns
    -------
    str
        The name as it stands in the rules.

    Raises
    ------
    UnknownNameError
        When no node, or more than one, bears it.
    """
    if name in rules:
        return name
    found = [known for known in rules if fold(known) == fold(name)]
    if len(found) != 1:
        raise no_node(name, rules)
    return found[0]


def no_node(name: str, rules: Mapping[str, Rule]) -> UnknownNameError:
    """Return the error that says that a network has no such node, with the nearest one or some of those it has."""
    near = nearest(name, rules)
    some = [*list(rules)[:_MOST_TOLD], *(["..."] if len(rules) > _MOST_TOLD else [])]
    return UnknownNameError(f"no node '{name}' in the network", nearest=near, allowed=() if near else some)
