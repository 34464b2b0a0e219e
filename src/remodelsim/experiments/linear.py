"""How a small disturbance spreads: local sensitivities of every state by every other one, in either formalism.

With J the Jacobian between the two arms, a state i that is pushed for the days T of the experiment moves by
``(1 - exp(J_ii T)) / -J_ii`` times the push: the whole way for what is fast, what has run up so far for bone. So every
step j -> i has a gain, chains multiply gains, and ``(1 - A)^-1`` adds up all chains and loops. It is exact to first
order for what settles within the days; it serves to choose what is simulated again, and to draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.gate import node_gate
from ..engines.ode.cells import CELL_STATES
from ..engines.ode.course import Stretch
from ..engines.ode.system import Wiring, jacobian, rates
from ..engines.slopes import edge_slopes
from ..nouns.model import Model
from ..nouns.readout import Readout
from .draws import Draw
from .readings import ode_quantities, value_of

Floats: TypeAlias = NDArray[np.float64]
_STEP = 1e-5
_SLOWEST = 1e-12


@dataclass(frozen=True)
class Linear:
    """A disturbance to first order; N states (nodes, in the ODE then cells), k causes.

    Attributes
    ----------
    names
        Nodes, then cells.
    gain : float64 array, shape (N, N)
        Change of state i per change of state j by the single step j -> i.
    plain : float64 array, shape (N, N)
        The same without the corrections that keep estrogen and RANKL from counting twice: what can be told as steps.
    push : float64 array, shape (k, N)
        What each cause moves at once.
    slope : float64 array, shape (N,)
        Change of the readout per change of each state.
    moved : float64 array, shape (N,)
        By how much each state differs between the two arms, as simulated.
    """

    names: tuple[str, ...]
    gain: Floats
    plain: Floats
    push: Floats
    slope: Floats
    moved: Floats

    def __post_init__(self) -> None:
        n = len(self.names)
        inverse = np.linalg.solve(np.eye(n) - self.gain, np.eye(n))
        object.__setattr__(self, "_inverse", inverse)

    @property
    def inverse(self) -> Floats:
        """All chains and loops from j to i, shape (N, N)."""
        found: Floats = self._inverse  # type: ignore[attr-defined]
        return found

    @property
    def effects(self) -> Floats:
        """Change of the readout by each cause, shape (k,)."""
        return np.asarray(self.push @ (self.slope @ self.inverse))

    def through_states(self) -> Floats:
        """Return the change of the readout that is lost when each state is held, shape (N,)."""
        reach, moved = self.slope @ self.inverse, self.inverse @ self.push.sum(axis=0)
        return np.asarray(reach * moved / np.diag(self.inverse))

    def through_steps(self) -> Floats:
        """Return the change of the readout that is lost when each step j -> i is cut, shape (N, N)."""
        reach, moved = self.slope @ self.inverse, self.inverse @ self.push.sum(axis=0)
        loops = 1.0 + self.gain * self.inverse.T
        return np.asarray(reach[:, None] * self.gain * moved[None, :] / np.where(np.abs(loops) < 1e-9, 1.0, loops))


def ode_linear(
    model: Model,
    draw: Draw,
    readout: Readout,
    states: tuple[Floats, Floats],
    stretches: tuple[Stretch, Sequence[Stretch]],
    days: float,
) -> Linear:
    """Linearise the ODE between two arms.

    Parameters
    ----------
    model, draw
        The model and the draw.
    readout
        What is read.
    states : tuple of ndarray, shape (n + 10,)
        States without and with the intervention on the last day.
    stretches
        The last stretch with the intervention, and per cause the one without it.
    days
        Length of the experiment.

    Returns
    -------
    Linear
        Gains, pushes and slopes.
    """
    whole, without = stretches
    middle, moved = 0.5 * (states[0] + states[1]), states[1] - states[0]
    size = middle.size
    slopes, once = np.empty((size, size)), np.empty((size, size))
    jacobian(days, middle, draw.program, draw.constants, draw.wiring, whole.doing, slopes)
    jacobian(days, middle, draw.program, draw.constants, _uncorrected(model, draw, middle), whole.doing, once)
    own = -np.diag(slopes)
    own = np.where(np.abs(own) > _SLOWEST, own, _SLOWEST)
    span = -np.expm1(-own * days) / own
    gain = slopes * span[:, None]
    np.fill_diagonal(gain, 0.0)
    push = np.zeros((len(without), size))
    full = _rates(draw, middle, whole, days)
    for k, stretch in enumerate(without):
        push[k] = (full - _rates(draw, middle, stretch, days)) * span
        push[k][whole.doing.held == 1] = 0.0
        seized = _seized(whole, stretch)
        push[k][seized] = moved[seized]
    names = (*model.network.names, *CELL_STATES)
    plain = once * span[:, None]
    np.fill_diagonal(plain, 0.0)
    return Linear(names, gain, plain, push, _readout_slope(model, draw, readout, middle, whole, days), moved)


def _uncorrected(model: Model, draw: Draw, state: Floats) -> Wiring:
    """Return the joints with the corrections of `join.pinned` stopped where they stand."""
    wiring, own = draw.wiring, len(model.couplings)
    curve = wiring.curve.copy()
    for c in range(own, wiring.node.size):
        a = state[wiring.node[c]]
        curve[c] = ((curve[c, 0] + curve[c, 1] * a) / (1.0 + curve[c, 2] * a), 0.0, 0.0)
    return wiring._replace(curve=curve)


def _rates(draw: Draw, state: Floats, stretch: Stretch, days: float) -> Floats:
    out = np.empty_like(state)
    rates(days, state, draw.program, draw.constants, draw.wiring, stretch.doing, out)
    return out


def _seized(whole: Stretch, without: Stretch) -> NDArray[np.int64]:
    """Return the states that are held or on a course in one of two stretches only, or held elsewhere."""
    n = whole.doing.decline.size
    other = whole.doing.held != without.doing.held
    other[:n] |= whole.doing.decline != without.doing.decline
    for place in {*whole.jump, *without.jump}:
        other[place] |= whole.jump.get(place) != without.jump.get(place)
    return np.flatnonzero(other).astype(np.int64)


def _readout_slope(model: Model, draw: Draw, readout: Readout, state: Floats, stretch: Stretch, days: float) -> Floats:
    """Return the slope of a readout by every state, one moved at a time."""
    steps = np.vstack([state, state + _STEP * np.eye(state.size)])
    quantities = ode_quantities(model, draw, [stretch], np.full(len(steps), days), steps)
    values = np.broadcast_to(value_of(model, readout, "ode", quantities), (len(steps),))
    slope = (values[1:] - values[0]) / _STEP
    return np.where(np.isfinite(slope), slope, 0.0)


def boolean_linear(
    model: Model,
    draw: Draw,
    readout: Readout,
    states: tuple[Floats, Floats],
    actions: tuple[tuple[Floats, Floats], Sequence[tuple[Floats, Floats]]],
) -> Linear:
    """Linearise the mean field of the Boolean process between two arms.

    Parameters
    ----------
    model, draw
        The model and the draw.
    readout
        What is read.
    states : tuple of ndarray, shape (n,)
        Mean activities without and with the intervention.
    actions
        alpha and beta with the intervention, and per cause those without it.

    Returns
    -------
    Linear
        Gains, pushes and slopes.
    """
    (alpha, beta), without = actions
    program, constants = draw.program, draw.constants
    middle, moved = np.clip(0.5 * (states[0] + states[1]), 0.0, 1.0), states[1] - states[0]
    n = middle.size
    values = np.empty(program.kind.size)
    asked = np.array([node_gate(program, constants, middle, i, values) for i in range(n)])
    gain = np.zeros((n, n))
    gain[program.target, program.source] = edge_slopes(program, constants, middle)
    gain *= beta[:, None]
    push = np.zeros((len(without), n))
    for k, (a, b) in enumerate(without):
        push[k] = (alpha - a) + (beta - b) * asked
        seized = (beta == 0.0) & ((b != 0.0) | (a != alpha))
        push[k][seized] = moved[seized]
    return Linear(model.network.names, gain, gain, push, _node_slope(model, readout, middle), moved)


def _node_slope(model: Model, readout: Readout, x: Floats) -> Floats:
    steps = np.vstack([x, x + _STEP * np.eye(x.size)])
    quantities = {name: steps[:, i] for i, name in enumerate(model.network.names)}
    values = np.broadcast_to(value_of(model, readout, "boolean", quantities), (len(steps),))
    slope = (values[1:] - values[0]) / _STEP
    return np.where(np.isfinite(slope), slope, 0.0)
