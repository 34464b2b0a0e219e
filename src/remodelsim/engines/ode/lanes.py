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
from .layout import Layout
from .numbers import Numbers, Scratch
from .system import CELLS, DRUG_COUNT, MODS
from .vector import fill, load, store
from .wide_gate import gate_slopes, gates

Floats: TypeAlias = NDArray[np.float64]
# step of the difference by which drug levels enter the derivative by time, relative to their fastest decay
_SHORT = 1e-4


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def _modulate(layout: Layout, numbers: Numbers, scratch: Scratch, y: Floats, width: tuple[int, ...]) -> None:
    """Write the modulators."""
    scratch.m[:] = numbers.factor
    for c in range(layout.node.size):
        a = load(y, layout.node[c], width)
        top = load(numbers.curve, 3 * c, width) + load(numbers.curve, 3 * c + 1, width) * a
        ratio = top / (1.0 + load(numbers.curve, 3 * c + 2, width) * a)
        store(scratch.m, layout.modulator[c], load(scratch.m, layout.modulator[c], width) * ratio)


@njit(cache=True, nogil=True, error_model="numpy")
def _bend(layout: Layout, numbers: Numbers, scratch: Scratch, y: Floats, width: tuple[int, ...]) -> None:
    """Write d(modulator of coupling c)/d(node of coupling c)."""
    for c in range(layout.node.size):
        rest = load(numbers.factor, layout.modulator[c], width)
        for k in range(layout.node.size):
            if k != c and layout.modulator[k] == layout.modulator[c]:
                a = load(y, layout.node[k], width)
                top = load(numbers.curve, 3 * k, width) + load(numbers.curve, 3 * k + 1, width) * a
                rest = rest * (top / (1.0 + load(numbers.curve, 3 * k + 2, width) * a))
        low, slope, turn = (
            load(numbers.curve, 3 * c, width),
            load(numbers.curve, 3 * c + 1, width),
            load(numbers.curve, 3 * c + 2, width),
        )
        bottom = 1.0 + turn * load(y, layout.node[c], width)
        store(scratch.bend, c, rest * ((slope - low * turn) / (bottom * bottom)))


@njit(cache=True, nogil=True, error_model="numpy")
def _pick_lane(layout: Layout, numbers: Numbers, scratch: Scratch, t: float, y: Floats, w: int) -> float:
    """Copy one lane's cells, modulators and drugs to where the cell kernels read them; return its estrogen."""
    n = layout.program.start.size - 1
    for k in range(CELLS):
        scratch.cells[k] = y[n + k, w]
    for k in range(MODS):
        scratch.mods[k] = scratch.m[k, w]
    for k in range(DRUG_COUNT):
        level, decay, flow = numbers.drug[w, k, 0], numbers.drug[w, k, 1], numbers.drug[w, k, 2]
        if decay > 0.0:
            left = np.exp(-decay * (t - numbers.origin[w]))
            level = level * left + flow / decay * (1.0 - left)
        scratch.drugs[k] = level
    return float(y[layout.estrogen, w] / numbers.level[layout.estrogen, w])


@njit(cache=True, nogil=True, error_model="numpy")
def _share(level: float, quantity: float, healthy: float) -> float:
    """Return what is asked of a node that follows a quantity of the cell layer."""
    up = level * max(quantity, 0.0)
    return up / (up + (1.0 - level) * healthy)


@njit(cache=True, nogil=True, error_model="numpy")
def _ask_special(layout: Layout, numbers: Numbers, scratch: Scratch, t: float, w: int) -> None:
    """Write what is asked in one lane of the nodes that follow no rule now: cells' own, and inputs on a course."""
    for k in range(layout.owned.size):
        i, q = layout.owned[k], layout.owner[k]
        quantity = scratch.cells[q] if q < CELLS else scratch.outputs[q - CELLS]
        scratch.asked[i, w] = _share(numbers.level[i, w], quantity, numbers.healthy[w, q])
    if numbers.falling[w] == 1:
        for i in range(numbers.decline.shape[0]):
            if numbers.decline[i, w] > 0.0:
                years = max(t - numbers.onset[i, w], 0.0) / numbers.decline[i, w]
                scratch.asked[i, w] = numbers.level[i, w] / (1.0 + years)


@njit(cache=True, nogil=True, error_model="numpy")
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
    for w in range(len(width)):
        estrogen = _pick_lane(layout, numbers, scratch, t[w], y, w)
        p = numbers.parameters[w]
        cell_rates(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, scratch.change)
        cell_outputs(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, scratch.outputs)
        _ask_special(layout, numbers, scratch, t[w], w)
        for k in range(CELLS):
            out[n + k, w] = scratch.change[k] * numbers.free[n + k, w]
    flat, state = out.reshape(-1), y.reshape(-1)
    alpha, beta, pace = numbers.alpha.reshape(-1), numbers.beta.reshape(-1), numbers.pace.reshape(-1)
    for k in range(asked.size):
        flat[k] = (alpha[k] + beta[k] * asked[k] - state[k]) * pace[k]


