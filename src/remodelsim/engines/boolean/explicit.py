"""Asynchronous attractors state by state: the terminal strongly connected sets of up to 2^22 states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .events import DOOR, PART
from .logic import TRUE, Logic, open_regulators

Ints = NDArray[np.int64]
Small = NDArray[np.int8]
Marks = NDArray[np.uint32]
Flags = NDArray[np.uint8]
MOST_NODES = 22
_FORWARD, _BACKWARD, _DONE = np.uint8(1), np.uint8(2), np.uint8(4)


class Graph(NamedTuple):
    """Which nodes may flip in each state of m nodes.

    Attributes
    ----------
    nodes : int64 array, shape (m,)
        The nodes; bit j of a state is the j-th of them.
    unstable : uint32 array, shape (2^m,)
        Bit j says that the j-th node may flip.
    """

    nodes: Ints
    unstable: Marks


def graph_of(logic: Logic, given: Small, nodes: Ints) -> Graph:
    """Return the asynchronous graph of some nodes.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        Values of the other nodes that regulate them.
    nodes
        At most 22 nodes.

    Returns
    -------
    Graph
        Every state and what may flip in it.
    """
    states = np.arange(1 << nodes.size, dtype=np.uint32)
    place = {int(node): j for j, node in enumerate(nodes)}
    unstable = np.zeros(states.size, np.uint32)
    for j, node in enumerate(nodes.tolist()):
        on = (states >> np.uint32(j)) & np.uint32(1)
        unstable |= (_asked(logic, node, given, place, states) ^ on) << np.uint32(j)
    return Graph(nodes, unstable)


def _asked(logic: Logic, node: int, given: Small, place: dict[int, int], states: Marks) -> Marks:
    choices = logic.choices(node)
    found = [np.zeros(1, np.uint32), np.ones(1, np.uint32)]
    for which, high, low in zip(choices.which.tolist(), choices.high.tolist(), choices.low.tolist(), strict=True):
        if which in place:
            bit = (states >> np.uint32(place[which])) & np.uint32(1)
            found.append(np.where(bit, found[high], found[low]))
        else:
            found.append(found[high] if given[which] == TRUE else found[low])
    return found[choices.root]


@njit(**PART)
def _spread(unstable: Marks, size: int, start: int, mark: Flags, flag: int, backward: bool, queue: Marks) -> int:
    """Mark what can be reached from a state (or what can reach it) and is not done; returns how much was queued."""
    queue[0], end, k = start, 1, 0
    mark[start] |= flag
    while k < end:
        state = queue[k]
        k += 1
        for j in range(size):
            other = state ^ np.uint32(1 << j)
            open_ = unstable[other] if backward else unstable[state]
            if open_ >> np.uint32(j) & np.uint32(1) and not mark[other] & (flag | _DONE):
                mark[other] |= flag
                queue[end] = other
                end += 1
    return end


@njit(**PART)
def _walk(unstable: Marks, size: int, state: int, steps: int) -> int:
    """Follow a walk that flips in turn whatever may flip next; it comes near an attractor soon."""
    j = 0
    for _ in range(steps):
        if unstable[state] == 0:
            return state
        while not unstable[state] >> np.uint32(j) & np.uint32(1):
            j = (j + 1) % size
        state ^= 1 << j
        j = (j + 7) % size
    return state


@njit(**PART)
def _judge(unstable: Marks, size: int, mark: Flags, ahead: Marks, reached: int) -> tuple[bool, int]:
    """Tell whether what can be reached leads to states that are done, and a state from which there is no way back."""
    away, onward = False, -1
    for k in range(reached):
        state = ahead[k]
        if not mark[state] & _BACKWARD:
            onward = int(state)
        for j in range(size):
            if unstable[state] >> np.uint32(j) & np.uint32(1) and mark[state ^ np.uint32(1 << j)] & _DONE:
                away = True
    return away, onward


@njit(**DOOR)
def _attractors(unstable: Marks, size: int, mark: Flags, ahead: Marks, behind: Marks, label: NDArray[np.int32]) -> int:
    """Label the states of every attractor 1, 2, ...; returns their number."""
    count = 0
    for first in range(unstable.size):
        if mark[first] & _DONE:
            continue
        state = _walk(unstable, size, first, 64 * size)
        while state >= 0 and not mark[state] & _DONE:
            reached = _spread(unstable, size, state, mark, _FORWARD, False, ahead)
            leading = _spread(unstable, size, state, mark, _BACKWARD, True, behind)
            away, onward = _judge(unstable, size, mark, ahead, reached)
            terminal = onward < 0 and not away
            count += terminal
            for k in range(reached):
                mark[ahead[k]] &= _DONE
                if terminal:
                    label[ahead[k]] = count
            for k in range(leading):
                # what leads here needs no look of its own: its attractor is found from here
                mark[behind[k]] = _DONE
            state = onward
    return count


def terminal_sets(graph: Graph) -> list[Marks]:
    """Return the asynchronous attractors of a graph.

    Parameters
    ----------
    graph
        States and what may flip.

    Returns
    -------
    list of uint32 array
        The states of each attractor, ascending.
    """
    size = graph.nodes.size
    if size == 0:
        return [np.zeros(1, np.uint32)]
    mark = np.zeros(graph.unstable.size, np.uint8)
    label = np.zeros(graph.unstable.size, np.int32)
    queues = np.zeros((2, graph.unstable.size), np.uint32)
    count = _attractors(graph.unstable, size, mark, queues[0], queues[1], label)
    return [np.flatnonzero(label == k + 1).astype(np.uint32) for k in range(count)]


def core_of(logic: Logic, given: Small, nodes: Sequence[int] | Ints) -> Ints:
    """Return the nodes that others or they themselves listen to, again and again: the rest only follows.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        0 or 1 for nodes that stand still, -1 for the others.
    nodes
        Free nodes.

    Returns
    -------
    int64 array
        Those on which the attractors depend, ascending.
    """
    left = {int(node) for node in nodes}
    regulators = {i: open_regulators(logic, i, given) & left for i in left}
    heard = dict.fromkeys(left, 0)
    for i in left:
        for j in regulators[i]:
            heard[j] += 1
    todo = [i for i in left if heard[i] == 0]
    while todo:
        i = todo.pop()
        left.discard(i)
        for j in regulators[i]:
            heard[j] -= 1
            if heard[j] == 0 and j in left:
                todo.append(j)
    return np.asarray(sorted(left), np.int64)
