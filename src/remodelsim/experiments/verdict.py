"""Verdicts: a direction, and the share of draws that agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import SolveError

Floats = NDArray[np.float64]
DIRECTIONS = ("up", "down", "same")
THRESHOLD = 0.01
# a direction that fewer draws than this share show is written with a question mark
_DOUBTED = 0.5
ARROWS = {"up": "▲ up", "down": "▼ down", "same": "= same"}


def direction(change: float, threshold: float) -> str:
    """Return "up", "down" or "same" for a change.

    Parameters
    ----------
    change
        With minus without.
    threshold
        Smallest change that counts.

    Returns
    -------
    str
        The direction.

    Raises
    ------
    SolveError
        When the change is no number.

    Examples
    --------
    >>> direction(0.02, 0.01), direction(-0.005, 0.01)
    ('up', 'same')
    """
    if not np.isfinite(change):
        raise SolveError("a readout has no value here")
    if change > threshold:
        return "up"
    return "down" if change < -threshold else "same"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an intervention does to a readout in one formalism.

    Parameters
    ----------
    baseline, value, change
        Readout without and with the intervention, and the difference.
    direction
        "up", "down" or "same" in the reference draw.
    agreement
        Share of the ensemble with the same direction; None where no ensemble was run.
    draws
        Number of draws behind the agreement.
    low, high
        90 % interval of the change over the ensemble (ODE), 95 % interval of the sampled change (Boolean).
    """

    baseline: float
    value: float
    change: float
    direction: str
    agreement: float | None = None
    draws: int = 0
    low: float | None = None
    high: float | None = None

    def as_dict(self) -> dict[str, float | str | int | None]:
        """Return the fields in the form of the JSON output.

        Returns
        -------
        dict
            baseline, value, change, direction, agreement, draws, low, high.
        """
        return {
            "baseline": self.baseline,
            "value": self.value,
            "change": self.change,
            "direction": self.direction,
            "agreement": self.agreement,
            "draws": self.draws,
            "low": self.low,
            "high": self.high,
        }


def ensemble_verdict(baseline: float, value: float, without: Floats, with_: Floats, limit: float) -> Verdict:
    """Judge a change in the reference draw and count the draws that agree.

    Parameters
    ----------
    baseline, value
        Readout in the reference draw, without and with.
    without, with_ : ndarray, shape (d,)
        The same in each draw; empty for no ensemble.
    limit
        Smallest change that counts, in the unit of the readout.

    Returns
    -------
    Verdict
        With the agreement and the 5 % and 95 % quantiles of the change.
    """
    change = value - baseline
    told = direction(change, limit)
    if without.size == 0:
        return Verdict(baseline, value, change, told)
    changes = with_ - without
    same = float(np.mean([direction(float(c), limit) == told for c in changes]))
    low, high = (float(q) for q in np.quantile(changes, [0.05, 0.95]))
    return Verdict(baseline, value, change, told, same, int(changes.size), low, high)


def sampled_verdict(without: Floats, with_: Floats, limit: float) -> Verdict:
    """Judge a paired sample of the Boolean model.

    Parameters
    ----------
    without, with_ : ndarray, shape (r,)
        Readout in each replicate, paired.
    limit
        Smallest change that counts.

    Returns
    -------
    Verdict
        With the 95 % interval of the mean change; agreement is the confidence (normal) in the direction told.
    """
    changes = with_ - without
    mean = float(changes.mean())
    error = float(changes.std(ddof=1) / np.sqrt(changes.size)) if changes.size > 1 else 0.0
    told = direction(mean, limit)
    return Verdict(
        float(without.mean()),
        float(with_.mean()),
        mean,
        told,
        _confidence(mean, error, limit, told),
        int(changes.size),
        mean - 1.96 * error,
        mean + 1.96 * error,
    )


def _confidence(mean: float, error: float, limit: float, told: str) -> float:
    """Return the normal probability that the true change lies on the side told."""
    if error == 0.0:
        return 1.0
    below = _normal((-limit - mean) / error)
    above = 1.0 - _normal((limit - mean) / error)
    return {"down": below, "up": above, "same": 1.0 - below - above}[told]


def _normal(z: float) -> float:
    from math import erf, sqrt

    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def _share(verdict: Verdict, formalism: str) -> str:
    if verdict.agreement is None:
        return "-"
    if formalism == "boolean" and verdict.draws == 1:
        return "exact"
    return f"{verdict.agreement:.0%} of {verdict.draws} {'draws' if formalism == 'ode' else 'replicates'}"


def verdict_row(name: str, formalism: str, verdict: Verdict) -> list[str]:
    """Return one row of a verdict table, as text.

    Parameters
    ----------
    name, formalism
        Readout and formalism.
    verdict
        The verdict.

    Returns
    -------
    list of str
        One cell per title of `VERDICT_HEADER`.
    """
    numbers = [f"{verdict.baseline:.3f}", f"{verdict.value:.3f}", f"{verdict.change:+.3f}"]
    doubted = verdict.agreement is not None and verdict.agreement < _DOUBTED
    return [name, formalism, *numbers, ARROWS[verdict.direction] + " ?" * doubted, _share(verdict, formalism)]


def open_readouts(verdicts: Mapping[str, Mapping[str, Verdict]]) -> tuple[str, ...]:
    """Return the readouts on which the two formalisms disagree: their answer is open.

    Parameters
    ----------
    verdicts
        Readout to formalism to verdict.

    Returns
    -------
    tuple of str
        Names, in the order of the verdicts.
    """
    return tuple(name for name, both in verdicts.items() if len({v.direction for v in both.values()}) > 1)


VERDICT_HEADER = ("readout", "formalism", "without", "with", "change", "direction", "agreement")
