"""Asynchronous attractors: one or more in each smallest trap space, and perhaps some outside of all.

Small cores are searched state by state. In large ones every attractor holds a state that no longer moves once a few
nodes (which break all negative feedback) may not leave one chosen value; when each such state outside the smallest trap
spaces walks into one of them, there are no attractors outside (Trinh et al. 2022, https://doi.org/10.1109/TCBB.2020.3028862).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .budget import Budget
from .events import DOOR, GOLDEN, base_of, mixed
from .explicit import MOST_NODES, core_of, graph_of, terminal_sets
from .feedback import breakers
from .logic import TRUE, Logic
from .solver import IMPOSSIBLE, POSSIBLE, Solver
from .traps import FREE, MOST_SPACES, Part, Theory, percolated, smallest_trap_spaces

Ints = NDArray[np.int64]
Small = NDArray[np.int8]
Bytes = NDArray[np.uint8]
# larger cores are left to candidates and walks
EXPLICIT_NODES = min(20, MOST_NODES)
_MOST_CANDIDATES = 20_000
_WALKS, _WALK_STEPS = 8, 20_000


@dataclass(frozen=True)
class Attractor:
    """A set of states that is never left and visited all over, again and again.

    Attributes
    ----------
    space : int8 array, shape (n,)
        0 or 1 for nodes that stand still, -1 for those that move.
    states
        Number of states of the nodes on which it depends; 0 where it was not counted.
    trapped
        Whether a smallest trap space holds it.
    """

    space: Small
    states: int
    trapped: bool = True

    @property
    def is_fixed_point(self) -> bool:
        """Whether it is a single state."""
        return bool((self.space != FREE).all())


@dataclass(frozen=True)
class Group:
    """The attractors of nodes that have nothing to do with the other free nodes.

    Attributes
    ----------
    nodes : int64 array, shape (m,)
        The nodes.
    attractors
        Their attractors; spaces over these nodes.
    complete
        Whether it is proven that these are all.
    """

    nodes: Ints
    attractors: tuple[Attractor, ...]
    complete: bool


@dataclass(frozen=True)
class Attractors:
    """The asynchronous attractors of a network, as a product over independent groups.

    Attributes
    ----------
    given : int8 array, shape (n,)
        Values that all of them share, -1 elsewhere.
    groups
        The groups.
    """

    given: Small
    groups: tuple[Group, ...]

    @property
    def complete(self) -> bool:
        """Whether it is proven that these are all."""
        return all(group.complete for group in self.groups)

    @property
    def count(self) -> int:
        """Number of attractors (found, where not complete)."""
        return prod(len(group.attractors) for group in self.groups)

    @property
    def fixed_points(self) -> int:
        """Number of those that are single states."""
        return prod(sum(a.is_fixed_point for a in group.attractors) for group in self.groups)

    def listed(self, most: int) -> list[Attractor]:
        """Return the first attractors of the whole network, at most `most`."""
        out: list[Attractor] = []
        for choice in product(*(group.attractors for group in self.groups)):
            if len(out) == most:
                break
            space = self.given.copy()
            for group, attractor in zip(self.groups, choice, strict=True):
                space[group.nodes] = attractor.space
            counted = prod(a.states for a in choice)
            out.append(Attractor(space, counted, all(a.trapped for a in choice)))
        return out


def attractors_of(
    logic: Logic,
    given: Ints | Small | None = None,
    *,
    most: int = MOST_SPACES,
    seconds: float = 60.0,
    megabytes: float = np.inf,
) -> Attractors:
    """Return the asynchronous attractors of a network.

    Parameters
    ----------
    logic
        The network.
    given : ndarray, shape (n,), optional
        0 or 1 for nodes that are held, -1 for the others.
    most
        Largest number of smallest trap spaces to list in each independent part.
    seconds, megabytes
        Most time to spend and most memory to take.

    Returns
    -------
    Attractors
        What was found, and whether it is proven to be all.
    """
    budget = Budget.of(seconds, megabytes)
    traps = smallest_trap_spaces(logic, given, most=most, seconds=seconds, megabytes=megabytes)
    groups = []
    for part in traps.parts:
        core = core_of(logic, traps.given, part.nodes)
        if core.size <= EXPLICIT_NODES and traps.complete:
            groups.append(_by_states(logic, traps.given, part, core))
        else:
            groups.append(_by_candidates(logic, traps.given, part, traps.complete, budget))
    return Attractors(traps.given, tuple(groups))


def _by_states(logic: Logic, given: Small, part: Part, core: Ints) -> Group:
    """Find the attractors of a part by searching the states of its core."""
    place = {int(node): k for k, node in enumerate(part.nodes)}
    where = np.asarray([place[int(node)] for node in core], np.int64)
    fixed = part.spaces[:, where]
    found = []
    for states in terminal_sets(graph_of(logic, given, core)):
        bits = (states[:, None] >> np.arange(core.size, dtype=np.uint32)) & np.uint32(1)
        hull = np.where((bits == bits[0]).all(axis=0), bits[0], FREE).astype(np.int8)
        inside = np.flatnonzero(((fixed == FREE) | (fixed == hull)).all(axis=1))
        found.append(Attractor(_widened(logic, given, part, where, hull, inside), states.size, bool(inside.size)))
    return Group(part.nodes, tuple(found), complete=True)


def _widened(logic: Logic, given: Small, part: Part, where: Ints, hull: Small, inside: Ints) -> Small:
    """Return the space of an attractor over all nodes of its part: what follows from those that stand still."""
    if inside.size:
        held = part.spaces[inside[0]].copy()
        held[where] = hull
    else:
        held = np.full(part.nodes.size, FREE, np.int8)
        held[where] = hull
    whole = given.copy()
    whole[part.nodes] = held
    return percolated(logic, whole)[part.nodes]


def _by_candidates(logic: Logic, given: Small, part: Part, sure: bool, budget: Budget) -> Group:
    """Count one attractor in each smallest trap space, and see whether there can be others."""
    complete = sure and _none_outside(logic, given, part, budget)
    found: list[Attractor] = []
    for space in part.spaces:
        whole = given.copy()
        whole[part.nodes] = space
        inner, alone = _inside(logic, whole, part.nodes, budget)
        complete = complete and alone
        found += inner
    return Group(part.nodes, tuple(found), complete)


def _inside(logic: Logic, given: Small, nodes: Ints, budget: Budget) -> tuple[list[Attractor], bool]:
    """Return the attractors in a smallest trap space, and whether these are proven to be all."""
    free = nodes[given[nodes] == FREE]
    if free.size == 0:
        return [Attractor(given[nodes], 1)], True
    core = core_of(logic, given, free)
    if core.size > EXPLICIT_NODES:
        part = Part(free, np.full((0, free.size), FREE, np.int8))
        found = _candidates(logic, given, part, budget)
        return [Attractor(given[nodes], 0)], found is not None and len(found) == 1
    out = []
    for states in terminal_sets(graph_of(logic, given, core)):
        bits = (states[:, None] >> np.arange(core.size, dtype=np.uint32)) & np.uint32(1)
        whole = given.copy()
        whole[core] = np.where((bits == bits[0]).all(axis=0), bits[0], FREE)
        out.append(Attractor(percolated(logic, whole)[nodes], states.size))
    return out, True


def _none_outside(logic: Logic, given: Small, part: Part, budget: Budget) -> bool:
    """Tell whether it is proven that no attractor lies outside the smallest trap spaces of a part."""
    candidates = _candidates(logic, given, part, budget)
    if candidates is None:
        return False
    start = np.where(given < 0, 0, given).astype(np.uint8)
    for number, candidate in enumerate(candidates):
        start[part.nodes] = candidate
        if budget.spent() or not _walks_home(logic, start, part.nodes, part.spaces, number, _WALKS, _WALK_STEPS):
            return False
    return True


def _candidates(logic: Logic, given: Small, part: Part, budget: Budget) -> list[Bytes] | None:
    """Return states of which every attractor outside the spaces of a part holds one; none where there are too many."""
    retained = breakers(logic, given, part.nodes)
    theory = Theory(logic, given, part.nodes, retained)
    clauses = [*theory.clauses, *([2 * theory.may(k, 0) + 1, 2 * theory.may(k, 1) + 1] for k in range(theory.size))]
    clauses += [
        [2 * theory.may(k, int(space[k])) + 1 for k in np.flatnonzero(space != FREE).tolist()] for space in part.spaces
    ]
    solver = Solver(theory.variables, range(2 * theory.size), clauses)
    found: list[Bytes] = []
    while len(found) <= _MOST_CANDIDATES and not budget.spent():
        answer = solver.search()
        if answer == IMPOSSIBLE:
            return found
        if answer == POSSIBLE:
            state = (solver.model[1 : 2 * theory.size : 2] == TRUE).astype(np.uint8)
            found.append(state)
            solver.add([2 * theory.may(k, int(state[k])) + 1 for k in range(theory.size)])
    return None


@njit(**DOOR)
def _walks_home(logic: Logic, start: Bytes, nodes: Ints, spaces: Small, seed: int, walks: int, steps: int) -> bool:
    """Tell whether a random walk from a state comes into one of the spaces."""
    key, m = base_of(seed), nodes.size
    for _ in range(walks):
        x = start.copy()
        for step in range(steps):
            if step % m == 0:
                for s in range(spaces.shape[0]):
                    home = True
                    for k in range(m):
                        if spaces[s, k] >= 0 and spaces[s, k] != x[nodes[k]]:
                            home = False
                            break
                    if home:
                        return True
            key += GOLDEN
            i = nodes[np.int64(((mixed(key) >> np.uint64(32)) * np.uint64(m)) >> np.uint64(32))]
            at = logic.root[i]
            while at > TRUE:
                choice = logic.choice_first[i] + at - 2
                at = logic.high[choice] if x[logic.which[choice]] else logic.low[choice]
            x[i] = at
    return False
