"""Draws: the reference numbers of the tables, and an ensemble around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.anchor import anchored
from ..engines.boolean.tables import Tables, make_tables
from ..engines.gate import make_constants, published_constants
from ..engines.ode.join import Joint
from ..engines.ode.layout import Layout, make_layout
from ..engines.ode.stability import healthy_is_stable
from ..engines.ode.system import Wiring
from ..engines.program import Constants, Program, compile_network
from ..ground.errors import ModelError, SolveError
from ..nouns.model import Model

Floats = NDArray[np.float64]
_MOST_TRIES = 50
LEAST_GAIN = 0.5


@dataclass(frozen=True)
class Draw:
    """One set of numbers for the whole model.

    Attributes
    ----------
    constants
        Levels, gains, times and strengths.
    wiring
        How network and cells are joined.
    potency
        (compound, number of the effect) to the factor on its ED50; 1 where missing.
    program
        The rules.
    """

    program: Program
    constants: Constants
    wiring: Wiring
    potency: Mapping[tuple[str, int], float] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Tables:
        """The rules of this draw as Boolean tables, anchored in health."""
        return anchored(make_tables(self.program, self.constants))


@dataclass(frozen=True)
class Ensemble:
    """Draws around the reference.

    Attributes
    ----------
    draws
        The draws whose healthy state is there and stable.
    rejected
        How many were thrown away because it was not.
    """

    draws: tuple[Draw, ...]
    rejected: int


@dataclass(frozen=True)
class Engine:
    """A model made ready to run: rules compiled, network and cells joined.

    Parameters
    ----------
    model
        The model.
    """

    model: Model

    @cached_property
    def program(self) -> Program:
        """The rules as arrays."""
        return compile_network(self.model.network)

    @cached_property
    def joint(self) -> Joint:
        """How network and cells are joined, the same for every draw.

        Raises
        ------
        ModelError
            When the cell preset is of a family that a network cannot drive.
        """
        cells = self.model.cells
        if cells.family != "joerg":
            raise ModelError(
                f"cell preset {cells.name} has equations of its own and cannot carry the network",
                cure="Use the default or joerg2022; the other presets run by themselves (models/cells/README.md).",
            )
        return Joint(self.model.network, self.model.couplings, self.model.feedbacks, self.model.cells.values())

    @cached_property
    def reference(self) -> Draw:
        """The numbers of the tables."""
        constants = published_constants(self.model.network, self.program)
        return Draw(self.program, constants, self.joint.wiring(self.program, constants))

    @cached_property
    def layout(self) -> Layout:
        """Where each derivative stands in the sparse Jacobian."""
        return make_layout(self.program, [self.reference.wiring])

    def ensemble(self, size: int, seed: int) -> Ensemble:
        """Return `size` draws around the reference.

        Parameters
        ----------
        size
            Number of draws.
        seed
            Seed; draw k depends on the seed and k alone.

        Returns
        -------
        Ensemble
            The draws and the number of rejected ones.

        Raises
        ------
        SolveError
            When the healthy state is unstable in almost every draw.
        """
        draws, rejected = [], 0
        for k in range(size):
            for trial in range(_MOST_TRIES):
                draw = self._draw(np.random.default_rng([seed, k, trial]))
                if draw is not None and healthy_is_stable(self.program, draw.constants, draw.wiring):
                    draws.append(draw)
                    break
                rejected += 1
            else:
                raise SolveError(
                    f"the healthy state was unstable in {_MOST_TRIES} draws running",
                    cure="Narrow models/ensemble.yaml.",
                )
        return Ensemble(tuple(draws), rejected)

    def _draw(self, rng: np.random.Generator) -> Draw | None:
        network, spread = self.model.network, self.model.spread
        reference = self.reference.constants
        n, e = reference.level.size, reference.strength.size
        strength = np.minimum(reference.strength * _factors(rng, spread.strength, e), 1.0)
        gain = np.maximum(reference.gain + rng.uniform(-spread.gain, spread.gain, n), LEAST_GAIN)
        tau = reference.tau * _factors(rng, spread.tau, n)
        level = _shifted(reference.level, rng.uniform(-spread.level, spread.level, n))
        bend = _factors(rng, spread.coupling, len(self.model.couplings))
        ends = [_bent(c.at_zero, c.at_one, f) for c, f in zip(self.model.couplings, bend, strict=True)]
        keys = [(c.name, k) for c in self.model.compounds.values() for k in range(len(c.effects))]
        potency = dict(zip(keys, _factors(rng, spread.dose, len(keys)).tolist(), strict=True))
        try:
            constants = make_constants(network, self.program, level, gain, tau * 24.0, strength)
            wiring = self.joint.wiring(self.program, constants, ends)
        except ModelError:
            return None
        return Draw(self.program, constants, wiring, potency)


def _factors(rng: np.random.Generator, largest: float, size: int) -> Floats:
    """Draw factors log-uniformly between 1/largest and largest."""
    return np.exp(rng.uniform(-np.log(largest), np.log(largest), size))


def _shifted(level: Floats, shift: Floats) -> Floats:
    """Shift levels in their logit; what is silent stays silent."""
    out = level.copy()
    awake = level > 0.0
    out[awake] = 1.0 / (1.0 + (1.0 / level[awake] - 1.0) * np.exp(-shift[awake]))
    return out


def _bent(at_zero: float, at_one: float, factor: float) -> tuple[float, float]:
    """Strengthen or weaken a coupling: its ends to the power `factor`, so that 0 stays 0 and 1 stays 1."""
    return at_zero**factor, at_one**factor


class _Engines:
    """Engines by model, so that a model is compiled once per process."""

    def __init__(self) -> None:
        self._known: dict[int, Engine] = {}

    def of(self, model: Model) -> Engine:
        known = self._known.get(id(model))
        if known is None or known.model is not model:
            known = Engine(model)
            self._known[id(model)] = known
        return known


_ENGINES = _Engines()


def engine_of(model: Model) -> Engine:
    """Return the engine of a model; the same object for the same model."""
    return _ENGINES.of(model)
