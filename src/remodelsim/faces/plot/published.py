"""Courses of a published cell model: one panel per state, one line per perturbation."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from .style import LINES, word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...experiments.published import Published

_STROKES = ("-", (0, (4, 1.5)), (0, (1.5, 1)))


def published_figure(found: Published, language: str = "en") -> Figure:
    """Draw every state under every perturbation.

    Parameters
    ----------
    found
        The runs.
    language
        "en" or "zh".

    Returns
    -------
    Figure
    """
    from matplotlib.figure import Figure

    columns = 2
    rows = -(-len(found.names) // columns)
    legend = 0.3 * -(-len(found.runs) // columns)
    figure = Figure(figsize=(10.0, 2.9 * rows + legend + 0.6), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for k, (axis, state) in enumerate(zip(panels, found.names, strict=False)):
        for i, run in enumerate(found.runs):
            what = run.perturbation
            label = what.label_zh if language == "zh" else what.label_en
            stroke = _STROKES[i // len(LINES) % len(_STROKES)]
            axis.plot(run.days, run.states[:, k], color=LINES[i % len(LINES)], linestyle=stroke, lw=1.6, label=label)
        axis.set_title("\n".join(textwrap.wrap(found.label(state, language), 48)))
        axis.set_xlabel(word("days", language))
        axis.margins(x=0.0)
    for axis in panels[len(found.names) :]:
        axis.set_axis_off()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=columns, fontsize=9)
    figure.suptitle(found.preset.label_en, x=0.01, ha="left", fontsize=13, fontweight="bold")
    return figure
