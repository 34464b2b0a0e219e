"""Presets of the bone-cell layer: a published or calibrated model as parameters with their sources."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..ground.errors import ModelError
from ..ground.names import nearest
from .perturbation import Perturbation

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES = ("joerg", "pivonka", "lemaire", "komarova", "graham")
CHANNELS = ("denosumab", "romosozumab", "bisphosphonate", "pth", "estrogen")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a model with the range in which it is plausible.

    Parameters
    ----------
    symbol
        Its letter in the equations.
    value
        Its value in `unit`.
    unit
        Unit, ``1`` for a pure number.
    low, high
        Range for ensembles and priors; both equal to `value` for a number that is fixed.
    source
        Where value and range come from.

    Raises
    ------
    ModelError
        When the symbol, unit or source is missing, or the numbers are not finite or out of order.

    Examples
    --------
    >>> Parameter("eta_C", 0.05, "1/d", 0.03, 0.08, "Parfitt").fixed
    False
    """

    symbol: str
    value: float
    unit: str
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        for part in ("symbol", "unit", "source"):
            if not getattr(self, part):
                raise ModelError(f"parameter '{self.symbol}' has no {part}")
        if not all(math.isfinite(number) for number in (self.low, self.value, self.high)):
            raise ModelError(f"parameter {self.symbol} is not a finite number")
        if not self.low <= self.value <= self.high:
            raise ModelError(
                f"parameter {self.symbol}: {self.low:g}, {self.value:g}, {self.high:g} "
                "are not in the order low, value, high"
            )

    @property
    def fixed(self) -> bool:
        """Whether the range leaves no room."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Exposure:
    """How doses of a drug become the level that the equations see.

    One compartment: a dose raises the level by `scale` times the dose and decays with `half_life`.

    Parameters
    ----------
    drug
        Name of the drug.
    channel
        Which level of the cell layer it raises, one of ``CHANNELS``.
    scale
        Level per mg (per mg/d for a rate), dimensionless.
    half_life
        Days.
    dose, every
        The labelled dose in mg and its period in days.
    low, high
        Doses in mg outside of which a user is warned.
    source
        Where scale, half-life and label come from.
    flows
        Whether the model was published with the drug flowing in at a constant rate instead of single doses.

    Raises
    ------
    ModelError
        When a number is not positive, the channel is unknown, or the doses are out of order.
    """

    drug: str
    channel: str
    scale: float
    half_life: float
    dose: float
    every: float
    low: float
    high: float
    source: str
    flows: bool = False

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise ModelError(
                f"{self.drug} acts through an unknown channel '{self.channel}'",
                nearest=nearest(self.channel, CHANNELS),
                allowed=CHANNELS,
            )
        for part in ("scale", "half_life", "dose", "every", "low"):
            number = getattr(self, part)
            if not math.isfinite(number) or number <= 0.0:
                raise ModelError(f"{self.drug}: {part} must be above 0, not {number:g}")
        if not self.low <= self.dose <= self.high:
            raise ModelError(f"{self.drug}: doses {self.low:g}, {self.dose:g}, {self.high:g} are out of order")
        if not self.source:
            raise ModelError(f"{self.drug} has no source")

    @property
    def decay(self) -> float:
        """Rate of decay per day."""
        return math.log(2.0) / self.half_life

    def outside_label(self, dose: float) -> str:
        """Say why `dose` (mg) is unusual, or nothing.

        Examples
        --------
        >>> model = Exposure("denosumab", "denosumab", 1.0, 25.0, 60.0, 182.5, 30.0, 120.0, "label")
        >>> model.outside_label(600.0)
        'denosumab 600 mg is outside the studied 30 to 120 mg'
        """
        if self.low <= dose <= self.high:
            return ""
        return f"{self.drug} {dose:g} mg is outside the studied {self.low:g} to {self.high:g} mg"


@dataclass(frozen=True, slots=True)
class CellPreset:
    """A model of the bone-cell layer, complete with its evidence.

    Parameters
    ----------
    name, label_en, label_zh
        What it is called.
    family
        Which equations it is for, one of ``FAMILIES``.
    parameters
        Every number of the equations.
    citation, doi
        Where the equations come from.
    exposures
        Drugs it knows.
    initial
        State at which its courses start, where that is not the steady state.
    states
        State to its label in English and Chinese.
    perturbations
        What it was published with, for a model that runs by itself.

    Raises
    ------
    ModelError
        When the family is unknown, a symbol or drug stands twice, or there is no citation.

    Examples
    --------
    >>> eta = Parameter("eta_C", 0.05, "1/d", 0.03, 0.08, "Parfitt")
    >>> CellPreset("mine", "Mine", "", "joerg", (eta,), "a paper").values()
    {'eta_C': 0.05}
    """

    name: str
    label_en: str
    label_zh: str
    family: str
    parameters: tuple[Parameter, ...]
    citation: str
    doi: str = ""
    exposures: tuple[Exposure, ...] = ()
    initial: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    perturbations: tuple[Perturbation, ...] = ()

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ModelError(
                f"cell preset {self.name} is of an unknown family '{self.family}'",
                nearest=nearest(self.family, FAMILIES),
                allowed=FAMILIES,
            )
        if not self.citation:
            raise ModelError(f"cell preset {self.name} has no citation")
        if not self.parameters:
            raise ModelError(f"cell preset {self.name} has no parameters")
        for kind, names in (
            ("parameter", [parameter.symbol for parameter in self.parameters]),
            ("drug", [exposure.drug for exposure in self.exposures]),
        ):
            for i, name in enumerate(names):
                if name in names[:i]:
                    raise ModelError(f"cell preset {self.name} gives the {kind} {name} twice")

    @property
    def alone(self) -> bool:
        """Whether it runs by itself, since no network can drive its equations."""
        return self.family != "joerg"

    def perturbation(self, name: str) -> Perturbation:
        """Return the published perturbation of a name.

        Raises
        ------
        ModelError
            When there is none.
        """
        known = {one.name: one for one in self.perturbations}
        if name not in known:
            raise ModelError(
                f"cell preset {self.name} knows no perturbation '{name}'", nearest=nearest(name, known), allowed=known
            )
        return known[name]

    def values(self) -> dict[str, float]:
        """Return symbol to value."""
        return {parameter.symbol: parameter.value for parameter in self.parameters}

    def exposure(self, drug: str) -> Exposure:
        """Return how doses of `drug` become its level.

        Raises
        ------
        ModelError
            When this preset does not know the drug.
        """
        known = {exposure.drug: exposure for exposure in self.exposures}
        if drug not in known:
            raise ModelError(
                f"cell preset {self.name} knows no drug '{drug}'", nearest=nearest(drug, known), allowed=known
            )
        return known[drug]
