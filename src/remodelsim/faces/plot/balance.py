"""The balance: bone made against bone lost, arm by arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .courses import arm_label, set_title
from .style import BREAK, BUILD, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.simulate import Result

_YEAR = 365.0
_EVEN = 0.01


def _last_year(result: Result, arm: str, quantity: str) -> float:
    """Return the mean of a quantity over the last year (or the whole course, if shorter)."""
    since = max(result.scenario.horizon - _YEAR, 0.0)
    inside = result.times >= since
    t, y = result.times[inside], result.courses[arm][quantity][inside]
    return float(np.trapezoid(y, t) / (t[-1] - t[0])) if t.size > 1 and t[-1] > t[0] else float(y[-1])


def balance_figure(result: Result, language: str) -> Figure:
    """Draw formation to the right and resorption to the left of a common axis, with the net effect in words.

    Parameters
    ----------
    result
        A run of the ODE.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        One row per arm.
    """
    from matplotlib.figure import Figure

    arms = result.scenario.arms
    figure = Figure(figsize=(9.6, 1.9 + 0.62 * len(arms)), layout="constrained")
    axis = figure.subplots()
    most = 0.0
    for row, arm in enumerate(arms):
        made, lost = (_last_year(result, arm.name, q) for q in ("formation", "resorption"))
        most = max(most, made, lost)
        axis.barh(row, made, height=0.62, color=BUILD, label=word("formation", language) if row == 0 else None)
        axis.barh(
            row,
            -lost,
            height=0.62,
            color=BREAK,
            hatch="///",
            edgecolor="white",
            linewidth=0,
            label=word("resorption", language) if row == 0 else None,
        )
        _write(axis, row, (made, lost), float(result.courses[arm.name]["bmd_hip"][-1]), language)
    axis.set_yticks(range(len(arms)), [arm_label(arm, language) for arm in arms])
    axis.invert_yaxis()
    axis.set_xlim(-1.35 * most, 1.6 * most)
    axis.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axis.axvline(0.0, color="#333333", linewidth=1.2)
    axis.grid(visible=False, axis="y")
    # what the bars show is over and done with; the density beside them is what all the years before have made of it
    first, last = max(result.scenario.horizon - _YEAR, 0.0), result.scenario.horizon
    title = word("balance", language).format(first=f"{first:g}", last=f"{last:g}")
    axis.set_title(title, fontweight="normal", fontsize=10)
    set_title(figure, result, language)
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside lower center", ncols=2)
    return figure


def _write(axis: Axes, row: int, fluxes: tuple[float, float], density: float, language: str) -> None:
    made, lost = fluxes
    axis.text(made, row, f" {made:.2f}", va="center", ha="left", fontsize=9)
    axis.text(-lost, row, f"{lost:.2f} ", va="center", ha="right", fontsize=9)
    net = made - lost
    key = "even" if abs(net) < _EVEN else ("gain" if net > 0 else "loss")
    sign = "" if key == "even" else f" {abs(net):.2f}"
    axis.annotate(
        f"{word('density', language)} {100.0 * (density - 1.0):+.1f} %",
        (1.0, row + 0.24),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        fontsize=8.5,
        color="#444444",
    )
    axis.annotate(
        word(key, language) + sign,
        (1.0, row - 0.12),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        fontweight="bold",
        color="#333333" if key == "even" else (BUILD if net > 0 else BREAK),
    )
