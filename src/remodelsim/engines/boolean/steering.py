"""Control of plain Boolean networks: the smallest sets of held nodes after which all attractors show a marker.

A trap space without the marker stands in the way until one of its fixed nodes is held the other way. So every solution
must break every such space: spaces are found one at a time, and sets that break all of them are tried, small ones
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from .budget import Budget
from .logic import Logic
from .solver import IMPOSSIBLE, POSSIBLE, Solver
from .traps import FREE, Theory, percolated, spaces_over

Ints = NDArray[np.int64]
Small = NDArray[np.int8]
Literal = tuple[int, int]
Held = frozenset[Literal]
_MOST_ATTRACTORS = 5_000


@dataclass(frozen=True)
class Controls:
    """Sets of held nodes that reach a marker.

    Attributes
    ----------
    sets
        The smallest sets, each of pairs of node and value, small ones first.
    complete
        Whether these are proven to be all up to the size asked for.
    checked
        Number of sets that were tried.
    """

    sets: tuple[tuple[Literal, ...], ...]
    complete: bool
    checked: int


@dataclass
class _Search:
    logic: Logic
    given: Small
    marker: Mapping[int, int]
    allowed: frozenset[Literal]
    upstream: Ints
    end: float
    obstacles: list[tuple[Held, Held]] = field(default_factory=list)
    found: list[Held] = field(default_factory=list)
    seen: set[Held] = field(default_factory=set)
    complete: bool = True
    checked: int = 0

    def extend(self, held: Held, left: int) -> None:
        """Try a set, and larger ones that break what stands in its way."""
        if held in self.seen or any(done <= held for done in self.found):
            return
        if monotonic() > self.end:
            self.complete = False
            return
        # what stood in the way of a part of the set still does, unless it is broken
        obstacle = next((o for part, o in self.obstacles if part <= held and not o & held), None)
        while obstacle is None:
            outcome = self.obstacle_to(held)
            if outcome is True:
                self.found.append(held)
                return
            if outcome is False:
                # no single space to break: anything may help
                obstacle = self.allowed
            else:
                obstacle = outcome
                self.obstacles.append((held, outcome))
        if left == 0:
            self.seen.add(held)
            return
        nodes = {node for node, _ in held}
        for literal in sorted(obstacle & self.allowed):
            if literal[0] not in nodes:
                self.extend(held | {literal}, left - 1)
        self.seen.add(held)

    def obstacle_to(self, held: Held) -> Held | bool:
        """Return True where a set reaches the marker, else what would break a space without it, or False."""
        self.checked += 1
        given = self.given.copy()
        for node, value in held:
            given[node] = value
        shared = percolated(self.logic, given)
        if any(shared[node] == 1 - value for node, value in self.marker.items()):
            return self._breaking(shared, held)
        open_ = [(node, value) for node, value in self.marker.items() if shared[node] == FREE]
        if not open_:
            return True
        free = self.upstream[shared[self.upstream] == FREE]
        theory = Theory(self.logic, shared, free)
        solver = Solver(theory.variables, range(2 * theory.size), theory.clauses)
        for node, value in open_:
            place = 2 * theory.may(theory.place[node], value) + 1
            while (answer := solver.search([place], first=1)) not in {POSSIBLE, IMPOSSIBLE}:
                if monotonic() > self.end:
                    self.complete = False
                    return False
            if answer == POSSIBLE:
                may = solver.model[: 2 * theory.size].reshape(-1, 2) == 1
                shared[free] = np.where(may.all(axis=1), FREE, may[:, 1])
                return self._breaking(shared, held)
        return self._all_attractors_show(shared, free)

    def _breaking(self, space: Small, held: Held) -> Held:
        own = {node for node, _ in held}
        fixed = np.flatnonzero(space != FREE).tolist()
        return frozenset((node, 1 - int(space[node])) for node in fixed if node not in own)

    def _all_attractors_show(self, shared: Small, free: Ints) -> bool:
        part, complete = spaces_over(self.logic, shared, free, most=_MOST_ATTRACTORS, budget=Budget(self.end))
        self.complete = self.complete and complete
        places = {int(node): k for k, node in enumerate(free)}
        return complete and all(
            bool((part.spaces[:, places[node]] == value).all())
            for node, value in self.marker.items()
            if shared[node] == FREE
        )


def _upstream(logic: Logic, given: Small, nodes: Iterable[int]) -> Ints:
    """Return the free nodes on which some nodes depend, themselves included."""
    todo, seen = list(nodes), set()
    while todo:
        i = todo.pop()
        if i not in seen:
            seen.add(i)
            # held nodes may turn what stands still into what moves: follow every regulator that is not held
            todo += [int(j) for j in logic.regulators(i) if given[j] == FREE]
    return np.asarray(sorted(seen), np.int64)


def smallest_controls(
    logic: Logic,
    given: Ints | Small,
    marker: Mapping[int, int],
    *,
    size: int,
    forbid: Iterable[int] = (),
    seconds: float = 60.0,
) -> Controls:
    """Return the smallest sets of nodes to hold, after which every smallest trap space shows a marker.

    Parameters
    ----------
    logic
        The network.
    given : ndarray, shape (n,)
        0 or 1 for nodes that are held anyway, -1 for the others.
    marker
        Node to the value that it must have in all attractors.
    size
        Largest number of nodes to hold.
    forbid
        Nodes to leave alone; those of the marker are left alone in any case.
    seconds
        Longest time to search.

    Returns
    -------
    Controls
        All smallest sets; marked as incomplete when the time was over.
    """
    held = np.asarray(given, np.int8)
    barred = {*forbid, *marker, *np.flatnonzero(held >= 0).tolist()}
    upstream = _upstream(logic, held, marker)
    allowed = frozenset((i, value) for i in upstream.tolist() if i not in barred for value in (0, 1))
    search = _Search(logic, held, dict(marker), allowed, upstream, monotonic() + seconds)
    for most in range(size + 1):
        search.seen.clear()
        search.extend(frozenset(), most)
    sets = sorted((tuple(sorted(done)) for done in search.found), key=lambda done: (len(done), done))
    return Controls(tuple(sets), search.complete, search.checked)
