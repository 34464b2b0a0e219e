"""The picture of the why: the subnetwork that carries an effect, in lanes, widths by share, disputed arrows dashed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ...experiments.arrows import ACTION, Arrow, disputed_arrows
from ...experiments.explanation import Explanation
from ...nouns.model import Model
from ..prose import circumstance_text, done_text, label_of, told
from .lanes import Placed, place
from .style import BREAK, BUILD, styled, usable_language

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FILLS = {
    "gut": "#F3EEDD",
    "immune": "#E9F3FB",
    "hormone": "#F8E9F2",
    "osteoblast": "#E6F4EE",
    "osteoclast": "#FCEBE0",
    "bone": "#EFEFEF",
}
_LEAST, _WIDEST, _FULL = 0.9, 7.0, 0.6
_STILL = 1e-3
# with so few columns they are spread evenly
_SHORT = 5


def draw_why(model: Model, explanation: Explanation, readout: str, language: str = "en") -> Figure:
    """Draw why an intervention moves a readout.

    Parameters
    ----------
    model
        The model, for labels and lanes.
    explanation
        The explanation.
    readout
        Name of the readout.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        For a slide, 13.3 by 7.5 inches; only its title where there is no effect.
    """
    from matplotlib.figure import Figure

    language = usable_language(language)
    why = explanation.main(readout)
    with styled(language):
        figure = Figure(figsize=(13.333, 7.5))
        axis = figure.add_axes((0.0, 0.075, 1.0, 0.83))
        axis.set_axis_off()
        placed = place(model, why)
        _title(figure, model, explanation, readout, language)
        if placed.arrows:
            _lanes(axis, placed, language)
            spots = _nodes(figure, model, explanation, readout, placed, language)
            disputed = disputed_arrows(model)
            for arrow in sorted(placed.arrows, key=lambda a: abs(a.share)):
                _arrow(axis, arrow, spots, dashed=arrow.ends in disputed)
            _legend(figure, language)
        return figure


def save_why(model: Model, explanation: Explanation, readout: str, path: Path, language: str = "en") -> None:
    """Draw the why into a file; the same explanation gives the same bytes.

    Parameters
    ----------
    model, explanation, readout, language
        As in `draw_why`.
    path
        A name that ends in .png or .svg.
    """
    language = usable_language(language)
    with styled(language):
        figure = draw_why(model, explanation, readout, language)
        meta: dict[str, Any] = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, metadata=meta)


def _title(figure: Figure, model: Model, explanation: Explanation, readout: str, language: str) -> None:
    verdict, done = explanation.main(readout).verdict, done_text(model, explanation, language)
    label = explanation.labels[readout][1 if language == "zh" else 0]
    title = told("picture", language, do=done, readout=label)
    figure.text(0.012, 0.968, title, fontsize=19 if len(title) < 60 else 15, weight="bold", va="center")
    where = circumstance_text(model, explanation, language)
    arrow = {"up": "▲", "down": "▼", "same": "="}[verdict.direction]
    number = f"{arrow} {verdict.change:+.3f}"
    figure.text(0.012, 0.929, f"{where}: {number}", fontsize=13, va="center", color="#444444")


def _rows(placed: Placed) -> dict[str, tuple[float, float]]:
    """Return lane to its top and bottom, from 1 down to 0."""
    heights = placed.heights
    whole = sum(heights.values())
    out, top = {}, 1.0
    for lane, rows in heights.items():
        bottom = top - rows / whole
        out[lane] = (top, bottom)
        top = bottom
    return out


def _lanes(axis: Axes, placed: Placed, language: str) -> None:
    from matplotlib.patches import Rectangle

    axis.set_xlim(0.0, 1.0)
    axis.set_ylim(0.0, 1.0)
    for lane, (top, bottom) in _rows(placed).items():
        axis.add_patch(Rectangle((0.0, bottom), 1.0, top - bottom, facecolor=_FILLS[lane], edgecolor="white", lw=2))
        text = told(f"lane_{lane}", language)
        axis.text(0.006, top - 0.012, text, fontsize=12, weight="bold", color="#555555", va="top", ha="left", zorder=6)


def _nodes(
    figure: Figure, model: Model, explanation: Explanation, readout: str, placed: Placed, language: str
) -> dict[str, Any]:
    """Write the nodes; returns their boxes, in the units of the axis, for the arrows to end at."""
    from matplotlib.patches import FancyBboxPatch

    axis = figure.axes[0]
    why, rows, spots, texts = explanation.main(readout), _rows(placed), {}, {}
    for name in placed.column:
        moved = why.verdict.change if name == readout else why.moved.get(name, 0.0)
        sign = " ▲" if moved > _STILL else " ▼" if moved < -_STILL else ""
        outer = name in placed.starts or name == readout
        style: dict[str, Any] = {"size": 11.5, "weight": "bold", "color": "white"} if outer else {"size": 10}
        text = _wrapped(label_of(model, name.removeprefix("="), language), language) + sign
        x, y = _spot(placed, name, rows)
        texts[name] = axis.text(x, y, text, ha="center", va="center", zorder=6, linespacing=0.95, **style)
    # texts get their size when they are drawn
    figure.draw_without_rendering()
    for name, written in texts.items():
        box = written.get_window_extent().transformed(axis.transData.inverted())
        outer = name in placed.starts or name == readout
        spots[name] = FancyBboxPatch(
            (box.x0 - 0.004, box.y0 - 0.007),
            box.width + 0.008,
            box.height + 0.014,
            boxstyle="round,pad=0,rounding_size=0.005",
            mutation_aspect=2.1,
            facecolor="#222222" if outer else "white",
            edgecolor="#222222" if outer else "#888888",
            linewidth=1.0,
            zorder=5,
        )
        axis.add_patch(spots[name])
    return spots


def _spot(placed: Placed, name: str, rows: dict[str, tuple[float, float]]) -> tuple[float, float]:
    """Return where a node stands; neighbouring columns at different heights, so that names do not meet."""
    column = placed.column[name]
    last = max(*placed.column.values(), 1)
    # what is done and what is read have large boxes and stand apart
    x = 0.17 + 0.65 * (column - 1) / (last - 2) if last > _SHORT else 0.06 + 0.87 * column / last
    x = 0.06 if column == 0 else 0.93 if column == last else x
    lane = placed.lane.get(name)
    if lane is None:
        return x, _beside(placed, name, rows)
    top, bottom = rows[lane]
    stagger = 0.17 if column % 2 else -0.17
    return x, top - (top - bottom) * (placed.row[name] + 0.54 + stagger) / placed.heights[lane]


def _beside(placed: Placed, name: str, rows: dict[str, tuple[float, float]]) -> float:
    """Return the height of a compound or the readout: compounds spread, the readout by the bone or in the middle."""
    if not rows:
        return 0.5
    alone = [n for n in placed.column if n.startswith("=")]
    if name in alone:
        top, bottom = max(rows.values(), key=lambda lane: lane[0] - lane[1])
        return top - (top - bottom) * (alone.index(name) + 0.5) / len(alone)
    top, bottom = list(rows.values())[-1]
    return bottom + 0.5 * (top - bottom)


def _wrapped(label: str, language: str) -> str:
    """Break a label into short lines, words whole; Chinese breaks anywhere."""
    return "\n".join(textwrap.wrap(label, 7 if language == "zh" else 13, break_long_words=language == "zh"))


def _arrow(axis: Axes, arrow: Arrow, spots: dict[str, Any], *, dashed: bool) -> None:
    from matplotlib.patches import FancyArrowPatch

    source, target = spots[arrow.key[0]], spots[arrow.target]
    width = _LEAST + (_WIDEST - _LEAST) * min(abs(arrow.share) / _FULL, 1.0)
    start, stop = _middle(source), _middle(target)
    level = abs(start[1] - stop[1]) < 0.02
    head = "-|>,head_length=0.5,head_width=0.25" if arrow.sign > 0 else "|-|,widthA=0,widthB=0.45"
    axis.add_patch(
        FancyArrowPatch(
            start,
            stop,
            arrowstyle=head,
            connectionstyle=f"arc3,rad={-0.12 if level else 0.06 if arrow.sign > 0 else 0.12}",
            patchA=source,
            patchB=target,
            shrinkA=1.5,
            shrinkB=2.5,
            mutation_scale=12 + 1.5 * width,
            linewidth=width,
            linestyle=(0, (2.2, 1.4)) if dashed else "-",
            color=BUILD if arrow.share >= 0.0 else BREAK,
            alpha=0.85,
            zorder=3 if arrow.kind != ACTION else 2,
        )
    )


def _middle(box: Any) -> tuple[float, float]:
    return (box.get_x() + 0.5 * box.get_width(), box.get_y() + 0.5 * box.get_height())


def _legend(figure: Figure, language: str) -> None:
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=BUILD, linewidth=4, label=told("helps", language)),
        Line2D([], [], color=BREAK, linewidth=4, label=told("opposes", language)),
        Line2D([], [], color="#444444", linewidth=2, marker=">", label=told("legend_up", language)),
        Line2D(
            [],
            [],
            color="#444444",
            linewidth=2,
            marker="|",
            markersize=10,
            markeredgewidth=2.5,
            label=told("legend_down", language),
        ),
        Line2D(
            [], [], color="#444444", linewidth=2, linestyle=(0, (2.2, 1.4)), label=told("legend_disputed", language)
        ),
        Line2D([], [], color="none", label=told("legend_width", language)),
    ]
    figure.legend(
        handles=lines, loc="lower center", ncols=6, fontsize=11, handlelength=2.6, bbox_to_anchor=(0.5, 0.005)
    )
