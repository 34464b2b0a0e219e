"""Heat map: what each arm does to the network, in both formalisms."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...nouns.network import LANES
from .courses import arm_label, set_title
from .style import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.simulate import Result

MOST_NODES = 36
_FULL_COLOUR = 0.4


def _changes(result: Result) -> tuple[list[tuple[str, str]], NDArray[np.float64]]:
    """Return (arm, formalism) columns and the change of every node against health, shape (columns, n)."""
    healthy = np.array([node.level for node in result.model.network.nodes])
    # sampled means stand a little beside the levels: an arm that does nothing is the better measure of health
    idle = [a for a, arm in enumerate(result.scenario.arms) if not arm.protocol.actions]
    sampled = result.boolean[-1, idle[0]] if idle and result.marks.size else healthy
    columns: list[tuple[str, str]] = []
    rows: list[NDArray[np.float64]] = []
    for a, arm in enumerate(result.scenario.arms):
        if arm.name in result.courses:
            course = result.courses[arm.name]
            columns.append((arm.name, "ode"))
            rows.append(np.array([course[name][-1] for name in result.model.network.names]) - healthy)
        if result.marks.size:
            columns.append((arm.name, "boolean"))
            rows.append(result.boolean[-1, a] - sampled)
    return columns, np.array(rows)


def _chosen(result: Result, changes: NDArray[np.float64]) -> list[int]:
    """Return the nodes that move most, ordered by lane and, within a lane, by the order of the tables."""
    most = np.argsort(-np.abs(changes).max(axis=0), kind="stable")[:MOST_NODES]
    lanes = {lane: k for k, lane in enumerate(LANES)}
    return sorted((int(i) for i in most), key=lambda i: (lanes[result.model.network.nodes[i].lane], i))


def nodes_figure(result: Result, language: str) -> Figure:
    """Draw the nodes that move most, arm by arm and formalism by formalism.

    Parameters
    ----------
    result
        A run.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        A heat map from blue (less) to red (more), with numbers where the change is large.
    """
    from matplotlib.figure import Figure

    columns, changes = _changes(result)
    chosen = _chosen(result, changes)
    values = changes[:, chosen].T
    figure = Figure(figsize=(4.6 + 0.66 * len(columns), 2.2 + 0.235 * len(chosen)), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(values, cmap="RdBu_r", vmin=-_FULL_COLOUR, vmax=_FULL_COLOUR, aspect="auto")
    axis.grid(visible=False)
    nodes = [result.model.network.nodes[i] for i in chosen]
    axis.set_yticks(
        range(len(nodes)), [node.label_zh if language == "zh" else node.label_en for node in nodes], fontsize=8.5
    )
    _column_heads(axis, result, columns, language)
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            if abs(values[r, c]) >= 0.05:
                dark = abs(values[r, c]) > 0.6 * _FULL_COLOUR
                axis.text(
                    c,
                    r,
                    f"{values[r, c]:+.2f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color="white" if dark else "#222222",
                )
    _lane_lines(axis, nodes)
    figure.colorbar(image, ax=axis, shrink=0.5, label=word("nodes", language))
    set_title(figure, result, language)
    return figure


def _column_heads(axis: Axes, result: Result, columns: list[tuple[str, str]], language: str) -> None:
    """Write the formalism below each column, and the arm above each group of columns."""
    axis.set_xticks(range(len(columns)), [word(formalism, language) for _, formalism in columns], fontsize=8.5)
    names = [name for name, _ in columns]
    for name in dict.fromkeys(names):
        places = [k for k, other in enumerate(names) if other == name]
        text = "\n".join(textwrap.wrap(arm_label(result.scenario.arm(name), language).replace("\n", " "), 16))
        middle = sum(places) / len(places)
        axis.annotate(
            text,
            (middle, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
        )
        if places[-1] + 1 < len(columns):
            axis.axvline(places[-1] + 0.5, color="#444444", linewidth=0.8)


def _lane_lines(axis: Any, nodes: list[Any]) -> None:
    for r in range(1, len(nodes)):
        if nodes[r].lane != nodes[r - 1].lane:
            axis.axhline(r - 0.5, color="#444444", linewidth=0.8)
