"""The work of a sensitivity analysis: a scenario at every point of a design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files.columns import Columns
from ..ground.errors import RemodelsimError, ScenarioError
from ..ground.version import VERSION
from ..nouns.fingerprint import model_hash
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.scenario import Scenario
from .draws import Draw, engine_of
from .factors import OF_CELLS, OF_EDGES
from .numbers import Numbers
from .sensitivity_design import design, design_size
from .sensitivity_space import BY, COUPLING, POTENCY, Uncertain
from .trials import NO_HEALTH, ode_trials
from .work import STATUS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SensitivityWork:
    """All samples of a sensitivity analysis.

    Parameters
    ----------
    model, scenario
        What is run; the arms of the scenario are read at its horizon.
    space
        What is varied.
    method
        "sobol", "morris" or "local".
    size
        As in `design_size`.
    by
        How numbers are grouped: "number", "node", "kind" or "theme".
    seed
        Seed of the design.

    Raises
    ------
    ScenarioError
        When method, size or grouping make no sense together.
    """

    model: Model
    scenario: Scenario
    space: tuple[Uncertain, ...]
    method: str
    size: int
    by: str
    seed: int
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.by not in BY:
            raise ScenarioError(f"numbers cannot be grouped by '{self.by}'", allowed=BY)
        if self.method == "local" and self.by != "number":
            raise ScenarioError("local takes one number at a time", cure="Leave --by out, or take morris or sobol.")
        design_size(self.method, self.size, len(self.groups))

    def __reduce__(self) -> tuple[Any, ...]:
        return SensitivityWork, (
            self.model,
            self.scenario,
            self.space,
            self.method,
            self.size,
            self.by,
            self.seed,
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the order of the indices."""
        return tuple(dict.fromkeys(u.group(self.by) for u in self.space))

    @property
    def group(self) -> list[int]:
        """Number of the group of each number."""
        place = {name: k for k, name in enumerate(self.groups)}
        return [place[u.group(self.by)] for u in self.space]

    @property
    def samples(self) -> int:
        """How many points there are."""
        return design_size(self.method, self.size, len(self.groups))

    @property
    def identity(self) -> dict[str, object]:
        """What the results depend on."""
        scenario = self.scenario
        return {
            "kind": "sensitivity",
            "remodelsim": VERSION,
            "numpy": np.__version__,
            "SALib": version("SALib"),
            "model": model_hash(self.model),
            "cells": self.model.cells.name,
            "scenario": scenario.name,
            "arms": {arm.name: repr(arm.protocol) for arm in scenario.arms},
            "baseline": scenario.baseline,
            "readouts": list(scenario.readouts),
            "horizon": scenario.horizon,
            "method": self.method,
            "size": self.size,
            "by": self.by,
            "seed": self.seed,
            "space": {u.name: u.identity()[1:] for u in self.space},
        }

    def points(self) -> Floats:
        """Return the design, as shares of each number's range, shape (samples, numbers)."""
        if "points" not in self._made:
            groups = [u.group(self.by) for u in self.space]
            middle = np.array([u.share(self._reference(u)) for u in self.space])
            self._made["points"] = design(self.method, self.size, groups, self.seed, middle)
        return np.asarray(self._made["points"])

    def _reference(self, one: Uncertain) -> float:
        """Return the reference value of a number; the middle of its range where it has none inside."""
        here = one.factor.reference
        return float(here) if here is not None and one.low <= here <= one.high else float(one.value(0.5))

    def compute(self, first: int, stop: int) -> Columns:
        """Compute some samples; see `Work`.

        Parameters
        ----------
        first, stop
            The first one and the one after the last.

        Returns
        -------
        dict
            ``status`` and ``ode.ARM.READOUT``.
        """
        rows = self.points()[first:stop]
        values = np.stack([u.value(rows[:, k]) for k, u in enumerate(self.space)], axis=1)
        engine = engine_of(self.model)
        published = engine.published
        draws = engine.draws_of([self._numbers(published, row) for row in values])
        readouts = [self.model.readout(name) for name in self.scenario.readouts]
        out: Columns = {STATUS: np.zeros(len(rows), np.int64)}
        for name in self.column_names():
            out[name] = np.full(len(rows), np.nan)
        trials: list[tuple[Draw, Protocol]] = []
        wanted: list[tuple[int, str]] = []
        for k, draw in enumerate(draws):
            arms = self._arms(values[k])
            if draw is None or arms is None:
                out[STATUS][k] = NO_HEALTH
                continue
            trials += [(draw, protocol) for protocol in arms]
            wanted += [(k, arm.name) for arm in self.scenario.arms]
        if trials:
            found, status = ode_trials(self.model, trials, readouts, self.scenario.horizon)
            for (k, arm), row, state in zip(wanted, found, status.tolist(), strict=True):
                out[STATUS][k] = max(out[STATUS][k], state)
                for j, readout in enumerate(readouts):
                    out[f"ode.{arm}.{readout.name}"][k] = row[j]
        return out

    def column_names(self) -> list[str]:
        """Return the names of the columns that hold results."""
        return [f"ode.{arm.name}.{name}" for arm in self.scenario.arms for name in self.scenario.readouts]

    def _numbers(self, published: Numbers, row: Floats) -> Numbers:
        """Return the numbers of a point."""
        arrays = {
            "tau": published.tau_h.copy(),
            "gain": published.gain.copy(),
            "level": published.level.copy(),
            OF_EDGES: published.strength.copy(),
        }
        ends, cells, potency = list(published.ends), dict(published.cells), dict(published.potency)
        places = self._places()
        for one, place, value in zip(self.space, places, row.tolist(), strict=True):
            what = one.factor.what
            if what in arrays:
                arrays[what][place] = value
            elif what == OF_CELLS:
                cells[one.factor.subject[0]] = value
            elif what == COUPLING:
                low, high = published.ends[place]
                ends[place] = low**value, high**value
            elif what == POTENCY:
                potency[one.place] = value
        return replace(
            published,
            tau_h=arrays["tau"],
            gain=arrays["gain"],
            level=arrays["level"],
            strength=arrays[OF_EDGES],
            ends=tuple(ends),
            cells=cells,
            potency=potency,
        )

    def _places(self) -> list[int]:
        """Return where each number stands in its array."""
        if "places" not in self._made:
            network = self.model.network
            edges = {(edge.source, edge.target): k for k, edge in enumerate(network.edges)}
            self._made["places"] = [_place(one, network.index, edges) for one in self.space]
        return list(self._made["places"])

    def _arms(self, row: Floats) -> Sequence[Protocol] | None:
        """Return what is done in the arms at a point; None where it contradicts itself."""
        found = [arm.protocol for arm in self.scenario.arms]
        try:
            for one, value in zip(self.space, row.tolist(), strict=True):
                if one.factor.what not in _OF_NUMBERS:
                    found = one.factor.in_arms(self.scenario, found, value)
        except RemodelsimError:
            return None
        return found


_OF_NUMBERS = frozenset({"tau", "gain", "level", OF_EDGES, OF_CELLS, COUPLING, POTENCY})


def _place(one: Uncertain, nodes: Mapping[str, int], edges: Mapping[tuple[str, str], int]) -> int:
    if one.factor.what == OF_EDGES:
        return edges[one.factor.subject[0], one.factor.subject[1]]
    if one.factor.what in {"tau", "gain", "level"}:
        return nodes[one.factor.subject[0]]
    return one.place[1]
