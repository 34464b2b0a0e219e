"""Decision diagrams: a table as a chain of choices, each between two earlier results.

A table of 256 corners has few different values, and most rules are decided early ("no activator, no activity"). The
reduced diagram asks only what still matters, so that a kernel evaluates a rule for 512 copies by a handful of choices.
(Bryant 1986, https://doi.org/10.1109/TC.1986.1676819)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# values that differ by less are one leaf; 0 and 1 stay exact
_GRAIN = 2.0**-44


class Diagram(NamedTuple):
    """One table as choices.

    Attributes
    ----------
    values : float64 array, shape (l,)
        The different values of the table, ascending.
    which : int64 array, shape (c,)
        The input that decides a choice.
    high, low : int64 arrays, shape (c,)
        What is chosen where that input is 1, and where it is 0: a leaf below l, else choice number ``k - l``; always an
        earlier one. The last choice is the result; without any, the only leaf is.
    """

    values: Floats
    which: Ints
    high: Ints
    low: Ints


def leaves_of(table: Floats) -> tuple[Floats, Ints]:
    """Return the different values of a table, ascending, and for every corner the number of its value.

    Parameters
    ----------
    table
        Values in [0, 1].

    Returns
    -------
    tuple of float64 array and int64 array
        Values and numbers.
    """
    grains = np.clip(np.round(table / _GRAIN), 1, round(1.0 / _GRAIN) - 1).astype(np.int64)
    grains[table <= 0.0] = 0
    grains[table >= 1.0] = round(1.0 / _GRAIN)
    found, number = np.unique(grains, return_inverse=True)
    values = np.zeros(found.size)
    values[number.ravel()] = table
    values[found == 0] = 0.0
    values[found == round(1.0 / _GRAIN)] = 1.0
    return values, number.reshape(-1).astype(np.int64)


def diagram_of(table: Floats) -> Diagram:
    """Return the reduced diagram of a table, the smallest of a few orders of its inputs.

    Parameters
    ----------
    table : ndarray, shape (2^k,)
        Bit j of the position is input j.

    Returns
    -------
    Diagram
        Choices that give the table.

    Examples
    --------
    >>> diagram_of(np.array([0.0, 0.0, 0.0, 1.0])).which.size
    2
    """
    values, number = leaves_of(table)
    inputs = int(table.size).bit_length() - 1
    cube = number.reshape((2,) * inputs)
    built = [_reduced(cube, order, values) for order in _orders(cube, inputs)]
    return min(built, key=lambda diagram: diagram.which.size)


def _orders(cube: Ints, inputs: int) -> list[list[int]]:
    """Return orders worth trying, the input that is asked last in the first place."""
    usual = list(range(inputs))
    if inputs < 2:
        return [usual]
    decided = []
    for j in usual:
        halves = [np.take(cube, side, axis=inputs - 1 - j) for side in (0, 1)]
        decided.append(min(np.unique(half).size for half in halves))
    # an input that settles much is asked first
    settling = sorted(usual, key=lambda j: -decided[j])
    return [usual, usual[::-1], settling]


def _reduced(cube: Ints, order: list[int], values: Floats) -> Diagram:
    inputs = len(order)
    # axis a of the cube is input k - 1 - a; after this, the input asked last varies fastest
    ids = np.transpose(cube, [inputs - 1 - j for j in reversed(order)]).reshape(-1) if inputs else cube.reshape(-1)
    which: list[int] = []
    high: list[int] = []
    low: list[int] = []
    for j in order:
        without, with_ = ids[0::2], ids[1::2]
        differ = without != with_
        pairs, place = np.unique(np.stack([without[differ], with_[differ]], axis=1), axis=0, return_inverse=True)
        ids = without.copy()
        ids[differ] = values.size + len(which) + place.reshape(-1)
        which.extend([j] * len(pairs))
        low.extend(pairs[:, 0].tolist())
        high.extend(pairs[:, 1].tolist())
    return Diagram(values, np.asarray(which, np.int64), np.asarray(high, np.int64), np.asarray(low, np.int64))
