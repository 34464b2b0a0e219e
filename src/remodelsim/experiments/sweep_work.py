"""The work of a sweep: a scenario at every point of a grid, in the reference and in draws."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..engines.ode.stability import healthy_is_stable
from ..files.columns import Columns
from ..ground.errors import RemodelsimError, ScenarioError, SolveError
from ..ground.version import VERSION
from ..nouns.fingerprint import model_hash
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from ..nouns.scenario import Scenario
from .axes import Axis
from .draws import Draw, Engine, engine_of
from .trials import NO_HEALTH, boolean_trials, impossible, ode_trials, spread_of
from .work import MOST_SAMPLES, STATUS

REPLICATES = 16
MOST_POINTS = 1_000_000


class Place(NamedTuple):
    """Where a sample stands: which variant of the model, which draw of it (0 is the reference), which protocols."""

    variant: int
    draw: int
    doing: int


@dataclass(frozen=True)
class SweepWork:
    """All samples of a sweep: every point of the grid in the reference and in each draw.

    Samples lie in the order of variants of the model, then draws, then what is done, so that what takes time to make is
    made once. The Boolean model is sampled in the reference alone.

    Parameters
    ----------
    model, scenario
        What is run.
    axes
        What is changed.
    draws
        Size of the ensemble.
    replicates
        Replicates of the Boolean sample.

    Raises
    ------
    ScenarioError
        When the grid is empty or too large, or a point of it contradicts itself.
    """

    model: Model
    scenario: Scenario
    axes: tuple[Axis, ...]
    draws: int = 0
    replicates: int = REPLICATES
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        points = math.prod(len(axis.values) for axis in self.axes)
        if not self.axes or self.draws < 0 or self.replicates < 2:
            raise ScenarioError("a sweep needs an axis, 0 or more draws, and at least 2 replicates")
        if points > MOST_POINTS or self.samples > MOST_SAMPLES:
            raise ScenarioError(
                f"{points} points in {self.draws + 1} draws are too many",
                allowed=[f"{MOST_POINTS} points", f"{MOST_SAMPLES} samples"],
                cure="Take fewer steps or draws.",
            )
        self.doings(self.scenario.baseline)

    def __reduce__(self) -> tuple[Any, ...]:
        return SweepWork, (self.model, self.scenario, self.axes, self.draws, self.replicates)

    def _shape(self, *, of_model: bool) -> list[int]:
        return [len(axis.values) for axis in self.axes if axis.factor.of_model == of_model]

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return math.prod(len(axis.values) for axis in self.axes) * (self.draws + 1)

    @property
    def identity(self) -> dict[str, object]:
        """What the results depend on."""
        scenario = self.scenario
        arms = {arm.name: repr(arm.protocol) for arm in scenario.arms}
        return {
            "kind": "sweep",
            "remodelsim": VERSION,
            "numpy": np.__version__,
            "model": model_hash(self.model),
            "cells": self.model.cells.name,
            "scenario": scenario.name,
            "axes": {axis.name: axis.identity() for axis in self.axes},
            "arms": arms,
            "baseline": scenario.baseline,
            "readouts": list(scenario.readouts),
            "horizon": scenario.horizon,
            "formalism": scenario.formalism,
            "draws": self.draws,
            "seed": scenario.seed,
            "replicates": self.replicates,
        }

    def places(self, first: int, stop: int) -> list[Place]:
        """Return where samples stand."""
        shape = (math.prod(self._shape(of_model=True)), self.draws + 1, math.prod(self._shape(of_model=False)))
        found = np.unravel_index(np.arange(first, stop), shape)
        return [Place(*(int(i) for i in row)) for row in zip(*found, strict=True)]

    def _indices(self, number: int, *, of_model: bool) -> Iterator[tuple[int, Axis, int]]:
        """Yield the position of each axis of one kind, the axis, and which of its values a number means."""
        which = np.unravel_index(number, self._shape(of_model=of_model) or [1])
        k = 0
        for position, axis in enumerate(self.axes):
            if axis.factor.of_model == of_model:
                yield position, axis, int(which[k])
                k += 1

    def point(self, place: Place) -> tuple[int, ...]:
        """Return which value of each axis, in the order of the axes, a sample has."""
        out = [0] * len(self.axes)
        for number, of_model in ((place.variant, True), (place.doing, False)):
            for position, _, index in self._indices(number, of_model=of_model):
                out[position] = index
        return tuple(out)

    def protocols(self, doing: int) -> list[Protocol]:
        """Return what is done in the arms at one point of the axes that change it.

        Raises
        ------
        ScenarioError
            When two axes contradict each other there.
        """
        found = [arm.protocol for arm in self.scenario.arms]
        names = []
        for _, axis, index in self._indices(doing, of_model=False):
            names.append(f"{axis.name}={axis.values[index]:g}")
            try:
                found = axis.factor.in_arms(self.scenario, found, axis.values[index])
            except RemodelsimError as error:
                raise error.at(", ".join(names)) from None
        return found

    def check(self) -> None:
        """Refuse points that cannot be run, before anything is computed.

        Raises
        ------
        ScenarioError
            When drugs exclude each other somewhere; says where.
        """
        seen: set[Protocol] = set()
        for k in range(math.prod(self._shape(of_model=False))):
            for protocol in self.protocols(k):
                reason = "" if protocol in seen else impossible(self.model, protocol, self.scenario.horizon)
                seen.add(protocol)
                if reason:
                    where = [f"{a.name}={a.values[i]:g}" for _, a, i in self._indices(k, of_model=False)]
                    raise ScenarioError(reason, where=", ".join(where))

    def doings(self, arm: str) -> tuple[Protocol, ...]:
        """Return what is done in an arm at every point of the axes that change it.

        Raises
        ------
        ScenarioError
            When two axes contradict each other somewhere.
        """
        position = [a.name for a in self.scenario.arms].index(arm)
        return tuple(self.protocols(k)[position] for k in range(math.prod(self._shape(of_model=False))))

    def ends(self) -> list[Protocol]:
        """Return what is done in the arms where all axes that change it have their smallest or their largest value."""
        return [*self.protocols(0), *self.protocols(math.prod(self._shape(of_model=False)) - 1)]

    def changes(self, arm: str) -> bool:
        """Tell whether any axis changes what an arm is."""
        return any(axis.factor.of_model for axis in self.axes) or len(set(self.doings(arm))) > 1

    def _variant(self, number: int, needed: Sequence[int]) -> tuple[Model, dict[int, Draw]]:
        """Return a variant of the model and those of its draws that have a stable healthy state; 0 is the reference."""
        if self._made.get("variant") != number:
            self._made.clear()
            self._made.update(variant=number, engine=self._engine(number))
        engine: Engine | None = self._made["engine"]
        if engine is None:
            return self.model, {}
        draws, drawn = {0: engine.reference}, [d for d in needed if d > 0]
        if drawn:
            first = min(drawn)
            try:
                found = engine.ensemble(max(drawn) - first + 1, self.scenario.seed, first - 1).draws
            except SolveError:
                found = ()
            draws.update((first + k, draw) for k, draw in enumerate(found))
        return engine.model, draws

    def _engine(self, number: int) -> Engine | None:
        """Return the engine of a variant of the model, None where it has no stable healthy state."""
        model = self.model
        try:
            for _, axis, index in self._indices(number, of_model=True):
                model = axis.factor.in_model(model, axis.values[index])
            engine = engine_of(model) if model is self.model else Engine(model)
            reference = engine.reference
        except RemodelsimError:
            return None
        stable = model is self.model or healthy_is_stable(engine.program, reference.constants, reference.wiring)
        return engine if stable else None

    def compute(self, first: int, stop: int) -> Columns:
        """Compute some samples; see `Work`.

        Parameters
        ----------
        first, stop
            The first one and the one after the last.

        Returns
        -------
        dict
            ``draw``, the axes by name, ``status``, ``ode.ARM.READOUT``, ``boolean.ARM.READOUT`` and its ``.error``.
        """
        places = self.places(first, stop)
        points = np.array([self.point(place) for place in places])
        out: Columns = {"draw": np.array([place.draw for place in places], np.int64)}
        for k, axis in enumerate(self.axes):
            out[axis.name] = np.asarray(axis.values)[points[:, k]]
        out[STATUS] = np.zeros(len(places), np.int64)
        readouts = [self.model.readout(name) for name in self.scenario.readouts]
        for name in self.column_names():
            out[name] = np.full(len(places), np.nan)
        for variant in sorted({place.variant for place in places}):
            rows = [k for k, place in enumerate(places) if place.variant == variant]
            model, draws = self._variant(variant, [places[k].draw for k in rows])
            alive = [k for k in rows if places[k].draw in draws]
            out[STATUS][[k for k in rows if places[k].draw not in draws]] = NO_HEALTH
            if "ode" in self.scenario.formalisms:
                self._ode(out, model, readouts, [(k, draws[places[k].draw], places[k].doing) for k in alive])
            if "boolean" in self.scenario.formalisms:
                sampled = [(k, places[k].doing) for k in alive if places[k].draw == 0]
                if sampled:
                    self._boolean(out, model, readouts, draws[0], sampled)
        return out

    def column_names(self) -> list[str]:
        """Return the names of the columns that hold results."""
        pairs = [f"{arm.name}.{name}" for arm in self.scenario.arms for name in self.scenario.readouts]
        out = [f"ode.{pair}" for pair in pairs] if "ode" in self.scenario.formalisms else []
        if "boolean" in self.scenario.formalisms:
            out += [f"boolean.{pair}{end}" for pair in pairs for end in ("", ".error")]
        return out

    def _ode(
        self, out: Columns, model: Model, readouts: Sequence[Readout], rows: Sequence[tuple[int, Draw, int]]
    ) -> None:
        # arms that a point does not change are run once per draw
        number: dict[tuple[int, Protocol], int] = {}
        trials: list[tuple[Draw, Protocol]] = []
        wanted = []
        for k, draw, doing in rows:
            for arm, protocol in zip(self.scenario.arms, self.protocols(doing), strict=True):
                if (id(draw), protocol) not in number:
                    number[id(draw), protocol] = len(trials)
                    trials.append((draw, protocol))
                wanted.append((k, arm.name, number[id(draw), protocol]))
        if not trials:
            return
        values, status = ode_trials(model, trials, readouts, self.scenario.horizon)
        for k, arm_name, trial in wanted:
            out[STATUS][k] = max(out[STATUS][k], status[trial])
            for j, readout in enumerate(readouts):
                out[f"ode.{arm_name}.{readout.name}"][k] = values[trial, j]

    def _boolean(
        self,
        out: Columns,
        model: Model,
        readouts: Sequence[Readout],
        draw: Draw,
        rows: Sequence[tuple[int, int]],
    ) -> None:
        protocols = {k: self.protocols(doing) for k, doing in rows}
        number: dict[Protocol, int] = {}
        for protocol in (p for found in protocols.values() for p in found):
            number.setdefault(protocol, len(number))
        estimates = boolean_trials(
            model,
            draw,
            list(number),
            readouts,
            self.scenario.horizon,
            replicates=self.replicates,
            seed=self.scenario.seed,
        )
        errors = spread_of(estimates)
        for k, found in protocols.items():
            for arm, protocol in zip(self.scenario.arms, found, strict=True):
                for j, readout in enumerate(readouts):
                    out[f"boolean.{arm.name}.{readout.name}"][k] = estimates[0, number[protocol], j]
                    out[f"boolean.{arm.name}.{readout.name}.error"][k] = errors[number[protocol], j]
