"""Figures of sweeps: response curves with bands, and maps over two axes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...engines.response import HILL
from ...experiments.axes import Axis
from ...experiments.sweep import Curve, SweepResult
from .style import BREAK, BUILD, DASHES, LINES, time_axis, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
_COLUMNS, _MOST_PANELS, _MOST_CURVES = 3, 12, 6
_MOST_TICKS = 9


def axis_label(axis: Axis, language: str) -> tuple[float, str]:
    """Return the divisor of the values of an axis, and its label with the unit.

    Parameters
    ----------
    axis
        The axis.
    language
        "en" or "zh".

    Returns
    -------
    tuple
        Divisor and label.
    """
    factor = axis.factor
    name = factor.label_zh if language == "zh" else factor.label_en
    divisor, unit = (time_axis(axis.values[-1], language)) if factor.unit == "d" else (1.0, factor.unit)
    return divisor, f"{name}: {word(f'factor_{factor.what}', language)}" + (f" ({unit})" if unit else "")


def _title(result: SweepResult, readout: str, formalism: str, language: str) -> str:
    found = result.work.model.readout(readout)
    name = found.label_zh if language == "zh" else found.label_en
    return "\n".join(textwrap.wrap(name, 34)) + f" · {word(formalism, language)}"


def _panels(result: SweepResult) -> list[tuple[str, str]]:
    scenario = result.work.scenario
    return [(formalism, readout) for formalism in scenario.formalisms for readout in scenario.readouts]


def _grid(count: int, height: float) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(3.7 * columns, 5.5), height * rows + 0.9), layout="constrained")
    found = np.ravel(figure.subplots(rows, columns, squeeze=False))
    for axis in found[count:]:
        axis.set_axis_off()
    return figure, list(found[:count])


def _head(figure: Figure, result: SweepResult, language: str) -> None:
    scenario = result.work.scenario
    title = scenario.title_zh if language == "zh" else scenario.title_en
    figure.suptitle("\n".join(textwrap.wrap(title, 70)), x=0.01, ha="left", fontsize=13, fontweight="bold")


def curves_figure(result: SweepResult, language: str) -> Figure:
    """Draw the change of every readout along the first axis, arm by arm.

    Parameters
    ----------
    result
        A sweep.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        One panel per readout and formalism, the first twelve.
    """
    panels = _panels(result)[:_MOST_PANELS]
    figure, axes = _grid(len(panels), 2.9)
    _head(figure, result, language)
    sweep_axis = result.work.axes[0]
    divisor, label = axis_label(sweep_axis, language)
    for panel, (formalism, readout) in zip(axes, panels, strict=True):
        found = [c for c in result.curves if (c.formalism, c.readout) == (formalism, readout)]
        for k, curve in enumerate(_some(found)):
            _draw(panel, curve, np.asarray(sweep_axis.values) / divisor, k, _name(result, curve, language))
        panel.axhspan(-found[0].limit, found[0].limit, color="#BBBBBB", alpha=0.35, linewidth=0, zorder=0.4)
        panel.axhline(0.0, color="#777777", linewidth=0.9, zorder=0.5)
        panel.set_title(_title(result, readout, formalism, language))
        panel.set_xlabel(label)
        _spaced(panel, sweep_axis, divisor)
    axes[0].set_ylabel(word("change_from_baseline" if found[0].against else "change_from_first", language))
    handles, names = axes[0].get_legend_handles_labels()
    if len(names) > 1:
        figure.legend(handles, names, loc="outside lower left", ncols=min(len(names), 3), fontsize=9.5)
    figure.text(0.995, 0.995, word("limit_band", language), ha="right", va="top", fontsize=7.5, color="#666666")
    return figure


def _some(curves: Sequence[Curve]) -> list[Curve]:
    """Return as many curves as eyes can tell apart, evenly chosen."""
    if len(curves) <= _MOST_CURVES:
        return list(curves)
    return [curves[k] for k in np.linspace(0, len(curves) - 1, _MOST_CURVES).round().astype(int)]


def short_number(value: float) -> str:
    """Return a number in few signs."""
    plain = str(np.format_float_positional(float(f"{value:.3g}"), trim="-"))
    return plain if len(plain) <= 6 else f"{value:.0e}"


def _name(result: SweepResult, curve: Curve, language: str) -> str:
    arm = result.work.scenario.arm(curve.arm)
    at = ", ".join(f"{name} {short_number(value)}" for name, value in curve.at.items())
    text = (arm.label_zh if language == "zh" else arm.label_en) + (f", {at}" if at else "")
    return "\n".join(textwrap.wrap(text, 34))


def _draw(panel: Axes, curve: Curve, x: Floats, k: int, label: str) -> None:
    colour, dash = LINES[(k + 1) % len(LINES)], DASHES[k % len(DASHES)]
    if curve.low.size:
        panel.fill_between(x, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0)
    marker = "o" if x.size <= 12 else ""
    panel.plot(x, curve.change, color=colour, linestyle=dash, linewidth=2.0, marker=marker, markersize=4, label=label)
    if curve.response is not None and curve.response.kind == HILL:
        panel.axvline(curve.response.ed50, color=colour, linestyle=(0, (1, 2)), linewidth=1.4)


def _spaced(panel: Axes, axis: Axis, divisor: float) -> None:
    low, high = axis.values[0] / divisor, axis.values[-1] / divisor
    if axis.spacing == "log":
        panel.set_xlim(low * (low / high) ** 0.02, high * (high / low) ** 0.02)
        panel.set_xscale("log")
    elif low < high:
        panel.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))


def map_figure(result: SweepResult, language: str) -> Figure:
    """Draw the change of every readout over the first two axes.

    Parameters
    ----------
    result
        A sweep over two axes or more; of further axes the first value counts.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        One map per readout, formalism and arm, the first twelve.
    """
    wanted = []
    for formalism, readout in _panels(result):
        found = [c for c in result.curves if (c.formalism, c.readout) == (formalism, readout)]
        wanted += [(formalism, readout, arm) for arm in dict.fromkeys(c.arm for c in found)]
    wanted = wanted[:_MOST_PANELS]
    figure, axes = _grid(len(wanted), 3.3)
    _head(figure, result, language)
    first, second = result.work.axes[:2]
    for panel, (formalism, readout, arm) in zip(axes, wanted, strict=True):
        curves = [c for c in result.curves if (c.formalism, c.readout, c.arm) == (formalism, readout, arm)]
        shape = [len(axis.values) for axis in result.work.axes[1:]]
        table = np.stack([c.change for c in curves]).reshape(*shape, -1)
        table = table.reshape(shape[0], -1, table.shape[-1])[:, 0]
        heat(figure, panel, table, [*map(short_number, first.values)], [*map(short_number, second.values)])
        label = result.work.scenario.arm(arm)
        told = label.label_zh if language == "zh" else label.label_en
        panel.set_title(_title(result, readout, formalism, language) + f"\n{textwrap.shorten(told, 38)}", fontsize=9.5)
        panel.set_xlabel("\n".join(textwrap.wrap(_plain_label(first, language), 38)))
        panel.set_ylabel("\n".join(textwrap.wrap(_plain_label(second, language), 34)))
    return figure


def _plain_label(axis: Axis, language: str) -> str:
    """Return the label of an axis whose values are written as they are."""
    unit = {"d": word("days", language)}.get(axis.factor.unit, axis.factor.unit)
    name = axis.factor.label_zh if language == "zh" else axis.factor.label_en
    return f"{name}: {word(f'factor_{axis.factor.what}', language)}" + (f" ({unit})" if unit else "")


def heat(
    figure: Figure,
    panel: Axes,
    table: Floats,
    columns: Sequence[str],
    rows: Sequence[str],
    *,
    ticks: int = _MOST_TICKS,
    crosses: bool = True,
) -> Any:
    """Draw a table of changes as colours: orange down, white none, blue up; what is not known is crossed.

    Parameters
    ----------
    figure, panel
        Where.
    table : ndarray, shape (rows, columns)
        The changes.
    columns, rows
        What stands at the axes.
    ticks
        Most numbers along the lower axis.
    crosses
        Whether what is not known is crossed.

    Returns
    -------
    matplotlib image
        The picture.
    """
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("down_up", [BREAK, "#F7F7F7", BUILD])
    seen = np.abs(table[np.isfinite(table)])
    most = float(seen.max()) if seen.size and seen.max() > 0.0 else 1.0
    image = panel.imshow(table, cmap=colours, vmin=-most, vmax=most, origin="lower", aspect="auto")
    for row, column in zip(*np.nonzero(~np.isfinite(table) & crosses), strict=True):
        panel.plot(column, row, "x", color="#555555", markersize=6)
    for place, labels, least in ((panel.set_xticks, columns, ticks), (panel.set_yticks, rows, max(ticks, 30))):
        step = max(1, -(-len(labels) // least))
        place(range(0, len(labels), step), [labels[k] for k in range(0, len(labels), step)])
    panel.grid(visible=False)
    panel.set_facecolor("#D9D9D9")
    panel.tick_params(labelsize=8)
    figure.colorbar(image, ax=panel, shrink=0.9).ax.tick_params(labelsize=8)
    return image
