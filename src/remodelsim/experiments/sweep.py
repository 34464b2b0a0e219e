"""Sweeps: a scenario over a grid of doses, levels, times or numbers of the model, in the reference and in draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.response import HILL, Response, response_of
from ..files.columns import Columns
from ..ground.markup import CLASSES, html_table
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.scenario import Scenario
from .axes import Axis, axes_of
from .draws import engine_of
from .readings import scale_of
from .runs import Progress
from .sweep_work import SweepWork
from .trials import FINE
from .verdict import ARROWS, THRESHOLD, direction
from .work import STATUS, Spread, here, run_work

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
# curves of draws that are fitted, 13 ms each
_MOST_FITS = 200


@dataclass(frozen=True)
class Curve:
    """The change of a readout along an axis.

    Attributes
    ----------
    formalism, arm, readout
        Which.
    against
        The arm that is compared with at the same point; empty where the change is from the first point of the axis.
    at
        Values of the other axes, by name.
    change : ndarray, shape (k,)
        With minus without, in the reference.
    limit
        Smallest change that counts.
    low, high : ndarray, shape (k,)
        Band of the change: 5 % and 95 % quantiles over the draws, or 95 % of a sampled mean; empty where there is none.
    agreement : ndarray, shape (k,)
        Share of the draws with the direction of the reference; empty without draws.
    response
        What kind of curve of doses it is; None for an axis that is no dose.
    fitted
        Number of draws with an ED50 of their own, and the 5 % and 95 % quantiles of these.
    """

    formalism: str
    arm: str
    readout: str
    against: str
    at: Mapping[str, float]
    change: Floats
    limit: float
    low: Floats
    high: Floats
    agreement: Floats
    response: Response | None
    fitted: tuple[int, float, float]

    @property
    def directions(self) -> list[str]:
        """Direction at each point; "none" where a sample could not be computed."""
        return [direction(float(c), self.limit) if np.isfinite(c) else "none" for c in self.change]


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found.

    Attributes
    ----------
    work
        What was swept.
    columns
        Column to numbers, one row per sample.
    """

    work: SweepWork
    columns: Columns

    @property
    def failed(self) -> int:
        """How many samples could not be computed."""
        return int((self.columns[STATUS] != FINE).sum())

    @cached_property
    def _order(self) -> tuple[Ints, ...]:
        """Positions of every sample: its draw, then the index on every axis."""
        rows = np.array([(p.draw, *self.work.point(p)) for p in self.work.places(0, self.work.samples)])
        return tuple(rows.T)

    def values(self, formalism: str, arm: str, readout: str, *, error: bool = False) -> Floats:
        """Return a readout over the grid.

        Parameters
        ----------
        formalism
            "ode" or "boolean".
        arm, readout
            Of the scenario.
        error
            Whether its standard error is wanted (Boolean).

        Returns
        -------
        ndarray, shape (draws + 1, values of the first axis, ...)
            The reference first; nan where a sample could not be computed.
        """
        shape = (self.work.draws + 1, *(len(axis.values) for axis in self.work.axes))
        out = np.full(shape, np.nan)
        out[self._order] = self.columns[f"{formalism}.{arm}.{readout}{'.error' if error else ''}"]
        return out

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """The change of every readout along the first axis, in all arms and formalisms, at all points of the others."""
        return tuple(_curves(self))

    def _repr_html_(self) -> str:
        """Show the curves as a table in notebooks."""
        return html_table(CURVE_HEADER, curve_rows(self), CLASSES)


