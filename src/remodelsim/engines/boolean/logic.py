"""Any Boolean network as arrays: rules of any shape, with up to dozens of regulators each.

A rule becomes a truth table of machine words (up to 14 regulators) or is put together as a decision diagram (above).
Regulators that cannot make a difference are dropped: some tools write constants as ``(x & !x)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...nouns.rule import Expr, Rule
from .diagram import Diagram, diagram_of

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Small = NDArray[np.int8]
Words = NDArray[np.uint64]
FALSE, TRUE = 0, 1
# the widest table that kernels read; wider rules are followed choice by choice
WIDEST_TABLE = 14
_PATTERNS = (
    0xAAAAAAAAAAAAAAAA,
    0xCCCCCCCCCCCCCCCC,
    0xF0F0F0F0F0F0F0F0,
    0xFF00FF00FF00FF00,
    0xFFFF0000FFFF0000,
    0xFFFFFFFF00000000,
)


class Choices(NamedTuple):
    """One rule as choices: leaf 0 is false, leaf 1 true, ``k >= 2`` is choice ``k - 2``, always an earlier one.

    Attributes
    ----------
    which : int64 array, shape (c,)
        Position of the regulator that decides.
    high, low : int64 arrays, shape (c,)
        What is chosen where it is on, and where it is off.
    root : int
        The result.
    """

    which: Ints
    high: Ints
    low: Ints
    root: int


class Logic(NamedTuple):
    """A Boolean network as arrays; n nodes.

    Attributes
    ----------
    first : int64 array, shape (n + 1,)
    regulator : int64 array
        The regulators that matter to node i are ``regulator[first[i]:first[i + 1]]``.
    offset : int64 array, shape (n,)
        Where the truth table of a node starts, bit j of the position being its j-th regulator; -1 for wider rules.
    table : uint8 array
        All truth tables.
    choice_first : int64 array, shape (n + 1,)
    which, high, low : int64 arrays
        The choices of all nodes as in `Choices`; `which` counts nodes.
    root : int64 array, shape (n,)
        Their results.
    """

    first: Ints
    regulator: Ints
    offset: Ints
    table: Bytes
    choice_first: Ints
    which: Ints
    high: Ints
    low: Ints
    root: Ints

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.root.size)

    def regulators(self, i: int) -> Ints:
        """Return the regulators that matter to node i."""
        return self.regulator[self.first[i] : self.first[i + 1]]

    def choices(self, i: int) -> Choices:
        """Return the choices of node i, over nodes."""
        part = slice(int(self.choice_first[i]), int(self.choice_first[i + 1]))
        return Choices(self.which[part], self.high[part], self.low[part], int(self.root[i]))


def compile_logic(rules: Mapping[str, Rule]) -> Logic:
    """Turn rules into arrays.

    Parameters
    ----------
    rules
        One rule per node; every regulator must have a rule (an input is its own regulator).

    Returns
    -------
    Logic
        Nodes in the order of the rules.
    """
    index = {name: i for i, name in enumerate(rules)}
    known: dict[object, tuple[Ints, Choices, Bytes | None]] = {}
    found = []
    for rule in rules.values():
        names = rule.regulators
        shape = _shape(rule.expr, {name: j for j, name in enumerate(names)})
        if shape not in known:
            known[shape] = _compiled(rule.expr, names)
        matter, choices, table = known[shape]
        found.append((np.asarray([index[names[j]] for j in matter], np.int64), choices, table))
    return _joined(found)


def _shape(expr: Expr, place: Mapping[str, int]) -> object:
    """Return a key that rules share which differ in names alone."""
    if expr.op == "var":
        return place[expr.name]
    if expr.op == "const":
        return ("const", expr.value)
    return (expr.op, *(_shape(part, place) for part in expr.args))


def _joined(found: Sequence[tuple[Ints, Choices, Bytes | None]]) -> Logic:
    empty = np.zeros(0, np.int64)
    sizes = [0 if table is None else table.size for _, _, table in found]
    starts = np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))])[:-1]
    return Logic(
        first=_starts([regulators.size for regulators, _, _ in found]),
        regulator=np.concatenate([empty, *(regulators for regulators, _, _ in found)]),
        offset=np.where(np.asarray([t is None for _, _, t in found], np.bool_), -1, starts).astype(np.int64),
        table=np.concatenate([np.zeros(0, np.uint8), *(table for _, _, table in found if table is not None)]),
        choice_first=_starts([choices.which.size for _, choices, _ in found]),
        which=np.concatenate([empty, *(r[c.which] for r, c, _ in found if c.which.size)]),
        high=np.concatenate([empty, *(choices.high for _, choices, _ in found)]),
        low=np.concatenate([empty, *(choices.low for _, choices, _ in found)]),
        root=np.asarray([choices.root for _, choices, _ in found], np.int64),
    )


def _starts(sizes: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)


def _compiled(expr: Expr, names: Sequence[str]) -> tuple[Ints, Choices, Bytes | None]:
    """Return the regulators that matter (positions), the choices over them, and the table if it is narrow."""
    place = {name: j for j, name in enumerate(names)}
    if len(names) > WIDEST_TABLE:
        choices = _Maker(len(names)).choices(expr, place)
        matter = np.unique(choices.which)
        return matter, choices._replace(which=np.searchsorted(matter, choices.which)), None
    table = _table(expr, place)
    matter = np.asarray([j for j in range(len(names)) if _matters(table, j)], np.int64)
    for j in sorted(set(range(len(names))) - set(matter.tolist()), reverse=True):
        table = table.reshape(-1, 2, 1 << j)[:, 0].reshape(-1)
    choices = _from_diagram(diagram_of(table.astype(np.float64)))
    return matter, choices, table if matter.size <= WIDEST_TABLE else None


def _matters(table: Bytes, j: int) -> bool:
    pairs = table.reshape(-1, 2, 1 << j)
    return bool((pairs[:, 0] != pairs[:, 1]).any())


def _from_diagram(diagram: Diagram) -> Choices:
    if diagram.values.size == 1:
        return Choices(diagram.which, diagram.high, diagram.low, int(diagram.values[0]))
    return Choices(diagram.which, diagram.high, diagram.low, int(diagram.which.size) + 1)


def _table(expr: Expr, place: Mapping[str, int]) -> Bytes:
    """Return the truth table of an expression, bit j of the position being the input in place j."""
    count = len(place)
    packed = _packed(expr, place, max(1 << count >> 6, 1))
    return np.unpackbits(packed.view(np.uint8), bitorder="little")[: 1 << count]


def _packed(expr: Expr, place: Mapping[str, int], size: int) -> Words:
    if expr.op == "var":
        j = place[expr.name]
        if j < len(_PATTERNS):
            return np.full(size, _PATTERNS[j], np.uint64)
        block = np.repeat(np.array([0, 2**64 - 1], np.uint64), 1 << (j - len(_PATTERNS)))
        return np.tile(block, size // block.size)
    if expr.op == "const":
        return np.full(size, 2**64 - 1 if expr.value else 0, np.uint64)
    parts = (_packed(part, place, size) for part in expr.args)
    out = next(parts).copy()
    if expr.op == "not":
        return ~out
    for part in parts:
        out = out & part if expr.op == "and" else out | part
    return out


class _Maker:
    """Puts a decision diagram together, operation by operation (Bryant 1986)."""

    def __init__(self, inputs: int) -> None:
        # leaves ask the last input of all
        self.rows: list[tuple[int, int, int]] = [(inputs, FALSE, FALSE), (inputs, TRUE, TRUE)]
        self.known: dict[tuple[int, int, int], int] = {}
        self.done: dict[tuple[str, int, int], int] = {}

    def make(self, which: int, low: int, high: int) -> int:
        if low == high:
            return low
        row = (which, low, high)
        if row not in self.known:
            self.known[row] = len(self.rows)
            self.rows.append(row)
        return self.known[row]

    def join(self, op: str, left: int, right: int) -> int:
        end, pass_ = (FALSE, TRUE) if op == "and" else (TRUE, FALSE)
        if end in {left, right}:
            return end
        if left in {pass_, right}:
            return right
        if right == pass_:
            return left
        key = (op, left, right) if left < right else (op, right, left)
        if key not in self.done:
            (i, l0, l1), (j, r0, r1) = self.rows[left], self.rows[right]
            top = min(i, j)
            a0, a1 = (l0, l1) if i == top else (left, left)
            b0, b1 = (r0, r1) if j == top else (right, right)
            self.done[key] = self.make(top, self.join(op, a0, b0), self.join(op, a1, b1))
        return self.done[key]

    def invert(self, row: int) -> int:
        if row in {FALSE, TRUE}:
            return 1 - row
        key = ("not", row, row)
        if key not in self.done:
            which, low, high = self.rows[row]
            self.done[key] = self.make(which, self.invert(low), self.invert(high))
        return self.done[key]

    def build(self, expr: Expr, place: Mapping[str, int]) -> int:
        if expr.op == "var":
            return self.make(place[expr.name], FALSE, TRUE)
        if expr.op == "const":
            return int(expr.value)
        parts = [self.build(part, place) for part in expr.args]
        if expr.op == "not":
            return self.invert(parts[0])
        # pairs of neighbours first: long chains stay small
        while len(parts) > 1:
            parts = [
                self.join(expr.op, *parts[k : k + 2]) if k + 1 < len(parts) else parts[k]
                for k in range(0, len(parts), 2)
            ]
        return parts[0]

    def choices(self, expr: Expr, place: Mapping[str, int]) -> Choices:
        root = self.build(expr, place)
        reached: set[int] = set()
        todo = [root]
        while todo:
            row = todo.pop()
            if row > TRUE and row not in reached:
                reached.add(row)
                todo.extend(self.rows[row][1:])
        order = sorted(reached)
        number = {FALSE: FALSE, TRUE: TRUE, **{row: k + 2 for k, row in enumerate(order)}}
        rows = [self.rows[row] for row in order]
        return Choices(
            np.asarray([which for which, _, _ in rows], np.int64),
            np.asarray([number[high] for _, _, high in rows], np.int64),
            np.asarray([number[low] for _, low, _ in rows], np.int64),
            number[root],
        )


def evaluate(choices: Choices, state: Sequence[int] | Bytes) -> bool:
    """Tell what a rule asks for in a state.

    Parameters
    ----------
    choices
        The rule, over nodes.
    state
        0 or 1 per node.

    Returns
    -------
    bool
        True for on.
    """
    at = choices.root
    while at > TRUE:
        at = int(choices.high[at - 2] if state[choices.which[at - 2]] else choices.low[at - 2])
    return at == TRUE


def constant_under(choices: Choices, given: Ints | Small) -> int:
    """Tell what a rule asks for whatever the nodes do that are not given.

    Parameters
    ----------
    choices
        The rule, over nodes.
    given : ndarray, shape (n,)
        0 or 1 for nodes that stand still, -1 for the others.

    Returns
    -------
    int
        0 or 1, or -1 where it depends on the others.
    """
    found = [FALSE, TRUE]
    for which, high, low in zip(choices.which.tolist(), choices.high.tolist(), choices.low.tolist(), strict=True):
        if given[which] >= 0:
            found.append(found[high] if given[which] == TRUE else found[low])
        else:
            found.append(found[high] if found[high] == found[low] else -1)
    return int(found[choices.root])


def open_choices(logic: Logic, i: int, given: Ints | Small) -> dict[int, tuple[int, int, int]]:
    """Return the choices of a rule that given values leave open.

    Parameters
    ----------
    logic
        The network.
    i
        The node.
    given : ndarray, shape (n,)
        0 or 1 for nodes that stand still, -1 for the others.

    Returns
    -------
    dict
        Number of the choice to regulator, high and low; the root first, every choice before those it leads to.
    """
    choices = logic.choices(i)

    def settled(at: int) -> int:
        while at > TRUE and given[choices.which[at - 2]] >= 0:
            at = int(choices.high[at - 2] if given[choices.which[at - 2]] else choices.low[at - 2])
        return at

    out: dict[int, tuple[int, int, int]] = {}
    todo = [settled(choices.root)]
    while todo:
        at = todo.pop()
        if at > TRUE and at not in out:
            high, low = settled(int(choices.high[at - 2])), settled(int(choices.low[at - 2]))
            out[at] = (int(choices.which[at - 2]), high, low)
            todo += [high, low]
    return dict(sorted(out.items(), reverse=True))


def open_regulators(logic: Logic, i: int, given: Ints | Small) -> set[int]:
    """Return the regulators of node i in a `logic` that may still matter where `given` leaves them open (-1)."""
    return {which for which, _, _ in open_choices(logic, i, given).values()}
