"""What is the same for every sample of one network: where each derivative goes in the sparse Jacobian."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..program import Program
from .cells import cell_jacobian, cell_output_jacobian
from .sparse import Pattern, analyse, entry
from .system import CELLS, DRUG_COUNT, MODS, OUTS, Wiring

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PROBES = 3


class Layout(NamedTuple):
    """A network joined to the cells, as its kernels need it; n nodes, e edges, c couplings, N = n + 11 states.

    Attributes
    ----------
    program : Program
        The rules.
    pattern : Pattern
        Entries of the Jacobian and their elimination.
    ruled : int64 array
        Nodes that follow their rule.
    owned, owner : int64 arrays
        Nodes that follow the cell layer, and the quantity that each follows.
    node, modulator : int64 arrays, shape (c,)
        What each coupling reads and scales.
    estrogen : int
        Position of the node Estrogen.
    diagonal : int64 array, shape (N,)
        Position of each diagonal entry among the values of the Jacobian.
    edge : int64 array, shape (e,)
        Position of each edge's entry; -1 for edges into nodes that follow no rule here.
    cell_cell, cell_coupling, cell_estrogen : int64 arrays, shape (any, 3)
        Entries in the rows of the cells: position, cell, and the cell or coupling by which it is the derivative.
    owned_cell, owned_coupling : int64 arrays, shape (any, 3)
        Entries in the rows of the owned nodes: position, place of the node in `owned`, and cell or coupling.
    deepest : int
        Most elements in one rule.
    """

    program: Program
    pattern: Pattern
    ruled: Ints
    owned: Ints
    owner: Ints
    node: Ints
    modulator: Ints
    estrogen: int
    diagonal: Ints
    edge: Ints
    cell_cell: Ints
    cell_coupling: Ints
    cell_estrogen: Ints
    owned_cell: Ints
    owned_coupling: Ints
    deepest: int


def make_layout(program: Program, wirings: Sequence[Wiring]) -> Layout:
    """Find the pattern of the Jacobian and its elimination; once per network.

    Parameters
    ----------
    program
        The rules.
    wirings
        The joints of every draw that is to be run; draws may differ in their couplings.

    Returns
    -------
    Layout
        For these draws.
    """
    node, modulator = _all_couplings(wirings)
    wiring = wirings[0]._replace(node=node, modulator=modulator)
    n = program.start.size - 1
    ruled = np.flatnonzero((wiring.owner < 0) & (np.diff(program.start) > 0))
    owned = np.flatnonzero(wiring.owner >= 0)
    touched = _Touched(wiring)
    followed = np.isin(program.target, ruled)
    wanted = [(int(t), int(s)) for t, s in zip(program.target[followed], program.source[followed], strict=True)]
    wanted += [place for place, _ in touched.cells(n)] + [place for place, _ in touched.owned(n, owned)]
    pattern = analyse(n + CELLS, wanted)
    cell_entries = [(entry(pattern, i, j), i - n, kind, k) for (i, j), (kind, k) in touched.cells(n)]
    owned_entries = [
        (entry(pattern, i, j), int(np.searchsorted(owned, i)), kind, k) for (i, j), (kind, k) in touched.owned(n, owned)
    ]
    edge = np.array(
        [
            entry(pattern, t, s) if follows else -1
            for t, s, follows in zip(program.target, program.source, followed, strict=True)
        ],
        dtype=np.int64,
    )
    return Layout(
        program=program,
        pattern=pattern,
        ruled=ruled.astype(np.int64),
        owned=owned.astype(np.int64),
        owner=wiring.owner[owned].astype(np.int64),
        node=wiring.node,
        modulator=wiring.modulator,
        estrogen=wiring.estrogen,
        diagonal=np.array([entry(pattern, i, i) for i in range(n + CELLS)], dtype=np.int64),
        edge=edge,
        cell_cell=_of_kind(cell_entries, "cell"),
        cell_coupling=_of_kind(cell_entries, "coupling"),
        cell_estrogen=_of_kind(cell_entries, "estrogen"),
        owned_cell=_of_kind(owned_entries, "cell"),
        owned_coupling=_of_kind(owned_entries, "coupling"),
        deepest=int(np.diff(program.start).max(initial=1)),
    )


def couplings_of(wiring: Wiring | Layout) -> list[tuple[int, int, int]]:
    """Return node and modulator of each coupling, with how many of the same pair stand before it."""
    seen: Counter[tuple[int, int]] = Counter()
    out = []
    for node, modulator in zip(wiring.node.tolist(), wiring.modulator.tolist(), strict=True):
        out.append((node, modulator, seen[node, modulator]))
        seen[node, modulator] += 1
    return out


def _all_couplings(wirings: Sequence[Wiring]) -> tuple[Ints, Ints]:
    """Return nodes and modulators of the couplings of any draw."""
    pairs = dict.fromkeys(pair for wiring in wirings for pair in couplings_of(wiring))
    table = np.asarray(list(pairs), dtype=np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy()


def _of_kind(entries: list[tuple[int, int, str, int]], kind: str) -> Ints:
    found = [(place, row, column) for place, row, what, column in entries if what == kind]
    return np.asarray(found, dtype=np.int64).reshape(-1, 3)


Place = tuple[tuple[int, int], tuple[str, int]]


class _Touched:
    """Which derivatives of the cell layer can differ from 0: found by asking its kernels at points without symmetry."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.states, self.modulators = np.zeros((CELLS, CELLS)), np.zeros((CELLS, MODS))
        self.estrogen = np.zeros(CELLS)
        self.output_states, self.output_modulators = np.zeros((OUTS, CELLS)), np.zeros((OUTS, MODS))
        rng = np.random.default_rng(1)
        for _ in range(_PROBES):
            self._probe(rng)

    def _probe(self, rng: np.random.Generator) -> None:
        p = np.where(self.wiring.parameters == 0.0, 0.1, self.wiring.parameters) * rng.uniform(
            0.7, 1.3, self.wiring.parameters.size
        )
        y = np.where(self.wiring.healthy[:CELLS] > 0.0, self.wiring.healthy[:CELLS], 1.0) * rng.uniform(0.5, 2.0, CELLS)
        m, d = rng.uniform(0.5, 2.0, MODS), rng.uniform(0.5, 2.0, DRUG_COUNT)
        jy, jm, je = np.empty((CELLS, CELLS)), np.empty((CELLS, MODS)), np.empty(CELLS)
        oy, om = np.empty((OUTS, CELLS)), np.empty((OUTS, MODS))
        cell_jacobian(y, m, d, 0.7, p, jy, jm, je)
        cell_output_jacobian(y, m, d, 0.7, p, oy, om)
        self.states += np.abs(jy)
        self.modulators += np.abs(jm)
        self.estrogen += np.abs(je)
        self.output_states += np.abs(oy)
        self.output_modulators += np.abs(om)

    def cells(self, n: int) -> Iterator[Place]:
        """Yield the entries in the rows of the cells, with what each is the derivative by."""
        for r in range(CELLS):
            for s in np.flatnonzero(self.states[r]):
                yield (n + r, n + int(s)), ("cell", int(s))
            for c, (node, modulator) in enumerate(zip(self.wiring.node, self.wiring.modulator, strict=True)):
                if self.modulators[r, modulator]:
                    yield (n + r, int(node)), ("coupling", c)
            if self.estrogen[r]:
                yield (n + r, self.wiring.estrogen), ("estrogen", 0)

    def owned(self, n: int, nodes: Ints) -> Iterator[Place]:
        """Yield the entries in the rows of the nodes that the cell layer owns."""
        for node in nodes:
            i, k = int(node), int(self.wiring.owner[node])
            if k < CELLS:
                yield (i, n + k), ("cell", k)
                continue
            for s in np.flatnonzero(self.output_states[k - CELLS]):
                yield (i, n + int(s)), ("cell", int(s))
            for c, (source, modulator) in enumerate(zip(self.wiring.node, self.wiring.modulator, strict=True)):
                if self.output_modulators[k - CELLS, modulator]:
                    yield (i, int(source)), ("coupling", c)
