"""Moves: what a screen tries, one at a time or in pairs: nodes knocked out or switched on, compounds at a dose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..ground.errors import ScenarioError, UnknownNameError
from ..ground.units import Amount
from ..nouns.compound import Compound
from ..nouns.intervention import Clamp, Dosing, Protocol
from ..nouns.model import Model
from .axes import Axis, dose_axis
from .trials import impossible

ALL = "all"
KNOCK_OUT, KNOCK_IN, COMPOUND, PAIR, DOSES = "knock-out", "knock-in", "compound", "pair", "doses"
MOST_MOVES = 1_000_000


@dataclass(frozen=True)
class Move:
    """One thing that is tried.

    Attributes
    ----------
    name
        What is done, as the command line writes it; parts of a pair are joined by ``&``.
    kind
        "knock-out", "knock-in", "compound", "pair" or "doses" (a point of a dose matrix).
    subjects
        Nodes and compounds.
    label_en, label_zh
        What people read.
    protocol
        What is done, without the baseline.
    parts
        For pairs and dose matrices, the places of the two single moves; -1 for a dose of 0.
    """

    name: str
    kind: str
    subjects: tuple[str, ...]
    label_en: str
    label_zh: str
    protocol: Protocol
    parts: tuple[int, int] | None = None


def node_moves(model: Model, names: Sequence[str]) -> list[Move]:
    """Return knock-out and knock-in of nodes.

    Parameters
    ----------
    model
        The model.
    names
        Nodes in any spelling, or ``all``.

    Returns
    -------
    list of Move
        Two per node.

    Raises
    ------
    UnknownNameError
        When a node is unknown.
    """
    known = model.network.names if _all(names) else [model.find("node", name) for name in names]
    out = []
    for name in dict.fromkeys(known):
        node = model.network.node(name)
        for level, word, kind, zh in ((0.0, "off", KNOCK_OUT, "敲除"), (1.0, "on", KNOCK_IN, "激活")):
            labels = f"{node.label_en} {word}", f"{node.label_zh}{zh}"
            out.append(Move(f"{name}={word}", kind, (name,), *labels, Protocol((Clamp(name, level),))))
    return out


def compound_moves(model: Model, names: Sequence[str]) -> list[Move]:
    """Return compounds at a dose.

    Parameters
    ----------
    model
        The model.
    names
        Compounds in any spelling, at their usual dose or as ``NAME=DOSE``; or ``all``.

    Returns
    -------
    list of Move
        One per compound.

    Raises
    ------
    UnknownNameError
        When a compound is unknown.
    UnitError
        When a dose has no unit or a wrong one.
    """
    from ..nouns.assignment import protocol_of

    if _all(names):
        return [_given(c, c.default_dose) for c in model.compounds.values()]
    out = []
    for text in names:
        name, equals, _ = (part.strip() for part in text.partition("="))
        compound = model.compounds[model.find("compound", name)]
        if not equals:
            out.append(_given(compound, compound.default_dose))
            continue
        action = protocol_of(model, text, where=text).actions[0]
        if not isinstance(action, Dosing):
            raise UnknownNameError(f"'{text}' is no dose of a compound", cure="Write NAME or NAME=DOSE with its unit.")
        out.append(_given(compound, action.amount))
    return out


def _all(names: Sequence[str]) -> bool:
    return [name.strip().lower() for name in names] == [ALL]


def _given(compound: Compound, dose: Amount) -> Move:
    told = f"{dose.value:g}{dose.unit}"
    return Move(
        f"{compound.name}={told}",
        COMPOUND,
        (compound.name,),
        f"{compound.label_en} {dose}",
        f"{compound.label_zh} {dose}",
        Protocol((Dosing(compound.name, dose),)),
    )


def possible(model: Model, moves: Sequence[Move], baseline: Protocol, day: float) -> tuple[list[Move], list[str]]:
    """Tell the moves that can be done on top of a baseline from those that cannot.

    Parameters
    ----------
    model
        The model.
    moves
        Single moves.
    baseline
        What holds anyway.
    day
        Last day.

    Returns
    -------
    tuple of list
        Those that can, and why others cannot, one sentence each.
    """
    kept, left = [], []
    for move in moves:
        reason = impossible(model, baseline.override(move.protocol), day)
        if reason:
            left.append(f"{move.name}: {reason}")
        else:
            kept.append(move)
    return kept, left


def with_pairs(model: Model, singles: Sequence[Move], baseline: Protocol, day: float) -> tuple[list[Move], list[str]]:
    """Add all pairs to single moves.

    Parameters
    ----------
    model
        The model.
    singles
        The single moves.
    baseline
        What holds anyway.
    day
        Last day.

    Returns
    -------
    tuple of list
        Singles and pairs, and why pairs were left out, one sentence each.

    Raises
    ------
    ScenarioError
        When there are too many.
    """
    count = len(singles) * (len(singles) - 1) // 2
    if count > MOST_MOVES:
        raise ScenarioError(f"{count} pairs are too many", allowed=[f"up to {MOST_MOVES}"], cure="Name fewer nodes.")
    out, left = list(singles), []
    for (i, one), (j, other) in combinations(enumerate(singles), 2):
        if set(one.subjects) & set(other.subjects):
            continue
        protocol = one.protocol.override(other.protocol)
        reason = impossible(model, baseline.override(protocol), day)
        if reason:
            left.append(f"{one.name} & {other.name}: {reason}")
            continue
        out.append(_both(one, other, PAIR, protocol, (i, j)))
    return out, left


def _both(one: Move, other: Move, kind: str, protocol: Protocol, parts: tuple[int, int]) -> Move:
    return Move(
        f"{one.name} & {other.name}",
        kind,
        (*one.subjects, *other.subjects),
        f"{one.label_en} + {other.label_en}",
        f"{one.label_zh} + {other.label_zh}",
        protocol,
        parts,
    )


def matrix_moves(model: Model, texts: Sequence[str]) -> tuple[list[Move], tuple[Axis, Axis]]:
    """Return every combination of the doses of two compounds, each alone first.

    Parameters
    ----------
    model
        The model.
    texts
        Two axes, such as ``Quercetin=1:100:log:5`` and ``Puerarin=1,10mg/kg``; dose 0 is added.

    Returns
    -------
    tuple
        The moves, and the two axes without dose 0.

    Raises
    ------
    ScenarioError
        When there are not two compounds.
    RemodelsimError
        When an axis is wrong.
    """
    if len(texts) != 2:
        raise ScenarioError(f"a dose matrix needs two compounds, not {len(texts)}", cure="Give --dose-matrix twice.")
    first, second = (dose_axis(model, text) for text in texts)
    if first.name == second.name:
        raise ScenarioError(f"a dose matrix of {first.name} with itself says nothing")
    alone = [_doses(model, first), _doses(model, second)]
    out = [*alone[0], *alone[1]]
    for i, one in enumerate(alone[0]):
        for j, other in enumerate(alone[1]):
            both = one.protocol.override(other.protocol)
            out.append(_both(one, other, DOSES, both, (i, len(alone[0]) + j)))
    return out, (first, second)


def _doses(model: Model, axis: Axis) -> list[Move]:
    compound = model.compounds[axis.factor.subject[0]]
    return [_given(compound, Amount(value, axis.factor.unit)) for value in axis.values if value > 0.0]


def subjects_of(moves: Iterable[Move]) -> tuple[str, ...]:
    """Return the nodes and compounds of moves, each once."""
    return tuple(dict.fromkeys(subject for move in moves for subject in move.subjects))
