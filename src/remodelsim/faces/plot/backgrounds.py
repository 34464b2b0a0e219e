"""Heat map of node activity by background, in the Boolean process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...nouns.network import LANES
from .style import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.activity import Activity
    from ...nouns.model import Model

Floats = NDArray[np.float64]
MOST_OF_A_LANE = 9
_FULL_COLOUR = 40.0
_WRITTEN = 5.0


def backgrounds_figure(model: Model, found: Activity, language: str) -> Figure:
    """Draw how backgrounds change the activity of the nodes that they move most.

    Parameters
    ----------
    model
        The model.
    found
        Mean activities.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Nodes by lane against backgrounds; blue is less than in health, red is more.
    """
    from matplotlib.figure import Figure

    changes = 100.0 * (found.mean - found.healthy)
    chosen = _chosen(model, changes)
    values = changes[:, chosen].T
    count = len(found.backgrounds)
    figure = Figure(figsize=(4.2 + 0.42 * count, 2.6 + 0.2 * len(chosen)), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(values, cmap="RdBu_r", vmin=-_FULL_COLOUR, vmax=_FULL_COLOUR, aspect="auto")
    axis.grid(visible=False)
    nodes = [model.network.nodes[i] for i in chosen]
    axis.set_yticks(range(len(nodes)), [n.label_zh if language == "zh" else n.label_en for n in nodes], fontsize=8)
    heads = [b.label_zh if language == "zh" else b.label_en for b in found.backgrounds]
    axis.set_xticks(range(count), heads, rotation=55, ha="left", rotation_mode="anchor", fontsize=8.5)
    axis.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False)
    _numbers(axis, values)
    for r in range(1, len(nodes)):
        if nodes[r].lane != nodes[r - 1].lane:
            axis.axhline(r - 0.5, color="#444444", linewidth=0.8)
    figure.colorbar(image, ax=axis, shrink=0.4, label=word("by_background", language))
    return figure


def _chosen(model: Model, changes: Floats) -> list[int]:
    """Return the nodes of each lane that move most; inputs, which backgrounds only set, are left out."""
    nodes, rules = model.network.nodes, model.network.rules
    moved = np.abs(changes).max(axis=0)
    out: list[int] = []
    for lane in LANES:
        free = [i for i, node in enumerate(nodes) if node.lane == lane and not rules[node.name].is_input]
        out += sorted(sorted(free, key=lambda i: (-float(moved[i]), i))[:MOST_OF_A_LANE])
    return out


def _numbers(axis: Axes, values: Floats) -> None:
    for r, c in zip(*np.nonzero(np.abs(values) >= _WRITTEN), strict=True):
        dark = abs(values[r, c]) > 0.6 * _FULL_COLOUR
        colour = "white" if dark else "#222222"
        axis.text(c, r, f"{values[r, c]:+.0f}", ha="center", va="center", fontsize=6, color=colour)
