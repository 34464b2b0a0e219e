"""What a sensitivity analysis varies, within which range, and which numbers belong together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cells import PARAMETERS
from ..ground.errors import ScenarioError
from ..nouns.intervention import Dosing
from ..nouns.model import Model
from ..nouns.scenario import Scenario
from .factors import OF_CELLS, OF_EDGES, Factor, check_value, factor_of
from .numbers import LEAST_GAIN

Floats = NDArray[np.float64]
KINETICS = ("tau", "gain", "level", OF_EDGES)
COUPLING, POTENCY = "coupling", "potency"
SETS = ("kinetics", *KINETICS, COUPLING, OF_CELLS, POTENCY)
BY = ("number", "node", "kind", "theme")
_SHAPE = "NAME=LOW:HIGH or NAME=LOW:HIGH:log"


@dataclass(frozen=True)
class Uncertain:
    """One number with its range.

    Parameters
    ----------
    factor
        What it is; of "coupling" and "potency" the factor by which these are bent, 1 in the reference.
    low, high
        Ends of the range, in the factor's unit.
    scale
        "lin", "log" or "logit": on which scale every value is as likely as any other.
    theme
        Lane of its node, "cells" or "doses".
    place
        Where a coupling or an effect stands: its number, or compound and number.

    Raises
    ------
    ScenarioError
        When the range is empty, or no range of its scale.
    """

    factor: Factor
    low: float
    high: float
    scale: str
    theme: str
    place: tuple[str, int] = ("", -1)

    def __post_init__(self) -> None:
        name = self.factor.name
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ScenarioError(
                f"{name} has no range from {self.low:g} to {self.high:g}", cure="Put the lower end first."
            )
        if self.scale == "log" and not self.low > 0.0:
            raise ScenarioError(f"{name} cannot be varied on a log scale from {self.low:g}", allowed=["above 0"])

    @property
    def name(self) -> str:
        """Its name."""
        return self.factor.name

    def value(self, share: Floats | float) -> Floats:
        """Return the values at shares of the way from the lower to the upper end."""
        ends = _SCALES[self.scale][0](np.array([self.low, self.high]))
        return np.asarray(_SCALES[self.scale][1](ends[0] + (ends[1] - ends[0]) * np.asarray(share)))

    def share(self, value: float) -> float:
        """Return where a value lies between the ends, as a share of the way."""
        low, here, high = _SCALES[self.scale][0](np.array([self.low, value, self.high]))
        return float((here - low) / (high - low))

    def group(self, by: str) -> str:
        """Return the group that it belongs to when numbers are grouped `by` number, node, kind or theme."""
        if by == "number":
            return self.name
        if by == "kind":
            return self.factor.what
        return self.theme if by == "theme" else self.factor.subject[-1]

    def identity(self) -> list[object]:
        """Return what tells it from another, as JSON values."""
        return [self.name, self.low, self.high, self.scale]


def _identity(x: Floats) -> Floats:
    return x


def _logit(x: Floats) -> Floats:
    return np.asarray(np.log(x / (1.0 - x)))


def _expit(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


_SCALES: Mapping[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "lin": (_identity, _identity),
    "log": (np.log, np.exp),
    "logit": (_logit, _expit),
}


def space_of(model: Model, scenario: Scenario, over: Sequence[str]) -> tuple[Uncertain, ...]:
    """Read what is varied.

    Parameters
    ----------
    model, scenario
        The model and what is asked.
    over
        Sets such as ``kinetics`` (within the ranges of ensemble.yaml), or single numbers, ``RANKL.tau=6:48:log``; a
        number of the model without a range has the one of the ensemble.

    Returns
    -------
    tuple of Uncertain
        Each number once; a range that is given takes the place of that of a set.

    Raises
    ------
    ScenarioError
        When nothing is varied, a range is empty, or a number without a range has none in the ensemble.
    UnknownNameError
        When a name is unknown.
    """
    if not over:
        raise ScenarioError("nothing is varied", allowed=[*SETS, _SHAPE])
    found: dict[str, Uncertain] = {}
    own: dict[str, Uncertain] = {}
    for text in over:
        word = text.strip().lower()
        if word in SETS:
            found |= {
                u.name: u for what in (KINETICS if word == "kinetics" else (word,)) for u in _set(model, scenario, what)
            }
            continue
        one = _single(model, scenario, text)
        if one.name in own:
            raise ScenarioError(f"{one.name} is varied twice", cure="Give one range.")
        own[one.name] = one
    space = tuple({**found, **own}.values())
    if not space:
        raise ScenarioError(f"there is nothing to vary in {', '.join(over)}", cure="Give a compound, or another set.")
    return space


def _single(model: Model, scenario: Scenario, text: str) -> Uncertain:
    name, equals, written = (part.strip() for part in text.partition("="))
    factor = factor_of(model, name, scenario)
    if not equals:
        usual = next(
            (u for what in (*KINETICS, OF_CELLS) for u in _set(model, scenario, what) if u.name == factor.name), None
        )
        if usual is None:
            raise ScenarioError(f"{factor.name} has no usual range", cure=f"Write {_SHAPE}.")
        return usual
    parts = written.split(":")
    scale = parts[2].strip().lower() if len(parts) == 3 else "lin"
    try:
        low, high = (float(part) for part in parts[:2])
    except ValueError:
        raise ScenarioError(f"'{text}' is no range", cure=f"Write {_SHAPE}.") from None
    if len(parts) > 3 or scale not in {"lin", "log"}:
        raise ScenarioError(f"'{text}' is no range", cure=f"Write {_SHAPE}.")
    one = Uncertain(factor, low, high, scale, _theme(model, factor))
    for value in (low, high):
        check_value(factor, model, scenario, value, text)
    return one


def _theme(model: Model, factor: Factor) -> str:
    node = factor.subject[-1]
    if factor.what == OF_CELLS:
        return OF_CELLS
    return model.network.node(node).lane if node in model.network.index else "doses"


def _set(model: Model, scenario: Scenario, what: str) -> Iterator[Uncertain]:
    """Yield the numbers of a set that can matter to the differential equations."""
    spread, network = model.spread, model.network
    owned = {feedback.node for feedback in model.feedbacks}
    ruled = {name for name in network.index if not network.rules[name].is_input and name not in owned}
    if what in {"tau", "gain", "level"}:
        for node in network.nodes:
            if (what == "gain" and node.name not in ruled) or (what == "level" and node.level == 0.0):
                continue
            factor = factor_of(model, f"{node.name}.{what}")
            low, high, scale = _around(what, float(factor.reference or 0.0), getattr(spread, what))
            yield from _kept(factor, low, high, scale, node.lane)
    elif what == OF_EDGES:
        for edge in network.edges:
            if edge.target in ruled:
                name = f"{edge.source}->{edge.target}"
                factor = Factor(f"{name}.{what}", what, (edge.source, edge.target), "", name, name, edge.strength)
                low, high, scale = _around(what, edge.strength, spread.strength)
                yield from _kept(factor, low, high, scale, network.node(edge.target).lane)
    elif what == OF_CELLS:
        for number in model.cells.parameters:
            if number.symbol in PARAMETERS and not number.fixed:
                factor = factor_of(model, f"{OF_CELLS}.{number.symbol}")
                yield from _kept(factor, number.low, number.high, "lin", OF_CELLS)
    else:
        yield from _bent(model, scenario, what)


def _bent(model: Model, scenario: Scenario, what: str) -> Iterator[Uncertain]:
    """Yield couplings, or the ED50 of the effects of what is given, as factors on them."""
    spread = model.spread
    if what == COUPLING:
        for k, coupling in enumerate(model.couplings):
            name = f"{coupling.node}->{coupling.modulator}.{what}"
            factor = Factor(name, what, (coupling.modulator, coupling.node), "", name, name, 1.0)
            theme = model.network.node(coupling.node).lane
            yield from _kept(factor, 1.0 / spread.coupling, spread.coupling, "log", theme, ("", k))
        return
    given = {a.compound for arm in scenario.arms for a in arm.protocol if isinstance(a, Dosing)}
    for compound in (model.compounds[name] for name in sorted(given)):
        for k, effect in enumerate(compound.effects):
            name = f"{compound.name}->{effect.node}.{what}"
            labels = (f"{compound.label_en} -> {effect.node}", f"{compound.label_zh} -> {effect.node}")
            factor = Factor(name, what, (compound.name,), "", *labels, 1.0)
            yield from _kept(factor, 1.0 / spread.dose, spread.dose, "log", "doses", (compound.name, k))


def _around(what: str, here: float, spread: float) -> tuple[float, float, str]:
    """Return the range of the ensemble around a number of the tables."""
    if what == "gain":
        return max(here - spread, LEAST_GAIN), here + spread, "lin"
    if what == "level":
        ends = _expit(_logit(np.array([here])) + np.array([-spread, spread]))
        return float(ends[0]), float(ends[1]), "logit"
    high = here * spread
    return here / spread, min(high, 1.0) if what == OF_EDGES else high, "log"


def _kept(
    factor: Factor, low: float, high: float, scale: str, theme: str, place: tuple[str, int] = ("", -1)
) -> Iterator[Uncertain]:
    """Yield a number unless its range leaves no room."""
    if low < high:
        yield Uncertain(factor, low, high, scale, theme, place)
