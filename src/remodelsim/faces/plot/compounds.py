"""Every compound of a screen on one sheet: what it does to each readout, mainly by which action, on what evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...experiments.finding import Finding
from ...experiments.screen import ScreenResult
from ..prose import label_of, told
from .style import BREAK, BUILD, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 60
_COLOURS = {"up": BUILD, "down": BREAK, "same": "#9A9A9A", "none": "#000000"}
_MARKS = {"up": "^", "down": "v", "same": "_", "none": "x"}


def compounds_figure(result: ScreenResult, language: str) -> Figure:
    """Draw the compounds of a screen.

    Parameters
    ----------
    result
        A screen with notes on the main route of each compound.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        One row per compound, the largest effects first.
    """
    from matplotlib.figure import Figure

    work, model = result.work, result.work.model
    moves = [move for move in result.ranking() if move.kind == "compound"][:_MOST]
    place = {move.name: k for k, move in enumerate(work.moves)}
    columns, gap = len(work.readouts), 0.62 if len(work.formalisms) > 1 else 0.45
    figure = Figure(figsize=(7.4 + gap * columns, 1.5 + 0.235 * len(moves)), layout="constrained")
    axis = figure.subplots()
    axis.set_xlim(-0.6, columns + 5.6)
    axis.set_ylim(len(moves) - 0.4, -0.6)
    axis.grid(visible=False)
    for spine in axis.spines.values():
        spine.set_visible(False)
    for row, move in enumerate(moves):
        if row % 2:
            axis.axhspan(row - 0.5, row + 0.5, color="#F4F4F4", linewidth=0)
        for column, readout in enumerate(work.readouts):
            for k, formalism in enumerate(work.formalisms):
                shift = 0.17 * (2 * k - 1) if len(work.formalisms) > 1 else 0.0
                _sign(axis, column + shift, row, result.findings[formalism, readout][place[move.name]], filled=k == 0)
        known = result.notes.get(move.subjects[0], {})
        axis.text(columns - 0.3, row, _by(result, known.get("mainly by", "-"), language), va="center", fontsize=8)
        axis.text(columns + 4.4, row, _grade(known.get("grade", ""), language), va="center", fontsize=8)
    names = [label_of(model, move.subjects[0], language) for move in moves]
    axis.set_yticks(range(len(moves)), names, fontsize=8.5)
    heads = [label_of(model, readout, language) for readout in work.readouts]
    heads += [f"{word('compounds_by', language)} ({heads[0]})", word("compounds_grade", language)]
    axis.set_xticks([*range(columns), columns - 0.3, columns + 4.4], heads, fontsize=8.5, rotation=30, ha="left")
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    return figure


def _by(result: ScreenResult, text: str, language: str) -> str:
    """Write the main action without the compound, with the label of its node."""
    found = re.search(r"([→⊣]) (\w+) (\(.*\))$", text)
    if found is None:
        return told("in_cell_layer", language) if text != "-" else text
    return f"{found[1]} {label_of(result.work.model, found[2], language)} {found[3]}"


def _grade(grade: str, language: str) -> str:
    return told(f"grade_{grade.replace(' ', '_')}", language) if grade else "-"


def _sign(axis: Axes, x: float, y: float, found: Finding, *, filled: bool) -> None:
    """Write one verdict: its mark by direction, its size by the share of draws that agree."""
    colour = _COLOURS[found.direction]
    size = 50.0 * (0.25 + 0.75 * (found.agreement if found.agreement is not None else 1.0))
    axis.scatter(
        [x],
        [y],
        marker=_MARKS[found.direction],
        s=size,
        facecolors=colour if filled or found.direction in {"same", "none"} else "none",
        edgecolors=None if found.direction in {"same", "none"} else colour,
        linewidths=1.0,
        zorder=3,
    )
