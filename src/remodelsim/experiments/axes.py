"""Axes of a sweep: which factor, at which values, as written in ``Quercetin.dose=0.1:100:log:25``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import RemodelsimError, ScenarioError, UnitError
from ..ground.units import Amount, parse_amount, parse_days
from ..nouns.assignment import WORDS, level_of
from ..nouns.model import Model
from ..nouns.scenario import Scenario
from .factors import HELD, Factor, check_value, factor_of

Floats = NDArray[np.float64]
SPACINGS = ("lin", "log")
MOST_STEPS = 100_000
_SHAPE = "NAME=LOW:HIGH:lin:STEPS, NAME=LOW:HIGH:log:STEPS or NAME=A,B,C"
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-zµμ][A-Za-zµμ/]*)?\s*")
_WIDE = 20.0


@dataclass(frozen=True)
class Axis:
    """A factor and the values that it takes.

    Parameters
    ----------
    factor
        What is changed.
    values
        Ascending, in the factor's unit.
    spacing
        "lin" or "log": how the values lie, and how the axis is drawn.

    Raises
    ------
    ScenarioError
        When there are no values, or they do not ascend.
    """

    factor: Factor
    values: tuple[float, ...]
    spacing: str = "lin"

    def __post_init__(self) -> None:
        if not self.values:
            raise ScenarioError("an axis without values")
        if any(not low < high for low, high in pairwise(self.values)):
            raise ScenarioError(
                f"values of {self.factor.name} do not ascend or stand twice",
                cure="Write each once, the smallest first.",
            )

    @property
    def name(self) -> str:
        """Name of the factor."""
        return self.factor.name

    def identity(self) -> dict[str, object]:
        """Return what tells this axis from another, as JSON values."""
        return {"unit": self.factor.unit, "values": list(self.values)}


def axis_of(model: Model, scenario: Scenario, text: str) -> Axis:
    """Read an axis.

    Parameters
    ----------
    model, scenario
        What is swept.
    text
        ``NAME=LOW:HIGH:lin:STEPS``, ``NAME=LOW:HIGH:log:STEPS`` or ``NAME=A,B,C``; numbers may carry a unit.

    Returns
    -------
    Axis
        The axis.

    Raises
    ------
    UnknownNameError
        When there is no such factor.
    ScenarioError
        When the values are no values of it.
    UnitError
        When a unit is unknown or of another kind.
    """
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals or not name or not written:
        raise ScenarioError(f"'{text}' is no axis", cure=f"Write {_SHAPE}.")
    factor = factor_of(model, name, scenario)
    try:
        if ":" in written:
            factor, values, spacing = _range(factor, written)
        else:
            factor, values = _numbers(model, factor, [part.strip() for part in written.split(",")])
            spacing = "log" if values[0] > 0.0 and len(values) > 2 and values[-1] / values[0] >= _WIDE else "lin"
        axis = Axis(factor, values, spacing)
    except RemodelsimError as error:
        raise error.at(text) from None
    for value in (axis.values[0], axis.values[-1]):
        check_value(axis.factor, model, scenario, value, text)
    return axis


def axes_of(model: Model, scenario: Scenario, texts: list[str] | tuple[str, ...]) -> tuple[Axis, ...]:
    """Read the axes of a grid.

    Parameters
    ----------
    model, scenario
        What is swept.
    texts
        One per axis, as in `axis_of`.

    Returns
    -------
    tuple of Axis
        In their order.

    Raises
    ------
    ScenarioError
        When there is none, or one factor stands twice.
    RemodelsimError
        As `axis_of`.
    """
    if not texts:
        raise ScenarioError("nothing to sweep over", cure=f"Give at least one --over {_SHAPE}.")
    axes = tuple(axis_of(model, scenario, text) for text in texts)
    names = [axis.name for axis in axes]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise ScenarioError(f"{twice} is swept twice", cure="Put all its values into one axis.")
    return axes


def _range(factor: Factor, written: str) -> tuple[Factor, tuple[float, ...], str]:
    parts = [part.strip() for part in written.split(":")]
    if len(parts) != 4 or parts[2].lower() not in SPACINGS or not parts[3].isdecimal():
        raise ScenarioError(f"'{written}' is no range", cure=f"Write {_SHAPE}.")
    spacing, steps = parts[2].lower(), int(parts[3])
    if not 2 <= steps <= MOST_STEPS:
        raise ScenarioError(f"a range of {steps} steps makes no sense", allowed=[f"2 to {MOST_STEPS}"])
    factor, (low, high) = _units(factor, parts[:2])
    if not low < high:
        raise ScenarioError(f"the range from {parts[0]} to {parts[1]} is empty", cure="Write the smaller end first.")
    if spacing == "lin":
        return factor, tuple(float(v) for v in np.linspace(low, high, steps)), spacing
    if low <= 0.0:
        raise ScenarioError(
            f"a log range cannot start at {parts[0]}: zero has no logarithm",
            cure="Start above 0, or write lin, or a list such as 0,1,10.",
        )
    inner = np.exp(np.linspace(math.log(low), math.log(high), steps))[1:-1]
    # three steps per decade should read 0.1, 0.215 ..., not 0.09999
    return factor, (low, *(float(f"{v:.12g}") for v in inner), high), spacing


def _numbers(model: Model, factor: Factor, parts: list[str]) -> tuple[Factor, tuple[float, ...]]:
    if factor.what == HELD:
        healthy = model.network.node(factor.subject[0]).level
        parts = [repr(level_of(p.lower(), healthy)) if p.lower() in WORDS else p for p in parts]
    factor, values = _units(factor, parts)
    return factor, tuple(sorted(values))


def _units(factor: Factor, parts: list[str]) -> tuple[Factor, list[float]]:
    """Read numbers; a unit at the last one holds for those without."""
    split = []
    for part in parts:
        match = _NUMBER.fullmatch(part)
        if match is None:
            raise ScenarioError(f"'{part}' is no number" if part else "a value is missing", cure=f"Write {_SHAPE}.")
        if not math.isfinite(float(match.group(1))):
            raise ScenarioError(f"'{part}' is larger than any number")
        split.append((match.group(1), match.group(2) or ""))
    last = split[-1][1]
    told = [(number, unit or last) for number, unit in split]
    if not any(unit for _, unit in told):
        return factor, [float(number) for number, _ in told]
    if factor.what == "dose":
        amounts = [parse_amount(f"{number}{unit or factor.unit}") for number, unit in told]
        kinds = {amount.unit for amount in amounts}
        if len(kinds) > 1:
            raise UnitError(f"doses of several kinds ({', '.join(sorted(kinds))}) on one axis")
        return replace(factor, unit=amounts[0].unit), [amount.value for amount in amounts]
    if factor.unit == "d":
        return factor, [parse_days(f"{number}{unit or 'd'}") for number, unit in told]
    if factor.unit == "h":
        return factor, [24.0 * parse_days(f"{number}{unit or 'h'}") for number, unit in told]
    raise UnitError(f"{factor.name} is a pure number and takes no unit", cure=f"Leave '{last or told[0][1]}' away.")


def dose_axis(model: Model, text: str) -> Axis:
    """Read the doses of a compound, outside of any scenario.

    Parameters
    ----------
    model
        The model.
    text
        ``COMPOUND=LOW:HIGH:log:STEPS`` and the like; numbers without a unit are in that of the usual dose.

    Returns
    -------
    Axis
        The doses above 0.

    Raises
    ------
    ScenarioError
        When the values are no doses.
    UnknownNameError
        When there is no such compound.
    UnitError
        When a unit is unknown or of another kind.
    """
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals or not name or not written:
        raise ScenarioError(f"'{text}' is no axis", cure=f"Write {_SHAPE}.")
    factor = factor_of(model, name if name.lower().endswith(".dose") else f"{name}.dose")
    try:
        if ":" in written:
            factor, values, spacing = _range(factor, written)
        else:
            factor, values = _numbers(model, factor, [part.strip() for part in written.split(",")])
            spacing = "log"
        compound = model.compounds[factor.subject[0]]
        for value in values:
            compound.check_dose(Amount(value, factor.unit))
        return Axis(factor, tuple(value for value in values if value > 0.0), spacing)
    except RemodelsimError as error:
        raise error.at(text) from None
