"""Conflict-driven search over clauses with two watched literals.

A literal is ``2 v`` for "variable v" and ``2 v + 1`` for "not v". Variables are decided false first, so that models
come out small (Marques-Silva & Sakallah 1999, https://doi.org/10.1109/12.769433; Moskewicz et al. 2001,
https://doi.org/10.1145/378239.379017).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .events import DOOR, PART

Numbers = NDArray[np.int32]
Small = NDArray[np.int8]
Ints = NDArray[np.int64]
NONE, UNSET = -1, np.int8(-1)
IMPOSSIBLE, POSSIBLE, UNDECIDED, FULL = 0, 1, 2, 3
# places in `Store.tally`
_TRAIL, _DEPTH, _HEAD, _CLAUSES, _LITERALS, _BROKEN = range(6)
_GROWTH, _FADE, _LARGEST = 1.0, 1.05, 1e100
_FIRST_RESTART = 100


class Store(NamedTuple):
    """Clauses and the assignment at hand; v variables.

    Attributes
    ----------
    literals, first
        Clause c is ``literals[first[c]:first[c + 1]]``; its first two literals are watched.
    watching, following
        Lists of watches: head for each literal; watch ``2 c + k`` is that of literal k of clause c.
    value : int8 array, shape (v,)
        0, 1, or -1 where open.
    level, reason : int32 arrays, shape (v,)
        Depth of decision at which a variable was set, and the clause that forced it (-1: decided).
    trail, limits
        Literals set in their order, and where each depth begins.
    activity : float64 array, shape (v + 1,)
        How often a variable took part in conflicts lately; the last one is the growth.
    mark : int8 array, shape (v,)
        Scratch.
    learnt : int32 array
        Scratch for the clause learnt from a conflict.
    tally : int64 array
        Sizes of what is filled, and whether the clauses are known to contradict each other.
    """

    literals: Numbers
    first: Ints
    watching: Numbers
    following: Numbers
    value: Small
    level: Numbers
    reason: Numbers
    trail: Numbers
    limits: Numbers
    activity: NDArray[np.float64]
    mark: Small
    learnt: Numbers
    tally: Ints


def new_store(variables: int, clauses: int = 1024, literals: int = 8192) -> Store:
    """Return a store without clauses.

    Parameters
    ----------
    variables
        Number of variables.
    clauses, literals
        Room to begin with.

    Returns
    -------
    Store
        Everything open.
    """
    return Store(
        np.zeros(literals, np.int32),
        np.zeros(clauses + 1, np.int64),
        np.full(2 * variables, NONE, np.int32),
        np.full(2 * clauses, NONE, np.int32),
        np.full(variables, UNSET, np.int8),
        np.zeros(variables, np.int32),
        np.full(variables, NONE, np.int32),
        np.zeros(variables + 1, np.int32),
        np.zeros(variables + 2, np.int32),
        np.concatenate([np.zeros(variables), [_GROWTH]]),
        np.zeros(variables, np.int8),
        np.zeros(variables + 1, np.int32),
        np.zeros(6, np.int64),
    )


def with_room(store: Store, clauses: int, literals: int) -> Store:
    """Return the same `store` with room for so many more `clauses` and `literals`; it grows to twice what is used."""
    used, filled = int(store.tally[_CLAUSES]), int(store.tally[_LITERALS])
    if used + clauses < store.first.size and filled + literals <= store.literals.size:
        return store
    first = np.zeros(2 * (used + clauses) + 1, np.int64)
    first[: used + 1] = store.first[: used + 1]
    following = np.full(2 * (first.size - 1), NONE, np.int32)
    following[: 2 * used] = store.following[: 2 * used]
    pool = np.zeros(2 * (filled + literals), np.int32)
    pool[:filled] = store.literals[:filled]
    return store._replace(literals=pool, first=first, following=following)


@njit(forceinline=True, **PART)
def _truth(store: Store, literal: int) -> int:
    """Return 1, 0, or -1 where open."""
    value = store.value[literal >> 1]
    return -1 if value < 0 else int(value ^ (literal & 1))


@njit(forceinline=True, **PART)
def _set(store: Store, literal: int, reason: int) -> None:
    v = literal >> 1
    store.value[v] = 1 - (literal & 1)
    store.level[v] = store.tally[_DEPTH]
    store.reason[v] = reason
    store.trail[store.tally[_TRAIL]] = literal
    store.tally[_TRAIL] += 1


@njit(forceinline=True, **PART)
def _watch(store: Store, watch: int, literal: int) -> None:
    store.following[watch] = store.watching[literal]
    store.watching[literal] = watch


@njit(**PART)
def _propagate(store: Store) -> int:
    """Set what is forced; returns a clause that cannot hold any more, or -1."""
    while store.tally[_HEAD] < store.tally[_TRAIL]:
        false = store.trail[store.tally[_HEAD]] ^ 1
        store.tally[_HEAD] += 1
        watch, before = store.watching[false], NONE
        while watch != NONE:
            after, clause = store.following[watch], watch >> 1
            begin = store.first[clause]
            other = store.literals[begin + 1 - (watch & 1)]
            moved = False
            if _truth(store, other) != 1:
                for k in range(begin + 2, store.first[clause + 1]):
                    if _truth(store, store.literals[k]) != 0:
                        store.literals[begin + (watch & 1)] = store.literals[k]
                        store.literals[k] = false
                        _watch(store, watch, store.literals[begin + (watch & 1)])
                        moved = True
                        break
                if not moved:
                    if _truth(store, other) == 0:
                        return int(clause)
                    _set(store, other, clause)
            if not moved:
                before = watch
            elif before == NONE:
                store.watching[false] = after
            else:
                store.following[before] = after
            watch = after
    return NONE


@njit(**PART)
def _retreat(store: Store, depth: int) -> None:
    """Take back everything set below a depth."""
    if store.tally[_DEPTH] <= depth:
        return
    for k in range(store.limits[depth], store.tally[_TRAIL]):
        store.value[store.trail[k] >> 1] = UNSET
    store.tally[_TRAIL] = store.limits[depth]
    store.tally[_HEAD] = store.limits[depth]
    store.tally[_DEPTH] = depth


@njit(forceinline=True, **PART)
def _decide(store: Store, literal: int) -> None:
    store.limits[store.tally[_DEPTH]] = store.tally[_TRAIL]
    store.tally[_DEPTH] += 1
    _set(store, literal, NONE)


@njit(forceinline=True, **PART)
def _bump(store: Store, v: int) -> None:
    growth = store.activity.size - 1
    store.activity[v] += store.activity[growth]
    if store.activity[v] > _LARGEST:
        for k in range(store.activity.size):
            store.activity[k] /= _LARGEST


@njit(**PART)
def _analyse(store: Store, conflict: int) -> tuple[int, int]:
    """Learn a clause from a conflict; returns its length and the depth to go back to."""
    size, open_, literal, place = 1, 0, NONE, store.tally[_TRAIL] - 1
    clause = conflict
    while True:
        for k in range(store.first[clause], store.first[clause + 1]):
            other = store.literals[k]
            v = other >> 1
            if other == literal or store.mark[v] or store.level[v] == 0:
                continue
            store.mark[v] = 1
            _bump(store, v)
            if store.level[v] == store.tally[_DEPTH]:
                open_ += 1
            else:
                store.learnt[size] = other
                size += 1
        while not store.mark[store.trail[place] >> 1]:
            place -= 1
        literal = store.trail[place]
        place -= 1
        store.mark[literal >> 1] = 0
        open_ -= 1
        if open_ == 0:
            break
        clause = store.reason[literal >> 1]
    store.learnt[0] = literal ^ 1
    depth, at = 0, 1
    for k in range(1, size):
        store.mark[store.learnt[k] >> 1] = 0
        if store.level[store.learnt[k] >> 1] > depth:
            depth, at = store.level[store.learnt[k] >> 1], k
    if size > 1:
        store.learnt[1], store.learnt[at] = store.learnt[at], store.learnt[1]
    store.activity[store.activity.size - 1] *= _FADE
    return size, depth


@njit(forceinline=True, **PART)
def _append(store: Store, literals: Numbers, size: int) -> int:
    """Add a clause of two or more literals, the first two watched; returns its number."""
    clause, begin = store.tally[_CLAUSES], store.tally[_LITERALS]
    for k in range(size):
        store.literals[begin + k] = literals[k]
    store.first[clause] = begin
    store.first[clause + 1] = begin + size
    store.tally[_CLAUSES] += 1
    store.tally[_LITERALS] += size
    _watch(store, 2 * clause, literals[0])
    _watch(store, 2 * clause + 1, literals[1])
    return int(clause)


@njit(**DOOR)
def add(store: Store, literals: Numbers) -> None:
    """Add a clause."""
    _retreat(store, 0)
    size = 0
    for literal in literals:
        truth = _truth(store, literal)
        if truth == 1:
            return
        if truth < 0:
            store.learnt[size] = literal
            size += 1
    if size > 1:
        _append(store, store.learnt, size)
    elif size == 1:
        _set(store, store.learnt[0], NONE)
    if size == 0 or _propagate(store) != NONE:
        store.tally[_BROKEN] = 1


@njit(**PART)
def _next(store: Store, asked: Numbers) -> int:
    """Return the open variable among those asked for that was busiest, or -1."""
    best, busiest = NONE, -1.0
    for v in asked:
        if store.value[v] < 0 and store.activity[v] > busiest:
            best, busiest = v, store.activity[v]
    return int(best)


@njit(**PART)
def _learn(store: Store, conflict: int) -> None:
    size, depth = _analyse(store, conflict)
    _retreat(store, depth)
    if size == 1:
        _set(store, store.learnt[0], NONE)
    else:
        _set(store, store.learnt[0], _append(store, store.learnt, size))


@njit(**DOOR)
def search(store: Store, assumed: Numbers, asked: Numbers, budget: int, first: int) -> int:
    """Look for a model under assumptions; all variables asked for are set in it, to `first` where they can be."""
    conflicts, restart = 0, _FIRST_RESTART
    while not store.tally[_BROKEN]:
        conflict = _propagate(store)
        if conflict != NONE:
            if store.tally[_DEPTH] == 0:
                store.tally[_BROKEN] = 1
                return IMPOSSIBLE
            room = store.learnt.size
            if store.tally[_CLAUSES] + 2 >= store.first.size or store.tally[_LITERALS] + room > store.literals.size:
                _retreat(store, 0)
                return FULL
            _learn(store, conflict)
            conflicts += 1
            continue
        if conflicts >= budget:
            _retreat(store, 0)
            return UNDECIDED
        if conflicts >= restart:
            _retreat(store, 0)
            restart += restart // 2
        literal = NONE
        while store.tally[_DEPTH] < assumed.size:
            literal = assumed[store.tally[_DEPTH]]
            if _truth(store, literal) == 0:
                _retreat(store, 0)
                return IMPOSSIBLE
            if _truth(store, literal) < 0:
                break
            store.limits[store.tally[_DEPTH]] = store.tally[_TRAIL]
            store.tally[_DEPTH] += 1
            literal = NONE
        if literal == NONE:
            v = _next(store, asked)
            if v == NONE:
                return POSSIBLE
            literal = 2 * v + 1 - first
        _decide(store, literal)
    return IMPOSSIBLE


@njit(**DOOR)
def forget(store: Store, kept: int) -> None:
    """Drop the clauses from number `kept` on."""
    _retreat(store, 0)
    for literal in range(store.watching.size):
        before, watch = NONE, store.watching[literal]
        while watch != NONE:
            after = store.following[watch]
            if watch >> 1 < kept:
                before = watch
            elif before == NONE:
                store.watching[literal] = after
            else:
                store.following[before] = after
            watch = after
    store.tally[_CLAUSES] = kept
    store.tally[_LITERALS] = store.first[kept]


@njit(**DOOR)
def back(store: Store) -> None:
    """Take back everything that was decided."""
    _retreat(store, 0)


def clauses_in(store: Store) -> int:
    """Return the number of clauses, learnt ones included."""
    return int(store.tally[_CLAUSES])
