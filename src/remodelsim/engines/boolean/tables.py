"""Look-up tables: what each node asks for in every corner of its regulators, unbiased in health.

A Boolean node resamples itself at rate 1/tau: it becomes 1 with probability G(s), s in {0, 1}^n, which is flipping on
at rate G(s)/tau and off at (1 - G(s))/tau. The mean of G over corners is not G of the mean, so the odds of every rule
get a bias that makes the mean over independent regulators at their healthy levels equal the healthy level.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import ModelError
from ..gate import odds_gate, rule_value
from ..program import LEAF, Constants, Program

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
    """

    regulator: Ints
    first: Ints
    count: Ints  # type: ignore[assignment]  # the method of tuples that it hides is not used
    offset: Ints
    asked: Floats
    level: Floats
    rate: Floats


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
    n = constants.level.size
    regulator: list[int] = []
    first, count, offset = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    parts: list[Floats] = []
    size = 0
    for i in range(n):
        leaves = [k for k in range(program.start[i], program.start[i + 1]) if program.kind[k] == LEAF]
        sources = [int(program.source[program.edge[k]]) for k in leaves]
        if len(sources) > MOST_REGULATORS:
            raise ModelError(f"a rule has {len(sources)} regulators", allowed=[f"up to {MOST_REGULATORS}"])
        first[i], count[i], offset[i] = len(regulator), len(sources), size
        regulator.extend(sources)
        table = _table(program, constants, i, np.asarray(sources, np.int64))
        parts.append(table)
        size += table.size
    return Tables(
        np.asarray(regulator, np.int64),
        first,
        count,
        offset,
        np.concatenate(parts) if parts else np.zeros(0),
        constants.level.copy(),
        1.0 / constants.tau,
    )


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
