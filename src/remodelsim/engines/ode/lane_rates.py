"""The coupled system of `system` for rows of lanes: each lane a sample of its own, with its own numbers and doings.

`rates`, `entries` and `drift` are the right-hand side, its Jacobian as sparse values, and its derivative by time. They
follow `system.rates` and `system.jacobian` term by term; the cells are asked through the same kernels, lane by lane.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..program import AND, LEAF
from .cells import cell_jacobian, cell_output_jacobian, cell_outputs, cell_rates
from .lane_data import Numbers, Scratch
from .lane_gate import gate_slopes, gates
from .layout import Layout
from .system import CELLS, DRUG_COUNT, LEAST_ESTROGEN, MODS
from .vector import KERNEL, choose, fill, load, store

Floats: TypeAlias = NDArray[np.float64]
# step of the difference by which drug levels enter the derivative by time, relative to their fastest decay
_SHORT = 1e-4


@njit(**KERNEL)
def _evaluate(layout: Layout, numbers: Numbers, scratch: Scratch, y: Floats, i: int, width: tuple[int, ...]) -> None:
    """Write the value of the rule of node i to `scratch.b`, and those of its elements to `scratch.values`."""
    program, values = layout.program, scratch.values
    first, last = program.start[i], program.start[i + 1] - 1
    for k in range(first, last + 1):
        if program.kind[k] == LEAF:
            e = program.edge[k]
            value = load(numbers.weight, e, width) * load(y, program.source[e], width)
            if program.sign[k] < 0:
                value = 1.0 + value
        else:
            value = fill(1.0, width)
            for p in range(program.first[k], program.first[k] + program.count[k]):
                part = load(values, program.parts[p] - first, width)
                value = value * (part if program.kind[k] == AND else 1.0 - part)
            if program.kind[k] != AND:
                value = 1.0 - value
        store(values, k - first, value)
    store(scratch.b, i, load(values, last - first, width))


@njit(**KERNEL)
def _differentiate(
    layout: Layout, numbers: Numbers, scratch: Scratch, i: int, entries: Floats, width: tuple[int, ...]
) -> None:
    """Write dB/dx of every edge into node i to `entries`; `_evaluate` must have been called for the same node last."""
    program, values, adjoint = layout.program, scratch.values, scratch.adjoint
    first, last = program.start[i], program.start[i + 1] - 1
    store(adjoint, last - first, fill(1.0, width))
    for back in range(last + 1 - first):
        k = last - back
        outer = load(adjoint, k - first, width)
        if program.kind[k] == LEAF:
            e = program.edge[k]
            store(entries, layout.edge[e], outer * load(numbers.weight, e, width))
            continue
        begin, end = program.first[k], program.first[k] + program.count[k]
        for p in range(begin, end):
            others = outer
            for q in range(begin, end):
                if q != p:
                    part = load(values, program.parts[q] - first, width)
                    others = others * (part if program.kind[k] == AND else 1.0 - part)
            store(adjoint, program.parts[p] - first, others)


@njit(**KERNEL)
def _heard(layout: Layout, numbers: Numbers, y: Floats, c: int, width: tuple[int, ...]) -> Floats:
    """Return the activities that coupling c reads: estrogen cannot be lost by more than all of it."""
    a = load(y, layout.node[c], width)
    if layout.node[c] == layout.estrogen:
        most = load(numbers.ceiling, 0, width)
        a = choose(a - most, most, a)
    return a


@njit(**KERNEL)
def _modulate(layout: Layout, numbers: Numbers, scratch: Scratch, y: Floats, width: tuple[int, ...]) -> None:
    """Write the modulators."""
    for k in range(MODS):
        store(scratch.m, k, load(numbers.factor, k, width))
    for c in range(layout.node.size):
        a = _heard(layout, numbers, y, c, width)
        top = load(numbers.curve, 3 * c, width) + load(numbers.curve, 3 * c + 1, width) * a
        ratio = top / (1.0 + load(numbers.curve, 3 * c + 2, width) * a)
        store(scratch.m, layout.modulator[c], load(scratch.m, layout.modulator[c], width) * ratio)


@njit(**KERNEL)
def _bend(layout: Layout, numbers: Numbers, scratch: Scratch, y: Floats, width: tuple[int, ...]) -> None:
    """Write d(modulator of coupling c)/d(node of coupling c)."""
    for c in range(layout.node.size):
        rest = load(numbers.factor, layout.modulator[c], width)
        for k in range(layout.node.size):
            if k != c and layout.modulator[k] == layout.modulator[c]:
                a = _heard(layout, numbers, y, k, width)
                top = load(numbers.curve, 3 * k, width) + load(numbers.curve, 3 * k + 1, width) * a
                rest = rest * (top / (1.0 + load(numbers.curve, 3 * k + 2, width) * a))
        low, slope, turn = (
            load(numbers.curve, 3 * c, width),
            load(numbers.curve, 3 * c + 1, width),
            load(numbers.curve, 3 * c + 2, width),
        )
        bottom = 1.0 + turn * _heard(layout, numbers, y, c, width)
        bend = rest * ((slope - low * turn) / (bottom * bottom))
        if layout.node[c] == layout.estrogen:
            over = load(y, layout.node[c], width) - load(numbers.ceiling, 0, width)
            bend = choose(over, fill(0.0, width), bend)
        store(scratch.bend, c, bend)


@njit(**KERNEL)
def drug_levels(drug: Floats, elapsed: float, out: Floats) -> None:
    """Write the drug levels of one lane: a bolus that decays, plus an infusion."""
    for k in range(out.size):
        level, decay, flow = drug[k, 0], drug[k, 1], drug[k, 2]
        if decay > 0.0:
            left = np.exp(-decay * elapsed)
            level = level * left + flow / decay * (1.0 - left)
        out[k] = level


@njit(**KERNEL)
def _turn(layout: Layout, numbers: Numbers, scratch: Scratch, t: Floats, y: Floats, width: tuple[int, ...]) -> None:
    """Copy cells, modulators, drugs and estrogen to where the cell kernels read them, lane by lane."""
    n, told = layout.program.start.size - 1, layout.estrogen
    cells, mods, drugs, m = scratch.cells, scratch.mods, scratch.drugs, scratch.m
    for w in range(len(width)):
        for k in range(CELLS):
            cells[w, k] = y[n + k, w]
        for k in range(MODS):
            mods[w, k] = m[k, w]
        drug_levels(numbers.drug[w], t[w] - numbers.origin[w], drugs[w])
        healthy, without = numbers.level[told, w], numbers.without[w]
        scratch.estrogen[w] = max((y[told, w] - without) / (healthy - without), LEAST_ESTROGEN)


@njit(**KERNEL)
def _share(level: float, quantity: float, healthy: float) -> float:
    """Return what is asked of a node that follows a quantity of the cell layer."""
    up = level * max(quantity, 0.0)
    return up / (up + (1.0 - level) * healthy)


@njit(**KERNEL)
def _ask_cells(
    layout: Layout, numbers: Numbers, scratch: Scratch, t: Floats, out: Floats, width: tuple[int, ...]
) -> None:
    """Write the rates of the cells, and what is asked of the nodes that follow them and of inputs on a course."""
    n, owned, owner, asked, level = (
        layout.program.start.size - 1,
        layout.owned,
        layout.owner,
        scratch.asked,
        numbers.level,
    )
    for w in range(len(width)):
        y, m, d, e, p = scratch.cells[w], scratch.mods[w], scratch.drugs[w], scratch.estrogen[w], numbers.parameters[w]
        change, outputs, healthy = scratch.change[w], scratch.outputs[w], numbers.healthy[w]
        cell_rates(y, m, d, e, p, change)
        cell_outputs(y, m, d, e, p, outputs)
        for k in range(CELLS):
            out[n + k, w] = change[k] * numbers.free[n + k, w]
        for k in range(owned.size):
            i, q = owned[k], owner[k]
            asked[i, w] = _share(level[i, w], y[q] if q < CELLS else outputs[q - CELLS], healthy[q])
        for k in range(numbers.falling[w]):
            i = numbers.faller[w, k]
            years = max(t[w] - numbers.onset[i, w], 0.0) / numbers.decline[i, w]
            asked[i, w] = level[i, w] / (1.0 + years)


@njit(**KERNEL)
def rates(
    layout: Layout,
    numbers: Numbers,
    scratch: Scratch,
    t: Floats,
    y: Floats,
    out: Floats,
    width: tuple[int, ...],
) -> None:
    """Write d(state)/dt per day.

    Parameters
    ----------
    layout, numbers, scratch
        The network, the lanes' numbers, and room.
    t : ndarray, shape (w,)
        Day of each lane.
    y : ndarray, shape (N, w)
        States.
    out : ndarray, shape (N, w)
        Receives the rates.
    width
        A tuple of w integers; only its length counts.
    """
    n = layout.program.start.size - 1
    for k in range(layout.ruled.size):
        _evaluate(layout, numbers, scratch, y, layout.ruled[k], width)
    asked, level = scratch.asked.reshape(-1), numbers.level.reshape(-1)
    gates(scratch.b.reshape(-1), numbers.gain.reshape(-1), numbers.inverse.reshape(-1), level, asked)
    for i in range(n):
        if layout.program.start[i] == layout.program.start[i + 1]:
            store(scratch.asked, i, load(numbers.level, i, width))
    _modulate(layout, numbers, scratch, y, width)
    _turn(layout, numbers, scratch, t, y, width)
    _ask_cells(layout, numbers, scratch, t, out, width)
    flat, state = out.reshape(-1), y.reshape(-1)
    alpha, beta, pace = numbers.alpha.reshape(-1), numbers.beta.reshape(-1), numbers.pace.reshape(-1)
    for k in range(asked.size):
        flat[k] = (alpha[k] + beta[k] * asked[k] - state[k]) * pace[k]


@njit(**KERNEL)
def entries(
    layout: Layout,
    numbers: Numbers,
    scratch: Scratch,
    t: Floats,
    y: Floats,
    out: Floats,
    width: tuple[int, ...],
) -> None:
    """Write the values of the sparse Jacobian of `rates`, shape (entries, w), in the order of the layout's pattern."""
    n = layout.program.start.size - 1
    for k in range(out.shape[0]):
        store(out, k, fill(0.0, width))
    for k in range(layout.ruled.size):
        _evaluate(layout, numbers, scratch, y, layout.ruled[k], width)
        _differentiate(layout, numbers, scratch, layout.ruled[k], out, width)
    slope, decline = scratch.slope.reshape(-1), numbers.decline.reshape(-1)
    inverse, level = numbers.inverse.reshape(-1), numbers.level.reshape(-1)
    gate_slopes(scratch.b.reshape(-1), numbers.gain.reshape(-1), inverse, level, slope)
    beta, pace = numbers.beta.reshape(-1), numbers.pace.reshape(-1)
    for k in range(slope.size):
        slope[k] = slope[k] * (beta[k] * pace[k]) if decline[k] <= 0.0 else 0.0
    for e in range(layout.edge.size):
        place = layout.edge[e]
        if place >= 0:
            store(out, place, load(out, place, width) * load(scratch.slope, layout.program.target[e], width))
    for i in range(n):
        place = layout.diagonal[i]
        store(out, place, load(out, place, width) - load(numbers.pace, i, width))
    _modulate(layout, numbers, scratch, y, width)
    _bend(layout, numbers, scratch, y, width)
    _turn(layout, numbers, scratch, t, y, width)
    _cell_entries(layout, numbers, scratch, out, width)
    _owned_entries(layout, numbers, scratch, out, width)


