"""The controls of lesson files, and the circumstances that every lesson can start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..ground.errors import RemodelsimError, ScenarioError
from ..ground.strict_yaml import Document
from ..ground.units import parse_amount
from ..nouns.assignment import actions_of, parse_assignments
from ..nouns.intervention import FOREVER, Action, Clamp, Course, Dosing, Span
from ..nouns.lesson import MOST_ADVANCED
from ..nouns.lesson_parts import Control, Option, Preset, Text, subject_of
from ..nouns.model import Model
from ..nouns.network import Node
from .scenario_file import ActionShape, Time, read_actions, read_time
from .shapes import LabelShape, Shape

# circumstances that every lesson can start from: name in links, assignment, short label
STANDARD = (
    ("menopause", "menopause_course=on", Text("Menopause", "绝经")),
    ("germ_free", "germ_free=on", Text("Germ-free", "无菌")),
    ("antibiotics", "Antibiotics=on", Text("Antibiotics", "抗生素")),
    ("glucocorticoid", "glucocorticoid=on", Text("Glucocorticoid", "糖皮质激素")),
)
# what of the gut every lesson can change
FATTY_ACIDS = ("scfa", "SCFA", Text("Short-chain fatty acids", "短链脂肪酸"))
FILAMENTS = ("sfb", "SFB=on", Text("SFB in the gut", "肠道 SFB"))
# what a lesson begins with: health, or its own background
HEALTHY, BEGINNING = Text("Healthy", "健康"), Text("As it begins", "起点")
_LEVELS = tuple(k / 20 for k in range(21))
# positions of a dose between the ends of what was studied
_DECADE = (1.0, 2.0, 5.0)
_ON, _OFF = "on", "off"
# a level this near to health is health
_NEAR = 0.025


class ChoiceShape(Shape):
    """One position of a choice."""

    label: LabelShape
    actions: list[ActionShape] = []


class ControlShape(Shape):
    """One control: exactly one of switch, dose, level, choice."""

    switch: str | None = None
    dose: str | None = None
    level: str | None = None
    choice: dict[str, ChoiceShape] | None = None
    label: LabelShape | None = None
    note: LabelShape | None = None
    unit: str | None = None
    stops: list[float] | None = None
    start: Time = 0
    stop: Time | None = None
    every: Time | None = None
    first: str | float | int | None = None
    advanced: bool = False


class _Made(NamedTuple):
    """What the kind of a control decides."""

    kind: str
    label: Text | None
    options: tuple[Option, ...]
    first: int = 0
    unit: str = ""


def read_doing(document: Document, model: Model, words: Sequence[str]) -> tuple[Action, ...]:
    """Read the background of a lesson.

    Parameters
    ----------
    document, model
        The file, and the model that knows the names.
    words
        Names of backgrounds, or assignments.

    Returns
    -------
    tuple of Action
        What holds all the time.

    Raises
    ------
    RemodelsimError
        When a name or value is wrong.
    """
    out: list[Action] = []
    for i, text in enumerate(words):
        out += read_actions(document, model, text if "=" in text else f"{text}=on", Span(), 0.0, ("background", i))
    return tuple(out)


def read_control(document: Document, model: Model, name: str, shape: ControlShape) -> Control:
    """Read a control.

    Parameters
    ----------
    document, model
        The file, and the model that knows the names.
    name
        Its key in the file.
    shape
        What stands there.

    Returns
    -------
    Control
        Its positions with what each does.

    Raises
    ------
    ScenarioError
        When it is not exactly one kind of control, or says what does not belong to its kind.
    RemodelsimError
        When a name, dose or time is wrong.
    """
    path: tuple[str | int, ...] = ("controls", name)
    where = document.where(path)
    kinds = [kind for kind in ("switch", "dose", "level", "choice") if getattr(shape, kind) is not None]
    if len(kinds) != 1:
        raise ScenarioError(
            f"control '{name}' is {' and '.join(kinds) or 'of no kind'}",
            where=where,
            allowed=["exactly one of switch, dose, level, choice"],
        )
    make = {"switch": _switch, "dose": _dose, "level": _level, "choice": _choice}[kinds[0]]
    made = make(document, model, shape, path)
    label = Text(shape.label.en, shape.label.zh) if shape.label else made.label
    if label is None:
        raise ScenarioError(f"control '{name}' has no label", where=where, cure="Give 'label: {en: ..., zh: ...}'.")
    try:
        control = Control(
            name=name,
            kind=made.kind,
            label=label,
            options=made.options,
            first=made.first,
            unit=made.unit,
            advanced=shape.advanced,
            note=Text(shape.note.en, shape.note.zh) if shape.note else None,
        )
        if shape.first is None:
            return control
        key = shape.first if isinstance(shape.first, str) else f"{shape.first:g}"
        return Control(
            name, made.kind, label, made.options, control.position(key), made.unit, shape.advanced, control.note
        )
    except ScenarioError as error:
        raise error.at(where) from None


def _span(document: Document, shape: ControlShape | ActionShape, path: tuple[str | int, ...]) -> tuple[Span, float]:
    start = read_time(document, shape.start, (*path, "start"))
    stop = FOREVER if shape.stop is None else read_time(document, shape.stop, (*path, "stop"))
    every = 0.0 if shape.every is None else read_time(document, shape.every, (*path, "every"))
    try:
        return Span(start, stop), every
    except ScenarioError as error:
        raise error.at(document.where(path)) from None


def _switch(document: Document, model: Model, shape: ControlShape, path: tuple[str | int, ...]) -> _Made:
    text = str(shape.switch)
    span, every = _span(document, shape, path)
    written = text if "=" in text else f"{text}=on"
    actions = tuple(read_actions(document, model, written, span, every, (*path, "switch")))
    named = parse_assignments(written)
    label = _label_of(model, named[0].name) if len(named) == 1 and named[0].value == _ON else None
    return _Made("switch", label, (Option(_OFF, None, ()), Option(_ON, None, actions)))


def _label_of(model: Model, name: str) -> Text:
    kind = model.subject(name)[0]
    found = model.find(kind, name)
    if kind == "background":
        background = model.backgrounds[found]
        return Text(background.label_en, background.label_zh)
    thing = model.compounds[found] if kind == "compound" else model.network.node(found)
    return Text(thing.label_en, thing.label_zh)


def _dose(document: Document, model: Model, shape: ControlShape, path: tuple[str | int, ...]) -> _Made:
    where = document.where((*path, "dose"))
    compound = model.compounds[model.find("compound", str(shape.dose), where=where)]
    unit = shape.unit or compound.default_dose.unit
    span, every = _span(document, shape, path)
    try:
        compound.check_dose(parse_amount(f"1{unit}"))
    except RemodelsimError as error:
        raise error.at(document.where((*path, "unit"))) from None
    studied = compound.doses.get(parse_amount(f"1{unit}").unit)
    stops = shape.stops or ([0.0, *_between(studied.low, studied.high)] if studied else [0.0, 1.0])
    _check_stops(document, stops, (*path, "stops"))
    options = tuple(
        Option(
            f"{stop:g}", None, (Dosing(compound.name, parse_amount(f"{stop:g}{unit}"), span, every),) if stop else ()
        )
        for stop in stops
    )
    return _Made("dose", Text(compound.label_en, compound.label_zh), options, unit=unit)


def _between(low: float, high: float) -> list[float]:
    """Return round doses from `low` to `high`, three in a decade, the two ends among them."""
    rounds = [step * 10.0**power for power in range(-4, 6) for step in _DECADE]
    return sorted({low, high, *(value for value in rounds if low < value < high)})


def _check_stops(document: Document, stops: Sequence[float], path: tuple[str | int, ...]) -> None:
    if any(b <= a for a, b in pairwise(stops)) or not all(stop >= 0.0 for stop in stops):
        raise ScenarioError(
            "the stops of a slider must rise", where=document.where(path), allowed=["numbers of 0 or more, ascending"]
        )


def _level(document: Document, model: Model, shape: ControlShape, path: tuple[str | int, ...]) -> _Made:
    node = model.network.node(model.find("node", str(shape.level), where=document.where((*path, "level"))))
    span, _ = _span(document, shape, path)
    stops = list(shape.stops or _stops_around(node.level))
    _check_stops(document, stops, (*path, "stops"))
    try:
        options, healthy = _levels(node, stops, span)
    except ScenarioError as error:
        raise error.at(document.where((*path, "stops"))) from None
    return _Made("level", Text(node.label_en, node.label_zh), options, first=healthy)


def _stops_around(healthy: float) -> list[float]:
    """Return even levels; the healthy one takes the place of the stop next to it."""
    return sorted({stop for stop in _LEVELS if abs(stop - healthy) > _NEAR} | {healthy})


def _levels(node: Node, stops: Sequence[float], span: Span) -> tuple[tuple[Option, ...], int]:
    """Return the positions of a level, and which of them is next to health; health itself holds nothing."""
    options = tuple(
        Option(f"{stop:g}", None, () if abs(stop - node.level) < 1e-9 else (Clamp(node.name, stop, span),))
        for stop in stops
    )
    return options, min(range(len(stops)), key=lambda k: abs(stops[k] - node.level))


def _choice(document: Document, model: Model, shape: ControlShape, path: tuple[str | int, ...]) -> _Made:
    options = []
    for key, each in (shape.choice or {}).items():
        actions: list[Action] = []
        for i, action in enumerate(each.actions):
            place = (*path, "choice", key, "actions", i)
            span, every = _span(document, action, place)
            actions += read_actions(document, model, action.do, span, every, (*place, "do"))
        options.append(Option(key, Text(each.label.en, each.label.zh), tuple(actions)))
    return _Made("choice", None, tuple(options))


def standard_controls(model: Model, background: Iterable[Action], own: Sequence[Control]) -> tuple[Control, ...]:
    """Return advanced controls of the usual circumstances and the gut, as far as the lesson's own do not hold them.

    Parameters
    ----------
    model
        The model.
    background
        What holds all the time.
    own
        The lesson's controls.

    Returns
    -------
    tuple of Control
        As many as there is room for.
    """
    taken = {subject_of(action) for action in background} | {s for control in own for s in control.subjects()}
    names = {control.name for control in own}
    made = []
    for name, text, label in (*STANDARD, FILAMENTS):
        actions = _standard(model, text)
        if actions and name not in names and not taken & {subject_of(action) for action in actions}:
            options = (Option(_OFF, None, ()), Option(_ON, None, actions))
            made.append(Control(name, "switch", label, options, advanced=True))
    name, node, label = FATTY_ACIDS
    if name not in names and node not in taken and node in model.network.index:
        stops = _stops_around(model.network.node(node).level)
        made.append(Control(name, "level", label, *_levels(model.network.node(node), stops, Span()), advanced=True))
    room = MOST_ADVANCED - sum(control.advanced for control in own)
    return tuple(made[: max(room, 0)])


def _standard(model: Model, text: str) -> tuple[Action, ...]:
    (assignment,) = parse_assignments(text)
    if not any(model.knows(kind, assignment.name) for kind in ("background", "compound", "node")):
        return ()
    return actions_of(model, assignment)


def presets_of(model: Model, controls: Sequence[Control], background: Sequence[Action] = ()) -> tuple[Preset, ...]:
    """Return the circumstances to start from that the controls of a lesson can set.

    Parameters
    ----------
    model
        The model.
    controls
        All controls of the lesson.
    background
        What holds all the time.

    Returns
    -------
    tuple of Preset
        "healthy" first: nothing done but the background.
    """
    presets = [
        Preset("healthy", BEGINNING if background else HEALTHY, {control.name: _plain(control) for control in controls})
    ]
    for name, text, label in STANDARD:
        found = _setting(controls, _standard(model, text))
        if found is not None:
            presets.append(Preset(name, label, {**presets[0].settings, found[0]: found[1]}))
    return tuple(presets)


def _plain(control: Control) -> int:
    """Return the position that does nothing, else the first."""
    idle = [k for k, option in enumerate(control.options) if not option.actions]
    return control.first if control.first in idle or not idle else idle[0]


def _setting(controls: Sequence[Control], actions: tuple[Action, ...]) -> tuple[str, int] | None:
    """Find the control and position that do what a preset asks: the same, else a switch of the same things."""
    wanted = {subject_of(action) for action in actions}
    for control in controls:
        for k, option in enumerate(control.options):
            if actions and tuple(option.actions) == actions:
                return control.name, k
    for control in controls:
        if actions and control.kind == "switch" and control.subjects() == wanted:
            return control.name, 1
        zero = [k for k, o in enumerate(control.options) if _same_clamps(o.actions, actions)]
        if zero:
            return control.name, zero[0]
    return None


def _same_clamps(left: tuple[Action, ...], right: tuple[Action, ...]) -> bool:
    def clamps(actions: tuple[Action, ...]) -> set[tuple[str, float]]:
        return {(a.node, a.level) for a in actions if isinstance(a, Clamp)}

    return bool(right) and not any(isinstance(a, Dosing | Course) for a in right) and clamps(left) == clamps(right)
