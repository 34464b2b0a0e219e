"""Trials: protocols of draws, run in one formalism and read on one day; what sweeps and screens are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.clock import Stretch
from ..engines.boolean.sample import sample
from ..ground.errors import RemodelsimError
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Dosing, Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from .draws import Draw, engine_of
from .many import Case, ode_many
from .plan import boolean_stretches, ode_stretches
from .readings import boolean_quantities, value_of
from .runs import SETTLING_DAYS, boolean_marks, threads

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FINE, NOT_INTEGRATED, NO_HEALTH = range(3)
# what a status means, for tables and messages
STATUS_WORDS = ("fine", "could not be integrated", "no stable healthy state")


def impossible(model: Model, protocol: Protocol, day: float) -> str:
    """Say why a protocol cannot be done, or nothing.

    Parameters
    ----------
    model
        The model.
    protocol
        What is done.
    day
        Last day.

    Returns
    -------
    str
        A sentence without a full stop, such as that two drugs exclude each other; empty when it can be done.
    """
    given = [action for action in protocol if isinstance(action, Dosing)]
    if all(model.compounds[action.compound].pharmacology is None for action in given):
        return ""
    try:
        ode_stretches(model, engine_of(model).reference, protocol, day)
    except RemodelsimError as error:
        return error.what
    return ""


def ode_trials(
    model: Model, trials: Sequence[tuple[Draw, Protocol]], readouts: Sequence[Readout], day: float
) -> tuple[Floats, Ints]:
    """Run trials through the ODE.

    Parameters
    ----------
    model
        The model.
    trials
        Draws and what is done in them.
    readouts
        What is read.
    day
        When.

    Returns
    -------
    tuple of ndarray, shapes (trials, readouts) and (trials,)
        The values, nan where a trial could not be integrated, and the status.
    """
    values = np.full((len(trials), len(readouts)), np.nan)
    cases = [Case(model, draw, protocol, (day,)) for draw, protocol in trials]
    for k, quantities in enumerate(ode_many(cases, lenient=True)):
        for j, readout in enumerate(readouts):
            values[k, j] = np.ravel(value_of(model, readout, "ode", quantities))[-1]
    broken = ~np.isfinite(values).all(axis=1)
    values[broken] = np.nan
    return values, np.where(broken, NOT_INTEGRATED, FINE).astype(np.int64)


def boolean_trials(
    model: Model,
    draw: Draw,
    protocols: Sequence[Protocol],
    readouts: Sequence[Readout],
    day: float,
    *,
    replicates: int,
    seed: int,
) -> Floats:
    """Sample protocols in the Boolean model, all that are cut alike under one clock.

    Parameters
    ----------
    model, draw
        The model and the draw.
    protocols
        What is done.
    readouts
        What is read.
    day
        When.
    replicates
        Number of replicates, at least 2.
    seed
        Seed; the same one gives the same events to every protocol, so that differences are paired.

    Returns
    -------
    ndarray, shape (replicates + 1, protocols, readouts)
        The readouts of the mean over all replicates, then of the means that leave out one of them each.
    """
    out = np.empty((replicates + 1, len(protocols), len(readouts)))
    cut: dict[tuple[float, ...], list[int]] = {}
    lanes: list[tuple[Stretch, ...]] = []
    for k, protocol in enumerate(protocols):
        marks = boolean_marks([protocol], day)
        lanes.append(boolean_stretches(model, draw, [protocol], marks))
        cut.setdefault(tuple(np.minimum(np.diff([0.0, *marks]), SETTLING_DAYS).tolist()), []).append(k)
    nodes = sorted({model.network.index[node] for readout in readouts for node in nodes_behind(model, readout)})
    for lengths, places in cut.items():
        stretches = [
            Stretch(
                np.concatenate([lanes[k][s].alpha for k in places]),
                np.concatenate([lanes[k][s].beta for k in places]),
                days,
            )
            for s, days in enumerate(lengths)
        ]
        taken = sample(
            draw.tables, stretches, replicates=replicates, seed=seed, threads=threads(), wanted=nodes or None
        )
        last = taken.means[:, -1]
        total = last.sum(axis=0)
        estimates = np.concatenate([(total / replicates)[None], (total - last) / (replicates - 1)])
        quantities = boolean_quantities(model, estimates)
        for j, readout in enumerate(readouts):
            out[:, places, j] = np.broadcast_to(value_of(model, readout, "boolean", quantities), estimates.shape[:2])
    return out


def spread_of(estimates: Floats) -> Floats:
    """Return the standard error by the jackknife.

    Parameters
    ----------
    estimates : ndarray, shape (replicates + 1, ...)
        As from `boolean_trials`, or differences of such.

    Returns
    -------
    ndarray, shape (...)
        Standard errors.
    """
    parts = estimates[1:]
    return np.asarray(np.sqrt((parts.shape[0] - 1) * np.var(parts, axis=0)))
