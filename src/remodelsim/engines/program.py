"""Rules as arrays: every read-once rule becomes a small tree of AND and OR over signed leaves.

Negations are pushed to the leaves (in product logic De Morgan's laws hold exactly), so that a kernel only meets three
kinds of element. The elements of one rule stand together, parts before the whole, the root last.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ModelError
from ..nouns.network import Network
from ..nouns.rule import Expr

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LEAF, AND, OR = 0, 1, 2


class Program(NamedTuple):
    """The rules of a network as arrays; n nodes, e edges, t elements.

    Attributes
    ----------
    start : int64 array, shape (n + 1,)
        Elements of node i are ``start[i] .. start[i + 1] - 1``; none for an input.
    kind : int64 array, shape (t,)
        LEAF, AND or OR.
    first, count : int64 arrays, shape (t,)
        Position and number of the parts of an AND or OR in `parts`.
    parts : int64 array
        Elements that AND and OR are made of.
    edge : int64 array, shape (t,)
        Edge of a leaf, -1 elsewhere.
    sign : int64 array, shape (t,)
        +1 or -1 for a leaf, 0 elsewhere.
    source, target : int64 arrays, shape (e,)
        Nodes that an edge joins.
    """

    start: Ints
    kind: Ints
    first: Ints
    count: Ints  # type: ignore[assignment]  # the method of tuples that it hides is not used
    parts: Ints
    edge: Ints
    sign: Ints
    source: Ints
    target: Ints


class Constants(NamedTuple):
    """The numbers of one parameter draw, in the order of a Program.

    Attributes
    ----------
    level, gain, tau : float64 arrays, shape (n,)
        Healthy level, gain, and time constant in days.
    strength : float64 array, shape (e,)
        Strength of each edge.
    anchor : float64 array, shape (n,)
        Odds by which a rule is anchored in the healthy level; for a silent node its best value of B.
    """

    level: Floats
    gain: Floats
    tau: Floats
    strength: Floats
    anchor: Floats


class _Builder:
    """Collects the elements of all rules."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.edge_of = {(edge.source, edge.target): k for k, edge in enumerate(network.edges)}
        self.kind: list[int] = []
        self.first: list[int] = []
        self.count: list[int] = []
        self.parts: list[int] = []
        self.edge: list[int] = []
        self.sign: list[int] = []

    def add(self, expr: Expr, target: str, sign: int = 1) -> int:
        """Append `expr` (negated when `sign` is -1) and return its element."""
        match expr.op:
            case "not":
                return self.add(expr.args[0], target, -sign)
            case "var":
                return self._append(LEAF, (), self.edge_of[expr.name, target], sign)
            case "const":
                raise ModelError(f"rule of {target} is a constant", cure="Make it an input with a level.")
            case op:
                inner = tuple(self.add(part, target, sign) for part in expr.args)
                return self._append(AND if (op == "and") == (sign > 0) else OR, inner, -1, 0)

    def _append(self, kind: int, inner: tuple[int, ...], edge: int, sign: int) -> int:
        self.kind.append(kind)
        self.first.append(len(self.parts))
        self.count.append(len(inner))
        self.parts.extend(inner)
        self.edge.append(edge)
        self.sign.append(sign)
        return len(self.kind) - 1


def compile_network(network: Network) -> Program:
    """Turn the rules of a network into arrays.

    Parameters
    ----------
    network
        A network whose rules are read-once.

    Returns
    -------
    Program
        The same rules as arrays.

    Raises
    ------
    ModelError
        When a rule is a constant.
    """
    builder = _Builder(network)
    start = [0]
    for name in network.names:
        rule = network.rules[name]
        if not rule.is_input:
            builder.add(rule.expr, name)
        start.append(len(builder.kind))

    def ints(values: list[int]) -> Ints:
        return np.asarray(values, dtype=np.int64)

    return Program(
        start=ints(start),
        kind=ints(builder.kind),
        first=ints(builder.first),
        count=ints(builder.count),
        parts=ints(builder.parts),
        edge=ints(builder.edge),
        sign=ints(builder.sign),
        source=ints([network.index[edge.source] for edge in network.edges]),
        target=ints([network.index[edge.target] for edge in network.edges]),
    )
