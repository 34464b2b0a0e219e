"""Doors from Python to kernels that only kernels call."""

import numpy as np
from numba import njit

from remodelsim.engines.ode.lane_data import load_doing, load_draw, make_numbers, make_scratch, stack_doings
from remodelsim.engines.ode.lane_gate import gate_slopes, gates
from remodelsim.engines.ode.lane_rates import drift, entries, rates
from remodelsim.engines.ode.sparse import factor, solve
from remodelsim.engines.ode.stiff import between, make_stepper, take_steps, try_step
from remodelsim.engines.ode.vector import WIDTH, rows


@njit(cache=True)
def factor_and_solve(pattern, values, shift, factors, x, width):
    factor(pattern, values, shift, factors, width)
    solve(pattern, factors, x, width)


@njit(cache=True)
def flat_gates(b, gain, inverse, level, value, slope):
    gates(b, gain, inverse, level, value)
    gate_slopes(b, gain, inverse, level, slope)


@njit(cache=True)
def _load(layout, numbers, draws, doings, drugs, origins, which):
    for w in range(which.size):
        load_draw(numbers, draws, which[w], w)
        load_doing(layout, numbers, doings, w, drugs[w], origins[w], w)


@njit(cache=True)
def _derivatives(layout, numbers, scratch, t, y, f, slope, values, width):
    rates(layout, numbers, scratch, t, y, f, width)
    drift(layout, numbers, scratch, t, y, slope, width)
    entries(layout, numbers, scratch, t, y, values, width)


@njit(cache=True)
def _fixed_steps(layout, numbers, scratch, s, count, length, share, middle, width):
    for _ in range(count):
        for w in range(len(width)):
            s.h[0, w] = length
            s.taken[0, w] = 1.0
        try_step(layout, numbers, scratch, s, 1.0, width)
        for w in range(len(width)):
            between(s, share, 0, w, middle[w])
            s.t[w] += length
        take_steps(s, width)


class Lanes:
    """Draws and doings put into lanes, one each; the lanes that are left over repeat the first."""

    def __init__(self, layout, draws, which, doings, width=WIDTH):
        self.count, spare = len(doings), width - len(doings)
        which, doings = [*which, *which[:1] * spare], [*doings, *doings[:1] * spare]
        self.layout, self.width = layout, (0,) * width
        self.numbers = make_numbers(layout, draws.parameters.shape[1], len(doings))
        self.scratch = make_scratch(layout, len(doings))
        drugs = np.stack([doing.drug for doing in doings])
        origins = np.array([doing.start for doing in doings], dtype=float)
        which = np.asarray(which, dtype=np.int64)
        _load(layout, self.numbers, draws, stack_doings(doings), drugs, origins, which)

    def derivatives(self, t, states):
        """Return rates, their derivative by time, and dense Jacobians, each with the lane first."""
        width, size = len(self.width), states.shape[1]
        y, f, slope = rows(size, width), rows(size, width), rows(size, width)
        values = rows(self.layout.pattern.column.size, width)
        y[:] = self._padded(states).T
        t = self._padded(np.asarray(t, float))
        _derivatives(self.layout, self.numbers, self.scratch, t, y, f, slope, values, self.width)
        pattern = self.layout.pattern
        dense = np.zeros((width, size, size))
        dense[:, np.repeat(np.arange(size), np.diff(pattern.row)), pattern.column] = values.T
        return f.T[: self.count].copy(), slope.T[: self.count].copy(), dense[: self.count]

    def _padded(self, table):
        return np.concatenate([table, *[table[:1]] * (len(self.width) - self.count)])

    def fixed_steps(self, states, count, length, share=1.0, start=0.0):
        """Return the states after steps of one length, and those at a share of the last step."""
        s = make_stepper(self.layout, len(self.width))
        states = self._padded(states)
        s.y[:] = states.T
        s.smallest[:] = 1.0
        s.t[:] = start
        s.stop[:] = np.inf
        middle = np.zeros_like(states)
        _fixed_steps(self.layout, self.numbers, self.scratch, s, count, length, share, middle, self.width)
        return s.y.T[: self.count].copy(), middle[: self.count]
