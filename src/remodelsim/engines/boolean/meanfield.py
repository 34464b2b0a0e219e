"""A first guess at many interventions: means of independent nodes, where each is the mean of what it asks for.

Much faster than sampling, and a little beside it, since regulators are correlated: for choosing what to sample.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .events import DOOR, PART
from .tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SWEEPS, _CLOSE, _STEP = 200, 1e-6, 0.7


class Actions(NamedTuple):
    """What interventions do to nodes.

    Attributes
    ----------
    first : int64 array, shape (a + 1,)
        Where the nodes of an intervention stand.
    node : int64 array
        The nodes.
    alpha, beta : float64 arrays
        What a node asks for becomes alpha + beta times what it asked for.
    """

    first: Ints
    node: Ints
    alpha: Floats
    beta: Floats


@njit(forceinline=True, **PART)
def _asked(tables: Tables, i: int, means: Floats, slot: Floats) -> float:
    """Return the mean of what node i asks for, were its regulators independent."""
    leaf, leaves = tables.leaf_first[i], tables.leaf_first[i + 1] - tables.leaf_first[i]
    choice, choices = tables.choice_first[i], tables.choice_first[i + 1] - tables.choice_first[i]
    for k in range(leaves):
        slot[k] = tables.value[leaf + k]
    for c in range(choices):
        p = means[tables.which[choice + c]]
        slot[leaves + c] = p * slot[tables.high[choice + c]] + (1.0 - p) * slot[tables.low[choice + c]]
    return float(slot[leaves + choices - 1])


@njit(**PART)
def _settle(tables: Tables, alpha: Floats, beta: Floats, means: Floats, slot: Floats) -> None:
    """Move the means to where each is what its node asks for, node after node."""
    for _ in range(_SWEEPS):
        moved = 0.0
        for i in range(means.size):
            asked = alpha[i] if beta[i] == 0.0 else alpha[i] + beta[i] * _asked(tables, i, means, slot)
            step = asked - means[i] if beta[i] == 0.0 else _STEP * (asked - means[i])
            means[i] += step
            moved = max(moved, abs(step))
        if moved < _CLOSE:
            return


@njit(**DOOR)
def screen(
    tables: Tables, alpha: Floats, beta: Floats, actions: Actions, sets: Ints, start: Floats, wanted: Ints, out: Floats
) -> None:
    """Find the means of the wanted nodes under sets of interventions.

    Parameters
    ----------
    tables
        The rules.
    alpha, beta : ndarray, shape (n,)
        What holds in all of them.
    actions
        The interventions.
    sets : int64 array, shape (s, k)
        Interventions of each set, -1 for none.
    start : ndarray, shape (n,)
        Means to begin with.
    wanted : int64 array, shape (w,)
        Nodes to read.
    out : ndarray, shape (s, w)
        Receives their means.
    """
    n = tables.level.size
    most = 0
    for i in range(n):
        size = tables.leaf_first[i + 1] - tables.leaf_first[i] + tables.choice_first[i + 1] - tables.choice_first[i]
        most = max(most, size)
    slot, means, a, b = np.empty(most), np.empty(n), np.empty(n), np.empty(n)
    for s in range(sets.shape[0]):
        means[:], a[:], b[:] = start, alpha, beta
        for action in sets[s]:
            if action >= 0:
                for k in range(actions.first[action], actions.first[action + 1]):
                    i = actions.node[k]
                    a[i] = actions.alpha[k] + actions.beta[k] * a[i]
                    b[i] *= actions.beta[k]
        _settle(tables, a, b, means, slot)
        for w in range(wanted.size):
            out[s, w] = means[wanted[w]]
