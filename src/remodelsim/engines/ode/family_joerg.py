"""The default equations on their own: no network, estrogen and drugs as courses of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .cell_course import Family
from .cell_steady import steady_state
from .cells import CELL_STATES, DRUGS, MODULATORS, PARAMETERS, cell_jacobian, cell_rates
from .dosing import level

if TYPE_CHECKING:
    from .dosing import Segments

Floats = NDArray[np.float64]

INPUTS = (
    "since",
    *(f"{drug}_level" for drug in DRUGS),
    *(f"{drug}_rate" for drug in DRUGS),
    *(f"{drug}_decay" for drug in DRUGS),
    "estrogen",
    "menopause",
    "decline",
    *MODULATORS,
)
"""``since``: the day on which the levels stand; ``menopause`` (day) and ``decline`` (days; 0: none) shape estrogen,
which is ``estrogen`` before; the modulators are 1 in health."""

_DRUGS = len(DRUGS)
_ESTROGEN = 1 + 3 * _DRUGS
_FIRST_MODULATOR = _ESTROGEN + 3


@njit(cache=True)
def estrogen_at(time: float, before: float, menopause: float, decline: float) -> float:
    """Return estrogen: ``before``/(1 + (time - menopause)/decline) after menopause.

    Jörg et al. 2022, https://doi.org/10.7554/eLife.76228.
    """
    if decline <= 0.0 or time <= menopause:
        return before
    return before / (1.0 + (time - menopause) / decline)


@njit(cache=True)
def _drug_levels(time: float, inputs: Floats) -> Floats:
    levels = np.empty(_DRUGS)
    for i in range(_DRUGS):
        start, rate = inputs[1 + i], inputs[1 + _DRUGS + i]
        levels[i] = level(time - inputs[0], start, inputs[1 + 2 * _DRUGS + i], rate)
    return levels


@njit(cache=True)
def _rates(time: float, y: Floats, inputs: Floats, p: Floats, out: Floats) -> None:
    e = estrogen_at(time, inputs[_ESTROGEN], inputs[_ESTROGEN + 1], inputs[_ESTROGEN + 2])
    cell_rates(y, inputs[_FIRST_MODULATOR:], _drug_levels(time, inputs), e, p, out)


@njit(cache=True)
def _jacobian(time: float, y: Floats, inputs: Floats, p: Floats, out: Floats) -> None:
    e = estrogen_at(time, inputs[_ESTROGEN], inputs[_ESTROGEN + 1], inputs[_ESTROGEN + 2])
    m = inputs[_FIRST_MODULATOR:]
    by_modulator, by_estrogen = np.empty((len(y), len(m))), np.empty(len(y))
    cell_jacobian(y, m, _drug_levels(time, inputs), e, p, out, by_modulator, by_estrogen)


def healthy_inputs() -> Floats:
    """Return the inputs of health, shape (31,): no drug, estrogen 1, every modulator 1."""
    inputs = np.zeros(len(INPUTS))
    inputs[_ESTROGEN] = 1.0
    inputs[_FIRST_MODULATOR:] = 1.0
    return inputs


def segment_inputs(
    cut: Segments,
    *,
    menopause: float = 0.0,
    decline: float = 0.0,
    estrogen: float = 1.0,
    modulators: Floats | None = None,
) -> Floats:
    """Return the inputs of every segment.

    Parameters
    ----------
    cut
        Levels of ``DRUGS``, one column each.
    menopause, decline
        Day of menopause and days in which estrogen then halves; a decline of 0 leaves estrogen as it is.
    estrogen
        Estrogen before menopause.
    modulators : ndarray, shape (15,), optional
        Constant modulators; 1 by default.

    Returns
    -------
    ndarray, shape (n, 31)
    """
    inputs = np.tile(healthy_inputs(), (len(cut.start), 1))
    inputs[:, 0] = cut.edges[:-1]
    inputs[:, 1 : 1 + _DRUGS] = cut.start
    inputs[:, 1 + _DRUGS : 1 + 2 * _DRUGS] = cut.rate
    inputs[:, 1 + 2 * _DRUGS : _ESTROGEN] = cut.decay
    inputs[:, _ESTROGEN:_FIRST_MODULATOR] = estrogen, menopause, decline
    if modulators is not None:
        inputs[:, _FIRST_MODULATOR:] = modulators
    return inputs


def _start(p: Floats) -> tuple[Floats, Floats]:
    return steady_state(p), healthy_inputs()


FAMILY = Family("joerg", CELL_STATES, PARAMETERS, INPUTS, _rates, _start, _jacobian, tolerance=1e-11)
