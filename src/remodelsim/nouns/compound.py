"""Compounds: what they act on, how strongly, and at which dose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError, UnitError
from ..ground.units import KIND_NAMES, Amount

KINDS = ("natural", "drug", "hormone", "tool", "nutrient", "mixture", "microbial")
FORMALISMS = ("both", "boolean", "ode")
DRUGS = ("denosumab", "romosozumab", "bisphosphonate", "pth")


@dataclass(frozen=True, slots=True)
class DoseRange:
    """The doses of one kind that sources report.

    Parameters
    ----------
    default
        Dose that ``on`` means.
    low, high
        Reported range.
    claims
        Where the numbers come from.

    Raises
    ------
    ModelError
        When the numbers are out of order.
    """

    default: float
    low: float
    high: float
    claims: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= self.default <= self.high:
            raise ModelError(
                f"doses {self.low:g}, {self.default:g}, {self.high:g} are not in the order low, default, high"
            )


@dataclass(frozen=True, slots=True)
class Effect:
    """One action of a compound on one node.

    Parameters
    ----------
    node
        The target.
    sign
        +1 raises its activation, -1 lowers it.
    strength
        Share of the way at full occupancy, in (0, 1].
    ed50
        Dose of half occupancy, by kind of dose.
    toxic50
        Dose at which half of the action is lost again (a window), by kind of dose.
    hill, toxic_hill
        Steepness of the two.
    formalism
        "boolean" where the cell layer of the ODE carries the drug itself.
    phenomenological
        Whether the source gives an outcome without a mechanism.
    claims, assumption
        Its evidence.
    note
        What a reader of the data should know.

    Raises
    ------
    ModelError
        When a value is outside its range or there is no evidence.
    """

    node: str
    sign: int
    strength: float
    ed50: Mapping[str, float]
    toxic50: Mapping[str, float] = field(default_factory=dict)
    hill: float = 1.0
    toxic_hill: float = 4.0
    formalism: str = "both"
    phenomenological: bool = False
    claims: tuple[str, ...] = ()
    assumption: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        who = f"effect on {self.node}"
        if self.sign not in {1, -1}:
            raise ModelError(f"sign of the {who} is {self.sign}", allowed=["+1", "-1"])
        if not 0.0 < self.strength <= 1.0:
            raise ModelError(f"strength of the {who} is {self.strength:g}", allowed=["above 0 to 1"])
        if self.formalism not in FORMALISMS:
            raise ModelError(f"formalism of the {who} is '{self.formalism}'", allowed=FORMALISMS)
        for table in (self.ed50, self.toxic50):
            for unit, value in table.items():
                if unit not in KIND_NAMES:
                    raise ModelError(f"unit '{unit}' of the {who} is no kind of dose", allowed=KIND_NAMES)
                if not value > 0.0:
                    raise ModelError(f"dose {value:g} {unit} of the {who} is not above 0")
        if not (0.0 < self.hill <= 12.0 and 0.0 < self.toxic_hill <= 12.0):
            raise ModelError(f"steepness of the {who} is outside its range", allowed=["above 0 to 12"])
        if not self.claims and not self.assumption:
            raise ModelError(f"{who} has no evidence", cure="Give claim ids or an assumption with its reason.")

    def occupancy(self, dose: Amount) -> float:
        """Return the share of the action present at `dose`, in [0, 1]; 0 for a kind of dose it does not know.

        Parameters
        ----------
        dose
            A dose of any kind.

        Returns
        -------
        float
            Hill(dose; ed50), times 1 - Hill(dose; toxic50) where there is a window.
        """
        half = self.ed50.get(dose.unit)
        if half is None or dose.value <= 0.0:
            return 0.0
        present = hill(dose.value, half, self.hill)
        lost = self.toxic50.get(dose.unit)
        return present if lost is None else present * (1.0 - hill(dose.value, lost, self.toxic_hill))


def hill(dose: float, half: float, steepness: float) -> float:
    """Return dose^n / (dose^n + half^n) for a dose above 0.

    Parameters
    ----------
    dose, half
        The dose and that of half occupancy, both above 0.
    steepness
        n.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> hill(10.0, 10.0, 2.0)
    0.5
    """
    # in the logarithm, so that no dose is too small or too large
    return 0.5 * (1.0 + math.tanh(0.5 * steepness * (math.log(dose) - math.log(half))))


@dataclass(frozen=True, slots=True)
class Pharmacology:
    """How a drug of the cell layer is given.

    Parameters
    ----------
    drug
        Which drug level of the cell layer it raises.
    dose
        Labelled dose in `unit`.
    unit
        Unit of the dose.
    every_d
        Labelled days between doses.

    Raises
    ------
    ModelError
        When the drug is unknown or a number is not above 0.
    """

    drug: str
    dose: float
    unit: str
    every_d: float

    def __post_init__(self) -> None:
        if self.drug not in DRUGS:
            raise ModelError(f"the cell layer knows no drug '{self.drug}'", allowed=DRUGS)
        if not (self.dose > 0.0 and self.every_d > 0.0):
            raise ModelError(f"labelled dose of {self.drug} must be above 0")


@dataclass(frozen=True, slots=True)
class Compound:
    """A drug, natural compound, hormone or tool.

    Parameters
    ----------
    name
        Name as people and claims write it.
    label_en, label_zh, kind, identifier, synonyms, description
        What it is.
    doses
        Kind of dose to its reported range; the first is what ``on`` means.
    effects
        Its actions on nodes.
    pharmacology
        How the cell layer takes it up, for the drugs that it carries.

    Raises
    ------
    ModelError
        When it has neither effects nor pharmacology, no dose, or an effect that no kind of dose reaches.
    """

    name: str
    label_en: str
    label_zh: str
    kind: str
    doses: Mapping[str, DoseRange]
    effects: tuple[Effect, ...]
    identifier: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""
    pharmacology: Pharmacology | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ModelError(f"kind of {self.name} is '{self.kind}'", allowed=KINDS)
        if not self.doses:
            raise ModelError(f"compound {self.name} has no dose")
        for unit in self.doses:
            if unit not in KIND_NAMES:
                raise ModelError(f"unit '{unit}' of {self.name} is no kind of dose", allowed=KIND_NAMES)
        if not self.effects and self.pharmacology is None:
            raise ModelError(f"compound {self.name} does nothing")
        for effect in self.effects:
            if not set(effect.ed50) & set(self.doses):
                raise ModelError(f"no dose of {self.name} reaches its effect on {effect.node}", allowed=self.doses)

    @property
    def default_dose(self) -> Amount:
        """The dose that ``on`` means."""
        unit, doses = next(iter(self.doses.items()))
        return Amount(doses.default, unit)

    def check_dose(self, dose: Amount) -> None:
        """Refuse a dose of a kind that no source reports for this compound.

        Raises
        ------
        UnitError
            When the kind of dose is not known for the compound.
        """
        if dose.unit not in self.doses:
            raise UnitError(
                f"{self.name} has no dose in {dose.unit} ({KIND_NAMES[dose.unit]})",
                allowed=[f"{unit} ({KIND_NAMES[unit]})" for unit in self.doses],
                cure="Kinds of dose never turn into each other.",
            )
