"""Finding nodes of a plain network by the names that people write."""

from __future__ import annotations

from collections.abc import Mapping

from ..ground.errors import UnknownNameError
from ..ground.names import fold, nearest
from .rule import Rule


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
        raise UnknownNameError(f"no node '{name}' in the network", nearest=nearest(name, rules))
    return found[0]