@njit(cache=True, nogil=True, error_model="numpy")
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
    out[:] = 0.0
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
    for w in range(len(width)):
        estrogen = _pick_lane(layout, numbers, scratch, t[w], y, w)
        _cell_entries(layout, numbers, scratch, estrogen, out, w)
        _owned_entries(layout, numbers, scratch, estrogen, out, w)


@njit(cache=True, nogil=True, error_model="numpy")
def _cell_entries(layout: Layout, numbers: Numbers, scratch: Scratch, estrogen: float, out: Floats, w: int) -> None:
    """Add one lane's rows of the cells."""
    n = layout.program.start.size - 1
    jy, jm, je = scratch.jy, scratch.jm, scratch.je
    cell_jacobian(scratch.cells, scratch.mods, scratch.drugs, estrogen, numbers.parameters[w], jy, jm, je)
    for r in range(CELLS):
        free = numbers.free[n + r, w]
        for s in range(CELLS):
            if layout.cell_cell[r, s] >= 0:
                out[layout.cell_cell[r, s], w] += jy[r, s] * free
        for c in range(layout.node.size):
            if layout.cell_coupling[r, c] >= 0:
                out[layout.cell_coupling[r, c], w] += jm[r, layout.modulator[c]] * scratch.bend[c, w] * free
        if layout.cell_estrogen[r] >= 0:
            out[layout.cell_estrogen[r], w] += je[r] / numbers.level[layout.estrogen, w] * free


@njit(cache=True, nogil=True, error_model="numpy")
def _owned_entries(layout: Layout, numbers: Numbers, scratch: Scratch, estrogen: float, out: Floats, w: int) -> None:
    """Add one lane's rows of the nodes that the cells own."""
    oy, om, p = scratch.oy, scratch.om, numbers.parameters[w]
    cell_outputs(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, scratch.outputs)
    cell_output_jacobian(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, oy, om)
    for k in range(layout.owned.size):
        i, q = layout.owned[k], layout.owner[k]
        quantity = scratch.cells[q] if q < CELLS else scratch.outputs[q - CELLS]
        if quantity < 0.0:
            continue
        up, rest = numbers.level[i, w] * quantity, (1.0 - numbers.level[i, w]) * numbers.healthy[w, q]
        scale = numbers.beta[i, w] * numbers.pace[i, w] * numbers.level[i, w] * rest / (up + rest) ** 2
        if q < CELLS:
            out[layout.owned_cell[k, q], w] += scale
            continue
        for s in range(CELLS):
            if layout.owned_cell[k, s] >= 0:
                out[layout.owned_cell[k, s], w] += scale * oy[q - CELLS, s]
        for c in range(layout.node.size):
            if layout.owned_coupling[k, c] >= 0:
                out[layout.owned_coupling[k, c], w] += scale * om[q - CELLS, layout.modulator[c]] * scratch.bend[c, w]


@njit(cache=True, nogil=True, error_model="numpy")
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
    out[:] = 0.0
    _modulate(layout, numbers, scratch, y, width)
    for w in range(len(width)):
        if numbers.falling[w] == 1:
            for i in range(numbers.decline.shape[0]):
                if numbers.decline[i, w] > 0.0 and t[w] >= numbers.onset[i, w]:
                    years = 1.0 + (t[w] - numbers.onset[i, w]) / numbers.decline[i, w]
                    fall = -numbers.level[i, w] / numbers.decline[i, w] / (years * years)
                    out[i, w] = numbers.beta[i, w] * numbers.pace[i, w] * fall
        fastest = 0.0
        for k in range(DRUG_COUNT):
            if numbers.drug[w, k, 0] != 0.0 or numbers.drug[w, k, 2] != 0.0:
                fastest = max(fastest, numbers.drug[w, k, 1])
        if fastest > 0.0:
            _drug_drift(layout, numbers, scratch, t[w], _SHORT / fastest, y, out, w)


@njit(cache=True, nogil=True, error_model="numpy")
def _drug_drift(
    layout: Layout,
    numbers: Numbers,
    scratch: Scratch,
    t: float,
    short: float,
    y: Floats,
    out: Floats,
    w: int,
) -> None:
    """Add the derivative of one lane's rates by time that comes from its drug levels."""
    n, p = layout.program.start.size - 1, numbers.parameters[w]
    for sign in (-1.0, 1.0):
        estrogen = _pick_lane(layout, numbers, scratch, t + sign * short, y, w)
        cell_rates(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, scratch.change)
        cell_outputs(scratch.cells, scratch.mods, scratch.drugs, estrogen, p, scratch.outputs)
        scale = sign / (2.0 * short)
        for k in range(CELLS):
            out[n + k, w] += scale * scratch.change[k] * numbers.free[n + k, w]
        for k in range(layout.owned.size):
            i, q = layout.owned[k], layout.owner[k]
            if q >= CELLS:
                asked = _share(numbers.level[i, w], scratch.outputs[q - CELLS], numbers.healthy[w, q])
                out[i, w] += scale * numbers.beta[i, w] * numbers.pace[i, w] * asked
