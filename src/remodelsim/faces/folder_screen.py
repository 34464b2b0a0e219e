"""What stands in the results folder of a screen beside its manifest and chunks: tables, figures, report, summary."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ..experiments.screen import SYNERGY_HEADER, Finding, ScreenResult, effect_table, synergy_rows
from ..experiments.synergy import Synergy
from ..files.columns import csv_bytes
from ..files.whole import put_whole
from .sheet import figure_section, sheet_html, table_section
from .words import word

SUMMARY, TABLE, REPORT = "summary.json", "results.csv", "report.html"


def screen_summary(result: ScreenResult) -> dict[str, object]:
    """Return a screen for JSON: of every move what it does to every readout, and of pairs how far they lie from Bliss.

    Returns
    -------
    dict
        baseline, readouts, moves in the order of the ranking; null for what is not known.
    """
    work = result.work
    place = {move.name: k for k, move in enumerate(work.moves)}
    return {
        "readouts": list(work.readouts),
        "days": work.day,
        "draws": work.draws,
        "seed": work.seed,
        "samples": work.samples,
        "failed": result.failed,
        "left_out": list(result.left_out),
        "moves": [
            {
                "name": move.name,
                "kind": move.kind,
                "subjects": list(move.subjects),
                **result.notes.get(move.subjects[0], {}),
                "readouts": {
                    readout: {f: _found(result.findings[f, readout][place[move.name]]) for f in work.formalisms}
                    for readout in work.readouts
                },
            }
            for move in result.ranking()
        ],
        "pairs": [
            {"name": s.move.name, "readout": readout, "formalism": formalism, **_pair(s)}
            for (formalism, readout), found in result.synergies.items()
            for s in found
        ],
    }


def _found(found: Finding) -> dict[str, object]:
    numbers = {n: _number(getattr(found, n)) for n in ("baseline", "value", "change", "share", "low", "high")}
    return {**numbers, "direction": found.direction, "agreement": found.agreement}


def _pair(found: Synergy) -> dict[str, object]:
    numbers = {n: _number(getattr(found, n)) for n in ("effect", "expected", "beyond_bliss", "beyond_hsa")}
    return {**numbers, "scale": found.scale, "together": found.word, "agreement": found.agreement}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def write_screen(result: ScreenResult, folder: Path, baseline: str, language: str = "en", *, csv: bool = False) -> None:
    """Write tables, figures, report and summary of a screen beside its chunks.

    Parameters
    ----------
    result
        The screen.
    folder
        Its results folder.
    baseline
        The baseline as it was written.
    language
        "en" or "zh", of figures and report.
    csv
        Whether the samples are written as CSV too; the moves have the numbers of summary.json's manifest.

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
    pictures = {name: files[f"{name}.svg"].decode() for name in drawings}
    files[REPORT] = _report(result, baseline, pictures, language).encode()
    summary = {"baseline": baseline, **screen_summary(result)}
    files[SUMMARY] = (json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    for name, content in files.items():
        put_whole(folder / name, content)


def _report(result: ScreenResult, baseline: str, figures: dict[str, str], language: str) -> str:
    sections = [figure_section(figures, language), table_section("effects_title", *effect_table(result), language)]
    if result.synergies:
        sections.append(table_section("pairs_title", SYNERGY_HEADER, synergy_rows(result), language))
    if result.failed:
        sections.insert(0, f"<p class='failed'>{result.failed} {word('failed_samples', language)}</p>")
    work = result.work
    question = f"{baseline or word('healthy_baseline', language)} · {word('day', language)} {work.day:g}"
    foot = f"{len(work.moves)} moves; {work.draws} draws; cells: {work.model.cells.name}"
    return sheet_html(word("screen_title", language), question, sections, foot, language)
