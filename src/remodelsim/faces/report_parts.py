"""Parts of the report of a run: why, the claims used with their sources, how to cite; every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ..experiments.arrows import ACTION, READ, RULE, Arrow
from ..experiments.citing import citations, grounds_of
from ..experiments.explanation import Explanation, Why
from ..experiments.simulate import Result
from ..ground.markup import html_table
from ..nouns.evidence import Claim
from .prose import cause_text, label_of, paragraph, told

_MOST_CAUSES, _MOST_NODES, _MOST_CLAIMS = 10, 8, 150
_LEAST_SHARE = 0.05
_IDS = {f"{review}-": "id" for review in ("QUE", "PUE", "VK2", "TCM", "GUT")}
_PAPER = re.compile(r"10\.\d{4,9}/[^\s}]+")

Whys = Mapping[str, tuple[Explanation, str]]


def figure_html(kind: str, svg: str, label: str, caption: str) -> str:
    """Write a figure into a page.

    Parameters
    ----------
    kind
        Its name; its ids get it as a prefix, for ids of several drawings must not meet in one document.
    svg
        The drawing.
    label, caption
        What a screen reader says, and what stands below.

    Returns
    -------
    str
        HTML.
    """
    drawing = svg[svg.index("<svg") :]
    mark = re.sub(r"[^A-Za-z0-9-]", "-", kind)
    drawing = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{mark}-", drawing)
    named = drawing.replace("<svg ", f"<svg role='img' aria-label='{escape(label, quote=True)}' ", 1)
    return f"<figure>{named}<figcaption>{escape(caption)}</figcaption></figure>"


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inner}</section>" if inner else ""


def why_section(result: Result, whys: Whys, language: str) -> str:
    """Write why the arms differ from the baseline.

    Parameters
    ----------
    result
        The run.
    whys
        Arm to its explanation and picture.
    language
        "en" or "zh".

    Returns
    -------
    str
        A section; nothing where there is nothing to explain.
    """
    out = []
    for arm, (explanation, svg) in whys.items():
        readout = next(iter(explanation.whys))
        why = explanation.main(readout)
        given = result.scenario.arm(arm)
        title = given.label_zh if language == "zh" else given.label_en
        text = paragraph(result.model, explanation, readout, language)
        out.append(f"<h3>{escape(title)}</h3><p>{escape(text)}</p>")
        if why.effective:
            out.append(figure_html(f"why-{arm}", svg, f"{title}: {text}", told("caption_why", language)) if svg else "")
            out.append(_tables(result, why, language))
    note = f"<p class='note'>{escape(told('report_why_note', language))}</p>" if out else ""
    return _section(told("report_why", language), "".join(out) + note)


def _tables(result: Result, why: Why, language: str) -> str:
    header = [told(f"report_{key}", language) for key in ("causes", "present", "goes", "alone")]
    rows = [
        [
            cause_text(result.model, c.cause, language),
            f"{100 * c.cause.occupancy:.0f} %",
            c.goes.text(),
            c.alone.text(),
        ]
        for c in why.causes[:_MOST_CAUSES]
    ]
    carried = [m for m in why.mediators if abs(m.share.value) >= _LEAST_SHARE][:_MOST_NODES]
    nodes = [[label_of(result.model, m.node, language), m.share.text()] for m in carried]
    second = html_table([told("report_node", language), told("report_share", language)], nodes) if nodes else ""
    return (html_table(header, rows) if len(rows) > 1 else "") + second


def _arrows(whys: Whys) -> list[Arrow]:
    found = {
        a.mark: a
        for explanation, _ in whys.values()
        for both in explanation.whys.values()
        for w in both.values()
        for a in w.arrows
    }
    return [arrow for arrow in found.values() if arrow.kind != READ]


def claims_section(result: Result, whys: Whys, language: str) -> str:
    """Write the claims and assumptions used, with review, reference, system, dose and grade.

    Parameters
    ----------
    result
        The run.
    whys
        Arm to its explanation and picture.
    language
        "en" or "zh".

    Returns
    -------
    str
        A section.
    """
    used: dict[str, tuple[Claim, list[str]]] = {}
    assumed: dict[str, list[str]] = {}
    for what, claims, assumption in _used(result, whys):
        for claim in claims:
            names = used.setdefault(claim.id, (claim, []))[1]
            if what not in names:
                names.append(what)
        if assumption and not claims:
            assumed.setdefault(assumption, []).append(what)
    header = [told(f"report_{key}", language) for key in ("id", "says", "review", "system", "grade", "arrow")]
    rows = [_claim_row(claim, names, language) for claim, names in list(used.values())[:_MOST_CLAIMS]]
    parts = [f"<p class='note'>{escape(told('report_claims_note', language))}</p>", html_table(header, rows, _IDS)]
    if len(used) > _MOST_CLAIMS:
        parts.append(f"<p>+ {len(used) - _MOST_CLAIMS}</p>")
    if assumed:
        pair = [told("report_arrow", language), told("report_assumption", language)]
        lines = [["; ".join(dict.fromkeys(names)), text] for text, names in assumed.items()]
        parts.append(f"<h3>{escape(told('report_assumptions', language))}</h3>{html_table(pair, lines)}")
    return _section(told("report_claims", language), "".join(parts))


def _used(result: Result, whys: Whys) -> Iterable[tuple[str, Sequence[Claim], str]]:
    """Yield what rests on what: arrows of the explanations, then everything that is done."""
    for arrow in _arrows(whys):
        if arrow.kind in {ACTION, RULE} or arrow.claims:
            yield arrow.text(), arrow.claims, arrow.assumption
    model = result.model
    for ground in grounds_of(model, [arm.protocol for arm in result.scenario.arms]):
        yield ground.what, [model.claims[i] for i in ground.claims if i in model.claims], ground.assumption


def _claim_row(claim: Claim, names: Sequence[str], language: str) -> list[str]:
    ref = claim.columns.get("ref", "")
    dose = f"{claim.columns.get('dose', '')} {claim.columns.get('unit', '')}".strip()
    system = ", ".join(part for part in (claim.columns.get("system", ""), dose) if part)
    core = f"{claim.subject} {claim.relation.replace('_', ' ')} {claim.object}"
    grade, where = told(f"grade_{claim.grade}", language), f"{claim.source} [{ref}]" if ref else claim.source
    return [claim.id, core, where, system, grade, "; ".join(names)]


def cite_section(result: Result, whys: Whys, language: str) -> str:
    """Write how to cite what was used, in BibTeX, and how to repeat the run.

    Parameters
    ----------
    result
        The run.
    whys
        Arm to its explanation and picture.
    language
        "en" or "zh".

    Returns
    -------
    str
        Two sections.
    """
    text = escape(run_citations(result, whys))
    linked = _PAPER.sub(lambda found: f"<a href='https://doi.org/{found[0]}'>{found[0]}</a>", text)
    cite = f"<p>{escape(told('report_cite_note', language))}</p><pre tabindex='0'>{linked}</pre>"
    record = f"<p>{escape(told('report_record_note', language))}</p>"
    return _section(told("report_cite", language), cite) + _section(told("report_record", language), record)


def run_citations(result: Result, whys: Whys | None = None) -> str:
    """Return what a run rests on as BibTeX, with what its explanations rest on.

    Parameters
    ----------
    result
        The run.
    whys
        Arm to its explanation and picture.

    Returns
    -------
    str
        BibTeX.
    """
    arrows = _arrows(whys or {})
    return citations(
        result.model,
        [arm.protocol for arm in result.scenario.arms],
        [claim for arrow in arrows for claim in arrow.claims],
        [arrow.assumption for arrow in arrows],
    )
