"""At which points a sensitivity analysis runs the model. The designs are SALib's; this is the door to it.

Sobol' points after Saltelli et al. 2010 (https://doi.org/10.1016/j.cpc.2009.09.018), trajectories after Morris 1991
(https://doi.org/10.1080/00401706.1991.10484804) with groups after Campolongo et al. 2007
(https://doi.org/10.1016/j.envsoft.2006.10.004).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ScenarioError

Floats = NDArray[np.float64]
METHODS = ("sobol", "morris", "local")
LEVELS = 4
# how far from the reference the two points of a local derivative lie, as a share of the range
STEP = 0.125
MOST_POINTS = 5_000_000


def design_size(method: str, size: int, groups: int) -> int:
    """Return how many points a design has.

    Parameters
    ----------
    method
        One of `METHODS`.
    size
        Base points of Sobol' (a power of 2), trajectories of Morris; of no meaning to "local".
    groups
        How many groups of numbers are told apart.

    Returns
    -------
    int
        The number of points.

    Raises
    ------
    ScenarioError
        When the method is unknown, or the size makes no sense for it.
    """
    if method not in METHODS:
        raise ScenarioError(f"unknown method '{method}'", allowed=METHODS)
    if method == "local":
        return 1 + 2 * groups
    if size < 2 or (method == "sobol" and size & (size - 1)):
        allowed = ["a power of 2 from 2 on"] if method == "sobol" else ["2 or more"]
        raise ScenarioError(f"{method} cannot be sampled with a size of {size}", allowed=allowed)
    if method == "morris" and groups < 2:
        raise ScenarioError("morris needs at least two numbers or groups", cure="Vary more, or take local.")
    points = size * (groups + (2 if method == "sobol" else 1))
    if points > MOST_POINTS:
        raise ScenarioError(f"{points} points are too many", allowed=[f"up to {MOST_POINTS}"], cure="Group --by theme.")
    return points


def design(method: str, size: int, groups: Sequence[str], seed: int, middle: Floats) -> Floats:
    """Return the points of a design as shares of each number's range.

    Parameters
    ----------
    method, size
        As in `design_size`.
    groups
        Group of each number.
    seed
        Seed.
    middle : ndarray, shape (k,)
        The reference, for "local".

    Returns
    -------
    ndarray, shape (points, k)
        For Sobol' blocks of base point, one point per group with the group of the second base point, second base
        point; for Morris trajectories; for "local" the reference, then each number lower and higher.
    """
    if method == "local":
        return _around(middle)
    known = list(dict.fromkeys(groups))
    problem = {
        "num_vars": len(groups),
        "names": [str(k) for k in range(len(groups))],
        "bounds": [[0.0, 1.0]] * len(groups),
    }
    if len(known) < len(groups):
        problem["groups"] = list(groups)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method == "sobol":
            from SALib.sample.sobol import sample as sobol_sample

            return np.asarray(sobol_sample(problem, size, calc_second_order=False, seed=seed), dtype=np.float64)
        from SALib.sample.morris import sample as morris_sample

        return np.asarray(morris_sample(problem, size, num_levels=LEVELS, seed=seed), dtype=np.float64)


def _around(middle: Floats) -> Floats:
    k = middle.size
    low, high = np.maximum(middle - STEP, 0.0), np.minimum(middle + STEP, 1.0)
    out = np.tile(middle, (1 + 2 * k, 1))
    rows = np.arange(k)
    out[1 + 2 * rows, rows], out[2 + 2 * rows, rows] = low, high
    return out
