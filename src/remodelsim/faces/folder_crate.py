"""The RO-Crate of a result folder: what made it, from what, with which versions (RO-Crate 1.1)."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from pathlib import Path

from ..experiments.simulate import Result
from ..ground.version import DATED, VERSION
from ..nouns.evidence import Source

CRATE = "ro-crate-metadata.json"
MACHINE = "#machine"
_KINDS = {
    ".json": ("application/json", "data"),
    ".csv": ("text/csv", "a table"),
    ".html": ("text/html", "the report"),
    ".png": ("image/png", "a figure"),
    ".svg": ("image/svg+xml", "a figure"),
    ".yaml": ("application/yaml", "the scenario"),
    ".bib": ("application/x-bibtex", "what to cite"),
}
_TOLD = {
    "summary.json": "verdicts and expectations",
    "provenance.json": "versions, model, scenario and seed",
    "why.json": "why the arms differ from the baseline",
    "timecourse.csv": "courses of the differential equations",
    "boolean.csv": "courses of the Boolean process",
    "boolean_interval.csv": "half widths of their 95 % intervals",
}


def crate(result: Result, record: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Describe a result folder.

    Parameters
    ----------
    result
        The run.
    record
        As from `folder.provenance`.
    folder
        The folder with every other file in it.

    Returns
    -------
    dict
        JSON-LD; the same for the same run on the same kind of machine.
    """
    files = sorted(path for path in folder.iterdir() if path.name != CRATE)
    parts = [{"@id": path.name} for path in files]
    scenario = result.scenario
    papers = [s for s in result.model.sources.values() if s.doi and s.doi == result.model.cells.doi]
    graph: list[dict[str, object]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": scenario.title_en,
            "description": scenario.question_en,
            "datePublished": DATED,
            "license": {"@id": "https://spdx.org/licenses/MIT"},
            "hasPart": parts,
            "mentions": {"@id": "#run"},
            "citation": [{"@id": f"https://doi.org/{paper.doi}"} for paper in papers],
        },
        {"@id": "https://spdx.org/licenses/MIT", "@type": "CreativeWork", "name": "MIT License"},
        *(_file(path) for path in files),
        *_run(record, [part for part in parts if part["@id"] != "scenario.yaml"]),
        *(_paper(paper) for paper in papers),
    ]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def _paper(paper: Source) -> dict[str, object]:
    return {"@id": f"https://doi.org/{paper.doi}", "@type": "ScholarlyArticle", "name": paper.title}


def _file(path: Path) -> dict[str, object]:
    kind, what = _KINDS.get(path.suffix, ("application/octet-stream", "a file"))
    content = path.read_bytes()
    return {
        "@id": path.name,
        "@type": "File",
        "name": _TOLD.get(path.name, what),
        "encodingFormat": kind,
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _run(record: Mapping[str, object], made: list[dict[str, str]]) -> list[dict[str, object]]:
    """Describe the run: the software, the model, the settings and the machine."""
    settings = [
        {"@id": f"#{key}", "@type": "PropertyValue", "name": key, "value": record[key]}
        for key in ("seed", "draws", "cells", "language")
    ]
    return [
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"remodelsim run {record['scenario']}",
            "instrument": [{"@id": "#remodelsim"}, {"@id": MACHINE}],
            "object": [{"@id": "scenario.yaml"}, {"@id": "#model"}, *({"@id": str(s["@id"])} for s in settings)],
            "result": made,
        },
        {
            "@id": "#remodelsim",
            "@type": "SoftwareApplication",
            "name": "remodelsim",
            "softwareVersion": VERSION,
            "softwareRequirements": [f"{name} {record[name]}" for name in ("numpy", "scipy", "numba", "matplotlib")],
        },
        {"@id": "#model", "@type": "Dataset", "name": "the model", "identifier": f"sha256:{record['model_sha256']}"},
        *settings,
        {
            "@id": MACHINE,
            "@type": "Thing",
            "name": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        },
    ]
