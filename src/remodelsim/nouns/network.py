"""Nodes, edges and the network they form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError
from ..ground.names import is_name, nearest
from .rule import Rule

LANES = ("gut", "immune", "hormone", "osteoblast", "osteoclast", "matrix")
ASSUMPTION = "assumption:"


@dataclass(frozen=True, slots=True)
class Node:
    """One species, signal, cell population or process.

    Parameters
    ----------
    name
        Name as it stands in the rules.
    label_en, label_zh
        What people read.
    kind, cell, unit, lane
        What it is, in which cell, in which unit (activity) and where it is drawn.
    level
        Healthy activity in [0, 1); exactly 0 for what is silent in health.
    gain
        Gain h of the rule in the odds, 0.5 to 10.
    tau_h
        Time constant in hours.
    identifier
        CURIE such as ``hgnc:11926``, or empty.
    synonyms
        Other names people use.
    description
        One sentence.

    Raises
    ------
    ModelError
        When a value is outside its range.
    """

    name: str
    label_en: str
    label_zh: str
    kind: str
    cell: str
    unit: str
    level: float
    gain: float
    tau_h: float
    identifier: str = ""
    synonyms: tuple[str, ...] = ()
    lane: str = "hormone"
    description: str = ""

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise ModelError(f"'{self.name}' is not a name for a node")
        if not 0.0 <= self.level < 1.0:
            raise ModelError(f"level of {self.name} is {self.level:g}", allowed=["0 to below 1"])
        if not 0.5 <= self.gain <= 10.0:
            raise ModelError(f"gain of {self.name} is {self.gain:g}", allowed=["0.5 to 10"])
        if not (math.isfinite(self.tau_h) and self.tau_h > 0.0):
            raise ModelError(f"time constant of {self.name} is {self.tau_h:g} h", allowed=["above 0 h"])
        if self.lane not in LANES:
            raise ModelError(f"lane of {self.name} is '{self.lane}'", nearest=nearest(self.lane, LANES), allowed=LANES)


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow: a regulator in the rule of a target, with its evidence.

    Parameters
    ----------
    source, target
        Names of nodes.
    sign
        +1 raises, -1 lowers.
    strength
        Strength w in (0, 1].
    claims
        Ids of the claims it rests on.
    assumption
        Why it stands there without a claim; empty when claims support it.

    Raises
    ------
    ModelError
        When it has neither claim nor assumption, or a value is outside its range.
    """

    source: str
    target: str
    sign: int
    strength: float
    claims: tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        if self.sign not in {1, -1}:
            raise ModelError(f"sign of edge {self.source} -> {self.target} is {self.sign}", allowed=["+1", "-1"])
        if not 0.0 < self.strength <= 1.0:
            raise ModelError(
                f"strength of edge {self.source} -> {self.target} is {self.strength:g}", allowed=["above 0 to 1"]
            )
        if not self.claims and not self.assumption:
            raise ModelError(
                f"edge {self.source} -> {self.target} has no evidence",
                cure=f"Give claim ids, or '{ASSUMPTION}' and the reason.",
            )


@dataclass(frozen=True)
class Network:
    """Nodes, one rule each, and one edge for every regulator in a rule.

    Parameters
    ----------
    nodes
        The nodes, in the order of every array.
    rules
        Node name to rule; an input is its own regulator.
    edges
        The arrows; exactly the regulators of the rules.
    name
        What the network is called.

    Raises
    ------
    ModelError
        When nodes, rules and edges do not fit each other, or a rule is not read-once.
    """

    nodes: tuple[Node, ...]
    rules: Mapping[str, Rule]
    edges: tuple[Edge, ...]
    name: str = "whole"
    index: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {node.name: i for i, node in enumerate(self.nodes)}
        object.__setattr__(self, "index", index)
        if len(index) != len(self.nodes):
            twice = next(n.name for i, n in enumerate(self.nodes) if index[n.name] != i)
            raise ModelError(f"node {twice} is defined twice")
        self._check_rules()
        self._check_edges()

    def _check_rules(self) -> None:
        for name in self.index:
            if name not in self.rules:
                raise ModelError(f"node {name} has no rule", cure=f"Write '{name}, {name}' for an input.")
        for name, rule in self.rules.items():
            if name not in self.index:
                raise ModelError(f"rule of {name}: no such node", nearest=nearest(name, self.index))
            for regulator in rule.regulators:
                if regulator not in self.index:
                    raise ModelError(
                        f"rule of {name} names an unknown node '{regulator}'", nearest=nearest(regulator, self.index)
                    )
            if not rule.is_read_once:
                raise ModelError(
                    f"rule of {name} names a regulator twice", cure="Rewrite it so that each regulator occurs once."
                )

    def _check_edges(self) -> None:
        signs = {(s, t): sign for t, rule in self.rules.items() if not rule.is_input for s, sign in rule.signs.items()}
        seen: set[tuple[str, str]] = set()
        for edge in self.edges:
            key = (edge.source, edge.target)
            if key in seen:
                raise ModelError(f"edge {edge.source} -> {edge.target} is given twice")
            seen.add(key)
            if key not in signs:
                raise ModelError(f"edge {edge.source} -> {edge.target} is no regulator in the rule of {edge.target}")
            if signs[key] != edge.sign:
                raise ModelError(
                    f"edge {edge.source} -> {edge.target} has sign {edge.sign:+d}, its rule {signs[key]:+d}"
                )
        missing = next((key for key in signs if key not in seen), None)
        if missing is not None:
            raise ModelError(f"the rule of {missing[1]} uses {missing[0]}, but no edge says why")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the nodes in the order of every array."""
        return tuple(self.index)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the nodes that follow no rule."""
        return tuple(name for name in self.index if self.rules[name].is_input)

    def node(self, name: str) -> Node:
        """Return the node of this exact name (KeyError when there is none)."""
        return self.nodes[self.index[name]]

    def edges_into(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that end in `name`."""
        return tuple(edge for edge in self.edges if edge.target == name)

    def edges_from(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that start in `name`."""
        return tuple(edge for edge in self.edges if edge.source == name)
