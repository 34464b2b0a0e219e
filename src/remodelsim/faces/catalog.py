"""What there is: lists of names, and one page of text about each thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..files.lesson_file import lesson_paths
from ..files.scenario_file import scenario_paths
from ..ground.errors import UnknownNameError
from ..ground.names import nearest
from ..nouns.compound import Compound
from ..nouns.model import Model
from ..nouns.network import Edge, Node
from .catalog_evidence import claim_page, source_rows, system_page, system_rows

Row = tuple[str, str]
_MOST_CLAIMS = 40


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


def _scenarios(_: Model) -> list[Row]:
    return [(name, "") for name in scenario_paths()]


def _lessons(_: Model) -> list[Row]:
    return [(name, "") for name in lesson_paths()]


LISTS: Mapping[str, Callable[[Model], list[Row]]] = {
    "nodes": _nodes,
    "inputs": _inputs,
    "compounds": _compounds,
    "backgrounds": _backgrounds,
    "readouts": _readouts,
    "scenarios": _scenarios,
    "lessons": _lessons,
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
    if "->" in name:
        pages.append(_edge_page(model, name))
    if model.knows("compound", name):
        pages.append(_compound_page(model, model.compounds[model.find("compound", name)]))
    if model.knows("node", name):
        pages.append(_node_page(model, model.network.node(model.find("node", name))))
    if model.knows("background", name):
        pages.append(_background_page(model, model.find("background", name)))
    if model.knows("readout", name):
        pages.append(_readout_page(model, model.find("readout", name)))
    if name.lower() in model.evidence.systems:
        pages.append(system_page(model, name.lower()))
    if not pages:
        model.subject(name)
    return "\n\n".join(pages)


def _claim_lines(model: Model, ids: Iterable[str]) -> list[str]:
    known = [model.claims[i] for i in dict.fromkeys(ids) if i in model.claims]
    lines = [f"  {claim.id:8s} {claim.grade:10s} {claim.sentence()}" for claim in known[:_MOST_CLAIMS]]
    return lines + ([f"  ... and {len(known) - _MOST_CLAIMS} more"] if len(known) > _MOST_CLAIMS else [])


def _arrow(edge: Edge) -> str:
    grounds = " ".join(edge.claims) + (f" assumption: {edge.assumption}" if edge.assumption else "")
    return f"  {edge.source} {'->' if edge.sign > 0 else '-|'} {edge.target}  (strength {edge.strength:g})  {grounds}"


def _node_page(model: Model, node: Node) -> str:
    network = model.network
    into, out = network.edges_into(node.name), network.edges_from(node.name)
    acting = [
        f"  {c.name} {'raises' if e.sign > 0 else 'lowers'} it (strength {e.strength:g}, ED50 {_doses(e.ed50)})"
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
    head = [
        f"{node.name} (node): {node.label_en}, {node.label_zh}",
        f"  {node.kind}, {node.cell}; healthy level {node.level:g}, gain {node.gain:g}, time constant {node.tau_h:g} h",
        f"  {node.identifier}" if node.identifier else "",
        f"  also called: {', '.join(node.synonyms)}" if node.synonyms else "",
        f"  {node.description}" if node.description else "",
        f"rule\n  {node.name} = {network.rules[node.name].expr.text()}",
    ]
    parts = [line for line in head if line]
    for title, lines in (
        ("raised and lowered by", [_arrow(e) for e in into]),
        ("acts on", [_arrow(e) for e in out]),
        ("compounds", acting),
        ("cells", joints),
        ("claims", _claim_lines(model, (c for e in (*into, *out) for c in e.claims))),
    ):
        parts += [title, *lines] if lines else []
    return "\n".join(parts)


def _doses(table: Mapping[str, float]) -> str:
    return ", ".join(f"{value:g} {unit}" for unit, value in table.items())


def _compound_page(model: Model, compound: Compound) -> str:
    lines = [
        f"{compound.name} (compound): {compound.label_en}, {compound.label_zh}",
        f"  {compound.kind}{'; ' + compound.identifier if compound.identifier else ''}",
        f"  {compound.description}" if compound.description else "",
        f"  also called: {', '.join(compound.synonyms)}" if compound.synonyms else "",
        "doses",
        *(f"  {u}: usual {d.default:g}, reported {d.low:g} to {d.high:g}" for u, d in compound.doses.items()),
        "acts on",
    ]
    for effect in compound.effects:
        window = f", lost again at {_doses(effect.toxic50)}" if effect.toxic50 else ""
        marks = " [outcome without a named mechanism]" if effect.phenomenological else ""
        marks += " [Boolean model only; the cell layer carries it in the ODE]" if effect.formalism == "boolean" else ""
        grounds = " ".join(effect.claims) + (f" assumption: {effect.assumption}" if effect.assumption else "")
        lines.append(
            f"  {'raises' if effect.sign > 0 else 'lowers'} {effect.node} "
            f"(strength {effect.strength:g}, half at {_doses(effect.ed50)}{window}){marks}  {grounds}"
        )
    if compound.pharmacology is not None:
        p = compound.pharmacology
        lines.append(
            f"  drug level '{p.drug}' of the cell layer; labelled {p.dose:g} {p.unit} every {p.every_d:g} days"
        )
    lines += ["claims", *_claim_lines(model, (c for e in compound.effects for c in e.claims))]
    return "\n".join(line for line in lines if line)


def _background_page(model: Model, name: str) -> str:
    background = model.backgrounds[name]
    lines = [f"{name} (background): {background.label_en}, {background.label_zh}", f"  {background.description}"]
    lines += [f"  holds {node} at {level:g}" for node, level in background.levels.items()]
    lines += [f"  {node} follows the course '{course}'" for node, course in background.courses.items()]
    return "\n".join([*lines, *_claim_lines(model, background.claims)])


def _readout_page(model: Model, name: str) -> str:
    readout = model.readouts[name]
    lines = [
        f"{name} (readout): {readout.label_en}, {readout.label_zh}; {readout.unit}",
        f"  ODE      {readout.ode.text}",
        f"  Boolean  {readout.boolean.text}",
        f"  {readout.description}" if readout.description else "",
        f"  also called: {', '.join(readout.aliases)}" if readout.aliases else "",
    ]
    return "\n".join(line for line in lines if line)


def _edge_page(model: Model, name: str) -> str:
    source, _, target = (part.strip() for part in name.partition("->"))
    found = [
        edge
        for edge in model.network.edges_into(model.find("node", target))
        if edge.source == model.find("node", source)
    ]
    if not found:
        raise UnknownNameError(f"no edge {source} -> {target}", cure=f"See them with: remodelsim show {target}")
    return "\n".join(["edge", _arrow(found[0]), "claims", *_claim_lines(model, found[0].claims)])
