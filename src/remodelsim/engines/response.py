"""Dose and response: whether a curve follows Hill's equation, and at which dose half of the effect is reached.

Hill's equation, E = E0 + Emax d^h / (ED50^h + d^h), is fitted by least squares over log ED50 and log h; E0 and Emax are
the linear best for each pair. What does not follow it is said to be so: no response, a bell, a curve that is still
rising at the largest dose. The equation: Goutelle et al. 2008, https://doi.org/10.1111/j.1472-8206.2008.00633.x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NONE, HILL, BELL, WAVY, OPEN, FULL, UNSURE = "none", "hill", "bell", "wavy", "open", "full", "unsure"
# a curve that comes back by this share of its height, or goes the other way by this share, is a bell
_COMES_BACK, _BEYOND = 0.2, 0.1
# of the whole effect, this share must have been seen for the half of it to be known
_SEEN = 0.75
_LEAST_POINTS = 4
_STEEPEST = 12.0
# shares of the effect that a good and a bad fit leave over
_GOOD_FIT, _WORST_FIT = 0.01, 0.05


@dataclass(frozen=True)
class Response:
    """What a curve of doses shows.

    Attributes
    ----------
    kind
        "hill" (it follows Hill's equation, and the ED50 is known), "none" (the same at all doses), "bell" (it rises and
        comes back), "wavy" (it turns back in between, and goes on), "open" (no end is seen at the largest dose: the
        ED50 lies above it or is not known), "full" (the effect is almost full at the smallest dose: the ED50 lies below
        it), "unsure" (too few doses, or no such curve).
    ed50
        Dose of half the effect; nan unless the kind is "hill".
    low, high
        95 % interval of the ED50 from the scatter around the fitted curve; nan unless the kind is "hill".
    hill
        Steepness; nan unless the kind is "hill".
    effect
        The whole effect Emax of the fit, else the largest difference from the smallest dose.
    peak
        Dose of the largest difference from the smallest dose.
    """

    kind: str
    ed50: float
    low: float
    high: float
    hill: float
    effect: float
    peak: float


def response_of(dose: Floats, change: Floats, limit: float) -> Response:
    """Tell what a curve of doses shows.

    Parameters
    ----------
    dose : ndarray, shape (k,)
        Doses, ascending, 0 or more.
    change : ndarray, shape (k,)
        Change at each dose; doses where it is nan are left out.
    limit
        Smallest difference between doses that counts.

    Returns
    -------
    Response
        What kind of curve it is, with the ED50 where there is one.

    Examples
    --------
    >>> dose = np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0])
    >>> round(response_of(dose, dose / (2.0 + dose), 0.01).ed50, 6)
    2.0
    """
    seen = np.isfinite(change)
    dose, change = np.asarray(dose, float)[seen], np.asarray(change, float)[seen]
    if dose.size == 0:
        return _plain(UNSURE, math.nan, math.nan)
    moved = change - change[0]
    at = int(np.argmax(np.abs(moved)))
    effect, peak = float(moved[at]), float(dose[at])
    if abs(effect) <= limit:
        return _plain(NONE, effect, peak)
    if np.count_nonzero(dose > 0.0) < _LEAST_POINTS:
        return _plain(UNSURE, effect, peak)
    back, beyond = effect - moved[at:], -moved * np.sign(effect)
    comes_back = float((back * np.sign(effect)).max())
    if float(beyond.max()) > max(limit, _BEYOND * abs(effect)) or comes_back > max(limit, _COMES_BACK * abs(effect)):
        return _plain(BELL, effect, peak)
    ahead = moved * np.sign(effect)
    if float((np.maximum.accumulate(ahead) - ahead).max()) > max(limit, _COMES_BACK * abs(effect)):
        return _plain(WAVY, effect, peak)
    return _fitted(dose, change, effect, peak)


def _plain(kind: str, effect: float, peak: float) -> Response:
    return Response(kind, math.nan, math.nan, math.nan, math.nan, effect, peak)


def _share(dose: Floats, log_ed50: float, log_hill: float) -> Floats:
    given = dose > 0.0
    out = np.zeros(dose.size)
    out[given] = 0.5 * (1.0 + np.tanh(0.5 * math.exp(log_hill) * (np.log(dose[given]) - log_ed50)))
    return out


def _lines(dose: Floats, change: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Return the best E0 and Emax for an ED50 and a steepness, and what is left over."""
    design = np.stack([np.ones(dose.size), _share(dose, float(p[0]), float(p[1]))], axis=1)
    ends, *_ = np.linalg.lstsq(design, change, rcond=None)
    return np.asarray(ends, np.float64), np.asarray(change - design @ ends, np.float64)


def _fitted(dose: Floats, change: Floats, effect: float, peak: float) -> Response:
    from scipy.optimize import least_squares

    given = np.log(dose[dose > 0.0])
    width = float(given[-1] - given[0])
    bounds = ([given[0] - width - 1.0, math.log(0.2)], [given[-1] + width + 1.0, math.log(_STEEPEST)])
    scale = abs(effect)

    def fit(start: float) -> Any:
        return least_squares(lambda p: _lines(dose, change, p)[1] / scale, [start, 0.0], bounds=bounds, method="trf")

    best = fit(_halfway(dose, change))
    if best.cost > 0.5 * dose.size * _GOOD_FIT**2:
        best = min((best, *map(fit, np.linspace(given[0], given[-1], 5))), key=lambda found: float(found.cost))
    ends, left = _lines(dose, change, best.x)
    whole, spread = float(ends[1]), float(np.sqrt(np.mean(left**2))) / scale
    share = _share(dose, *map(float, best.x))
    if abs(whole) * (share.max() - share.min()) == 0.0 or spread > _WORST_FIT:
        return _plain(UNSURE, effect, peak)
    if share[dose > 0.0].min() > 0.5:
        return _plain(FULL, effect, peak)
    if share.max() < _SEEN:
        return _plain(OPEN, effect, peak)
    half = _half_width(best.jac, float(2.0 * best.cost), dose.size)
    ed50 = math.exp(best.x[0])
    return Response(HILL, ed50, ed50 * math.exp(-half), ed50 * math.exp(half), math.exp(best.x[1]), whole, peak)


def _halfway(dose: Floats, change: Floats) -> float:
    """Return the log of the dose above 0 at which the change is nearest to the middle of its range."""
    given = dose > 0.0
    middle = 0.5 * (change.min() + change.max())
    return float(np.log(dose[given][np.argmin(np.abs(change[given] - middle))]))


def _half_width(jacobian: Floats, squares: float, points: int) -> float:
    """Return the half width of the 95 % interval of log ED50: linear theory, Student's t."""
    from scipy.stats import t

    free = max(points - 4, 1)
    covariance = np.linalg.pinv(jacobian.T @ jacobian) * squares / free
    return min(float(t.ppf(0.975, free) * math.sqrt(max(covariance[0, 0], 0.0))), 50.0)
