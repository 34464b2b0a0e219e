"""Lint: what a model may not do although every part of it can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..nouns.background import Background
from ..nouns.compound import Compound
from ..nouns.model import Model
from ..nouns.network import Node
from ..nouns.readout import Readout

Check = Callable[[Model], Iterator[str]]
# bone, cells and processes: a compound reaches them through a mechanism
OUTCOMES = (
    "BoneFormation",
    "BoneResorption",
    "Osteoblast",
    "Osteoclast",
    "Osteocyte",
    "Preosteoblast",
    "OsteoblastDifferentiation",
    "OsteoclastDifferentiation",
    "OsteoblastActivity",
    "OsteoclastActivity",
)


def unknown_claims(model: Model) -> Iterator[str]:
    """Yield every claim id that stands somewhere but in no table of claims."""
    used = [(f"edge {e.source} -> {e.target}", e.claims) for e in model.network.edges]
    used += [(f"compound {c.name} on {e.node}", e.claims) for c in model.compounds.values() for e in c.effects]
    used += [(f"doses of {c.name}", d.claims) for c in model.compounds.values() for d in c.doses.values()]
    used += [(f"background {b.name}", b.claims) for b in model.backgrounds.values()]
    used += [(f"coupling {c.node} -> {c.modulator}", c.claims) for c in model.couplings]
    for user, claims in used:
        for claim in claims:
            if claim not in model.claims:
                yield f"{user}: no claim '{claim}'"


def effects_on_outcomes(model: Model) -> Iterator[str]:
    """Yield every effect of a compound on bone or cells that is not marked phenomenological."""
    for compound in model.compounds.values():
        for effect in compound.effects:
            if effect.node in OUTCOMES and not effect.phenomenological:
                yield f"compound {compound.name} acts on the outcome {effect.node}, not marked phenomenological"


def saturated_levels(model: Model) -> Iterator[str]:
    """Yield every readout node whose healthy level leaves no room (below 0.02 or above 0.98), silent ones apart."""
    for node in model.network.nodes:
        if node.level != 0.0 and not 0.02 <= node.level <= 0.98:
            yield f"node {node.name}: healthy level {node.level:g} leaves no room"


def missing_labels(model: Model) -> Iterator[str]:
    """Yield everything that lacks an English or Chinese label."""
    things: list[Node | Compound | Background | Readout] = [
        *model.network.nodes,
        *model.compounds.values(),
        *model.backgrounds.values(),
        *model.readouts.values(),
    ]
    for thing in things:
        if not thing.label_en or not thing.label_zh:
            yield f"{thing.name} lacks a label in English or Chinese"


def shared_names(model: Model) -> Iterator[str]:
    """Yield every synonym of a node that is another node's name or synonym."""
    seen: dict[str, str] = {node.name: node.name for node in model.network.nodes}
    for node in model.network.nodes:
        for synonym in node.synonyms:
            owner = seen.setdefault(synonym, node.name)
            if owner != node.name:
                yield f"synonym '{synonym}' of {node.name} also means {owner}"


CHECKS: tuple[Check, ...] = (unknown_claims, effects_on_outcomes, saturated_levels, missing_labels, shared_names)


def lint(model: Model) -> list[str]:
    """Run every check.

    Parameters
    ----------
    model
        A model that could be loaded.

    Returns
    -------
    list of str
        Findings, one line each; empty when all is well.
    """
    return [finding for check in CHECKS for finding in check(model)]
