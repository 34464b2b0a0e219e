"""Joining network and cells for one draw: Möbius curves, healthy quantities, and estrogen counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import ModelError
from ...ground.names import nearest
from ...nouns.coupling import Coupling, Feedback
from ...nouns.network import Network
from ..gate import node_gate
from ..program import Constants, Program
from .cell_steady import parameter_vector, steady_state
from .cells import DRUGS, MODULATORS, OUTPUTS, PARAMETERS, K, cell_outputs
from .system import QUANTITIES, Wiring

Floats = NDArray[np.float64]
ESTROGEN = "Estrogen"


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
        not at 0.5 in health.
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
            level = self.network.node(feedback.node).level
            if level != 0.5:
                raise ModelError(
                    f"{feedback.node} is driven by the cell layer but has level {level:g}", allowed=["0.5"]
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
            Arrays for the kernels, with the direct estrogen term reduced by what the network carries.
        """
        index = self.network.index
        p = parameter_vector({**self.parameters, "estrogen_share": 0.0})
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
            estrogen=index[ESTROGEN],
            parameters=p,
        )
        p[K.estrogen_share] = estrogen_share(program, constants, wiring)
        return wiring


def _known(name: str, names: Sequence[str], who: str) -> None:
    if name not in names:
        raise ModelError(f"{who} names '{name}'", nearest=nearest(name, names), allowed=names)


def estrogen_share(program: Program, constants: Constants, wiring: Wiring) -> float:
    """Return the share (in the logarithm) of estrogen's action on osteoclast formation that the network carries.

    With T the direct action of total estrogen loss (Jörg et al. 2022, https://doi.org/10.7554/eLife.76228) and N the
    change of the modulators of osteoclast formation that the network shows for it, the share is ln N / ln T; the
    direct term keeps T^(1 - share), so that the product is T however the network is made.
    """
    total = 1.0 + 1.0 / wiring.parameters[K.e_Q]
    return float(np.log(network_estrogen_factor(program, constants, wiring)) / np.log(total))


def network_estrogen_factor(program: Program, constants: Constants, wiring: Wiring) -> float:
    """Return the factor on osteoclast formation that the network alone shows for total estrogen loss, cells healthy.

    Returns
    -------
    float
        m_Cdiff (and L, where it acts directly) without estrogen over the same in health.
    """
    x = without_estrogen(program, constants, wiring)
    factor = 1.0
    for c in range(wiring.node.size):
        if MODULATORS[wiring.modulator[c]] == "Cdiff":
            low, slope, bend = wiring.curve[c]
            factor *= (low + slope * x[wiring.node[c]]) / (1.0 + bend * x[wiring.node[c]])
    return max(factor, 1e-6)


def without_estrogen(program: Program, constants: Constants, wiring: Wiring) -> Floats:
    """Return the node activities some weeks after total estrogen loss, with the cells as in health.

    Nodes owned by cells stay healthy, except the RANKL signal, which is an output of the moment.
    """
    x = constants.level.copy()
    values = np.empty(program.kind.size)
    signal = [i for i in range(x.size) if wiring.owner[i] == QUANTITIES.index("rankl_signal")]
    m, outputs = np.ones(len(MODULATORS)), np.empty(len(OUTPUTS))
    cells, drugs = wiring.healthy[: -len(OUTPUTS)].copy(), np.zeros(len(DRUGS))
    for _ in range(_SWEEPS):
        asked = np.array([node_gate(program, constants, x, i, values) for i in range(x.size)])
        asked[wiring.owner >= 0] = constants.level[wiring.owner >= 0]
        m[:] = 1.0
        for c in range(wiring.node.size):
            low, slope, bend = wiring.curve[c]
            m[wiring.modulator[c]] *= (low + slope * x[wiring.node[c]]) / (1.0 + bend * x[wiring.node[c]])
        cell_outputs(cells, m, drugs, 0.0, wiring.parameters, outputs)
        asked[signal] = outputs[-1] / (outputs[-1] + 1.0)
        asked[wiring.estrogen] = 0.0
        if float(np.abs(asked - x).max()) < _CLOSE:
            break
        x = 0.5 * (x + asked)
    return x


_SWEEPS = 400
_CLOSE = 1e-8
__all__ = ["PARAMETERS", "Joint", "estrogen_share", "moebius", "network_estrogen_factor", "without_estrogen"]
