"""The events of one replicate: which node is asked when, and which of the answers anybody reads.

Most events change nothing that matters: a fast node is asked again before any other node has looked at it. Since who is
asked does not depend on the states, such events are found beforehand and left out, without any change to the result.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(1)
_WHEN, _WHO, _HOW_MANY = np.uint64(0x6A09E667F3BCC909), np.uint64(0xBB67AE8584CAA73B), np.uint64(0xA54FF53A5F1D36F1)
# mean number of events in one cell of time
PER_CELL = 64
# the arrays belong to the caller: counting references to them would cost more than the computation
PART: dict[str, Any] = {
    "cache": True,
    "_nrt": False,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
DOOR: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True}


class Events(NamedTuple):
    """The events of one replicate.

    Attributes
    ----------
    who : int32 array, shape (e,)
        Node that is asked.
    live : bool array, shape (e,)
        Whether anybody reads the answer.
    stops : int64 array
        Number of events before each stop.
    """

    who: Numbers
    live: NDArray[np.bool_]
    stops: Ints


@njit(forceinline=True, **PART)
def mixed(z: Any) -> Any:
    """Return 64 bits that look random and depend on `z` alone (the finisher of SplitMix64)."""
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@njit(forceinline=True, **PART)
def share(z: Any) -> float:
    """Return a number above 0 and below 1."""
    return float((np.float64(z >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0))


@njit(forceinline=True, **PART)
def base_of(seed: int) -> Any:
    """Return what all random numbers of a replicate start from."""
    return mixed(np.uint64(seed) * GOLDEN + _ONE)


def _cumulated_poisson(mean: float) -> Floats:
    """Return the probability of at most 0, 1, 2 ... events, up to where 1 is reached."""
    most = int(mean + 12.0 * np.sqrt(mean))
    logs = np.arange(1, most + 1)
    return np.concatenate([[np.exp(-mean)], np.exp(-mean + np.cumsum(np.log(mean / logs)))]).cumsum()


AT_MOST = _cumulated_poisson(float(PER_CELL))


@njit(**DOOR)
def _counts(base: Any, cells: int, at_most: Floats) -> Ints:
    """Draw how many events fall into each cell of time."""
    out = np.empty(cells, np.int64)
    for c in range(cells):
        out[c] = np.searchsorted(at_most, share(mixed(mixed(base ^ _HOW_MANY) + np.uint64(c) * GOLDEN)))
    return out


@njit(**DOOR)
def _fill(tables: Tables, base: Any, who: Numbers) -> None:
    """Draw which node is asked at each event, in proportion to the rates."""
    n = tables.level.size
    for e in range(who.size):
        drawn = mixed(mixed(base + np.uint64(e) * GOLDEN) ^ _WHO)
        i = np.int64(((drawn >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))
        if np.float64(drawn & np.uint64(0xFFFFFFFF)) >= tables.keep[i] * 4294967296.0:
            i = tables.instead[i]
        who[e] = i


@njit(**DOOR)
def _positions(base: Any, stops: Floats, starts: Ints) -> Ints:
    """Count the events before each stop (in cells of time); events stand anywhere in their cell alike."""
    out = np.empty(stops.size, np.int64)
    for k in range(stops.size):
        cell = np.int64(stops[k])
        out[k] = starts[cell]
        for e in range(starts[cell], starts[cell + 1]):
            if share(mixed(mixed(base + np.uint64(e) * GOLDEN) ^ _WHEN)) < stops[k] - cell:
                out[k] += 1
    return out


@njit(**DOOR)
def _find_live(tables: Tables, who: Numbers, stops: Ints, live: NDArray[np.bool_]) -> None:
    """Go backwards: a node is asked in earnest when it is read before it is asked again; at stops all are read."""
    n = tables.level.size
    needed = np.zeros(n, np.bool_)
    k = stops.size - 1
    for e in range(who.size - 1, -1, -1):
        while k >= 0 and stops[k] > e:
            needed[:] = True
            k -= 1
        i = who[e]
        live[e] = needed[i]
        if needed[i]:
            needed[i] = False
            for j in range(tables.first[i], tables.first[i] + tables.count[i]):
                needed[tables.regulator[j]] = True


@njit(**DOOR)
def positions_of(seed: int, stops: Floats, at_most: Floats) -> Ints:
    """Draw how many events of a clock come before each stop, stops in cells of time."""
    base = base_of(seed)
    counts = _counts(base, int(stops[-1]) + 1, at_most)
    starts = np.zeros(counts.size + 1, np.int64)
    starts[1:] = np.cumsum(counts)
    return _positions(base, stops, starts)


@njit(**DOOR)
def draw_events(seed: int, tables: Tables, stops: Floats, at_most: Floats) -> Events:
    """Draw the events of one replicate (see `events_of`)."""
    base = base_of(seed)
    scaled = stops * (tables.total / PER_CELL)
    # stops stand in cells below the number of cells
    counts = _counts(base, int(scaled[-1]) + 1, at_most)
    starts = np.zeros(counts.size + 1, np.int64)
    starts[1:] = np.cumsum(counts)
    positions = _positions(base, scaled, starts)
    who = np.empty(positions[-1], np.int32)
    _fill(tables, base, who)
    live = np.empty(who.size, np.bool_)
    _find_live(tables, who, positions, live)
    return Events(who, live, positions)


def events_of(seed: int, tables: Tables, stops: Floats) -> Events:
    """Draw the events of one replicate.

    Parameters
    ----------
    seed
        Seed of the replicate; the events up to a time depend on nothing else.
    tables
        The rules.
    stops : ndarray
        Times at which the states are read or nodes are switched, ascending; the last one is the end.

    Returns
    -------
    Events
        From time 0 to the last stop.
    """
    found: Events = draw_events(seed, tables, stops, AT_MOST)
    return found
