"""The healthy state of the cell layer and the readouts that people measure, at the level of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import ModelError
from .cells import CELL_STATES, DRUGS, MODULATORS, OUTPUTS, PARAMETERS, K, Y, cell_outputs, healthy_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = NDArray[np.float64]

BMD_HIP, BMD_LUMBAR, CTX, P1NP = 0, 1, 2, 3
READOUTS = ("bmd_hip", "bmd_lumbar", "ctx", "p1np")


@dataclass(frozen=True)
class Markers:
    """Exponents that turn turnover into serum markers: CTX = resorption^q, P1NP = formation^q.

    Jörg et al. 2022, https://doi.org/10.7554/eLife.76228.

    Parameters
    ----------
    ctx, p1np
        The exponents.
    """

    ctx: float
    p1np: float


def parameter_vector(values: Mapping[str, float]) -> Floats:
    """Return the parameters in the order of ``PARAMETERS``.

    Parameters
    ----------
    values
        Symbol to value; other symbols (exposure, markers) are left aside.

    Returns
    -------
    ndarray, shape (42,)

    Raises
    ------
    ModelError
        When a parameter is missing.
    """
    missing = [symbol for symbol in PARAMETERS if symbol not in values]
    if missing:
        raise ModelError(f"the cell layer lacks the parameter '{missing[0]}'", allowed=PARAMETERS)
    return np.array([values[symbol] for symbol in PARAMETERS], dtype=np.float64)


def steady_state(p: Floats) -> Floats:
    """Return the healthy steady state: e = 1, every modulator 1, no drug.

    Bone stands where formation equals resorption; without feedback of bone on itself (a = beta = chi = 0) it has
    no such place and is 1. Both sites agree, since the site factor scales formation and resorption alike.

    Parameters
    ----------
    p : ndarray, shape (42,)
        Parameters in the order of ``PARAMETERS``.

    Returns
    -------
    ndarray, shape (11,)
        States in the order of ``CELL_STATES``.

    Raises
    ------
    ModelError
        When the parameters allow no healthy state.
    """
    cells = healthy_cells(p)
    y = np.zeros(len(CELL_STATES))
    y[: len(cells)] = cells
    y[Y.coupling] = y[Y.osteoclasts]
    y[Y.bone_hip] = y[Y.bone_lumbar] = 1.0
    y[Y.mineral] = p[K.c_0]
    out = np.zeros(len(OUTPUTS))
    cell_outputs(y, np.ones(len(MODULATORS)), np.zeros(len(DRUGS)), 1.0, p, out)
    if not (np.all(np.isfinite(out)) and np.all(y[: len(cells)] > 0.0) and out[0] > 0.0 and out[1] > 0.0):
        raise ModelError("these cell parameters allow no healthy state", cure="Keep every rate above 0.")
    y[Y.bone_hip] = y[Y.bone_lumbar] = _volume_at_rest(float(out[0] / out[1]), p)
    return y


def _volume_at_rest(ratio: float, p: Floats) -> float:
    """Return the volume V at which formation equals resorption, if at V = 1 it is `ratio` times as much.

    Without feedback of bone on itself (a = beta = chi = 0) there is no such place and it is 1.
    """
    feedback, narrow = float(p[K.a] + p[K.beta]), float(p[K.chi])
    if narrow <= 0.0:
        return ratio ** (1.0 / feedback) if feedback > 0.0 else 1.0
    low, high = 0.0, 1.0 + 1.0 / narrow
    # the left side of ratio (1 - chi (V - 1)) = V^(a + beta) falls, the right side does not
    while True:
        volume = 0.5 * (low + high)
        if volume in (low, high):
            return volume
        if ratio * (1.0 - narrow * (volume - 1.0)) > volume**feedback:
            low = volume
        else:
            high = volume


def readouts(y: Floats, outputs: Floats, markers: Markers) -> Floats:
    """Return density at both sites and the two serum markers.

    Parameters
    ----------
    y : ndarray, shape (..., 11)
        States.
    outputs : ndarray, shape (..., 5)
        Outputs of :func:`~remodelsim.engines.ode.cells.cell_outputs` at these states.
    markers
        Exponents of the markers.

    Returns
    -------
    ndarray, shape (..., 4)
        ``READOUTS``: bone volume times mineral at hip and lumbar spine, CTX and P1NP in units of their own;
        only ratios of two states mean something.
    """
    return np.stack(
        [
            y[..., Y.bone_hip] * y[..., Y.mineral],
            y[..., Y.bone_lumbar] * y[..., Y.mineral],
            np.maximum(outputs[..., 1], 0.0) ** markers.ctx,
            np.maximum(outputs[..., 0], 0.0) ** markers.p1np,
        ],
        axis=-1,
    )
