"""Nodes that break all negative feedback, found greedily."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from .logic import FALSE, TRUE, Logic, open_choices

Ints = NDArray[np.int64]
Small = NDArray[np.int8]
BOTH = 0


def signs_of(logic: Logic, i: int, given: Small) -> dict[int, int]:
    """Return the sign of every free regulator of a node: +1 raises, -1 lowers, 0 does both.

    Parameters
    ----------
    logic
        The network.
    i
        The node.
    given : int8 array, shape (n,)
        0 or 1 for nodes that stand still, -1 for the others.

    Returns
    -------
    dict
        Regulator to sign.
    """
    choices = open_choices(logic, i, given)
    rank = _ranks(choices)
    known: dict[tuple[int, int], bool] = {}

    def side(at: int, which: int, place: int) -> int:
        return choices[at][place] if at > TRUE and choices[at][0] == which else at

    def implies(a: int, b: int) -> bool:
        """Tell whether a asks for no more than b does."""
        if a in {b, FALSE} or b == TRUE:
            return True
        if b == FALSE or a == TRUE:
            return False
        if (a, b) not in known:
            first = min((choices[x][0] for x in (a, b)), key=rank.__getitem__)
            known[a, b] = all(implies(side(a, first, place), side(b, first, place)) for place in (1, 2))
        return known[a, b]

    out: dict[int, int] = {}
    for which, high, low in choices.values():
        sign = 1 if implies(low, high) else -1 if implies(high, low) else BOTH
        out[which] = sign if out.get(which, sign) == sign else BOTH
    return out


def _ranks(choices: Mapping[int, tuple[int, int, int]]) -> dict[int, int]:
    """Return an order of the regulators in which each choice comes before those that it leads to."""
    later: dict[int, set[int]] = {which: set() for which, _, _ in choices.values()}
    for which, high, low in choices.values():
        for target in (high, low):
            if target > TRUE:
                later[choices[target][0]].add(which)
    return {which: k for k, which in enumerate(TopologicalSorter(later).static_order())}


def breakers(logic: Logic, given: Small, nodes: Ints) -> dict[int, int]:
    """Return nodes without which no cycle lowers itself, each with the value that its rule asks for more often.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        Values of the other nodes.
    nodes
        The free nodes.

    Returns
    -------
    dict
        Node to value.
    """
    free = {int(node) for node in nodes}
    edges = {i: {j: s for j, s in signs_of(logic, i, given).items() if j in free} for i in free}
    out: dict[int, int] = {}
    while True:
        unbalanced = [group for group in _strong(edges) if not _balanced(edges, group)]
        if not unbalanced:
            return out
        for group in unbalanced:
            chosen = max(sorted(group), key=lambda node: _degree(edges, node, group))
            out[chosen] = _usual(logic, chosen)
            edges.pop(chosen)
            for regulators in edges.values():
                regulators.pop(chosen, None)


def _degree(edges: dict[int, dict[int, int]], node: int, group: set[int]) -> int:
    inward = sum(j in group for j in edges[node])
    outward = sum(node in edges[i] for i in group)
    loop = edges[node].get(node, 1)
    # a node that lowers itself must go in any case
    return 10**6 if loop <= 0 else inward * outward


def _usual(logic: Logic, i: int) -> int:
    if logic.offset[i] < 0:
        return 0
    size = 1 << (int(logic.first[i + 1]) - int(logic.first[i]))
    return int(logic.table[logic.offset[i] : logic.offset[i] + size].mean() >= 0.5)


def _strong(edges: dict[int, dict[int, int]]) -> list[set[int]]:
    """Return the strongly connected groups that hold a cycle (Tarjan 1972, without recursion)."""
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    out: list[set[int]] = []
    for root, regulators in edges.items():
        if root in number:
            continue
        work = [(root, iter(regulators))]
        number[root] = lowest[root] = len(number)
        path.append(root)
        on_path.add(root)
        while work:
            node, rest = work[-1]
            fresh = next((j for j in rest if _met(j, node, number, lowest, on_path)), None)
            if fresh is not None:
                number[fresh] = lowest[fresh] = len(number)
                path.append(fresh)
                on_path.add(fresh)
                work.append((fresh, iter(edges[fresh])))
                continue
            work.pop()
            if work:
                lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
            if lowest[node] == number[node]:
                group = set(path[path.index(node) :])
                del path[path.index(node) :]
                on_path -= group
                if len(group) > 1 or node in edges[node]:
                    out.append(group)
    return out


def _met(j: int, node: int, number: dict[int, int], lowest: dict[int, int], on_path: set[int]) -> bool:
    """Tell whether a node was not met before; take note of a way back."""
    if j not in number:
        return True
    if j in on_path:
        lowest[node] = min(lowest[node], number[j])
    return False


def _balanced(edges: dict[int, dict[int, int]], group: set[int]) -> bool:
    """Tell whether the nodes of a group can be given two colours that every sign agrees with."""
    neighbours: dict[int, list[tuple[int, int]]] = {i: [] for i in group}
    for i in group:
        for j, sign in edges[i].items():
            if j in group:
                if sign == BOTH:
                    return False
                neighbours[i].append((j, sign))
                neighbours[j].append((i, sign))
    start = next(iter(group))
    colour, todo = {start: 1}, [start]
    while todo:
        i = todo.pop()
        for j, sign in neighbours[i]:
            if j not in colour:
                colour[j] = colour[i] * sign
                todo.append(j)
            elif colour[j] != colour[i] * sign:
                return False
    return True
