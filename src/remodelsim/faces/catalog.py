"""What there is: lists of names, and one page of text about each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..files.cells_file import preset_names, read_preset
from ..files.lesson_file import lesson_paths
from ..files.scenario_file import load_scenario, scenario_paths
from ..ground.errors import UnknownNameError
from ..ground.names import nearest
from ..nouns.holding import nodes_behind
from ..nouns.model import Model
from ..nouns.network import Node
from .catalog_evidence import claim_page, source_rows, system_page, system_rows
from .catalog_pages import (
    arrow_line,
    background_page,
    claim_lines,
    compound_page,
    counts_text,
    dispute_lines,
    doses_text,
    edge_page,
    identifier_line,
    preset_page,
    readout_page,
)

Row = tuple[str, str]


def _nodes(model: Model) -> list[Row]:
    return [(node.name, f"{node.label_en} · {node.label_zh} · {node.lane}") for node in model.network.nodes]


def _inputs(model: Model) -> list[Row]:
    return [(name, model.network.node(name).label_en) for name in model.network.inputs]


def _compounds(model: Model) -> list[Row]:
    return [
        (c.name, f"{c.label_en} · {c.label_zh} · {c.kind} · {', '.join(c.doses)}")
        for c in sorted(model.compounds.values(), key=lambda c: c.name)
    ]


def _backgrounds(model: Model) -> list[Row]:
    return [(b.name, f"{b.label_en} · {b.label_zh}") for b in model.backgrounds.values()]


def _readouts(model: Model) -> list[Row]:
    return [(r.name, f"{r.label_en} · {r.label_zh} · {r.ode.text}") for r in model.readouts.values()]


def _claims(model: Model) -> list[Row]:
    return [(c.id, c.sentence()) for c in model.claims.values()]


def _scenarios(model: Model) -> list[Row]:
    loaded = {name: load_scenario(name, model) for name in scenario_paths()}
    return [(name, f"{s.title_en} · {s.title_zh}") for name, s in loaded.items()]


def _lessons(_: Model) -> list[Row]:
    return [(name, "") for name in lesson_paths()]


def _cells(_: Model) -> list[Row]:
    presets = [read_preset(name) for name in preset_names()]
    return [(p.name, f"{p.label_en} · {p.label_zh} · {p.citation}") for p in presets]


LISTS: Mapping[str, Callable[[Model], list[Row]]] = {
    "nodes": _nodes,
    "inputs": _inputs,
    "compounds": _compounds,
    "backgrounds": _backgrounds,
    "readouts": _readouts,
    "scenarios": _scenarios,
    "lessons": _lessons,
    "cells": _cells,
    "claims": _claims,
    "systems": system_rows,
    "sources": source_rows,
}


def names_of(model: Model, kind: str) -> list[Row]:
    """Return the names of one kind, each with a line about it.

    Parameters
    ----------
    model
        The model.
    kind
        One of `LISTS`, in the singular or plural.

    Returns
    -------
    list of tuple
        Name and description.

    Raises
    ------
    UnknownNameError
        When there is no such kind.
    """
    key = kind if kind in LISTS else f"{kind}s"
    if key not in LISTS:
        raise UnknownNameError(f"no list of '{kind}'", nearest=nearest(kind, LISTS), allowed=LISTS)
    return LISTS[key](model)


def kinds_text(model: Model) -> str:
    """Return how many things of each kind there are, as text.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    str
        One line per kind.
    """
    return counts_text([(kind, len(rows(model))) for kind, rows in LISTS.items()])


def page_of(model: Model, name: str) -> str:
    """Return everything known about one thing, as text.

    Parameters
    ----------
    model
        The model.
    name
        A node, compound, background, readout, claim id, system, or an edge written ``A->B``.

    Returns
    -------
    str
        One page.

    Raises
    ------
    UnknownNameError
        When nothing bears the name.
    """
    pages: list[str] = []
    if name.upper() in model.claims:
        pages.append(claim_page(model, model.claims[name.upper()]))
    if "->" in name or "-|" in name:
        pages.append(edge_page(model, name))
    if model.knows("compound", name):
        pages.append(compound_page(model, model.compounds[model.find("compound", name)]))
    if model.knows("node", name):
        pages.append(_node_page(model, model.network.node(model.find("node", name))))
    if model.knows("background", name):
        pages.append(background_page(model, model.find("background", name)))
    if model.knows("readout", name):
        pages.append(readout_page(model, model.find("readout", name)))
    if name.lower() in model.evidence.systems:
        pages.append(system_page(model, name.lower()))
    if name in preset_names():
        pages.append(preset_page(read_preset(name)))
    if not pages:
        model.subject(name)
    return "\n\n".join(pages)


def _node_page(model: Model, node: Node) -> str:
    network = model.network
    into, out = network.edges_into(node.name), network.edges_from(node.name)
    acting = [
        f"  {c.name} {'raises' if e.sign > 0 else 'lowers'} it (strength {e.strength:g}, ED50 {doses_text(e.ed50)})"
        for c in model.compounds.values()
        for e in c.effects
        if e.node == node.name
    ]
    joints = [
        f"  scales {c.modulator} of the cell layer, from {c.at_zero:g} to {c.at_one:g}"
        for c in model.couplings
        if c.node == node.name
    ]
    joints += [f"  follows {f.quantity} of the cell layer in the ODE" for f in model.feedbacks if f.node == node.name]
    readers = [
        f"  {r.name} · {r.label_en} · {r.label_zh}"
        for r in model.readouts.values()
        if node.name in nodes_behind(model, r)
    ]
    head = [
        f"{node.name} (node): {node.label_en}, {node.label_zh}",
        f"  {node.kind}, {node.cell}; healthy level {node.level:g}, gain {node.gain:g}, time constant {node.tau_h:g} h",
        identifier_line(node.identifier),
        f"  also called: {', '.join(node.synonyms)}" if node.synonyms else "",
        f"  {node.description}" if node.description else "",
        f"rule\n  {node.name} = {network.rules[node.name].expr.text()}",
    ]
    parts = [line for line in head if line]
    for title, lines in (
        ("raised and lowered by", [arrow_line(e) for e in into]),
        ("acts on", [arrow_line(e) for e in out]),
        ("compounds", acting),
        ("cells", joints),
        ("disputed", dispute_lines(model, [(e.source, e.target) for e in (*into, *out)], [node.name])),
        ("read by", readers),
        ("claims", claim_lines(model, (c for e in (*into, *out) for c in e.claims))),
    ):
        parts += [title, *lines] if lines else []
    return "\n".join(parts)
