"""Sampling the Boolean process under one shared clock, 512 copies at a time.

Every lane (an arm of an experiment) sees the same events at the same times and the same random numbers, so each lane
follows its exact law (MaBoSS's law with rates G/tau and (1 - G)/tau, https://doi.org/10.1093/bioinformatics/btx123)
while the differences between lanes come out paired. A lane is a word of 512 copies, one per bit: the copies share the
times of the events, not the random numbers that decide them. Random numbers are functions of the seed, the number of
the event and the bit, so a lane does not depend on which other lanes stand beside it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .events import DOOR, GOLDEN, PART, Events, base_of, mixed, share
from .tables import Tables
from .words import COPIES, PARTS, below, either, everything, load, nothing, ones, random_word, store, without

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]
_ROUND, _START, _SWITCH = np.uint64(0x3C6EF372FE94F82B), np.uint64(0x510E527FADE682D1), np.uint64(0x9B05688C2B3E6C1F)


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


class Plan(NamedTuple):
    """Stretches made ready for the kernel; s stretches, l lanes, n nodes.

    Attributes
    ----------
    looks : int64 array, shape (s,)
        How often the process is looked at in the second half of each stretch.
    first : int64 array, shape (s, n + 1)
        Where the different actions on a node stand.
    alpha, beta : float64 arrays
        The different actions.
    kind : int64 array, shape (s, n, l)
        Which of the actions on a node holds in a lane, counted from its first one.
    seized : bool array, shape (s, n, l)
        Whether a node is newly held: it takes its level at once.
    """

    looks: Ints
    first: Ints
    alpha: Floats
    beta: Floats
    kind: Ints
    seized: Flags


class Board(NamedTuple):
    """Words to compute with: the state (row ``node * lanes + lane``), slots for diagrams, and random bytes."""

    state: Bits
    slot: Bits
    random: Bits


class Seen(NamedTuple):
    """What a run shows; s stretches, l lanes, n nodes.

    Attributes
    ----------
    course : float64 array, shape (s, l, n)
        Share of copies that are on at the end of each stretch.
    means : float64 array, shape (s, l, n)
        Mean activities over the second half of each stretch.
    at : int64 array, shape (leaves, l)
        How many copies were seen at each leaf of the wanted nodes in the last stretch.
    on : int64 array, shape (n, l)
        How many copies of each node were seen on in the last stretch.
    """

    course: Floats
    means: Floats
    at: Ints
    on: Ints


@njit(forceinline=True, **PART)
def _draw(key: Any, board: Board) -> float:
    """Draw 512 random bytes, one per copy, and the share by which thresholds are rounded up."""
    for k in range(PARTS):
        store(board.random, k, random_word(key, k))
    return share(mixed(key ^ _ROUND))


@njit(forceinline=True, **PART)
def _chance(p: float, rounding: float, board: Board, row: int) -> None:
    """Write the copies whose random number is below p to a row.

    A byte is compared with 256 p, rounded up or down at random: each copy meets p exactly, a higher p loses none.
    """
    limit = int(256.0 * p + rounding)
    if limit <= 0:
        store(board.slot, row, nothing())
    elif limit >= 256:
        store(board.slot, row, everything())
    else:
        store(board.slot, row, below(board.random, 0, limit))


@njit(forceinline=True, **PART)
def _resample(tables: Tables, plan: Plan, s: int, i: int, key: Any, lanes: int, board: Board) -> None:
    """Let node i become what it asks for, in all lanes and copies."""
    rounding = _draw(key, board)
    leaf, leaves = tables.leaf_first[i], tables.leaf_first[i + 1] - tables.leaf_first[i]
    choice, choices = tables.choice_first[i], tables.choice_first[i + 1] - tables.choice_first[i]
    action, block = plan.first[s, i], leaves + choices
    for a in range(plan.first[s, i + 1] - action):
        alpha, beta = plan.alpha[action + a], plan.beta[action + a]
        if beta == 0.0:
            _chance(alpha, rounding, board, (a + 1) * block - 1)
            continue
        for k in range(leaves):
            _chance(alpha + beta * tables.value[leaf + k], rounding, board, a * block + k)
    for lane in range(lanes):
        a = plan.kind[s, i, lane]
        if plan.beta[action + a] != 0.0:
            for c in range(choices):
                high = load(board.slot, a * block + tables.high[choice + c])
                low = load(board.slot, a * block + tables.low[choice + c])
                asked = load(board.state, tables.which[choice + c] * lanes + lane)
                store(board.slot, a * block + leaves + c, either(asked, high, low))
        store(board.state, i * lanes + lane, load(board.slot, (a + 1) * block - 1))


@njit(**PART)
def _advance(
    tables: Tables, plan: Plan, s: int, events: Events, begin: int, end: int, base: Any, lanes: int, board: Board
) -> None:
    """Run all lanes through the live events from `begin` to before `end`."""
    for e in range(begin, end):
        if events.live[e]:
            _resample(tables, plan, s, np.int64(events.who[e]), mixed(base + np.uint64(e) * GOLDEN), lanes, board)


@njit(**PART)
def _seize(tables: Tables, plan: Plan, s: int, base: Any, lanes: int, board: Board) -> None:
    """Let newly held nodes take their level."""
    for i in range(tables.level.size):
        rounding = _draw(mixed(mixed(base + np.uint64(i) * GOLDEN) ^ (_SWITCH * np.uint64(s + 1))), board)
        for lane in range(lanes):
            if plan.seized[s, i, lane]:
                _chance(plan.alpha[plan.first[s, i] + plan.kind[s, i, lane]], rounding, board, 0)
                store(board.state, i * lanes + lane, load(board.slot, 0))


@njit(forceinline=True, **PART)
def _reach(tables: Tables, i: int, lane: int, lanes: int, board: Board) -> None:
    """Find which copies stand at which leaf of node i: row k receives those at leaf k."""
    leaves = tables.leaf_first[i + 1] - tables.leaf_first[i]
    choice, choices = tables.choice_first[i], tables.choice_first[i + 1] - tables.choice_first[i]
    for k in range(leaves + choices - 1):
        store(board.slot, k, nothing())
    store(board.slot, leaves + choices - 1, everything())
    for c in range(choices - 1, -1, -1):
        here = load(board.slot, leaves + c)
        asked = load(board.state, tables.which[choice + c] * lanes + lane)
        high, low = tables.high[choice + c], tables.low[choice + c]
        store(board.slot, high, load(board.slot, high) | (here & asked))
        store(board.slot, low, load(board.slot, low) | without(here, asked))


@njit(**PART)
def _look(tables: Tables, plan: Plan, s: int, wanted: Flags, lanes: int, board: Board, at: Ints, on: Ints) -> None:
    """Count the copies at every leaf of the wanted nodes, and the copies that are on of every node."""
    for i in range(tables.level.size):
        for lane in range(lanes):
            on[i, lane] += ones(load(board.state, i * lanes + lane))
            if wanted[i] and plan.beta[plan.first[s, i] + plan.kind[s, i, lane]] != 0.0:
                _reach(tables, i, lane, lanes, board)
                for k in range(tables.leaf_first[i + 1] - tables.leaf_first[i]):
                    at[tables.leaf_first[i] + k, lane] += ones(load(board.slot, k))


@njit(**PART)
def _means(tables: Tables, plan: Plan, s: int, wanted: Flags, seen: Seen) -> None:
    """Turn counts into mean activities: what wanted nodes ask for, and how often the others are on."""
    looks = plan.looks[s] * COPIES
    for i in range(tables.level.size):
        for lane in range(seen.on.shape[1]):
            action = plan.first[s, i] + plan.kind[s, i, lane]
            if plan.beta[action] == 0.0:
                seen.means[s, lane, i] = plan.alpha[action]
            elif wanted[i]:
                asked = 0.0
                for k in range(tables.leaf_first[i], tables.leaf_first[i + 1]):
                    asked += tables.value[k] * seen.at[k, lane]
                seen.means[s, lane, i] = plan.alpha[action] + plan.beta[action] * asked / looks
            else:
                seen.means[s, lane, i] = seen.on[i, lane] / looks


@njit(**DOOR)
def begin(seed: int, tables: Tables, health: Plan, events: Events, board: Board) -> None:
    """Draw independent nodes at their healthy levels and run them in health up to the first stop, in one lane."""
    base = base_of(seed)
    for i in range(tables.level.size):
        rounding = _draw(mixed(mixed(base ^ _START) + np.uint64(i) * GOLDEN), board)
        _chance(tables.level[i], rounding, board, 0)
        store(board.state, i, load(board.slot, 0))
    _advance(tables, health, 0, events, 0, events.stops[0], base, 1, board)


@njit(**DOOR)
def replicate(
    seed: int, tables: Tables, plan: Plan, events: Events, healthy: Bits, wanted: Flags, board: Board, seen: Seen
) -> None:
    """Run one replicate through all stretches, 512 copies of each lane.

    Parameters
    ----------
    seed
        Seed of this replicate.
    tables
        The rules.
    plan
        What is done.
    events
        The events; their stops are the begin, and for each stretch the looks and its end.
    healthy : uint64 array, shape (n, 8)
        The state to begin with.
    wanted
        Nodes whose mean is taken of what they ask for (precise), not of their state.
    board
        Words to compute with.
    seen
        Receives what is seen.
    """
    base = base_of(seed)
    stretches, lanes, n = seen.means.shape
    for i in range(n):
        for lane in range(lanes):
            store(board.state, i * lanes + lane, load(healthy, i))
    stop = 0
    for s in range(stretches):
        _seize(tables, plan, s, base, lanes, board)
        seen.at[:] = 0
        seen.on[:] = 0
        for _ in range(plan.looks[s]):
            _advance(tables, plan, s, events, events.stops[stop], events.stops[stop + 1], base, lanes, board)
            stop += 1
            _look(tables, plan, s, wanted, lanes, board, seen.at, seen.on)
        _advance(tables, plan, s, events, events.stops[stop], events.stops[stop + 1], base, lanes, board)
        stop += 1
        _means(tables, plan, s, wanted, seen)
        for i in range(n):
            for lane in range(lanes):
                seen.course[s, lane, i] = ones(load(board.state, i * lanes + lane)) / COPIES
