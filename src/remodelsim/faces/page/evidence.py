"""What arrows and nodes of a page rest on: claims with their review, assumptions, disputes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...nouns.arrows import Arrow, Hop
from ...nouns.evidence import Claim
from ...nouns.lesson import Lesson
from ...nouns.model import Model
from ..prose import told
from ..words import LANGUAGES
from .strings import string


def evidence_of(model: Model, lesson: Lesson, arrows: Sequence[Arrow]) -> dict[str, Any]:
    """Collect the texts that a page shows when something is asked about.

    Parameters
    ----------
    model, lesson
        The model and the lesson.
    arrows
        The drawn arrows.

    Returns
    -------
    dict
        ``hops`` by "source>target", "+" before compounds (claim ids, and why it is assumed), ``claims`` by id (English,
        Chinese, review, reference, what contradicts it, grade, authors of the papers), ``reviews`` by id, ``grades``
        and ``nodes`` by name.
    """
    hops = {f"{'+' if hop.given else ''}{hop.source}>{hop.target}": hop for arrow in arrows for hop in arrow.hops}
    ids = {claim for hop in hops.values() for claim in hop.claims}
    claims = [model.claims[i] for i in sorted(ids) if i in model.claims]
    return {
        "hops": {key: [list(hop.claims), hop.assumption] for key, hop in hops.items()},
        "claims": {claim.id: _claim(model, claim) for claim in claims},
        "reviews": {i: model.sources[i].title for i in sorted({c.source for c in claims}) if i in model.sources},
        "grades": {
            grade: [told(f"grade_{grade}", way) for way in LANGUAGES] for grade in sorted({c.grade for c in claims})
        },
        "nodes": {name: model.network.node(name).description for name in lesson.nodes},
    }


def _claim(model: Model, claim: Claim) -> list[str]:
    papers = (f"{paper.authors} {paper.year}".strip() for paper in model.evidence.cited_by(claim) if paper.authors)
    told = [claim.sentence(), _chinese(model, claim), claim.source, claim.columns.get("ref", "")]
    return [*told, claim.columns.get("conflicts", ""), claim.grade, ", ".join(dict.fromkeys(papers))]


def _chinese(model: Model, claim: Claim) -> str:
    relation = string(f"claim {claim.relation}", "zh", claim.relation.replace("_", " "))
    dose = f"{claim.columns.get('dose', '')} {claim.columns.get('unit', '')}".strip()
    core = f"{_label_zh(model, claim.subject)}{relation}{_label_zh(model, claim.object)}"
    return f"{core}（{dose}）" if dose else core


def _label_zh(model: Model, name: str) -> str:
    """Return the Chinese label of a thing by any of its names, else the name as it is."""
    if model.knows("compound", name):
        return model.compounds[model.find("compound", name)].label_zh
    if model.knows("readout", name):
        return model.readouts[model.find("readout", name)].label_zh
    if model.knows("node", name):
        return model.network.node(model.find("node", name)).label_zh
    return name


def disputed(model: Model, hops: Iterable[Hop]) -> bool:
    """Tell whether the literature disagrees about a step: a dispute changes it, or most of its claims are contradicted.

    Parameters
    ----------
    model
        The model.
    hops
        The steps.

    Returns
    -------
    bool
        True when one of them is disputed.
    """
    readings = [reading for dispute in model.disputes for reading in dispute.readings]
    changed = {(effect.compound, effect.node) for reading in readings for effect in reading.effects}
    changed |= {pair for reading in readings for pair in reading.strengths}
    return any((hop.source, hop.target) in changed or _contradicted(model, hop) for hop in hops)


def _contradicted(model: Model, hop: Hop) -> bool:
    known = [model.claims[i] for i in hop.claims if i in model.claims]
    return 2 * sum(bool(claim.columns.get("conflicts")) for claim in known) > len(known)
