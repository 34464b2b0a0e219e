"""Factors: the numbers of a question or of the model that a sweep or a sensitivity analysis may change, by name.

``Quercetin.dose``, ``Quercetin.start``, ``.stop`` and ``.every`` change what is done; ``Estrogen`` holds a node;
``RANKL.tau``, ``.gain`` and ``.level``, ``RANKL->RANKL_RANK.strength`` and ``cells.eta_C`` change the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..ground.errors import RemodelsimError, ScenarioError, UnknownNameError
from ..ground.names import nearest
from ..ground.units import Amount
from ..nouns.assignment import protocol_of
from ..nouns.intervention import Action, Clamp, Dosing, Protocol, Span
from ..nouns.model import Model
from ..nouns.network import Edge, Node
from ..nouns.scenario import Arm, Scenario

HELD = "held"
OF_COMPOUNDS, OF_TIMES = ("dose", "every"), ("start", "stop")
OF_NODES, OF_EDGES, OF_CELLS = ("tau", "gain", "level"), "strength", "cells"
WORDS = (*OF_COMPOUNDS, *OF_TIMES, *OF_NODES, OF_EDGES)
_NODE_FIELDS = {"tau": "tau_h", "gain": "gain", "level": "level"}
# hours; a faster node would keep the Boolean clock busy alone
_FASTEST, _SLOWEST = 0.01, 1e6
_UNITS = {"tau": "h", "start": "d", "stop": "d", "every": "d"}


@dataclass(frozen=True)
class Factor:
    """One number that may be changed.

    Attributes
    ----------
    name
        Its name in full, with the names of the model.
    what
        "held", "dose", "every", "start", "stop", "tau", "gain", "level", "strength" or "cells".
    subject
        Node, compound, background or symbol; the two ends of an edge.
    unit
        Its unit; empty for a pure number.
    label_en, label_zh
        What people call the subject.
    reference
        Its value in the model or scenario; None where there is none.
    alike
        Of a background, what it does: only arms that do the same have it.
    """

    name: str
    what: str
    subject: tuple[str, ...]
    unit: str
    label_en: str
    label_zh: str
    reference: float | None = None
    alike: tuple[Action, ...] = ()

    @property
    def of_model(self) -> bool:
        """Whether it changes the model; else it changes what is done."""
        return self.what in {*OF_NODES, OF_EDGES, OF_CELLS}

    def in_model(self, model: Model, value: float) -> Model:
        """Return the model with this number changed; the same where it is no number of the model.

        Raises
        ------
        ModelError
            When the value is outside the range of the number.
        """
        if self.what in _NODE_FIELDS:
            number = {_NODE_FIELDS[self.what]: value}
            nodes = tuple(_with(node, number) if node.name == self.subject[0] else node for node in model.network.nodes)
            return replace(model, network=replace(model.network, nodes=nodes))
        if self.what == OF_EDGES:
            edges = tuple(
                replace(edge, strength=value) if (edge.source, edge.target) == self.subject else edge
                for edge in model.network.edges
            )
            return replace(model, network=replace(model.network, edges=edges))
        if self.what == OF_CELLS:
            numbers = tuple(
                replace(p, value=value, low=min(p.low, value), high=max(p.high, value))
                if p.symbol == self.subject[0]
                else p
                for p in model.cells.parameters
            )
            return replace(model, cells=replace(model.cells, parameters=numbers))
        return model

    def in_arms(self, scenario: Scenario, protocols: Sequence[Protocol], value: float) -> list[Protocol]:
        """Return the protocols of a scenario's arms with this number changed.

        It is changed wherever an arm has it. A compound that no arm gives is given from day 0 on in every arm but the
        baseline; a node that no arm sets is held from day 0 on in every arm.

        Parameters
        ----------
        scenario
            The scenario.
        protocols
            What is done in its arms, in their order.
        value
            The value, in the factor's unit.

        Returns
        -------
        list of Protocol
            One per arm.

        Raises
        ------
        ScenarioError
            When the value does not fit, such as a stop before the start.
        """
        if self.of_model:
            return list(protocols)
        if self.what == HELD:
            found = [_held(protocol, self.subject[0], value) for protocol in protocols]
            has = [protocol is not other for protocol, other in zip(protocols, found, strict=True)]
            new = Protocol((Clamp(self.subject[0], value),))
            return found if any(has) else [protocol.override(new) for protocol in protocols]
        if self.what == "dose":
            dose = Amount(value, self.unit)
            if any(_gives(protocol, self.subject[0]) for protocol in protocols):
                return [_changed(p, self.subject, lambda a: replace(a, amount=dose)) for p in protocols]
            new = Protocol((Dosing(self.subject[0], dose),))
            alone = len(scenario.arms) == 1
            return [
                protocol.override(new) if alone or arm.name != scenario.baseline else protocol
                for arm, protocol in zip(scenario.arms, protocols, strict=True)
            ]
        if self.what == "every":
            return [_changed(p, self.subject, lambda a: replace(a, every_d=value)) for p in protocols]
        out = []
        for arm, protocol in zip(scenario.arms, protocols, strict=True):
            try:
                out.append(_timed(protocol, self, value))
            except ScenarioError as error:
                raise ScenarioError(f"arm {arm.name}: {error.what}") from None
        return out

    def means(self, action: Action) -> bool:
        """Tell whether an action of an arm is what this dose or time belongs to."""
        if self.alike:
            return replace(action, span=Span()) in self.alike
        return _name_of(action) in self.subject


def _with(node: Node, number: dict[str, float]) -> Node:
    return replace(node, **number)  # type: ignore[arg-type]


def _gives(protocol: Protocol, compound: str) -> bool:
    return any(isinstance(action, Dosing) and action.compound == compound for action in protocol)


def _changed(protocol: Protocol, subject: Sequence[str], change: Callable[[Dosing], Dosing]) -> Protocol:
    return Protocol(
        tuple(change(a) if isinstance(a, Dosing) and a.compound == subject[0] else a for a in protocol.actions)
    )


def _held(protocol: Protocol, node: str, level: float) -> Protocol:
    """Hold a node wherever a protocol sets it; the same protocol where it does not."""
    if not any(_name_of(action) == node for action in protocol):
        return protocol
    return Protocol(tuple(Clamp(node, level, a.span) if _name_of(a) == node else a for a in protocol.actions))


def _name_of(action: Action) -> str:
    return action.compound if isinstance(action, Dosing) else action.node


def _timed(protocol: Protocol, factor: Factor, day: float) -> Protocol:
    out: list[Action] = []
    for action in protocol:
        if factor.means(action):
            span = Span(day, action.span.stop) if factor.what == "start" else Span(action.span.start, day)
            out.append(replace(action, span=span))
        else:
            out.append(action)
    return Protocol(tuple(out))


def factor_of(model: Model, text: str, scenario: Scenario | None = None) -> Factor:
    """Find a factor by its name.

    Parameters
    ----------
    model
        The model that knows the names.
    text
        Such as ``Quercetin.dose``, ``Estrogen``, ``RANKL.tau``, ``RANKL->RANKL_RANK.strength`` or ``cells.eta_C``.
    scenario
        What is asked; needed for doses and times, for the arms that have them.

    Returns
    -------
    Factor
        The factor.

    Raises
    ------
    UnknownNameError
        When there is no such factor; names the nearest one.
    ScenarioError
        When the scenario has no such dose or time, or several.

    Examples
    --------
    >>> from remodelsim.files.library import load_model
    >>> factor_of(load_model(), "rankl.tau").name
    'RANKL.tau'
    """
    name = text.strip()
    subject, dot, word = (part.strip() for part in name.rpartition("."))
    if subject.lower() == OF_CELLS and dot:
        return _of_cells(model, word, text)
    if "->" in name:
        return _of_edge(model, *((subject, word) if dot else (name, OF_EDGES)), text)
    if not dot or _settable(model, name):
        node = _node(model, name, text)
        return Factor(node.name, HELD, (node.name,), "", node.label_en, node.label_zh, node.level)
    what = word.lower()
    if what not in WORDS:
        known = subject if _settable(model, subject) else ""
        near = nearest(what, WORDS)
        raise UnknownNameError(
            f"unknown axis '{text}'",
            nearest=f"{known or subject}.{near}" if near else None,
            allowed=["NODE", *(f"NODE.{w}" for w in OF_NODES), "A->B.strength", "cells.SYMBOL"]
            + [f"COMPOUND.{w}" for w in (*OF_COMPOUNDS, *OF_TIMES)],
        )
    if what in OF_NODES:
        return _of_node(_node(model, subject, text), what)
    if what == OF_EDGES:
        raise UnknownNameError(f"'{subject}' is no edge", where=text, cure="Write it as SOURCE->TARGET.strength.")
    return _of_scenario(model, subject, what, scenario, text)


def _settable(model: Model, name: str) -> bool:
    return any(model.knows(kind, name) for kind in ("node", "compound", "background"))


def _node(model: Model, name: str, where: str) -> Node:
    if model.knows("node", name):
        return model.network.node(model.find("node", name))
    kinds = model.subject(name, where=where)
    cure = (
        f"Write {name}.dose to change its dose." if "compound" in kinds else f"Write {name}.start to change its time."
    )
    raise UnknownNameError(f"'{name}' is a {kinds[0]}, not a node", where=where, cure=cure)


def _of_node(node: Node, what: str) -> Factor:
    value = {"tau": node.tau_h, "gain": node.gain, "level": node.level}[what]
    unit = _UNITS.get(what, "")
    return Factor(f"{node.name}.{what}", what, (node.name,), unit, node.label_en, node.label_zh, value)


def _of_cells(model: Model, symbol: str, where: str) -> Factor:
    numbers = {p.symbol: p for p in model.cells.parameters}
    if symbol not in numbers:
        near = nearest(symbol, numbers)
        raise UnknownNameError(
            f"cell preset {model.cells.name} has no number '{symbol}'",
            where=where,
            nearest=f"cells.{near}" if near else None,
            cure=f"They stand in models/cells/{model.cells.name}.yaml.",
        )
    number = numbers[symbol]
    unit = "" if number.unit == "1" else number.unit
    return Factor(f"cells.{symbol}", OF_CELLS, (symbol,), unit, symbol, symbol, number.value)


def _of_edge(model: Model, arrow: str, word: str, where: str) -> Factor:
    if word.lower() != OF_EDGES:
        raise UnknownNameError(f"an edge has no '{word}'", where=where, allowed=[OF_EDGES])
    ends = tuple(_node(model, end.strip(), where).name for end in arrow.split("->", 1))
    edge: Edge | None = next((e for e in model.network.edges if (e.source, e.target) == ends), None)
    if edge is None:
        into = [e.source for e in model.network.edges_into(ends[1])]
        raise UnknownNameError(
            f"there is no edge {ends[0]} -> {ends[1]}",
            where=where,
            allowed=[f"{source}->{ends[1]}" for source in into] or ["none: nothing regulates it"],
        )
    name = f"{ends[0]}->{ends[1]}"
    return Factor(f"{name}.{OF_EDGES}", OF_EDGES, ends, "", name, name, edge.strength)


def _of_scenario(model: Model, subject: str, what: str, scenario: Scenario | None, where: str) -> Factor:
    """Find a dose or a time; they belong to what a scenario does."""
    arms = scenario.arms if scenario is not None else ()
    if what in OF_COMPOUNDS and not model.knows("compound", subject):
        kinds = model.subject(subject, where=where)
        raise UnknownNameError(f"'{subject}' is a {kinds[0]}, not a compound, and has no {what}", where=where)
    names, labels, alike = _bearers(model, subject, where)
    name = model.find(model.subject(subject)[0] if not model.knows("compound", subject) else "compound", subject)
    unit = _UNITS.get(what, "") if what != "dose" else model.compounds[names[0]].default_dose.unit
    factor = Factor(f"{name}.{what}", what, names, unit, *labels, alike=alike)
    spans = [[action for action in arm.protocol if factor.means(action)] for arm in arms]
    acting = [action for found in spans for action in found]
    doses = [action for action in acting if isinstance(action, Dosing)]
    if what == "dose":
        return replace(factor, unit=doses[0].amount.unit, reference=doses[0].amount.value) if doses else factor
    _check_times(arms, spans, subject, what, where)
    if what == "every":
        return replace(factor, reference=doses[0].every_d or None)
    day = acting[0].span.start if what == "start" else acting[0].span.stop
    return replace(factor, reference=day if day < float("inf") else None)


def _bearers(model: Model, subject: str, where: str) -> tuple[tuple[str, ...], tuple[str, str], tuple[Action, ...]]:
    """Return the compound or nodes whose dose or time is meant, the labels, and what a background does."""
    kinds = model.subject(subject, where=where)
    if "compound" in kinds:
        compound = model.compounds[model.find("compound", subject)]
        return (compound.name,), (compound.label_en, compound.label_zh), ()
    if "background" in kinds:
        background = model.backgrounds[model.find("background", subject)]
        does = tuple(protocol_of(model, f"{background.name}=on"))
        return (*background.levels, *background.courses), (background.label_en, background.label_zh), does
    node = _node(model, subject, where)
    return (node.name,), (node.label_en, node.label_zh), ()


def _check_times(
    arms: Sequence[Arm],
    spans: Sequence[Sequence[Action]],
    subject: str,
    what: str,
    where: str,
) -> None:
    if not any(spans):
        raise ScenarioError(
            f"no arm of the scenario sets {subject}, so it has no {what}",
            where=where,
            cure="Set it in an arm of the scenario file.",
        )
    for arm, found in zip(arms, spans, strict=True):
        if len({_name_of(a) for a in found}) < len(found):
            raise ScenarioError(
                f"arm {arm.name} sets {subject} in several periods, so '{what}' could mean any of them",
                where=where,
                cure="Split the arm.",
            )


def check_value(factor: Factor, model: Model, scenario: Scenario, value: float, where: str) -> None:
    """Refuse a value that the factor cannot take, before anything is computed.

    Parameters
    ----------
    factor, model, scenario
        What is changed, and in what.
    value
        The value.
    where
        The text of the axis, for the message.

    Raises
    ------
    ScenarioError
        When a start lies after the horizon, or a time constant is out of range.
    RemodelsimError
        When the model or the scenario refuses it.
    """
    try:
        if factor.what == "dose":
            model.compounds[factor.subject[0]].check_dose(Amount(value, factor.unit))
        if factor.what == "tau" and not _FASTEST <= value <= _SLOWEST:
            raise ScenarioError(
                f"a time constant of {value:g} h makes no sense", allowed=[f"{_FASTEST:g} to {_SLOWEST:g} h"]
            )
        factor.in_model(model, value)
        factor.in_arms(scenario, [arm.protocol for arm in scenario.arms], value)
        if factor.what == "start" and value > scenario.horizon:
            raise ScenarioError(f"a start on day {value:g} lies after the horizon of {scenario.horizon:g} days")
    except RemodelsimError as error:
        raise error.at(where) from None
