"""Anchoring the Boolean process in health: biases by which its healthy means are the healthy levels.

Tables are unbiased for independent regulators, but in the process regulators are correlated, and the healthy means of a
large network then lie a few hundredths beside the levels. So the process is run in health, the corners in which the
regulators of each node were seen are counted, and the odds of its rule get the bias that makes the mean over these
corners the level. Since the other nodes move at the same time, the step takes their move into account (Newton).
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from .clock import Stretch, replicate
from .events import events_of
from .sample import begin_of, board_for, plan_of, seen_for, stops_of
from .tables import Tables
from .words import COPIES

Floats = NDArray[np.float64]
ROUNDS, REPLICATES = 2, 12
_BURN_IN, _DAYS, _LOOKS = 40.0, 240.0, 60
_MOST_BIAS = 8.0
_SEED = 20_250_101
_MOST_KEPT = 8
_SWEEPS = 2


class _Kept:
    """Anchored tables by the content of the tables they come from."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Tables] = OrderedDict()
        self._lock = Lock()

    def get(self, tables: Tables, threads: int) -> Tables:
        parts = (tables.regulator, tables.count, tables.asked, tables.level, tables.rate)
        key = sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
        with self._lock:
            if key not in self._known:
                self._known[key] = _adapted(tables, threads)
                if len(self._known) > _MOST_KEPT:
                    self._known.popitem(last=False)
            return self._known[key]


_KEPT = _Kept()


def anchored(tables: Tables, *, threads: int = 1) -> Tables:
    """Return tables whose healthy means are the healthy levels.

    Parameters
    ----------
    tables
        The tables of one draw.
    threads
        Threads to use; the result does not depend on them.

    Returns
    -------
    Tables
        The same with other odds; certain corners (0 and 1) and silent nodes stay as they are. The same tables give the
        same result, which is kept in memory.
    """
    if not _movable(tables).any():
        return tables
    return _KEPT.get(tables, threads)


def biased(tables: Tables, bias: Floats) -> Tables:
    """Return tables with the odds of each node multiplied by e to the bias.

    Parameters
    ----------
    tables
        The tables.
    bias : ndarray, shape (n,)
        Shift of the log odds.

    Returns
    -------
    Tables
        The same with other odds.
    """
    corners = np.repeat(bias, 1 << tables.count)
    leaves = np.repeat(bias, np.diff(tables.leaf_first))
    return tables._replace(asked=_shifted(tables.asked, corners), value=_shifted(tables.value, leaves))


def _shifted(p: Floats, bias: Floats) -> Floats:
    up = p * np.exp(bias)
    return np.where((p <= 0.0) | (p >= 1.0), p, up / (1.0 - p + up))


def _movable(tables: Tables) -> NDArray[np.bool_]:
    """Tell which nodes have odds to shift: awake in health, with regulators, and undecided in some corner."""
    undecided = (tables.value > 0.0) & (tables.value < 1.0)
    some = np.add.reduceat(undecided, tables.leaf_first[:-1]) > 0
    return some & (tables.level > 0.0) & (tables.count > 0)


def _adapted(tables: Tables, threads: int) -> Tables:
    movable, bias = np.flatnonzero(_movable(tables)), np.zeros(tables.level.size)
    slopes, now = mean_slopes(tables), tables
    # where the other nodes will stand after this turn: at their levels, or as near as their rules can come
    coming = tables.level.copy()
    for turn in range(ROUNDS):
        share, means = _healthy(now, turn, threads)
        for _ in range(_SWEEPS):
            aim = tables.level + slopes @ (means - coming)
            for i in movable:
                part = slice(int(tables.leaf_first[i]), int(tables.leaf_first[i + 1]))
                bias[i], met = _solved(tables.value[part], share[part], float(aim[i]))
                coming[i] = tables.level[i] + met - aim[i]
        now = biased(tables, bias)
    return now


def _healthy(tables: Tables, turn: int, threads: int) -> tuple[Floats, Floats]:
    """Run the process in health; return how often each leaf was reached, and the mean of what each node asked for."""
    n = tables.level.size
    plan = plan_of([Stretch(np.zeros((1, n)), np.ones((1, n)), 2.0 * _DAYS)], _LOOKS)
    # looks stand in the second half of a stretch: begin the burn-in so much earlier
    stops = stops_of(_BURN_IN, [2.0 * _DAYS], plan.looks)
    stops[1:] -= _DAYS
    seeds = np.random.SeedSequence([_SEED, turn]).generate_state(REPLICATES, np.uint32)

    def one(seed: int) -> tuple[Floats, Floats]:
        events = events_of(seed, tables, stops)
        seen = seen_for(tables, plan)
        healthy = begin_of(seed, tables, events)
        replicate(seed, tables, plan, events, healthy, np.ones(n, np.bool_), board_for(tables, plan), seen)
        return seen.at[:, 0] / (_LOOKS * COPIES), seen.means[0, 0]

    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(one, (int(seed) for seed in seeds)))
    return np.mean([share for share, _ in seen], axis=0), np.mean([means for _, means in seen], axis=0)


def _solved(value: Floats, share: Floats, aim: float) -> tuple[float, float]:
    """Return the bias at which the mean over the leaves is `aim`, or as near as it can come, and that mean."""
    low, high = -_MOST_BIAS, _MOST_BIAS
    mean = aim
    for _ in range(30):
        middle = 0.5 * (low + high)
        mean = float(share @ _shifted(value, np.full(value.size, middle)))
        if mean < aim:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high), mean


def mean_slopes(tables: Tables) -> Floats:
    """Return how the mean of what each node asks for follows the means of its regulators, were they independent.

    Parameters
    ----------
    tables
        The tables.

    Returns
    -------
    ndarray, shape (n, n)
        Row i, column j: slope of node i by node j at the healthy levels.
    """
    n = tables.level.size
    out = np.zeros((n, n))
    for i in range(n):
        inputs, start = int(tables.count[i]), int(tables.offset[i])
        regulators = tables.regulator[tables.first[i] : tables.first[i] + inputs]
        # axis a of the cube is regulator k - 1 - a
        cube = tables.asked[start : start + (1 << inputs)].reshape((2,) * inputs)
        for j in range(inputs):
            slope = np.diff(cube, axis=inputs - 1 - j)
            for other in range(inputs):
                if other != j:
                    p, axis = tables.level[regulators[other]], inputs - 1 - other
                    slope = (1.0 - p) * slope.take([0], axis=axis) + p * slope.take([1], axis=axis)
            out[i, regulators[j]] += float(slope.ravel()[0])
    return out
