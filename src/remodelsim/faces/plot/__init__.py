"""Figures of a run. The rooms of matplotlib: nothing outside this package imports it."""

from __future__ import annotations

from .gallery import FIGURES, draw, save_figures

__all__ = ["FIGURES", "draw", "save_figures"]
