"""Continuous time for thousands of copies at once: 512 per word, each by its exact law.

A common clock proposes events eight times as often as nodes flip; each copy accepts one in eight by its own random
bits, so that every copy follows its exact law (uniformisation and thinning: Lewis & Shedler 1979,
https://doi.org/10.1002/nav.3800260304). What the copies of a word share, the times of the proposals, makes them a
little alike: errors come from the scatter between words, which are independent.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .clock import Board
from .events import AT_MOST, DOOR, GOLDEN, PART, PER_CELL, base_of, mixed, positions_of, share
from .gillespie import Pace
from .logic import Logic
from .tables import aliases
from .words import COPIES, PARTS, below, either, everything, load, nothing, ones, random_word, store, without, words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Bits = NDArray[np.uint64]
# one proposal in 2^3 is accepted
_HALVINGS = 3
_START, _WHO, _LEVEL = np.uint64(0x510E527FADE682D1), np.uint64(0xBB67AE8584CAA73B), np.uint64(0x5BE0CD19137E2179)


class Crowd:
    """What crowds show; b words, t times, n nodes.

    Parameters
    ----------
    on
        In how many copies of each word a node is on, shape (b, t, n).
    states
        The states at the end, one word per node, shape (b, n, 8).
    still
        The copies whose state at the end is a fixed point, shape (b, 8).
    """

    def __init__(self, on: Ints, states: Bits, still: Bits) -> None:
        self.on, self.states, self.still = on, states, still

    @property
    def copies(self) -> int:
        """Number of copies."""
        return int(self.on.shape[0] * COPIES)

    @cached_property
    def last(self) -> Bytes:
        """The states at the end, packed (lowest bit first), shape (512 b, n / 8 rounded up)."""
        b, n, _ = self.states.shape
        bits = np.unpackbits(self.states.view(np.uint8).reshape(b, n, -1), axis=2, bitorder="little")
        return np.packbits(bits.transpose(0, 2, 1).reshape(b * COPIES, n), axis=1, bitorder="little")

    @cached_property
    def fixed(self) -> NDArray[np.bool_]:
        """Whether the states at the end are fixed points, shape (512 b,)."""
        return np.unpackbits(self.still.view(np.uint8), bitorder="little").astype(np.bool_)

    @property
    def mean(self) -> Floats:
        """Probability of being on, shape (t, n)."""
        return np.asarray(self.on.mean(axis=0) / COPIES)

    def independent(self) -> Floats:
        """Return how many independent trajectories the copies are worth, for each time and node, shape (t, n)."""
        share_, batches = self.on / COPIES, self.on.shape[0]
        p = share_.mean(axis=0)
        alone = p * (1.0 - p) / COPIES
        moving = alone > 0.05 / COPIES**1.5
        effect = np.maximum(share_.var(axis=0, ddof=1) / np.where(moving, alone, 1.0), 1.0)
        usual = np.array([row[m].mean() if m.any() else 1.0 for row, m in zip(effect, moving, strict=True)])
        # few words know their scatter roughly: as Student's distribution does, ask for more
        rough = ((1.0 + 3.0 / (batches - 1)) if batches > 1 else 2.0) ** 0.5
        return np.asarray(self.copies / (np.where(moving, effect, usual[:, None]) * rough))


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
def _propose(logic: Logic, pace: Pace, i: int, key: Any, board: Board) -> None:
    """Let node i change in one copy of eight."""
    now, key = load(board.state, i), mixed(key ^ _LEVEL)
    taken = random_word(key, 0)
    for k in range(1, _HALVINGS):
        taken = taken & random_word(key, k)
    if pace.hold[i] >= 0.0:
        _coin(pace.hold[i], mixed(key ^ _START), board, 2)
        asked = load(board.slot, 2)
    else:
        begin = logic.choice_first[i]
        for c in range(logic.choice_first[i + 1] - begin):
            high, low = load(board.slot, logic.high[begin + c]), load(board.slot, logic.low[begin + c])
            store(board.slot, c + 2, either(load(board.state, logic.which[begin + c]), high, low))
        asked = load(board.slot, logic.root[i])
    up, down = pace.up[i], pace.down[i]
    if up != down:
        # proposals come at the faster rate: the slower direction accepts some of them
        _coin(min(up, down) / max(up, down), mixed(key ^ _WHO), board, 2)
        slower = load(board.slot, 2)
        asked = asked & (now | slower) if up < down else asked | (now & (slower ^ everything()))
    store(board.state, i, either(taken, asked, now))


@njit(**PART)
def _find_still(logic: Logic, pace: Pace, board: Board, still: Bits) -> None:
    """Find the copies in which no node is asked to change."""
    same = everything()
    for i in range(logic.root.size):
        if pace.hold[i] >= 0.0:
            same = same if pace.hold[i] in (0.0, 1.0) else nothing()
            continue
        begin = logic.choice_first[i]
        for c in range(logic.choice_first[i + 1] - begin):
            high, low = load(board.slot, logic.high[begin + c]), load(board.slot, logic.low[begin + c])
            store(board.slot, c + 2, either(load(board.state, logic.which[begin + c]), high, low))
        same = without(same, load(board.slot, logic.root[i]) ^ load(board.state, i))
    store(still, 0, same)


@njit(**DOOR)
def _run(
    seed: int,
    logic: Logic,
    pace: Pace,
    start: Floats,
    keep: Floats,
    instead: Ints,
    stops: Ints,
    board: Board,
    on: Ints,
    still: Bits,
) -> None:
    """Run one word of copies through the proposals between the stops."""
    base, n, e = base_of(seed), logic.root.size, 0
    for i in range(n):
        p = pace.hold[i] if pace.hold[i] >= 0.0 else start[i]
        _coin(p, mixed(mixed(base ^ _START) + np.uint64(i) * GOLDEN), board, 2)
        store(board.state, i, load(board.slot, 2))
    store(board.slot, 0, nothing())
    store(board.slot, 1, everything())
    for k in range(stops.size):
        while e < stops[k]:
            key = mixed(base + np.uint64(e) * GOLDEN)
            drawn = mixed(key ^ _WHO)
            who = np.int64(((drawn >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))
            if np.float64(drawn & np.uint64(0xFFFFFFFF)) >= keep[who] * 4294967296.0:
                who = instead[who]
            _propose(logic, pace, who, key, board)
            e += 1
        for i in range(n):
            on[k, i] = ones(load(board.state, i))
    _find_still(logic, pace, board, still)


def crowds(
    logic: Logic,
    pace: Pace,
    start: Floats,
    times: Floats,
    *,
    count: int,
    seed: int,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Crowd:
    """Run many copies of a network in continuous time.

    Parameters
    ----------
    logic, pace
        The network, its rates and what is held.
    start : ndarray, shape (n,)
        Probability that a node is on at time 0 (a held one begins at its level).
    times : ndarray, shape (t,)
        Times at which the states are counted, ascending; the last one is the end.
    count
        Number of copies; rounded up to a multiple of 512.
    seed
        Seed; the same seed gives the same copies, whatever the number of threads.
    threads
        Threads to use.
    progress
        Called with the number of copies just finished.

    Returns
    -------
    Crowd
        Counts by word, and states at the end.
    """
    rate, n, batches = np.maximum(pace.up, pace.down), logic.size, -(-count // COPIES)
    keep, instead = aliases(rate)
    seeds = np.random.SeedSequence([seed, 11]).generate_state(batches, np.uint32).tolist()
    cells = times * (float(rate.sum()) * 2**_HALVINGS / PER_CELL)
    slots = int(np.diff(logic.choice_first).max(initial=0)) + 3

    def one(k: int) -> tuple[Ints, Bits, Bits]:
        on, still = np.zeros((times.size, n), np.int64), words(1)
        board = Board(words(n), words(slots), words(PARTS))
        stops = positions_of(seeds[k], cells, AT_MOST)
        _run(seeds[k], logic, pace, start, keep, instead, stops, board, on, still)
        return on, board.state, still[0]

    seen = []
    with ThreadPoolExecutor(threads) as pool:
        for part in pool.map(one, range(batches)):
            seen.append(part)
            if progress is not None:
                progress(COPIES)
    on, states, still = (np.stack(parts) for parts in zip(*seen, strict=True))
    return Crowd(on, states, still)
