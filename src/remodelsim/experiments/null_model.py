"""The null model: the claims' bare signed graph, taken mechanically, as what every model must beat.

Every claim becomes an edge or a chain of edges; activators are joined by OR, inhibitors by AND NOT; every node has the
same level, strength and gain. It is read by the same gate as the model: product logic anchored in the odds::

    logit G = logit l + h (logit B(w x) - logit B(w l))

What it answers needs no knowledge beyond the signs of the claims.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..ground.units import is_quantity
from ..nouns.evidence import Claim
from ..nouns.question import OpenQuestion, Setting
from .verdict import direction

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Arrow: TypeAlias = tuple[str, str]

STRENGTH, GAIN, LEVEL = 0.3, 2.0, 0.5
_SWEEPS, _STEP = 300, 0.5
_LEAST, _SILENT = 1e-9, 1e-3
_FULL = 1.0 - 1e-6
_SIGNS = {"increases": 1, "decreases": -1, "required_for": 1, "binds": 1}
_WORDS = {"on": 1.0, "high": 1.0, "off": 0.0, "low": 0.0}
# arrows that the reviews take for granted: without them bone is not joined to its cells
GLUE: Mapping[Arrow, int] = {
    ("BoneFormation", "BoneMass"): 1,
    ("BoneResorption", "BoneMass"): -1,
    ("BoneMass", "BMD"): 1,
    ("BoneMass", "TrabecularNumber"): 1,
    ("OsteoblastDifferentiation", "Osteoblast"): 1,
    ("OsteoclastDifferentiation", "Osteoclast"): 1,
    ("OsteoblastApoptosis", "Osteoblast"): -1,
    ("OsteoclastApoptosis", "Osteoclast"): -1,
    ("OsteoclastActivity", "BoneResorption"): 1,
    ("Osteoclast", "BoneResorption"): 1,
    ("Osteoblast", "BoneFormation"): 1,
    ("Wnt", "bCatenin"): 1,
    ("Mineralization", "BoneFormation"): 1,
    ("TMA", "TMAO"): 1,
    ("IL17", "RANKL"): 1,
    ("RANKL", "RANKL_OPG_ratio"): 1,
    ("OPG", "RANKL_OPG_ratio"): -1,
    ("RANKL_OPG_ratio", "OsteoclastDifferentiation"): 1,
    ("Osteoporosis", "BoneMass"): -1,
    ("Denosumab", "RANKL"): -1,
    ("Teriparatide", "PTH_intermittent"): 1,
    ("Romosozumab", "Sclerostin"): -1,
    ("Alendronate", "Osteoclast"): -1,
    ("DKK1", "LRP5"): -1,
    ("LRP5", "bCatenin"): 1,
}
# what is absent unless a question sets it
ABSENT = frozenset(
    {
        "Quercetin",
        "Puerarin",
        "Icariin",
        "Baicalin",
        "GinsenosideRg1",
        "GinsenosideRb1",
        "GinsenosideRh2",
        "AstragalosideIV",
        "AchyranthesSaponin",
        "Berberine",
        "Matrine",
        "Fuziline",
        "VitaminK2",
        "VitaminK",
        "SFB",
        "LPS",
        "GermFree",
        "Glucocorticoid",
        "Probiotic",
        "Prebiotic",
        "FMT",
        "Teriparatide",
        "Denosumab",
        "Alendronate",
        "Inhibitor_3MA",
        "PTH_continuous",
        "PTH_intermittent",
        "Antibiotics",
        "Dysbiosis",
        "Inflammation",
    }
)


def arrows_of(claim: Claim) -> Iterator[tuple[str, str, int]]:
    """Yield the arrows that a claim says, as (source, target, sign).

    Parameters
    ----------
    claim
        The claim; ``via`` holds chains such as ``ERK/p38 > RUNX2 -| PPARg``, several of them parted by ``;``.

    Yields
    ------
    tuple of str, str and int
        Source, target and sign; nothing for claims that cannot be modelled or say no sign.
    """
    columns = claim.columns
    if columns.get("modelable") == "no" or columns.get("kind") == "outlook" or claim.relation not in _SIGNS:
        return
    via = columns.get("via", "").strip()
    if not via:
        yield claim.subject, claim.object, _SIGNS[claim.relation]
        return
    for chain in re.split(r"\s*;\s*", via):
        pieces = [piece for piece in (part.strip() for part in re.split(r"(>|-\|)", chain)) if piece]
        if not pieces:
            continue
        source, sign = claim.subject, 1
        for piece in pieces:
            if piece in {">", "-|"}:
                sign = 1 if piece == ">" else -1
                continue
            names = [name.strip().split("[")[0] for name in re.split(r"[,/]", piece)]
            plain = [name for name in names if re.fullmatch(r"\w+", name)]
            for name in plain:
                yield source, name, sign
            source, sign = plain[-1] if plain else source, 1
        yield source, claim.object, sign


@dataclass(frozen=True)
class SignedGraph:
    """A graph of signs; n nodes.

    Attributes
    ----------
    nodes
        Their names.
    raising, lowering : int64 arrays, shape (edges, 2)
        Source and target of the arrows.
    """

    nodes: tuple[str, ...]
    raising: Ints
    lowering: Ints

    @property
    def index(self) -> dict[str, int]:
        """Name to position."""
        return {name: i for i, name in enumerate(self.nodes)}


def graph_of(claims: Iterable[Claim]) -> SignedGraph:
    """Build the signed graph of claims; of an arrow that is claimed with both signs the more frequent one counts.

    Parameters
    ----------
    claims
        The claims.

    Returns
    -------
    SignedGraph
        With the glue; arrows whose signs cancel are left out.
    """
    total: Counter[Arrow] = Counter()
    for claim in claims:
        for source, target, sign in arrows_of(claim):
            total[source, target] += sign
    total.update(GLUE)
    nodes = tuple(sorted({name for arrow in total for name in arrow}))
    index = {name: i for i, name in enumerate(nodes)}

    def picked(sign: int) -> Ints:
        pairs = [(index[a], index[b]) for (a, b), count in total.items() if count * sign > 0]
        return np.array(pairs, np.int64).reshape(len(pairs), 2)

    return SignedGraph(nodes, picked(1), picked(-1))


class NullModel:
    """The signed graph, ready to be asked.

    Parameters
    ----------
    graph
        The graph.
    """

    def __init__(self, graph: SignedGraph) -> None:
        self.graph = graph
        self.index = graph.index
        n = len(graph.nodes)
        self._level = np.array([0.0 if name in ABSENT else LEVEL for name in graph.nodes])
        self._raised = np.bincount(graph.raising[:, 1], minlength=n) > 0
        fed = self._raised | (np.bincount(graph.lowering[:, 1], minlength=n) > 0)
        self._held = np.where(fed & (self._level > 0.0), np.nan, self._level)
        healthy = np.clip(self._level, _SILENT, 1.0 - _SILENT)
        self._anchor = np.log(healthy / (1.0 - healthy)) - GAIN * self._logit_b(self._level[None])[0]

    def _logit_b(self, x: Floats) -> Floats:
        """Return logit B of every node, for states x of shape (s, n)."""
        off = np.log1p(-np.clip(STRENGTH * np.clip(x, 0.0, 1.0), 0.0, _FULL)).T
        none, quiet = np.zeros_like(off), np.zeros_like(off)
        np.add.at(none, self.graph.raising[:, 1], off[self.graph.raising[:, 0]])
        np.add.at(quiet, self.graph.lowering[:, 1], off[self.graph.lowering[:, 0]])
        active = np.where(self._raised[:, None], 1.0 - np.exp(none), _FULL)
        b = np.clip(active * np.exp(quiet), _LEAST, 1.0 - _LEAST).T
        return np.asarray(np.log(b / (1.0 - b)))

    def settle(self, settings: Sequence[Mapping[str, float]]) -> Floats:
        """Return the states that nodes settle in.

        Parameters
        ----------
        settings
            Per state the nodes that are held, with their activity; unknown ones are left aside.

        Returns
        -------
        ndarray, shape (settings, n)
            Activities.
        """
        held = np.tile(self._held, (len(settings), 1))
        for row, wanted in zip(held, settings, strict=True):
            for name, value in wanted.items():
                if name in self.index:
                    row[self.index[name]] = value
        free = np.isnan(held)
        x = np.where(free, self._level, held)
        for _ in range(_SWEEPS):
            asked = 1.0 / (1.0 + np.exp(-(self._anchor + GAIN * self._logit_b(x))))
            after = (1.0 - _STEP) * x + _STEP * np.where(free, asked, held)
            if np.array_equal(after, x):
                break
            x = after
        return x

    def changes(self, questions: Sequence[OpenQuestion]) -> list[tuple[float, ...]]:
        """Answer questions.

        Parameters
        ----------
        questions
            What is asked; phases, cells and variants are beyond this model.

        Returns
        -------
        list of tuple of float
            Change per expectation, with minus without; nan where the graph lacks what is done or read.
        """
        arms = [(_held(q.baseline), {**_held(q.baseline), **_held(q.do)}) for q in questions]
        distinct = {tuple(sorted(arm.items())): arm for pair in arms for arm in pair}
        row = {key: k for k, key in enumerate(distinct)}
        x = self.settle(list(distinct.values()))
        out = []
        for question, (without, with_) in zip(questions, arms, strict=True):
            known = all(setting.name in self.index for setting in question.do)
            moved = x[row[tuple(sorted(with_.items()))]] - x[row[tuple(sorted(without.items()))]]
            out.append(
                tuple(
                    float(moved[self.index[e.readout]]) if known and e.readout in self.index else float("nan")
                    for e in question.expect
                )
            )
        return out


def _held(settings: Iterable[Setting]) -> dict[str, float]:
    """Return what settings hold: words at 0 or 1, every dose at 1; other words are beyond this model."""
    out = {}
    for setting in settings:
        value = 1.0 if is_quantity(setting.value) else _WORDS.get(setting.value)
        if value is not None:
            out[setting.name] = value
    return out


def said(changes: Sequence[tuple[float, ...]], threshold: float) -> list[tuple[str, ...]]:
    """Turn changes into directions; "none" where there is no number.

    Parameters
    ----------
    changes
        As from `NullModel.changes`.
    threshold
        Smallest change that counts.

    Returns
    -------
    list of tuple of str
        Directions per question.
    """
    return [tuple(direction(c, threshold) if np.isfinite(c) else "none" for c in row) for row in changes]
