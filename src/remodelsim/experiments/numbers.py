"""The numbers of one draw before they are joined: as the tables have them, or drawn around that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..nouns.coupling import Coupling, Spread
from .sides import Side

Floats = NDArray[np.float64]
LEAST_GAIN = 0.5


@dataclass(frozen=True)
class Numbers:
    """Every number of one draw.

    Attributes
    ----------
    side
        The readings that it holds of what is disputed, with rules and compounds.
    level, gain, tau_h : ndarray, shape (n,)
        Healthy level, gain, and time constant in hours.
    strength : ndarray, shape (e,)
        Strength of each edge of the side.
    ends
        The two ends of every coupling.
    potency
        (compound, number of the effect) to the factor on its ED50; 1 where missing.
    cells
        Symbols of cell parameters to the values that take their place.
    """

    side: Side
    level: Floats
    gain: Floats
    tau_h: Floats
    strength: Floats
    ends: tuple[tuple[float, float], ...]
    potency: Mapping[tuple[str, int], float] = field(default_factory=dict)
    cells: Mapping[str, float] = field(default_factory=dict)


def published_numbers(side: Side, couplings: tuple[Coupling, ...]) -> Numbers:
    """Return the numbers that stand in the tables.

    Parameters
    ----------
    side
        The readings that hold.
    couplings
        What the cells read from the network.

    Returns
    -------
    Numbers
        Levels, gains and times of nodes.csv, strengths of the side, ends of coupling.csv.
    """
    nodes = side.network.nodes
    return Numbers(
        side,
        level=np.array([node.level for node in nodes]),
        gain=np.array([node.gain for node in nodes]),
        tau_h=np.array([node.tau_h for node in nodes]),
        strength=side.strength,
        ends=tuple((c.at_zero, c.at_one) for c in couplings),
    )


def drawn_numbers(published: Numbers, spread: Spread, rng: np.random.Generator) -> Numbers:
    """Draw numbers around the published ones.

    Parameters
    ----------
    published
        The middle of every range.
    spread
        The ranges.
    rng
        Where chance comes from.

    Returns
    -------
    Numbers
        Strengths, times, bends and potencies by a factor, gains by a difference, levels by a shift of their logit.
    """
    n, e = published.level.size, published.strength.size
    strength = np.minimum(published.strength * _factors(rng, spread.strength, e), 1.0)
    gain = np.maximum(published.gain + rng.uniform(-spread.gain, spread.gain, n), LEAST_GAIN)
    tau_h = published.tau_h * _factors(rng, spread.tau, n)
    level = _shifted(published.level, rng.uniform(-spread.level, spread.level, n))
    bend = _factors(rng, spread.coupling, len(published.ends))
    ends = tuple(_bent(low, high, f) for (low, high), f in zip(published.ends, bend, strict=True))
    keys = [(c.name, k) for c in published.side.compounds.values() for k in range(len(c.effects))]
    potency = dict(zip(keys, _factors(rng, spread.dose, len(keys)).tolist(), strict=True))
    return Numbers(published.side, level, gain, tau_h, strength, ends, potency)


def _factors(rng: np.random.Generator, largest: float, size: int) -> Floats:
    """Draw factors log-uniformly between 1/largest and largest."""
    return np.exp(rng.uniform(-np.log(largest), np.log(largest), size))


def _shifted(level: Floats, shift: Floats) -> Floats:
    """Shift levels in their logit; what is silent stays silent."""
    out = level.copy()
    awake = level > 0.0
    out[awake] = 1.0 / (1.0 + (1.0 / level[awake] - 1.0) * np.exp(-shift[awake]))
    return out


def _bent(at_zero: float, at_one: float, factor: float) -> tuple[float, float]:
    """Strengthen or weaken a coupling: its ends to the power `factor`, so that 0 stays 0 and 1 stays 1."""
    return at_zero**factor, at_one**factor
