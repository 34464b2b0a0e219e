"""Reading quantities from courses: nodes by name, and what the cell layer measures relative to health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cells import CELL_STATES, OUTPUTS, Y, cell_outputs
from ..engines.ode.course import Stretch
from ..engines.ode.system import CELLS, DRUG_COUNT, MODS, drug_levels, modulators
from ..nouns.model import Model
from ..nouns.readout import Readout
from .draws import Draw

Floats = NDArray[np.float64]
_FORMATION, _RESORPTION = OUTPUTS.index("formation_hip"), OUTPUTS.index("resorption_hip")


def ode_quantities(
    model: Model, draw: Draw, stretches: Sequence[Stretch], times: Floats, states: Floats
) -> dict[str, Floats]:
    """Name everything that a course of the ODE holds.

    Parameters
    ----------
    model, draw
        The model and the draw.
    stretches
        What was done when.
    times : ndarray, shape (t,)
        Days.
    states : ndarray, shape (t, n + 11)
        The course.

    Returns
    -------
    dict
        Nodes (activity), cells, ``bmd_hip``, ``bmd_lumbar``, ``ctx``, ``p1np``, ``formation`` and ``resorption``, all
        of the cell layer as multiples of health; arrays of shape (t,).
    """
    return named_quantities(model, draw, np.concatenate([states, _outputs(draw, stretches, times, states)], axis=1))


def named_quantities(model: Model, draw: Draw, values: Floats) -> dict[str, Floats]:
    """Name the columns of a course: nodes, cells, then outputs of the cell layer.

    Parameters
    ----------
    model, draw
        The model and the draw.
    values : ndarray, shape (t, n + 15)
        The course.

    Returns
    -------
    dict
        As from `ode_quantities`; arrays of shape (t,).
    """
    n, healthy = draw.constants.level.size, draw.wiring.healthy
    cells, outputs = values[:, n : n + CELLS], values[:, n + CELLS :]
    formation = np.maximum(outputs[:, _FORMATION], 0.0) / healthy[CELLS + _FORMATION]
    resorption = np.maximum(outputs[:, _RESORPTION], 0.0) / healthy[CELLS + _RESORPTION]
    parameters = model.cells.values()
    relative = {name: cells[:, k] / healthy[k] for k, name in enumerate(CELL_STATES) if healthy[k] > 0.0}
    mineral = relative["mineral"]
    return {
        **relative,
        **{name: values[:, i] for i, name in enumerate(model.network.names)},
        "formation": formation,
        "resorption": resorption,
        "p1np": formation ** parameters["q_P1NP"],
        "ctx": resorption ** parameters["q_CTX"],
        "bmd_hip": cells[:, Y.bone_hip] / healthy[Y.bone_hip] * mineral,
        "bmd_lumbar": cells[:, Y.bone_lumbar] / healthy[Y.bone_lumbar] * mineral,
    }


def _outputs(draw: Draw, stretches: Sequence[Stretch], times: Floats, states: Floats) -> Floats:
    n = draw.constants.level.size
    out, m, d = np.empty((times.size, len(OUTPUTS))), np.empty(MODS), np.empty(DRUG_COUNT)
    starts = np.array([stretch.start for stretch in stretches])
    which = np.searchsorted(starts, times, side="right") - 1
    for k in range(times.size):
        doing = stretches[which[k]].doing
        modulators(states[k, :n], draw.wiring, doing, m)
        drug_levels(doing, float(times[k]), d)
        cell_outputs(states[k, n:], m, d, 1.0, draw.wiring.parameters, out[k])
    return out


def boolean_quantities(model: Model, means: Floats) -> dict[str, Floats]:
    """Name mean activities of the Boolean model.

    Parameters
    ----------
    model
        The model.
    means : ndarray, shape (..., n)
        Mean activities.

    Returns
    -------
    dict
        Node to array, shape (...).
    """
    return {name: means[..., i] for i, name in enumerate(model.network.names)}


def value_of(model: Model, readout: Readout, formalism: str, quantities: Mapping[str, Floats]) -> Floats:
    """Evaluate a readout; formulae may name other readouts.

    Parameters
    ----------
    model
        The model.
    readout
        What is read.
    formalism
        "ode" or "boolean".
    quantities
        As from `ode_quantities` or `boolean_quantities`.

    Returns
    -------
    ndarray
        The value, in the shape of the quantities.
    """
    formula = readout.ode if formalism == "ode" else readout.boolean
    known = dict(quantities)
    for name in formula.names:
        if name not in known:
            known[name] = value_of(model, model.readouts[name], formalism, quantities)
    value = np.asarray(formula.value(known), dtype=float)
    # a constant, such as the length of the hip axis, is the same everywhere
    shape = np.shape(next(iter(quantities.values()), 0.0))
    return value if value.shape == shape else np.broadcast_to(value, shape)


def healthy_value(model: Model, readout: Readout, formalism: str, draw: Draw) -> float:
    """Return a readout in health.

    Parameters
    ----------
    model, readout, formalism, draw
        As in `value_of`; the draw gives the healthy levels.

    Returns
    -------
    float
        Its healthy value.
    """
    quantities: dict[str, Floats] = {
        name: np.asarray(draw.constants.level[i]) for i, name in enumerate(model.network.names)
    }
    if formalism == "ode":
        measured = (*CELL_STATES, "formation", "resorption", "p1np", "ctx", "bmd_hip", "bmd_lumbar")
        quantities = {**dict.fromkeys(measured, np.asarray(1.0)), **quantities}
    return float(value_of(model, readout, formalism, quantities))


def scale_of(model: Model, readout: Readout, formalism: str, draw: Draw) -> float:
    """Return what a threshold of 1 % refers to: the readout's own scale, else its healthy size.

    Parameters
    ----------
    model, readout, formalism, draw
        As in `healthy_value`.

    Returns
    -------
    float
        Above 0; 1 for a readout that is 0 in health and names no scale.
    """
    if readout.scale is not None:
        return readout.scale
    size = abs(healthy_value(model, readout, formalism, draw))
    return size if size > 0.0 and np.isfinite(size) else 1.0
