"""Many replicates of the Boolean process, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clock import Stretch, replicate
from .tables import Tables

Floats = NDArray[np.float64]
BURN_IN = 20.0
_LOOKS_PER_DAY = 2.0
_MOST_LOOKS = 60.0


@dataclass(frozen=True)
class Sample:
    """What replicates of the Boolean process show; r replicates, s stretches, l lanes, n nodes.

    Attributes
    ----------
    course : float64 array, shape (s, l, n)
        Share of the replicates in which a node is on at the end of each stretch.
    means : float64 array, shape (r, s, l, n)
        Mean activity over the second half of each stretch, replicate by replicate.
    """

    course: Floats
    means: Floats

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.means.shape[0])


def sample(
    tables: Tables,
    stretches: Sequence[Stretch],
    *,
    replicates: int,
    seed: int,
    burn_in: float = BURN_IN,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """Run replicates of all lanes under one clock.

    Parameters
    ----------
    tables
        The rules.
    stretches
        What is done, stretch after stretch.
    replicates
        Number of replicates.
    seed
        Seed; the same seed gives the same bytes, whatever the number of threads.
    burn_in
        Days of health before day 0.
    threads
        Threads to use.
    progress
        Called with the number of replicates just finished.

    Returns
    -------
    Sample
        Courses and means.
    """
    alpha = np.stack([stretch.alpha for stretch in stretches])
    beta = np.stack([stretch.beta for stretch in stretches])
    days = np.array([stretch.days for stretch in stretches])
    looks = np.clip(np.ceil(0.5 * days * _LOOKS_PER_DAY), 1.0, _MOST_LOOKS)
    seeds = np.random.SeedSequence(seed).generate_state(replicates, np.uint32)
    means = np.empty((replicates, *alpha.shape))
    courses = np.zeros((replicates, *alpha.shape), np.float64)

    def one(k: int) -> int:
        replicate(int(seeds[k]), tables, alpha, beta, days, looks, burn_in, courses[k], means[k])
        return 1

    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(one, range(replicates)):
            if progress is not None:
                progress(done)
    return Sample(courses.mean(axis=0), means)
