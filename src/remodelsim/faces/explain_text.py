"""Explanations as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from ..experiments.arrows import ACTION, AGAINST, READ, RULE, Arrow, bearing
from ..experiments.explanation import Explanation, Why
from ..experiments.verdict import VERDICT_HEADER, verdict_row
from ..nouns.model import Model
from .prose import paragraph
from .text import replaced_line, table

_MOST_ARROWS, _MOST_CLAIMS, _MOST_CAUSES = 16, 3, 14


def explanation_text(model: Model, explanation: Explanation, language: str = "en", width: int = 110) -> str:
    """Write an explanation as text.

    Parameters
    ----------
    model
        The model, for labels and claims.
    explanation
        The explanation.
    language
        Language of the paragraph: "en" or "zh".
    width
        Longest line of the paragraph.

    Returns
    -------
    str
        Per readout: the paragraph, the verdicts, causes, pairs, mediators, chains, arrows with their claims, readings.
    """
    parts = []
    for name, both in explanation.whys.items():
        rows = [verdict_row(name, formalism, why.verdict) for formalism, why in both.items()]
        # a Chinese character takes the room of two
        room = width if language == "en" else width // 2
        told = fill(paragraph(model, explanation, name, language), room, break_on_hyphens=False)
        parts.append(f"{told}\n\n{table(VERDICT_HEADER, rows)}")
        parts += [part for why in both.values() for part in _why_parts(why)]
        main = explanation.main(name)
        if main.arrows:
            parts.append(_arrows(model, main))
        if main.readings:
            parts.append(_readings(main))
    if explanation.rejected:
        parts.append(replaced_line(explanation.rejected))
    return "\n\n".join(parts)


def _why_parts(why: Why) -> Iterable[str]:
    """Yield the tables of one formalism."""
    mark = f"{why.readout}, {why.formalism}"
    if why.causes:
        header = ("cause", "present", "goes when off", "makes alone", "change alone")
        rows = [
            [
                c.cause.text(),
                f"{100 * c.cause.occupancy:.0f} %",
                c.goes.text() if why.effective else "-",
                c.alone.text() if why.effective else "-",
                f"{c.change:+.4f}",
            ]
            for c in why.causes[:_MOST_CAUSES]
        ]
        yield f"Causes ({mark})\n\n{table(header, rows)}"
    if why.groups:
        rows = [
            [g.name, *(s.text() if why.effective else "-" for s in (g.goes, g.alone)), f"{g.change:+.4f}"]
            for g in why.groups
        ]
        titles = ("intervention", "goes without it", "makes alone", "change alone")
        yield f"Interventions ({mark})\n\n{table(titles, rows)}"
    if why.pairs:
        rows = [
            [f"{p.first.text()} + {p.second.text()}", p.goes.text(), f"{100 * p.more:+.0f} points"] for p in why.pairs
        ]
        yield f"Back each other up ({mark})\n\n{table(('pair', 'goes without both', 'more than one by one'), rows)}"
    if why.mediators:
        rows = [[m.node, m.share.text()] for m in why.mediators]
        yield f"Passes through, each held to its baseline ({mark})\n\n{table(('node', 'share of the effect'), rows)}"
    if why.routes:
        rows = [[f"{100 * route.share:+.1f} %", route.text()] for route in why.routes]
        yield f"Strongest chains, to first order ({mark})\n\n{table(('share', 'chain'), rows)}"


def _arrows(model: Model, why: Why) -> str:
    """List the arrows that carry most, each with what it rests on."""
    lines = ["What it rests on"]
    for arrow in [a for a in why.arrows if a.kind != READ][:_MOST_ARROWS]:
        lines.append(f"  {arrow.text()}")
        lines += _claims(model, arrow)
        if arrow.assumption:
            lines.append(f"    {'assumption' if arrow.kind in {ACTION, RULE} else 'joint'}: {arrow.assumption}")
    rest = len([a for a in why.arrows if a.kind != READ]) - _MOST_ARROWS
    return "\n".join([*lines, *([f"  ... and {rest} more arrows (--json lists all)"] if rest > 0 else [])])


def _claims(model: Model, arrow: Arrow) -> Iterable[str]:
    # what states the arrow itself comes first
    ordered = sorted(arrow.claims, key=lambda claim: bearing(model, claim, arrow) != "states it")
    for claim in ordered[:_MOST_CLAIMS]:
        ref = claim.columns.get("ref", "")
        where = f"{claim.source} [{ref}]" if ref else claim.source
        doubt = " AGAINST IT" if bearing(model, claim, arrow) == AGAINST else ""
        yield f"    {claim.id} ({where}; {claim.grade}) {claim.sentence()}{doubt}"
    if len(ordered) > _MOST_CLAIMS:
        yield f"    ... and {len(ordered) - _MOST_CLAIMS} more claims"


def _readings(why: Why) -> str:
    rows = [
        [r.dispute, r.reading, r.verdict.direction, f"{r.verdict.change:+.4f}", " ".join(r.claims), r.description]
        for r in why.readings
    ]
    return "In the other readings\n\n" + table(("dispute", "reading", "answer", "change", "claims", "says"), rows)
