"""What a search may spend: time and memory; what was found when it is spent is said to be incomplete."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from time import monotonic

import numpy as np


def peak_megabytes() -> float:
    """Return the most memory that this process has held so far, in megabytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # kilobytes on Linux, bytes on macOS
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


@dataclass(frozen=True)
class Budget:
    """When a search stops.

    Parameters
    ----------
    end
        On the monotonic clock.
    megabytes
        Peak memory of the process.
    """

    end: float = np.inf
    megabytes: float = np.inf

    @classmethod
    def of(cls, seconds: float, megabytes: float = np.inf) -> Budget:
        """Return the budget of a search that begins now: seconds to spend, and megabytes beside those held already."""
        return cls(monotonic() + seconds, peak_megabytes() + megabytes)

    def spent(self) -> bool:
        """Tell whether the search is to stop."""
        return monotonic() > self.end or (np.isfinite(self.megabytes) and peak_megabytes() > self.megabytes)
