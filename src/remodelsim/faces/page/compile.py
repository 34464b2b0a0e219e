"""The model as a page carries it: compact data, and the kernels as JavaScript.

The numbers are those of the reference draw that Python runs; the page's engine reads them with the kernels that
`translate` takes from the Python functions, and integrates with the same Rodas4P2 and the same order of elimination.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Container, Iterable
from functools import cache
from typing import Any

from ...engines.gate import anchors
from ...engines.ode.cells import CELL_STATES, DRUGS, MODULATORS, cell_outputs
from ...engines.ode.dosing import averaged_rate, head_start, level
from ...engines.ode.lane_data import load_doing
from ...engines.ode.lane_gate import gate_slopes
from ...engines.ode.lane_rates import _differentiate, _evaluate, _modulate, _turn, rates
from ...engines.ode.layout import Layout
from ...engines.ode.stiff import between, next_step, take_steps, try_step
from ...engines.ode.system import CELLS, DRUG_COUNT, MODS, OUTS, QUANTITIES
from ...engines.program import AND, LEAF, Program
from ...experiments.draws import engine_of
from ...experiments.plan import FLUXES, exact_period, exposure_of, times_healthy
from ...files.assets import asset_text
from ...ground.units import DAYS_PER_YEAR
from ...nouns.compound import Compound, Effect, hill
from ...nouns.intervention import Clamp, Course, Dosing, Protocol
from ...nouns.model import Model
from ...nouns.network import LANES, Node
from ...nouns.readout import Readout
from .translate import translate

# what engine.js calls by name
_KERNELS = (
    try_step,
    take_steps,
    next_step,
    between,
    load_doing,
    rates,
    _modulate,
    _turn,
    _evaluate,
    _differentiate,
    gate_slopes,
    cell_outputs,
    anchors,
    averaged_rate,
    head_start,
    level,
    times_healthy,
    hill,
)
_USUAL_STEEPNESS = [1.0, 4.0]
_COMMENT = re.compile(r"^\s*//.*$\n?", re.MULTILINE)
_INDENT = re.compile(r"^\s+", re.MULTILINE)
# texts stay as they are; spaces around signs go
_TEXT_OR_SPACE = re.compile(r"""("[^"\n]*"|`[^`]*`)| *([-+*/=<>!?:&|,;(){}\[\]]+) *""")


@cache
def page_engine() -> str:
    """Return the program of the page: defines ``RemodelSim``, needs nothing else, and runs under node too.

    Returns
    -------
    str
        JavaScript that may stand inside a ``<script>``.

    Examples
    --------
    >>> page_engine().startswith('"use strict";'), "</" in page_engine()
    (True, False)
    """
    written = small_script(asset_text("faces/assets/page", "engine.js"))
    sizes = f"const CELLS={CELLS},OUTS={OUTS},MODS={MODS},DRUGS={3 * DRUG_COUNT};"
    inside = f"{sizes}\n{translate(_KERNELS)}\n{written}return {{load, Problem}};"
    tail = 'if (typeof module === "object") module.exports = RemodelSim;'
    return f'"use strict";\nconst RemodelSim = (() => {{\n{inside}\n}})();\n{tail}\n'


def small_script(text: str) -> str:
    r"""Return a script without comments of whole lines, indents, and spaces around signs.

    Parameters
    ----------
    text
        JavaScript without regular expressions and without ``- -`` or ``+ +``; texts stand in ``"`` or in backquotes.

    Returns
    -------
    str
        The same script.

    Examples
    --------
    >>> small_script('// why\n  const a = {b: "c : d"};')
    'const a={b:"c : d"};'
    """
    bare = _INDENT.sub("", _COMMENT.sub("", text))
    return _TEXT_OR_SPACE.sub(lambda found: found.group(1) or found.group(2), bare)


def page_actions(protocol: Protocol) -> list[dict[str, Any]]:
    """Return what a protocol does as the list of actions that ``model.run`` of the page takes.

    Parameters
    ----------
    protocol
        What is done.

    Returns
    -------
    list of dict
        JSON values.
    """
    return [_action(action) for action in protocol]


def _action(action: Clamp | Dosing | Course) -> dict[str, Any]:
    span: dict[str, Any] = {"start": action.span.start}
    if math.isfinite(action.span.stop):
        span["stop"] = action.span.stop
    if isinstance(action, Dosing):
        given = {"compound": action.compound, "value": action.amount.value, "unit": action.amount.unit}
        return {**given, **({"every": action.every_d} if action.every_d else {}), **span}
    if isinstance(action, Course):
        return {"course": action.node, **span}
    return {"node": action.node, "level": action.level, **({"yields": True} if action.yields else {}), **span}


