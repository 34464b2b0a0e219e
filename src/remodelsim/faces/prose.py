"""The answer to "why?" in plain sentences, English and Chinese, from templates; it says nothing the numbers do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ..engines.ode.cells import CELL_STATES
from ..experiments.arrows import READ
from ..experiments.causes import COURSE, DRUG, EFFECT, HELD, Cause
from ..experiments.explanation import CauseShare, Explanation, Route, Why
from ..experiments.shares import Share
from ..files.assets import asset_text
from ..ground.strict_yaml import load_yaml
from ..nouns.assignment import Assignment, parse_assignments
from ..nouns.intervention import Clamp
from ..nouns.model import Model

# causes with less than this share are left out of the sentences
_TOLD, _AGAINST, _MOST = 0.1, 0.05, 3


@cache
def _templates() -> dict[str, dict[str, str]]:
    templates: dict[str, dict[str, str]] = load_yaml(asset_text("faces/assets", "explain.yaml"), "explain.yaml").data
    return templates


def told(key: str, language: str, **slots: object) -> str:
    """Return a sentence or word of explanations, its slots filled.

    Parameters
    ----------
    key
        Its key in explain.yaml.
    language
        "en" or "zh".
    **slots
        What fills its slots.

    Returns
    -------
    str
        The text.
    """
    return _templates()[key][language].format(**slots)


def label_of(model: Model, name: str, language: str) -> str:
    """Return what people call a compound, node, readout or state of the cell layer.

    Parameters
    ----------
    model
        The model.
    name
        Its name.
    language
        "en" or "zh".

    Returns
    -------
    str
        The label; the name where there is none.
    """
    zh = language == "zh"
    if name in model.compounds:
        compound = model.compounds[name]
        return compound.label_zh if zh else compound.label_en
    if name in model.readouts:
        readout = model.readouts[name]
        return readout.label_zh if zh else readout.label_en
    if name in model.network.index:
        node = model.network.node(name)
        return node.label_zh if zh else node.label_en
    return told(f"cell_{name}", language) if name in CELL_STATES else name


def cause_text(model: Model, cause: Cause, language: str) -> str:
    """Say a cause in words.

    Parameters
    ----------
    model
        The model, for the labels.
    cause
        The cause.
    language
        "en" or "zh".

    Returns
    -------
    str
        Such as ``Quercetin raising Wnt``.
    """
    name, node = label_of(model, cause.name, language), label_of(model, cause.node, language)
    if cause.kind == EFFECT:
        return told("does_up" if cause.sign > 0 else "does_down", language, name=name, node=node)
    if cause.kind == HELD and isinstance(cause.action, Clamp):
        return told("does_held", language, node=node, level=f"{cause.action.level:g}")
    if cause.kind == COURSE:
        return told("does_course", language, node=node)
    return told("does_drug" if cause.kind == DRUG else "does_dose", language, name=name)


def paragraph(model: Model, explanation: Explanation, readout: str, language: str = "en") -> str:
    """Write the answer for one readout as a paragraph.

    Parameters
    ----------
    model
        The model.
    explanation
        The explanation.
    readout
        Name of the readout.
    language
        "en" or "zh".

    Returns
    -------
    str
        A few sentences.
    """
    join = "" if language == "zh" else " "
    return join.join(_sentences(model, explanation, readout, language))


def _sentences(model: Model, explanation: Explanation, readout: str, language: str) -> Iterator[str]:
    why, both = explanation.main(readout), explanation.whys[readout]
    yield _opening(model, explanation, why, language)
    if why.effective:
        yield from _sureness(why, language)
    if "boolean" in both and why.formalism == "ode":
        other = both["boolean"].verdict.direction
        same = other == why.verdict.direction
        yield told("other_same" if same else "other_differs", language, direction=told(other, language))
    if not why.effective:
        for reason in why.reasons:
            yield told(f"reason_{reason.key}", language, **_labelled(model, reason.slots, language))
        yield from _readings(model, why, language)
        return
    yield from _causes(model, why, language)
    yield from _passing(model, why, language)
    if why.causes[0].goes.low is not None:
        yield told("brackets" if why.formalism == "ode" else "brackets_boolean", language)
    yield from _grounds(why, language)
    yield from _readings(model, why, language)


def _labelled(model: Model, slots: Mapping[str, str], language: str) -> dict[str, str]:
    """Replace the names of compounds, nodes and cells by their labels."""

    def label(found: re.Match[str]) -> str:
        return label_of(model, found[0], language)

    comma = told("list_separator", language)
    return {key: re.sub(r"[A-Za-z]\w*", label, value).replace(", ", comma) for key, value in slots.items()}


def settings_text(model: Model, text: str, language: str) -> str:
    """Say what a question sets in words.

    Parameters
    ----------
    model
        The model, for the labels.
    text
        ``A=x & B=y``.
    language
        "en" or "zh".

    Returns
    -------
    str
        Such as ``Quercetin 5 uM and IL-17 off``; empty for nothing.
    """
    return told("and", language).join(_setting(model, a, language) for a in parse_assignments(text))


def done_text(model: Model, explanation: Explanation, language: str) -> str:
    """Say what is done: the label of the arm, or the settings of the question.

    Parameters
    ----------
    model
        The model, for the labels.
    explanation
        The explanation.
    language
        "en" or "zh".

    Returns
    -------
    str
        Such as ``Quercetin 5 uM``.
    """
    if explanation.arms is not None:
        return explanation.arms[0][1 if language == "zh" else 0]
    return settings_text(model, explanation.question.do, language)


def circumstance_text(model: Model, explanation: Explanation, language: str) -> str:
    """Say what it is compared with: another arm, a baseline, or health.

    Parameters
    ----------
    model
        The model, for the labels.
    explanation
        The explanation.
    language
        "en" or "zh".

    Returns
    -------
    str
        Such as ``with Menopause``.
    """
    if explanation.arms is not None:
        return told("against_arm", language, arm=explanation.arms[1][1 if language == "zh" else 0])
    baseline = settings_text(model, explanation.question.baseline, language)
    return told("under", language, baseline=baseline) if baseline else told("health", language)


def _setting(model: Model, assignment: Assignment, language: str) -> str:
    name, value = assignment.name, assignment.value.strip()
    kinds = model.subject(name)
    if kinds[0] == "background":
        background = model.backgrounds[model.find("background", name)]
        label = background.label_zh if language == "zh" else background.label_en
        return label if value.lower() == "on" else told("set_off", language, name=label)
    label = label_of(model, model.find(kinds[0], name), language)
    if value.lower() in {"on", "off", "high", "low"}:
        usual = kinds[0] == "compound" and value.lower() == "on"
        return label if usual else told(f"set_{value.lower()}", language, name=label)
    spaced = re.sub(r"^([0-9.]+)([a-zA-Z].*)$", r"\1 \2", value)
    return told("set_dose" if kinds[0] == "compound" else "set_number", language, name=label, value=spaced)


def _opening(model: Model, explanation: Explanation, why: Why, language: str) -> str:
    question, verdict = explanation.question, why.verdict
    circumstance = circumstance_text(model, explanation, language)
    readout = explanation.labels[why.readout][1 if language == "zh" else 0]
    done = done_text(model, explanation, language)
    common = {"days": f"{question.days:g}", "circumstance": circumstance, "do": done, "readout": readout}
    if not why.effective:
        return told("none", language, **common, change=f"{verdict.change:+.4f}", threshold=f"{why.limit:.4f}")
    moves = told("raises" if verdict.direction == "up" else "lowers", language)
    return told(
        "effect", language, **common, moves=moves, before=f"{verdict.baseline:.3f}", after=f"{verdict.value:.3f}"
    )


def _sureness(why: Why, language: str) -> Iterator[str]:
    verdict = why.verdict
    if verdict.agreement is None:
        return
    key = "agreement" if why.formalism == "ode" else "replicates"
    yield told(key, language, share=f"{100 * verdict.agreement:.0f}", draws=verdict.draws)


def _percent(share: Share, language: str) -> str:
    text = share.text()
    if language != "zh":
        return text
    return text.replace(" to ", "～").replace(" %", "%").replace(" (", "（").replace(")", "）")


def _causes(model: Model, why: Why, language: str) -> Iterator[str]:
    if len(why.causes) == 1:
        yield told("only", language, cause=cause_text(model, why.causes[0].cause, language))
        return
    if why.groups:
        yield told("groups", language, groups=_grouped(model, why, language))
    helping = [c for c in why.causes if c.goes.value >= _TOLD or (c.alone.value >= _TOLD and c.goes.value > 0.0)]
    if helping:
        first = helping[0]
        yield told(
            "first",
            language,
            cause=cause_text(model, first.cause, language),
            goes=_percent(first.goes, language),
            alone=_percent(first.alone, language),
        )
        if helping[1:_MOST]:
            yield told("next", language, causes=_listed(model, helping[1:_MOST], language))
    elif why.causes:
        most = max(why.causes, key=lambda c: c.goes.value)
        cause = cause_text(model, most.cause, language)
        yield told("spread", language, cause=cause, goes=_percent(most.goes, language))
    hindering = [c for c in why.causes if c.goes.value <= -_AGAINST][:2]
    if hindering:
        separator = told("list_separator", language)
        parts = [(cause_text(model, c.cause, language), f"{-100 * c.goes.value:.0f}") for c in hindering]
        causes = separator.join(told("hinders", language, cause=cause, more=more) for cause, more in parts)
        yield told("against", language, causes=causes)
    for pair in [pair for pair in why.pairs if pair.goes.value >= _TOLD][:1]:
        yield told(
            "backing",
            language,
            first=cause_text(model, pair.first, language),
            second=cause_text(model, pair.second, language),
            goes=_percent(pair.goes, language),
            more=f"{100 * pair.more:.0f}",
        )


def _grouped(model: Model, why: Why, language: str) -> str:
    parts = [
        told("group", language, name=label_of(model, g.name, language), goes=_percent(g.goes, language))
        for g in why.groups
    ]
    return told("list_separator", language).join(parts)


def _listed(model: Model, shares: Sequence[CauseShare], language: str) -> str:
    parts = [
        told("one", language, cause=cause_text(model, s.cause, language), goes=_percent(s.goes, language))
        for s in shares
    ]
    return told("list_separator", language).join(parts)


def _passing(model: Model, why: Why, language: str) -> Iterator[str]:
    # nodes that an action of the compound hits itself are told already
    hit = {c.cause.node for c in why.causes}
    found = [m for m in why.mediators if m.node not in hit and m.share.value >= _TOLD][:_MOST]
    if found:
        further = "".join(
            told("further", language, node=label_of(model, m.node, language), share=_percent(m.share, language))
            for m in found[1:]
        )
        node, share = label_of(model, found[0].node, language), _percent(found[0].share, language)
        yield told("through", language, node=node, share=share, further=further)
    if why.pinned:
        yield told("pinned", language)
    helping = [route for route in why.routes if route.share > 0.0 and route.arrows]
    # that of the cause on which most hangs, where it has one
    main = max(why.causes, key=lambda c: c.goes.value).cause
    helping.sort(key=lambda route: route.cause != main)
    if helping:
        yield told("chain", language, chain=route_text(model, helping[0], language))


def route_text(model: Model, route: Route, language: str) -> str:
    """Write a chain with the labels of its stations.

    Parameters
    ----------
    model
        The model.
    route
        The chain.
    language
        "en" or "zh".

    Returns
    -------
    str
        Such as ``Quercetin → Wnt → ... → Bone density, hip``.
    """
    parts = [label_of(model, route.start, language)]
    for arrow in route.arrows:
        parts += ["→" if arrow.sign > 0 else "⊣", label_of(model, arrow.target, language)]
    return " ".join(parts)


def _grounds(why: Why, language: str) -> Iterator[str]:
    arrows = [arrow for arrow in why.arrows if arrow.kind != READ]
    claimed = sum(1 for arrow in arrows if arrow.claims)
    yield told("grounds", language, all=len(arrows), claimed=claimed, assumed=len(arrows) - claimed)


def _readings(model: Model, why: Why, language: str) -> Iterator[str]:
    if not why.readings:
        return
    labels = {d.name: d.label_zh if language == "zh" else d.label_en for d in model.disputes}
    other = [r for r in why.readings if r.verdict.direction != why.verdict.direction]
    for reading in other[:3]:
        yield told(
            "reading_differs",
            language,
            reading=reading.reading,
            dispute=labels[reading.dispute],
            direction=told(reading.verdict.direction, language),
            change=f"{reading.verdict.change:+.3f}",
        )
    if not other:
        yield told("readings_same", language, count=len(why.readings))
