"""Lint: what a model may not do although every part of it can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ..ground.names import fold, nearest
from ..nouns.background import Background
from ..nouns.compound import Compound
from ..nouns.coverage import REPRESENTED, standings, users_of
from ..nouns.holding import gaps_in
from ..nouns.model import Model
from ..nouns.network import Node
from ..nouns.plain import own_question
from ..nouns.readout import Readout
from ..nouns.stated import stated_arrows

Check = Callable[[Model], Iterator[str]]
Named = Node | Compound | Background | Readout
# bone, cells and processes: a compound reaches them through a mechanism
OUTCOMES = frozenset(
    {
        "Osteoblast",
        "Osteoclast",
        "Osteocyte",
        "Preosteoblast",
        "OsteoblastDifferentiation",
        "OsteoclastDifferentiation",
        "OsteoblastProliferation",
        "OsteoblastApoptosis",
        "OsteoclastApoptosis",
        "OsteoblastActivity",
        "OsteoclastActivity",
    }
)
MOST_PHENOMENOLOGICAL = 0.05
_FEWEST_WORDS = 3
# identifiers.org: the form of an accession in each registry
REGISTRIES = {
    "hgnc": r"\d{1,5}",
    "chebi": r"\d+",
    "go": r"\d{7}",
    "cl": r"\d{7}",
    "mesh": r"[A-Z]\d+(?:\.\d+)*",
    "uberon": r"\d{7}",
    "ncbitaxon": r"\d+",
    "drugbank": r"DB\d{5}",
}


def unknown_claims(model: Model) -> Iterator[str]:
    """Yield every claim id that stands somewhere but in no table of claims."""
    for claim, users in users_of(model).items():
        if claim not in model.claims:
            for user in users:
                yield f"{user}: no claim '{claim}'{_near(claim, model.claims)}"
    for claim in model.evidence.excuses:
        if claim not in model.claims:
            yield f"excused.csv: no claim '{claim}'{_near(claim, model.claims)}"


def _near(name: str, names: Iterable[str]) -> str:
    near = nearest(name, names)
    return f"; did you mean '{near}'?" if near else ""


def unknown_reviews(model: Model) -> Iterator[str]:
    """Yield every review that claims, references or systems name and that is no source."""
    named = [(claim.source, f"claim {claim.id}") for claim in model.claims.values()]
    named += [(review, f"reference {number}") for review, number in model.evidence.references]
    named += [(system.review, f"system {system.name}") for system in model.evidence.systems.values()]
    for review, user in named:
        if review not in model.sources:
            yield f"{user}: no source '{review}'{_near(review, model.sources)}"


def unsupported(model: Model) -> Iterator[str]:
    """Yield every edge and action without a claim whose assumption gives no reason."""
    edges = [(f"edge {e.source} -> {e.target}", e.claims, e.assumption) for e in model.network.edges]
    effects = [
        (f"compound {c.name} on {e.node}", e.claims, e.assumption) for c in model.compounds.values() for e in c.effects
    ]
    for user, claims, assumption in (*edges, *effects):
        if not claims and len(assumption.split()) < _FEWEST_WORDS:
            yield f"{user}: neither a claim nor an assumption with its reason"


def ill_standing_claims(model: Model) -> Iterator[str]:
    """Yield every claim that is represented by nothing and not excused, and every excuse without need."""
    users, standing = users_of(model), standings(model)
    for claim, way in standing.items():
        if way == "unexplained":
            yield f"claim {claim} is represented by nothing and not excused ({model.claims[claim].sentence()})"
    for claim in model.evidence.excuses:
        if standing.get(claim) in REPRESENTED:
            how = f"{users[claim][0]} rests on it" if claim in users else f"it is {standing[claim]}"
            yield f"claim {claim} is excused, but {how}"


def misplaced_claims(model: Model) -> Iterator[str]:
    """Yield every claim that stands in no system of its review, where there are systems."""
    systems = model.evidence.systems.values()
    placed = {claim: system for system in systems for claim in system.claims}
    for claim in model.claims.values() if systems else ():
        system = placed.get(claim.id)
        if system is None:
            yield f"claim {claim.id} stands in no system"
        elif system.review != claim.source:
            yield f"claim {claim.id} of {claim.source} stands in the system {system.name} of {system.review}"


def contradicted_signs(model: Model) -> Iterator[str]:
    """Yield every edge and action whose sign none of the arrows agrees with that a claim of it draws there."""
    network = [(e.source, e.sign, e.target, e.claims, "edge") for e in model.network.edges]
    acting = [(c.name, e.sign, e.node, e.claims, "compound") for c in model.compounds.values() for e in c.effects]
    for source, sign, target, claims, what in (*network, *acting):
        for claim in claims:
            arrows = stated_arrows(model.claims[claim]) if claim in model.claims else ()
            said = {s for a, s, b in arrows if source in _meant(model, a) and target in _meant(model, b)}
            if said and sign not in said:
                arrow = f"{source} {'->' if sign > 0 else '-|'} {target}"
                yield f"{what} {arrow}: claim {claim} says the opposite ({model.claims[claim].sentence()})"


def _meant(model: Model, name: str) -> frozenset[str]:
    """Return the nodes and compounds that a name of a claim means, copies in cells among them."""
    out = {model.find(kind, name) for kind in ("node", "compound") if model.knows(kind, name)}
    if model.knows("readout", name):
        out |= set(model.readouts[model.find("readout", name)].cells.values())
    return frozenset(out)


def unknown_entities(model: Model) -> Iterator[str]:
    """Yield every name in the question of a claim that the model does not carry, excused claims apart."""
    variants = [reading.name for dispute in model.disputes for reading in dispute.readings]
    for claim in model.claims.values():
        question = own_question(claim)
        if claim.columns.get("expect") and question is None:
            yield f"claim {claim.id}: its question cannot be read"
        elif question is not None and claim.id not in model.evidence.excuses:
            for gap in gaps_in(model, question, variants):
                near = f"; did you mean '{gap.nearest}'?" if gap.nearest else ""
                yield f"claim {claim.id}: the model carries no {gap.what} '{gap.name}'{near}"


def effects_on_outcomes(model: Model) -> Iterator[str]:
    """Yield every effect of a compound on bone or cells that is not marked phenomenological, and too many of those."""
    for compound in model.compounds.values():
        for effect in compound.effects:
            if is_outcome(model.network.node(effect.node)) and not effect.phenomenological:
                yield f"compound {compound.name} acts on the outcome {effect.node}, not marked phenomenological"
    marked, total = phenomenological(model)
    if marked > MOST_PHENOMENOLOGICAL * total:
        yield f"{marked} of {total} effects of compounds are phenomenological, more than {MOST_PHENOMENOLOGICAL:.0%}"


def is_outcome(node: Node) -> bool:
    """Tell whether a node is what is read of bone in the end: bone itself, its cells, and what they do."""
    return node.kind == "outcome" or node.name in OUTCOMES


def phenomenological(model: Model) -> tuple[int, int]:
    """Count the effects of compounds that give an outcome without a mechanism, and all effects.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    tuple of int
        The two counts.
    """
    effects = [effect for compound in model.compounds.values() for effect in compound.effects]
    return sum(effect.phenomenological for effect in effects), len(effects)


def saturated_levels(model: Model) -> Iterator[str]:
    """Yield every readout node whose healthy level leaves no room (below 0.02 or above 0.98), silent ones apart."""
    for node in model.network.nodes:
        if node.level != 0.0 and not 0.02 <= node.level <= 0.98:
            yield f"node {node.name}: healthy level {node.level:g} leaves no room"


def missing_labels(model: Model) -> Iterator[str]:
    """Yield everything that lacks an English or Chinese label."""
    things: list[Named] = [
        *model.network.nodes,
        *model.compounds.values(),
        *model.backgrounds.values(),
        *model.readouts.values(),
    ]
    for thing in things:
        if not thing.label_en or not thing.label_zh:
            yield f"{thing.name} lacks a label in English or Chinese"


def shared_names(model: Model) -> Iterator[str]:
    """Yield every synonym that names two things of one kind, in any spelling."""
    kinds: dict[str, list[tuple[str, tuple[str, ...]]]] = {
        "node": [(n.name, n.synonyms) for n in model.network.nodes],
        "compound": [(c.name, c.synonyms) for c in model.compounds.values()],
        "background": [(b.name, b.synonyms) for b in model.backgrounds.values()],
        "readout": [(r.name, r.aliases) for r in model.readouts.values()],
    }
    for things in kinds.values():
        owners = {fold(name): name for name, _ in things}
        for name, synonyms in things:
            for synonym in synonyms:
                owner = owners.setdefault(fold(synonym), name)
                if owner != name:
                    yield f"synonym '{synonym}' of {name} also means {owner}"


def malformed_identifiers(model: Model) -> Iterator[str]:
    """Yield every identifier that is no accession of a known registry."""
    things: list[Node | Compound] = [*model.network.nodes, *model.compounds.values()]
    for thing in things:
        registry, _, accession = thing.identifier.partition(":")
        if not thing.identifier or re.fullmatch(REGISTRIES.get(registry, "(?!)"), accession):
            continue
        known = f"; registries: {', '.join(REGISTRIES)}" if registry not in REGISTRIES else ""
        yield f"identifier '{thing.identifier}' of {thing.name} is no accession{known}"


CHECKS: tuple[Check, ...] = (
    unknown_claims,
    unknown_reviews,
    unsupported,
    ill_standing_claims,
    misplaced_claims,
    contradicted_signs,
    unknown_entities,
    effects_on_outcomes,
    saturated_levels,
    missing_labels,
    shared_names,
    malformed_identifiers,
)


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
