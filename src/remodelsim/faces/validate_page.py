"""The page of a validation: scores, and every disagreement with the chain of arrows that answered wrong."""

from __future__ import annotations

from html import escape

from ..experiments.answers import Found
from ..experiments.validate import THRESHOLDS, Report, Row, why_different
from ..experiments.verdict import ARROWS
from ..files.assets import asset_text
from ..ground.markup import CLASSES, html_table
from ..ground.version import VERSION
from .validate_chains import chains_behind
from .validate_text import side

_TITLE = "Where the model and the reviews disagree"
_METHOD = (
    "The chain named is the strongest one, to first order, from what is done to what is read: slopes of the arrows "
    "halfway between the two arms. Bone and its cells are followed by their rules."
)


def page_html(report: Report) -> str:
    """Write the page.

    Parameters
    ----------
    report
        The validation.

    Returns
    -------
    str
        One HTML document without any external request.
    """
    wrong = [
        row for row in report.rows if any(row.verdict(f, report.threshold) == "disagree" for f in report.formalisms)
    ]
    parts = [
        f"<h1>{escape(_TITLE)}</h1>",
        f"<p class='q'>{escape(_count(report, len(wrong)))}</p>",
        _scores(report),
        _missing(report),
        "<h2>Disagreements</h2>",
        f"<p>{escape(_METHOD)}</p>",
        *(_row(report, row) for row in wrong),
        f"<footer>{escape(_provenance(report))}</footer>",
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escape(_TITLE)}</title>"
    style = asset_text("faces/assets", "report.css")
    return (
        f"<!doctype html><html lang='en'><head>{head}<style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _count(report: Report, wrong: int) -> str:
    size = f"threshold {report.threshold:.1%} of a readout's scale"
    return f"{len(report.rows)} questions, {wrong} with a disagreement, {size}."


def _provenance(report: Report) -> str:
    sample = f"seed {report.seed}; {report.replicates} Boolean replicates"
    return f"remodelsim {VERSION}; cells: {report.model.cells.name}; {sample}"


def _scores(report: Report) -> str:
    rows = []
    for name in (*report.formalisms, "null"):
        score = report.score(name)
        sweep = [f"{report.score(name, threshold=t, resamples=2).agreement.value:.1%}" for t in THRESHOLDS]
        numbers = [
            f"{score.agreement.value:.1%}",
            f"{score.majority:.1%}",
            f"{score.kappa.value:.3f}",
            f"{score.macro_f1.value:.3f}",
        ]
        rows.append(["null model" if name == "null" else name, f"{score.agree}/{score.total}", *numbers, *sweep])
    header = ("", "agree", "agreement", "majority", "kappa", "macro-F1", *(f"at {t:.1%}" for t in THRESHOLDS))
    return f"<h2>Scores</h2>{html_table(header, rows)}"


def _missing(report: Report) -> str:
    if not report.gaps:
        return ""
    rows = [[gap.name, gap.what, gap.nearest or "-", " ".join(ids)] for gap, ids in report.gaps.items()]
    return f"<h2>Not represented</h2>{html_table(('name', 'what', 'nearest', 'questions'), rows)}"


def _row(report: Report, row: Row) -> str:
    question = row.question
    claim = report.model.claims.get(question.id)
    said = f"<p>{escape(claim.sentence())}</p>" if claim is not None else ""
    where = [
        ["baseline", side(question.baseline) + (f" & cell={question.cell}" if question.cell else "")],
        ["do", side(question.do)],
        *([["variant", question.variant]] if question.variant else []),
        ["expected", side(question.expect)],
    ]
    rows = []
    for formalism in report.formalisms:
        for k, found in enumerate(row.found[formalism]):
            rows.append(_answer(report, row, formalism, k, found))
    differ = why_different(row, report.threshold) if len(report.formalisms) == 2 else ""
    note = f"<p>The formalisms differ: {escape(differ)}.</p>" if differ else ""
    header = ("", "readout", "expected", "found", "change", "chain that answered", "chain against it")
    return (
        f"<section id='{escape(question.id)}'><h3>{escape(question.id)}</h3>{said}"
        f"{html_table(('asked', ''), where)}{html_table(header, rows, CLASSES)}{note}</section>"
    )


def _answer(report: Report, row: Row, formalism: str, k: int, found: Found) -> list[str]:
    expected = row.expected[k]
    said = found.said(expected, report.threshold)
    error = f" ± {found.error:.4f}" if found.error else ""
    chains = chains_behind(report, row, formalism, k) if said != expected else ("", "")
    told = [formalism, row.question.expect[k].readout, ARROWS.get(expected, expected), ARROWS.get(said, "no value")]
    return [*told, f"{found.change:+.4f}{error}", *chains]
