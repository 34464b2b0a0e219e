"""Look-up tables: what each node asks for in every corner of its regulators, unbiased in health.

A Boolean node resamples itself at rate 1/tau: it becomes 1 with probability G(s), s in {0, 1}^n, which is flipping on
at rate G(s)/tau and off at (1 - G(s))/tau. The mean of G over corners is not G of the mean, so the odds of every rule
get a bias that makes the mean over independent regulators at their healthy levels equal the healthy level.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import ModelError
from ..gate import odds_gate, rule_value
from ..program import LEAF, Constants, Program
from .diagram import Diagram, diagram_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_REGULATORS = 20


class Tables(NamedTuple):
    """The rules of a network as tables; n nodes.

    Attributes
    ----------
    regulator : int64 array
        Regulators of all nodes, one after the other.
    first, count : int64 arrays, shape (n,)
        Where the regulators of a node stand.
    offset : int64 array, shape (n,)
        Where its table starts; bit j of the position is the state of its j-th regulator.
    asked : float64 array
        All tables.
    level : float64 array, shape (n,)
        Healthy levels.
    rate : float64 array, shape (n,)
        Resampling rate 1/tau per day.
    leaf_first, choice_first : int64 arrays, shape (n + 1,)
        Where the leaves and the choices of a node's diagram stand.
    value : float64 array
        What is asked for at each leaf.
    which, high, low : int64 arrays
        The choices of all diagrams (see `Diagram`); `which` counts nodes of the network.
    keep : float64 array, shape (n,)
    instead : int64 array, shape (n,)
        By which an event picks its node (Walker's aliases, https://doi.org/10.1145/355744.355749).
    total : float
        Sum of the rates.
    """

    regulator: Ints
    first: Ints
    count: Ints  # type: ignore[assignment]  # the method of tuples that it hides is not used
    offset: Ints
    asked: Floats
    level: Floats
    rate: Floats
    leaf_first: Ints
    choice_first: Ints
    value: Floats
    which: Ints
    high: Ints
    low: Ints
    keep: Floats
    instead: Ints
    total: float


def make_tables(program: Program, constants: Constants) -> Tables:
    """Tabulate every rule of one draw.

    Parameters
    ----------
    program, constants
        Rules and numbers of the draw.

    Returns
    -------
    Tables
        The tables, anchored so that the healthy levels are the mean under independent regulators.

    Raises
    ------
    ModelError
        When a rule has more than 20 regulators.
    """
    regulators, parts = [], []
    for i in range(constants.level.size):
        leaves = [k for k in range(program.start[i], program.start[i + 1]) if program.kind[k] == LEAF]
        sources = np.asarray([program.source[program.edge[k]] for k in leaves], np.int64)
        if sources.size > MOST_REGULATORS:
            raise ModelError(f"a rule has {sources.size} regulators", allowed=[f"up to {MOST_REGULATORS}"])
        regulators.append(sources)
        parts.append(_table(program, constants, i, sources))
    return tables_of(regulators, parts, constants.level.copy(), 1.0 / constants.tau)


def tables_of(regulators: Sequence[Ints], parts: Sequence[Floats], level: Floats, rate: Floats) -> Tables:
    """Put the tables of all nodes together.

    Parameters
    ----------
    regulators
        Regulators of each node.
    parts
        Table of each node, shape (2^k,) for k regulators.
    level, rate : ndarray, shape (n,)
        Probability of being on at the start, and resampling rate.

    Returns
    -------
    Tables
        The tables.
    """
    known: dict[bytes, Diagram] = {}
    for part in parts:
        if part.tobytes() not in known:
            known[part.tobytes()] = diagram_of(part)
    diagrams = [known[part.tobytes()] for part in parts]
    keep, instead = aliases(rate)
    return Tables(
        regulator=_joined(regulators),
        first=_starts([r.size for r in regulators])[:-1],
        count=np.asarray([r.size for r in regulators], np.int64),
        offset=_starts([part.size for part in parts])[:-1],
        asked=np.concatenate([np.zeros(0), *parts]),
        level=level,
        rate=rate,
        leaf_first=_starts([d.values.size for d in diagrams]),
        choice_first=_starts([d.which.size for d in diagrams]),
        value=np.concatenate([np.zeros(0), *(d.values for d in diagrams)]),
        which=_joined([r[d.which] for r, d in zip(regulators, diagrams, strict=True) if d.which.size]),
        high=_joined([d.high for d in diagrams]),
        low=_joined([d.low for d in diagrams]),
        keep=keep,
        instead=instead,
        total=float(rate.sum()),
    )


def _joined(pieces: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *pieces])


def _starts(sizes: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)


def aliases(rate: Floats) -> tuple[Floats, Ints]:
    """Return, for each `rate`, how much of a column it keeps, and which node has the rest of that column."""
    keep, instead = rate * (rate.size / rate.sum()), np.arange(rate.size, dtype=np.int64)
    poor = [i for i in range(rate.size) if keep[i] < 1.0]
    rich = [i for i in range(rate.size) if keep[i] >= 1.0]
    while poor and rich:
        needy, giver = poor.pop(), rich[-1]
        instead[needy] = giver
        keep[giver] -= 1.0 - keep[needy]
        if keep[giver] < 1.0:
            poor.append(rich.pop())
    keep[[*poor, *rich]] = 1.0
    return keep, instead


@njit(cache=True)
def _corners(program: Program, strength: Floats, i: int, sources: Ints, n: int) -> Floats:
    """Return B of node i in every corner of its regulators."""
    x, values = np.zeros(n), np.empty(program.kind.size)
    out = np.empty(1 << sources.size)
    for corner in range(out.size):
        for j in range(sources.size):
            x[sources[j]] = float((corner >> j) & 1)
        out[corner] = rule_value(program, strength, x, i, values)
    return out


@njit(cache=True)
def _chances(level: Floats, sources: Ints) -> Floats:
    """Return the probability of every corner under independent regulators."""
    out = np.ones(1 << sources.size)
    for corner in range(out.size):
        for j in range(sources.size):
            p = level[sources[j]]
            out[corner] *= p if (corner >> j) & 1 else 1.0 - p
    return out


@njit(cache=True)
def _mean(b: Floats, chance: Floats, gain: float, anchor: float) -> float:
    total = 0.0
    for k in range(b.size):
        total += chance[k] * odds_gate(b[k], gain, anchor)
    return total


@njit(cache=True)
def _table(program: Program, constants: Constants, i: int, sources: Ints) -> Floats:
    """Return the table of node i; an input asks for its level."""
    level = constants.level[i]
    if program.start[i] == program.start[i + 1]:
        return np.full(1, level)
    b = _corners(program, constants.strength, i, sources, constants.level.size)
    if level == 0.0:
        return np.minimum(b / constants.anchor[i], 1.0)
    chance = _chances(constants.level, sources)
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if _mean(b, chance, constants.gain[i], constants.anchor[i] * np.exp(middle)) < level:
            low = middle
        else:
            high = middle
    out = np.empty(b.size)
    for k in range(b.size):
        out[k] = odds_gate(b[k], constants.gain[i], constants.anchor[i] * np.exp(0.5 * (low + high)))
    return out
