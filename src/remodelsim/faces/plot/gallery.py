"""The figures by name, and how they are saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...ground.errors import UnknownNameError
from ...ground.names import nearest
from .activity import activity_figure
from .balance import balance_figure
from .courses import bone_figure, cells_figure
from .nodes import nodes_figure
from .style import styled, usable_language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...experiments.simulate import Result

FIGURES: dict[str, Callable[[Result, str], Figure]] = {
    "bone": bone_figure,
    "cells": cells_figure,
    "balance": balance_figure,
    "nodes": nodes_figure,
    "activity": activity_figure,
}
_NEEDS_ODE = ("bone", "cells", "balance")
_NEEDS_BOOLEAN = ("activity",)


def draw(result: Result, kind: str = "bone", language: str = "en") -> Figure:
    """Draw one figure of a run.

    Parameters
    ----------
    result
        A run.
    kind
        One of `FIGURES`.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        The figure, not registered with pyplot.

    Raises
    ------
    UnknownNameError
        When there is no such figure, or the run holds no ODE that it needs.
    """
    if kind not in FIGURES:
        raise UnknownNameError(f"no figure '{kind}'", nearest=nearest(kind, FIGURES), allowed=FIGURES)
    if kind in _NEEDS_ODE and not result.courses:
        raise UnknownNameError(f"figure '{kind}' needs the ODE", cure="Run the scenario with formalism ode or both.")
    if kind in _NEEDS_BOOLEAN and not result.marks.size:
        raise UnknownNameError(
            f"figure '{kind}' needs the Boolean model", cure="Run the scenario with formalism boolean or both."
        )
    spoken = usable_language(language)
    with styled(spoken):
        return FIGURES[kind](result, spoken)


def available(result: Result) -> tuple[str, ...]:
    """Return the figures that a run can show."""
    missing = (() if result.courses else _NEEDS_ODE) + (() if result.marks.size else _NEEDS_BOOLEAN)
    return tuple(kind for kind in FIGURES if kind not in missing)


def save_figures(result: Result, folder: Path, language: str = "en") -> dict[str, str]:
    """Save every figure as PNG and SVG.

    Parameters
    ----------
    result
        A run.
    folder
        Where to; must exist.
    language
        "en" or "zh".

    Returns
    -------
    dict
        Figure to its SVG text, for the report.
    """
    out: dict[str, str] = {}
    spoken = usable_language(language)
    for kind in available(result):
        with styled(spoken):
            figure = FIGURES[kind](result, spoken)
            figure.savefig(folder / f"{kind}.png", metadata={"Software": "remodelsim"})
            text = io.StringIO()
            figure.savefig(text, format="svg", metadata={"Date": None, "Creator": "remodelsim"})
        svg = text.getvalue()
        (folder / f"{kind}.svg").write_text(svg, encoding="utf-8", newline="\n")
        out[kind] = svg
    return out