def page_data(
    model: Model,
    *,
    compounds: Container[str] | None = None,
    backgrounds: Container[str] | None = None,
    readouts: Iterable[str] | None = None,
    labels: Container[str] | None = None,
) -> str:
    """Return everything that the page's engine needs of a model.

    The network and the cells are always whole; what a page does not offer need not travel with it.

    Parameters
    ----------
    model
        The model, with a cell preset that carries a network.
    compounds, backgrounds
        Names of those that are kept; all by default.
    readouts
        Names of those that are kept, together with what their formulae name; all by default.
    labels
        Nodes whose labels are kept; all by default. The others go by their name.

    Returns
    -------
    str
        JSON, escaped so that no name or text in it can end the ``<script>`` around it.

    Raises
    ------
    ModelError
        When the cell preset cannot carry the network, or the healthy state contradicts a rule.
    """
    engine = engine_of(model)
    kept = {
        "nodes": [
            [node.name, *_labels(node, labels), LANES.index(node.lane), node.level, node.gain, node.tau_h]
            for node in model.network.nodes
        ],
        "compounds": {
            name: _compound(model, compound)
            for name, compound in engine.reference.compounds.items()
            if compounds is None or name in compounds
        },
        "backgrounds": {
            b.name: [b.label_en, b.label_zh, dict(b.levels), [*b.courses]]
            for b in model.backgrounds.values()
            if backgrounds is None or b.name in backgrounds
        },
        "readouts": {r.name: _readout(r) for r in _readouts(model, readouts)},
    }
    text = json.dumps(_shortly({**kept, **_numbers(model)}), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escaped = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return escaped.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _shortly(value: Any) -> Any:
    """Write whole numbers without their ``.0``: JavaScript knows one kind of number."""
    if isinstance(value, dict):
        return {key: _shortly(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shortly(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _labels(node: Node, kept: Container[str] | None) -> list[str | int]:
    """Return the labels of a node; 0 for one that is its name."""
    told = kept is None or node.name in kept
    return [label if told and label != node.name else 0 for label in (node.label_en, node.label_zh)]


def _readouts(model: Model, kept: Iterable[str] | None) -> list[Readout]:
    """Return the readouts of these names with those that their formulae name, in the order of the model."""
    if kept is None:
        return list(model.readouts.values())
    wanted: set[str] = set()
    todo = [name for name in kept if name in model.readouts]
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += [n for n in model.readouts[name].ode.names if n in model.readouts and n not in model.network.index]
    return [readout for name, readout in model.readouts.items() if name in wanted]


def _numbers(model: Model) -> dict[str, Any]:
    """Return rules, numbers and joints of the reference draw."""
    engine = engine_of(model)
    draw, layout = engine.reference, engine.layout
    wiring, cells = draw.wiring, model.cells.values()
    return {
        "lanes": LANES,
        "rules": [_postfix(draw.program, i) for i in range(len(model.network.nodes))],
        "source": draw.program.source.tolist(),
        "strength": draw.constants.strength.tolist(),
        "order": layout.pattern.order.tolist(),
        "owned": layout.owned.tolist(),
        "owner": layout.owner.tolist(),
        "couplings": {
            "node": layout.node.tolist(),
            "modulator": layout.modulator.tolist(),
            "curve": wiring.curve.reshape(-1).tolist(),
        },
        "places": _places(layout),
        "estrogen": wiring.estrogen,
        "without": wiring.without,
        "healthy": wiring.healthy.tolist(),
        "parameters": wiring.parameters.tolist(),
        "cells": CELL_STATES,
        "markers": [cells["q_P1NP"], cells["q_CTX"]],
        "decline": cells["tau_e"] * DAYS_PER_YEAR,
        "fluxes": {QUANTITIES.index(name): MODULATORS.index(factor) for name, factor in FLUXES.items()},
    }


def _postfix(program: Program, i: int) -> str:
    """Write the rule of node i: ``+3`` or ``-3`` for a leaf on edge 3, ``&2`` or ``|2`` for what joins two elements."""
    words = []
    for k in range(int(program.start[i]), int(program.start[i + 1])):
        if program.kind[k] == LEAF:
            words.append(f"{'+' if program.sign[k] > 0 else '-'}{program.edge[k]}")
        else:
            words.append(f"{'&' if program.kind[k] == AND else '|'}{program.count[k]}")
    return " ".join(words)


def _places(layout: Layout) -> dict[str, list[list[int]]]:
    """Return what is the derivative of what in the rows of cells and of nodes that follow them."""
    tables = {
        "cell_cell": layout.cell_cell,
        "cell_coupling": layout.cell_coupling,
        "cell_estrogen": layout.cell_estrogen,
        "owned_cell": layout.owned_cell,
        "owned_coupling": layout.owned_coupling,
    }
    return {name: table[:, 1:].tolist() for name, table in tables.items()}


def _compound(model: Model, compound: Compound) -> list[Any]:
    """Return labels, kind, doses, effects, and how the cells take it up."""
    exposure = exposure_of(model, compound.name)
    given = compound.pharmacology
    drug = None
    if given is not None and exposure is not None:
        drug = {
            "name": given.drug,
            "unit": given.unit,
            "dose": given.dose,
            "every": given.every_d,
            "channel": DRUGS.index(given.drug),
            "scale": exposure.scale,
            "decay": exposure.decay,
            "flows": exposure.flows,
            "exact": exact_period(model, exposure),
        }
    return [
        compound.label_en,
        compound.label_zh,
        compound.kind,
        {unit: [known.default, known.low, known.high] for unit, known in compound.doses.items()},
        [_effect(model, effect) for effect in compound.effects if effect.formalism != "boolean"],
        *([drug] if drug else []),
    ]


def _effect(model: Model, effect: Effect) -> list[Any]:
    """Return node, sign with strength, ED50 (and toxic50) by kind of dose, and the steepnesses where not usual."""
    at = {
        unit: [half, effect.toxic50[unit]] if unit in effect.toxic50 else [half] for unit, half in effect.ed50.items()
    }
    steepness = [effect.hill, effect.toxic_hill]
    return [
        model.network.index[effect.node],
        effect.sign * effect.strength,
        at,
        *(steepness if steepness != _USUAL_STEEPNESS else []),
    ]


def _readout(readout: Readout) -> list[Any]:
    formula = " ".join(repr(token) if isinstance(token, float) else token for token in readout.ode.postfix)
    scale = [] if readout.scale is None else [readout.scale]
    return [readout.label_en, readout.label_zh, readout.unit, readout.better, formula, *scale]
