"""From the runs of a design to how much each group of numbers matters; runs that failed are left out one by one.

Where none failed the indices are those of SALib (tests compare them), which cannot leave out single runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES, QUANTILES = 200, (0.025, 0.975)
# share of the resamples in which a value must be there
_ENOUGH = 0.75


@dataclass(frozen=True)
class Indices:
    """How much groups matter; g groups, nan where too few runs are left.

    Attributes
    ----------
    size : ndarray, shape (g,)
        Total index of Sobol', mean absolute effect of Morris over the whole range, absolute slope of "local".
    low, high : ndarray, shape (g,)
        95 % interval of `size` by bootstrap; nan for "local".
    signed : ndarray, shape (g,)
        Mean signed effect of Morris and slope of "local"; nan where a direction means nothing (groups, Sobol').
    other : ndarray, shape (g,)
        First-order index of Sobol'; standard deviation of Morris; nan for "local".
    used : ndarray of int, shape (g,)
        Base points, steps or differences that were left.
    """

    size: Floats
    low: Floats
    high: Floats
    signed: Floats
    other: Floats
    used: NDArray[np.int64]


def sobol_indices(y: Floats, groups: int, seed: int) -> Indices:
    """Return Sobol' indices, first-order and total, by the estimators of Saltelli et al. 2010 and Jansen 1999.

    https://doi.org/10.1016/j.cpc.2009.09.018

    Parameters
    ----------
    y : ndarray, shape (blocks * (groups + 2),)
        The runs, nan for failed ones.
    groups
        Number of groups.
    seed
        Of the bootstrap.

    Returns
    -------
    Indices
        Shares of the variance.
    """
    blocks = y.reshape(-1, groups + 2)
    rng = np.random.default_rng(seed)
    total, first = _sobol(blocks)
    again = np.array([_sobol(blocks[rng.integers(0, len(blocks), len(blocks))])[0] for _ in range(RESAMPLES)])
    low, high = _interval(again)
    fine = np.isfinite(blocks)
    used = (fine[:, 1:-1] & fine[:, :1] & fine[:, -1:]).sum(axis=0)
    return Indices(total, low, high, np.full(groups, np.nan), first, used)


def _sobol(blocks: Floats) -> tuple[Floats, Floats]:
    seen = blocks[:, [0, -1]]
    seen = seen[np.isfinite(seen)]
    groups = blocks.shape[1] - 2
    if seen.size < 2 or not np.ptp(seen) > 0.0:
        return np.full(groups, np.nan), np.full(groups, np.nan)
    # as SALib: centred first, which makes the estimators steadier
    centred = (blocks - blocks[np.isfinite(blocks)].mean()) / seen.std()
    a, b, ab = centred[:, :1], centred[:, -1:], centred[:, 1:-1]
    return _mean(0.5 * (a - ab) ** 2), _mean(b * (ab - a))


def _mean(rows: Floats) -> Floats:
    """Return the means of the columns over the finite rows, nan where there is none."""
    fine = np.isfinite(rows)
    count = fine.sum(axis=0)
    return np.asarray(np.where(count > 0, np.where(fine, rows, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan))


def morris_indices(x: Floats, y: Floats, group: Sequence[int], seed: int) -> Indices:
    """Return the effects of Morris' trajectories, over the whole range of each number.

    https://doi.org/10.1080/00401706.1991.10484804

    Parameters
    ----------
    x : ndarray, shape (points, k)
        The design.
    y : ndarray, shape (points,)
        The runs, nan for failed ones.
    group
        Number of the group of each of the k numbers.
    seed
        Of the bootstrap.

    Returns
    -------
    Indices
        In the unit of y.
    """
    groups = max(group) + 1
    single = groups == len(group)
    effects = _effects(x, y, np.asarray(group), groups, single=single)
    rng = np.random.default_rng(seed)
    size = _mean(np.abs(effects))
    again = np.array([_mean(np.abs(effects[rng.integers(0, len(effects), len(effects))])) for _ in range(RESAMPLES)])
    low, high = _interval(again)
    mean, used = _mean(effects), np.isfinite(effects).sum(axis=0)
    spread = np.sqrt(_mean((effects - mean) ** 2) * used / np.maximum(used - 1, 1))
    none = np.full(groups, np.nan)
    return Indices(size, low, high, mean if single else none, spread if single else none, used)


def _effects(x: Floats, y: Floats, group: NDArray[np.int64], groups: int, *, single: bool) -> Floats:
    """Return the effect of each group in each trajectory, shape (trajectories, groups)."""
    paths, results = x.reshape(-1, groups + 1, x.shape[1]), y.reshape(-1, groups + 1)
    out = np.full((len(paths), groups), np.nan)
    for t, (path, course) in enumerate(zip(paths, results, strict=True)):
        moved = np.diff(path, axis=0)
        which = np.abs(moved).argmax(axis=1)
        step = moved[np.arange(groups), which]
        change = np.diff(course)
        out[t, group[which]] = change / step if single else np.abs(change / step)
    return out


def local_indices(x: Floats, y: Floats) -> Indices:
    """Return slopes at the reference, extended over the whole range of each number.

    Parameters
    ----------
    x : ndarray, shape (1 + 2 k, k)
        The design: the reference, then each number lower and higher.
    y : ndarray, shape (1 + 2 k,)
        The runs, nan for failed ones.

    Returns
    -------
    Indices
        In the unit of y.
    """
    k = x.shape[1]
    rows = np.arange(k)
    width = x[2 + 2 * rows, rows] - x[1 + 2 * rows, rows]
    slope = (y[2::2] - y[1::2]) / width
    none = np.full(k, np.nan)
    return Indices(np.abs(slope), none, none, slope, none, np.isfinite(slope).astype(np.int64))


def _interval(again: Floats) -> tuple[Floats, Floats]:
    """Return the bounds of 95 % of resampled values, column by column; nan where too few could be made."""
    out = np.full((2, again.shape[1]), np.nan)
    for k in range(again.shape[1]):
        seen = again[np.isfinite(again[:, k]), k]
        if seen.size >= _ENOUGH * len(again):
            out[:, k] = np.quantile(seen, QUANTILES)
    return out[0], out[1]
