"""What a published cell model was shown to do: inputs for a while, other numbers, or another start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ..ground.errors import ModelError


@dataclass(frozen=True, slots=True)
class Pulse:
    """Inputs that are given from one day to another.

    Parameters
    ----------
    start, stop
        Days.
    inputs
        Input of the equations to its value.

    Raises
    ------
    ModelError
        When it does not stop after it starts, gives nothing, or a number is not finite.
    """

    start: float
    stop: float
    inputs: Mapping[str, float]

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in (self.start, self.stop, *self.inputs.values())):
            raise ModelError("a pulse has a number that is not finite")
        if not 0.0 <= self.start < self.stop:
            raise ModelError(f"a pulse stops on day {self.stop:g}, not after it starts on day {self.start:g}")
        if not self.inputs:
            raise ModelError(f"the pulse from day {self.start:g} on gives nothing")


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One published run of a cell model.

    Parameters
    ----------
    name, label_en, label_zh
        What it is called.
    days
        How long it is followed.
    pulses
        What is given, one after the other.
    parameters
        Numbers that differ from the preset's.
    initial
        State at which it starts, where that is not rest.
    shift
        What is added to the state at which it starts.

    Raises
    ------
    ModelError
        When it is not followed at all, or pulses overlap or outlast it.

    Examples
    --------
    >>> Perturbation("PTH", "PTH from day 20 to 80", "", 140.0, (Pulse(20.0, 80.0, {"I_P": 1e3}),)).edges
    (0.0, 20.0, 80.0, 140.0)
    """

    name: str
    label_en: str
    label_zh: str
    days: float
    pulses: tuple[Pulse, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    initial: Mapping[str, float] = field(default_factory=dict)
    shift: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.days) and self.days > 0.0):
            raise ModelError(f"perturbation {self.name} is followed for {self.days:g} days", allowed=["more than 0"])
        for first, then in pairwise(self.pulses):
            if then.start < first.stop:
                raise ModelError(f"pulses of perturbation {self.name} overlap on day {then.start:g}")
        if self.pulses and self.pulses[-1].stop > self.days:
            raise ModelError(f"a pulse of perturbation {self.name} outlasts its {self.days:g} days")

    @property
    def edges(self) -> tuple[float, ...]:
        """Days at which inputs change, with the first and the last."""
        days = {0.0, self.days, *(day for pulse in self.pulses for day in (pulse.start, pulse.stop))}
        return tuple(sorted(days))

    def inputs_from(self, day: float) -> Mapping[str, float]:
        """Return what is given from `day` on."""
        return next((pulse.inputs for pulse in self.pulses if pulse.start <= day < pulse.stop), {})
