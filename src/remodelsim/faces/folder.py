"""The result folder of a run: written beside its place and moved there whole, so that nothing is ever half-written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ..experiments.explanation import Explanation
from ..experiments.simulate import Result
from ..experiments.verdict import open_readouts
from ..experiments.whys import explain_arms
from ..ground.errors import FileFormatError
from ..ground.version import VERSION
from ..nouns.fingerprint import model_hash
from .folder_crate import CRATE, crate
from .report_parts import run_citations
from .words import FIGURES

MARKER, RECORD, SCENARIO = "summary.json", "provenance.json", "scenario.yaml"
_DIGITS = 9
# all that a run writes; a folder with anything else in it is not ours to replace
OUTPUTS = frozenset(
    {MARKER, "timecourse.csv", "boolean.csv", "boolean_interval.csv", "report.html", RECORD}
    | {f"{kind}.{ending}" for kind in FIGURES for ending in ("png", "svg")}
    | {"why.json", "citations.bib", SCENARIO, CRATE}
)
_PICTURE = re.compile(r"why_\d+_[\w-]*\.(?:png|svg)")


def check_folder(target: Path) -> None:
    """Refuse a target that is not ours to replace, before anything is computed.

    Parameters
    ----------
    target
        The result folder.

    Raises
    ------
    FileFormatError
        When it is a file, a folder with other things in it, or cannot be made.
    """
    if target.exists() and not target.is_dir():
        raise FileFormatError(f"'{target}' is a file, not a folder", cure="Choose another folder with -o.")
    names = {path.name for path in target.iterdir()} if target.is_dir() else set()
    # without its record it is no result folder, whatever the files are called
    known = OUTPUTS if RECORD in names else frozenset()
    foreign = sorted(name for name in names - known if not (known and _PICTURE.fullmatch(name)))
    if foreign:
        raise FileFormatError(
            f"'{target}' is there and is no result folder of remodelsim, or holds more: {', '.join(foreign[:3])}",
            cure="Choose another folder with -o, or move what is yours.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileFormatError(f"cannot make the folder '{target.parent}' ({error.strerror})") from None


def write_folder(
    result: Result, target: Path, language: str = "en", seed: int | None = None, source: str | None = None
) -> None:
    """Write a run: summary, courses, figures, why, report, citations, and what is needed to repeat it.

    Parameters
    ----------
    result
        The run.
    target
        The folder; an older result in its place is replaced.
    language
        "en" or "zh", of figures and report.
    seed
        The seed that took the place of the scenario's.
    source
        Text of the scenario file; without it the folder cannot be repeated.

    Raises
    ------
    FileFormatError
        When the folder cannot be written; the old one is then still whole.
    """
    from .plot.gallery import save_figures
    from .report import report_html

    check_folder(target)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            figures = save_figures(result, draft, language)
            whys = _save_whys(result, draft, language)
            _write(draft / "report.html", report_html(result, figures, language, whys))
            _write(draft / "why.json", _json({arm: why.as_dict() for arm, (why, _) in whys.items()}))
            _write(draft / "citations.bib", run_citations(result, whys))
            _write(draft / "timecourse.csv", timecourse_csv(result))
            _write(draft / "boolean.csv", boolean_csv(result))
            _write(draft / "boolean_interval.csv", boolean_interval_csv(result))
            if source is not None:
                _write(draft / SCENARIO, source)
            record = provenance(result, seed, language)
            _write(draft / RECORD, _json(record))
            _write(draft / MARKER, _json(summary_dict(result)))
            _write(draft / CRATE, _json(crate(result, record, draft)))
            _swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise FileFormatError(f"cannot write the folder '{target}' ({error.strerror or error})") from None


def _save_whys(result: Result, folder: Path, language: str) -> dict[str, tuple[Explanation, str]]:
    """Explain the arms and draw what has an effect; returns arm to explanation and picture as SVG text."""
    from .plot.why import save_why

    out = {}
    for k, (arm, found) in enumerate(explain_arms(result).items()):
        readout, svg = next(iter(found.whys)), ""
        if found.main(readout).effective:
            stem = f"why_{k + 1}_{re.sub(r'[^A-Za-z0-9_-]', '-', arm)}"
            save_why(result.model, found, readout, folder / f"{stem}.png", language)
            save_why(result.model, found, readout, folder / f"{stem}.svg", language)
            svg = (folder / f"{stem}.svg").read_text(encoding="utf-8")
        out[arm] = (found, svg)
    return out


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _swap(draft: Path, target: Path) -> None:
    draft.chmod(0o755)
    old = target.with_name(f".{target.name}-old")
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False, default=float) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.{_DIGITS}g}" if isinstance(cell, float | np.floating) else cell for cell in row])
    return out.getvalue()


def timecourse_csv(result: Result) -> str:
    """Return the courses of the ODE as a table: arm, day, readouts with their bands, then every node.

    Returns
    -------
    str
        CSV; only the header when the ODE was not run.
    """
    names = result.scenario.readouts
    nodes = result.model.network.names
    banded = result.band.shape[-1] > 0
    bands = [f"{name}_{mark}" for name in names for mark in ("p05", "p95")] if banded else []
    header = ["arm", "day", *names, *bands, *(f"node:{node}" for node in nodes)]
    rows: list[list[object]] = []
    for a, arm in enumerate(result.scenario.arms):
        if arm.name not in result.courses:
            continue
        course = result.courses[arm.name]
        values = [np.broadcast_to(result.course(arm.name, name), result.times.shape) for name in names]
        for k, day in enumerate(result.times):
            spread = [float(result.band[q, a, r, k]) for r in range(len(names)) for q in (0, 2)] if banded else []
            cells = [float(course[node][k]) for node in nodes]
            rows.append([arm.name, float(day), *(float(v[k]) for v in values), *spread, *cells])
    return _table(header, rows)


def boolean_csv(result: Result) -> str:
    """Return the Boolean courses as a table: arm, day, bone balance in years, then the probability of every node.

    Returns
    -------
    str
        CSV; only the header when the Boolean model was not run.
    """
    header = ["arm", "day", "bone_balance", *result.model.network.names]
    rows = [
        [arm.name, float(day), float(result.mass[k, a]), *map(float, result.boolean[k, a])]
        for a, arm in enumerate(result.scenario.arms)
        for k, day in enumerate(result.marks)
    ]
    return _table(header, rows)


def boolean_interval_csv(result: Result) -> str:
    """Return half the width of the 95 % interval of every probability in boolean.csv: arm, day, then every node.

    Returns
    -------
    str
        CSV; only the header when the Boolean model was not run.
    """
    rows = [
        [arm.name, float(day), *map(float, result.boolean_half[k, a])]
        for a, arm in enumerate(result.scenario.arms)
        for k, day in enumerate(result.marks)
    ]
    return _table(["arm", "day", *result.model.network.names], rows)


def summary_dict(result: Result) -> dict[str, object]:
    """Return the verdicts and expectations of a run for JSON.

    Returns
    -------
    dict
        scenario, title, horizon, baseline arm, verdicts by arm, readout and formalism, and expectations.
    """
    scenario = result.scenario
    return {
        "scenario": scenario.name,
        "title": {"en": scenario.title_en, "zh": scenario.title_zh},
        "question": {"en": scenario.question_en, "zh": scenario.question_zh},
        "horizon_days": scenario.horizon,
        "baseline": scenario.baseline,
        "arms": {
            arm: {name: {f: v.as_dict() for f, v in both.items()} for name, both in readouts.items()}
            for arm, readouts in result.verdicts.items()
        },
        "open": {arm: list(open_readouts(readouts)) for arm, readouts in result.verdicts.items()},
        "expectations": [
            {
                "arm": o.expectation.arm,
                "against": o.expectation.against,
                "day": o.expectation.at_day,
                "readout": o.expectation.readout,
                "formalism": o.formalism,
                "expected": o.expectation.direction,
                "found": o.found,
                "change": o.change,
                "met": o.met,
            }
            for o in result.outcomes
        ],
        "all_met": result.met,
        "rejected_draws": result.rejected,
    }


def provenance(result: Result, seed: int | None, language: str = "en") -> dict[str, object]:
    """Return what is needed to repeat a run.

    Parameters
    ----------
    result
        The run.
    seed
        The seed that took the place of the scenario's.
    language
        Language of figures and report.

    Returns
    -------
    dict
        Versions, model hash, scenario and seed; no time of day, so that equal runs give equal bytes.
    """
    return {
        "remodelsim": VERSION,
        **{name: version(name) for name in ("numpy", "scipy", "numba", "matplotlib")},
        "model_sha256": model_hash(result.model),
        "cells": result.model.cells.name,
        "scenario": result.scenario.name,
        "seed": result.scenario.seed if seed is None else seed,
        "draws": result.scenario.draws,
        "language": language,
    }
