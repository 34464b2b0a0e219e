"""Figures of screens: a ranking, every compound by readout, interactions of pairs, and dose matrices."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...experiments.finding import Finding
from ...experiments.moves import Move
from ...experiments.screen import ScreenResult
from ...ground.errors import UnknownNameError
from .style import BREAK, BUILD, word
from .sweeps import axis_label, heat, short_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
_MOST_RANKED, _MOST_ROWS, _MOST_SINGLES = 30, 60, 40
_PALE = 0.35


def _label(move: Move, language: str, width: int = 42) -> str:
    return textwrap.shorten(move.label_zh if language == "zh" else move.label_en, width, placeholder=" ...")


def _readout(result: ScreenResult, name: str, language: str) -> str:
    readout = result.work.model.readout(name)
    return readout.label_zh if language == "zh" else readout.label_en


def _place(result: ScreenResult) -> dict[str, int]:
    return {move.name: k for k, move in enumerate(result.work.moves)}


def ranking_figure(result: ScreenResult, language: str) -> Figure:
    """Draw the moves that change the first readout most, one panel per formalism.

    Parameters
    ----------
    result
        A screen.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        At most thirty moves.
    """
    from matplotlib.figure import Figure

    readout, place = result.work.readouts[0], _place(result)
    first = result.findings[result.work.formalisms[0], readout]
    moves = sorted(result.ranking()[:_MOST_RANKED], key=lambda move: first[place[move.name]].share)
    figure = Figure(figsize=(5.4 + 2.6 * len(result.work.formalisms), 1.6 + 0.24 * len(moves)), layout="constrained")
    panels = figure.subplots(1, len(result.work.formalisms), squeeze=False, sharey=True)[0]
    for panel, formalism in zip(panels, result.work.formalisms, strict=True):
        found = result.findings[formalism, readout]
        _bars(panel, [found[place[move.name]] for move in moves])
        panel.set_title(word(formalism, language))
        panel.set_xlabel("\n".join(textwrap.wrap(word("effect_title", language), 36)))
    panels[0].set_yticks(range(len(moves)), [_label(move, language) for move in moves], fontsize=8.5)
    panels[0].set_ylim(-0.7, len(moves) - 0.3)
    figure.suptitle(_readout(result, readout, language), x=0.01, ha="left", fontsize=13, fontweight="bold")
    return figure


def _bars(panel: Axes, found: Sequence[Finding]) -> None:
    for row, one in enumerate(found):
        if not np.isfinite(one.share):
            panel.plot(0.0, row, "x", color="#555555")
            continue
        sure = one.robust > 0.0 and one.direction != "same"
        colour = BUILD if one.share > 0.0 else BREAK
        panel.barh(row, 100.0 * one.share, color=colour, alpha=1.0 if sure else _PALE, height=0.72)
        if np.isfinite(one.low):
            panel.plot([100.0 * one.low, 100.0 * one.high], [row, row], color="#333333", linewidth=1.1)
    panel.axvline(0.0, color="#555555", linewidth=0.9)
    panel.grid(axis="y", visible=False)


def effects_figure(result: ScreenResult, language: str) -> Figure:
    """Draw every move by readout: up, down or same, the sign as large as the share of draws that agree.

    Parameters
    ----------
    result
        A screen.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        At most sixty moves, in the order of the ranking.
    """
    from matplotlib.figure import Figure

    moves, place = result.ranking()[:_MOST_ROWS], _place(result)
    works = [(f, r) for r in result.work.readouts for f in result.work.formalisms]
    figure = Figure(figsize=(4.6 + 0.45 * len(works), 2.8 + 0.21 * len(moves)), layout="constrained")
    panel = figure.subplots()
    for column, which in enumerate(works):
        for row, move in enumerate(moves):
            _sign(panel, column, row, result.findings[which][place[move.name]])
    per = len(result.work.formalisms)
    for column in range(0, len(works) + 1, per):
        panel.axvline(column - 0.5, color="#CCCCCC", linewidth=0.8)
    names = ["\n".join(textwrap.wrap(_readout(result, r, language), 22)) for r in result.work.readouts]
    panel.set_xticks(
        [per * k + (per - 1) / 2.0 for k in range(len(names))], names, rotation=40, ha="left", fontsize=8.5
    )
    panel.xaxis.tick_top()
    panel.set_yticks(range(len(moves)), [_label(move, language) for move in moves], fontsize=8.5)
    panel.set_xlim(-0.5, len(works) - 0.5)
    panel.set_ylim(len(moves) - 0.4, -0.6)
    panel.grid(axis="x", visible=False)
    for column, (formalism, _) in enumerate(works):
        name = word(formalism, language)
        panel.text(column, len(moves) - 0.2, name, rotation=90, ha="center", va="top", fontsize=7.5, color="#555555")
    panel.tick_params(length=0)
    figure.suptitle(word("effects_title", language), x=0.01, ha="left", fontsize=13, fontweight="bold")
    return figure


def _sign(panel: Axes, column: int, row: int, found: Finding) -> None:
    share = 1.0 if found.agreement is None else found.agreement
    marker, colour = {
        "up": ("^", BUILD),
        "down": ("v", BREAK),
        "same": ("_", "#9A9A9A"),
        "none": ("x", "#555555"),
    }[found.direction]
    size = 26.0 if found.direction in {"same", "none"} else 10.0 + 50.0 * share**2
    panel.scatter(column, row, s=size, marker=marker, color=colour, alpha=0.3 + 0.7 * share, linewidths=1.3)


def pairs_figure(result: ScreenResult, language: str) -> Figure:
    """Draw how far every pair lies from Bliss, one matrix per formalism, on the first readout.

    Parameters
    ----------
    result
        A screen of pairs.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        The forty single moves that change the readout most.
    """
    from matplotlib.figure import Figure

    readout, place = result.work.readouts[0], _place(result)
    ranked = [move for move in result.ranking() if move.parts is None][:_MOST_SINGLES]
    order = {place[move.name]: k for k, move in enumerate(sorted(ranked, key=lambda move: move.name))}
    labels = [_label(move, language, 26) for move in sorted(ranked, key=lambda move: move.name)]
    size = 3.0 + 0.17 * len(order)
    formalisms = result.work.formalisms
    figure = Figure(figsize=(2.2 + size * len(formalisms), size + 1.2), layout="constrained")
    panels = figure.subplots(1, len(formalisms), squeeze=False, sharey=True)[0]
    for panel, formalism in zip(panels, formalisms, strict=True):
        table = np.full((len(order), len(order)), np.nan)
        for found in result.synergies[formalism, readout]:
            if found.move.parts is not None and all(part in order for part in found.move.parts):
                i, j = (order[part] for part in found.move.parts)
                table[i, j] = table[j, i] = 100.0 * found.beyond_bliss
        heat(figure, panel, table, labels, labels, ticks=len(labels), crosses=False)
        panel.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
        panel.tick_params(axis="y", labelsize=7)
        panel.set_title(f"{word(formalism, language)}: {word('bliss_title', language)}", fontsize=10)
    figure.suptitle(_readout(result, readout, language), x=0.01, ha="left", fontsize=13, fontweight="bold")
    return figure


def matrix_figure(result: ScreenResult, language: str) -> Figure:
    """Draw a dose matrix: the effect, and how far it lies from Bliss and from the better of the two alone.

    Parameters
    ----------
    result
        A screen of the doses of two compounds.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        Three maps per formalism, of the first readout.

    Raises
    ------
    UnknownNameError
        When it is another kind of screen.
    """
    from matplotlib.figure import Figure

    if result.matrix is None:
        raise UnknownNameError("this screen has no dose matrix", cure="Screen with doses of two compounds.")
    first, second = result.matrix
    formalisms, readout = result.work.formalisms, result.work.readouts[0]
    figure = Figure(figsize=(11.4, 0.9 + 3.3 * len(formalisms)), layout="constrained")
    panels = figure.subplots(len(formalisms), 3, squeeze=False)
    for row, formalism in zip(panels, formalisms, strict=True):
        for panel, (key, table) in zip(row, _tables(result, formalism, readout).items(), strict=True):
            started = key == "effect_title"
            names = [(["0"] if started else []) + [short_number(v) for v in axis.values] for axis in (first, second)]
            heat(figure, panel, table.T, *names)
            title = "\n".join(textwrap.wrap(word(key, language), 30))
            panel.set_title(f"{word(formalism, language)}: {title}", fontsize=9.5)
            panel.set_xlabel("\n".join(textwrap.wrap(axis_label(first, language)[1], 36)))
            panel.set_ylabel("\n".join(textwrap.wrap(axis_label(second, language)[1], 32)))
    figure.suptitle(_readout(result, readout, language), x=0.01, ha="left", fontsize=13, fontweight="bold")
    return figure


def _tables(result: ScreenResult, formalism: str, readout: str) -> dict[str, Floats]:
    """Return effect, excess over Bliss and excess over HSA, in %, first compound down, second across."""
    a, b = (len(axis.values) for axis in result.matrix or ())
    shares = 100.0 * np.array([found.share for found in result.findings[formalism, readout]])
    effect = np.zeros((a + 1, b + 1))
    effect[1:, 0], effect[0, 1:], effect[1:, 1:] = shares[:a], shares[a : a + b], shares[a + b :].reshape(a, b)
    found = result.synergies[formalism, readout]
    bliss, hsa = (
        100.0 * np.array([getattr(s, name) for s in found]).reshape(a, b) for name in ("beyond_bliss", "beyond_hsa")
    )
    return {"effect_title": effect, "bliss_title": bliss, "hsa_title": hsa}
