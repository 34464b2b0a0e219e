"""Ensembles: every arm in every draw, side by side through the lanes of the integrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw
from .many import Case, ode_many
from .runs import Progress

Floats = NDArray[np.float64]
Read = Callable[[Mapping[str, Floats]], Floats]


def ensemble_values(
    model: Model,
    draws: Sequence[Draw],
    protocols: Sequence[Protocol],
    times: Floats,
    read: Read,
    progress: Progress | None = None,
) -> Floats:
    """Run every arm in every draw and keep what is read.

    Parameters
    ----------
    model
        The model.
    draws
        The draws, at least one.
    protocols
        The arms.
    times
        Days, ascending; the last one is the horizon.
    read
        Takes everything by name, returns the wanted arrays stacked, shape (readouts, t).
    progress
        Called with the number of courses just finished.

    Returns
    -------
    ndarray, shape (draws, arms, readouts, t)
        The values; the same for any number of threads.

    Raises
    ------
    SolveError
        When a course cannot be finished by either integrator.
    """
    days = tuple(float(t) for t in times)
    cases = [Case(model, draw, protocol, days) for draw in draws for protocol in protocols]
    found = [read(quantities) for quantities in ode_many(cases, progress)]
    return np.asarray(found).reshape(len(draws), len(protocols), *found[0].shape)
