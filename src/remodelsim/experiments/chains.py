"""The strongest chains from a cause to a readout, by the local sensitivities of a linearised model."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .linear import Linear

Floats: TypeAlias = NDArray[np.float64]
MOST_CHAINS = 2
LONGEST = 16
_MOST_LOOKS = 40_000
# chains weaker than this share of the whole effect are not followed
_WEAKEST = 0.002


@dataclass(frozen=True)
class Chain:
    """A chain of steps.

    Attributes
    ----------
    cause
        Number of the cause that it starts with.
    states
        The states that it passes, first to last.
    effect
        What it does to the readout, in the unit of the readout, to first order.
    """

    cause: int
    states: tuple[int, ...]
    effect: float


def strongest_chains(linear: Linear, cause: int, most: int = MOST_CHAINS) -> tuple[Chain, ...]:
    """Find the strongest chains of a cause that meet no state twice.

    Parameters
    ----------
    linear
        The linearised model.
    cause
        Number of the cause.
    most
        How many at most.

    Returns
    -------
    tuple of Chain
        The strongest first, raising and lowering ones together.
    """
    whole = float(np.abs(linear.effects).sum())
    if whole <= 0.0:
        return ()
    left = _best_rest(linear)
    steps = [np.flatnonzero(linear.plain[:, j]) for j in range(len(linear.names))]
    queue: list[tuple[float, float, tuple[int, ...]]] = []
    for j in np.flatnonzero(linear.push[cause]).tolist():
        gain = float(linear.push[cause, j])
        heapq.heappush(queue, (-abs(gain) * left[j], gain, (j,)))
    found: list[Chain] = []
    looks = 0
    while queue and len(found) < most and looks < _MOST_LOOKS:
        bound, gain, states = heapq.heappop(queue)
        looks += 1
        if -bound < _WEAKEST * whole:
            break
        if states[-1] < 0:
            found.append(Chain(cause, states[:-1], gain))
            continue
        here = states[-1]
        end = gain * float(linear.slope[here])
        if end != 0.0:
            heapq.heappush(queue, (-abs(end), end, (*states, -1)))
        if len(states) < LONGEST:
            for i in steps[here].tolist():
                if i not in states:
                    on = gain * float(linear.plain[i, here])
                    heapq.heappush(queue, (-abs(on) * left[i], on, (*states, i)))
    return tuple(found)


def _best_rest(linear: Linear) -> list[float]:
    """Return the strongest way from each state to the readout, at most `LONGEST` steps."""
    size = np.abs(linear.plain)
    best = np.abs(linear.slope)
    for _ in range(LONGEST):
        further = np.maximum(best, (size * best[:, None]).max(axis=0))
        if np.array_equal(further, best):
            break
        best = further
    return [float(value) for value in best]
