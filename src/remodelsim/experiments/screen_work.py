"""The work of a screen: many moves against one baseline, in the reference and in draws."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..files.columns import Columns
from ..ground.errors import ScenarioError
from ..ground.version import VERSION
from ..nouns.fingerprint import model_hash
from ..nouns.intervention import Action, Clamp, Dosing, Protocol, Span
from ..nouns.model import Model
from ..nouns.readout import Readout
from .draws import Draw, engine_of
from .moves import Move
from .readings import scale_of
from .trials import boolean_trials, ode_trials, spread_of
from .verdict import THRESHOLD
from .work import MOST_SAMPLES, STATUS

Floats: TypeAlias = NDArray[np.float64]
FORMALISMS = ("ode", "boolean", "both")
REPLICATES, FINER = 4, 16
# standard errors that decide whether a sampled direction is sure
_SURE = 3.0
_AGAIN = 1
# names that a manifest lists
_MOST_NAMES = 2_000


@dataclass(frozen=True)
class ScreenWork:
    """All samples of a screen: the baseline and every move, in the reference and in each draw.

    Parameters
    ----------
    model
        The model.
    moves
        What is tried.
    baseline
        What holds with and without.
    readouts
        Canonical names of what is read.
    day
        When it is read.
    formalism
        "ode", "boolean" or "both".
    draws, seed
        Size and seed of the ensemble; the seed is also that of the Boolean sample.

    Raises
    ------
    ScenarioError
        When nothing is tried or read, or a number is out of range.
    """

    model: Model
    moves: tuple[Move, ...]
    baseline: Protocol
    readouts: tuple[str, ...]
    day: float = 180.0
    formalism: str = "both"
    draws: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.moves:
            raise ScenarioError("nothing to screen", cure="Give --nodes all, --compounds all, or names.")
        if not self.readouts:
            raise ScenarioError("no readout is asked for")
        if self.formalism not in FORMALISMS:
            raise ScenarioError(f"unknown formalism '{self.formalism}'", allowed=FORMALISMS)
        if not (0.0 < self.day <= 36500.0):
            raise ScenarioError(f"a change cannot be read at day {self.day:g}", allowed=["above 0 to 36500 days"])
        if self.draws < 0 or self.samples > MOST_SAMPLES:
            raise ScenarioError(
                f"{len(self.moves)} moves in {self.draws + 1} draws are too many",
                allowed=[f"{MOST_SAMPLES} samples"],
                cure="Take fewer moves or draws.",
            )

    @property
    def formalisms(self) -> tuple[str, ...]:
        """The formalisms to run."""
        return ("ode", "boolean") if self.formalism == "both" else (self.formalism,)

    @property
    def samples(self) -> int:
        """How many samples there are: draw by draw, the baseline first."""
        return (len(self.moves) + 1) * (self.draws + 1)

    @property
    def identity(self) -> dict[str, object]:
        """What the results depend on."""
        return {
            "kind": "screen",
            "remodelsim": VERSION,
            "numpy": np.__version__,
            "model": model_hash(self.model),
            "cells": self.model.cells.name,
            "baseline": " & ".join(map(_done, self.baseline)) or "health",
            "moves": _named(self.moves),
            "readouts": list(self.readouts),
            "day": self.day,
            "formalism": self.formalism,
            "draws": self.draws,
            "seed": self.seed,
        }

    def protocol(self, move: int) -> Protocol:
        """Return what is done in a move, the baseline included; 0 is the baseline alone."""
        return self.baseline.override(self.moves[move - 1].protocol) if move else self.baseline

    def compute(self, first: int, stop: int) -> Columns:
        """Compute some samples; see `Work`.

        Parameters
        ----------
        first, stop
            The first one and the one after the last.

        Returns
        -------
        dict
            ``draw``, ``move`` (0 is the baseline), ``status``, ``ode.READOUT``, and of the Boolean model
            ``boolean.READOUT``, its ``.change`` against the baseline and the ``.error`` of that.
        """
        number, move = np.divmod(np.arange(first, stop), len(self.moves) + 1)
        out: Columns = {"draw": number.astype(np.int64), "move": move.astype(np.int64)}
        out[STATUS] = np.zeros(number.size, np.int64)
        readouts = [self.model.readout(name) for name in self.readouts]
        engine = engine_of(self.model)
        if "ode" in self.formalisms:
            draws: dict[int, Draw] = {0: engine.reference}
            if number[-1] > 0:
                begin = max(int(number[0]), 1)
                found = engine.ensemble(int(number[-1]) - begin + 1, self.seed, begin - 1).draws
                draws.update((begin + k, draw) for k, draw in enumerate(found))
            trials = [(draws[int(d)], self.protocol(int(m))) for d, m in zip(number, move, strict=True)]
            values, out[STATUS] = ode_trials(self.model, trials, readouts, self.day)
            for j, name in enumerate(self.readouts):
                out[f"ode.{name}"] = values[:, j]
        if "boolean" in self.formalisms:
            rows = np.flatnonzero(number == 0)
            found_values = self._boolean([int(m) for m in move[rows]], readouts) if rows.size else np.empty((3, 0, 0))
            for j, name in enumerate(self.readouts):
                for k, end in enumerate(("", ".change", ".error")):
                    column = out[f"boolean.{name}{end}"] = np.full(number.size, np.nan)
                    if rows.size:
                        column[rows] = found_values[k, :, j]
        return out

    def _boolean(self, moves: Sequence[int], readouts: Sequence[Readout]) -> Floats:
        """Return value, change and its error, shape (3, moves, readouts); what is not sure is sampled again."""
        draw = engine_of(self.model).reference
        limits = THRESHOLD * np.array([scale_of(self.model, r, "boolean", draw) for r in readouts])
        out = self._sampled(moves, readouts, REPLICATES, self.seed)
        away = np.abs(np.abs(out[1]) - limits)
        again = np.flatnonzero((away < _SURE * out[2]).any(axis=1))
        if again.size:
            other = int(np.random.SeedSequence([self.seed, _AGAIN]).generate_state(1)[0])
            out[:, again] = self._sampled([moves[int(k)] for k in again], readouts, FINER, other)
        return out

    def _sampled(self, moves: Sequence[int], readouts: Sequence[Readout], replicates: int, seed: int) -> Floats:
        draw = engine_of(self.model).reference
        change = np.empty((3, len(moves), len(readouts)))
        # protocols that are cut alike share a clock with the baseline cut in the same way
        groups: dict[tuple[float, ...], list[int]] = {}
        for place, move in enumerate(moves):
            groups.setdefault(self.protocol(move).times(), []).append(place)
        for places in groups.values():
            protocols = [self.baseline, *(self.protocol(moves[k]) for k in places)]
            found = boolean_trials(self.model, draw, protocols, readouts, self.day, replicates=replicates, seed=seed)
            pairs = found[:, 1:] - found[:, :1]
            change[0, places], change[1, places], change[2, places] = found[0, 1:], pairs[0], spread_of(pairs)
        return change


def _done(action: Action) -> str:
    """Return what an action of the baseline does, with every digit."""
    if isinstance(action, Dosing) and action == Dosing(action.compound, action.amount):
        return f"{action.compound}={action.amount.value!r}{action.amount.unit}"
    if isinstance(action, Clamp) and not action.yields and action.span == Span():
        return f"{action.node}={action.level!r}"
    return repr(action)


def _named(moves: Sequence[Move]) -> object:
    """Return the names of moves, or how many there are and a hash of their names."""
    names = [move.name for move in moves]
    if len(names) <= _MOST_NAMES:
        return names
    return {"count": len(names), "sha256": hashlib.sha256("\n".join(names).encode()).hexdigest()}
