"""Courses over time: bone, and the two cells."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...experiments.measured import measured_points
from .style import DASHES, LINES, time_axis, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.simulate import Result
    from ...nouns.scenario import Arm


# a band of 5 % and 95 % quantiles says nothing with fewer draws
LEAST_DRAWS = 20


def arm_label(arm: Arm, language: str) -> str:
    """Return the label of an arm, wrapped."""
    text = arm.label_zh if language == "zh" else arm.label_en
    return "\n".join(textwrap.wrap(text, 30))


def set_title(figure: Figure, result: Result, language: str) -> None:
    """Write the title of the scenario over a figure, in the language of the figure.

    Parameters
    ----------
    figure
        The figure.
    result
        The run.
    language
        "en" or "zh".
    """
    text = result.scenario.title_zh if language == "zh" else result.scenario.title_en
    figure.suptitle(text, x=0.01, ha="left", fontsize=13, fontweight="bold")


def _legend_below(figure: Figure, axis: Axes, columns: int = 3) -> None:
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=min(columns, max(len(labels), 1)), fontsize=9.5)


def _panel(axis: Axes, result: Result, quantity: str, title: str, language: str, *, percent: bool) -> None:
    divisor, unit = time_axis(result.scenario.horizon, language)
    x = result.times / divisor
    for k, arm in enumerate(result.scenario.arms):
        y = result.courses[arm.name][quantity]
        band = _band(result, quantity, k)
        colour, dash = LINES[k % len(LINES)], DASHES[k % len(DASHES)]
        scale = 100.0 if percent else 1.0
        if band is not None:
            axis.fill_between(x, scale * band[0], scale * band[1], color=colour, alpha=0.13, linewidth=0)
        axis.plot(x, scale * y, linewidth=2.0, label=arm_label(arm, language), color=colour, linestyle=dash)
    _points(axis, result, quantity, divisor, language)
    axis.axhline(100.0 if percent else 1.0, color="#999999", linewidth=0.9, zorder=0.5)
    axis.set_title(title)
    axis.set_xlabel(unit)
    axis.margins(x=0.0)
    _open_up(axis, 2.0 if percent else 0.1)


def _points(axis: Axes, result: Result, quantity: str, divisor: float, language: str) -> None:
    """Draw what cohorts (small, open) and trials (with their uncertainty) measured, in the colour of the arm."""
    names = [arm.name for arm in result.scenario.arms]
    points = [point for point in measured_points(result) if point.quantity == quantity]
    for point in points:
        colour = LINES[names.index(point.arm) % len(LINES)]
        trial = np.isfinite(point.sigma)
        axis.errorbar(
            point.day / divisor,
            100.0 * point.value,
            yerr=100.0 * point.sigma if trial else None,
            fmt="D" if trial else "o",
            markersize=5.5 if trial else 4.0,
            markerfacecolor=colour if trial else "white",
            markeredgecolor="white" if trial else colour,
            ecolor=colour,
            capsize=2.5,
            alpha=1.0 if trial else 0.75,
            zorder=4,
        )
    for marker, key in (("D", "trials"), ("o", "cohorts")):
        if any(np.isfinite(p.sigma) == (key == "trials") for p in points):
            filled = "#666666" if key == "trials" else "white"
            axis.plot([], [], marker, color="#666666", markerfacecolor=filled, label=word(key, language))


def _band(result: Result, quantity: str, arm: int) -> tuple[Any, Any] | None:
    """Return the 5 % and 95 % quantiles where the ensemble kept a readout that is just this quantity."""
    if result.band.shape[-1] == 0 or result.scenario.draws < LEAST_DRAWS:
        return None
    for r, readout in enumerate(result.readouts()):
        if readout.ode.text.strip() == quantity:
            return result.band[0, arm, r], result.band[2, arm, r]
    return None


def _open_up(axis: Axes, least: float) -> None:
    """Keep an axis at least `least` wide, so that nothing looks like something."""
    low, high = axis.get_ylim()
    if high - low < least:
        middle = 0.5 * (low + high)
        axis.set_ylim(middle - least / 2.0, middle + least / 2.0)


def _figure(result: Result, language: str, panels: Sequence[tuple[str, str]], *, percent: bool) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.6), layout="constrained")
    axes = figure.subplots(1, len(panels))
    for axis, (quantity, title) in zip(np.atleast_1d(axes), panels, strict=True):
        _panel(axis, result, quantity, word(title, language), language, percent=percent)
    set_title(figure, result, language)
    _legend_below(figure, np.atleast_1d(axes)[0])
    if percent and result.band.shape[-1] > 0 and result.scenario.draws >= LEAST_DRAWS:
        figure.text(0.995, 0.995, word("band", language), ha="right", va="top", fontsize=8, color="#666666")
    return figure


def bone_figure(result: Result, language: str) -> Figure:
    """Draw the course of bone at hip and lumbar spine, arm by arm, with the band of the ensemble.

    Parameters
    ----------
    result
        A run of the ODE.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Two panels.
    """
    return _figure(result, language, (("bmd_hip", "hip"), ("bmd_lumbar", "lumbar")), percent=True)


def cells_figure(result: Result, language: str) -> Figure:
    """Draw osteoblasts and osteoclasts as multiples of health.

    Parameters
    ----------
    result
        A run of the ODE.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Two panels.
    """
    return _figure(result, language, (("osteoblasts", "builders"), ("osteoclasts", "breakers")), percent=False)
