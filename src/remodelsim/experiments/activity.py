"""Mean activities of the Boolean process under several backgrounds, side by side under one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..nouns.assignment import protocol_of
from ..nouns.background import Background
from ..nouns.model import Model
from .draws import engine_of
from .runs import Progress, boolean_marks, boolean_run

Floats = NDArray[np.float64]
DAYS = 180.0
REPLICATES = 8


@dataclass(frozen=True)
class Activity:
    """How active the nodes are under backgrounds; b backgrounds, n nodes.

    Attributes
    ----------
    backgrounds
        The backgrounds.
    healthy : float64 array, shape (n,)
        Mean activity in health, sampled under the same clock.
    mean, error : float64 arrays, shape (b, n)
        Mean activity, and the standard error of its difference from health.
    """

    backgrounds: tuple[Background, ...]
    healthy: Floats
    mean: Floats
    error: Floats


def activity_by_background(
    model: Model,
    backgrounds: Sequence[str],
    *,
    days: float = DAYS,
    replicates: int = REPLICATES,
    seed: int = 1,
    progress: Progress | None = None,
) -> Activity:
    """Sample the Boolean process under backgrounds.

    Parameters
    ----------
    model
        The model.
    backgrounds
        Names of backgrounds.
    days
        How long each holds.
    replicates
        Number of replicates of 512 copies, at least 2.
    seed
        Seed.
    progress
        Called with the number of replicates just finished.

    Returns
    -------
    Activity
        Mean activities.

    Raises
    ------
    UnknownNameError
        When there is no such background.
    """
    names = tuple(dict.fromkeys(model.find("background", name) for name in backgrounds))
    arms = [protocol_of(model, ""), *(protocol_of(model, f"{name}=on") for name in names)]
    run = boolean_run(
        model,
        engine_of(model).reference,
        arms,
        boolean_marks(arms, days),
        replicates=replicates,
        seed=seed,
        progress=progress,
    )
    means = run.last_means()
    apart = means[:, 1:] - means[:, :1]
    return Activity(
        tuple(model.backgrounds[name] for name in names),
        means[:, 0].mean(axis=0),
        means[:, 1:].mean(axis=0),
        apart.std(axis=0, ddof=1) / np.sqrt(replicates),
    )
