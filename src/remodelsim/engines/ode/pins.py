"""What the network makes of estrogen loss and of denosumab while the cells stay as in health, for many draws at once.

`join.settled` answers the same for one draw by iteration; here both states of all draws are found by sparse Newton.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..program import Constants
from .cells import CELL_STATES, DRUGS, MODULATORS, OUTPUTS, K, cell_outputs
from .course import Stretch
from .ensemble import Sample, make_plan
from .lane_data import stack_draws
from .layout import Layout
from .newton import settle
from .system import CELLS, Doing, Wiring, modulators

Floats = NDArray[np.float64]
_SIGNAL = CELLS + OUTPUTS.index("rankl_signal")
# the RANKL signal does not fall below this, whatever the share that denosumab reaches
LEAST_SIGNAL = 0.05


class Pins(NamedTuple):
    """Two states of the network of one draw, cells as in health.

    Attributes
    ----------
    bound : float64 array, shape (n,)
        Activities when denosumab has done its utmost.
    lost : float64 array, shape (n,)
        Activities without estrogen.
    signal : float
        RANKL signal without estrogen.
    """

    bound: Floats
    lost: Floats
    signal: float


def find_pins(layout: Layout, draws: Sequence[tuple[Constants, Wiring]], hormone: int) -> list[Pins]:
    """Find both states of every draw.

    Parameters
    ----------
    layout
        Of the rules and the joints of the draws.
    draws
        Constants and wiring of each draw, joined without regard to double counting.
    hormone
        Position of Estrogen.

    Returns
    -------
    list of Pins
        One per draw; nan where a state was not found.
    """
    samples = []
    for d, (constants, wiring) in enumerate(draws):
        samples.append(Sample(d, (_with_signal(constants, wiring),)))
        samples.append(Sample(d, (_without_estrogen(wiring, hormone),)))
    found = settle(layout, stack_draws(layout, draws), make_plan(samples)).states
    n = draws[0][0].level.size
    pairs = zip(found[0::2, :n], found[1::2, :n], draws, strict=True)
    return [Pins(bound, lost, _signal_of(lost, *draw)) for bound, lost, draw in pairs]


def _with_signal(constants: Constants, wiring: Wiring) -> Stretch:
    """Return the stretch in which the RANKL signal is as low as denosumab makes it."""
    least = max(1.0 - float(wiring.parameters[K.b]), LEAST_SIGNAL)
    held = _cells_held(wiring)
    jump = {}
    for i in np.flatnonzero(wiring.owner == _SIGNAL):
        up = float(constants.level[i]) * least
        held[i], jump[int(i)] = 1, up / (up + 1.0 - float(constants.level[i]))
    return Stretch(0.0, 1.0, _holding(held), jump)


def _without_estrogen(wiring: Wiring, hormone: int) -> Stretch:
    """Return the stretch in which there is no estrogen, and the RANKL signal follows RANKL and OPG."""
    held = _cells_held(wiring)
    held[np.flatnonzero(wiring.owner == _SIGNAL)] = 0
    held[hormone] = 1
    return Stretch(0.0, 1.0, _holding(held), {hormone: 0.0})


def _cells_held(wiring: Wiring) -> NDArray[np.int64]:
    """Return what is held: the cells, and the nodes that they own."""
    return np.concatenate([wiring.owner >= 0, np.ones(CELLS, dtype=bool)]).astype(np.int64)


def _holding(held: NDArray[np.int64]) -> Doing:
    n = held.size - CELLS
    return Doing(
        held=held,
        alpha=np.zeros(n),
        beta=np.ones(n),
        onset=np.zeros(n),
        decline=np.zeros(n),
        factor=np.ones(len(MODULATORS)),
        drug=np.zeros((len(DRUGS), 3)),
        start=0.0,
    )


def _signal_of(x: Floats, constants: Constants, wiring: Wiring) -> float:
    """Return the RANKL signal for node activities x and healthy cells."""
    doing = _holding(np.zeros(constants.level.size + CELLS, dtype=np.int64))
    m, outputs = np.empty(len(MODULATORS)), np.empty(len(OUTPUTS))
    modulators(x, wiring, doing, m)
    cell_outputs(wiring.healthy[: len(CELL_STATES)], m, np.zeros(len(DRUGS)), 1.0, wiring.parameters, outputs)
    return float(outputs[-1])
