"""How the figures of sweeps and screens are saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...experiments.screen import ScreenResult
from ...experiments.sensitivity import Sensitivity
from ...ground.errors import UnknownNameError
from ...ground.names import nearest
from .compounds import compounds_figure
from .screens import effects_figure, matrix_figure, pairs_figure, ranking_figure
from .style import styled, usable_language
from .sweeps import curves_figure, map_figure
from .tornado import tornado_figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...experiments.sweep import SweepResult


def figure_files(name: str, make: Callable[[str], Figure], language: str) -> dict[str, bytes]:
    """Return a figure as PNG and SVG.

    Parameters
    ----------
    name
        Its name.
    make
        Draws it in a language.
    language
        "en" or "zh"; English where no font can write Chinese.

    Returns
    -------
    dict
        Name of the file to its bytes, the same for the same figure.
    """
    spoken = usable_language(language)
    with styled(spoken):
        figure = make(spoken)
        picture, text = io.BytesIO(), io.StringIO()
        figure.savefig(picture, format="png", metadata={"Software": "remodelsim"})
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": "remodelsim"})
    return {f"{name}.png": picture.getvalue(), f"{name}.svg": text.getvalue().encode()}


def draw_long(result: SweepResult | ScreenResult | Sensitivity, kind: str, language: str) -> Figure:
    """Draw one figure of a sweep or screen for a notebook.

    Parameters
    ----------
    result
        A sweep or screen.
    kind
        One of its figures; the first by default.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        The figure, not registered with pyplot.

    Raises
    ------
    UnknownNameError
        When it has no such figure.
    """
    makers = figures_of(result)
    name = kind or next(iter(makers))
    if name not in makers:
        raise UnknownNameError(f"no figure '{kind}'", nearest=nearest(kind, makers), allowed=makers)
    spoken = usable_language(language)
    with styled(spoken):
        return makers[name](spoken)


def figures_of(result: SweepResult | ScreenResult | Sensitivity) -> dict[str, Callable[[str], Figure]]:
    """Return the figures that a long result can show: name to what draws it in a language."""
    if isinstance(result, Sensitivity):
        return tornado_figures(result)
    if isinstance(result, ScreenResult):
        if result.matrix is not None:
            return {"matrix": partial(matrix_figure, result)}
        shown: dict[str, Callable[[str], Figure]] = {
            "ranking": partial(ranking_figure, result),
            "effects": partial(effects_figure, result),
        }
        if result.notes:
            shown["compounds"] = partial(compounds_figure, result)
        if any(move.parts is not None for move in result.work.moves):
            shown["pairs"] = partial(pairs_figure, result)
        return shown
    found: dict[str, Callable[[str], Figure]] = {"curves": partial(curves_figure, result)}
    if len(result.work.axes) > 1:
        found["map"] = partial(map_figure, result)
    return found
