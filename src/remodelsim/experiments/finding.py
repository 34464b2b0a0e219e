"""What a move of a screen does to a readout, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .moves import Move
from .verdict import THRESHOLD, direction

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """What a move does to a readout in one formalism.

    Attributes
    ----------
    move, readout, formalism
        What was done, what was read, and where.
    baseline, value, change
        Without, with, and the difference, in the reference.
    share
        The change as a share of the readout's scale.
    direction
        "up", "down", "same", or "none" where it could not be computed.
    agreement
        Share of the draws with the same direction; None without draws, and of a Boolean sample.
    low, high
        Band of the share: 5 % and 95 % quantiles over the draws, or 95 % of a sampled mean; nan where there is none.
    """

    move: Move
    readout: str
    formalism: str
    baseline: float
    value: float
    change: float
    share: float
    direction: str
    agreement: float | None
    low: float
    high: float

    @property
    def robust(self) -> float:
        """Size of the share where at least half of the draws agree, else 0: what a ranking goes by."""
        sure = self.agreement is None or self.agreement >= 0.5
        return abs(self.share) if sure and np.isfinite(self.share) else 0.0


def finding_of(
    move: Move, which: tuple[str, str], levels: Floats, change: float, drawn: Floats, error: float, scale: float
) -> Finding:
    """Judge what a move does to a readout.

    Parameters
    ----------
    move
        What was done.
    which
        Readout and formalism.
    levels : ndarray, shape (2,)
        The readout without and with the move, in the reference.
    change
        The difference.
    drawn : ndarray, shape (draws,)
        The difference in each draw; empty for none.
    error
        Standard error of a sampled change; nan where nothing is sampled.
    scale
        Scale of the readout.

    Returns
    -------
    Finding
        Direction, size and robustness.
    """
    readout, formalism = which
    told = direction(float(change), THRESHOLD * scale) if np.isfinite(change) else "none"
    agreement, low, high = None, float("nan"), float("nan")
    seen = drawn[np.isfinite(drawn)] / scale
    if drawn.size:
        signs = [direction(float(c), THRESHOLD) for c in seen]
        agreement = sum(sign == told for sign in signs) / drawn.size
        if seen.size:
            low, high = (float(q) for q in np.quantile(seen, [0.05, 0.95]))
    elif np.isfinite(error):
        low, high = (float(change + s * 1.96 * error) / scale for s in (-1.0, 1.0))
    return Finding(
        move,
        readout,
        formalism,
        float(levels[0]),
        float(levels[1]),
        float(change),
        float(change) / scale,
        told,
        agreement,
        low,
        high,
    )