@njit(**KERNEL)
def _cell_entries(layout: Layout, numbers: Numbers, scratch: Scratch, out: Floats, width: tuple[int, ...]) -> None:
    """Add the rows of the cells."""
    n, told, modulator, bend, free = (
        layout.program.start.size - 1,
        layout.estrogen,
        layout.modulator,
        scratch.bend,
        numbers.free,
    )
    jy, jm, je = scratch.jy, scratch.jm, scratch.je
    states, couplings, estrogens = layout.cell_cell, layout.cell_coupling, layout.cell_estrogen
    for w in range(len(width)):
        e = scratch.estrogen[w]
        cell_jacobian(scratch.cells[w], scratch.mods[w], scratch.drugs[w], e, numbers.parameters[w], jy, jm, je)
        for k in range(states.shape[0]):
            r = states[k, 1]
            out[states[k, 0], w] += jy[r, states[k, 2]] * free[n + r, w]
        for k in range(couplings.shape[0]):
            r, c = couplings[k, 1], couplings[k, 2]
            out[couplings[k, 0], w] += jm[r, modulator[c]] * bend[c, w] * free[n + r, w]
        felt = 1.0 / (numbers.level[told, w] - numbers.without[w]) if e > LEAST_ESTROGEN else 0.0
        for k in range(estrogens.shape[0]):
            r = estrogens[k, 1]
            out[estrogens[k, 0], w] += je[r] * felt * free[n + r, w]


