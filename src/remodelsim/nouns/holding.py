"""What the settings of a question do: from words of the claims to clamps, doses and courses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..ground.errors import RemodelsimError, ScenarioError, UnitError, UnknownNameError
from ..ground.names import nearest
from ..ground.units import Amount, is_quantity
from .assignment import Assignment, actions_of, as_circumstance, level_of
from .intervention import Action, Clamp, Dosing, Protocol, Span
from .model import Model
from .question import ANY, LEVELS, OpenQuestion, Setting
from .readout import Readout

_ABSENT = frozenset({"off", "low", "normal"})
_OPPOSITE = {"on": "off", "off": "on", "high": "low", "low": "high", "normal": "normal"}
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a question names and the model does not carry.

    Parameters
    ----------
    what
        "entity", "readout", "cell", "variant" or "dose".
    name
        As it was written.
    nearest
        The nearest name that the model knows; empty when none is near.
    where
        Its place.
    """

    what: str
    name: str
    nearest: str = ""
    where: str = ""


class NotRepresentedError(UnknownNameError):
    """A question names something that the model does not carry.

    Parameters
    ----------
    gap
        What is missing.
    """

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        super().__init__(f"the model carries no {gap.what} '{gap.name}'", where=gap.where, nearest=gap.nearest or None)


def protocol_for(model: Model, settings: Sequence[Setting], cell: str = "", *, circumstance: bool = False) -> Protocol:
    """Turn the settings of one side of a question into a protocol.

    Settings are read from left to right: a later background overrides an earlier one (``GermFree=on &
    Conventionalization=on`` is an animal that was germ-free), and both give way to what is set by name beside them
    (``Osteoporosis=on & Aging=off``).

    Parameters
    ----------
    model
        The model that knows the names.
    settings
        What is set.
    cell
        Which cell's copy of a signal is meant; empty for all of them.
    circumstance
        Whether this is a baseline: what stands ``high`` or ``low`` there yields to compounds that act on it.

    Returns
    -------
    Protocol
        Clamps, doses and courses.

    Raises
    ------
    NotRepresentedError
        When the model does not carry something.
    ScenarioError
        When a value does not fit what the name is, or two settings contradict each other.
    UnitError
        When a dose has no unit.
    """
    defaults, named = Protocol(), Protocol()
    for setting in settings:
        span = Span(0.0, setting.phase.until) if setting.phase else Span()
        word = setting.value if circumstance else ""
        actions = Protocol(as_circumstance(actions_for(model, setting, span, cell), word))
        if model.knows("background", setting.name) and setting.value not in _ABSENT:
            defaults = defaults.override(actions)
        else:
            named = _joined(named, actions, setting)
    return defaults.override(named)


def _joined(first: Protocol, second: Protocol, setting: Setting) -> Protocol:
    """Join two protocols that may say the same thing, but not opposite things."""
    new = tuple(action for action in second if action not in first.actions)
    try:
        return Protocol((*first, *new))
    except ScenarioError as error:
        raise ScenarioError(
            f"{setting} contradicts what stands before it ({error.what})",
            where=setting.where,
            cure="Keep one of the two.",
        ) from None


def actions_for(model: Model, setting: Setting, span: Span, cell: str = "") -> Iterator[Action]:
    """Yield what one setting does.

    Parameters
    ----------
    model
        The model that knows the names.
    setting
        The setting.
    span
        When it holds.
    cell
        Which cell's copy of a signal is meant; empty for all of them.

    Yields
    ------
    Action
        Clamps, doses and courses.

    Raises
    ------
    NotRepresentedError
        When nothing bears the name, or the compound has no such kind of dose.
    ScenarioError
        When the value does not fit what the name is.
    """
    name, value = setting.name, setting.value
    if not any(model.knows(kind, name) for kind in ("background", "compound", "node", "readout")):
        raise NotRepresentedError(Gap("entity", name, _near(model, name), setting.where))
    if value not in LEVELS and not is_quantity(value):
        yield from _by_own_word(model, setting, span)
    elif model.knows("compound", name) and value in {"high", "low"}:
        compound = model.compounds[model.find("compound", name)]
        unit, doses = next(iter(compound.doses.items()))
        yield Dosing(compound.name, Amount(doses.high if value == "high" else doses.low, unit), span)
    elif _is_held_as_readout(model, name):
        for node, word in _held(model, model.readouts[model.find("readout", name)], setting, cell):
            yield Clamp(node, _level(model, node, word), span)
    elif model.knows("node", name) or value in {"on", "off"} or is_quantity(value):
        yield from _usual(model, setting, span)
    elif value in {"high", "low"}:
        yield from _usual(model, replace(setting, value="on" if value == "high" else "off"), span)


def _usual(model: Model, setting: Setting, span: Span) -> tuple[Action, ...]:
    """Do what the word or number says; a circumstance that is low or normal is absent, as in health."""
    if setting.value == "normal":
        node = model.network.node(model.find("node", setting.name))
        return (Clamp(node.name, node.level, span),)
    if is_quantity(setting.value) and not model.knows("compound", setting.name):
        _check_activity(model, setting)
    try:
        return actions_of(model, Assignment(setting.name, setting.value, None, setting.where), span)
    except UnitError as error:
        if "has no dose in" in error.what:
            raise NotRepresentedError(Gap("dose", str(setting), "", setting.where)) from None
        raise


