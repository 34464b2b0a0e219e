"""The gate: how a rule turns the activities of its regulators into the activity it asks for.

With B the rule in product logic at w x, and l the healthy level::

    G(x) = sigmoid(logit l + h (logit B(w x) - logit B(w l))),   G = 0 where B = 0,   G = 1 where B = 1

which is ``c B^h / ((1 - B)^h + c B^h)`` with ``c = l / (1 - l) ((1 - B0) / B0)^h``. A node that is silent in health
has no odds to anchor; it follows ``B(w x) / B(w best)``. Both rooms of the engines use this one gate.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..ground.errors import ModelError
from ..nouns.network import Network
from .program import AND, LEAF, OR, Constants, Program

Floats = NDArray[np.float64]


@njit(cache=True, inline="always")
def leaf_value(sign: int, activity: float) -> float:
    """Value of a leaf: the weighted activity, or its complement."""
    return activity if sign > 0 else 1.0 - activity


@njit(cache=True)
def rule_value(program: Program, strength: Floats, x: Floats, i: int, values: Floats) -> float:
    """Evaluate the rule of node i in product logic at w x; fills `values` for `rule_slopes`."""
    for k in range(program.start[i], program.start[i + 1]):
        if program.kind[k] == LEAF:
            edge = program.edge[k]
            values[k] = leaf_value(program.sign[k], strength[edge] * x[program.source[edge]])
            continue
        product = 1.0
        for p in range(program.first[k], program.first[k] + program.count[k]):
            part = values[program.parts[p]]
            product *= part if program.kind[k] == AND else 1.0 - part
        values[k] = product if program.kind[k] == AND else 1.0 - product
    return values[program.start[i + 1] - 1]


@njit(cache=True)
def rule_slopes(program: Program, strength: Floats, i: int, values: Floats, slopes: Floats) -> None:
    """Write dB/dx of every edge into node i to `slopes[edge]`, by one backward pass over the tree.

    `values` must come from `rule_value` at the same point; it is overwritten with adjoints.
    """
    first, root = program.start[i], program.start[i + 1] - 1
    adjoint = np.zeros(root + 1 - first)
    adjoint[root - first] = 1.0
    for k in range(root, first - 1, -1):
        if program.kind[k] == LEAF:
            edge = program.edge[k]
            slopes[edge] = adjoint[k - first] * program.sign[k] * strength[edge]
            continue
        begin, end = program.first[k], program.first[k] + program.count[k]
        for p in range(begin, end):
            others = 1.0
            for q in range(begin, end):
                if q != p:
                    part = values[program.parts[q]]
                    others *= part if program.kind[k] == AND else 1.0 - part
            adjoint[program.parts[p] - first] = adjoint[k - first] * others


@njit(cache=True)
def odds_gate(b: float, gain: float, anchor: float) -> float:
    """Return G for a rule value b in [0, 1]; exactly 0 at 0 and 1 at 1."""
    if b <= 0.0:
        return 0.0
    if b >= 1.0:
        return 1.0
    up = anchor * b**gain
    return up / ((1.0 - b) ** gain + up)


@njit(cache=True)
def odds_slope(b: float, gain: float, anchor: float) -> float:
    """Return dG/dB, for gains below 1 (infinitely steep at the corners) that of a point just inside."""
    inside = 0.0 if gain >= 1.0 else 1e-9
    b = min(max(b, inside), 1.0 - inside)
    down, up = (1.0 - b) ** gain, anchor * b**gain
    return anchor * gain * (b * (1.0 - b)) ** (gain - 1.0) / (down + up) ** 2


@njit(cache=True)
def node_gate(program: Program, constants: Constants, x: Floats, i: int, values: Floats) -> float:
    """Return G of node i; an input asks for its healthy level."""
    if program.start[i] == program.start[i + 1]:
        return constants.level[i]
    b = rule_value(program, constants.strength, x, i, values)
    if constants.level[i] == 0.0:
        return min(b / constants.anchor[i], 1.0)
    return odds_gate(b, constants.gain[i], constants.anchor[i])


@njit(cache=True)
def node_slope(constants: Constants, i: int, b: float) -> float:
    """Return dG/dB of node i at rule value b."""
    if constants.level[i] == 0.0:
        return 1.0 / constants.anchor[i] if b < constants.anchor[i] else 0.0
    return odds_slope(b, constants.gain[i], constants.anchor[i])


@njit(cache=True)
def best_values(program: Program, strength: Floats, i: int, values: Floats) -> float:
    """Return B of node i with every activator at 1 and every inhibitor at 0."""
    for k in range(program.start[i], program.start[i + 1]):
        if program.kind[k] == LEAF:
            values[k] = strength[program.edge[k]] if program.sign[k] > 0 else 1.0
            continue
        product = 1.0
        for p in range(program.first[k], program.first[k] + program.count[k]):
            part = values[program.parts[p]]
            product *= part if program.kind[k] == AND else 1.0 - part
        values[k] = product if program.kind[k] == AND else 1.0 - product
    return values[program.start[i + 1] - 1]


@njit(cache=True)
def anchors(program: Program, level: Floats, gain: Floats, strength: Floats) -> Floats:
    """Return the anchor of every node (see `Constants`); nan where a rule contradicts its healthy level."""
    out = np.ones(level.size)
    values = np.empty(program.kind.size)
    for i in range(level.size):
        if program.start[i] == program.start[i + 1]:
            continue
        b = rule_value(program, strength, level, i, values)
        if level[i] == 0.0:
            out[i] = best_values(program, strength, i, values) if b == 0.0 else np.nan
        elif b <= 0.0 or b >= 1.0:
            out[i] = np.nan
        else:
            out[i] = level[i] / (1.0 - level[i]) * ((1.0 - b) / b) ** gain[i]
    return out


def make_constants(
    network: Network, program: Program, level: Floats, gain: Floats, tau_h: Floats, strength: Floats
) -> Constants:
    """Anchor one parameter draw in its healthy state.

    Parameters
    ----------
    network
        The network, for names in messages.
    program
        Its rules as arrays.
    level, gain, tau_h
        Healthy level, gain and time constant in hours, shape (n,).
    strength
        Strength of each edge, shape (e,).

    Returns
    -------
    Constants
        The numbers a kernel needs.

    Raises
    ------
    ModelError
        When the rule of a node is 0 or 1 in health while its level is between, or the other way round.
    """
    anchor = anchors(program, level, gain, strength)
    if np.isnan(anchor).any():
        bad = network.names[int(np.flatnonzero(np.isnan(anchor))[0])]
        raise ModelError(
            f"healthy level {level[network.index[bad]]:g} of {bad} contradicts its rule",
            cure="Give it level 0 only where its rule is 0 in health, and never where it is not.",
        )
    return Constants(level, gain, tau_h / 24.0, strength, anchor)


def published_constants(network: Network, program: Program) -> Constants:
    """Return the reference draw: the numbers that stand in the tables.

    Parameters
    ----------
    network
        The network.
    program
        Its rules as arrays.

    Returns
    -------
    Constants
        Levels, gains, times and strengths of nodes.csv and edges.csv.

    Raises
    ------
    ModelError
        As `make_constants`.
    """
    return make_constants(
        network,
        program,
        np.array([node.level for node in network.nodes]),
        np.array([node.gain for node in network.nodes]),
        np.array([node.tau_h for node in network.nodes]),
        np.array([edge.strength for edge in network.edges]),
    )


__all__ = [
    "LEAF",
    "OR",
    "anchors",
    "make_constants",
    "node_gate",
    "node_slope",
    "odds_gate",
    "odds_slope",
    "published_constants",
    "rule_slopes",
    "rule_value",
]
