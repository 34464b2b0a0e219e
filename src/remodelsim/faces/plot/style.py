"""Colours, fonts and words of the figures: Okabe-Ito lines (colour-blind-safe), one font size per role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from ..words import word

# Okabe and Ito 2008, Color Universal Design; black first for the baseline
LINES = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
DASHES = ("-", "-", "-", (0, (4, 1.5)), (0, (4, 1.5)), (0, (1.5, 1)), (0, (1.5, 1)), (0, (5, 1, 1, 1)))
BUILD, BREAK = "#0072B2", "#D55E00"
GRID = "#E3E3E3"


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """Return the name of an installed font with Chinese characters, or nothing."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    wanted = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
    others = ("Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC", "Arial Unicode MS")
    return next((name for name in (*wanted, *others) if name in known), "")


def usable_language(language: str) -> str:
    """Return `language`, or English where no font can write it."""
    return "en" if language == "zh" and not chinese_font() else language


@contextmanager
def styled(language: str) -> Iterator[Any]:
    """Set fonts and lines for the figures drawn inside, and nothing outside; gives pyplot-free matplotlib."""
    import matplotlib as mpl

    families = [chinese_font()] if language == "zh" and chinese_font() else []
    settings: dict[Any, Any] = {
        "font.family": [*families, "DejaVu Sans"],
        "font.size": 10.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#555555",
        "axes.grid": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "axes.axisbelow": True,
        "axes.titlesize": 11.0,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "legend.frameon": False,
        "svg.hashsalt": "remodelsim",
        "svg.fonttype": "path",
        "axes.unicode_minus": False,
        "figure.dpi": 110.0,
        "savefig.dpi": 150.0,
    }
    with mpl.rc_context(settings):
        yield mpl


def time_axis(days: float, language: str) -> tuple[float, str]:
    """Return the divisor and the word for an axis that ends at `days`.

    Examples
    --------
    >>> time_axis(7300.0, "en")
    (365.0, 'years')
    """
    if days >= 3.0 * 365.0:
        return 365.0, word("years", language)
    if days >= 200.0:
        return 365.0 / 12.0, word("months", language)
    return 1.0, word("days", language)


__all__ = [
    "BREAK",
    "BUILD",
    "DASHES",
    "GRID",
    "LINES",
    "chinese_font",
    "styled",
    "time_axis",
    "usable_language",
    "word",
]