def _by_own_word(model: Model, setting: Setting, span: Span) -> tuple[Action, ...]:
    """``FMT=aged_donor`` is the background fmt_aged_donor."""
    name = f"{setting.name}_{setting.value}"
    if model.knows("background", name):
        return actions_of(model, Assignment(name, "on", None, setting.where), span)
    start = f"{model.find('background', setting.name)}_" if model.knows("background", setting.name) else "?"
    own = [background.removeprefix(start) for background in model.backgrounds if background.startswith(start)]
    raise ScenarioError(
        f"'{setting.value}' is no value for {setting.name}",
        where=setting.where,
        nearest=nearest(setting.value, [*LEVELS, *own]),
        allowed=[*LEVELS, *own, "an activity from 0 to 1", "a dose with its unit"],
    )


def _check_activity(model: Model, setting: Setting) -> None:
    """Note as a gap a dose of something that is no compound."""
    if not model.knows("node", setting.name) or any(sign.isalpha() for sign in setting.value.replace("e", "")):
        raise NotRepresentedError(Gap("dose", str(setting), "", setting.where))


def _near(model: Model, name: str) -> str:
    try:
        model.subject(name)
    except RemodelsimError as error:
        return error.nearest or ""
    return ""


def _is_held_as_readout(model: Model, name: str) -> bool:
    """Tell whether a name stands for several nodes: a signal with copies in cells, or a formula that is no node."""
    if not model.knows("readout", name):
        return False
    others = any(model.knows(kind, name) for kind in ("background", "compound", "node"))
    readout = model.readouts[model.find("readout", name)]
    return bool(readout.cells) and name not in model.network.index if others else True


def _held(model: Model, readout: Readout, setting: Setting, cell: str) -> list[tuple[str, str]]:
    """Return the nodes behind a readout with the word that each is set to.

    A signal with copies is set in every copy, or in that of the cell that is named. Another readout is set by setting
    each node of its formula on the side that moves the readout the way that is asked.
    """
    if is_quantity(setting.value):
        raise ScenarioError(f"{setting.name} is a readout and takes no number", where=setting.where, allowed=LEVELS)
    if readout.cells:
        if cell and cell not in readout.cells:
            raise NotRepresentedError(
                Gap("cell", f"{setting.name} in cell={cell}", nearest(cell, readout.cells) or "", setting.where)
            )
        copies = (readout.cells[cell],) if cell else tuple(dict.fromkeys(readout.cells.values()))
        return [(node, setting.value) for node in copies]
    healthy = {node.name: node.level for node in model.network.nodes}
    start, out = _value(model, readout, healthy), []
    for node in nodes_behind(model, readout):
        moved = _value(model, readout, {**healthy, node: healthy[node] + _STEP}) - start
        out.append((node, setting.value if moved > 0.0 else _OPPOSITE[setting.value]))
    if not out:
        raise NotRepresentedError(Gap("entity", setting.name, "", setting.where))
    return out


def nodes_behind(model: Model, readout: Readout) -> tuple[str, ...]:
    """Return the nodes that the Boolean formula of a readout rests on, through other readouts."""
    out: list[str] = []
    for name in readout.boolean.names:
        out += [name] if name in model.network.index else nodes_behind(model, model.readouts[name])
    return tuple(dict.fromkeys(out))


def _value(model: Model, readout: Readout, levels: dict[str, float]) -> float:
    inner = {n: _value(model, model.readouts[n], levels) for n in readout.boolean.names if n not in levels}
    return float(readout.boolean.value({**levels, **inner}))


def _level(model: Model, node: str, word: str) -> float:
    healthy = model.network.node(node).level
    return healthy if word == "normal" else level_of(word, healthy)


def readout_for(model: Model, name: str, cell: str = "", *, where: str = "") -> Readout:
    """Return the readout that a question means: the copy of the named cell where the readout has copies.

    Parameters
    ----------
    model
        The model.
    name
        Readout or node, in any spelling.
    cell
        Word of ``cell=``; empty for none.
    where
        Place of the name, used in messages.

    Returns
    -------
    Readout
        The readout.

    Raises
    ------
    NotRepresentedError
        When nothing bears the name, or the readout has copies but none in that cell.
    """
    if not (model.knows("readout", name) or model.knows("node", name)):
        near = ""
        try:
            model.readout(name)
        except RemodelsimError as error:
            near = error.nearest or ""
        raise NotRepresentedError(Gap("readout", name, near, where))
    readout = model.readout(name)
    if not cell or not readout.cells:
        return readout
    if cell not in readout.cells:
        raise NotRepresentedError(Gap("cell", f"{name} in cell={cell}", nearest(cell, readout.cells) or "", where))
    return model.readout(readout.cells[cell])


def gaps_in(model: Model, question: OpenQuestion, variants: Collection[str]) -> tuple[Gap, ...]:
    """Return what a question names and the model does not carry.

    Parameters
    ----------
    model
        The model.
    question
        The question.
    variants
        Names of the readings of all disputes.

    Returns
    -------
    tuple of Gap
        Each once; empty where the question can be asked.

    Raises
    ------
    ScenarioError
        When a value does not fit what a name is.
    UnitError
        When a dose has no unit.
    """
    cell, variant = question.cell, question.variant
    gaps = []
    if variant and variant != ANY and variant not in variants:
        gaps.append(Gap("variant", variant, nearest(variant, variants) or "", question.where))
    parts: list[Callable[[], object]] = [
        partial(protocol_for, model, [setting], cell) for setting in (*question.baseline, *question.do)
    ]
    parts += [partial(readout_for, model, e.readout, cell, where=e.where) for e in question.expect]
    for part in parts:
        try:
            part()
        except NotRepresentedError as error:
            gaps.append(error.gap)
    return tuple(dict.fromkeys(gaps))
