"""Shares of an effect, with intervals over draws or over replicates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """A share of an effect; 1 is all of it, below 0 works against it.

    Attributes
    ----------
    value
        In the reference draw.
    low, high
        ODE: 5 % and 95 % quantiles over the draws that show an effect. Boolean: 95 % interval of the sample.
    draws
        How many draws, or replicates, stand behind the interval; 0 for none.
    """

    value: float
    low: float | None = None
    high: float | None = None
    draws: int = 0

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the fields for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "draws": self.draws}

    def text(self) -> str:
        """Write the share with its interval, in percent.

        Examples
        --------
        >>> Share(0.405, 0.2, 0.61, 50).text()
        '40 % (20 to 61)'
        """
        if self.low is None or self.high is None:
            return f"{100 * self.value:.0f} %"
        return f"{100 * self.value:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f})"


def spread_share(part: Floats, whole: Floats, limit: float) -> Share:
    """Return a share with its interval over draws.

    Parameters
    ----------
    part, whole : ndarray, shape (1 + draws,)
        What goes and the whole effect, the reference first.
    limit
        Smallest effect that counts; draws below it have no share.

    Returns
    -------
    Share
        The share.
    """
    value = float(part[0] / whole[0]) if whole[0] != 0.0 else 0.0
    there = np.isfinite(part[1:]) & (np.abs(whole[1:]) > limit) if part.size == whole.size else np.zeros(0, bool)
    if not there.any():
        return Share(value)
    shares = part[1:][there] / whole[1:][there]
    low, high = (float(q) for q in np.quantile(shares, [0.05, 0.95]))
    return Share(value, low, high, int(there.sum()))


def sampled_share(part: Floats, whole: Floats) -> Share:
    """Return a share with its 95 % interval over replicates, by the jackknife.

    Parameters
    ----------
    part, whole : ndarray, shape (replicates,)
        What goes and the whole effect, paired.

    Returns
    -------
    Share
        The share.
    """
    count, total = part.size, float(whole.sum())
    if total == 0.0:
        return Share(0.0)
    value = float(part.sum()) / total
    rest = whole.sum() - whole
    if count < 2 or (rest == 0.0).any():
        return Share(value)
    left = (part.sum() - part) / rest
    error = float(np.sqrt((count - 1) * np.var(left)))
    return Share(value, value - 1.96 * error, value + 1.96 * error, count)
