"""What stands in the results folder of a sensitivity analysis beside its manifest and chunks."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ..experiments.sensitivity import HEADER, Influence, Ranking, Sensitivity, influence_rows
from ..files.columns import csv_bytes
from ..files.whole import put_whole
from .sensitivity_text import said_failed, said_how, said_themes, said_unsettled
from .sheet import figure_section, sheet_html, table_section, text_section

SUMMARY, TABLE, INDICES, REPORT = "summary.json", "results.csv", "indices.csv", "report.html"


def sensitivity_summary(result: Sensitivity) -> dict[str, object]:
    """Return an analysis for JSON: how it was done, and of every ranking all influences.

    Returns
    -------
    dict
        null for what is not known.
    """
    work = result.work
    return {
        "scenario": work.scenario.name,
        "horizon_days": work.scenario.horizon,
        "method": work.method,
        "said": said_how(result),
        "numbers": len(work.space),
        "by": work.by,
        "size": work.size,
        "seed": work.seed,
        "samples": work.samples,
        "failed": result.failed,
        "no_stable_healthy_state": result.rejected,
        "unit": "percent of the readout's scale" if work.method != "sobol" else "share of the variance",
        "rankings": [_ranking(result, ranking) for ranking in result.rankings],
    }


def _ranking(result: Sensitivity, ranking: Ranking) -> dict[str, object]:
    return {
        "readout": ranking.readout,
        "arm": ranking.arm,
        "against": ranking.against or None,
        "mean": _number(ranking.mean),
        "standard_deviation": _number(ranking.spread),
        "themes": result.themes(ranking),
        "influences": [_influence(row) for row in ranking.influences],
    }


def _influence(row: Influence) -> dict[str, object]:
    return {
        "name": row.name,
        "label": {"en": row.label_en, "zh": row.label_zh},
        "theme": row.theme or None,
        "numbers": row.numbers,
        **{name: _number(getattr(row, name)) for name in ("size", "low", "high", "signed", "other")},
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _indices(result: Sensitivity) -> bytes:
    """Return all influences as one table."""
    titles = ("readout", "arm", "name", "label_en", "label_zh", "theme", "numbers")
    values = ("size", "low", "high", "signed", "other")
    lines = [",".join((*titles, *values))]
    for ranking in result.rankings:
        for row in ranking.influences:
            words = (ranking.readout, ranking.arm, row.name, row.label_en, row.label_zh, row.theme, str(row.numbers))
            told = ["" if not math.isfinite(getattr(row, v)) else f"{getattr(row, v):.9g}" for v in values]
            lines.append(",".join([*(_cell(text) for text in words), *told]))
    return ("\n".join(lines) + "\n").encode()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


def write_sensitivity(result: Sensitivity, folder: Path, language: str = "en", *, csv: bool = False) -> None:
    """Write tables, figures, report and summary of an analysis beside its chunks.

    Parameters
    ----------
    result
        The analysis.
    folder
        Its results folder.
    language
        "en" or "zh", of figures and report.
    csv
        Whether the samples are written as CSV too.

    Raises
    ------
    FileFormatError
        When a file cannot be written; the chunks are kept.
    """
    from .plot.gallery_sweeps import figure_files
    from .plot.tornado import tornado_figures

    drawings = tornado_figures(result)
    files: dict[str, bytes] = {}
    for name, make in drawings.items():
        files |= figure_files(name, make, language)
    if csv:
        files[TABLE] = csv_bytes(result.columns)
    files[INDICES] = _indices(result)
    figures = {name: files[f"{name}.svg"].decode() for name in drawings}
    files[REPORT] = _report(result, figures, language).encode()
    files[SUMMARY] = (
        json.dumps(sensitivity_summary(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    ).encode()
    for name, content in files.items():
        put_whole(folder / name, content)


def _report(result: Sensitivity, figures: dict[str, str], language: str) -> str:
    scenario, zh = result.work.scenario, language == "zh"
    told = [said_how(result, language), said_failed(result, language)]
    sections = [text_section([line for line in told if line])]
    first = result.rankings[0]
    said = [said_unsettled(result, first, language), said_themes(result, first, language)]
    sections += [
        figure_section(figures, language, caption="caption_tornado"),
        table_section("influences_title", HEADER, influence_rows(first, 40), language),
        text_section([line for line in said if line]),
    ]
    return sheet_html(
        scenario.title_zh if zh else scenario.title_en,
        scenario.question_zh if zh else scenario.question_en,
        sections,
        f"{scenario.name}; {result.work.method}; cells: {result.work.model.cells.name}",
        language,
    )
