"""Pages about compounds, arrows, backgrounds and readouts: all that is known on one screen, with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..files.scenario_file import load_scenario, scenario_paths, scenario_text
from ..ground.errors import UnknownNameError
from ..nouns.cells import CellPreset
from ..nouns.compound import Compound, Effect
from ..nouns.dispute import Dispute, Reading
from ..nouns.evidence import Claim
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Dosing
from ..nouns.model import Model
from ..nouns.network import Edge

MOST_CLAIMS = 40
_OUTCOMES = ("outcome", "clinical")
_GRADES = ("human", "animal", "in_vitro", "review", "cited", "stated", "conclusion")


def claim_lines(model: Model, ids: Iterable[str], indent: str = "  ", most: int = MOST_CLAIMS) -> list[str]:
    """Return claims as lines: id, where the review says it, grade, sentence.

    Parameters
    ----------
    model
        The model.
    ids
        Ids of claims; unknown ones are left out.
    indent
        What each line begins with.
    most
        How many at most; the rest is counted.

    Returns
    -------
    list of str
        The lines.
    """
    known = [model.claims[i] for i in dict.fromkeys(ids) if i in model.claims]
    lines = [f"{indent}{claim.id:8s} {claim.grade:10s} {claim.sentence()}{_place(claim)}" for claim in known[:most]]
    return lines + ([f"{indent}... and {len(known) - most} more"] if len(known) > most else [])


def _place(claim: Claim) -> str:
    ref = claim.columns.get("ref", "")
    return f"  ({claim.source} [{ref}])" if ref else f"  ({claim.source})"


def identifier_line(identifier: str) -> str:
    """Return an identifier with the address that resolves it; nothing where there is none."""
    return f"  {identifier}  https://identifiers.org/{identifier}" if identifier else ""


def doses_text(table: Mapping[str, float]) -> str:
    """Write doses by their kind."""
    return ", ".join(f"{value:g} {unit}" for unit, value in table.items())


def arrow_line(edge: Edge) -> str:
    """Write an arrow with its strength and what it rests on."""
    grounds = " ".join(edge.claims) + (f" assumption: {edge.assumption}" if edge.assumption else "")
    return f"  {edge.source} {'->' if edge.sign > 0 else '-|'} {edge.target}  (strength {edge.strength:g})  {grounds}"


def dispute_lines(model: Model, pairs: Iterable[tuple[str, str]], nodes: Iterable[str] = ()) -> list[str]:
    """Return the disputes that touch arrows, with their readings.

    Parameters
    ----------
    model
        The model.
    pairs
        Ends of arrows: compound or node, and node.
    nodes
        Nodes whose rule may be disputed.

    Returns
    -------
    list of str
        A line per dispute and one per reading; the reading that the model holds is marked.
    """
    wanted, targets = set(pairs), set(nodes)
    out = []
    for dispute in model.disputes:
        if any(_touches(reading, wanted, targets) for reading in dispute.readings):
            out += [f"  {dispute.name}: {dispute.label_en} · {dispute.label_zh}", *_reading_lines(dispute)]
    return out


def _touches(reading: Reading, pairs: set[tuple[str, str]], nodes: set[str]) -> bool:
    own = {(change.compound, change.node) for change in reading.effects} | set(reading.strengths)
    return bool(own & pairs or set(reading.rules) & nodes)


def _reading_lines(dispute: Dispute) -> Iterator[str]:
    for reading in dispute.readings:
        held = " (held)" if reading.is_usual else ""
        claims = " ".join(reading.claims)
        yield f"    {reading.name}{held}, weight {reading.weight:g}: {reading.description} {claims}".rstrip()


def compound_page(model: Model, compound: Compound) -> str:
    """Return everything known about a compound.

    Parameters
    ----------
    model
        The model.
    compound
        The compound.

    Returns
    -------
    str
        What it is, doses, every action with its claims, what the reviews report of it, disputes, where it is used.
    """
    lines = [
        f"{compound.name} (compound): {compound.label_en}, {compound.label_zh}; {compound.kind}",
        identifier_line(compound.identifier),
        f"  {compound.description}" if compound.description else "",
        f"  also called: {', '.join(compound.synonyms)}" if compound.synonyms else "",
        "doses",
        *(f"  {u}: usual {d.default:g}, reported {d.low:g} to {d.high:g}" for u, d in compound.doses.items()),
    ]
    if compound.pharmacology is not None:
        p = compound.pharmacology
        lines.append(
            f"  drug level '{p.drug}' of the cell layer; labelled {p.dose:g} {p.unit} every {p.every_d:g} days"
        )
    for word, sign in (("raises", 1), ("lowers", -1)):
        effects = [effect for effect in compound.effects if effect.sign == sign]
        lines += [word, *(line for effect in effects for line in _effect_lines(model, effect))] if effects else []
    lines += list(_reported(model, compound))
    disputed = dispute_lines(model, [(compound.name, effect.node) for effect in compound.effects])
    lines += ["disputed", *disputed] if disputed else []
    lines += list(_used_in(model, compound))
    unit, doses = next(iter(compound.doses.items()))
    dose = f"{doses.default:g}{unit}"
    lines += ["try", f'  remodelsim explain --do "{compound.name}={dose}" --baseline "menopause=on" --readout BMD_hip']
    return "\n".join(line for line in lines if line)


def _effect_lines(model: Model, effect: Effect) -> Iterator[str]:
    node = model.network.node(effect.node)
    window = f", lost again at {doses_text(effect.toxic50)}" if effect.toxic50 else ""
    marks = " [outcome without a named mechanism]" if effect.phenomenological else ""
    marks += " [Boolean model only; the cell layer carries it in the ODE]" if effect.formalism == "boolean" else ""
    yield (
        f"  {effect.node} · {node.label_en} · {node.label_zh} (strength {effect.strength:g}, "
        f"half at {doses_text(effect.ed50)}{window}){marks}"
    )
    yield f"    note: {effect.note}" if effect.note else ""
    yield from claim_lines(model, effect.claims, "    ", 8)
    yield f"    assumption: {effect.assumption}" if effect.assumption else ""


def _reported(model: Model, compound: Compound) -> Iterator[str]:
    """Yield what the reviews report of its effect on bone, cells and people, the best founded first."""
    own = {claim for effect in compound.effects for claim in effect.claims}
    found = [
        claim
        for claim in model.claims.values()
        if claim.id not in own
        and claim.columns.get("kind") in _OUTCOMES
        and model.knows("compound", claim.subject)
        and model.find("compound", claim.subject) == compound.name
    ]
    ranks = {grade: k for k, grade in enumerate(_GRADES)}
    found.sort(key=lambda claim: ranks.get(claim.grade, len(ranks)))
    if found:
        yield f"what the reviews report ({len(found)} claims; the model must show it, not be told it)"
        yield from claim_lines(model, (claim.id for claim in found), "  ", 20)


def _used_in(model: Model, compound: Compound) -> Iterator[str]:
    spellings = {compound.name, *compound.synonyms, compound.label_en, compound.label_zh}
    # a scenario is only read whole where it may name the compound
    likely = [n for n in scenario_paths() if any(f"{w}=".lower() in scenario_text(n).lower() for w in spellings)]
    names = [name for name in likely if compound.name in _given(model, name)]
    if names:
        yield f"scenarios: {', '.join(names)}"


def _given(model: Model, scenario: str) -> set[str]:
    arms = load_scenario(scenario, model).arms
    return {action.compound for arm in arms for action in arm.protocol if isinstance(action, Dosing)}


def background_page(model: Model, name: str) -> str:
    """Return everything known about a background.

    Parameters
    ----------
    model
        The model.
    name
        Its canonical name.

    Returns
    -------
    str
        What it holds and on what that rests.
    """
    background = model.backgrounds[name]
    lines = [
        f"{name} (background): {background.label_en}, {background.label_zh}",
        f"  {background.description}" if background.description else "",
        f"  also called: {', '.join(background.synonyms)}" if background.synonyms else "",
        "holds",
    ]
    for node, level in background.levels.items():
        known = model.network.node(node)
        lines.append(f"  {node} at {level:g} (healthy {known.level:g}) · {known.label_en} · {known.label_zh}")
    lines += [f"  {node} follows the course '{course}'" for node, course in background.courses.items()]
    claims = claim_lines(model, background.claims)
    lines += ["claims", *claims] if claims else []
    lines += [f"assumption: {background.assumption}"] if background.assumption else []
    lines += ["try", f'  remodelsim explain --do "{name}=on" --readout BMD_lumbar']
    return "\n".join(line for line in lines if line)


def readout_page(model: Model, name: str) -> str:
    """Return everything known about a readout.

    Parameters
    ----------
    model
        The model.
    name
        Its canonical name.

    Returns
    -------
    str
        Its formulae, the nodes behind it, and how many questions of the claims ask for it.
    """
    readout = model.readouts[name]
    behind = nodes_behind(model, readout)
    asked = [
        c.id
        for c in model.claims.values()
        for part in c.columns.get("expect", "").split("&")
        if (word := part.partition(":")[0].strip()) and model.knows("readout", word)
        if model.find("readout", word) == name
    ]
    lines = [
        f"{name} (readout): {readout.label_en}, {readout.label_zh}; {readout.unit}",
        f"  ODE      {readout.ode.text}",
        f"  Boolean  {readout.boolean.text}",
        f"  better: {readout.better}" if readout.better else "",
        f"  {readout.description}" if readout.description else "",
        f"  also called: {', '.join(readout.aliases)}" if readout.aliases else "",
        f"  rests on (Boolean): {', '.join(behind)}" if behind else "",
        f"asked for by {len(set(asked))} claims" if asked else "",
        *claim_lines(model, asked, "  ", 12),
    ]
    return "\n".join(line for line in lines if line)


def edge_page(model: Model, name: str) -> str:
    """Return everything known about an arrow of the network.

    Parameters
    ----------
    model
        The model.
    name
        ``A -> B``, in any spelling of the two.

    Returns
    -------
    str
        Sign, strength, rule, claims, disputes.

    Raises
    ------
    UnknownNameError
        When a node is unknown or there is no such arrow.
    """
    source, _, target = (part.strip() for part in name.replace("-|", "->").partition("->"))
    first, last = model.find("node", source), model.find("node", target)
    found = next((edge for edge in model.network.edges_into(last) if edge.source == first), None)
    if found is None:
        raise UnknownNameError(f"no edge {source} -> {target}", cure=f"See them with: remodelsim show {target}")
    ends = [f"{node.label_en} · {node.label_zh}" for node in map(model.network.node, (first, last))]
    lines = [
        "edge",
        arrow_line(found),
        f"  {ends[0]} {'raises' if found.sign > 0 else 'lowers'} {ends[1]}",
        f"  rule: {last} = {model.network.rules[last].expr.text()}",
    ]
    claims = claim_lines(model, found.claims)
    lines += ["claims", *claims] if claims else []
    disputed = dispute_lines(model, [(first, last)], [last])
    lines += ["disputed", *disputed] if disputed else []
    return "\n".join(lines)


def counts_text(rows: Sequence[tuple[str, int]]) -> str:
    """Write how many things of each kind there are."""
    width = max(len(kind) for kind, _ in rows)
    return "\n".join(f"{kind:{width}s}  {count:5d}" for kind, count in rows)


def preset_page(preset: CellPreset) -> str:
    """Return a preset of the bone cells: its paper, numbers, drugs and published perturbations."""
    how = f"remodelsim run {preset.name}" if preset.alone else f"remodelsim run SCENARIO --cells {preset.name}"
    numbers = [
        f"  {p.symbol} = {p.value:.6g} {p.unit} ({p.low:.4g} to {p.high:.4g}): {p.source}" for p in preset.parameters
    ]
    parts = [
        f"{preset.name} (cell preset): {preset.label_en}, {preset.label_zh}",
        f"  {preset.citation} https://doi.org/{preset.doi}",
        f"  run it: {how}",
        "parameters",
        *numbers,
    ]
    drugs = [f"  {d.drug}: {d.dose:g} mg every {d.every:g} d, half-life {d.half_life:.4g} d" for d in preset.exposures]
    published = [f"  {p.name}: {p.label_en} · {p.label_zh}" for p in preset.perturbations]
    for title, lines in (("drugs", drugs), ("perturbations", published)):
        parts += [title, *lines] if lines else []
    return "\n".join(parts)
