"""The Python interface of sensitivity analyses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .notebook import load, load_scenario

if TYPE_CHECKING:
    from ..experiments.sensitivity import Sensitivity
    from ..nouns.model import Model
    from ..nouns.scenario import Scenario


def sensitivity(
    scenario: str | Scenario,
    over: str | Sequence[str] = "kinetics",
    *,
    method: str = "morris",
    size: int = 0,
    by: str = "",
    readouts: Sequence[str] = (),
    days: float | None = None,
    seed: int | None = None,
    folder: str | Path | None = None,
    workers: int = 0,
    cluster: str = "",
    model: Model | None = None,
) -> Sensitivity:
    """Say which numbers the answer of a scenario hangs on.

    Parameters
    ----------
    scenario
        A scenario, a path, or the name of a shipped one.
    over
        Sets of numbers ("kinetics", "cells", "coupling", "potency" ...) or single ones, ``"RANKL.tau=6:48:log"``.
    method
        "sobol", "morris" or "local".
    size
        Base points of Sobol' or trajectories of Morris; a usual number by default.
    by
        "number", "node", "kind" or "theme"; by default numbers, for Sobol' themes where there are many.
    readouts, days, seed
        Take the place of those of the scenario where they are given.
    folder
        Where results are kept as they are finished; in memory alone by default.
    workers
        Worker processes; threads of this one by default. In a script they need ``if __name__ == "__main__":``.
    cluster
        Address of a Dask scheduler.
    model
        The model; the shipped one by default.

    Returns
    -------
    Sensitivity
        ``rankings``, largest influence first; shows itself as a table in notebooks.

    Raises
    ------
    RemodelsimError
        When something is unknown or makes no sense, or the folder holds something else.
    """
    from ..experiments.cluster import cluster as dask
    from ..experiments.sensitivity import prepared
    from ..experiments.sensitivity import sensitivity as run
    from ..experiments.work import here, processes

    known = model or load()
    asked = load_scenario(scenario, known) if isinstance(scenario, str) else scenario
    if days is not None:
        asked = replace(asked, horizon=days, expectations=())
    wanted = [over] if isinstance(over, str) else over
    work = prepared(known, asked, wanted, method=method, size=size, by=by, readouts=readouts, seed=seed)
    spread = dask(cluster) if cluster else processes(workers) if workers else here
    return run(work, Path(folder) if folder else None, spread=spread)
