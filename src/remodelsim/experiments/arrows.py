"""The arrows that carry an effect, each with what it rests on: claims of the reviews, or an assumption that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..engines.gate import make_constants
from ..engines.ode.cells import CELL_STATES, MODULATORS, cell_jacobian, cell_output_jacobian
from ..engines.ode.system import CELLS, DRUG_COUNT, MODS, OUTS
from ..nouns.dispute import Reading
from ..nouns.evidence import Claim
from ..nouns.model import Model
from ..nouns.rule import Rule
from .causes import EFFECT, Cause
from .draws import Draw, engine_of

ACTION, RULE, COUPLING, CELL, FEEDBACK, READ = "action", "rule", "coupling", "cells", "feedback", "readout"
_SIGNS = {"increases": 1, "required_for": 1, "decreases": -1}
_DEGRADED = "_degradation"
STATES, BEARS, AGAINST = "states it", "bears on it", "against it"


@dataclass(frozen=True)
class Arrow:
    """One step of an explanation.

    Attributes
    ----------
    source, target
        Compound, node, or state of the cell layer.
    sign
        +1 raises, -1 lowers.
    kind
        "action" of a compound, "rule" of the network, "coupling" into the cell layer, "cells" (its equations),
        "feedback" from it, or "readout".
    claims
        The claims that it rests on.
    assumption
        What it rests on without them.
    share
        Share of the effect that is lost when it is cut, to first order; signed.
    """

    source: str
    target: str
    sign: int
    kind: str
    claims: tuple[Claim, ...]
    assumption: str = ""
    share: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """Its two ends; a compound is marked, for a node may bear its name."""
        return (f"={self.source}" if self.kind == ACTION else self.source, self.target)

    @property
    def mark(self) -> tuple[str, str, int]:
        """What tells it from every other arrow: its two ends and its sign."""
        return (*self.key, self.sign)

    @property
    def ends(self) -> tuple[str, str]:
        """The names at its two ends."""
        return (self.source, self.target)

    def text(self) -> str:
        """Write it as ``A → B`` or ``A ⊣ B``."""
        return f"{self.source} {'→' if self.sign > 0 else '⊣'} {self.target}"


def bearing(model: Model, claim: Claim, arrow: Arrow) -> str:
    """Tell how a claim stands to an arrow.

    Parameters
    ----------
    model
        The model, for the names.
    claim
        The claim.
    arrow
        The arrow.

    Returns
    -------
    str
        `STATES` where it names both ends and the same direction, `AGAINST` where it names both ends and the other
        direction, `BEARS` where it says something else that the arrow rests on.
    """
    sign = _SIGNS.get(claim.relation, 0)
    if not sign or not (_means(model, claim.subject, arrow.source) and _means(model, claim.object, arrow.target)):
        return BEARS
    for name in (claim.subject, claim.object):
        sign = -sign if name.endswith(_DEGRADED) else sign
    return STATES if sign == arrow.sign else AGAINST


def _means(model: Model, name: str, what: str) -> bool:
    if model.knows("compound", name) and model.find("compound", name) == what:
        return True
    if model.knows("node", name):
        return model.find("node", name) == what
    if model.knows("readout", name):
        return what in model.readouts[model.find("readout", name)].cells.values()
    return False


def action_arrow(model: Model, cause: Cause, share: float, target: str) -> Arrow | None:
    """Return the arrow of a cause: the action of a compound; a node that the question sets needs none.

    Parameters
    ----------
    model
        The model.
    cause
        The cause.
    share
        Its share of the effect.
    target
        Where it ends, for a drug of the cell layer.

    Returns
    -------
    Arrow or None
        The arrow.
    """
    if cause.kind == EFFECT and cause.effect is not None:
        claims = _known(model, cause.effect.claims)
        return Arrow(cause.name, cause.node, cause.sign, ACTION, claims, cause.effect.assumption, share)
    if cause.name in model.compounds:
        where = f"the equations of the bone cells ({model.cells.citation})"
        return Arrow(cause.name, target, 1, ACTION, (), where, share)
    return None


def _known(model: Model, ids: Iterable[str]) -> tuple[Claim, ...]:
    return tuple(model.claims[i] for i in dict.fromkeys(ids) if i in model.claims)


@dataclass(frozen=True)
class Steps:
    """Names and evidence of the steps of a linearised model.

    Parameters
    ----------
    model, draw
        The model and the draw.
    formalism
        "ode" or "boolean".
    """

    model: Model
    draw: Draw
    formalism: str

    def arrow(self, j: int, i: int, gain: float, share: float) -> Arrow:
        """Return the arrow of the step j -> i.

        Parameters
        ----------
        j, i
            States.
        gain
            Its gain, for the sign of what is no rule.
        share
            Share of the effect that it carries.

        Returns
        -------
        Arrow
            The arrow with its evidence.
        """
        names = (*self.model.network.names, *CELL_STATES)
        n, sign = len(self.model.network.names), 1 if gain > 0.0 else -1
        source, target = names[j], names[i]
        if i < n and j < n and not self._owned(i):
            edge = next(e for e in self.model.network.edges_into(target) if e.source == source)
            return Arrow(source, target, edge.sign, RULE, _known(self.model, edge.claims), edge.assumption, share)
        if i < n and j >= n:
            found = next(f for f in self.model.feedbacks if f.node == target)
            claims = _known(self.model, found.claims)
            return Arrow(source, target, sign, FEEDBACK, claims, found.assumption, share)
        if i >= n and j >= n:
            return Arrow(source, target, sign, CELL, (), self._equations(), share)
        return self._coupled(j, i, sign, share)

    def _owned(self, i: int) -> bool:
        return self.formalism == "ode" and int(self.draw.wiring.owner[i]) >= 0

    def _equations(self) -> str:
        return f"equations of the bone cells ({self.model.cells.citation})"

    def _coupled(self, j: int, i: int, sign: int, share: float) -> Arrow:
        """Return the arrow from a node into the cell layer, directly or through a flux that another node shows."""
        names = (*self.model.network.names, *CELL_STATES)
        touched = self._modulators(i)
        rows = [c for c in self.model.couplings if c.node == names[j] and c.modulator in touched]
        claims = _known(self.model, (claim for row in rows for claim in row.claims))
        why = "; ".join(dict.fromkeys(row.assumption for row in rows if row.assumption))
        if not rows:
            why = f"{self._equations()}; what estrogen does there is counted once"
        return Arrow(names[j], names[i], sign, COUPLING, claims, why, share)

    def _modulators(self, i: int) -> set[str]:
        """Return the modulators that a state of the cell layer, or the node of a flux, answers to."""
        n, wiring = len(self.model.network.names), self.draw.wiring
        cells, m, d = wiring.healthy[:CELLS].copy(), np.ones(MODS), np.zeros(DRUG_COUNT)
        jy, jm, je = np.zeros((CELLS, CELLS)), np.zeros((CELLS, MODS)), np.zeros(CELLS)
        oy, om = np.zeros((OUTS, CELLS)), np.zeros((OUTS, MODS))
        cell_jacobian(cells, m, d, 1.0, wiring.parameters, jy, jm, je)
        cell_output_jacobian(cells, m, d, 1.0, wiring.parameters, oy, om)
        place = i - n if i >= n else int(wiring.owner[i])
        row = jm[place] if place < CELLS else om[place - CELLS]
        return {name for name, slope in zip(MODULATORS, row, strict=True) if slope != 0.0}


def touching(model: Model, arrows: Sequence[Arrow], causes: Sequence[Cause]) -> list[tuple[str, Reading]]:
    """Return the disputed readings that change one of the arrows, or an action of a compound that is given.

    Parameters
    ----------
    model
        The model and its disputes.
    arrows
        The arrows used.
    causes
        What is done.

    Returns
    -------
    list of tuple
        Name of the dispute, and a reading that the model does not hold.
    """
    given = {cause.name for cause in causes}
    used = {arrow.ends for arrow in arrows}
    names = {name for arrow in arrows for name in arrow.ends}
    out = []
    for dispute in model.disputes:
        touches = any(
            any(change.compound in given for change in reading.effects)
            or any(key in used or names.issuperset(key) for key in (*reading.strengths, *_other_signs(model, reading)))
            for reading in dispute.readings
        )
        out += [(dispute.name, reading) for reading in dispute.readings if touches and not reading.is_usual]
    return out


def _other_signs(model: Model, reading: Reading) -> set[tuple[str, str]]:
    """Return the ends of the arrows that the rules of a reading add, take away or turn round."""
    out: set[tuple[str, str]] = set()
    for node, text in reading.rules.items():
        rule = model.network.rules[node]
        other = Rule.parse(node, re.sub(r"\busual\b", f"({rule.expr.text()})", text)).signs
        out |= {(s, node) for s in {*rule.signs, *other} if rule.signs.get(s) != other.get(s)}
    return out


def disputed_arrows(model: Model) -> frozenset[tuple[str, str]]:
    """Return the two ends of every arrow on which some reading differs.

    Parameters
    ----------
    model
        The model and its disputes.

    Returns
    -------
    frozenset of tuple
        Compound or node, and node.
    """
    out: set[tuple[str, str]] = set()
    for dispute in model.disputes:
        for reading in dispute.readings:
            out |= {(change.compound, change.node) for change in reading.effects}
            out |= set(reading.strengths)
            out |= _other_signs(model, reading)
    return frozenset(out)


def draw_under(model: Model, reading: Reading) -> Draw:
    """Return the reference draw as it is under another reading.

    Parameters
    ----------
    model
        The model.
    reading
        The reading.

    Returns
    -------
    Draw
        The numbers of the tables with what the reading changes.

    Raises
    ------
    ModelError
        When the reading leaves a model that contradicts itself.
    """
    engine = engine_of(model)
    reference, side = engine.reference, engine.sides.under([reading])
    if not (reading.rules or reading.strengths):
        return replace(reference, compounds=side.compounds, readings=side.readings)
    numbers = reference.constants
    constants = make_constants(
        side.network, side.program, numbers.level, numbers.gain, numbers.tau * 24.0, side.strength
    )
    wiring = engine.joint.wiring(side.program, constants)
    return Draw(side.program, constants, wiring, side.compounds, {}, side.readings)
