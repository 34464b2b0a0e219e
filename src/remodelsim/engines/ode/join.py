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
            Arrays for the kernels, with the direct terms of RANKL and estrogen reduced by what the network carries.
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
        wiring = Wiring(
            owner=owner,
            healthy=healthy,
            node=np.asarray(nodes, dtype=np.int64),
            modulator=np.asarray([MODULATORS.index(c.modulator) for c in self.couplings], dtype=np.int64),
            curve=np.asarray(curve, dtype=np.float64).reshape(-1, 3),
            estrogen=next(index[name] for name in SENSORS if name in index),
            without=0.0,
            parameters=p,
        )
        lost, _ = settled(program, constants, wiring, index[ESTROGEN], 0.0, -1.0, _SWEEPS)
        wiring = wiring._replace(without=float(lost[wiring.estrogen]))
        p[K.signal_direct], p[K.estrogen_share] = pin(program, constants, wiring, index[ESTROGEN])
        return wiring


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
            x[i] = 0.5 * (x[i] + asked)
        if change < _CLOSE:
            break
    return x, strength


@njit(cache=True)
def differentiation_factor(x: Floats, wiring: Wiring) -> float:
    """Return m_Cdiff for node activities x."""
    factor = 1.0
    for c in range(wiring.node.size):
        if wiring.modulator[c] == _CDIFF:
            a = x[wiring.node[c]]
            factor *= (wiring.curve[c, 0] + wiring.curve[c, 1] * a) / (1.0 + wiring.curve[c, 2] * a)
    return max(factor, _SMALLEST)


def pin(program: Program, constants: Constants, wiring: Wiring, hormone: int) -> tuple[float, float]:
    """Return (signal_direct, estrogen_share), so that RANKL and estrogen are each counted once.

    Osteoclasts form at a rate proportional to the RANKL signal L and fall with estrogen e (Jörg et al. 2022,
    https://doi.org/10.7554/eLife.76228). In the coupled model the network carries part of both: with N the change of
    m_Cdiff that it shows when denosumab has done its utmost (L = 1 - b), the direct term keeps L^(1 - ln N / ln L);
    with N that for total estrogen loss and T the published action, it keeps T^(1 - ln N / ln T). The products are
    the published ones, however the network is made.

    Parameters
    ----------
    program, constants, wiring
        The draw; its two parameters are not read.
    hormone
        Position of Estrogen.

    Returns
    -------
    tuple of float
        The exponent of L, and the share of estrogen's action that the network carries.
    """
    p = wiring.parameters
    least = max(1.0 - p[K.b], 0.05)
    healthy = float(constants.level[hormone])
    x, _ = settled(program, constants, wiring, hormone, healthy, least, _SWEEPS)
    direct = 1.0 - float(np.log(differentiation_factor(x, wiring)) / np.log(least))
    x, signal = settled(program, constants, wiring, hormone, 0.0, -1.0, _SWEEPS)
    carried = differentiation_factor(x, wiring) * max(signal, _SMALLEST) ** direct
    return direct, float(np.log(carried) / np.log(1.0 + 1.0 / p[K.e_Q]))


_SWEEPS = 400
_CLOSE = 1e-8
_SMALLEST = 1e-6
_CDIFF = MODULATORS.index("Cdiff")
