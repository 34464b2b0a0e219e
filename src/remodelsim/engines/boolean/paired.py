"""Screens of plain Boolean networks: 512 scenarios in one word, under one clock.

All scenarios of a run begin in the same state and see the same events, so that each follows its exact law while their
differences come out paired; runs are independent of each other. Continuous time, rates as in `gillespie`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .clock import Board
from .events import AT_MOST, DOOR, GOLDEN, PART, base_of, draw_events, mixed, share
from .gillespie import FREE, Pace
from .logic import Logic
from .tables import Tables, aliases
from .words import COPIES, either, everything, load, nothing, store, words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]
Counts = NDArray[np.int32]
_START, _RATE = np.uint64(0x510E527FADE682D1), np.uint64(0x1F83D9ABFB41BD6B)


class Screen(NamedTuple):
    """What a screen shows; t times, s scenarios, n nodes, r batches of runs.

    Attributes
    ----------
    on : float64 array, shape (r, t, s, n)
        Share of the runs of each batch in which a node is on.
    runs : int
        Number of runs in all.
    """

    on: Floats
    runs: int


def _clock_of(logic: Logic, pace: Pace) -> Tables:
    """Return what the events need to know: who regulates whom, and how often nodes are asked."""
    rate = np.maximum(pace.up, pace.down)
    keep, instead = aliases(rate)
    none, no = np.zeros(0), np.zeros(0, np.int64)
    # where one direction is slower, an event may leave the node as it was: then it depends on itself too
    slower = pace.up != pace.down
    read = [np.append(logic.regulators(i), i) if slower[i] else logic.regulators(i) for i in range(logic.size)]
    count = np.asarray([r.size for r in read], np.int64)
    return Tables(
        regulator=np.concatenate([no, *read]),
        first=np.cumsum(count) - count,
        count=count,
        offset=no,
        asked=none,
        level=np.zeros(logic.size),
        rate=rate,
        leaf_first=no,
        choice_first=no,
        value=none,
        which=no,
        high=no,
        low=no,
        keep=keep,
        instead=instead,
        total=float(rate.sum()),
    )


@njit(forceinline=True, **PART)
def _ask(logic: Logic, pace: Pace, i: int, key: Any, on: Bits, free: Bits, board: Board) -> None:
    """Let node i change in the scenarios in which its rule asks for it and its rate allows it."""
    begin = logic.choice_first[i]
    for c in range(logic.choice_first[i + 1] - begin):
        high, low = load(board.slot, logic.high[begin + c]), load(board.slot, logic.low[begin + c])
        store(board.slot, c + 2, either(load(board.state, logic.which[begin + c]), high, low))
    asked, now = load(board.slot, logic.root[i]), load(board.state, i)
    if pace.up[i] != pace.down[i]:
        # events come at the faster rate: the slower direction takes some of them
        u = share(mixed(key ^ _RATE)) * max(pace.up[i], pace.down[i])
        if u >= pace.up[i]:
            asked = asked & now
        if u >= pace.down[i]:
            asked = asked | now
    store(board.state, i, either(load(free, i), asked, load(on, i)))


@njit(**DOOR)
def _batch(
    seeds: Ints,
    logic: Logic,
    pace: Pace,
    clock: Tables,
    start: Floats,
    times: Floats,
    at_most: Floats,
    on: Bits,
    free: Bits,
    board: Board,
    counts: Counts,
) -> None:
    """Run all runs of a batch and count the scenarios in which each node is on."""
    n, scenarios = logic.root.size, counts.shape[2]
    store(board.slot, 0, nothing())
    store(board.slot, 1, everything())
    for seed in seeds:
        base, e = base_of(seed), 0
        events = draw_events(seed, clock, times, at_most)
        for i in range(n):
            begun = share(mixed(mixed(base ^ _START) + np.uint64(i) * GOLDEN)) < start[i]
            store(board.state, i, either(load(free, i), everything() if begun else nothing(), load(on, i)))
        for k in range(times.size):
            while e < events.stops[k]:
                if events.live[e]:
                    _ask(logic, pace, np.int64(events.who[e]), mixed(base + np.uint64(e) * GOLDEN), on, free, board)
                e += 1
            for i in range(n):
                for s in range(scenarios):
                    counts[k, i, s] += np.int32((board.state[i, s >> 6] >> np.uint64(s & 63)) & np.uint64(1))


def screen_scenarios(
    logic: Logic,
    pace: Pace,
    start: Floats,
    holds: Floats,
    times: Floats,
    *,
    runs: int,
    seed: int,
    batches: int = 20,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Screen:
    """Run scenarios that differ in the nodes they hold.

    Parameters
    ----------
    logic, pace
        The network and its rates; what `pace` holds is left aside.
    start : ndarray, shape (n,)
        Probability that a node is on at time 0, the same in all scenarios.
    holds : ndarray, shape (s, n)
        0 or 1 for held nodes, -1 for free ones.
    times : ndarray, shape (t,)
        Times at which states are counted, ascending, above 0.
    runs
        Number of runs; rounded up to a multiple of the batches.
    seed
        Seed; the same seed gives the same runs, whatever the number of threads and of scenarios.
    batches
        Batches into which the runs are gathered, for errors of differences.
    threads
        Threads to use.
    progress
        Called with the number of scenarios just finished.

    Returns
    -------
    Screen
        Shares per batch.
    """
    each, n, clock = -(-runs // batches), logic.size, _clock_of(logic, pace)
    drawn = np.random.SeedSequence([seed, 7]).generate_state(batches * each, np.uint32)
    seeds = drawn.astype(np.int64).reshape(batches, each)
    out = np.empty((batches, times.size, holds.shape[0], n))
    slots = int(np.diff(logic.choice_first).max(initial=0)) + 3

    def one(task: tuple[int, int]) -> int:
        batch, begin = task
        part = holds[begin : begin + COPIES]
        on, free = _masks(part)
        counts = np.zeros((times.size, n, part.shape[0]), np.int32)
        board = Board(words(n), words(slots), words(1))
        _batch(seeds[batch], logic, pace, clock, start, times, AT_MOST, on, free, board, counts)
        out[batch, :, begin : begin + part.shape[0]] = counts.transpose(0, 2, 1) / each
        return int(part.shape[0])

    tasks = [(batch, begin) for begin in range(0, holds.shape[0], COPIES) for batch in range(batches)]
    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(one, tasks):
            if progress is not None:
                progress(done)
    return Screen(out, batches * each)


def _masks(holds: Floats) -> tuple[Bits, Bits]:
    """Return the values of held nodes and where nodes are free, a word per node."""
    n = holds.shape[1]
    masks = []
    for marked in (holds == 1.0, holds == FREE):
        bits = np.zeros((n, COPIES), np.uint8)
        bits[:, : holds.shape[0]] = marked.T
        word = words(n)
        word[:] = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
        masks.append(word)
    return masks[0], masks[1]
