"""A validation as text for a terminal and as the data of its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from ..experiments.scores import Score
from ..experiments.validate import GROUPINGS, THRESHOLDS, Report, Row, why_different
from .text import table
from .validate_chains import chains_behind, wrong_answers

FEWEST = 5
_MOST_NAMED = 12
_TITLES = {
    "source": "By review",
    "system": "By system, where an answer is wrong",
    "kind": "By kind of claim",
    "grade": "By grade of evidence",
    "compound": "By compound",
    "steps": "By number of encoded edges",
    "gate": "By what is expected",
    "null": "By what the null model answers",
}


def _percent(score: Score) -> str:
    return f"{score.agreement.value:.1%} ({score.agreement.low:.1%} to {score.agreement.high:.1%})"


def _overall(report: Report) -> str:
    rows = []
    for name in (*report.formalisms, "null"):
        score = report.score(name)
        rows.append(
            [
                "null model" if name == "null" else name,
                f"{score.agree}/{score.total}",
                _percent(score),
                f"{score.majority:.1%}",
                f"{score.kappa.value:.3f} ({score.kappa.low:.3f} to {score.kappa.high:.3f})",
                f"{score.macro_f1.value:.3f}",
            ]
        )
    header = ("formalism", "agree", "agreement (95 %)", "majority", "kappa (95 %)", "macro-F1")
    return table(header, rows)


def _sweep(report: Report) -> str:
    rows = []
    for name in (*report.formalisms, "null"):
        scores = [report.score(name, threshold=threshold) for threshold in THRESHOLDS]
        rows.append(["null model" if name == "null" else name, *(f"{s.agreement.value:.1%}" for s in scores)])
    return table(("threshold", *(f"{threshold:.1%}" for threshold in THRESHOLDS)), rows)


def _grouping(report: Report, name: str) -> str:
    rows = []
    if len(report.groups[name]) <= 1:
        return ""
    for group, members in report.groups[name].items():
        if _is_told(report, name, members):
            shares = [f"{_share(report, f, members):.1%}" for f in (*report.formalisms, "null")]
            rows.append([group, str(len(members)), *shares])
    return table((_TITLES[name], "questions", *report.formalisms, "null model"), rows) if rows else ""


def _is_told(report: Report, grouping: str, members: Sequence[Row]) -> bool:
    """Leave out compounds with few questions, and systems without a wrong answer."""
    if grouping == "compound":
        return len(members) >= FEWEST
    whole = all(row.verdict(f, report.threshold) == "agree" for row in members for f in report.formalisms)
    return grouping != "system" or not whole


def _share(report: Report, formalism: str, rows: Sequence[Row]) -> float:
    return report.score(formalism, rows, resamples=2).agreement.value


def _missing(report: Report) -> str:
    rows = [
        [gap.name, gap.what, gap.nearest or "-", str(len(ids)), " ".join(ids[:6]) + (" ..." if len(ids) > 6 else "")]
        for gap, ids in report.gaps.items()
    ]
    return table(("not represented", "what", "nearest", "questions", "asked by"), rows)


def _disagreements(report: Report) -> str:
    rows = []
    for row in report.rows:
        wrong = [f for f in report.formalisms if row.verdict(f, report.threshold) == "disagree"]
        if wrong:
            found = [_found(report, row, f) for f in report.formalisms]
            question = row.question
            rows.append([question.id, side(question.baseline), side(question.do), side(question.expect), *found])
    if not rows:
        return ""
    return table(("disagrees", "baseline", "do", "expected", *report.formalisms), rows)


def _chains(report: Report) -> str:
    lines = []
    for row, formalism, k in wrong_answers(report):
        expected = row.question.expect[k]
        towards, against = chains_behind(report, row, formalism, k)
        lines.append(f"{row.question.id} {formalism}, {expected}\n    {towards}\n    against it {against}")
    head = "The strongest chain of arrows towards each wrong answer, to first order, and the one against it"
    return "\n".join([head, "", *lines]) if lines else ""


def _found(report: Report, row: Row, formalism: str) -> str:
    said = row.said(formalism, report.threshold)
    return " & ".join(f"{word} {f.change:+.3f}" for word, f in zip(said, row.found[formalism], strict=True))


def side(parts: Sequence[object]) -> str:
    """Write one side of a question; a dash for nothing.

    Parameters
    ----------
    parts
        Settings or expectations.

    Returns
    -------
    str
        Joined by ``&``.
    """
    return " & ".join(str(part) for part in parts) or "-"


def _together(report: Report) -> str:
    lines = []
    if len(report.formalisms) == 2:
        lines.append(f"The two formalisms give the same answers to {report.shared():.1%} of the represented questions.")
        for reason, ids in report.differences.items():
            shown = " ".join(ids[:_MOST_NAMED]) + (" ..." if len(ids) > _MOST_NAMED else "")
            lines.append(f"  {len(ids)} differ: {reason} ({shown})")
    if report.robust is not None:
        lines.append(f"{report.robust:.1%} of the questions keep their answers in 90 % of {report.draws} draws.")
    return "\n".join(lines)


def report_text(report: Report) -> str:
    """Write a validation as text.

    Parameters
    ----------
    report
        The validation.

    Returns
    -------
    str
        Tables of scores, what is not represented, and the disagreements.
    """
    head = f"{len(report.rows)} questions; a change counts from {report.threshold:.1%} of a readout's scale on"
    parts = [head, _overall(report), _sweep(report), *(_grouping(report, name) for name in GROUPINGS)]
    parts += [_together(report), _missing(report) if report.gaps else "", _disagreements(report), _chains(report)]
    return "\n\n".join(part for part in parts if part)


def _score_data(score: Score) -> dict[str, object]:
    return {
        "agree": score.agree,
        "total": score.total,
        "agreement": score.agreement.value,
        "agreement_95": [score.agreement.low, score.agreement.high],
        "majority": score.majority,
        "kappa": score.kappa.value,
        "kappa_95": [score.kappa.low, score.kappa.high],
        "macro_f1": score.macro_f1.value,
        "macro_f1_95": [score.macro_f1.low, score.macro_f1.high],
    }


def _formalism_data(report: Report, name: str) -> dict[str, object]:
    groups: dict[str, dict[str, object]] = {}
    for grouping, found in report.groups.items():
        groups[grouping] = {
            group: _score_data(report.score(name, rows, resamples=200)) for group, rows in found.items()
        }
    sweep = {f"{threshold:g}": report.score(name, threshold=threshold).agree for threshold in THRESHOLDS}
    return {**_score_data(report.score(name)), "agree_by_threshold": sweep, "by": groups}


def _row_data(report: Report, row: Row) -> dict[str, object]:
    said = {f: row.said(f, report.threshold) for f in report.formalisms}
    expect: list[dict[str, object]] = []
    for k, expected in enumerate(row.question.expect):
        entry: dict[str, object] = {"readout": expected.readout, "expected": expected.direction}
        for formalism in report.formalisms:
            entry[formalism] = said[formalism][k]
        changes = {f: row.found[f][k].change for f in report.formalisms if row.found[f]}
        entry["changes"] = {f: change if isfinite(change) else None for f, change in changes.items()}
        expect.append(entry)
    both = len(report.formalisms) == 2 and not row.asked.gaps
    return {
        "id": row.question.id,
        "baseline": side(row.question.baseline),
        "do": side(row.question.do),
        "expect": expect,
        "verdict": {f: row.verdict(f, report.threshold) for f in report.formalisms},
        "emergent": None if row.asked.gaps else row.emergent,
        "formalisms_differ": why_different(row, report.threshold) if both else "",
        "ensemble": row.drawn,
        "not_represented": [gap.name for gap in row.asked.gaps],
    }


def report_data(report: Report) -> Mapping[str, object]:
    """Return a validation in the form of ``validate --json``.

    Parameters
    ----------
    report
        The validation.

    Returns
    -------
    mapping
        formalisms, null_model, rows, and what was run.
    """
    return {
        "threshold": report.threshold,
        "replicates": report.replicates,
        "draws": report.draws,
        "seed": report.seed,
        "formalisms": {name: _formalism_data(report, name) for name in report.formalisms},
        "null_model": _formalism_data(report, "null"),
        "formalisms_agree": report.shared() if len(report.formalisms) == 2 else None,
        "robust": report.robust,
        "not_represented": [
            {"name": gap.name, "what": gap.what, "nearest": gap.nearest, "rows": list(ids)}
            for gap, ids in report.gaps.items()
        ],
        "rows": [_row_data(report, row) for row in report.rows],
    }
