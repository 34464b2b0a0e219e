"""Where the literature disagrees: disputes, and the readings that are their sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError
from .compound import Effect
from .rule import Rule


@dataclass(frozen=True, slots=True)
class EffectChange:
    """What a reading says about the actions of a compound on a node.

    Parameters
    ----------
    compound, node
        Whose action on what.
    sign
        Which of its actions: +1 or -1, or 0 for both.
    effect
        What takes their place; None where they are left out.

    Raises
    ------
    ModelError
        When the sign is none of the three, or the new action is on another node.
    """

    compound: str
    node: str
    sign: int = 0
    effect: Effect | None = None

    def __post_init__(self) -> None:
        if self.sign not in {-1, 0, 1}:
            raise ModelError(
                f"sign of {self.compound} on {self.node} is {self.sign}", allowed=["+1", "-1", "0 for both"]
            )
        if self.effect is not None and self.effect.node != self.node:
            raise ModelError(f"{self.compound} on {self.node} cannot turn into {self.compound} on {self.effect.node}")


@dataclass(frozen=True)
class Reading:
    """One side of a dispute.

    Parameters
    ----------
    name
        As questions write it after ``variant=``.
    weight
        Share of the ensemble that reads it so.
    effects
        What it changes in compounds.
    rules
        Node to the expression that holds instead; the word ``usual`` in it stands for the model's own. The signs of the
        edges follow.
    strengths
        (source, target) to the strength of that edge, an old one or one that a new rule needs.
    claims
        Its evidence.
    description
        What it says, in a sentence.

    Raises
    ------
    ModelError
        When the weight is not between 0 and 1, a strength is outside its range, or there is no evidence.
    RuleError
        When an expression cannot be read.
    """

    name: str
    weight: float
    effects: tuple[EffectChange, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    strengths: Mapping[tuple[str, str], float] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.weight <= 1.0:
            raise ModelError(f"weight of reading {self.name} is {self.weight:g}", allowed=["above 0 to 1"])
        for (source, target), strength in self.strengths.items():
            if not 0.0 < strength <= 1.0:
                raise ModelError(
                    f"reading {self.name} gives {source} -> {target} the strength {strength:g}",
                    allowed=["above 0 to 1"],
                )
        for target, text in self.rules.items():
            Rule.parse(target, text)
        if not self.claims and not self.description:
            raise ModelError(
                f"reading {self.name} has no evidence", cure="Give claim ids or a description with its reason."
            )

    @property
    def is_usual(self) -> bool:
        """Whether it is the reading that the model itself holds: it changes nothing."""
        return not (self.effects or self.strengths or self.rules)


@dataclass(frozen=True)
class Dispute:
    """A question on which sources disagree.

    Parameters
    ----------
    name, label_en, label_zh
        What it is about.
    readings
        The sides; exactly one of them is the usual one, and the weights add up to 1.

    Raises
    ------
    ModelError
        When there is no usual reading or more than one, a name stands twice, or the weights do not add up to 1.
    """

    name: str
    label_en: str
    label_zh: str
    readings: tuple[Reading, ...]

    def __post_init__(self) -> None:
        usual = [reading.name for reading in self.readings if reading.is_usual]
        if len(usual) != 1:
            raise ModelError(
                f"dispute {self.name} has {len(usual)} readings that change nothing",
                cure="Exactly one reading is the one that the model holds.",
            )
        names = [reading.name for reading in self.readings]
        if len(set(names)) < len(names):
            raise ModelError(f"dispute {self.name} names a reading twice")
        total = sum(reading.weight for reading in self.readings)
        if abs(total - 1.0) > 1e-9:
            raise ModelError(f"weights of dispute {self.name} add up to {total:g}, not to 1")

    @property
    def usual(self) -> Reading:
        """The reading that the model holds."""
        return next(reading for reading in self.readings if reading.is_usual)

    def pick(self, share: float) -> Reading:
        """Return the reading at `share` in [0, 1) of the weights, for drawing by weight.

        Examples
        --------
        >>> sides = (Reading("A", 0.6), Reading("B", 0.4, strengths={("X", "Y"): 0.1}))
        >>> Dispute("AB", "", "", sides).pick(0.7).name
        'B'
        """
        passed = 0.0
        for reading in self.readings:
            passed += reading.weight
            if share < passed:
                return reading
        return self.readings[-1]
