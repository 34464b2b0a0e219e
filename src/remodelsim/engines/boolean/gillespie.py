"""Continuous time, event by event: exact trajectories of any Boolean network.

A node whose rule asks for the other value flips at its rate, up or down: the law of MaBoSS
(https://doi.org/10.1093/bioinformatics/btx123) with its rates given (1 by default). The nodes about to flip are kept in
lists by the size of their rates, so an event costs the same in a network of any size (Gillespie 1976,
https://doi.org/10.1016/0021-9991(76)90041-3; classes as in Slepoy et al. 2008, https://doi.org/10.1063/1.2919546).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .events import DOOR, GOLDEN, PART, base_of, mixed, share
from .logic import Logic

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
FREE = -1.0
# trajectories that one call of the kernel runs: the unit of seeds, so that threads do not matter
_BLOCK = 500


class Pace(NamedTuple):
    """How fast nodes flip, and which are held; n nodes.

    Attributes
    ----------
    up, down : float64 arrays, shape (n,)
        Rates of flipping on and off, above 0.
    hold : float64 array, shape (n,)
        Level at which a node is held (it flips on and off with that duty cycle), -1 where it is free.
    """

    up: Floats
    down: Floats
    hold: Floats


class Wires(NamedTuple):
    """Who must be told when a node flips, and the classes of rates.

    Attributes
    ----------
    first : int64 array, shape (n + 1,)
    target : int64 array
        The nodes that node j regulates are ``target[first[j]:first[j + 1]]``.
    bit : int64 array
        What its flip changes in their position in the truth table; 0 where there is none.
    kind : int64 array, shape (2 n,)
        Class of the rate of node i when it is off (2 i) and on (2 i + 1).
    top : float64 array
        Largest rate of each class.
    """

    first: Ints
    target: Ints
    bit: Ints
    kind: Ints
    top: Floats


class Trajectories(NamedTuple):
    """What trajectories show; t times, n nodes.

    Attributes
    ----------
    on : int64 array, shape (t, n)
        In how many trajectories a node is on at each time.
    last : uint8 array, shape (trajectories, n / 8 rounded up)
        The states at the end, packed (lowest bit first).
    fixed : bool array, shape (trajectories,)
        Whether the state at the end is a fixed point.
    flips : int
        Number of flips in all.
    """

    on: Ints
    last: Bytes
    fixed: NDArray[np.bool_]
    flips: int

    @property
    def copies(self) -> int:
        """Number of trajectories."""
        return int(self.last.shape[0])


class _Active(NamedTuple):
    """Nodes about to flip, by class; where each stands (-1: nowhere), and in which class."""

    nodes: Ints
    size: Ints
    place: Ints
    inside: Ints


def unit_pace(logic: Logic) -> Pace:
    """Return the pace at which every node flips at rate 1 and none is held."""
    return Pace(np.ones(logic.size), np.ones(logic.size), np.full(logic.size, FREE))


def wires_of(logic: Logic, pace: Pace) -> Wires:
    """Return who must be told of a flip.

    Parameters
    ----------
    logic, pace
        The network and its rates.

    Returns
    -------
    Wires
        Targets of every node, and rates in classes of a factor of two.
    """
    n = logic.size
    targets: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for i in range(n):
        for j, regulator in enumerate(logic.regulators(i).tolist()):
            targets[regulator].append((i, 1 << j if logic.offset[i] >= 0 else 0))
    flat = [pair for row in targets for pair in row]
    rates = np.stack([pace.up, pace.down], axis=1).reshape(-1)
    held = np.repeat(pace.hold, 2)
    rates = np.where(held >= 0.0, rates * np.where(np.arange(2 * n) % 2 == 0, held, 1.0 - held), rates)
    moving = rates > 0.0
    power = np.zeros(2 * n, np.int64)
    power[moving] = np.floor(np.log2(rates[moving]) + 1e-9).astype(np.int64)
    found, kind = np.unique(power, return_inverse=True)
    top = np.array([rates[moving & (power == p)].max(initial=0.0) for p in found])
    return Wires(
        np.concatenate([[0], np.cumsum([len(row) for row in targets])]).astype(np.int64),
        np.asarray([i for i, _ in flat], np.int64),
        np.asarray([bit for _, bit in flat], np.int64),
        kind.reshape(-1).astype(np.int64),
        top,
    )


@njit(forceinline=True, **PART)
def _asked(logic: Logic, i: int, position: Ints, x: Bytes) -> int:
    """Return what the rule of node i asks for."""
    if logic.offset[i] >= 0:
        return int(logic.table[logic.offset[i] + position[i]])
    at = logic.root[i]
    while at > 1:
        choice = logic.choice_first[i] + at - 2
        at = logic.high[choice] if x[logic.which[choice]] else logic.low[choice]
    return int(at)


@njit(forceinline=True, **PART)
def _rate(pace: Pace, i: int, on: int) -> float:
    """Return the rate at which node i flips, if it is about to."""
    rate = pace.down[i] if on else pace.up[i]
    if pace.hold[i] >= 0.0:
        rate *= 1.0 - pace.hold[i] if on else pace.hold[i]
    return rate


@njit(forceinline=True, **PART)
def _list(logic: Logic, pace: Pace, wires: Wires, i: int, position: Ints, x: Bytes, active: _Active) -> None:
    """Put node i into the list it belongs to, or take it out."""
    held = pace.hold[i] >= 0.0
    due = _rate(pace, i, x[i]) > 0.0 if held else _asked(logic, i, position, x) != x[i]
    kind = wires.kind[2 * i + x[i]]
    place = active.place[i]
    if place >= 0 and (not due or active.inside[i] != kind):
        old = active.inside[i]
        last = active.nodes[old, active.size[old] - 1]
        active.nodes[old, place] = last
        active.place[last] = place
        active.size[old] -= 1
        active.place[i] = -1
        place = -1
    if due and place < 0:
        active.nodes[kind, active.size[kind]] = i
        active.place[i] = active.size[kind]
        active.inside[i] = kind
        active.size[kind] += 1


@njit(forceinline=True, **PART)
def _begin(
    logic: Logic, pace: Pace, wires: Wires, start: Floats, key: Any, position: Ints, x: Bytes, active: _Active
) -> Any:
    """Draw the first state and list who is about to flip."""
    for i in range(x.size):
        key += GOLDEN
        p = pace.hold[i] if pace.hold[i] >= 0.0 else start[i]
        x[i] = 1 if share(mixed(key)) < p else 0
        active.place[i] = -1
    active.size[:] = 0
    for i in range(x.size):
        position[i] = 0
        if logic.offset[i] >= 0:
            for j in range(logic.first[i], logic.first[i + 1]):
                position[i] |= np.int64(x[logic.regulator[j]]) << (j - logic.first[i])
    for i in range(x.size):
        _list(logic, pace, wires, i, position, x, active)
    return key


@njit(forceinline=True, **PART)
def _pick(wires: Wires, active: _Active, number: float) -> int:
    """Return the class that a number below the total weight falls into."""
    for kind in range(wires.top.size - 1):
        number -= active.size[kind] * wires.top[kind]
        if number < 0.0:
            return kind
    return int(wires.top.size - 1)


@njit(**PART)
def _trajectory(
    logic: Logic,
    pace: Pace,
    wires: Wires,
    times: Floats,
    key: Any,
    position: Ints,
    x: Bytes,
    active: _Active,
    on: Ints,
) -> tuple[int, bool]:
    """Run one trajectory from the state at hand; returns its number of flips and whether it ended in a fixed point."""
    now, k, flips = 0.0, 0, 0
    while True:
        total = 0.0
        for kind in range(wires.top.size):
            total += active.size[kind] * wires.top[kind]
        key += GOLDEN
        now = now - np.log(share(mixed(key))) / total if total > 0.0 else np.inf
        while k < times.size and times[k] < now:
            for i in range(x.size):
                on[k, i] += x[i]
            k += 1
        if k == times.size:
            return flips, total == 0.0
        key += GOLDEN
        drawn = mixed(key)
        kind = _pick(wires, active, share(drawn) * total) if wires.top.size > 1 else 0
        number = mixed(drawn) if wires.top.size > 1 else drawn
        i = active.nodes[kind, np.int64(((number >> np.uint64(32)) * np.uint64(active.size[kind])) >> np.uint64(32))]
        if np.float64(number & np.uint64(0xFFFFFFFF)) * wires.top[kind] >= _rate(pace, i, x[i]) * 4294967296.0:
            continue
        x[i] ^= 1
        flips += 1
        _list(logic, pace, wires, i, position, x, active)
        for j in range(wires.first[i], wires.first[i + 1]):
            position[wires.target[j]] ^= wires.bit[j]
            _list(logic, pace, wires, wires.target[j], position, x, active)


@njit(**DOOR)
def _block(
    seed: int,
    logic: Logic,
    pace: Pace,
    wires: Wires,
    start: Floats,
    times: Floats,
    on: Ints,
    last: Bytes,
    fixed: NDArray[np.bool_],
) -> int:
    n, classes = logic.root.size, wires.top.size
    position, x = np.zeros(n, np.int64), np.zeros(n, np.uint8)
    active = _Active(
        np.zeros((classes, n), np.int64), np.zeros(classes, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    )
    flips = 0
    for trajectory in range(fixed.size):
        key = mixed(base_of(seed) + np.uint64(trajectory) * GOLDEN)
        key = _begin(logic, pace, wires, start, key, position, x, active)
        more, fixed[trajectory] = _trajectory(logic, pace, wires, times, key, position, x, active, on)
        flips += more
        for i in range(n):
            last[trajectory, i >> 3] |= np.uint8(x[i] << (i & 7))
    return flips


def trajectories(
    logic: Logic,
    pace: Pace,
    start: Floats,
    times: Floats,
    *,
    count: int,
    seed: int,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Trajectories:
    """Run independent trajectories.

    Parameters
    ----------
    logic, pace
        The network, its rates and what is held.
    start : ndarray, shape (n,)
        Probability that a node is on at time 0 (a held one begins at its level).
    times : ndarray, shape (t,)
        Times at which the states are counted, ascending; the last one is the end.
    count
        Number of trajectories.
    seed
        Seed; the same seed gives the same trajectories, whatever the number of threads.
    threads
        Threads to use.
    progress
        Called with the number of trajectories just finished.

    Returns
    -------
    Trajectories
        Counts over time and states at the end.
    """
    wires = wires_of(logic, pace)
    blocks = [min(_BLOCK, count - begin) for begin in range(0, count, _BLOCK)]
    seeds = np.random.SeedSequence([seed, 1]).generate_state(len(blocks), np.uint32).tolist()
    on = np.zeros((times.size, logic.size), np.int64)
    last, fixed = np.zeros((count, (logic.size + 7) // 8), np.uint8), np.zeros(count, np.bool_)

    def one(k: int) -> tuple[Ints, int, int]:
        counted, part = np.zeros_like(on), slice(k * _BLOCK, k * _BLOCK + blocks[k])
        flips = _block(seeds[k], logic, pace, wires, start, times, counted, last[part], fixed[part])
        return counted, int(flips), blocks[k]

    flips = 0
    with ThreadPoolExecutor(threads) as pool:
        for counted, more, done in pool.map(one, range(len(blocks))):
            on += counted
            flips += more
            if progress is not None:
                progress(done)
    return Trajectories(on, last, fixed, flips)
