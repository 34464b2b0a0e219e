"""Trap spaces: sets of states, each node fixed or free, that no update leaves; the smallest hold the attractors.

A space says of every node whether it may be 0 and whether it may be 1. It is a trap when every node may be whatever its
rule can ask for inside: a decision diagram is followed along all values that may be. So trap spaces are the models of
clauses, the smallest ones their smallest models (Klarner et al. 2015, https://doi.org/10.1007/s11047-014-9457-1; under
most permissive dynamics these are the attractors, Paulevé et al. 2020, https://doi.org/10.1038/s41467-020-18112-5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from .budget import Budget
from .logic import FALSE, TRUE, Logic, constant_under, open_choices, open_regulators
from .solver import IMPOSSIBLE, POSSIBLE, UNDECIDED, Solver

Ints = NDArray[np.int64]
Small = NDArray[np.int8]
FREE = -1
MOST_SPACES = 1_000_000
_ENDLESS = Budget()


@dataclass(frozen=True)
class Part:
    """The smallest trap spaces of nodes that have nothing to do with the other free nodes.

    Attributes
    ----------
    nodes : int64 array, shape (m,)
        The nodes.
    spaces : int8 array, shape (k, m)
        0, 1, or -1 for free.
    """

    nodes: Ints
    spaces: Small

    @property
    def fixed(self) -> NDArray[np.bool_]:
        """Which spaces are single states, shape (k,)."""
        found: NDArray[np.bool_] = (self.spaces != FREE).all(axis=1)
        return found


@dataclass(frozen=True)
class TrapSpaces:
    """The smallest trap spaces of a network, as a product over independent parts.

    Attributes
    ----------
    given : int8 array, shape (n,)
        Values that all of them share, -1 elsewhere.
    parts
        The independent parts.
    complete
        False when a limit of time or number was met: then only some of them are known.
    """

    given: Small
    parts: tuple[Part, ...]
    complete: bool = True

    @property
    def count(self) -> int:
        """Number of smallest trap spaces."""
        return prod(part.spaces.shape[0] for part in self.parts)

    @property
    def fixed_points(self) -> int:
        """Number of those that are single states."""
        return prod(int(part.fixed.sum()) for part in self.parts)

    def __iter__(self) -> Iterator[Small]:
        """Yield the spaces one after the other: 0, 1, or -1 for free."""
        for choice in product(*(range(part.spaces.shape[0]) for part in self.parts)):
            space = self.given.copy()
            for part, k in zip(self.parts, choice, strict=True):
                space[part.nodes] = part.spaces[k]
            yield space


def percolated(logic: Logic, given: Ints | Small) -> Small:
    """Return given values together with all that follows from them.

    Parameters
    ----------
    logic
        The network.
    given : ndarray, shape (n,)
        0 or 1 for nodes that are held, -1 for the others.

    Returns
    -------
    int8 array, shape (n,)
        0 or 1 for nodes that come to one value whatever the others do.
    """
    out = np.asarray(given, np.int64).copy()
    targets: list[list[int]] = [[] for _ in range(logic.size)]
    for i in range(logic.size):
        for j in logic.regulators(i).tolist():
            targets[j].append(i)
    todo = [i for i in range(logic.size) if out[i] < 0]
    while todo:
        i = todo.pop()
        if out[i] < 0:
            out[i] = constant_under(logic.choices(i), out)
            if out[i] >= 0:
                todo.extend(targets[i])
    return out.astype(np.int8)


def independent_parts(logic: Logic, given: Small) -> list[Ints]:
    """Return the free nodes in groups that do not regulate each other.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        -1 for the free nodes.

    Returns
    -------
    list of int64 array
        The groups, each ascending.
    """
    leader = list(range(logic.size))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    free = np.flatnonzero(given < 0).tolist()
    for i in free:
        for j in open_regulators(logic, i, given):
            leader[find(j)] = find(i)
    groups: dict[int, list[int]] = {}
    for i in free:
        groups.setdefault(find(i), []).append(i)
    return [np.asarray(group, np.int64) for group in groups.values()]


class Theory:
    """The clauses whose models are the trap spaces of some nodes.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        Values of the other nodes.
    nodes
        The free nodes.
    retained
        Nodes that, once at a value, may stay there whatever their rule asks for.
    """

    def __init__(self, logic: Logic, given: Small, nodes: Ints, retained: Mapping[int, int] | None = None) -> None:
        self.place = {int(node): k for k, node in enumerate(nodes)}
        self.size = nodes.size
        self.variables = 2 * nodes.size + 1
        self.clauses: list[list[int]] = []
        for k, node in enumerate(nodes.tolist()):
            # it may be 0, or it may be 1
            self.clauses.append([2 * self.may(k, FALSE), 2 * self.may(k, TRUE)])
            self._follow(k, open_choices(logic, node, given), (retained or {}).get(node, -1))

    @staticmethod
    def may(k: int, value: int) -> int:
        """Return the variable that says that the k-th node may have a value."""
        return 2 * k + value

    @property
    def switch(self) -> int:
        """A variable of no meaning, by which a clause is switched on."""
        return 2 * self.size

    def _follow(self, k: int, choices: Mapping[int, tuple[int, int, int]], kept: int) -> None:
        """Say that the node may be whatever its diagram leads to along values that may be."""
        reached: dict[int, int] = {}
        for at in choices:
            if reached:
                reached[at] = self.variables
                self.variables += 1
            else:
                reached[at] = -1

        def arrives(at: int) -> int:
            return 2 * (self.may(k, at) if at <= TRUE else reached[at])

        for at, (which, high, low) in choices.items():
            here = [] if reached[at] < 0 else [2 * reached[at] + 1]
            for value, target in ((TRUE, high), (FALSE, low)):
                passing = 2 * self.may(self.place[which], value) + 1
                lost = kept >= 0 and target == 1 - kept
                if passing != arrives(target) + 1 and not lost:
                    self.clauses.append([*here, passing, arrives(target)])


def smallest_trap_spaces(
    logic: Logic,
    given: Ints | Small | None = None,
    *,
    single_states: bool = False,
    most: int = MOST_SPACES,
    seconds: float = np.inf,
    megabytes: float = np.inf,
) -> TrapSpaces:
    """Return the smallest trap spaces of a network.

    Parameters
    ----------
    logic
        The network.
    given : ndarray, shape (n,), optional
        0 or 1 for nodes that are held, -1 for the others.
    single_states
        Whether to look for fixed points alone.
    most
        Largest number of spaces to list in each independent part.
    seconds, megabytes
        Most time to spend and most memory to take.

    Returns
    -------
    TrapSpaces
        All of them; marked as incomplete when a limit was met.
    """
    budget = Budget.of(seconds, megabytes)
    shared = percolated(logic, np.full(logic.size, FREE) if given is None else given)
    parts, complete = [], True
    for nodes in independent_parts(logic, shared):
        part, all_found = spaces_over(logic, shared, nodes, single_states=single_states, most=most, budget=budget)
        parts.append(part)
        complete = complete and all_found
    return TrapSpaces(shared, tuple(parts), complete)


def spaces_over(
    logic: Logic,
    given: Small,
    nodes: Ints,
    *,
    single_states: bool = False,
    most: int = MOST_SPACES,
    budget: Budget = _ENDLESS,
) -> tuple[Part, bool]:
    """Return the smallest trap spaces of nodes that listen to no other free node.

    Parameters
    ----------
    logic
        The network.
    given : int8 array, shape (n,)
        Values of the other nodes.
    nodes
        The nodes.
    single_states
        Whether to look for fixed points alone.
    most
        Largest number to list.
    budget
        When to stop.

    Returns
    -------
    tuple of Part and bool
        The spaces, and whether these are all.
    """
    spaces, all_found = _listed(Theory(logic, given, nodes), single_states, most, budget)
    return Part(nodes, spaces), all_found


def _listed(theory: Theory, single_states: bool, most: int, budget: Budget) -> tuple[Small, bool]:
    """List the smallest models of a theory; tells whether these are all."""
    clauses = list(theory.clauses)
    if single_states:
        clauses += [[2 * theory.may(k, FALSE) + 1, 2 * theory.may(k, TRUE) + 1] for k in range(theory.size)]
    solver = Solver(theory.variables, range(2 * theory.size), clauses)
    found: list[Small] = []
    while len(found) < most and not budget.spent():
        space = _solved(solver, theory, [], budget)
        if space is None:
            return _stacked(found, theory.size), True
        if space.size == 0:
            break
        space, surely = _shrunk(solver, theory, space, budget)
        if not surely:
            break
        found.append(space)
        fixed = np.flatnonzero(space != FREE)
        if fixed.size == 0:
            return _stacked(found, theory.size), True
        # a trap space that may be what this one is holds it, since two traps that meet meet in a trap
        solver.add([2 * theory.may(int(k), int(space[k])) + 1 for k in fixed])
    return _stacked(found, theory.size), False


def _stacked(found: Sequence[Small], size: int) -> Small:
    return np.stack(found) if found else np.zeros((0, size), np.int8)


def _solved(solver: Solver, theory: Theory, assumed: Sequence[int], budget: Budget) -> Small | None:
    """Return a trap space, none where there is none, and an empty array when the time is over."""
    while True:
        answer = solver.search(assumed)
        if answer == POSSIBLE:
            may = solver.model[: 2 * theory.size].reshape(-1, 2) == 1
            return np.where(may.all(axis=1), FREE, may[:, TRUE]).astype(np.int8)
        if answer == IMPOSSIBLE:
            return None
        if answer == UNDECIDED and budget.spent():
            return np.zeros(0, np.int8)


def _shrunk(solver: Solver, theory: Theory, space: Small, budget: Budget) -> tuple[Small, bool]:
    """Return a smallest trap space inside one, and whether it is known to be smallest."""
    while (space == FREE).any():
        free, fixed = np.flatnonzero(space == FREE).tolist(), np.flatnonzero(space != FREE).tolist()
        kept = solver.clauses
        solver.add([2 * theory.switch + 1, *(2 * theory.may(k, v) + 1 for k in free for v in (FALSE, TRUE))])
        inside = [2 * theory.switch, *(2 * theory.may(k, 1 - int(space[k])) + 1 for k in fixed)]
        smaller = _solved(solver, theory, inside, budget)
        solver.forget(kept)
        if smaller is None:
            return space, True
        if smaller.size == 0:
            return space, False
        space = smaller
    return space, True
