"""Whether steady states are stable: the largest real part of the eigenvalues of their Jacobians, for many samples.

The eigenvalues of a matrix are those of its strongly connected components (a node that hears of itself through no loop
adds its own decay), so that dense algebra meets only the largest loop of the network.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .lane_data import Draws, Numbers, Scratch, load_doing, load_draw, make_numbers, make_scratch
from .lane_queue import Plan
from .lane_rates import entries
from .layout import Layout
from .vector import WIDTH, rows

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


# the door from Python
@njit(cache=True, nogil=True, error_model="numpy")
def _jacobians(
    layout: Layout,
    draws: Draws,
    plan: Plan,
    states: Floats,
    day: float,
    out: Floats,
    numbers: Numbers,
    scratch: Scratch,
    y: Floats,
    values: Floats,
    width: tuple[int, ...],
) -> None:
    """Write the values of the sparse Jacobian of every sample, in what its last stretch does, shape (M, entries)."""
    lanes, samples = len(width), plan.draw.size
    t = np.full(lanes, day)
    for begin in range(0, samples, lanes):
        for w in range(lanes):
            m = min(begin + w, samples - 1)
            k = plan.first[m + 1] - 1
            load_draw(numbers, draws, plan.draw[m], w)
            load_doing(layout, numbers, plan.doings, plan.doing[k], plan.drug[k], plan.origin[k], w)
            for i in range(y.shape[0]):
                y[i, w] = states[m, i]
        entries(layout, numbers, scratch, t, y, values, width)
        for w in range(min(lanes, samples - begin)):
            for p in range(out.shape[1]):
                out[begin + w, p] = values[p, w]


def components(row: Ints, column: Ints) -> list[Ints]:
    """Return the strongly connected components of a graph in compressed rows, each as ascending positions."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(column.size), column, row), shape=(row.size - 1, row.size - 1))
    count, label = connected_components(graph, directed=True, connection="strong")
    order = np.argsort(label, kind="stable").astype(np.int64)
    return np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])


def largest_real_part(matrix: Floats) -> float:
    """Return the largest real part of the eigenvalues of one matrix.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        With many zeros.

    Returns
    -------
    float
        nan where an entry is.

    Examples
    --------
    >>> largest_real_part(np.array([[-1.0, 7.0], [0.0, -3.0]]))
    -1.0
    """
    row = np.concatenate([[0], np.cumsum(np.count_nonzero(matrix, axis=1))]).astype(np.int64)
    return _largest(matrix, components(row, np.nonzero(matrix)[1].astype(np.int64)))


def largest_real_parts(
    layout: Layout, draws: Draws, plan: Plan, states: Floats, *, day: float = np.inf, threads: int = 1
) -> Floats:
    """Return the largest real part of the eigenvalues of each sample's Jacobian; what is held is left out.

    Parameters
    ----------
    layout, draws, plan
        The network, its draws, and what is done. Of each sample only the last stretch counts.
    states : ndarray, shape (M, N)
        Where to differentiate.
    day
        Day at which courses of inputs and drug levels are frozen; by default for ever.
    threads
        How many threads to use.

    Returns
    -------
    ndarray, shape (M,)
        Per day: below 0 where small disturbances die out; nan where the state is.
    """
    samples, n = states.shape
    values = np.empty((samples, layout.pattern.column.size))
    _jacobians(
        layout,
        draws,
        plan,
        np.ascontiguousarray(states, dtype=np.float64),
        float(day),
        values,
        make_numbers(layout, draws.parameters.shape[1], WIDTH),
        make_scratch(layout, WIDTH),
        rows(n, WIDTH),
        rows(layout.pattern.column.size, WIDTH),
        (0,) * WIDTH,
    )
    loops = components(layout.pattern.row, layout.pattern.column)
    held = plan.doings.held[plan.doing[plan.first[1:] - 1]] == 1
    row = np.repeat(np.arange(n), np.diff(layout.pattern.row))

    def part(m: int) -> float:
        dense = np.zeros((n, n))
        dense[row, layout.pattern.column] = values[m]
        return _largest(dense, [loop[~held[m][loop]] for loop in loops])

    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(part, range(samples))), dtype=np.float64)


def _largest(dense: Floats, loops: list[Ints]) -> float:
    """Return the largest real part of the eigenvalues of a matrix that falls into loops."""
    if not np.isfinite(dense).all():
        return float("nan")
    found = -np.inf
    for loop in loops:
        if loop.size == 1:
            found = max(found, float(dense[loop[0], loop[0]]))
        elif loop.size:
            found = max(found, float(np.linalg.eigvals(dense[np.ix_(loop, loop)]).real.max()))
    return found
