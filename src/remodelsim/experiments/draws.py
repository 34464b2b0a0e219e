"""Draws: the reference numbers of the tables, and an ensemble around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.anchor import anchored
from ..engines.boolean.tables import Tables, make_tables
from ..engines.gate import make_constants, published_constants
from ..engines.ode.join import ESTROGEN, Joint, pinned, pinned_at
from ..engines.ode.layout import Layout, make_layout
from ..engines.ode.pins import find_pins
from ..engines.ode.stability import healthy_is_stable
from ..engines.ode.system import Wiring
from ..engines.program import Constants, Program, compile_network
from ..ground.errors import ModelError, SolveError
from ..nouns.compound import Compound
from ..nouns.model import Model
from .numbers import Numbers, drawn_numbers, published_numbers
from .sides import Sides

Floats = NDArray[np.float64]
_MOST_TRIES = 50


@dataclass(frozen=True)
class Draw:
    """One set of numbers for the whole model, and the readings of what is disputed.

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
    compounds
        The compounds by name.
    readings
        Names of the readings that it holds and the model itself does not.
    numbers
        What it was joined from, so that one of them can be changed; None for the reference.
    """

    program: Program
    constants: Constants
    wiring: Wiring
    compounds: Mapping[str, Compound]
    potency: Mapping[tuple[str, int], float] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    numbers: Numbers | None = None

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
    # by the id of rules that `sides` keeps alive
    _bare_layouts: dict[int, Layout] = field(default_factory=dict, repr=False, compare=False)

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
                cure=f"Use the default or joerg2022 here; run it by itself: remodelsim run {cells.name}.",
            )
        return Joint(self.model.network, self.model.couplings, self.model.feedbacks, self.model.cells.values())

    @cached_property
    def reference(self) -> Draw:
        """The numbers of the tables."""
        constants = published_constants(self.model.network, self.program)
        return Draw(self.program, constants, self.joint.wiring(self.program, constants), self.model.compounds)

    @cached_property
    def layout(self) -> Layout:
        """Where each derivative stands in the sparse Jacobian."""
        return make_layout(self.program, [self.reference.wiring])

    @cached_property
    def sides(self) -> Sides:
        """The model under every combination of disputed readings that a draw may hold."""
        return Sides(self.model)

    @cached_property
    def published(self) -> Numbers:
        """The numbers of the tables, before they are joined."""
        return published_numbers(self.sides.under(()), self.model.couplings)

    def ensemble(self, size: int, seed: int, first: int = 0) -> Ensemble:
        """Return `size` draws around the reference: kinetics within their ranges, disputed readings by weight.

        Parameters
        ----------
        size
            Number of draws.
        seed
            Seed; draw k depends on the seed and k alone.
        first
            Number of the first draw: the ensemble from 0 on, cut into parts, is the same ensemble.

        Returns
        -------
        Ensemble
            The draws and the number of rejected ones.

        Raises
        ------
        SolveError
            When the healthy state is unstable in almost every draw.
        """
        draws: dict[int, Draw] = {}
        rejected = 0
        for trial in range(_MOST_TRIES):
            missing = [k for k in range(first, first + size) if k not in draws]
            if not missing:
                break
            for k, draw in zip(missing, self.draws_of([self._drawn(seed, k, trial) for k in missing]), strict=True):
                if draw is None:
                    rejected += 1
                else:
                    draws[k] = draw
        if len(draws) < size:
            raise SolveError(
                f"the healthy state was unstable in {_MOST_TRIES} draws running", cure="Narrow models/ensemble.yaml."
            )
        return Ensemble(tuple(draws[k] for k in range(first, first + size)), rejected)

    def _drawn(self, seed: int, k: int, trial: int) -> Numbers:
        published = published_numbers(self.sides.drawn(seed, k), self.model.couplings)
        return drawn_numbers(published, self.model.spread, np.random.default_rng([seed, k, trial]))

    def draws_of(self, numbers: Sequence[Numbers]) -> list[Draw | None]:
        """Join numbers to draws, all of them at once.

        Parameters
        ----------
        numbers
            One entry per draw.

        Returns
        -------
        list of Draw or None
            None where there is no healthy state for the numbers, or an unstable one.
        """
        found = [self._bare(entry) for entry in numbers]
        forms: dict[int, list[int]] = {}
        for place, draw in enumerate(found):
            if draw is not None:
                forms.setdefault(id(draw.program), []).append(place)
        for places in forms.values():
            for place, draw in zip(places, self._pinned([d for p in places if (d := found[p])]), strict=True):
                found[place] = draw
        return found

    def _bare(self, numbers: Numbers) -> Draw | None:
        """Join numbers without regard to what is then counted twice."""
        side = numbers.side
        joint = self.joint
        if numbers.cells:
            joint = replace(joint, parameters={**joint.parameters, **numbers.cells})
        try:
            constants = make_constants(
                side.network, side.program, numbers.level, numbers.gain, numbers.tau_h, numbers.strength
            )
            wiring = joint.bare(constants, numbers.ends)
        except ModelError:
            return None
        return Draw(side.program, constants, wiring, side.compounds, numbers.potency, side.readings, numbers)

    def _pinned(self, draws: Sequence[Draw]) -> list[Draw | None]:
        """Count RANKL and estrogen once in candidates of the same rules, and keep those that are stable in health."""
        program, hormone = draws[0].program, self.model.network.index[ESTROGEN]
        if id(program) not in self._bare_layouts:
            self._bare_layouts[id(program)] = make_layout(program, [draws[0].wiring])
        pairs = [(draw.constants, draw.wiring) for draw in draws]
        pins = find_pins(self._bare_layouts[id(program)], pairs, hormone)
        out: list[Draw | None] = []
        for draw, pin in zip(draws, pins, strict=True):
            try:
                if np.isfinite(pin.signal):
                    wiring = pinned_at(draw.constants, draw.wiring, pin)
                else:
                    wiring = pinned(program, draw.constants, draw.wiring, hormone)
            except ModelError:
                out.append(None)
                continue
            stable = healthy_is_stable(program, draw.constants, wiring)
            out.append(replace(draw, wiring=wiring) if stable else None)
        return out


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
