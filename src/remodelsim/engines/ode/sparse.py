"""Static sparse LU: which entries fill in is settled once per network; factoring only follows the recipe.

The matrices are ``shift I - J`` with the Jacobian J of one network at many states, so one order of elimination serves
all of them. Pivots are taken from the diagonal, without exchange: for the short steps of an integrator the shift makes
it dominant, and a longer step that loses digits is refused by the integrator's own error estimate.

Values lie in rows of lanes (samples that are treated alike), the lane being the last axis; ``len(width)`` is how many,
a constant for the compiler. Every lane is computed by the same operations in the same order, whatever its neighbours
hold and whatever the width.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .vector import KERNEL, fill, load, rows, store

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Pattern(NamedTuple):
    """Where J has entries, and in which order it is eliminated; N rows.

    Attributes
    ----------
    row : int64 array, shape (N + 1,)
        Entries of row i of J are ``row[i] .. row[i + 1] - 1``; the diagonal is always among them.
    column : int64 array
        Column of each entry of J, ascending in a row.
    order : int64 array, shape (N,)
        Row and column that is eliminated k-th.
    rank : int64 array, shape (N,)
        Inverse of `order`.
    low, high : int64 arrays, shape (N + 1,)
        Entries of the k-th pivot row in L and in U, diagonal left out.
    low_column, high_column : int64 arrays
        Columns of these entries; those of L in the order in which they are eliminated.
    """

    row: Ints
    column: Ints
    order: Ints
    rank: Ints
    low: Ints
    high: Ints
    low_column: Ints
    high_column: Ints


class Factors(NamedTuple):
    """Numbers of a factored matrix, for w lanes; scratch for `factor`.

    Attributes
    ----------
    low, high : float64 arrays, shape (entries of L or U, w)
        Numbers of L and U without their diagonals (that of L is 1).
    inverse : float64 array, shape (N, w)
        Reciprocal pivots, by row.
    scratch : float64 array, shape (N, w)
        One row at a time.
    """

    low: Floats
    high: Floats
    inverse: Floats
    scratch: Floats


def analyse(size: int, entries: Iterable[tuple[int, int]]) -> Pattern:
    """Choose an order of elimination and find the fill-in.

    The next pivot is the one whose elimination touches fewest entries, (entries in its row - 1) (entries in its
    column - 1); Markowitz 1957, https://doi.org/10.1287/mnsc.3.3.255. Ties go to the lower number.

    Parameters
    ----------
    size
        Number of rows.
    entries
        Row and column of every entry that may differ from 0; the diagonal is added.

    Returns
    -------
    Pattern
        The same for the same entries in any order.

    Examples
    --------
    An arrow pointing down fills nothing in when its tip goes last.

    >>> arrow = [(0, k) for k in range(1, 5)] + [(k, 0) for k in range(1, 5)]
    >>> pattern = analyse(5, arrow)
    >>> int(pattern.order[-1]) in (0, 4), len(pattern.low_column) + len(pattern.high_column)
    (True, 8)
    """
    filled = [{i} for i in range(size)]
    columns = [{i} for i in range(size)]
    for i, j in entries:
        filled[i].add(j)
        columns[j].add(i)
    original = [sorted(row) for row in filled]
    order = _eliminate(filled, columns)
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(size)
    low = [sorted((j for j in filled[i] if rank[j] < rank[i]), key=lambda j: int(rank[j])) for i in order]
    high = [sorted((j for j in filled[i] if rank[j] > rank[i]), key=lambda j: int(rank[j])) for i in order]
    return Pattern(
        *_flat(original),
        order=np.asarray(order, dtype=np.int64),
        rank=rank,
        low=_flat(low)[0],
        high=_flat(high)[0],
        low_column=_flat(low)[1],
        high_column=_flat(high)[1],
    )


def _eliminate(filled: list[set[int]], columns: list[set[int]]) -> list[int]:
    """Return the order of elimination; adds the fill-in to `filled` and `columns`."""
    left_rows = [set(row) for row in filled]
    left_columns = [set(column) for column in columns]
    left = set(range(len(filled)))
    order = []
    while left:
        pivot = min(left, key=lambda k: ((len(left_rows[k]) - 1) * (len(left_columns[k]) - 1), k))
        order.append(pivot)
        left.discard(pivot)
        right, below = left_rows[pivot] - {pivot}, left_columns[pivot] - {pivot}
        for i in below:
            left_rows[i].discard(pivot)
            left_rows[i] |= right
            filled[i] |= right
        for j in right:
            left_columns[j].discard(pivot)
            left_columns[j] |= below
            columns[j] |= below
    return order


def _flat(lists: list[list[int]]) -> tuple[Ints, Ints]:
    """Return where each list starts, and all of them end to end."""
    start = np.concatenate([[0], np.cumsum([len(part) for part in lists])]).astype(np.int64)
    return start, np.asarray([k for part in lists for k in part], dtype=np.int64)


def entry(pattern: Pattern, i: int, j: int) -> int:
    """Return the position of entry (i, j) among the values of a J of this `pattern`, -1 where J has none."""
    first, last = int(pattern.row[i]), int(pattern.row[i + 1])
    k = first + int(np.searchsorted(pattern.column[first:last], j))
    return k if k < last and pattern.column[k] == j else -1


def make_factors(pattern: Pattern, width: int) -> Factors:
    """Return empty factors for `width` lanes."""
    n = pattern.order.size
    return Factors(
        low=rows(pattern.low_column.size, width),
        high=rows(pattern.high_column.size, width),
        inverse=rows(n, width),
        scratch=rows(n, width),
    )


@njit(**KERNEL)
def factor(pattern: Pattern, values: Floats, shift: Floats, factors: Factors, width: tuple[int, ...]) -> None:
    """Factor ``diag(shift) - J``.

    Parameters
    ----------
    pattern
        Of J.
    values : ndarray, shape (entries of J, w)
        J.
    shift : ndarray, shape (N, w)
        Added to the diagonal of -J.
    factors
        Receives L and U. A pivot of 0 leaves infinities there.
    width
        A tuple of w integers; only its length counts.
    """
    x, low, high, inverse = factors.scratch, factors.low, factors.high, factors.inverse
    nothing = fill(0.0, width)
    for k in range(pattern.order.size):
        i = pattern.order[k]
        for p in range(pattern.low[k], pattern.low[k + 1]):
            store(x, pattern.low_column[p], nothing)
        for p in range(pattern.high[k], pattern.high[k + 1]):
            store(x, pattern.high_column[p], nothing)
        store(x, i, load(shift, i, width))
        for p in range(pattern.row[i], pattern.row[i + 1]):
            c = pattern.column[p]
            store(x, c, load(x, c, width) - load(values, p, width))
        for p in range(pattern.low[k], pattern.low[k + 1]):
            c = pattern.low_column[p]
            multiple = load(x, c, width) * load(inverse, c, width)
            store(low, p, multiple)
            q = pattern.rank[c]
            for r in range(pattern.high[q], pattern.high[q + 1]):
                d = pattern.high_column[r]
                store(x, d, load(x, d, width) - multiple * load(high, r, width))
        store(inverse, i, 1.0 / load(x, i, width))
        for p in range(pattern.high[k], pattern.high[k + 1]):
            store(high, p, load(x, pattern.high_column[p], width))


@njit(**KERNEL)
def solve(pattern: Pattern, factors: Factors, x: Floats, width: tuple[int, ...]) -> None:
    """Solve L U x = x in place, for x of shape (N, w)."""
    n = pattern.order.size
    for k in range(n):
        i = pattern.order[k]
        value = load(x, i, width)
        for p in range(pattern.low[k], pattern.low[k + 1]):
            value = value - load(factors.low, p, width) * load(x, pattern.low_column[p], width)
        store(x, i, value)
    for back in range(n):
        k = n - 1 - back
        i = pattern.order[k]
        value = load(x, i, width)
        for p in range(pattern.high[k], pattern.high[k + 1]):
            value = value - load(factors.high, p, width) * load(x, pattern.high_column[p], width)
        store(x, i, value * load(factors.inverse, i, width))