def _curves(result: SweepResult) -> Iterator[Curve]:
    scenario, axes = result.work.scenario, result.work.axes
    for formalism in scenario.formalisms:
        for readout in scenario.readouts:
            base = result.values(formalism, scenario.baseline, readout)
            for arm in scenario.arms:
                if arm.name == scenario.baseline and len(scenario.arms) > 1:
                    continue
                if len(axes) > 1 and not result.work.changes(arm.name):
                    continue
                own = result.values(formalism, arm.name, readout)
                alone = arm.name == scenario.baseline
                error = _error(result, formalism, arm.name, readout)
                change = own - (own[:, :1] if alone else base)
                for point in np.ndindex(*change.shape[2:]):
                    at = {a.name: a.values[i] for a, i in zip(axes[1:], point, strict=True)}
                    where = (slice(None), slice(None), *point)
                    noise = error[where][0] if error is not None else None
                    yield _curve(result, (formalism, arm.name, readout), alone, at, change[where], noise)


def _error(result: SweepResult, formalism: str, arm: str, readout: str) -> Floats | None:
    return result.values(formalism, arm, readout, error=True) if formalism == "boolean" else None


def _curve(
    result: SweepResult,
    which: tuple[str, str, str],
    alone: bool,
    at: Mapping[str, float],
    change: Floats,
    noise: Floats | None,
) -> Curve:
    """Judge one curve; change of shape (draws + 1, k)."""
    work = result.work
    formalism, arm, name = which
    limit = THRESHOLD * scale_of(work.model, work.model.readout(name), formalism, engine_of(work.model).reference)
    axis, drawn = work.axes[0], change[1:]
    low = high = agreement = np.empty(0)
    response, fitted = None, (0, float("nan"), float("nan"))
    if noise is not None:
        low, high = change[0] - 1.96 * noise, change[0] + 1.96 * noise
    elif drawn.size:
        low, high = _quantiles(drawn)
        same = np.sign(drawn) * (np.abs(drawn) > limit) == np.sign(change[0]) * (np.abs(change[0]) > limit)
        agreement = np.where(np.isfinite(drawn), same, False).mean(axis=0)
    if axis.factor.what == "dose":
        response = response_of(np.asarray(axis.values), change[0], limit)
        fitted = _fitted(axis, drawn, limit) if formalism == "ode" else fitted
    against = "" if alone else work.scenario.baseline
    return Curve(formalism, arm, name, against, at, change[0], limit, low, high, agreement, response, fitted)


def _quantiles(drawn: Floats) -> tuple[Floats, Floats]:
    """Return 5 % and 95 % quantiles over the draws that could be computed."""
    out = np.full((2, drawn.shape[1]), np.nan)
    for k in range(drawn.shape[1]):
        seen = drawn[np.isfinite(drawn[:, k]), k]
        if seen.size:
            out[:, k] = np.quantile(seen, [0.05, 0.95])
    return out[0], out[1]


def _fitted(axis: Axis, drawn: Floats, limit: float) -> tuple[int, float, float]:
    """Fit the curve of every draw, of the first ones where there are many."""
    found = [response_of(np.asarray(axis.values), row, limit) for row in drawn[:_MOST_FITS]]
    known = [response.ed50 for response in found if response.kind == HILL]
    if not known:
        return 0, float("nan"), float("nan")
    low, high = (float(q) for q in np.quantile(known, [0.05, 0.95]))
    return len(known), low, high


CURVE_HEADER = ("readout", "arm", "formalism", "smallest", "largest", "greatest change", "agreement", "response")


def curve_rows(result: SweepResult) -> list[list[str]]:
    """Return the rows of the table of curves, as text.

    Parameters
    ----------
    result
        A sweep.

    Returns
    -------
    list of list of str
        One cell per title of `CURVE_HEADER`; the changes at the smallest and largest value of the first axis, the
        greatest one and where it is, and the response to doses.
    """
    return [_row(result, curve) for curve in result.curves]


def _row(result: SweepResult, curve: Curve) -> list[str]:
    axis = result.work.axes[0]
    where = "".join(f" {name}={value:.4g}" for name, value in curve.at.items())
    ends = [f"{curve.change[k]:+.3f}" if np.isfinite(curve.change[k]) else "failed" for k in (0, -1)]
    name = [curve.readout, curve.arm + where, curve.formalism, *ends]
    if not np.isfinite(curve.change).any():
        return [*name, "failed", "-", "-"]
    k = int(np.nanargmax(np.abs(curve.change)))
    most = f"{ARROWS[curve.directions[k]]} {curve.change[k]:+.3f} @ {axis.values[k]:.4g}"
    share = f"{curve.agreement[k]:.0%}" if curve.agreement.size else "-"
    return [*name, most, share, response_words(curve, axis.factor.unit)]


