"""What stands in the results folder of a screen beside its manifest and chunks: tables, figures, report, summary."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path

from ..experiments.finding import Finding
from ..experiments.screen import SYNERGY_HEADER, ScreenResult, effect_table, synergy_rows
from ..experiments.synergy import Synergy
from ..files.columns import csv_bytes
from ..files.whole import put_whole
from ..nouns.model import Model
from .sheet import figure_section, readout_label, sheet_html, table_section
from .words import word

SUMMARY, TABLE, EFFECTS, PAIRS, REPORT = "summary.json", "results.csv", "effects.csv", "pairs.csv", "report.html"
_MOST_LISTED = 2_000


def screen_summary(result: ScreenResult) -> dict[str, object]:
    """Return a screen for JSON: of every move what it does to every readout, and of pairs how far they lie from Bliss.

    Returns
    -------
    dict
        baseline, readouts, the first 2,000 moves of the ranking, and as many pairs (all of both stand in effects.csv
        and pairs.csv); null for what is not known.
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
                **result.note(move),
                "readouts": {
                    readout: {f: _found(result.findings[f, readout][place[move.name]]) for f in work.formalisms}
                    for readout in work.readouts
                },
            }
            for move in result.ranking()[:_MOST_LISTED]
        ],
        "pairs": [
            {"name": s.move.name, "readout": readout, "formalism": formalism, **_pair(s)}
            for (formalism, readout), found in result.synergies.items()
            for s in found[:_MOST_LISTED]
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


def effects_csv(result: ScreenResult) -> str:
    """Return what every move does to every readout as a table, one row each.

    Returns
    -------
    str
        CSV: move, kind, formalism, readout, then the fields of `Finding`; an empty cell for what is not known.
    """
    numbers = ("baseline", "value", "change", "share", "low", "high", "agreement")
    rows = [
        [one.move.name, one.move.kind, formalism, readout, one.direction, *_cells(one, numbers)]
        for (formalism, readout), found in result.findings.items()
        for one in found
    ]
    return _table(["move", "kind", "formalism", "readout", "direction", *numbers], rows)


def pairs_csv(result: ScreenResult) -> str:
    """Return how far every pair lies from what both alone let expect, as a table, one row each.

    Returns
    -------
    str
        CSV: pair, formalism, readout, then the fields of `Synergy`; an empty cell for what is not known.
    """
    numbers = ("effect", "expected", "beyond_bliss", "beyond_hsa", "agreement")
    rows = [
        [one.move.name, formalism, readout, one.scale, one.word, *_cells(one, numbers)]
        for (formalism, readout), found in result.synergies.items()
        for one in found
    ]
    return _table(["pair", "formalism", "readout", "scale", "together", *numbers], rows)


def _cells(thing: object, names: Sequence[str]) -> list[str]:
    values = [getattr(thing, name) for name in names]
    return ["" if v is None or not math.isfinite(v) else f"{v:.9g}" for v in values]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def write_screen(
    result: ScreenResult, folder: Path, baseline: str, language: str = "en", *, samples: bool = False
) -> None:
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
    samples
        Whether the samples are written as CSV too; moves have their numbers in manifest.json, 0 is the baseline.

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
    if samples:
        files[TABLE] = csv_bytes(result.columns)
    pictures = {name: files[f"{name}.svg"].decode() for name in drawings}
    files[EFFECTS] = effects_csv(result).encode()
    if result.synergies:
        files[PAIRS] = pairs_csv(result).encode()
    files[REPORT] = _report(result, baseline, pictures, language).encode()
    summary = {"baseline": baseline, **screen_summary(result)}
    files[SUMMARY] = (json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    for name, content in files.items():
        put_whole(folder / name, content)


def _report(result: ScreenResult, baseline: str, figures: dict[str, str], language: str) -> str:
    model, labels = (
        result.work.model,
        {m.name: m.label_zh if language == "zh" else m.label_en for m in result.work.moves},
    )
    columns, rows = effect_table(result)
    header = [_title(model, column, language) for column in columns]
    effects = [[labels[name], *rest] for name, *rest in rows]
    pairs = [
        [labels[name], readout_label(model, readout, language), *rest] for name, readout, *rest in synergy_rows(result)
    ]
    sections = [figure_section(figures, language), table_section("effects_title", header, effects, language)]
    if pairs:
        sections.append(table_section("pairs_title", SYNERGY_HEADER, pairs, language))
    if result.failed:
        sections.insert(0, f"<p class='failed'>{result.failed} {word('failed_samples', language)}</p>")
    work = result.work
    question = f"{baseline or word('healthy_baseline', language)} · {work.day:g} {word('days', language)}"
    foot = f"{len(work.moves)} moves; {work.draws} draws; cells: {work.model.cells.name}"
    return sheet_html(word("screen_title", language), question, sections, foot, language)


def _title(model: Model, column: str, language: str) -> str:
    """Return the title of a column of effects: the readout by its label, and the formalism."""
    name, space, formalism = column.rpartition(" ")
    if not space or formalism not in {"ode", "boolean"}:
        return column
    return f"{readout_label(model, name, language)} ({word(formalism, language)})"