@njit(**KERNEL)
def _owned_entries(layout: Layout, numbers: Numbers, scratch: Scratch, out: Floats, width: tuple[int, ...]) -> None:
    """Add the rows of the nodes that the cells own."""
    owned, owner, modulator, bend, scale = layout.owned, layout.owner, layout.modulator, scratch.bend, scratch.scale
    oy, om, states, couplings = scratch.oy, scratch.om, layout.owned_cell, layout.owned_coupling
    for w in range(len(width)):
        y, m, d, e, p = scratch.cells[w], scratch.mods[w], scratch.drugs[w], scratch.estrogen[w], numbers.parameters[w]
        outputs, healthy = scratch.outputs[w], numbers.healthy[w]
        cell_outputs(y, m, d, e, p, outputs)
        cell_output_jacobian(y, m, d, e, p, oy, om)
        for k in range(owned.size):
            i, q = owned[k], owner[k]
            quantity, level = y[q] if q < CELLS else outputs[q - CELLS], numbers.level[i, w]
            up, rest = level * quantity, (1.0 - level) * healthy[q]
            steep = numbers.beta[i, w] * numbers.pace[i, w] * level * rest / (up + rest) ** 2
            scale[k] = steep if quantity >= 0.0 else 0.0
        for k in range(states.shape[0]):
            row, q = states[k, 1], owner[states[k, 1]]
            out[states[k, 0], w] += scale[row] * (1.0 if q < CELLS else oy[q - CELLS, states[k, 2]])
        for k in range(couplings.shape[0]):
            row, c = couplings[k, 1], couplings[k, 2]
            out[couplings[k, 0], w] += scale[row] * om[owner[row] - CELLS, modulator[c]] * bend[c, w]


