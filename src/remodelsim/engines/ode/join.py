"""Joining network and cells for one draw: Möbius curves, healthy quantities, and estrogen counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import ModelError
from ...ground.names import nearest
from ...nouns.coupling import Coupling, Feedback
from ...nouns.network import Network
from ..gate import node_gate
from ..program import Constants, Program
from .cell_steady import parameter_vector, steady_state
from .cells import DRUGS, MODULATORS, K, cell_outputs
from .pins import LEAST_SIGNAL, Pins
from .system import CELLS, DRUG_COUNT, MODS, OUTS, QUANTITIES, Wiring

Floats = NDArray[np.float64]
ESTROGEN = "Estrogen"
# by what the cells feel estrogen: its loss, where the network has a node for that (gated by the gut flora), else itself
SENSORS = ("EstrogenLossSignal", ESTROGEN)


def moebius(at_zero: float, healthy: float, at_one: float) -> tuple[float, float, float]:
    """Return (p, q, r) of the curve (p + q x) / (1 + r x) through (0, at_zero), (healthy, 1) and (1, at_one).

    Its pole lies outside [0, 1] whenever 1 is strictly between the ends, so it is smooth and monotone there.

    Examples
    --------
    >>> p, q, r = moebius(0.0, 0.5, 3.0)
    >>> (p + q) / (1 + r), (p + q / 2) / (1 + r / 2)
    (3.0, 1.0)
    """
    # p = at_zero; p + q l = 1 + r l; p + q = at_one (1 + r)
    r = (at_one - at_zero - (1.0 - at_zero) / healthy) / (1.0 - at_one)
    return at_zero, at_one * (1.0 + r) - at_zero, r


@dataclass(frozen=True)
class Joint:
    """What is the same for every draw: which node reads and drives what.

    Parameters
    ----------
    network
        The network.
    couplings, feedbacks
        What the cell layer reads and drives.
    parameters
        Parameters of the cell layer, symbol to value.

    Raises
    ------
    ModelError
        When a coupling or feedback names a modulator or quantity that the cell layer does not have, or an owned node is
        silent in health.
    """

    network: Network
    couplings: tuple[Coupling, ...]
    feedbacks: tuple[Feedback, ...]
    parameters: Mapping[str, float]

    def __post_init__(self) -> None:
        for coupling in self.couplings:
            _known(coupling.modulator, MODULATORS, f"coupling of {coupling.node}")
        for feedback in self.feedbacks:
            _known(feedback.quantity, QUANTITIES, f"feedback to {feedback.node}")
            if self.network.node(feedback.node).level == 0.0:
                raise ModelError(
                    f"{feedback.node} is driven by the cell layer but silent in health", allowed=["a level above 0"]
                )
        if ESTROGEN not in self.network.index:
            raise ModelError(f"the cell layer needs a node {ESTROGEN}")

    def wiring(
        self, program: Program, constants: Constants, ends: Sequence[tuple[float, float]] | None = None
    ) -> Wiring:
        """Join one draw.

        Parameters
        ----------
        program, constants
            Rules and numbers of the draw.
        ends
            The two ends of every coupling; those of the table by default.

        Returns
        -------
        Wiring
            Arrays for the kernels, RANKL and estrogen counted once (see `pinned`).
        """
        bare = self.bare(constants, ends)
        return pinned(program, constants, bare, self.network.index[ESTROGEN])

    def bare(self, constants: Constants, ends: Sequence[tuple[float, float]] | None = None) -> Wiring:
        """Join one draw without regard to what is then counted twice.

        Parameters
        ----------
        constants
            Numbers of the draw.
        ends
            The two ends of every coupling; those of the table by default.

        Returns
        -------
        Wiring
            Arrays for the kernels, for `pinned_at`.
        """
        index = self.network.index
        p = parameter_vector({**self.parameters, "signal_direct": 1.0, "estrogen_share": 0.0})
        healthy = np.empty(len(QUANTITIES))
        cells = steady_state(p)
        healthy[: cells.size] = cells
        cell_outputs(cells, np.ones(len(MODULATORS)), np.zeros(len(DRUGS)), 1.0, p, healthy[cells.size :])
        owner = np.full(len(index), -1, dtype=np.int64)
        for feedback in self.feedbacks:
            owner[index[feedback.node]] = QUANTITIES.index(feedback.quantity)
        nodes = [index[c.node] for c in self.couplings]
        both = ends if ends is not None else [(c.at_zero, c.at_one) for c in self.couplings]
        curve = [moebius(low, float(constants.level[i]), high) for i, (low, high) in zip(nodes, both, strict=True)]
        return Wiring(
            owner=owner,
            healthy=healthy,
            node=np.asarray(nodes, dtype=np.int64),
            modulator=np.asarray([MODULATORS.index(c.modulator) for c in self.couplings], dtype=np.int64),
            curve=np.asarray(curve, dtype=np.float64).reshape(-1, 3),
            estrogen=next(index[name] for name in SENSORS if name in index),
            without=0.0,
            parameters=p,
        )


def _known(name: str, names: Sequence[str], who: str) -> None:
    if name not in names:
        raise ModelError(f"{who} names '{name}'", nearest=nearest(name, names), allowed=names)


@njit(cache=True)
def settled(
    program: Program, constants: Constants, wiring: Wiring, hormone: int, estrogen: float, signal: float, sweeps: int
) -> tuple[Floats, float]:
    """Return the node activities weeks after a change of estrogen or of the RANKL signal, with the cells as in health.

    Parameters
    ----------
    program, constants, wiring
        The draw.
    hormone
        Position of Estrogen.
    estrogen
        Activity at which it is held.
    signal
        RANKL signal L that is imposed; negative to let it follow the nodes RANKL and OPG.
    sweeps
        Most sweeps of the damped fixed-point iteration.

    Returns
    -------
    tuple of ndarray, shape (n,), and float
        Activities and the signal L.
    """
    x = constants.level.copy()
    values, m, outputs = np.empty(program.kind.size), np.empty(MODS), np.empty(OUTS)
    cells, drugs, factor = wiring.healthy[:CELLS].copy(), np.zeros(DRUG_COUNT), np.ones(MODS)
    for _ in range(sweeps):
        m[:] = factor
        for c in range(wiring.node.size):
            a = x[wiring.node[c]]
            m[wiring.modulator[c]] *= (wiring.curve[c, 0] + wiring.curve[c, 1] * a) / (1.0 + wiring.curve[c, 2] * a)
        cell_outputs(cells, m, drugs, 1.0, wiring.parameters, outputs)
        strength = outputs[OUTS - 1] if signal < 0.0 else signal
        change = 0.0
        for i in range(x.size):
            asked = constants.level[i]
            if i == hormone:
                asked = estrogen
            elif wiring.owner[i] == CELLS + OUTS - 1:
                asked = constants.level[i] * strength / (constants.level[i] * strength + 1.0 - constants.level[i])
            elif wiring.owner[i] < 0:
                asked = node_gate(program, constants, x, i, values)
            change = max(change, abs(asked - x[i]))
            x[i] += _EAGER * (asked - x[i])
        if change < _CLOSE:
            break
    return x, strength


@njit(cache=True)
def scaled(x: Floats, wiring: Wiring) -> Floats:
    """Return the modulators, shape (15,), for node activities x."""
    out = np.ones(MODS)
    for c in range(wiring.node.size):
        a = x[wiring.node[c]]
        out[wiring.modulator[c]] *= (wiring.curve[c, 0] + wiring.curve[c, 1] * a) / (1.0 + wiring.curve[c, 2] * a)
    return out


def pinned(program: Program, constants: Constants, wiring: Wiring, hormone: int) -> Wiring:
    """Return the joints with RANKL and estrogen counted once.

    The equations of the cells were calibrated on what estrogen loss and denosumab do as a whole, so whatever the
    network adds to that along its own way is taken out again, and only there. With N the change of m_Cdiff that the
    network shows when denosumab has done its utmost (L = 1 - b), the direct term keeps L^(1 - ln N / ln L). With N_j
    the change of any other modulator there, a further curve over bound RANKL is 1 in health and 1 / N_j at that point;
    likewise over the signal of estrogen loss, for total loss. The products are those of the cell layer alone (Jörg et
    al. 2022, https://doi.org/10.7554/eLife.76228), however the network is made; every other cause acts in full.

    Parameters
    ----------
    program, constants, wiring
        The draw, joined without regard to double counting.
    hormone
        Position of Estrogen.

    Returns
    -------
    Wiring
        With the exponent of L set, and one more coupling for each modulator that estrogen loss moves.
    """
    least = max(1.0 - wiring.parameters[K.b], LEAST_SIGNAL)
    level = float(constants.level[hormone])
    bound, _ = settled(program, constants, wiring, hormone, level, least, _SWEEPS)
    lost, signal = settled(program, constants, wiring, hormone, 0.0, -1.0, _SWEEPS)
    return pinned_at(constants, wiring, Pins(bound, lost, signal))


def pinned_at(constants: Constants, wiring: Wiring, pins: Pins) -> Wiring:
    """Return the joints with RANKL and estrogen counted once, from the two states that tell what the network adds.

    Parameters
    ----------
    constants, wiring
        The draw, joined without regard to double counting.
    pins
        What the network makes of denosumab and of estrogen loss.

    Returns
    -------
    Wiring
        As from `pinned`.

    Raises
    ------
    ModelError
        When the network moves a rate of the cells more than a correction can undo.
    """
    p = wiring.parameters.copy()
    least = max(1.0 - p[K.b], LEAST_SIGNAL)
    change = scaled(pins.bound, wiring)
    carried = max(float(change[_CDIFF]), _SMALLEST)
    p[K.signal_direct] = max(1.0 - float(np.log(carried) / np.log(least)), 0.0)
    # a network that carries more than all of it is held back by a curve; a negative power would burst at L = 0
    change[_CDIFF] = min(carried / least, 1.0)
    change[list(_IN_THE_SIGNAL)] = 1.0
    owners = [i for i in range(pins.bound.size) if wiring.owner[i] == CELLS + OUTS - 1]
    bare = wiring._replace(parameters=p)
    once = _corrected(bare, constants, owners[0], pins.bound, change) if owners else bare
    change = scaled(pins.lost, once)
    change[_CDIFF] *= pins.signal ** p[K.signal_direct]
    # osteoclasts live by the signal itself (zeta_C)
    change[_CDEATH] *= (1.0 + p[K.zeta_C]) / (1.0 + p[K.zeta_C] * pins.signal)
    change[list(_IN_THE_SIGNAL)] = 1.0
    twice = _corrected(once, constants, wiring.estrogen, pins.lost, change)
    return twice._replace(without=float(pins.lost[wiring.estrogen]))


def _corrected(wiring: Wiring, constants: Constants, node: int, x: Floats, change: Floats) -> Wiring:
    """Append one coupling of `node` for each modulator that it is to undo `change` of, at activities x."""
    sizes = np.maximum(change, _SMALLEST)
    moved = [j for j in range(MODS) if abs(np.log(sizes[j])) > _NOTICED]
    level, lost = float(constants.level[node]), float(x[node])
    curves = [correction(float(sizes[j]), level, lost) for j in moved]
    return wiring._replace(
        node=np.concatenate([wiring.node, np.full(len(moved), node, np.int64)]),
        modulator=np.concatenate([wiring.modulator, np.asarray(moved, np.int64)]),
        curve=np.concatenate([wiring.curve, np.asarray(curves, np.float64).reshape(-1, 3)]),
    )


def correction(change: float, level: float, lost: float) -> tuple[float, float, float]:
    """Return (p, q, r) of the curve (p + q x) / (1 + r x) that is 1 at `level` and 1 / change at `lost`.

    On the other side of health, at 0 or 1, it stays as near to 1 as a curve without a pole in [0, 1] can.

    Parameters
    ----------
    change
        What the network makes of a modulator when a signal is at `lost`.
    level, lost
        Activity of the signal in health, and where the change is to be undone.

    Returns
    -------
    tuple of float
        p, q and r.

    Raises
    ------
    ModelError
        When the change is too large to be undone by such a curve.

    Examples
    --------
    >>> p, q, r = correction(0.8, 0.3, 0.6)
    >>> round((p + 0.6 * q) / (1 + 0.6 * r), 12), round((p + 0.3 * q) / (1 + 0.3 * r), 12)
    (1.25, 1.0)
    """
    far = 0.0 if lost > level else 1.0
    for part in _PARTS:
        # value (1 + r x) = p + q x at each of the three points; p and q drop out of their differences
        value = change**part
        tilt = (value * far - level) * (lost - level) - (lost / change - level) * (far - level)
        if tilt == 0.0:
            continue
        r = ((1.0 / change - 1.0) * (far - level) - (value - 1.0) * (lost - level)) / tilt
        q = (1.0 / change - 1.0 + r * (lost / change - level)) / (lost - level)
        p = 1.0 + r * level - q * level
        if p > 0.0 and p + q > 0.0 and r > _LEAST_BEND:
            return p, q, r
    # as bent as it may be; what is left over stands at the far side
    r = _LEAST_BEND
    q = ((1.0 + r * lost) / change - 1.0 - r * level) / (lost - level)
    p = 1.0 + r * level - q * level
    if p > 0.0 and p + q > 0.0:
        return p, q, r
    what = f"the network changes a rate of the cells to {change:.3g} of health"
    raise ModelError(what, cure="Weaken the coupling that carries it.")


_SWEEPS = 400
_CLOSE = 1e-7
# part of the way that each sweep goes; the newest values are used at once
_EAGER = 0.8
_SMALLEST = 1e-6
_NOTICED = 1e-6
_LEAST_BEND = -0.95
# how far the far side of a correction may lie from 1, as a share of the change in the logarithm
_PARTS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.7)
_CDIFF, _CDEATH = MODULATORS.index("Cdiff"), MODULATORS.index("Cdeath")
# RANKL and OPG reach osteoclasts through the signal L, which stays what the network makes of it
_IN_THE_SIGNAL = tuple(MODULATORS.index(name) for name in ("RANKL", "OPG", "infl"))
