"""Pages about claims and systems: what they say, how well they are founded, what rests on them, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..nouns.coverage import REPRESENTED, WAYS, Covered, coverage, users_of
from ..nouns.evidence import CHECKED, EXCUSES, GRADES, Claim
from ..nouns.model import Model
from .text import table

_HEADER = (
    "system",
    "review",
    "about",
    "nodes",
    "claims",
    "represented",
    "(carried asked plain repeated)",
    "excused",
    "unexplained",
    "why excused",
)
_WAY_TITLES = {
    "carried": "carried: something in the model rests on them",
    "asked": "asked: remodelsim validate puts their question to the model",
    "plain": "plain: remodelsim validate --plain puts the question that follows from their columns",
    "repeated": "repeated: they say the same as a claim that is represented",
    "excused": "excused: represented by nothing",
    "unexplained": "unexplained: represented by nothing, without a reason",
}
_HIDDEN = frozenset({"id", "source"})


def claim_page(model: Model, claim: Claim) -> str:
    """Return everything known about a claim, as text.

    Parameters
    ----------
    model
        The model.
    claim
        The claim.

    Returns
    -------
    str
        Its sentence, grade and columns, the papers it cites, and what in the model rests on it.
    """
    lines = [f"{claim.id} (claim, {claim.source}): {claim.sentence()}"]
    lines.append(f"  grade: {claim.grade} ({GRADES[claim.grade]})")
    lines += [f"  {key}: {value}" for key, value in claim.columns.items() if value and key not in _HIDDEN]
    papers = [f"  {paper.line()}" for paper in model.evidence.cited_by(claim)]
    users = [f"  {user}" for user in users_of(model).get(claim.id, ())]
    excuse = model.evidence.excuses.get(claim.id)
    excused = [f"  {EXCUSES[excuse.why]}: {excuse.reason}"] if excuse else []
    decided = [f"  {row}" for row in model.evidence.decisions.get(claim.id, ())]
    for title, found in (
        ("decided in models/evidence/deviations.md", decided),
        ("cites", papers),
        ("used by", users),
        ("represented by nothing", excused),
    ):
        lines += [title, *found] if found else []
    return "\n".join(lines)


def system_rows(model: Model) -> list[tuple[str, str]]:
    """Return the systems of the reviews, each with a line about its coverage.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    list of tuple
        Name and line.
    """
    return [(c.system.name, f"{c.system.label_en} · {c.system.label_zh} · {_counted(c)}") for c in coverage(model)]


def _counted(found: Covered) -> str:
    counts = f"{found.represented} represented, {found.excused} excused, {found.unexplained} unexplained"
    return f"{len(found.system.claims)} claims: {counts}"


def source_rows(model: Model) -> list[tuple[str, str]]:
    """Return the reviews and papers, each with its title, its DOI, and how the DOI was checked.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    list of tuple
        Id and line.
    """
    out = []
    for source in model.sources.values():
        doi = f"doi:{source.doi} ({CHECKED[source.checked or 'unverified']})" if source.doi else "no DOI"
        out.append((source.id, " · ".join(part for part in (source.title, source.year, source.kind, doi) if part)))
    return out


def coverage_text(model: Model) -> str:
    """Write the coverage of every system of every review as a table, and the sum of each review.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    str
        System, review, nodes, claims, how many are represented and in which way, how many are excused and why.
    """
    found = coverage(model)
    rows = [_coverage_row(c.system.name, c.system.review, c.system.label_en, [c]) for c in found]
    reviews = dict.fromkeys(c.system.review for c in found)
    sums = [_coverage_row("", review, "in all", [c for c in found if c.system.review == review]) for review in reviews]
    legend = ["why a claim is excused:", *(f"  {why}: {meaning}" for why, meaning in EXCUSES.items())]
    return "\n".join([table(_HEADER, [*rows, *sums]), "", *legend])


def _coverage_row(name: str, review: str, label: str, parts: Sequence[Covered]) -> list[str]:
    why = sum((Counter(part.why) for part in parts), Counter[str]())
    nodes = {node for part in parts for node in part.nodes}
    ways = [sum(len(part.ways[way]) for part in parts) for way in REPRESENTED]
    return [
        name,
        review,
        label,
        str(len(nodes)),
        str(sum(len(part.system.claims) for part in parts)),
        str(sum(ways)),
        " ".join(str(way) for way in ways),
        str(sum(part.excused for part in parts)),
        str(sum(part.unexplained for part in parts)),
        ", ".join(f"{word} {count}" for word, count in why.most_common()) or "-",
    ]


def coverage_data(model: Model) -> list[dict[str, object]]:
    """Return the coverage as plain data, one entry per system.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    list of dict
        Name, review, labels, nodes, the claims by way of standing, and the excuses.
    """
    excuses = model.evidence.excuses
    return [
        {
            "name": c.system.name,
            "review": c.system.review,
            "label": {"en": c.system.label_en, "zh": c.system.label_zh},
            "nodes": list(c.nodes),
            "represented": c.represented,
            "claims": {way: list(ids) for way, ids in c.ways.items()},
            "excused": {i: {"why": excuses[i].why, "reason": excuses[i].reason} for i in c.ways["excused"]},
        }
        for c in coverage(model)
    ]


def system_page(model: Model, name: str) -> str:
    """Return everything known about a system of a review, as text.

    Parameters
    ----------
    model
        The model.
    name
        Its name.

    Returns
    -------
    str
        Its nodes, and its claims in the ways in which they are represented or left out.
    """
    found = next(c for c in coverage(model) if c.system.name == name)
    system, users = found.system, users_of(model)
    lines = [
        f"{system.name} (system of {system.review}): {system.label_en}, {system.label_zh}",
        f"  {_counted(found)}",
        f"  nodes: {', '.join(found.nodes) or '-'}",
    ]
    for way in WAYS:
        lines += [_WAY_TITLES[way]] if found.ways[way] else []
        for i in found.ways[way]:
            lines.append(f"  {i:8s} {model.claims[i].grade:10s} {model.claims[i].sentence()}")
            excuse = model.evidence.excuses.get(i)
            lines += [f"           {excuse.why}: {excuse.reason}"] if excuse and way == "excused" else []
            lines += [f"           {'; '.join(users[i])}"] if way == "carried" else []
    return "\n".join(lines)
