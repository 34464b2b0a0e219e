"""Courses of a model drawn against what was measured in women."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..nouns.clinical import MEASURED, CohortPoint, Regimen, Target

Floats = NDArray[np.float64]
Follow = Callable[[Regimen, Sequence[float]], Floats]

# Okabe and Ito: told apart by colour-blind eyes
_COLOUR = {"BMD_hip": "#0072B2", "BMD_lumbar": "#D55E00", "CTX": "#CC79A7", "P1NP": "#009E73"}
_LABEL = {"BMD_hip": "hip density", "BMD_lumbar": "lumbar density", "CTX": "CTX", "P1NP": "P1NP"}
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_STYLE = {"natural": "-", "surgical": "--"}


def menopause_figure(
    years: Floats, courses: Mapping[str, Floats], cohorts: Sequence[CohortPoint], title: str = "Menopause"
) -> Figure:
    """Draw density after natural and surgical menopause against cohorts of women.

    Parameters
    ----------
    years : ndarray, shape (t,)
        Years after menopause.
    courses
        ``natural``, ``surgical`` or both: change of the readouts in percent, arrays of shape (t, 4).
    cohorts
        What was measured.
    title
        What stands above.

    Returns
    -------
    Figure
    """
    figure = Figure(figsize=(10.0, 4.6), layout="constrained")
    for axes, (column, site) in zip(figure.subplots(1, 2), enumerate(MEASURED[:2]), strict=True):
        for kind, found in courses.items():
            axes.plot(years, found[:, column], _STYLE[kind], color=_COLOUR[site], lw=2, label=f"model, {kind}")
        _cohorts(axes, [point for point in cohorts if point.site == site and 0.0 <= point.years <= years[-1]])
        axes.set(title=_LABEL[site].capitalize(), xlabel="years after menopause", ylabel="change (%)")
        axes.axhline(0.0, color="0.7", lw=0.8, zorder=0)
        axes.legend(fontsize=7, frameon=False, ncols=2)
    figure.suptitle(f"{title} (bars: SD between women; open: surgical)")
    return figure


def _cohorts(axes: Axes, points: Sequence[CohortPoint]) -> None:
    names = list(dict.fromkeys(point.cohort for point in points))
    for mark, name in zip(_MARKS, names, strict=False):
        for kind in ("natural", "surgical"):
            own = [point for point in points if point.cohort == name and point.menopause == kind and point.years > 0]
            if own:
                axes.errorbar(
                    [point.years for point in own],
                    [point.percent for point in own],
                    yerr=np.nan_to_num([point.sd for point in own]),
                    fmt=mark,
                    ms=5,
                    color="0.35",
                    ecolor="0.8",
                    elinewidth=0.8,
                    mfc="0.35" if kind == "natural" else "white",
                    label=f"{name}, {kind}",
                    zorder=1,
                )


def drugs_figure(follow: Follow, targets: Sequence[Target], reference: Follow | None = None) -> Figure:
    """Draw density and markers under every drug against the targets, with their sigma.

    Parameters
    ----------
    follow
        From a regimen and months to the change of the readouts in percent, shape (months, 4).
    targets
        What was measured; of several regimens of one drug the first is drawn and, dotted, the longest.
    reference
        The same of another model, drawn thin and grey.

    Returns
    -------
    Figure
    """
    drugs = list(dict.fromkeys(target.regimen.drug for target in targets if target.regimen.drug))
    figure = Figure(figsize=(3.4 * len(drugs), 6.4), layout="constrained")
    rows = figure.subplots(2, len(drugs), sharex="col", squeeze=False)
    for column, drug in enumerate(drugs):
        own = [target for target in targets if target.regimen.drug == drug]
        longest = max((target.regimen for target in own), key=lambda what: what.days)
        first = own[0].regimen
        for row, names in ((0, MEASURED[:2]), (1, MEASURED[2:])):
            axes: Axes = rows[row, column]
            _courses(axes, follow, first, longest, names)
            if reference is not None:
                _courses(axes, reference, first, first, names, thin=True)
            _targets(axes, [target for target in own if target.readout in names])
            axes.axhline(0.0, color="0.7", lw=0.8, zorder=0)
        rows[0, column].set(title=first.name)
        rows[1, column].set(xlabel="months of treatment and after")
    rows[0, 0].set(ylabel="density, change (%)")
    rows[1, 0].set(ylabel="marker, change (%)")
    for row in rows:
        row[-1].legend(fontsize=7, frameon=False)
    for axes in rows[0]:
        axes.title.set_fontsize(8)
    return figure


def _courses(
    axes: Axes, follow: Follow, first: Regimen, longest: Regimen, names: Sequence[str], *, thin: bool = False
) -> None:
    months = np.linspace(0.0, 72.0, 289)
    for what, style in dict.fromkeys(((first, "-"), (longest, ":"))):
        if style == ":" and what == first:
            continue
        found = follow(what, months.tolist())
        for name in names:
            colour = "0.6" if thin else _COLOUR[name]
            label = "" if thin or style == ":" else _LABEL[name]
            axes.plot(months, found[:, MEASURED.index(name)], style, color=colour, lw=0.8 if thin else 1.8, label=label)


def _targets(axes: Axes, targets: Sequence[Target]) -> None:
    for target in targets:
        axes.errorbar(
            target.month, target.percent, yerr=target.sigma, fmt="o", ms=5, color=_COLOUR[target.readout], capsize=3
        )


def save_svg(figure: Figure, path: str) -> None:
    """Write a figure as SVG, the same bytes every time.

    Parameters
    ----------
    figure
        What is written.
    path
        Where to.
    """
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "remodelsim", "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
