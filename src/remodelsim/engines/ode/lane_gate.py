"""The gate of `engines.gate` for many numbers at once, in vector instructions.

Same function, same limits, other arithmetic: with q = ((1 - b)/b)^h / c the gate is 1/(1 + q), which takes one power
instead of two, and the power is computed by polynomials that the compiler can vectorise (relative error below 1e-14).
The loops are flat and free of branches; every number is computed by the same operations wherever it stands.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .vector import KERNEL

Floats: TypeAlias = NDArray[np.float64]

# ln 2 in two parts, so that k ln 2 keeps its digits
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
_SQRT2 = 1.4142135623730951
# 2^52 + 2^51 pushes a number's whole part into the low bits of its representation
_PUSH = 6755399441055744.0
# exponent bits of 2^52, and 2^52 plus the bias of the exponent
_EXPONENT_52 = 0x4330000000000000
_BIAS_52 = 4503599627371519.0
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE = 0x3FF0000000000000
_LARGEST = 700.0
_TINY, _HUGE = 1e-300, 1e300
# below this a rule counts as this for the slope, so that no power in it overflows
_FLOOR = 1e-60
# gates of gain below 1 are infinitely steep at the corners; their slope is taken here, as `engines.gate` does
_MARGIN = 1e-9
# 2/(2 k + 1): the series of log((1 + s)/(1 - s)) in s^2
_L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8, _L9 = (2.0 / (2 * k + 1) for k in range(1, 10))
_E2, _E3, _E4, _E5, _E6, _E7, _E8, _E9, _E10, _E11, _E12, _E13 = (1.0 / math.factorial(k) for k in range(2, 14))


@njit(cache=True, inline="always", error_model="numpy")
def _log(v: float) -> float:
    """Return ln v for a normal v above 0."""
    bits = np.float64(v).view(np.int64)
    m = np.int64((bits & _MANTISSA) | _ONE).view(np.float64)
    e = np.int64((bits >> 52) | _EXPONENT_52).view(np.float64) - _BIAS_52
    large = m > _SQRT2
    m = 0.5 * m if large else m
    e = e + 1.0 if large else e
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    tail = _L1 + z * (_L2 + z * (_L3 + z * (_L4 + z * (_L5 + z * (_L6 + z * (_L7 + z * (_L8 + z * _L9)))))))
    return e * _LN2_HIGH + (2.0 * s + (s * z * tail + e * _LN2_LOW))


@njit(cache=True, inline="always", error_model="numpy")
def _exp(a: float) -> float:
    """Return e^a, a clipped to +-700."""
    a = max(-_LARGEST, a)
    a = min(_LARGEST, a)
    pushed = a * _LOG2_E + _PUSH
    bits = np.float64(pushed).view(np.int64)
    k = pushed - _PUSH
    r = (a - k * _LN2_HIGH) - k * _LN2_LOW
    high = _E7 + r * (_E8 + r * (_E9 + r * (_E10 + r * (_E11 + r * (_E12 + r * _E13)))))
    series = 1.0 + r * (1.0 + r * (_E2 + r * (_E3 + r * (_E4 + r * (_E5 + r * (_E6 + r * high))))))
    return series * np.int64((bits + 1023) << 52).view(np.float64)


@njit(cache=True, inline="always", error_model="numpy")
def _odds_against(b: float, gain: float, inverse: float) -> float:
    """Return q = ((1 - b)/b)^gain / anchor for b in (0, 1)."""
    ratio = (1.0 - b) / (max(_TINY, b))
    ratio = max(_TINY, ratio)
    ratio = min(_HUGE, ratio)
    return _exp(gain * _log(ratio)) * inverse


@njit(**KERNEL)
def gates(b: Floats, gain: Floats, inverse: Floats, level: Floats, out: Floats) -> None:
    """Write G for rule values b; flat arrays of one length.

    Parameters
    ----------
    b
        Values of the rules.
    gain, inverse, level
        Gain, 1/anchor and healthy level; level 0 marks what is silent in health.
    out
        Receives G.
    """
    for k in range(b.size):
        value = b[k]
        g = 1.0 / (1.0 + _odds_against(value, gain[k], inverse[k]))
        share = value * inverse[k]
        share = min(1.0, share)
        g = g if level[k] > 0.0 else share
        g = g if value > 0.0 else 0.0
        awake_and_full = (value >= 1.0) & (level[k] > 0.0)
        out[k] = 1.0 if awake_and_full else g


@njit(**KERNEL)
def gate_slopes(b: Floats, gain: Floats, inverse: Floats, level: Floats, out: Floats) -> None:
    """Write dG/db, as `gates`; at the corners 0 and 1 the limit from inside, or that of a point just inside."""
    for k in range(b.size):
        turn = inverse[k]
        margin = _MARGIN if gain[k] < 1.0 else 0.0
        value = max(margin, b[k])
        value = min(1.0 - margin, value)
        q = _odds_against(max(_FLOOR, value), gain[k], turn)
        g = 1.0 / (1.0 + q)
        inside = max(_FLOOR, value * (1.0 - value))
        slope = gain[k] * (g * (q * g)) / inside
        straight = gain[k] == 1.0
        at_zero = 1.0 / turn if straight else 0.0
        at_one = turn if straight else 0.0
        slope = slope if value > 0.0 else at_zero
        slope = slope if value < 1.0 else at_one
        silent = turn if b[k] * turn < 1.0 else 0.0
        out[k] = slope if level[k] > 0.0 else silent
