"""Sampling the Boolean process under one shared clock.

Every lane (an arm of an experiment) sees the same events at the same times and the same random numbers, so each lane
follows its exact law (MaBoSS's law with rates G/tau and (1 - G)/tau, https://doi.org/10.1093/bioinformatics/btx123)
while the differences between lanes come out paired.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .tables import Tables

Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]


class Stretch(NamedTuple):
    """A stretch of time in which nothing is switched.

    Attributes
    ----------
    alpha, beta : float64 arrays, shape (lanes, n)
        Action on what a node asks for: alpha + beta G; a held node has beta 0.
    days : float
        Length.
    """

    alpha: Floats
    beta: Floats
    days: float


@njit(cache=True)
def cumulated(rate: Floats) -> Floats:
    """Return the cumulated rates, by which an event picks its node."""
    return np.cumsum(rate)


@njit(cache=True)
def _corner(tables: Tables, state: Bits, i: int) -> int:
    corner = 0
    for j in range(tables.count[i]):
        corner += int(state[tables.regulator[tables.first[i] + j]]) << j
    return int(tables.offset[i]) + corner


@njit(cache=True)
def begin(tables: Tables, lanes: int) -> Bits:
    """Return one state of independent nodes at their healthy levels, the same in every lane."""
    state = np.empty((lanes, tables.level.size), np.uint8)
    for i in range(tables.level.size):
        state[:, i] = 1 if np.random.random() < tables.level[i] else 0
    return state


@njit(cache=True)
def advance(tables: Tables, cumulative: Floats, alpha: Floats, beta: Floats, days: float, state: Bits) -> None:
    """Run all lanes for `days`: at each event one node, the same in every lane, becomes what it asks for."""
    lanes, n = state.shape
    total = cumulative[n - 1]
    t = -np.log(1.0 - np.random.random()) / total
    while t < days:
        i = min(np.searchsorted(cumulative, np.random.random() * total, side="right"), n - 1)
        u = np.random.random()
        for lane in range(lanes):
            p = alpha[lane, i] + beta[lane, i] * tables.asked[_corner(tables, state[lane], i)]
            state[lane, i] = 1 if u < p else 0
        t -= np.log(1.0 - np.random.random()) / total


@njit(cache=True)
def look(tables: Tables, alpha: Floats, beta: Floats, state: Bits, asked: Floats) -> None:
    """Add what every node asks for now; its mean is the mean activity, with less noise than the states themselves."""
    lanes, n = state.shape
    for lane in range(lanes):
        for i in range(n):
            asked[lane, i] += alpha[lane, i] + beta[lane, i] * tables.asked[_corner(tables, state[lane], i)]


@njit(cache=True, nogil=True)
def replicate(
    seed: int,
    tables: Tables,
    alpha: Floats,
    beta: Floats,
    days: Floats,
    looks: Floats,
    burn_in: float,
    course: Floats,
    means: Floats,
) -> None:
    """Run one replicate: healthy burn-in, then the stretches.

    Parameters
    ----------
    seed
        Seed of this replicate.
    tables
        The rules.
    alpha, beta : ndarray, shape (stretches, lanes, n)
        What is done in each stretch.
    days : ndarray, shape (stretches,)
        Their lengths.
    looks : ndarray, shape (stretches,)
        How often the process is looked at in the second half of each stretch.
    burn_in
        Days of health before day 0.
    course : ndarray, shape (stretches, lanes, n)
        Receives the states at the end of each stretch.
    means : ndarray, shape (stretches, lanes, n)
        Receives the mean activities over the second half of each stretch.
    """
    np.random.seed(seed)
    stretches, lanes, n = alpha.shape
    cumulative = cumulated(tables.rate)
    healthy = begin(tables, 1)
    advance(tables, cumulative, np.zeros((1, n)), np.ones((1, n)), burn_in, healthy)
    state = np.empty((lanes, n), np.uint8)
    for lane in range(lanes):
        state[lane] = healthy[0]
    for s in range(stretches):
        advance(tables, cumulative, alpha[s], beta[s], 0.5 * days[s], state)
        asked = np.zeros((lanes, n))
        for _ in range(int(looks[s])):
            advance(tables, cumulative, alpha[s], beta[s], 0.5 * days[s] / looks[s], state)
            look(tables, alpha[s], beta[s], state, asked)
        means[s] = asked / looks[s]
        for lane in range(lanes):
            for i in range(n):
                course[s, lane, i] = state[lane, i]
