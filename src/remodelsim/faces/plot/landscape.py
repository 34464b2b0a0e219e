"""The attractors of the model in the plane of its builders and breakers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .style import BREAK, BUILD, LINES, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...experiments.landscape import Landscape, Place

_COLOURS = {"gains": BUILD, "loses": BREAK, "keeps": "#7F7F7F", "turns over": LINES[3]}
_MARKERS = {True: "s", False: "o"}
_SMALLEST, _LARGEST = 60.0, 620.0
# an attractor that is reached less often is drawn without a label
_NAMED = 0.02


def landscape_figure(found: Landscape, language: str) -> Figure:
    """Draw attractors by the share of builder and breaker nodes that are on in them.

    Parameters
    ----------
    found
        The attractors.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        One mark per attractor: its area is how likely it is reached from health (the cross), its colour what bone does.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 6.2), layout="constrained")
    axis = figure.subplots()
    axis.plot(found.start[1], found.start[0], "+", color="black", markersize=14, markeredgewidth=2)
    for place in found.places:
        _arrow(axis, found, place)
    _marks(axis, found)
    _labels(axis, found, language)
    axis.axline((0.5, 0.5), slope=1.0, color="#BBBBBB", linewidth=0.9, zorder=0.4)
    axis.set_xlabel(word("breakers_on", language))
    axis.set_ylabel(word("builders_on", language))
    axis.margins(0.16)
    figure.suptitle(word("landscape", language), x=0.01, ha="left", fontsize=13, fontweight="bold")
    _legend(figure, axis, found, language)
    return figure


def _arrow(axis: Axes, found: Landscape, place: Place) -> None:
    axis.annotate(
        "",
        (place.breakers, place.builders),
        (found.start[1], found.start[0]),
        arrowprops={
            "arrowstyle": "-|>",
            "color": "#9A9A9A",
            "linewidth": 0.4 + 2.4 * place.end.probability,
            "shrinkB": 9,
            "shrinkA": 7,
            "connectionstyle": "arc3,rad=0.12",
        },
        zorder=0.8,
    )


def _marks(axis: Axes, found: Landscape) -> None:
    for place in found.places:
        axis.scatter(
            [place.breakers],
            [place.builders],
            s=_SMALLEST + (_LARGEST - _SMALLEST) * place.end.probability,
            marker=_MARKERS[place.end.fixed],
            color=_COLOURS[place.verdict],
            edgecolor="white",
            linewidth=1.2,
            alpha=0.85,
            zorder=2,
        )


def _labels(axis: Axes, found: Landscape, language: str) -> None:
    """Name the marks; those at one point share one label."""
    at: dict[tuple[float, float], list[str]] = {}
    for place in found.places:
        if place.end.probability >= _NAMED:
            name = place.background.label_zh if language == "zh" else place.background.label_en
            key = (round(place.breakers, 2), round(place.builders, 2))
            at.setdefault(key, []).append(f"{name} {place.end.probability:.0%}")
    for (x, y), names in at.items():
        axis.annotate(
            "\n".join(names),
            (x, y),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            zorder=3,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )


def _legend(figure: Figure, axis: Axes, found: Landscape, language: str) -> None:
    for verdict in dict.fromkeys(place.verdict for place in found.places):
        axis.scatter([], [], color=_COLOURS[verdict], label=word(f"bone {verdict}", language))
    axis.scatter([], [], color="#DDDDDD", edgecolor="#555555", marker="s", label=word("one state", language))
    axis.scatter([], [], color="#DDDDDD", edgecolor="#555555", marker="o", label=word("many states", language))
    axis.plot([], [], "+", color="black", markersize=10, markeredgewidth=2, label=word("from health", language))
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=4, fontsize=9.5)
