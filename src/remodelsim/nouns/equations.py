"""Differential equations as symbols, so that other tools can be given the same ones.

A `Term` is built by writing the formula: ``l * q / (l * q + 1.0 - l)`` with ``l = symbol("l")``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..ground.errors import ModelError
from ..ground.names import is_name

# operation to how many arguments it takes; a choice is (value, condition, otherwise)
OPERATIONS = {
    "plus": 2,
    "minus": 2,
    "times": 2,
    "divide": 2,
    "power": 2,
    "choice": 3,
    "gt": 2,
    "geq": 2,
    "time": 0,
    "number": 0,
    "name": 0,
}
Number: TypeAlias = "Term | float"


@dataclass(frozen=True, slots=True)
class Term:
    """A formula.

    Parameters
    ----------
    op
        One of `OPERATIONS`.
    args
        What it is applied to.
    name
        The symbol of a "name".
    value
        The value of a "number".

    Raises
    ------
    ModelError
        When the operation is unknown or takes another number of arguments, or a number is not finite.

    Examples
    --------
    >>> [part.op for part in (2.0 * symbol("a")).args]
    ['number', 'name']
    """

    op: str
    args: tuple[Term, ...] = ()
    name: str = ""
    value: float = 0.0

    def __post_init__(self) -> None:
        if OPERATIONS.get(self.op) != len(self.args):
            raise ModelError(f"'{self.op}' of {len(self.args)} arguments is no formula", allowed=OPERATIONS)
        if not math.isfinite(self.value):
            raise ModelError(f"{self.value} cannot stand in a formula")

    def __add__(self, other: Number) -> Term:
        return Term("plus", (self, term(other)))

    def __radd__(self, other: float) -> Term:
        return Term("plus", (term(other), self))

    def __sub__(self, other: Number) -> Term:
        return Term("minus", (self, term(other)))

    def __rsub__(self, other: float) -> Term:
        return Term("minus", (term(other), self))

    def __mul__(self, other: Number) -> Term:
        return Term("times", (self, term(other)))

    def __rmul__(self, other: float) -> Term:
        return Term("times", (term(other), self))

    def __truediv__(self, other: Number) -> Term:
        return Term("divide", (self, term(other)))

    def __rtruediv__(self, other: float) -> Term:
        return Term("divide", (term(other), self))

    def __pow__(self, other: Number) -> Term:
        return Term("power", (self, term(other)))

    def symbols(self) -> Iterator[str]:
        """Yield the symbols in it, repeated ones repeatedly."""
        if self.op == "name":
            yield self.name
        for part in self.args:
            yield from part.symbols()


def term(value: Number) -> Term:
    """Return a number as a formula; a formula as it is."""
    return value if isinstance(value, Term) else Term("number", value=float(value))


def symbol(name: str) -> Term:
    """Return a symbol as a formula."""
    return Term("name", name=name)


def at_least(value: Number, least: Number) -> Term:
    """Return the larger of two formulae, as a choice that every tool knows: value where value > least, else least."""
    return Term("choice", (term(value), Term("gt", (term(value), term(least))), term(least)))


def at_most(value: Number, most: Number) -> Term:
    """Return the smaller of two formulae."""
    return Term("choice", (term(most), Term("gt", (term(value), term(most))), term(value)))


def rising(x: Number) -> Term:
    """Return x / (1 + x)."""
    return term(x) / (1.0 + term(x))


def falling(x: Number) -> Term:
    """Return 1 / (1 + x)."""
    return 1.0 / (1.0 + term(x))


@dataclass(frozen=True, slots=True)
class State:
    """One quantity that changes with time.

    Parameters
    ----------
    name
        Its symbol.
    start
        Its value on day 0.
    rate
        Its change per day; None for one that is held.
    label_en, label_zh, identifier
        What people read, and a CURIE.
    """

    name: str
    start: float
    rate: Term | None
    label_en: str = ""
    label_zh: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What is set anew when a condition comes true.

    Parameters
    ----------
    name
        Its symbol.
    when
        The condition.
    sets
        Symbol to its new value.
    """

    name: str
    when: Term
    sets: Mapping[str, Term]


@dataclass(frozen=True)
class Equations:
    """A system of differential equations, in days.

    Parameters
    ----------
    name, title
        What it is called: a symbol, and a line for people.
    states
        What changes by a rate.
    numbers
        Parameters, symbol to value.
    defined
        Symbol to the formula that it always equals, each made of states, numbers and earlier ones.
    events
        What is set anew and when; numbers that events set are those of day 0 before.

    Raises
    ------
    ModelError
        When a name is none or stands for two things, or a formula uses a symbol that is not there yet.
    """

    name: str
    title: str
    states: tuple[State, ...]
    numbers: Mapping[str, float]
    defined: Mapping[str, Term]
    events: tuple[Event, ...] = ()
    symbols: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [*(s.name for s in self.states), *self.numbers, *self.defined, *(e.name for e in self.events)]
        seen: set[str] = set()
        for name in names:
            if not is_name(name):
                raise ModelError(f"'{name}' is not a symbol for an equation")
            if name in seen:
                raise ModelError(f"the symbol {name} stands for two things", cure="Rename one of the nodes.")
            seen.add(name)
        object.__setattr__(self, "symbols", frozenset(seen))
        known = {*(s.name for s in self.states), *self.numbers}
        for name, formula in self.defined.items():
            self._check(name, formula, known)
            known.add(name)
        for state in self.states:
            if state.rate is not None:
                self._check(state.name, state.rate, known)
        for event in self.events:
            for name, formula in ((event.name, event.when), *event.sets.items()):
                self._check(name, formula, known)

    def _check(self, owner: str, formula: Term, known: set[str]) -> None:
        missing = next((name for name in formula.symbols() if name not in known), None)
        if missing is not None:
            raise ModelError(f"the equation of {owner} uses {missing}, which is not there")
