"""Sensitivity: which numbers of the model or of a question an answer hangs on, and which it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..files.columns import Columns
from ..ground.markup import CLASSES, html_table
from ..nouns.model import Model
from ..nouns.scenario import Scenario
from .draws import engine_of
from .readings import scale_of
from .runs import Progress
from .sensitivity_indices import Indices, local_indices, morris_indices, sobol_indices
from .sensitivity_space import KINETICS, Uncertain, space_of
from .sensitivity_work import SensitivityWork
from .trials import FINE, NO_HEALTH
from .work import STATUS, Spread, here, run_work

Floats = NDArray[np.float64]
HEADER = ("rank", "what", "matters", "95 % interval", "direction", "other")
# more numbers than this are too many for base points of Sobol' one by one
MOST_SINGLE = 24
USUAL_SIZES = {"sobol": 256, "morris": 8, "local": 0}


# a total index above 1 by more than sampling explains, and an interval that leaves half of the variance open
_SLACK, _WIDEST = 0.1, 0.5


@dataclass(frozen=True)
class Influence:
    """How much one number, or a group of them, matters.

    Attributes
    ----------
    name, label_en, label_zh
        What it is called.
    theme
        Lane of its node, "cells", "doses", or empty for a group that has several.
    numbers
        How many numbers there are in it.
    size
        Total index of Sobol' (share of the variance); mean absolute effect of Morris, and absolute slope of "local",
        over the whole range, in percent of the readout's scale.
    low, high
        95 % interval of it by bootstrap; nan where there is none.
    signed
        Mean signed effect, or slope; nan where there is none.
    other
        First-order index of Sobol'; standard deviation of Morris.
    """

    name: str
    label_en: str
    label_zh: str
    theme: str
    numbers: int
    size: float
    low: float
    high: float
    signed: float
    other: float


@dataclass(frozen=True)
class Ranking:
    """What one readout of one arm hangs on, most first.

    Attributes
    ----------
    arm, readout
        Which.
    against
        The arm that is compared with; empty where the value itself is asked about.
    influences
        Largest first; those that could not be computed last.
    mean, spread
        Of the runs, in percent of the readout's scale.
    """

    arm: str
    readout: str
    against: str
    influences: tuple[Influence, ...]
    mean: float
    spread: float

    def unsettled(self) -> tuple[str, ...]:
        """Return the names whose share of the variance is no share, or known to no better than half of it."""
        return tuple(row.name for row in self.influences if row.size > 1.0 + _SLACK or row.high - row.low > _WIDEST)


@dataclass(frozen=True)
class Sensitivity:
    """What a sensitivity analysis found.

    Attributes
    ----------
    work
        What was varied, and how.
    columns
        Column to numbers, one row per point of the design.
    """

    work: SensitivityWork
    columns: Columns

    @property
    def failed(self) -> int:
        """How many points could not be computed."""
        return int((self.columns[STATUS] != FINE).sum())

    @property
    def rejected(self) -> int:
        """How many of these have no stable healthy state."""
        return int((self.columns[STATUS] == NO_HEALTH).sum())

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        """One per readout and arm that is compared with the baseline."""
        scenario = self.work.scenario
        arms = [arm.name for arm in scenario.arms if arm.name != scenario.baseline] or [scenario.baseline]
        return tuple(self._ranking(arm, readout) for readout in scenario.readouts for arm in arms)

    def changes(self, arm: str, readout: str) -> Floats:
        """Return a readout of an arm against the baseline at every point, in percent of its scale; nan if failed."""
        model, scenario = self.work.model, self.work.scenario
        scale = scale_of(model, model.readout(readout), "ode", engine_of(model).reference)
        own = self.columns[f"ode.{arm}.{readout}"]
        base = self.columns[f"ode.{scenario.baseline}.{readout}"] if arm != scenario.baseline else 0.0
        return np.where(self.columns[STATUS] == FINE, 100.0 * (own - base) / scale, np.nan)

    def _ranking(self, arm: str, readout: str) -> Ranking:
        y = self.changes(arm, readout)
        found = self._indices(y)
        rows = [self._influence(k, name, found) for k, name in enumerate(self.work.groups)]
        rows.sort(key=lambda row: (not np.isfinite(row.size), -row.size, row.name))
        seen = y[np.isfinite(y)]
        mean, spread = (float(seen.mean()), float(seen.std())) if seen.size else (np.nan, np.nan)
        against = self.work.scenario.baseline if arm != self.work.scenario.baseline else ""
        return Ranking(arm, readout, against, tuple(rows), mean, spread)

    def _indices(self, y: Floats) -> Indices:
        work = self.work
        if work.method == "sobol":
            return sobol_indices(y, len(work.groups), work.seed)
        if work.method == "morris":
            return morris_indices(work.points(), y, work.group, work.seed)
        return local_indices(work.points(), y)

    @cached_property
    def _members(self) -> Mapping[str, list[Uncertain]]:
        out: dict[str, list[Uncertain]] = {name: [] for name in self.work.groups}
        for one in self.work.space:
            out[one.group(self.work.by)].append(one)
        return out

    def _influence(self, k: int, name: str, found: Indices) -> Influence:
        members = self._members[name]
        themes = {one.theme for one in members}
        labels = self._labels(name, members[0])
        values = (float(part[k]) for part in (found.size, found.low, found.high, found.signed, found.other))
        return Influence(name, *labels, themes.pop() if len(themes) == 1 else "", len(members), *values)

    def _labels(self, name: str, first: Uncertain) -> tuple[str, str]:
        if self.work.by == "number":
            return first.factor.label_en, first.factor.label_zh
        if self.work.by == "node" and name in self.work.model.network.index:
            node = self.work.model.network.node(name)
            return node.label_en, node.label_zh
        return name, name

    def themes(self, ranking: Ranking) -> dict[str, float]:
        """Return what share each theme has of all that matters in a ranking, largest first.

        Parameters
        ----------
        ranking
            One of `rankings`.

        Returns
        -------
        dict
            Theme to share; shares of indices of Sobol' count what acts together once for each.
        """
        out: dict[str, float] = {}
        for row in ranking.influences:
            if row.theme and np.isfinite(row.size):
                out[row.theme] = out.get(row.theme, 0.0) + max(row.size, 0.0)
        total = sum(out.values()) or 1.0
        return dict(sorted(((name, size / total) for name, size in out.items()), key=lambda pair: -pair[1]))

    def _repr_html_(self) -> str:
        """Show the first ranking as a table in notebooks."""
        return html_table(HEADER, influence_rows(self.rankings[0]), CLASSES)


def influence_rows(ranking: Ranking, most: int = 20) -> list[list[str]]:
    """Return the rows of a ranking for a table.

    Parameters
    ----------
    ranking
        A ranking.
    most
        How many.

    Returns
    -------
    list of list of str
        As `HEADER`.
    """
    out = []
    for k, row in enumerate(ranking.influences[:most], start=1):
        interval = f"{row.low:.3g} to {row.high:.3g}" if np.isfinite(row.low) else "-"
        arrow = "-" if not np.isfinite(row.signed) else ("▲ up" if row.signed > 0.0 else "▼ down")
        other = f"{row.other:.3g}" if np.isfinite(row.other) else "-"
        out.append([str(k), row.name, f"{row.size:.3g}", interval, arrow, other])
    return out


def prepared(
    model: Model,
    scenario: Scenario,
    over: Sequence[str] = ("kinetics",),
    *,
    method: str = "morris",
    size: int = 0,
    by: str = "",
    readouts: Sequence[str] = (),
    seed: int | None = None,
) -> SensitivityWork:
    """Make a sensitivity analysis ready to run.

    Parameters
    ----------
    model, scenario
        What is asked; its expectations are left out.
    over
        As in `space_of`.
    method
        "sobol", "morris" or "local".
    size
        Base points of Sobol' or trajectories of Morris; a usual number by default.
    by
        "number", "node", "kind" or "theme"; by default numbers, for Sobol' themes where there are many numbers.
    readouts, seed
        Take the place of those of the scenario.

    Returns
    -------
    SensitivityWork
        The work.

    Raises
    ------
    RemodelsimError
        When something is unknown or makes no sense.
    """
    asked = replace(
        scenario,
        readouts=tuple(dict.fromkeys(model.readout(name).name for name in readouts)) or scenario.readouts,
        formalism="ode",
        expectations=(),
    )
    space = space_of(model, asked, over or KINETICS)
    usual = "theme" if method == "sobol" and len(space) > MOST_SINGLE else "number"
    number = size or USUAL_SIZES.get(method, 0)
    return SensitivityWork(model, asked, space, method, number, by or usual, scenario.seed if seed is None else seed)


def sensitivity(
    work: SensitivityWork,
    folder: Path | None = None,
    *,
    chunk: int | None = None,
    spread: Spread = here,
    progress: Progress | None = None,
) -> Sensitivity:
    """Run a sensitivity analysis, or go on with one.

    Parameters
    ----------
    work
        What is varied.
    folder, chunk, spread, progress
        As in `run_work`.

    Returns
    -------
    Sensitivity
        Every point and what follows from them; the same for any number of threads and processes.

    Raises
    ------
    FileFormatError
        When the folder holds something else, or cannot be written; what is finished is kept.
    SolveError
        When worker processes are gone; what is finished is kept.
    """
    return Sensitivity(work, run_work(work, folder, chunk=chunk, spread=spread, progress=progress))
