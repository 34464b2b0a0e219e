"""Coverage: which claims the model represents, in which way, and why the others are left out.

A claim is represented when

- something of the model rests on it (*carried*): an edge, an effect or dose of a compound, a background, a reading of a
  dispute, a coupling or a feedback cites it; or when
- its own question can be put to the model (*asked*): every name in it is known, and ``validate`` marks the answer; or,
- where its question is not given, the plain one that follows from its columns (*plain*; ``validate --plain``); or when
- it says the same as one of these (*repeated*): same subject, relation, object; naming and open effects do not count.

Every other claim is *excused* by a row of ``excused.csv``, or *unexplained*.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .evidence import Claim, System
from .holding import nodes_behind
from .model import Model
from .plain import can_be_put, own_question, plain_question

WAYS = ("carried", "asked", "plain", "repeated", "excused", "unexplained")
REPRESENTED = WAYS[:4]
_OPEN = frozenset({"is_a", "uncertain"})
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def users_of(model: Model) -> Mapping[str, tuple[str, ...]]:
    """Return what rests on each claim.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    mapping
        Claim id to the users, each in a few words.
    """
    out: dict[str, list[str]] = {}
    for user, claims in _users(model):
        for claim in claims:
            out.setdefault(claim, []).append(user)
    return {claim: tuple(dict.fromkeys(users)) for claim, users in out.items()}


def _users(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    for edge in model.network.edges:
        yield f"edge {edge.source} {'->' if edge.sign > 0 else '-|'} {edge.target}", edge.claims
    for compound in model.compounds.values():
        for effect in compound.effects:
            yield f"compound {compound.name} {'->' if effect.sign > 0 else '-|'} {effect.node}", effect.claims
        for unit, doses in compound.doses.items():
            yield f"doses of {compound.name} in {unit}", doses.claims
    for background in model.backgrounds.values():
        yield f"background {background.name}", background.claims
    for dispute in model.disputes:
        for reading in dispute.readings:
            yield f"reading {reading.name} of the dispute {dispute.name}", reading.claims
    for coupling in model.couplings:
        yield f"coupling {coupling.node} -> {coupling.modulator}", coupling.claims
    for feedback in model.feedbacks:
        yield f"feedback {feedback.quantity} -> {feedback.node}", feedback.claims


def standings(model: Model) -> Mapping[str, str]:
    """Tell for every claim in which way the model represents it.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    mapping
        Claim id to one of `WAYS`.
    """
    users = users_of(model)
    first = {i: "carried" if i in users else _asked(model, claim) for i, claim in model.claims.items()}
    said = {_said(model.claims[i]) for i, way in first.items() if way}
    return {i: way or _standing(model, model.claims[i], said) for i, way in first.items()}


def _asked(model: Model, claim: Claim) -> str:
    if claim.columns.get("expect"):
        return "asked" if can_be_put(model, own_question(claim)) else ""
    modelled = claim.columns.get("modelable") == "yes"
    return "plain" if modelled and can_be_put(model, plain_question(model, claim)) else ""


def _standing(model: Model, claim: Claim, said: set[tuple[str, ...]]) -> str:
    if claim.relation not in _OPEN and _said(claim) in said:
        return "repeated"
    return "excused" if claim.id in model.evidence.excuses else "unexplained"


def _said(claim: Claim) -> tuple[str, ...]:
    return (claim.subject, claim.relation, claim.object)


def nodes_named(model: Model, claim: Claim) -> tuple[str, ...]:
    """Return the nodes that a claim names, those behind the readouts that it names among them.

    Parameters
    ----------
    model
        The model.
    claim
        The claim.

    Returns
    -------
    tuple of str
        Names of nodes, in the order of the claim.
    """
    texts = (
        claim.subject,
        claim.object,
        *(claim.columns.get(column, "") for column in ("via", "baseline", "do", "expect")),
    )
    return tuple(dict.fromkeys(n for text in texts for word in _WORD.findall(text) for n in nodes_called(model, word)))


def nodes_called(model: Model, name: str) -> tuple[str, ...]:
    """Return the nodes that a name of the claims may mean: the node, its copies in cells, the nodes of a readout."""
    if model.knows("readout", name):
        readout = model.readouts[model.find("readout", name)]
        copies = tuple(dict.fromkeys(readout.cells.values()))
        return copies or nodes_behind(model, readout)
    return (model.find("node", name),) if model.knows("node", name) else ()


@dataclass(frozen=True)
class Covered:
    """How a system of a review is represented.

    Parameters
    ----------
    system
        The system.
    nodes
        The nodes that its claims name.
    ways
        Way of standing to the claims that stand so, as `WAYS`.
    why
        Excuse to the number of claims that it excuses.
    """

    system: System
    nodes: tuple[str, ...]
    ways: Mapping[str, tuple[str, ...]]
    why: Mapping[str, int]

    @property
    def represented(self) -> int:
        """Number of claims that the model represents."""
        return sum(len(self.ways[way]) for way in REPRESENTED)

    @property
    def excused(self) -> int:
        """Number of claims that are left out for a reason that is given."""
        return len(self.ways["excused"])

    @property
    def unexplained(self) -> int:
        """Number of claims that are left out without a reason."""
        return len(self.ways["unexplained"])


def coverage(model: Model) -> tuple[Covered, ...]:
    """Return the coverage of every system.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    tuple of Covered
        In the order of the systems.
    """
    standing = standings(model)
    return tuple(_covered(model, system, standing) for system in model.evidence.systems.values())


def _covered(model: Model, system: System, standing: Mapping[str, str]) -> Covered:
    named = (n for i in system.claims for n in nodes_named(model, model.claims[i]))
    ways = {way: tuple(i for i in system.claims if standing[i] == way) for way in WAYS}
    why = Counter(model.evidence.excuses[i].why for i in ways["excused"])
    return Covered(system, tuple(dict.fromkeys(named)), ways, dict(why.most_common()))