@njit(**KERNEL)
def drift(
    layout: Layout,
    numbers: Numbers,
    scratch: Scratch,
    t: Floats,
    y: Floats,
    out: Floats,
    width: tuple[int, ...],
) -> None:
    """Write d(rates)/dt at fixed states: inputs on a course, exactly; drug levels, by a central difference."""
    for k in range(out.shape[0]):
        store(out, k, fill(0.0, width))
    _modulate(layout, numbers, scratch, y, width)
    _turn(layout, numbers, scratch, t, y, width)
    for w in range(len(width)):
        for k in range(numbers.falling[w]):
            i = numbers.faller[w, k]
            if t[w] >= numbers.onset[i, w]:
                years = 1.0 + (t[w] - numbers.onset[i, w]) / numbers.decline[i, w]
                fall = -numbers.level[i, w] / numbers.decline[i, w] / (years * years)
                out[i, w] = numbers.beta[i, w] * numbers.pace[i, w] * fall
        fastest = 0.0
        for k in range(DRUG_COUNT):
            if numbers.drug[w, k, 0] != 0.0 or numbers.drug[w, k, 2] != 0.0:
                fastest = max(fastest, numbers.drug[w, k, 1])
        if fastest > 0.0:
            _drug_drift(layout, numbers, scratch, t[w] - numbers.origin[w], _SHORT / fastest, out, w)


@njit(**KERNEL)
def _drug_drift(
    layout: Layout, numbers: Numbers, scratch: Scratch, elapsed: float, short: float, out: Floats, w: int
) -> None:
    """Add the derivative of one lane's rates by time that comes from its drug levels."""
    n = layout.program.start.size - 1
    y, m, d, e, p = scratch.cells[w], scratch.mods[w], scratch.drugs[w], scratch.estrogen[w], numbers.parameters[w]
    change, outputs, healthy = scratch.change[w], scratch.outputs[w], numbers.healthy[w]
    for sign in (-1.0, 1.0):
        drug_levels(numbers.drug[w], elapsed + sign * short, d)
        cell_rates(y, m, d, e, p, change)
        cell_outputs(y, m, d, e, p, outputs)
        scale = sign / (2.0 * short)
        for k in range(CELLS):
            out[n + k, w] += scale * change[k] * numbers.free[n + k, w]
        for k in range(layout.owned.size):
            i, q = layout.owned[k], layout.owner[k]
            if q >= CELLS:
                asked = _share(numbers.level[i, w], outputs[q - CELLS], healthy[q])
                out[i, w] += scale * numbers.beta[i, w] * numbers.pace[i, w] * asked
