"""The causes of an effect: every action of a compound, every node that is held; and the arms without some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..ground.units import Amount
from ..nouns.compound import Compound, Effect
from ..nouns.intervention import Action, Clamp, Course, Dosing, Protocol
from ..nouns.model import Model

# compound, node, sign of an action that is left out; node "" and sign 0 for a drug of the cell layer
Key = tuple[str, str, int]
EFFECT, DRUG, HELD, COURSE, DOSE = "effect", "drug", "held", "course", "dose"


@dataclass(frozen=True)
class Cause:
    """One thing that an intervention does.

    Attributes
    ----------
    kind
        "effect" (a compound's action on a node), "drug" (its place in the cell layer), "held" (a node held),
        "course" (an input on a course), or "dose" (a compound whose dose differs from the one in the baseline).
    name
        Compound or node.
    node
        Node that it acts on; empty for a drug or a whole dose.
    sign
        +1 or -1 for an effect, 0 otherwise.
    occupancy
        Share of an effect that is present at the dose, in [0, 1]; 1 for the others.
    effect
        The effect, with its claims.
    action
        What the protocol says.
    """

    kind: str
    name: str
    node: str
    sign: int
    occupancy: float
    effect: Effect | None
    action: Action

    @property
    def key(self) -> Key:
        """By what it is left out of a run."""
        return (self.name, self.node, self.sign)

    def text(self) -> str:
        """Write the cause in symbols.

        Returns
        -------
        str
            Such as ``Quercetin -| RANKL`` or ``RANKL held at 0``.
        """
        if self.kind == EFFECT:
            return f"{self.name} {'→' if self.sign > 0 else '⊣'} {self.node}"
        if isinstance(self.action, Clamp):
            return f"{self.name} held at {self.action.level:g}"
        if isinstance(self.action, Course):
            return f"{self.name} on the course {self.action.course}"
        return f"{self.name} in the cell layer" if self.kind == DRUG else f"{self.name} at this dose"


@dataclass(frozen=True)
class Arm:
    """One arm to be simulated.

    Attributes
    ----------
    protocol
        What is done.
    off
        Actions of compounds that are left out.
    held
        Nodes that follow their course in the baseline, whatever is done.
    """

    protocol: Protocol
    off: frozenset[Key] = frozenset()
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doing:
    """What an intervention does beyond the baseline.

    Parameters
    ----------
    without
        The baseline.
    do
        What is done in addition; it wins where both say something.
    causes
        Every single thing that it does.
    """

    without: Protocol
    do: Protocol
    causes: tuple[Cause, ...]

    def arm(self, off: Collection[Cause] = (), held: tuple[str, ...] = ()) -> Arm:
        """Return the arm with the intervention, some causes switched off.

        Parameters
        ----------
        off
            Causes that are switched off; all of them for the baseline with its switches.
        held
            Nodes that follow their course in the baseline.

        Returns
        -------
        Arm
            The arm.
        """
        gone = {id(cause.action) for cause in off if cause.kind not in {EFFECT, DRUG}}
        kept = Protocol(tuple(action for action in self.do if id(action) not in gone))
        keys = frozenset(cause.key for cause in off if cause.kind in {EFFECT, DRUG})
        return Arm(self.without.override(kept), keys, held)

    @property
    def groups(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The interventions by name with the numbers of their causes; none where there is only one of them."""
        found: dict[str, list[int]] = {}
        for k, cause in enumerate(self.causes):
            found.setdefault(cause.name, []).append(k)
        return tuple((name, tuple(numbers)) for name, numbers in found.items()) if len(found) > 1 else ()

    def alone(self, on: Collection[Cause]) -> Arm:
        """Return the arm in which only these causes are left."""
        return self.arm([cause for cause in self.causes if cause not in on])

    def baseline(self, held: tuple[str, ...] = ()) -> Arm:
        """Return the arm without the intervention."""
        return Arm(self.without, frozenset(), held)


def doing_of(model: Model, without: Protocol, do: Protocol) -> Doing:
    """Take an intervention apart into its causes.

    Parameters
    ----------
    model
        The model, for the compounds.
    without
        The baseline.
    do
        What is done.

    Returns
    -------
    Doing
        The intervention and its causes; what the baseline already does is none.
    """
    causes: list[Cause] = []
    for action in do:
        if action in without.actions:
            continue
        if isinstance(action, Dosing):
            causes += _of_compound(model.compounds[action.compound], action, without)
        elif isinstance(action, Clamp):
            causes.append(Cause(HELD, action.node, action.node, 0, 1.0, None, action))
        else:
            causes.append(Cause(COURSE, action.node, action.node, 0, 1.0, None, action))
    return Doing(without, do, tuple(causes))


def _of_compound(compound: Compound, dosing: Dosing, without: Protocol) -> Iterable[Cause]:
    if any(isinstance(a, Dosing) and a.compound == dosing.compound for a in without):
        yield Cause(DOSE, compound.name, "", 0, 1.0, None, dosing)
        return
    for effect in compound.effects:
        present = effect.occupancy(Amount(dosing.amount.value, dosing.amount.unit))
        yield Cause(EFFECT, compound.name, effect.node, effect.sign, present, effect, dosing)
    if compound.pharmacology is not None and dosing.amount.value > 0.0:
        yield Cause(DRUG, compound.name, "", 0, 1.0, None, dosing)
