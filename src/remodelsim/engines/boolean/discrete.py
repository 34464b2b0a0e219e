"""Steps instead of time: synchronous, asynchronous and general asynchronous updates of any Boolean network.

* synchronous: every node takes at each step what its rule asks for in the state before;
* asynchronous: at each step one node, chosen evenly, takes what its rule asks for;
* general asynchronous: at each step a set of nodes, chosen evenly among the non-empty ones, does so at once.

A node held at a level between 0 and 1 is drawn anew whenever it is updated. Copies are independent of each other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .clock import Board
from .events import DOOR, GOLDEN, PART, base_of, mixed, share
from .gillespie import Trajectories, Wires, unit_pace, wires_of
from .logic import Logic
from .words import COPIES, PARTS, below, either, everything, load, nothing, ones, random_word, store, without, words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
SYNCHRONOUS, ASYNCHRONOUS, GENERAL = "synchronous", "asynchronous", "general asynchronous"
STEPWISE = (SYNCHRONOUS, ASYNCHRONOUS, GENERAL)


@njit(forceinline=True, **PART)
def _coin(p: float, key: Any, board: Board, row: int) -> None:
    """Write copies that show heads with probability p to a row (see `clock`)."""
    for k in range(PARTS):
        store(board.random, k, random_word(key, k))
    limit = int(256.0 * p + share(mixed(key ^ GOLDEN)))
    if limit <= 0:
        store(board.slot, row, nothing())
    elif limit >= 256:
        store(board.slot, row, everything())
    else:
        store(board.slot, row, below(board.random, 0, limit))


@njit(forceinline=True, **PART)
def _evaluate(logic: Logic, i: int, board: Board) -> None:
    """Write what the rule of node i asks for to the slot of its root."""
    begin = logic.choice_first[i]
    for c in range(logic.choice_first[i + 1] - begin):
        high = load(board.slot, logic.high[begin + c])
        low = load(board.slot, logic.low[begin + c])
        store(board.slot, c + 2, either(load(board.state, logic.which[begin + c]), high, low))


@njit(forceinline=True, **PART)
def _choose_sets(n: int, key: Any, chosen: NDArray[np.uint64]) -> Any:
    """Draw for every copy a non-empty set of nodes, all alike."""
    missing = everything()
    for i in range(n):
        store(chosen, i, nothing())
    while ones(missing) > 0:
        key += GOLDEN
        left = missing
        for i in range(n):
            drawn = random_word(mixed(key), i) & missing
            store(chosen, i, load(chosen, i) | drawn)
            left = without(left, drawn)
        missing = left
    return key


@njit(**DOOR)
def _together(
    seed: int,
    logic: Logic,
    hold: Floats,
    start: Floats,
    steps: Ints,
    general: bool,
    board: Board,
    after: NDArray[np.uint64],
    chosen: NDArray[np.uint64],
    on: Ints,
) -> None:
    """Run 512 copies in which several nodes may change at once."""
    n, key, k = logic.root.size, base_of(seed), 0
    for i in range(n):
        key += GOLDEN
        _coin(hold[i] if hold[i] >= 0.0 else start[i], mixed(key), board, 2)
        store(board.state, i, load(board.slot, 2))
    store(board.slot, 0, nothing())
    store(board.slot, 1, everything())
    for step in range(steps[-1] + 1):
        while k < steps.size and steps[k] == step:
            for i in range(n):
                on[k, i] += ones(load(board.state, i))
            k += 1
        if general:
            key = _choose_sets(n, key, chosen)
        for i in range(n):
            if hold[i] >= 0.0:
                key += GOLDEN
                _coin(hold[i], mixed(key), board, 2)
                asked = load(board.slot, 2)
            else:
                _evaluate(logic, i, board)
                asked = load(board.slot, logic.root[i])
            store(after, i, either(load(chosen, i), asked, load(board.state, i)) if general else asked)
        if step < steps[-1]:
            for i in range(n):
                store(board.state, i, load(after, i))


@njit(**DOOR)
def _singly(
    seed: int, logic: Logic, wires: Wires, hold: Floats, start: Floats, steps: Ints, on: Ints, last: Bytes
) -> None:
    """Run copies in which one node at a time may change."""
    n = logic.root.size
    x, position = np.zeros(n, np.uint8), np.zeros(n, np.int64)
    for copy in range(last.shape[0]):
        key, k = mixed(base_of(seed) + np.uint64(copy) * GOLDEN), 0
        position[:] = 0
        for i in range(n):
            key += GOLDEN
            x[i] = 1 if share(mixed(key)) < (hold[i] if hold[i] >= 0.0 else start[i]) else 0
            if x[i]:
                for j in range(wires.first[i], wires.first[i + 1]):
                    position[wires.target[j]] ^= wires.bit[j]
        for step in range(steps[-1] + 1):
            while k < steps.size and steps[k] == step:
                for i in range(n):
                    on[k, i] += x[i]
                k += 1
            if step == steps[-1]:
                break
            key += GOLDEN
            drawn = mixed(key)
            who = np.int64(((drawn >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))
            if hold[who] >= 0.0:
                asked = 1 if share(mixed(drawn)) < hold[who] else 0
            elif logic.offset[who] >= 0:
                asked = logic.table[logic.offset[who] + position[who]]
            else:
                asked = logic.root[who]
                while asked > 1:
                    choice = logic.choice_first[who] + asked - 2
                    asked = logic.high[choice] if x[logic.which[choice]] else logic.low[choice]
            if asked != x[who]:
                x[who] ^= 1
                for j in range(wires.first[who], wires.first[who + 1]):
                    position[wires.target[j]] ^= wires.bit[j]
        for i in range(n):
            last[copy, i >> 3] |= np.uint8(x[i] << (i & 7))


def run_steps(
    logic: Logic,
    hold: Floats,
    start: Floats,
    steps: Ints,
    *,
    dynamics: str,
    count: int,
    seed: int,
    threads: int = 1,
) -> Trajectories:
    """Run independent copies step by step.

    Parameters
    ----------
    logic
        The network.
    hold : ndarray, shape (n,)
        Level at which a node is held, -1 where it is free.
    start : ndarray, shape (n,)
        Probability that a node is on at the start.
    steps : int64 array
        Steps after which states are counted, ascending; the last one is the end.
    dynamics
        One of `STEPWISE`.
    count
        Number of copies; rounded up to a multiple of 512.
    seed
        Seed; the same seed gives the same copies, whatever the number of threads.
    threads
        Threads to use.

    Returns
    -------
    Trajectories
        Counts over the steps and states at the end; `flips` is not counted.
    """
    blocks, n = -(-count // COPIES), logic.size
    seeds = np.random.SeedSequence([seed, STEPWISE.index(dynamics) + 2]).generate_state(blocks, np.uint32).tolist()
    wires = wires_of(logic, unit_pace(logic)._replace(hold=hold))
    slots = int(np.diff(logic.choice_first).max(initial=0)) + 3

    def one(k: int) -> tuple[Ints, Bytes]:
        on, last = np.zeros((steps.size, n), np.int64), np.zeros((COPIES, (n + 7) // 8), np.uint8)
        if dynamics == ASYNCHRONOUS:
            _singly(seeds[k], logic, wires, hold, start, steps, on, last)
            return on, last
        board = Board(words(n), words(slots), words(PARTS))
        _together(seeds[k], logic, hold, start, steps, dynamics == GENERAL, board, words(n), words(n), on)
        bits = np.unpackbits(board.state.view(np.uint8).reshape(n, -1), axis=1, bitorder="little")
        return on, np.packbits(bits.T, axis=1, bitorder="little")

    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(one, range(blocks)))
    last = np.concatenate([states for _, states in seen])
    counted = np.sum([on for on, _ in seen], axis=0)
    return Trajectories(counted, last, fixed_points(logic, hold, last), 0)


def fixed_points(logic: Logic, hold: Floats, packed: Bytes) -> NDArray[np.bool_]:
    """Tell which states ask for no change.

    Parameters
    ----------
    logic, hold
        The network and what is held.
    packed : uint8 array, shape (states, n / 8 rounded up)
        States, lowest bit first.

    Returns
    -------
    bool array
        True for fixed points; none where a node is held between 0 and 1.
    """
    if ((hold > 0.0) & (hold < 1.0)).any():
        return np.zeros(packed.shape[0], np.bool_)
    states = np.unpackbits(packed, axis=1, count=logic.size, bitorder="little")
    return _fixed(logic, hold, states)


@njit(**DOOR)
def _fixed(logic: Logic, hold: Floats, states: Bytes) -> NDArray[np.bool_]:
    out = np.ones(states.shape[0], np.bool_)
    for s in range(states.shape[0]):
        for i in range(logic.root.size):
            if hold[i] >= 0.0:
                continue
            at = logic.root[i]
            while at > 1:
                choice = logic.choice_first[i] + at - 2
                at = logic.high[choice] if states[s, logic.which[choice]] else logic.low[choice]
            if at != states[s, i]:
                out[s] = False
                break
    return out
