"""What an explanation holds: shares with intervals, causes, pairs, mediators, chains, arrows, other readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .arrows import Arrow
from .causes import Cause
from .verdict import Verdict
from .whatif import Question

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """A share of an effect; 1 is all of it, below 0 works against it.

    Attributes
    ----------
    value
        In the reference draw.
    low, high
        ODE: 5 % and 95 % quantiles over the draws that show an effect. Boolean: 95 % interval of the sample.
    draws
        How many draws, or replicates, stand behind the interval; 0 for none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    draws: int = 0

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the fields for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "draws": self.draws}

    def text(self) -> str:
        """Write the share with its interval, in percent.

        Examples
        --------
        >>> Share(0.405, 0.2, 0.61, 50).text()
        '40 % (20 to 61)'
        """
        if self.low is None or self.high is None:
            return f"{100 * self.value:.0f} %"
        return f"{100 * self.value:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f})"


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
    causes, pairs, mediators, routes, arrows, readings
        Its causes, ranked; pairs that back each other up; nodes that carry it; chains; arrows used; other readings.
    reasons
        Why there is no effect; empty where there is one.
    moved
        Node or cell to its change, in its own unit.
    pinned
        Nodes that change and whose whole effect is fixed by trials and cohorts: what the network adds is taken out.
    """

    readout: str
    formalism: str
    verdict: Verdict
    limit: float
    causes: tuple[CauseShare, ...]
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
    """

    question: Question
    whys: Mapping[str, Mapping[str, Why]]
    labels: Mapping[str, tuple[str, str]]
    rejected: int = 0
    arms: tuple[tuple[str, str], tuple[str, str]] | None = None

    def main(self, readout: str) -> Why:
        """Return the answer of the ODE, or the only one."""
        both = self.whys[readout]
        return both.get("ode") or next(iter(both.values()))

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


def spread_share(part: Floats, whole: Floats, limit: float) -> Share:
    """Return a share with its interval over draws.

    Parameters
    ----------
    part, whole : ndarray, shape (1 + draws,)
        What goes and the whole effect, the reference first.
    limit
        Smallest effect that counts; draws below it have no share.

    Returns
    -------
    Share
        The share.
    """
    value = float(part[0] / whole[0]) if whole[0] != 0.0 else 0.0
    there = np.isfinite(part[1:]) & (np.abs(whole[1:]) > limit) if part.size == whole.size else np.zeros(0, bool)
    if not there.any():
        return Share(value)
    shares = part[1:][there] / whole[1:][there]
    low, high = (float(q) for q in np.quantile(shares, [0.05, 0.95]))
    return Share(value, low, high, int(there.sum()))


def sampled_share(part: Floats, whole: Floats) -> Share:
    """Return a share with its 95 % interval over replicates, by the jackknife.

    Parameters
    ----------
    part, whole : ndarray, shape (replicates,)
        What goes and the whole effect, paired.

    Returns
    -------
    Share
        The share.
    """
    count, total = part.size, float(whole.sum())
    if total == 0.0:
        return Share(0.0)
    value = float(part.sum()) / total
    rest = whole.sum() - whole
    if count < 2 or (rest == 0.0).any():
        return Share(value)
    left = (part.sum() - part) / rest
    error = float(np.sqrt((count - 1) * np.var(left)))
    return Share(value, value - 1.96 * error, value + 1.96 * error, count)


def ranked(shares: Sequence[CauseShare]) -> tuple[CauseShare, ...]:
    """Return causes by how much hangs on them, the largest first."""
    return tuple(sorted(shares, key=lambda s: -max(abs(s.goes.value), abs(s.alone.value), abs(s.change))))
