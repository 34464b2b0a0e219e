"""The result folder of a published cell model that ran by itself: table, figure, report, summary."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from ..experiments.published import HEADER, Published, extremes
from ..files.whole import put_whole
from ..ground.version import VERSION
from .folder import MARKER, RECORD, check_folder
from .plot.gallery_sweeps import figure_files
from .plot.published import published_figure
from .sheet import figure_section, sheet_html, table_section, text_section

COURSES = "timecourse.csv"


def published_csv(found: Published) -> str:
    """Return the courses as a table: perturbation, day, states."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["perturbation", "day", *found.names])
    for run in found.runs:
        for day, states in zip(run.days, run.states, strict=True):
            writer.writerow([run.perturbation.name, f"{day:.12g}", *(f"{value:.12g}" for value in states)])
    return out.getvalue()


def published_summary(found: Published) -> dict[str, object]:
    """Return the runs for JSON: rest, and where every course turns and ends."""
    preset = found.preset
    return {
        "cells": preset.name,
        "citation": preset.citation,
        "doi": preset.doi,
        "rest": dict(zip(found.names, map(float, found.rest), strict=True)),
        "perturbations": {
            run.perturbation.name: {
                "label": run.perturbation.label_en,
                "days": run.perturbation.days,
                **{
                    name: {
                        "least": float(run.states[:, k].min()),
                        "most": float(run.states[:, k].max()),
                        "end": float(run.states[-1, k]),
                    }
                    for k, name in enumerate(found.names)
                },
            }
            for run in found.runs
        },
    }


def write_published(found: Published, target: Path, language: str = "en") -> None:
    """Write the folder.

    Parameters
    ----------
    found
        The runs.
    target
        The folder.
    language
        "en" or "zh", of figure and report.

    Raises
    ------
    FileFormatError
        When it cannot be written.
    """
    check_folder(target)
    target.mkdir(exist_ok=True)
    files = figure_files("cells", lambda spoken: published_figure(found, spoken), language)
    svg = {"cells": files["cells.svg"].decode()}
    sections = [
        table_section("turns_title", HEADER, extremes(found), language),
        figure_section(svg, language, caption="caption_published"),
        text_section([f"{found.preset.citation}. https://doi.org/{found.preset.doi}"]),
    ]
    title = found.preset.label_zh if language == "zh" else found.preset.label_en
    report = sheet_html(title, "", sections, f"cells: {found.preset.name}", language)
    files |= {"report.html": report.encode(), COURSES: published_csv(found).encode()}
    files[MARKER] = (json.dumps(published_summary(found), indent=1, ensure_ascii=False) + "\n").encode()
    record = {"remodelsim": VERSION, "cells": found.preset.name, "numbers": found.preset.values()}
    files[RECORD] = (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()
    for name, content in files.items():
        put_whole(target / name, content)
