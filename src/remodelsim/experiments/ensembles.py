"""Ensembles: every arm in every draw, side by side through the lanes of the integrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.ensemble import Sample, make_plan, run_samples
from ..engines.ode.lane_data import stack_draws
from ..engines.ode.layout import make_layout
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from .draws import Draw
from .plan import ode_stretches
from .readings import named_quantities
from .runs import Progress, ode_run, threads

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
    horizon = float(times[-1])
    layout = make_layout(draws[0].program, [draw.wiring for draw in draws])
    samples = [Sample(d, ode_stretches(model, draw, p, horizon)) for d, draw in enumerate(draws) for p in protocols]
    found = run_samples(
        layout,
        stack_draws(layout, [(draw.constants, draw.wiring) for draw in draws]),
        make_plan(samples),
        times,
        threads=threads(),
        progress=progress,
    )
    out = []
    for k, sample in enumerate(samples):
        draw, protocol = draws[sample.draw], protocols[k % len(protocols)]
        finished = found.status[k] == 0
        out.append(
            read(named_quantities(model, draw, found.values[k]))
            if finished
            else read(ode_run(model, draw, protocol, times, fast=True))
        )
    return np.asarray(out).reshape(len(draws), len(protocols), *out[0].shape)
