"""Why? The causes of an effect, found by experiment: switched off, left alone, held, and read otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..nouns.assignment import protocol_of
from ..nouns.model import Model
from ..nouns.readout import Readout
from .arms import BooleanArms, OdeArms
from .arrows import READ, Arrow, Steps, action_arrow, draw_under, touching
from .causes import Cause, Doing, doing_of
from .chains import strongest_chains
from .draws import Draw, engine_of
from .exactly import exact_values
from .explanation import (
    CauseShare,
    Explanation,
    GroupShare,
    Mediator,
    OtherReading,
    Pair,
    Route,
    Why,
    ranked,
)
from .linear import Linear
from .nothing import Barren, reasons_of
from .readings import scale_of
from .runs import Progress
from .shares import Share, sampled_share, spread_share
from .verdict import Verdict, ensemble_verdict, sampled_verdict
from .weighing import BARE, BASE, CORRECTED, DO, Label, OdeWeights, Weights, backing, boolean_weights, live
from .whatif import REPLICATES, Question, day_of

Floats: TypeAlias = NDArray[np.float64]
DRAWS = 50
_MOST_MEDIATORS = 12
_REPLICATES = 12
_MOST_ROUTED, _MOST_ARROWS = 5, 40
# steps that carry less than this share are not told
_THIN = 0.03


@dataclass(frozen=True)
class _Asked:
    """A question made ready."""

    model: Model
    question: Question
    doing: Doing
    readouts: tuple[Readout, ...]
    days: float

    def limit(self, readout: Readout, formalism: str) -> float:
        """Return the smallest change of a readout that counts."""
        return self.question.threshold * scale_of(self.model, readout, formalism, engine_of(self.model).reference)


def explain(model: Model, question: Question, progress: Progress | None = None) -> Explanation:
    """Say why an intervention does what it does to a readout.

    Parameters
    ----------
    model
        The model.
    question
        What is asked, as for `whatif.ask`.
    progress
        Called with the number of courses of the ensemble just finished.

    Returns
    -------
    Explanation
        Per readout and formalism: causes, pairs, mediators, chains, arrows with claims, other readings; or why there is
        no effect.

    Raises
    ------
    RemodelsimError
        As `whatif.ask`.
    """
    question.check(model)
    without = protocol_of(model, question.baseline, where="baseline", circumstance=True)
    doing = doing_of(model, without, protocol_of(model, question.do, where="do"))
    return explain_doing(model, question, doing, day_of(question), progress)


def explain_doing(
    model: Model, question: Question, doing: Doing, days: float, progress: Progress | None = None
) -> Explanation:
    """Say why something that is already taken apart into its causes does what it does.

    Parameters
    ----------
    model
        The model.
    question
        Readouts, formalism, draws, seed and threshold.
    doing
        What is done.
    days
        When it is read.
    progress
        Called with the number of courses of the ensemble just finished.

    Returns
    -------
    Explanation
        As `explain`.

    Raises
    ------
    RemodelsimError
        As `explain`.
    """
    readouts = tuple({r.name: r for r in map(model.readout, question.readouts)}.values())
    asked = _Asked(model, question, doing, readouts, days)
    whys: dict[str, dict[str, Why]] = {readout.name: {} for readout in readouts}
    pairs: list[tuple[int, int]] = []
    nodes: list[str] = []
    rejected = 0
    if "ode" in question.formalisms:
        found, rejected = _by_ode(asked, progress)
        for name, why in found.items():
            whys[name]["ode"] = why
            nodes += [m.node for m in why.mediators]
            pairs += [(_number(doing, p.first.key), _number(doing, p.second.key)) for p in why.pairs]
    if "boolean" in question.formalisms:
        known = list(dict.fromkeys(pairs)) if "ode" in question.formalisms else None
        for name, why in _by_boolean(asked, known, list(dict.fromkeys(nodes))).items():
            whys[name]["boolean"] = why
    labels = {r.name: (r.label_en, r.label_zh) for r in readouts}
    return Explanation(question, whys, labels, rejected, model=model)


def _number(doing: Doing, key: tuple[str, str, int]) -> int:
    return next(k for k, cause in enumerate(doing.causes) if cause.key == key)


def _by_ode(asked: _Asked, progress: Progress | None) -> tuple[dict[str, Why], int]:
    engine = engine_of(asked.model)
    ensemble = engine.ensemble(asked.question.draws, asked.question.seed)
    limits = [asked.limit(readout, "ode") for readout in asked.readouts]
    draws = [engine.reference, *ensemble.draws]
    weights = OdeWeights(asked.model, asked.doing, asked.readouts, asked.days, draws, limits, progress).weigh()
    out = {}
    for r, readout in enumerate(asked.readouts):
        told = {label: values[:, r] for label, values in weights.values.items()}
        base, with_ = told[BASE], told[DO]
        verdict = ensemble_verdict(float(base[0]), float(with_[0]), base[1:], with_[1:], limits[r])
        out[readout.name] = _why(asked, readout, verdict, limits[r], _Told("ode", told, weights.linears[r]))
    return out, ensemble.rejected


def _by_boolean(asked: _Asked, pairs: Sequence[tuple[int, int]] | None, nodes: Sequence[str]) -> dict[str, Why]:
    draw = engine_of(asked.model).reference
    arms = BooleanArms(asked.model, draw, asked.readouts, asked.days, _REPLICATES, asked.question.seed)
    weights: Weights = boolean_weights(arms, asked.doing, pairs, nodes)
    out = {}
    for r, readout in enumerate(asked.readouts):
        told = {label: values[:, r] for label, values in weights.values.items()}
        limit = asked.limit(readout, "boolean")
        verdict = sampled_verdict(*_exactly(asked, readout, arms), limit)
        out[readout.name] = _why(asked, readout, verdict, limit, _Told("boolean", told, weights.linears[r]))
    return out


def _exactly(asked: _Asked, readout: Readout, arms: BooleanArms) -> tuple[Floats, Floats]:
    """Return a readout without and with the intervention as `whatif` finds it: exactly, or by its larger sample."""
    pair = [asked.doing.baseline(), asked.doing.arm()]
    exact = None
    if not any(arm.off for arm in pair):
        exact = exact_values(asked.model, arms.draw, readout, [arm.protocol for arm in pair], asked.days)
    if exact is not None:
        return exact[:1], exact[1:]
    larger = replace(arms, readouts=(readout,), replicates=REPLICATES)
    values = larger.values(larger.means(pair)[-1])[:, :, 0]
    return values[:, 0], values[:, 1]


@dataclass(frozen=True)
class _Told:
    """What the arms of one formalism tell about one readout."""

    formalism: str
    values: Mapping[Label, Floats]
    linear: Linear

    def mean(self, label: Label) -> float:
        """Return the value in the reference, or the mean over replicates."""
        values = self.values[label]
        return float(values[0] if self.formalism == "ode" else values.mean())

    def share(self, parts: tuple[Label, Label], limit: float, rest: tuple[Label, Label] | None = None) -> Share:
        """Return the share of the effect that is the difference of two arms, minus that of two others.

        Where `rest` is given, the whole effect is that of `parts`.
        """
        size = min(self.values[label].size for label in (*parts, *(rest or ())))
        part = self.values[parts[1]][:size] - self.values[parts[0]][:size]
        if rest is not None:
            part = part - (self.values[rest[1]][:size] - self.values[rest[0]][:size])
        base, with_ = (BASE, DO) if rest is None else parts
        whole = self.values[with_][:size] - self.values[base][:size]
        return spread_share(part, whole, limit) if self.formalism == "ode" else sampled_share(part, whole)


def _why(asked: _Asked, readout: Readout, verdict: Verdict, limit: float, told: _Told) -> Why:
    causes = _causes(asked, told, limit)
    moved = {name: float(by) for name, by in zip(told.linear.names, told.linear.moved, strict=True) if by != 0.0}
    pinned, groups = _pinned(asked, told, moved), _groups(asked, told, limit)
    why = Why(readout.name, told.formalism, verdict, limit, causes, groups, moved=moved, pinned=pinned)
    if not why.effective:
        means = {label: told.mean(label) for label in told.values}
        barren = Barren(asked.model, asked.doing, readout, asked.days, told.formalism, limit, means, told.linear)
        return replace(why, reasons=reasons_of(barren), readings=_readings(asked, readout, why, []))
    routes, arrows = _arrows(asked, readout, told, causes)
    return replace(
        why,
        pairs=_pairs(asked, told, limit),
        mediators=_mediators(told, limit),
        routes=routes,
        arrows=arrows,
        readings=_readings(asked, readout, why, arrows),
    )


def _pinned(asked: _Asked, told: _Told, moved: Mapping[str, float]) -> tuple[str, ...]:
    """Return the nodes whose corrections (`join.pinned`) were switched off to weigh what the effect passes through."""
    if (BARE, *DO) not in told.values:
        return ()
    names, wiring = asked.model.network.names, engine_of(asked.model).reference.wiring
    corrected = {names[i] for i in wiring.node[len(asked.model.couplings) :].tolist()}
    return tuple(sorted(name for name in corrected if abs(moved.get(name, 0.0)) > CORRECTED))


def _causes(asked: _Asked, told: _Told, limit: float) -> tuple[CauseShare, ...]:
    out, found = [], set(live(asked.doing.causes, told.formalism))
    for k, cause in enumerate(asked.doing.causes):
        if k not in found:
            out.append(CauseShare(cause, Share(0.0), Share(0.0), 0.0))
            continue
        goes = told.share((("off", k), DO), limit)
        single = ("alone", k) if ("alone", k) in told.values else DO
        alone = told.share((BASE, single), limit)
        out.append(CauseShare(cause, goes, alone, told.mean(single) - told.mean(BASE)))
    return ranked(out)


def _groups(asked: _Asked, told: _Told, limit: float) -> tuple[GroupShare, ...]:
    """Weigh whole interventions, where there are several."""
    out = []
    for g, (name, _) in enumerate(asked.doing.groups):
        goes, alone = told.share((("without", g), DO), limit), told.share((BASE, ("just", g)), limit)
        out.append(GroupShare(name, goes, alone, told.mean(("just", g)) - told.mean(BASE)))
    return tuple(sorted(out, key=lambda group: -abs(group.goes.value)))


def _pairs(asked: _Asked, told: _Told, limit: float) -> tuple[Pair, ...]:
    value = {label: told.mean(label) for label in told.values}
    causes = asked.doing.causes
    return tuple(
        Pair(causes[k], causes[other], told.share((("pair", k, other), DO), limit), more)
        for (k, other), more in backing(value, value[DO] - value[BASE])
    )


def _mediators(told: _Told, limit: float) -> tuple[Mediator, ...]:
    bare: Label = (BARE,) if (BARE, *DO) in told.values else ()
    nodes = [str(label[1]) for label in told.values if label[0] == "held"]
    found = [
        Mediator(n, told.share(((*bare, *BASE), (*bare, *DO)), limit, ((*bare, "free", n), (*bare, "held", n))))
        for n in nodes
    ]
    return tuple(sorted(found, key=lambda m: -abs(m.share.value))[:_MOST_MEDIATORS])


def _arrows(
    asked: _Asked, readout: Readout, told: _Told, causes: Sequence[CauseShare]
) -> tuple[tuple[Route, ...], tuple[Arrow, ...]]:
    """Return the strongest chains, and every arrow that they or a good share of the effect use."""
    linear, model = told.linear, asked.model
    steps = Steps(model, engine_of(model).reference, told.formalism)
    whole = float(linear.effects.sum()) or 1.0
    shares = np.where(linear.plain != 0.0, linear.through_steps() / whole, 0.0)
    goes = {share.cause.key: share for share in causes}
    first = {k: _first(model, linear, k, cause, goes[cause.key].goes) for k, cause in enumerate(asked.doing.causes)}
    used: dict[tuple[str, str, int], Arrow] = {}
    routes = []
    numbers = {cause.key: k for k, cause in enumerate(asked.doing.causes)}
    found = [chain for share in causes[:_MOST_ROUTED] for chain in strongest_chains(linear, numbers[share.cause.key])]
    for chain in sorted(found, key=lambda chain: -abs(chain.effect)):
        start = first[chain.cause]
        arrows = [] if start is None else [_aimed(start, linear, chain.cause, chain.states[0])]
        for j, i in zip(chain.states, chain.states[1:], strict=False):
            arrows.append(steps.arrow(j, i, float(linear.gain[i, j]), float(shares[i, j])))
        last = linear.names[chain.states[-1]]
        if last != readout.name:
            arrows.append(_read(readout, told, chain.states[-1], whole))
        routes.append(Route(asked.doing.causes[chain.cause], tuple(arrows), chain.effect / whole))
        used |= {arrow.mark: arrow for arrow in arrows}
    thick = [(i, j) for i, j in zip(*np.nonzero(np.abs(shares) >= _THIN), strict=True)]
    for i, j in sorted(thick, key=lambda step: -abs(shares[step]))[:_MOST_ARROWS]:
        arrow = steps.arrow(int(j), int(i), float(linear.gain[i, j]), float(shares[i, j]))
        used.setdefault(arrow.mark, arrow)
    for k, cause in enumerate(asked.doing.causes):
        share = goes[cause.key]
        arrow_of = first[k]
        if arrow_of is not None and max(abs(share.goes.value), abs(share.alone.value)) >= _THIN:
            used.setdefault(arrow_of.mark, arrow_of)
    return tuple(routes), tuple(sorted(used.values(), key=lambda arrow: -abs(arrow.share)))


def _first(model: Model, linear: Linear, k: int, cause: Cause, goes: Share) -> Arrow | None:
    """Return the arrow of a cause to the state that it moves most at once."""
    hit = int(np.argmax(np.abs(linear.push[k])))
    arrow = action_arrow(model, cause, goes.value, linear.names[hit])
    return None if arrow is None else _aimed(arrow, linear, k, hit)


def _aimed(arrow: Arrow, linear: Linear, k: int, hit: int) -> Arrow:
    """Return the arrow of a cause to a state that it moves at once."""
    by = float(linear.push[k, hit])
    return replace(arrow, target=linear.names[hit], sign=arrow.sign if by == 0.0 else 1 if by > 0.0 else -1)


def _read(readout: Readout, told: _Told, state: int, whole: float) -> Arrow:
    """Return the arrow from the last state of a chain to what is read."""
    linear = told.linear
    slope, by = float(linear.slope[state]), float((linear.inverse @ linear.push.sum(axis=0))[state])
    why = f"readout: {_formula(readout, told.formalism)}"
    return Arrow(linear.names[state], readout.name, 1 if slope > 0.0 else -1, READ, (), why, slope * by / whole)


def _formula(readout: Readout, formalism: str) -> str:
    return (readout.ode if formalism == "ode" else readout.boolean).text


def _readings(asked: _Asked, readout: Readout, why: Why, arrows: Sequence[Arrow]) -> tuple[OtherReading, ...]:
    """Ask again under every reading that touches what was used."""
    found = touching(asked.model, arrows, asked.doing.causes)
    if not found:
        return ()
    draws = [draw_under(asked.model, reading) for _, reading in found]
    verdicts = (_ode_under if why.formalism == "ode" else _boolean_under)(asked, readout, why.limit, draws)
    return tuple(
        OtherReading(dispute, reading.name, reading.description, reading.claims, verdict)
        for (dispute, reading), verdict in zip(found, verdicts, strict=True)
    )


def _ode_under(asked: _Asked, readout: Readout, limit: float, draws: Sequence[Draw]) -> list[Verdict]:
    pair = [asked.doing.baseline(), asked.doing.arm()]
    jobs = [(draw, arm) for draw in draws for arm in pair]
    found = OdeArms(asked.model, (readout,), asked.days).read(jobs).reshape(-1, 2).tolist()
    return [ensemble_verdict(without, with_, np.empty(0), np.empty(0), limit) for without, with_ in found]


def _boolean_under(asked: _Asked, readout: Readout, limit: float, draws: Sequence[Draw]) -> list[Verdict]:
    """Sample all draws with the rules of the reference in one go, and the others one by one."""
    model, pair = asked.model, [asked.doing.baseline(), asked.doing.arm()]
    reference = engine_of(model).reference
    groups: dict[int, list[Draw]] = {}
    for draw in draws:
        groups.setdefault(id(draw.constants), []).append(draw)
    told: dict[int, Verdict] = {}
    for same in groups.values():
        head = same[0] if same[0].constants is not reference.constants else reference
        arms = BooleanArms(model, head, (readout,), asked.days, _REPLICATES, asked.question.seed)
        means = arms.means(pair * len(same), None, [draw for draw in same for _ in pair])
        values = arms.values(means[-1])[:, :, 0]
        for k, draw in enumerate(same):
            told[id(draw)] = sampled_verdict(values[:, 2 * k], values[:, 2 * k + 1], limit)
    return [told[id(draw)] for draw in draws]
