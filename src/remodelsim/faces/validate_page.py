"""The page of a validation: scores, and every disagreement with the chain of arrows that answered wrong."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..experiments.answers import FORMALISMS, Found
from ..experiments.validate import THRESHOLDS, Report, Row, why_different
from ..experiments.verdict import ARROWS
from ..files.assets import asset_text
from ..ground.markup import CLASSES, html_table
from ..ground.version import VERSION
from .validate_chains import chains_behind
from .validate_text import side
from .validate_words import both

_HEADINGS = {"null": "null_answers"}


def page_html(report: Report) -> str:
    """Write the page.

    Parameters
    ----------
    report
        The validation.

    Returns
    -------
    str
        One HTML document without any external request, in English and Chinese.
    """
    wrong = [
        row for row in report.rows if any(row.verdict(f, report.threshold) == "disagree" for f in report.formalisms)
    ]
    count = both("count", questions=len(report.rows), wrong=len(wrong), threshold=f"{report.threshold:.1%}")
    parts = [
        f"<h1>{escape(both('title'))}</h1>",
        f"<p class='q'>{escape(count)}</p>",
        _scores(report),
        _together(report),
        _groups(report),
        _missing(report),
        f"<h2>{escape(both('disagreements'))}</h2>",
        f"<p>{escape(both('method'))}</p>",
        *(_row(report, row) for row in wrong),
        f"<footer>{escape(_provenance(report))}</footer>",
    ]
    title = escape(both("title"))
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{title}</title>"
    style = asset_text("faces/assets", "report.css")
    return (
        f"<!doctype html><html lang='en'><head>{head}<style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _provenance(report: Report) -> str:
    sample = f"seed {report.seed}; {report.replicates} Boolean replicates"
    return f"{both('model')}: remodelsim {VERSION}; {report.model.cells.name}; {sample}"


def _named(formalism: str) -> str:
    return both("null_model") if formalism == "null" else formalism


def _scores(report: Report) -> str:
    rows = []
    for name in (*report.formalisms, "null"):
        score = report.score(name)
        sweep = [f"{report.score(name, threshold=t, resamples=2).agreement.value:.1%}" for t in THRESHOLDS]
        numbers = [
            f"{score.agreement.value:.1%} ({score.agreement.low:.1%} – {score.agreement.high:.1%})",
            f"{score.majority:.1%}",
            f"{score.kappa.value:.3f}",
            f"{score.macro_f1.value:.3f}",
        ]
        rows.append([_named(name), f"{score.agree}/{score.total}", *numbers, *sweep])
    titles = [both(key) for key in ("formalism", "agree", "agreement", "majority", "kappa", "macro_f1")]
    header = (*titles, *(f"{both('at')} {t:.1%}" for t in THRESHOLDS))
    return f"<h2>{escape(both('scores'))}</h2>{html_table(header, rows)}"


def _together(report: Report) -> str:
    lines, rows = [], []
    if len(report.formalisms) == len(FORMALISMS):
        lines.append(both("shared", share=f"{report.shared():.1%}"))
        rows = [[both(why), str(len(ids)), " ".join(ids)] for why, ids in report.differences.items()]
    if report.robust is not None:
        lines.append(both("robust", share=f"{report.robust:.1%}", draws=report.draws))
    if not lines:
        return ""
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    table = html_table((both("reason"), both("questions"), ""), rows) if rows else ""
    return f"<h2>{escape(both('together'))}</h2>{told}{table}"


def _groups(report: Report) -> str:
    out = []
    for grouping, groups in report.groups.items():
        rows = [
            [name, str(len(rows)), *(f"{_share(report, f, rows):.1%}" for f in (*report.formalisms, "null"))]
            for name, rows in groups.items()
        ]
        header = (both(_HEADINGS.get(grouping, grouping)), both("questions"), *report.formalisms, both("null_model"))
        fold = f"<details><summary>{escape(header[0])}</summary>{html_table(header, rows)}</details>"
        out += [fold] if len(rows) > 1 else []
    return f"<h2>{escape(both('groups'))}</h2>{''.join(out)}" if out else ""


def _share(report: Report, formalism: str, rows: Sequence[Row]) -> float:
    return report.score(formalism, rows, resamples=2).agreement.value


def _missing(report: Report) -> str:
    if not report.gaps:
        return ""
    rows = [[gap.name, gap.what, gap.nearest or "-", " ".join(ids)] for gap, ids in report.gaps.items()]
    header = [both(key) for key in ("name", "what", "nearest", "questions")]
    return f"<h2>{escape(both('missing'))}</h2>{html_table(header, rows)}"


def _row(report: Report, row: Row) -> str:
    question = row.question
    claim = report.model.claims.get(question.id)
    said = f"<p>{escape(claim.sentence())} [{escape(claim.grade)}]</p>" if claim is not None else ""
    where = [
        [both("baseline"), side(question.baseline) + (f" & cell={question.cell}" if question.cell else "")],
        [both("do"), side(question.do)],
        *([[both("variant"), question.variant]] if question.variant else []),
        [both("expected"), side(question.expect)],
    ]
    rows = []
    for formalism in report.formalisms:
        for k, found in enumerate(row.found[formalism]):
            rows.append(_answer(report, row, formalism, k, found))
    differ = why_different(row, report.threshold) if len(report.formalisms) == len(FORMALISMS) else ""
    note = f"<p>{escape(both('differ'))} {escape(both(differ))}</p>" if differ else ""
    header = ("", *(both(key) for key in ("readout", "expected", "found", "change", "answered", "against")))
    return (
        f"<section id='{escape(question.id)}'><h3>{escape(question.id)}</h3>{said}"
        f"{html_table((both('asked'), ''), where)}{html_table(header, rows, CLASSES)}{note}</section>"
    )


def _answer(report: Report, row: Row, formalism: str, k: int, found: Found) -> list[str]:
    expected = row.expected[k]
    said = found.said(expected, report.threshold)
    error = f" ± {found.error:.4f}" if found.error else ""
    chains = chains_behind(report, row, formalism, k) if said != expected else ("", "")
    told = [
        formalism,
        row.question.expect[k].readout,
        ARROWS.get(expected, expected),
        ARROWS.get(said, both("no_value")),
    ]
    return [*told, f"{found.change:+.4f}{error}", *chains]
