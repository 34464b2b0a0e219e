"""The Python interface of sweeps and screens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .notebook import load, load_scenario

if TYPE_CHECKING:
    from ..experiments.screen import ScreenResult
    from ..experiments.sweep import SweepResult
    from ..nouns.model import Model
    from ..nouns.scenario import Scenario


def sweep(
    scenario: str | Scenario,
    over: str | Sequence[str],
    *,
    readouts: Sequence[str] = (),
    formalism: str = "",
    draws: int = 0,
    seed: int | None = None,
    folder: str | Path | None = None,
    workers: int = 0,
    model: Model | None = None,
) -> SweepResult:
    """Run a scenario over a grid of doses, levels, times or numbers of the model.

    Parameters
    ----------
    scenario
        A scenario, a path, or the name of a shipped one.
    over
        Axes, such as ``"Quercetin.dose=0.1:100:log:25"``.
    readouts, formalism, seed
        Take the place of those of the scenario where they are given.
    draws
        Size of the ensemble; 0 for the reference alone.
    folder
        Where results are kept as they are finished, and found again after a stop; in memory alone by default.
    workers
        Worker processes; threads of this one by default. In a script they need ``if __name__ == "__main__":``.
    model
        The model; the shipped one by default.

    Returns
    -------
    SweepResult
        Curves and samples (``columns``); shows itself as a table in notebooks. ``plot`` draws "curves" and "map".

    Raises
    ------
    RemodelsimError
        When the scenario, an axis or a number is wrong, or the folder holds something else.
    """
    from ..experiments.sweep import prepared
    from ..experiments.sweep import sweep as run
    from ..experiments.work import here, processes

    known = model or load()
    asked = load_scenario(scenario, known) if isinstance(scenario, str) else scenario
    axes = [over] if isinstance(over, str) else over
    work, _ = prepared(known, asked, axes, readouts=readouts, formalism=formalism, draws=draws, seed=seed)
    return run(work, Path(folder) if folder else None, spread=processes(workers) if workers else here)


def screen(
    *,
    nodes: Sequence[str] = (),
    compounds: Sequence[str] = (),
    pairs: bool = False,
    doses: Sequence[str] = (),
    baseline: str = "",
    readouts: Sequence[str] | None = None,
    formalism: str = "both",
    days: float = 180.0,
    draws: int = 0,
    seed: int = 1,
    folder: str | Path | None = None,
    workers: int = 0,
    model: Model | None = None,
) -> ScreenResult:
    """Try knock-outs, knock-ins or compounds, alone or in pairs, and rank them.

    Parameters
    ----------
    nodes, compounds
        What is tried; ``["all"]`` for all. All compounds where nothing is named.
    pairs
        Whether all pairs of these are tried too, against Bliss and HSA.
    doses
        Two compounds with doses, such as ``["Quercetin=1:100:log:5", "Puerarin=1,10uM"]``, for a dose matrix instead.
    baseline
        What holds with and without.
    readouts
        What is read; a usual set by default. The first one ranks.
    formalism, days, draws, seed
        As in `whatif`.
    folder, workers
        As in `sweep`.
    model
        The model; the shipped one by default.

    Returns
    -------
    ScreenResult
        Effects, ranking and synergies; shows itself as a table in notebooks. ``plot`` draws "ranking", "effects",
        "pairs" and "matrix".

    Raises
    ------
    RemodelsimError
        When a name, a dose or a number is wrong, or the folder holds something else.
    """
    from ..experiments.screen import screen as run
    from ..experiments.screen import screen_of
    from ..experiments.whatif import DEFAULT_READOUTS
    from ..experiments.work import here, processes

    asked = screen_of(
        model or load(),
        nodes=[nodes] if isinstance(nodes, str) else nodes,
        compounds=[compounds] if isinstance(compounds, str) else compounds,
        pairs=pairs,
        doses=doses,
        baseline=baseline,
        readouts=tuple(readouts) if readouts is not None else DEFAULT_READOUTS,
        day=days,
        formalism=formalism,
        draws=draws,
        seed=seed,
    )
    return run(asked, Path(folder) if folder else None, spread=processes(workers) if workers else here)
