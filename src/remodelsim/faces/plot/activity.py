"""Courses of the Boolean model: how likely the nodes that move most are on, with intervals."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...nouns.network import LANES
from .courses import arm_label, set_title
from .style import DASHES, LINES, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.simulate import Result

MOST_NODES = 9
MOST_OF_A_LANE = 2
# days up to here are drawn evenly, later ones by their logarithm
_EVEN_DAYS = 10.0


def moving_nodes(result: Result, most: int = MOST_NODES) -> list[int]:
    """Return the nodes on which the arms differ most, by lane and, within a lane, in the order of the tables.

    What is only set from outside is left out, and no lane gives more than two.

    Parameters
    ----------
    result
        A run of the Boolean model.
    most
        How many.

    Returns
    -------
    list of int
        Positions of nodes.
    """
    apart = np.ptp(result.boolean, axis=1).max(axis=0) if len(result.scenario.arms) > 1 else result.boolean[-1, 0]
    lanes = {lane: k for k, lane in enumerate(LANES)}
    nodes = result.model.network.nodes
    rules = result.model.network.rules
    kept: list[int] = []
    for i in np.argsort(-apart, kind="stable").tolist():
        crowded = sum(nodes[i].lane == nodes[j].lane for j in kept) == MOST_OF_A_LANE
        # nodes that only pass on what another one does would fill the figure with one curve
        repeated = any(np.abs(result.boolean[..., i] - result.boolean[..., j]).max() < 0.02 for j in kept)
        if not (crowded or repeated or rules[nodes[i].name].is_input):
            kept.append(i)
        if len(kept) == most:
            break
    return sorted(kept, key=lambda i: (lanes[nodes[i].lane], i))


def activity_figure(result: Result, language: str) -> Figure:
    """Draw the probability of being on over time, node by node, for the nodes on which the arms differ most.

    Parameters
    ----------
    result
        A run of the Boolean model.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Small panels of one scale; bands are 95 % intervals.
    """
    from matplotlib.figure import Figure

    chosen = moving_nodes(result)
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(9.6, 1.3 + 1.85 * rows), layout="constrained")
    axes = np.atleast_1d(figure.subplots(rows, columns, sharex=True, sharey=True)).ravel()
    for axis, i in zip(axes, chosen, strict=False):
        _panel(axis, result, i, language)
    for axis in axes[len(chosen) :]:
        axis.set_visible(False)
    for axis in axes[-columns:]:
        axis.set_xlabel(word("days", language))
    set_title(figure, result, language)
    figure.supylabel(word("probability", language), fontsize=10)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=min(3, len(labels)), fontsize=9.5)
    return figure


def _panel(axis: Axes, result: Result, i: int, language: str) -> None:
    node = result.model.network.nodes[i]
    days = np.concatenate([[0.0], result.marks])
    for k, arm in enumerate(result.scenario.arms):
        colour, dash = LINES[k % len(LINES)], DASHES[k % len(DASHES)]
        mean = np.concatenate([[node.level], result.boolean[:, k, i]])
        half = np.concatenate([[0.0], result.boolean_half[:, k, i]])
        axis.fill_between(
            days, np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0), color=colour, alpha=0.2, lw=0
        )
        axis.plot(days, mean, color=colour, linestyle=dash, linewidth=1.8, label=arm_label(arm, language))
    axis.set_xscale("symlog", linthresh=_EVEN_DAYS)
    axis.set_xlim(0.0, float(days[-1]))
    axis.set_xticks(_ticks(float(days[-1])), [f"{day:g}" for day in _ticks(float(days[-1]))])
    axis.minorticks_off()
    axis.set_ylim(-0.02, 1.02)
    label = node.label_zh if language == "zh" else node.label_en
    axis.set_title("\n".join(textwrap.wrap(label, 34)), fontsize=9.5)


def _ticks(horizon: float) -> list[float]:
    wanted: NDArray[np.float64] = np.array([0.0, 10.0, 100.0, 1000.0, 10000.0])
    return [float(day) for day in wanted if day <= horizon]
