"""The figure of a sensitivity analysis: what matters most, as bars with their intervals, coloured by theme."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ...experiments.sensitivity import Influence, Ranking, Sensitivity
from .style import LINES, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS, MOST_FIGURES = 20, 12
THEMES = ("gut", "immune", "hormone", "osteoblast", "osteoclast", "matrix", "cells", "doses")
_SHADES = ("#009E73", "#D55E00", "#CC79A7", "#0072B2", "#E69F00", "#7F7F7F", "#000000", "#56B4E9")
_COLOURS = dict(zip(THEMES, _SHADES, strict=True))


def tornado_figures(result: Sensitivity) -> dict[str, Callable[[str], Figure]]:
    """Return the figures of an analysis, one per ranking: name to what draws it in a language."""
    return {
        f"tornado_{ranking.readout}_{ranking.arm}": partial(tornado_figure, result, ranking)
        for ranking in result.rankings[:MOST_FIGURES]
    }


def tornado_figure(result: Sensitivity, ranking: Ranking, language: str) -> Figure:
    """Draw the largest influences of one ranking.

    Parameters
    ----------
    result, ranking
        An analysis and one of its rankings.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Bars to the right for what raises the readout, to the left for what lowers it; total indices of Sobol' to the
        right, with a dot for what the group does alone.
    """
    from matplotlib.figure import Figure

    rows = [row for row in ranking.influences if np.isfinite(row.size)][:MOST_BARS]
    figure = Figure(figsize=(8.2, 1.9 + 0.3 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for k, row in enumerate(rows):
        _bar(axes, k, row)
    axes.set_yticks(range(len(rows)), [_label(result, row, language) for row in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0.0, color="#555555", linewidth=0.9)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(word(f"tornado_{result.work.method}", language))
    _head(figure, axes, result, ranking, language)
    _legend(figure, rows, language, sobol=result.work.method == "sobol")
    return figure


def _bar(axes: Axes, k: int, row: Influence) -> None:
    sign = -1.0 if row.signed < 0.0 else 1.0
    axes.barh(k, sign * row.size, height=0.68, color=_COLOURS.get(row.theme, LINES[-1]), alpha=0.85)
    if np.isfinite(row.low):
        ends = sorted((sign * row.low, sign * row.high))
        axes.plot(ends, [k, k], color="#222222", linewidth=1.3, solid_capstyle="butt")
    if np.isfinite(row.other) and not np.isfinite(row.signed):
        axes.plot([row.other], [k], marker="o", markersize=5, color="white", markeredgecolor="#222222", linestyle="")


def _label(result: Sensitivity, row: Influence, language: str) -> str:
    work, zh = result.work, language == "zh"
    if work.by in {"theme", "kind"}:
        return word(f"{'theme' if work.by == 'theme' else 'factor'}_{row.name}", language)
    label = row.label_zh if zh and row.label_zh else row.label_en
    if work.by == "number":
        network, what = work.model.network, row.name.rpartition(".")[2]
        nodes = [network.node(end) if end in network.index else None for end in label.split("->")]
        ends = [label] if len(nodes) == 1 else label.split("->")
        told = [
            (node.label_zh if zh else node.label_en) if node else end for node, end in zip(nodes, ends, strict=True)
        ]
        label = " → ".join(told)
        if len(nodes) == 1 and "." in row.name and not row.name.startswith("cells."):
            label = f"{label}{' ' if zh else ', '}{word(f'factor_{what}', language)}"
    return "\n".join(textwrap.wrap(label, 44)[:2])


def _head(figure: Figure, axes: Axes, result: Sensitivity, ranking: Ranking, language: str) -> None:
    zh, scenario = language == "zh", result.work.scenario
    readout, arm = result.work.model.readout(ranking.readout), scenario.arm(ranking.arm)
    name, told = (readout.label_zh, arm.label_zh) if zh else (readout.label_en, arm.label_en)
    figure.suptitle("\n".join(textwrap.wrap(f"{name} · {told}", 80)), x=0.01, ha="left", fontsize=13, fontweight="bold")
    axes.set_title(
        word("tornado_title", language).format(
            numbers=len(result.work.space),
            samples=result.work.samples,
            day=scenario.horizon,
            mean=ranking.mean,
            spread=ranking.spread,
        ),
        fontsize=9,
        fontweight="normal",
    )


def _legend(figure: Figure, rows: list[Influence], language: str, *, sobol: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    seen = [theme for theme in THEMES if any(row.theme == theme for row in rows)]
    handles: list[Patch | Line2D] = [
        Patch(color=_COLOURS[theme], alpha=0.85, label=word(f"theme_{theme}", language)) for theme in seen
    ]
    if sobol:
        dot = Line2D([], [], marker="o", color="white", markeredgecolor="#222222", linestyle="")
        dot.set_label(word("tornado_alone", language))
        handles.append(dot)
    if any(np.isfinite(row.low) for row in rows):
        handles.append(Line2D([], [], color="#222222", linewidth=1.3, label=word("tornado_interval", language)))
    figure.legend(handles=handles, loc="outside lower left", ncols=min(len(handles), 4), fontsize=8.5)
