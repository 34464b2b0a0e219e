"""The Boolean answer without sampling, where few enough free nodes matter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.exact import MOST_NODES, exact_means, relevant
from ..ground.errors import SolveError
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from .draws import Draw
from .plan import boolean_stretches
from .readings import value_of
from .runs import SETTLING_DAYS

Floats = NDArray[np.float64]


def exact_values(model: Model, draw: Draw, readout: Readout, arms: Sequence[Protocol], days: float) -> Floats | None:
    """Return a readout in the long run of every arm, exactly, where that can be done at once.

    Parameters
    ----------
    model, draw
        The model and the draw.
    readout
        What is read.
    arms
        What is done; nothing may be switched after day 0.
    days
        When it is read; late enough for the network to have settled.

    Returns
    -------
    ndarray, shape (arms,), or None
        The values, with an error below 1e-8; None where it must be sampled.
    """
    if days < SETTLING_DAYS or any(time > 0.0 for arm in arms for time in arm.times()):
        return None
    wanted = np.array([model.network.index[name] for name in nodes_behind(model, readout)], dtype=np.int64)
    out = []
    for arm in arms:
        (stretch,) = boolean_stretches(model, draw, [arm], [days])
        alpha, beta = stretch.alpha[0], stretch.beta[0]
        if relevant(draw.tables, wanted, beta == 0.0).size > MOST_NODES:
            return None
        try:
            nodes, means = exact_means(draw.tables, alpha, beta, wanted)
        except SolveError:
            return None
        quantities = {model.network.names[i]: means[k] for k, i in enumerate(nodes.tolist())}
        out.append(float(value_of(model, readout, "boolean", quantities)))
    return np.asarray(out)
