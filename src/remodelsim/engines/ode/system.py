"""The coupled right-hand side: network nodes (hours) and bone cells (days to years) as one stiff system.

State: the n nodes, then the cells of `CELL_STATES`. Time is in days. For a node that nobody holds::

    tau dx/dt = alpha + beta G(x) - x

where compounds set alpha and beta (an activation by s o makes G to s o + (1 - s o) G, an inhibition to (1 - s o) G).
A node that the cell layer owns follows l r / (l r + 1 - l) with r = q / q_healthy instead of its rule: its odds are
proportional to the quantity q, and it stands at its healthy level l in health.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..gate import node_gate, node_slope, rule_slopes, rule_value
from ..program import Constants, Program
from .cells import (
    CELL_STATES,
    DRUGS,
    MODULATORS,
    OUTPUTS,
    cell_jacobian,
    cell_output_jacobian,
    cell_outputs,
    cell_rates,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CELLS, MODS, OUTS, DRUG_COUNT = len(CELL_STATES), len(MODULATORS), len(OUTPUTS), len(DRUGS)
QUANTITIES = (*CELL_STATES, *OUTPUTS)
# a disturbed signal may ask for less than no estrogen; the equations of the cells bear this much
LEAST_ESTROGEN = -0.2


class Wiring(NamedTuple):
    """How network and cells are joined, as arrays; c couplings.

    Attributes
    ----------
    owner : int64 array, shape (n,)
        Quantity (state, then output) that drives a node, -1 for a node that follows its rule.
    healthy : float64 array, shape (15,)
        Healthy value of every quantity.
    node, modulator : int64 arrays, shape (c,)
        What each coupling reads and scales.
    curve : float64 array, shape (c, 3)
        Its Möbius curve (p + q x) / (1 + r x).
    estrogen : int
        Position of the node by which the cells feel estrogen.
    without : float
        Activity of that node without estrogen; the cells feel e = (x - without) / (level - without), 1 in health.
    parameters : float64 array
        Parameters of the cell layer.
    """

    owner: Ints
    healthy: Floats
    node: Ints
    modulator: Ints
    curve: Floats
    estrogen: int
    without: float
    parameters: Floats


class Doing(NamedTuple):
    """What is done during one stretch of time, as arrays.

    Attributes
    ----------
    held : int64 array, shape (n + 11,)
        1 for a node or cell state that is held where it is.
    alpha, beta : float64 arrays, shape (n,)
        Action of the compounds on G.
    onset, decline : float64 arrays, shape (n,)
        An input falls as level / (1 + (t - onset) / decline) from day `onset` on; decline 0 for the others.
    factor : float64 array, shape (15,)
        Factors on the modulators, from holding formation or resorption.
    drug : float64 array, shape (4, 3)
        Drug level at `start`, its decay per day, and its infusion per day.
    start : float
        Day at which the stretch starts.
    """

    held: Ints
    alpha: Floats
    beta: Floats
    onset: Floats
    decline: Floats
    factor: Floats
    drug: Floats
    start: float


@njit(cache=True)
def drug_levels(doing: Doing, t: float, out: Floats) -> None:
    """Write the drug levels at day t: a bolus that decays, plus an infusion."""
    for k in range(out.size):
        level, decay, rate = doing.drug[k, 0], doing.drug[k, 1], doing.drug[k, 2]
        if decay > 0.0:
            left = np.exp(-decay * (t - doing.start))
            out[k] = level * left + rate / decay * (1.0 - left)
        else:
            out[k] = level


@njit(cache=True)
def _heard(x: Floats, wiring: Wiring, c: int) -> tuple[float, float]:
    """Return the activity that coupling c reads, and its slope: estrogen cannot be lost by more than all of it.

    What corrects for the loss of estrogen is known up to total loss and stays there if its signal is held beyond.
    """
    a = x[wiring.node[c]]
    if wiring.node[c] == wiring.estrogen and a > wiring.without > 0.0:
        return wiring.without, 0.0
    return a, 1.0


@njit(cache=True)
def modulators(x: Floats, wiring: Wiring, doing: Doing, out: Floats) -> None:
    """Write the modulators of the cell layer for node activities x."""
    out[:] = doing.factor
    for c in range(wiring.node.size):
        a = _heard(x, wiring, c)[0]
        out[wiring.modulator[c]] *= (wiring.curve[c, 0] + wiring.curve[c, 1] * a) / (1.0 + wiring.curve[c, 2] * a)


@njit(cache=True)
def felt_estrogen(x: Floats, constants: Constants, wiring: Wiring) -> float:
    """Return estrogen as the cells feel it: 1 in health, 0 when it is lost, above 1 where its loss cannot be sensed."""
    healthy = constants.level[wiring.estrogen]
    return max((x[wiring.estrogen] - wiring.without) / (healthy - wiring.without), LEAST_ESTROGEN)


@njit(cache=True)
def _modulator_slopes(x: Floats, wiring: Wiring, doing: Doing, out: Floats) -> None:
    """Write d(modulator of coupling c)/d(node of coupling c), shape (c,)."""
    for c in range(wiring.node.size):
        rest = doing.factor[wiring.modulator[c]]
        for k in range(wiring.node.size):
            if k != c and wiring.modulator[k] == wiring.modulator[c]:
                a = _heard(x, wiring, k)[0]
                rest *= (wiring.curve[k, 0] + wiring.curve[k, 1] * a) / (1.0 + wiring.curve[k, 2] * a)
        a, slope = _heard(x, wiring, c)
        bottom = 1.0 + wiring.curve[c, 2] * a
        out[c] = rest * slope * (wiring.curve[c, 1] - wiring.curve[c, 0] * wiring.curve[c, 2]) / (bottom * bottom)


@njit(cache=True)
def _quantity(k: int, cells: Floats, outputs: Floats) -> float:
    return cells[k] if k < CELLS else outputs[k - CELLS]


@njit(cache=True)
def _asked(
    i: int,
    t: float,
    x: Floats,
    cells: Floats,
    outputs: Floats,
    program: Program,
    constants: Constants,
    wiring: Wiring,
    doing: Doing,
    values: Floats,
) -> float:
    """Return what node i is asked for before compounds act: its cells, its course, or its rule."""
    if wiring.owner[i] >= 0:
        q, healthy = _quantity(wiring.owner[i], cells, outputs), wiring.healthy[wiring.owner[i]]
        up = constants.level[i] * max(q, 0.0)
        return up / (up + (1.0 - constants.level[i]) * healthy)
    if doing.decline[i] > 0.0:
        return constants.level[i] / (1.0 + max(t - doing.onset[i], 0.0) / doing.decline[i])
    return node_gate(program, constants, x, i, values)


@njit(cache=True)
def rates(
    t: float, state: Floats, program: Program, constants: Constants, wiring: Wiring, doing: Doing, out: Floats
) -> None:
    """Write d(state)/dt per day.

    Parameters
    ----------
    t
        Day.
    state : ndarray, shape (n + 11,)
        Nodes, then cells.
    program, constants, wiring, doing
        The model, its numbers, its joints, and what is done now.
    out : ndarray, shape (n + 11,)
        Receives the rates.
    """
    n = constants.level.size
    x, cells = state[:n], state[n:]
    m, d, outputs, values = np.empty(MODS), np.empty(DRUG_COUNT), np.empty(OUTS), np.empty(program.kind.size)
    estrogen = felt_estrogen(x, constants, wiring)
    modulators(x, wiring, doing, m)
    drug_levels(doing, t, d)
    cell_rates(cells, m, d, estrogen, wiring.parameters, out[n:])
    cell_outputs(cells, m, d, estrogen, wiring.parameters, outputs)
    for i in range(n):
        asked = _asked(i, t, x, cells, outputs, program, constants, wiring, doing, values)
        out[i] = (doing.alpha[i] + doing.beta[i] * asked - x[i]) / constants.tau[i]
    for i in range(out.size):
        if doing.held[i] == 1:
            out[i] = 0.0


@njit(cache=True)
def jacobian(
    t: float, state: Floats, program: Program, constants: Constants, wiring: Wiring, doing: Doing, out: Floats
) -> None:
    """Write the analytic Jacobian of `rates`, shape (n + 11, n + 11), row i for rate i."""
    n = constants.level.size
    x, cells = state[:n], state[n:]
    m, d, values = np.empty(MODS), np.empty(DRUG_COUNT), np.empty(program.kind.size)
    slopes = np.empty(program.source.size)
    estrogen = felt_estrogen(x, constants, wiring)
    modulators(x, wiring, doing, m)
    drug_levels(doing, t, d)
    out[:] = 0.0
    for i in range(n):
        out[i, i] -= 1.0 / constants.tau[i]
        if wiring.owner[i] >= 0 or doing.decline[i] > 0.0 or program.start[i] == program.start[i + 1]:
            continue
        scale = doing.beta[i] / constants.tau[i]
        b = rule_value(program, constants.strength, x, i, values)
        scale *= node_slope(constants, i, b)
        rule_slopes(program, constants.strength, i, values, slopes)
        for k in range(program.start[i], program.start[i + 1]):
            edge = program.edge[k]
            if edge >= 0:
                out[i, program.source[edge]] += scale * slopes[edge]
    _cell_blocks(x, cells, m, d, estrogen, constants, wiring, doing, out)
    for i in range(out.shape[0]):
        if doing.held[i] == 1:
            out[i, :] = 0.0


@njit(cache=True)
def _cell_blocks(
    x: Floats,
    cells: Floats,
    m: Floats,
    d: Floats,
    estrogen: float,
    constants: Constants,
    wiring: Wiring,
    doing: Doing,
    out: Floats,
) -> None:
    """Add the rows of the cells and of the nodes that they own."""
    n = constants.level.size
    jy, jm, je = np.empty((CELLS, CELLS)), np.empty((CELLS, MODS)), np.empty(CELLS)
    oy, om = np.empty((OUTS, CELLS)), np.empty((OUTS, MODS))
    outputs, bend = np.empty(OUTS), np.empty(wiring.node.size)
    cell_jacobian(cells, m, d, estrogen, wiring.parameters, jy, jm, je)
    cell_output_jacobian(cells, m, d, estrogen, wiring.parameters, oy, om)
    cell_outputs(cells, m, d, estrogen, wiring.parameters, outputs)
    _modulator_slopes(x, wiring, doing, bend)
    felt = 1.0 / (constants.level[wiring.estrogen] - wiring.without) if estrogen > LEAST_ESTROGEN else 0.0
    out[n:, n:] += jy
    for r in range(CELLS):
        out[n + r, wiring.estrogen] += je[r] * felt
        for c in range(wiring.node.size):
            out[n + r, wiring.node[c]] += jm[r, wiring.modulator[c]] * bend[c]
    for i in range(n):
        k = wiring.owner[i]
        if k < 0:
            continue
        q, healthy = _quantity(k, cells, outputs), wiring.healthy[k]
        if q < 0.0:
            continue
        up, rest = constants.level[i] * q, (1.0 - constants.level[i]) * healthy
        scale = doing.beta[i] / constants.tau[i] * constants.level[i] * rest / (up + rest) ** 2
        if k < CELLS:
            out[i, n + k] += scale
            continue
        for s in range(CELLS):
            out[i, n + s] += scale * oy[k - CELLS, s]
        for c in range(wiring.node.size):
            out[i, wiring.node[c]] += scale * om[k - CELLS, wiring.modulator[c]] * bend[c]
