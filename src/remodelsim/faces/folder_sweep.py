"""What stands in the results folder of a sweep beside its manifest and chunks: tables, figures, report, summary."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

from ..experiments.sweep import CURVE_HEADER, Curve, SweepResult, curve_rows
from ..files.columns import csv_bytes
from ..files.whole import put_whole
from .sheet import figure_section, readout_label, sheet_html, table_section
from .words import word

SUMMARY, TABLE, REPORT = "summary.json", "results.csv", "report.html"


def sweep_summary(result: SweepResult) -> dict[str, object]:
    """Return a sweep for JSON: its axes, and of every curve the changes, their bands, and the response.

    Returns
    -------
    dict
        scenario, axes, samples, failed, curves; null for what is not known.
    """
    work = result.work
    return {
        "scenario": work.scenario.name,
        "horizon_days": work.scenario.horizon,
        "axes": [
            {
                "name": axis.name,
                "unit": axis.factor.unit,
                "values": list(axis.values),
                "reference": axis.factor.reference,
            }
            for axis in work.axes
        ],
        "samples": work.samples,
        "failed": result.failed,
        "draws": work.draws,
        "seed": work.scenario.seed,
        "curves": [_curve(curve) for curve in result.curves],
    }


def _curve(curve: Curve) -> dict[str, object]:
    out: dict[str, object] = {
        "readout": curve.readout,
        "arm": curve.arm,
        "against": curve.against or None,
        "formalism": curve.formalism,
        "at": dict(curve.at),
        "change": _numbers(curve.change),
        "direction": curve.directions,
        "threshold": curve.limit,
    }
    if curve.low.size:
        out |= {"low": _numbers(curve.low), "high": _numbers(curve.high)}
    if curve.agreement.size:
        out["agreement"] = _numbers(curve.agreement)
    if curve.response is not None:
        found, (count, low, high) = curve.response, curve.fitted
        out["response"] = {
            "kind": found.kind,
            **{name: _number(getattr(found, name)) for name in ("ed50", "low", "high", "hill", "effect", "peak")},
            "draws": {"fitted": count, "p05": _number(low), "p95": _number(high)},
        }
    return out


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(v)) for v in values]


def write_sweep(result: SweepResult, folder: Path, language: str = "en", *, csv: bool = False) -> None:
    """Write tables, figures, report and summary of a sweep beside its chunks.

    Parameters
    ----------
    result
        The sweep.
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
    from .plot.gallery_sweeps import figure_files, figures_of

    drawings = figures_of(result)
    files: dict[str, bytes] = {}
    for name, make in drawings.items():
        files |= figure_files(name, make, language)
    if csv:
        files[TABLE] = csv_bytes(result.columns)
    files[REPORT] = _report(result, {name: files[f"{name}.svg"].decode() for name in drawings}, language).encode()
    files[SUMMARY] = (json.dumps(sweep_summary(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    for name, content in files.items():
        put_whole(folder / name, content)


def _arm(result: SweepResult, name: str, cell: str, language: str) -> str:
    """Return the label of an arm, with what the cell of a table says beside its name."""
    arm = result.work.scenario.arm(name)
    return (arm.label_zh if language == "zh" else arm.label_en) + cell.removeprefix(name)


def _report(result: SweepResult, figures: dict[str, str], language: str) -> str:
    scenario, zh = result.work.scenario, language == "zh"
    axes = ", ".join(axis.name for axis in result.work.axes)
    rows = [
        [readout_label(result.work.model, readout, language), _arm(result, curve.arm, arm, language), *rest]
        for curve, (readout, arm, *rest) in zip(result.curves, curve_rows(result), strict=True)
    ]
    sections = [
        table_section("curves_title", CURVE_HEADER, rows, language),
        figure_section(figures, language),
    ]
    if result.failed:
        sections.insert(0, f"<p class='failed'>{result.failed} {word('failed_samples', language)}</p>")
    return sheet_html(
        f"{scenario.title_zh if zh else scenario.title_en} · {axes}",
        scenario.question_zh if zh else scenario.question_en,
        sections,
        f"{scenario.name}; {axes}; cells: {result.work.model.cells.name}",
        language,
    )