def response_words(curve: Curve, unit: str) -> str:
    """Say what kind of response a curve is.

    Parameters
    ----------
    curve
        The curve.
    unit
        Unit of the doses.

    Returns
    -------
    str
        Such as ``ED50 2.1 uM (1.9–2.4)``, or ``bell (18 uM)`` with its peak; ``-`` where the axis is no dose.
    """
    response = curve.response
    if response is None:
        return "-"
    if response.kind != HILL:
        return {
            "none": "no response",
            "bell": f"bell ({response.peak:.3g} {unit})",
            "wavy": "not monotone",
            "open": "still changing at the largest dose",
            "full": "full at the smallest dose",
            "unsure": "no Hill curve",
        }[response.kind]
    count, low, high = curve.fitted
    low, high = (low, high) if count else (response.low, response.high)
    return f"ED50 {response.ed50:.3g} {unit} ({low:.3g}–{high:.3g})"


def sweep(
    work: SweepWork,
    folder: Path | None = None,
    *,
    chunk: int | None = None,
    spread: Spread = here,
    progress: Progress | None = None,
) -> SweepResult:
    """Run a sweep, or go on with one.

    Parameters
    ----------
    work
        What is swept.
    folder
        Where results are kept as they are finished; in memory alone by default.
    chunk, spread, progress
        As in `run_work`.

    Returns
    -------
    SweepResult
        Every sample; the same bytes for any number of threads and processes, and after every stop.

    Raises
    ------
    FileFormatError
        When the folder holds something else, or cannot be written; what is finished is kept.
    SolveError
        When worker processes are gone; what is finished is kept.
    """
    return SweepResult(work, run_work(work, folder, chunk=chunk, spread=spread, progress=progress))


def prepared(
    model: Model,
    scenario: Scenario,
    axes: Sequence[str],
    *,
    readouts: Sequence[str] = (),
    formalism: str = "",
    draws: int = 0,
    seed: int | None = None,
) -> tuple[SweepWork, tuple[tuple[str, str], ...]]:
    """Make a sweep ready to run; of arms that do the same at every point only the first one is kept.

    Parameters
    ----------
    model, scenario
        What is swept; its expectations are left out.
    axes
        As in `axis_of`.
    readouts, formalism, seed
        Take the place of those of the scenario where they are given.
    draws
        Size of the ensemble. Draws belong to the ODE; the Boolean model is sampled in the reference alone.

    Returns
    -------
    tuple
        The work, and (arm left out, arm that does the same) for each arm that is left out.

    Raises
    ------
    RemodelsimError
        When an axis, a readout or a number is wrong.
    """
    asked = replace(
        scenario,
        readouts=tuple(dict.fromkeys(model.readout(name).name for name in readouts)) or scenario.readouts,
        formalism=formalism or scenario.formalism,
        seed=scenario.seed if seed is None else seed,
        expectations=(),
    )
    drawn = draws if "ode" in asked.formalisms else 0
    work = SweepWork(model, asked, axes_of(model, asked, tuple(axes)), drawn)
    work.check()
    kept: dict[tuple[Protocol, ...], str] = {}
    same: list[tuple[str, str]] = []
    for arm in sorted(asked.arms, key=lambda arm: arm.name != asked.baseline):
        first = kept.setdefault(work.doings(arm.name), arm.name)
        if first != arm.name:
            same.append((arm.name, first))
    left = {name for name, _ in same}
    if not left:
        return work, ()
    arms = tuple(arm for arm in asked.arms if arm.name not in left)
    return SweepWork(model, replace(asked, arms=arms), work.axes, drawn), tuple(same)
