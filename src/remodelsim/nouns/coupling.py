"""How the network and the bone cells hear each other."""

from __future__ import annotations

from dataclasses import dataclass

from ..ground.errors import ModelError


@dataclass(frozen=True, slots=True)
class Coupling:
    """A node that modulates a rate of the cell layer.

    The modulator is the Möbius curve through three points: `at_zero` at activity 0 (a knock-out, exactly), 1 at the
    healthy activity and `at_one` at full activity. It is smooth and monotone, so that the healthy state has a Jacobian;
    with ``at_zero = 0`` it stands for "x / x_r below, a rise to G above" without the kink.

    Parameters
    ----------
    node
        The node that is read.
    modulator
        The rate that it scales.
    at_zero, at_one
        Value of the modulator at activity 0 and 1; one of them below 1, the other above.
    claims, assumption
        Its evidence.

    Raises
    ------
    ModelError
        When 1 does not lie strictly between the two values, or one is negative, or there is no evidence.
    """

    node: str
    modulator: str
    at_zero: float
    at_one: float
    claims: tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        who = f"coupling {self.node} -> {self.modulator}"
        if min(self.at_zero, self.at_one) < 0.0:
            raise ModelError(f"{who} has a negative end")
        if not min(self.at_zero, self.at_one) < 1.0 < max(self.at_zero, self.at_one):
            raise ModelError(
                f"{who} runs from {self.at_zero:g} to {self.at_one:g}", allowed=["1 strictly between the ends"]
            )
        if not self.claims and not self.assumption:
            raise ModelError(f"{who} has no evidence", cure="Give claim ids or an assumption with its reason.")


@dataclass(frozen=True, slots=True)
class Feedback:
    """A node that the cell layer owns in the ODE: its activity follows q / (q + q_healthy).

    Parameters
    ----------
    node
        The node.
    quantity
        A state or output of the cell layer.
    claims, assumption
        Its evidence.

    Raises
    ------
    ModelError
        When there is no evidence.
    """

    node: str
    quantity: str
    claims: tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        if not self.claims and not self.assumption:
            raise ModelError(f"feedback {self.quantity} -> {self.node} has no evidence")


@dataclass(frozen=True, slots=True)
class Spread:
    """How widely the ensemble draws each kind of number.

    Parameters
    ----------
    strength, tau, coupling
        Largest factor by which edge strengths, time constants and the effect of couplings differ from the tables
        (drawn log-uniformly between 1/factor and factor).
    gain
        Largest difference of a gain (uniform).
    level
        Largest difference of the healthy level in its logit (uniform).
    dose
        Largest factor by which the ED50 of an effect differs.
    source
        Why these ranges.

    Raises
    ------
    ModelError
        When a factor is below 1 or a difference negative.
    """

    strength: float
    tau: float
    coupling: float
    gain: float
    level: float
    dose: float
    source: str

    def __post_init__(self) -> None:
        for name in ("strength", "tau", "coupling", "dose"):
            if not getattr(self, name) >= 1.0:
                raise ModelError(f"spread of {name} is a factor of {getattr(self, name):g}", allowed=["1 or more"])
        for name in ("gain", "level"):
            if not getattr(self, name) >= 0.0:
                raise ModelError(f"spread of {name} is {getattr(self, name):g}", allowed=["0 or more"])
