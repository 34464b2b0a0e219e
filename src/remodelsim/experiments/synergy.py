"""Two at once: how far the effect of a pair lies from what both alone let expect.

Effects are ratios to the baseline where a readout is never negative, and Bliss independence then expects the product of
both ratios (Bliss 1939, https://doi.org/10.1111/j.1744-7348.1939.tb06990.x); where a readout has no such scale (it may
be negative), effects are differences in shares of its scale and their sum is expected. HSA expects no more than the
better of the two alone, in the direction of the pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .moves import Move
from .verdict import THRESHOLD

Floats: TypeAlias = NDArray[np.float64]
SYNERGY, ANTAGONISM, ADDITIVE, UNKNOWN = "synergy", "antagonism", "additive", "failed"
RATIO, DIFFERENCE = "ratio", "difference"


@dataclass(frozen=True)
class Synergy:
    """How far a pair lies from what both alone let expect, on one readout.

    Attributes
    ----------
    move
        The pair.
    scale
        "ratio" (effects are ratios to the baseline less 1) or "difference" (shares of the readout's scale).
    effect, expected
        Effect of the pair, and the one that Bliss expects.
    beyond_bliss
        Effect less expected effect; above 0 means: farther up than expected.
    beyond_hsa
        By how much the pair goes farther than the better of the two alone, in the direction of the pair.
    word
        "synergy" (farther in its own direction than Bliss expects), "antagonism" (less far), "additive", or "failed".
    agreement
        Share of the draws with the same word; None without draws.
    """

    move: Move
    scale: str
    effect: float
    expected: float
    beyond_bliss: float
    beyond_hsa: float
    word: str
    agreement: float | None


def synergy_of(move: Move, values: Floats, scale: float, noise: float = 0.0, *, ratios: bool = True) -> Synergy:
    """Judge one pair.

    Parameters
    ----------
    move
        The pair.
    values : ndarray, shape (draws + 1, 4)
        A readout at the baseline, with the first, with the second and with both; the reference first.
    scale
        Scale of the readout.
    noise
        Standard error of the excess, in the unit of the readout; an excess below twice that is none.
    ratios
        Whether effects are ratios to the baseline, which must then be above 0; else differences.

    Returns
    -------
    Synergy
        What the pair shows.
    """
    kind = RATIO if ratios else DIFFERENCE
    found = [_judged(row, kind, scale, noise) for row in values]
    effect, expected, hsa, word = found[0]
    same = [one[3] == word for one in found[1:]]
    agreement = sum(same) / len(same) if same else None
    return Synergy(move, kind, effect, expected, effect - expected, hsa, word, agreement)


def _judged(row: Floats, kind: str, scale: float, noise: float) -> tuple[float, float, float, str]:
    """Return effect, expected effect, what lies beyond HSA, and the word."""
    without, first, second, both = (float(v) for v in row)
    unit = without if kind == RATIO else scale
    one, other, pair = ((v - without) / unit for v in (first, second, both))
    expected = (1.0 + one) * (1.0 + other) - 1.0 if kind == RATIO else one + other
    if not np.isfinite(pair - expected):
        return float("nan"), float("nan"), float("nan"), UNKNOWN
    excess, limit = pair - expected, max(THRESHOLD * scale, 2.0 * noise) / unit
    leading = pair if abs(pair) > limit else expected
    sign = 1.0 if leading >= 0.0 else -1.0
    hsa = sign * pair - max(sign * one, sign * other, 0.0)
    if abs(excess) <= limit:
        return pair, expected, hsa, ADDITIVE
    return pair, expected, hsa, SYNERGY if sign * excess > 0.0 else ANTAGONISM
