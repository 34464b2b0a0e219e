"""The numbers of many samples, stacked, and how one of them is put into a lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import ModelError
from ..program import Constants
from .layout import Layout, couplings_of
from .system import CELLS, DRUG_COUNT, MODS, OUTS, Doing, Wiring
from .vector import KERNEL, rows

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


class Draws(NamedTuple):
    """Parameter draws of one network, stacked; D draws, n nodes, e edges, c couplings.

    Attributes
    ----------
    level, gain, inverse, tempo : float64 arrays, shape (D, n)
        Healthy level, gain, 1/anchor, and 1/tau per day.
    weight : float64 array, shape (D, e)
        Strength of each edge with its sign.
    curve : float64 array, shape (D, 3 c)
        Möbius curves of the couplings.
    healthy : float64 array, shape (D, 15)
        Healthy quantities of the cell layer.
    parameters : float64 array, shape (D, parameters)
        Parameters of the cell layer.
    without : float64 array, shape (D,)
        As in `system.Wiring`.
    """

    level: Floats
    gain: Floats
    inverse: Floats
    tempo: Floats
    weight: Floats
    curve: Floats
    healthy: Floats
    parameters: Floats
    without: Floats


class Doings(NamedTuple):
    """Different things done, stacked; u of them.

    Attributes
    ----------
    held : int64 array, shape (u, N)
        As in `system.Doing`.
    alpha, beta, onset, decline : float64 arrays, shape (u, n)
        As in `system.Doing`.
    factor : float64 array, shape (u, 15)
        As in `system.Doing`.
    """

    held: Ints
    alpha: Floats
    beta: Floats
    onset: Floats
    decline: Floats
    factor: Floats


class Numbers(NamedTuple):
    """What distinguishes the lanes; w lanes, n nodes, e edges, c couplings, N states.

    Attributes
    ----------
    level, gain, inverse : float64 arrays, shape (n, w)
        Healthy level, gain, and 1/anchor.
    weight : float64 array, shape (e, w)
        Strength of each edge with its sign.
    tempo : float64 array, shape (n, w)
        1/tau, per day.
    curve : float64 array, shape (3 c, w)
        Rows 3 k, 3 k + 1 and 3 k + 2 are p, q and r of coupling k.
    healthy, parameters : float64 arrays, shapes (w, 15) and (w, parameters)
        Of the cell layer.
    without : float64 array, shape (w,)
        As in `system.Wiring`.
    ceiling : float64 array, shape (1, w)
        What couplings read of the signal of estrogen loss at most: `without`, or 1 where there is no such signal.
    alpha, beta, onset, decline : float64 arrays, shape (n, w)
        As in `system.Doing`.
    free : float64 array, shape (N, w)
        0 for what is held, else 1.
    pace : float64 array, shape (n, w)
        tempo x free.
    factor : float64 array, shape (15, w)
        Factors on the modulators.
    drug : float64 array, shape (w, 4, 3)
        As in `system.Doing`.
    origin : float64 array, shape (w,)
        Day at which the drug levels were what `drug` says.
    falling : int64 array, shape (w,)
        How many inputs are on a course.
    faller : int64 array, shape (w, n)
        Which ones.
    """

    level: Floats
    gain: Floats
    inverse: Floats
    weight: Floats
    tempo: Floats
    curve: Floats
    healthy: Floats
    parameters: Floats
    without: Floats
    ceiling: Floats
    alpha: Floats
    beta: Floats
    onset: Floats
    decline: Floats
    free: Floats
    pace: Floats
    factor: Floats
    drug: Floats
    origin: Floats
    falling: Ints
    faller: Ints


class Scratch(NamedTuple):
    """Room to compute in; nothing here outlives a call.

    Attributes
    ----------
    b, asked, slope : float64 arrays, shape (n, w)
        Values of the rules, what is asked of each node, and dG/db.
    values, adjoint : float64 arrays, shape (deepest, w)
        Elements of one rule.
    m : float64 array, shape (15, w)
        Modulators.
    bend : float64 array, shape (c, w)
        Derivative of each coupling's modulator by its node.
    cells, mods, drugs, change, outputs : float64 arrays, shape (w, any)
        Cells, modulators, drugs, rates of the cells, and outputs.
    estrogen : float64 array, shape (w,)
        Estrogen as the cells feel it.
    jy, jm, je, oy, om : float64 arrays
        One lane's derivatives, as in `cells`.
    scale : float64 array, shape (owned,)
        One lane's derivatives of the owned nodes by the quantities that they follow.
    """

    b: Floats
    asked: Floats
    slope: Floats
    values: Floats
    adjoint: Floats
    m: Floats
    bend: Floats
    cells: Floats
    mods: Floats
    drugs: Floats
    change: Floats
    outputs: Floats
    estrogen: Floats
    jy: Floats
    jm: Floats
    je: Floats
    oy: Floats
    om: Floats
    scale: Floats


def stack_draws(layout: Layout, draws: Sequence[tuple[Constants, Wiring]]) -> Draws:
    """Stack draws of one network.

    Parameters
    ----------
    layout
        The network.
    draws
        Constants and wiring of each.

    Returns
    -------
    Draws
        The same numbers, in C order.

    Raises
    ------
    ModelError
        When a draw has a coupling that the layout does not know.
    """
    sign = np.ones(layout.program.source.size)
    leaves = layout.program.edge >= 0
    sign[layout.program.edge[leaves]] = layout.program.sign[leaves]
    return Draws(
        level=np.stack([c.level for c, _ in draws]),
        gain=np.stack([c.gain for c, _ in draws]),
        inverse=1.0 / np.stack([c.anchor for c, _ in draws]),
        tempo=1.0 / np.stack([c.tau for c, _ in draws]),
        weight=np.stack([c.strength for c, _ in draws]) * sign,
        curve=np.stack([_curves(layout, w) for _, w in draws]),
        healthy=np.stack([w.healthy for _, w in draws]),
        parameters=np.stack([w.parameters for _, w in draws]),
        without=np.array([w.without for _, w in draws], dtype=np.float64),
    )


def _curves(layout: Layout, wiring: Wiring) -> Floats:
    """Return a draw's curves in the order of the layout's couplings; 1 throughout for those that it does not have."""
    own = dict(zip(couplings_of(wiring), wiring.curve, strict=True))
    table = [own.pop(pair, (1.0, 0.0, 0.0)) for pair in couplings_of(layout)]
    if own:
        raise ModelError("a draw has a coupling that its layout does not know", cure="Make the layout from all draws.")
    return np.asarray(table, dtype=np.float64).reshape(-1)


def stack_doings(doings: Sequence[Doing]) -> Doings:
    """Stack what is done, drugs and days left aside."""
    return Doings(*(np.stack([getattr(doing, name) for doing in doings]) for name in Doings._fields))


def healthy_states(draws: Draws) -> Floats:
    """Return the healthy state of every draw, shape (D, n + 11)."""
    return np.concatenate([draws.level, draws.healthy[:, :CELLS]], axis=1)


def make_numbers(layout: Layout, parameters: int, width: int) -> Numbers:
    """Return numbers for `width` lanes of a `layout` that do nothing; `parameters` counts those of the cell layer."""
    n, states = layout.program.start.size - 1, layout.diagonal.size
    level, gain, inverse, tempo, alpha, onset, decline, pace = (rows(n, width) for _ in range(8))
    level += 0.5
    gain += 1.0
    inverse += 1.0
    return Numbers(
        level=level,
        gain=gain,
        inverse=inverse,
        weight=rows(layout.program.source.size, width),
        tempo=tempo,
        curve=rows(3 * layout.node.size, width),
        healthy=np.ones((width, CELLS + OUTS)),
        parameters=np.ones((width, parameters)),
        without=np.zeros(width),
        ceiling=rows(1, width) + 1.0,
        alpha=alpha,
        beta=rows(n, width) + 1.0,
        onset=onset,
        decline=decline,
        free=rows(states, width),
        pace=pace,
        factor=rows(MODS, width) + 1.0,
        drug=np.zeros((width, DRUG_COUNT, 3)),
        origin=np.zeros(width),
        falling=np.zeros(width, dtype=np.int64),
        faller=np.zeros((width, n), dtype=np.int64),
    )


def make_scratch(layout: Layout, width: int) -> Scratch:
    """Return room for `width` lanes."""
    n = layout.program.start.size - 1
    b = rows(n, width)
    b += 0.5
    return Scratch(
        b=b,
        asked=rows(n, width),
        slope=rows(n, width),
        values=rows(layout.deepest, width),
        adjoint=rows(layout.deepest, width),
        m=rows(MODS, width),
        bend=rows(layout.node.size, width),
        cells=np.zeros((width, CELLS)),
        mods=np.zeros((width, MODS)),
        drugs=np.zeros((width, DRUG_COUNT)),
        change=np.zeros((width, CELLS)),
        outputs=np.zeros((width, OUTS)),
        estrogen=np.ones(width),
        jy=np.zeros((CELLS, CELLS)),
        jm=np.zeros((CELLS, MODS)),
        je=np.zeros(CELLS),
        oy=np.zeros((OUTS, CELLS)),
        om=np.zeros((OUTS, MODS)),
        scale=np.zeros(layout.owned.size),
    )


@njit(**KERNEL)
def load_draw(numbers: Numbers, draws: Draws, d: int, w: int) -> None:
    """Put the numbers of draw d into lane w."""
    for i in range(draws.level.shape[1]):
        numbers.level[i, w] = draws.level[d, i]
        numbers.gain[i, w] = draws.gain[d, i]
        numbers.inverse[i, w] = draws.inverse[d, i]
        numbers.tempo[i, w] = draws.tempo[d, i]
    for i in range(draws.weight.shape[1]):
        numbers.weight[i, w] = draws.weight[d, i]
    for i in range(draws.curve.shape[1]):
        numbers.curve[i, w] = draws.curve[d, i]
    for i in range(draws.healthy.shape[1]):
        numbers.healthy[w, i] = draws.healthy[d, i]
    for i in range(draws.parameters.shape[1]):
        numbers.parameters[w, i] = draws.parameters[d, i]
    numbers.without[w] = draws.without[d]
    numbers.ceiling[0, w] = draws.without[d] if draws.without[d] > 0.0 else 1.0


@njit(**KERNEL)
def load_doing(layout: Layout, numbers: Numbers, doings: Doings, u: int, drug: Floats, origin: float, w: int) -> None:
    """Put what is done into lane w, whose draw must stand there already; `drug` has shape (4, 3)."""
    for i in range(doings.alpha.shape[1]):
        numbers.alpha[i, w] = doings.alpha[u, i]
        numbers.beta[i, w] = doings.beta[u, i]
        numbers.onset[i, w] = doings.onset[u, i]
        numbers.decline[i, w] = doings.decline[u, i]
    for i in range(doings.factor.shape[1]):
        numbers.factor[i, w] = doings.factor[u, i]
    for k in range(drug.shape[0]):
        for j in range(drug.shape[1]):
            numbers.drug[w, k, j] = drug[k, j]
    numbers.origin[w] = origin
    for k in range(layout.owned.size):
        numbers.decline[layout.owned[k], w] = 0.0
    for i in range(numbers.free.shape[0]):
        numbers.free[i, w] = 1.0 - doings.held[u, i]
    count = 0
    for i in range(numbers.pace.shape[0]):
        numbers.pace[i, w] = numbers.free[i, w] * numbers.tempo[i, w]
        if numbers.decline[i, w] > 0.0:
            numbers.faller[w, count] = i
            count += 1
    numbers.falling[w] = count
