"""What an explanation holds: shares with intervals, causes, pairs, mediators, chains, arrows, other readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

from ..ground.markup import html_table
from ..nouns.model import Model
from .arrows import Arrow
from .causes import Cause
from .citing import citations
from .shares import Share
from .verdict import Verdict
from .whatif import Question

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CauseShare:
    """A cause and what hangs on it.

    Attributes
    ----------
    cause
        The cause.
    goes
        Share of the effect that goes when only it is switched off.
    alone
        Share of the effect that it makes alone.
    change
        Change of the readout that it makes alone.
    """

    cause: Cause
    goes: Share
    alone: Share
    change: float


@dataclass(frozen=True)
class GroupShare:
    """A whole intervention among several.

    Attributes
    ----------
    name
        The compound or node.
    goes
        Share of the effect that goes without it.
    alone
        Share of the effect that it makes alone.
    change
        Change of the readout that it makes alone.
    """

    name: str
    goes: Share
    alone: Share
    change: float


@dataclass(frozen=True)
class Pair:
    """Two causes switched off together.

    Attributes
    ----------
    first, second
        The causes.
    goes
        Share of the effect that goes without both.
    more
        By how much that is more than the sum of the two alone: above 0 they back each other up.
    """

    first: Cause
    second: Cause
    goes: Share
    more: float


@dataclass(frozen=True)
class Mediator:
    """A node held to its baseline.

    Attributes
    ----------
    node
        The node.
    share
        Share of the effect that passes through it.
    """

    node: str
    share: Share


@dataclass(frozen=True)
class Route:
    """A chain of arrows from a cause to the readout.

    Attributes
    ----------
    cause
        What it starts with.
    arrows
        From the cause on; the last one ends in what is read.
    share
        Its share of the effect, to first order.
    """

    cause: Cause
    arrows: tuple[Arrow, ...]
    share: float

    @property
    def start(self) -> str:
        """The compound or node that it starts with."""
        return self.arrows[0].source if self.arrows else self.cause.node

    def text(self) -> str:
        """Write the chain on one line."""
        parts = [self.start]
        for arrow in self.arrows:
            parts += ["→" if arrow.sign > 0 else "⊣", arrow.target]
        return " ".join(parts)


@dataclass(frozen=True)
class OtherReading:
    """The answer under a reading that the model does not hold.

    Attributes
    ----------
    dispute, reading
        Their names.
    description, claims
        What it says and on what.
    verdict
        The answer under it.
    """

    dispute: str
    reading: str
    description: str
    claims: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Reason:
    """Why an intervention has no effect.

    Attributes
    ----------
    key
        "already", "unreachable", "held", "opposing", "dose", "saturated", "gated", "weak".
    slots
        Names and numbers for its sentence.
    """

    key: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Why:
    """The answer to "why?" for one readout in one formalism.

    Attributes
    ----------
    readout, formalism
        What was read, and by which law.
    verdict
        The effect.
    limit
        Smallest change that counts.
    causes, groups, pairs, mediators, routes, arrows, readings
        Its causes, ranked; the interventions, where there are several; pairs that back each other up; nodes that carry
        it; chains; arrows used; other readings.
    reasons
        Why there is no effect; empty where there is one.
    moved
        Node or cell to its change, in its own unit.
    pinned
        Nodes whose whole effect is fixed by trials and cohorts, where what the network adds was not taken out to weigh
        the mediators.
    """

    readout: str
    formalism: str
    verdict: Verdict
    limit: float
    causes: tuple[CauseShare, ...]
    groups: tuple[GroupShare, ...] = ()
    pairs: tuple[Pair, ...] = ()
    mediators: tuple[Mediator, ...] = ()
    routes: tuple[Route, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    readings: tuple[OtherReading, ...] = ()
    reasons: tuple[Reason, ...] = ()
    moved: Mapping[str, float] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()

    @property
    def effective(self) -> bool:
        """Whether there is an effect that counts."""
        return self.verdict.direction != "same"

    def as_dict(self) -> dict[str, object]:
        """Return everything for JSON."""
        return {
            **self.verdict.as_dict(),
            "threshold": self.limit,
            "causes": [
                {
                    "cause": c.cause.text(),
                    "kind": c.cause.kind,
                    "name": c.cause.name,
                    "node": c.cause.node,
                    "sign": c.cause.sign,
                    "occupancy": c.cause.occupancy,
                    "goes": c.goes.as_dict() if self.effective else None,
                    "alone": c.alone.as_dict() if self.effective else None,
                    "change_alone": c.change,
                }
                for c in self.causes
            ],
            "interventions": [
                {
                    "name": g.name,
                    "goes": g.goes.as_dict() if self.effective else None,
                    "alone": g.alone.as_dict() if self.effective else None,
                    "change_alone": g.change,
                }
                for g in self.groups
            ],
            "pairs": [
                {"causes": [p.first.text(), p.second.text()], "goes": p.goes.as_dict(), "more": p.more}
                for p in self.pairs
            ],
            "mediators": [{"node": m.node, "share": m.share.as_dict()} for m in self.mediators],
            "routes": [{"route": r.text(), "share": r.share} for r in self.routes],
            "arrows": [_arrow_dict(arrow) for arrow in self.arrows],
            "readings": [
                {
                    "dispute": r.dispute,
                    "reading": r.reading,
                    "says": r.description,
                    "claims": list(r.claims),
                    **r.verdict.as_dict(),
                }
                for r in self.readings
            ],
            "reasons": [{"reason": r.key, **r.slots} for r in self.reasons],
            "moved": dict(self.moved),
            "pinned": list(self.pinned),
        }


def _arrow_dict(arrow: Arrow) -> dict[str, object]:
    return {
        "arrow": arrow.text(),
        "kind": arrow.kind,
        "share": arrow.share,
        "assumption": arrow.assumption,
        "claims": [
            {
                "id": claim.id,
                "says": claim.sentence(),
                "review": claim.source,
                "reference": claim.columns.get("ref", ""),
                "system": claim.columns.get("system", ""),
                "dose": f"{claim.columns.get('dose', '')} {claim.columns.get('unit', '')}".strip(),
                "grade": claim.grade,
            }
            for claim in arrow.claims
        ],
    }


@dataclass(frozen=True)
class Explanation:
    """Why an intervention does what it does.

    Attributes
    ----------
    question
        What was asked.
    whys
        Readout to formalism to the answer.
    labels
        Readout to its English and Chinese label.
    rejected
        Draws thrown away because their healthy state was unstable.
    arms
        English and Chinese labels of the arm and of the one it is compared with, where a scenario names them.
    model
        The model that was asked.
    """

    question: Question
    whys: Mapping[str, Mapping[str, Why]]
    labels: Mapping[str, tuple[str, str]]
    rejected: int = 0
    arms: tuple[tuple[str, str], tuple[str, str]] | None = None
    model: Model | None = field(default=None, repr=False, compare=False)

    def main(self, readout: str) -> Why:
        """Return the answer of the ODE, or the only one."""
        both = self.whys[readout]
        return both.get("ode") or next(iter(both.values()))

    def citations(self) -> str:
        """Return as BibTeX what the arrows of the explanation rest on.

        Returns
        -------
        str
            The software, the reviews, the papers that assumptions name, and the equations of the cells.
        """
        arrows = [arrow for both in self.whys.values() for why in both.values() for arrow in why.arrows]
        claims = {claim.id: claim for arrow in arrows for claim in arrow.claims}
        return "" if self.model is None else citations(self.model, (), claims.values(), [a.assumption for a in arrows])

    def _repr_html_(self) -> str:
        """Show the causes in notebooks, one table per readout and formalism."""
        header = ("cause", "goes when off", "makes alone", "change alone")
        parts = []
        for name, both in self.whys.items():
            for formalism, why in both.items():
                shown = why.effective
                rows = [
                    [
                        c.cause.text(),
                        c.goes.text() if shown else "-",
                        c.alone.text() if shown else "-",
                        f"{c.change:+.4f}",
                    ]
                    for c in why.causes
                ]
                parts.append(f"<h4>{escape(name)}, {formalism}</h4>{html_table(header, rows)}")
        return "".join(parts)

    def as_dict(self) -> dict[str, object]:
        """Return everything for ``explain --json``."""
        question = self.question
        return {
            "baseline": question.baseline,
            "do": question.do,
            "days": question.days,
            "rejected_draws": self.rejected,
            "readouts": {
                name: {formalism: why.as_dict() for formalism, why in both.items()} for name, both in self.whys.items()
            },
        }


def ranked(shares: Sequence[CauseShare]) -> tuple[CauseShare, ...]:
    """Return causes by how much hangs on them, the largest first."""
    return tuple(sorted(shares, key=lambda s: -max(abs(s.goes.value), abs(s.alone.value), abs(s.change))))
