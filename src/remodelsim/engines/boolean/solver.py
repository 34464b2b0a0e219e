"""A small solver of clauses, for questions that are asked many times over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .clauses import (
    FULL,
    IMPOSSIBLE,
    POSSIBLE,
    UNDECIDED,
    Small,
    add,
    back,
    clauses_in,
    forget,
    new_store,
    search,
    with_room,
)


class Solver:
    """Clauses that can be asked under assumptions, added to, and shortened again.

    Parameters
    ----------
    variables
        Number of variables.
    asked
        Variables that a model must decide; the others follow, or may be false.
    clauses
        The clauses.
    """

    def __init__(self, variables: int, asked: Sequence[int], clauses: Iterable[Sequence[int]]) -> None:
        self.store = new_store(variables)
        self.asked = np.asarray(asked, np.int32)
        for clause in clauses:
            self.add(clause)

    def add(self, clause: Sequence[int]) -> None:
        """Add a clause."""
        self.store = with_room(self.store, 2, len(clause) + self.store.learnt.size)
        add(self.store, np.asarray(clause, np.int32))

    def search(self, assumed: Sequence[int] = (), budget: int = 2_000, *, first: int = 0) -> int:
        """Return POSSIBLE (`model` tells how), IMPOSSIBLE, or UNDECIDED after a number of conflicts.

        Parameters
        ----------
        assumed
            Literals that must hold.
        budget
            Largest number of conflicts.
        first
            Value that variables are given where they can be: 0 for small models, 1 for large ones.
        """
        literals = np.asarray(assumed, np.int32)
        while True:
            back(self.store)
            found = int(search(self.store, literals, self.asked, budget, first))
            if found != FULL:
                return found
            self.store = with_room(self.store, 1024, 1024 * 32 + self.store.learnt.size)

    @property
    def model(self) -> Small:
        """The values of the variables: 1, 0, or -1 for what does not matter."""
        return self.store.value.copy()

    @property
    def clauses(self) -> int:
        """Number of clauses, learnt ones included."""
        return clauses_in(self.store)

    def forget(self, kept: int) -> None:
        """Drop all clauses but the first `kept`."""
        forget(self.store, kept)


__all__ = ["IMPOSSIBLE", "POSSIBLE", "UNDECIDED", "Solver"]
