"""The Python interface: the verbs of the command line for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.library import load_model
from ..files.scenario_file import load_scenario as _load_scenario
from ..ground.errors import UnknownNameError
from ..nouns.scenario import Scenario
from .catalog import names_of, page_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..experiments.explanation import Explanation
    from ..experiments.screen import ScreenResult
    from ..experiments.sensitivity import Sensitivity
    from ..experiments.simulate import Result
    from ..experiments.sweep import SweepResult
    from ..experiments.whatif import Answer
    from ..nouns.model import Model


def load(folder: str | Path | None = None, *, cells: str = "default") -> Model:
    """Load the model.

    Parameters
    ----------
    folder
        A folder laid out like the shipped models/; the shipped one by default.
    cells
        Preset of the cell layer.

    Returns
    -------
    Model
        Network, cells, compounds, backgrounds, readouts and evidence.

    Raises
    ------
    RemodelsimError
        When a file is missing or wrong; says where.

    Examples
    --------
    >>> len(load().network.nodes) >= 80
    True
    """
    return load_model(folder, cells)


def load_scenario(name: str, model: Model | None = None) -> Scenario:
    """Load a scenario: a path, or the name of a shipped one.

    Parameters
    ----------
    name
        Such as ``menopause`` or ``my/question.yaml``.
    model
        The model that knows the names in it; the shipped one by default.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    RemodelsimError
        When the file is missing or wrong; says file, line and column.
    """
    return _load_scenario(name, model or load())


def simulate(scenario: str | Scenario, *, model: Model | None = None, seed: int | None = None) -> Result:
    """Run a scenario in both formalisms.

    Parameters
    ----------
    scenario
        A scenario, a path, or the name of a shipped one.
    model
        The model; the shipped one by default.
    seed
        Takes the place of the scenario's seed.

    Returns
    -------
    Result
        Courses, bands, verdicts and expectations.

    Raises
    ------
    RemodelsimError
        When the scenario is wrong or a run cannot be finished.
    """
    from ..experiments.simulate import simulate as run

    known = model or load()
    asked = load_scenario(scenario, known) if isinstance(scenario, str) else scenario
    return run(known, asked, seed=seed)


def whatif(
    do: str,
    *,
    baseline: str = "",
    readouts: Sequence[str] | None = None,
    formalism: str = "both",
    days: float = 180.0,
    draws: int = 0,
    seed: int = 1,
    model: Model | None = None,
) -> Answer:
    """Ask what an intervention does.

    Parameters
    ----------
    do
        What is done, ``A=x & B=y``.
    baseline
        What holds with and without it.
    readouts
        What is read; a usual set by default.
    formalism
        "ode", "boolean" or "both".
    days
        When it is read.
    draws
        Size of the ensemble; 0 for the reference draw alone.
    seed
        Seed of ensemble and sample.
    model
        The model; the shipped one by default.

    Returns
    -------
    Answer
        One verdict per readout and formalism; shows itself as a table in notebooks.

    Raises
    ------
    RemodelsimError
        When a name, dose or number is wrong, or a run cannot be finished.
    """
    from ..experiments.whatif import DEFAULT_READOUTS, Question, ask

    names = tuple(readouts) if readouts is not None else DEFAULT_READOUTS
    question = Question(do, baseline, names, formalism, days, draws, seed)
    return ask(model or load(), question)


def explain(
    do: str,
    *,
    baseline: str = "",
    readouts: Sequence[str] = ("BMD_hip",),
    formalism: str = "both",
    days: float = 180.0,
    draws: int = 0,
    seed: int = 1,
    model: Model | None = None,
) -> Explanation:
    """Ask why an intervention does what it does.

    Parameters
    ----------
    do, baseline, formalism, days, seed, model
        As in `whatif`.
    readouts
        What is explained.
    draws
        Size of the ensemble behind the intervals; 0 for none.

    Returns
    -------
    Explanation
        Causes, mediators, chains, arrows with claims, and other readings, per readout and formalism.

    Raises
    ------
    RemodelsimError
        As `whatif`.
    """
    from ..experiments.explain import explain as answer
    from ..experiments.whatif import Question

    return answer(model or load(), Question(do, baseline, tuple(readouts), formalism, days, draws, seed))


def paragraph(explanation: Explanation, readout: str = "", *, language: str = "en") -> str:
    """Say an explanation in plain sentences.

    Parameters
    ----------
    explanation
        As from `explain`.
    readout
        Which of its readouts; the first by default.
    language
        "en" or "zh".

    Returns
    -------
    str
        A few sentences that say nothing the numbers do not.

    Raises
    ------
    UnknownNameError
        When the readout was not explained.
    """
    from .prose import paragraph as write

    known = explanation.model or load()
    return write(known, explanation, _explained(explanation, readout), language)


def _explained(explanation: Explanation, readout: str) -> str:
    name = readout or next(iter(explanation.whys))
    if name not in explanation.whys:
        raise UnknownNameError(f"{name} was not explained", allowed=explanation.whys)
    return name


def plot(
    result: Result | SweepResult | ScreenResult | Sensitivity | Explanation, kind: str = "", *, language: str = "en"
) -> Figure:
    """Draw a figure of a run, a sweep, a screen or an explanation.

    Parameters
    ----------
    result
        A run, a sweep, a screen or an explanation.
    kind
        Of a run "bone", "cells", "balance", "nodes" or "activity"; of a sweep "curves" or "map"; of a
        screen "ranking", "effects", "pairs" or "matrix"; of an explanation one of its readouts. The first by default.
    language
        "en" or "zh".

    Returns
    -------
    matplotlib Figure
        The figure.

    Raises
    ------
    RemodelsimError
        When there is no such figure.
    """
    from ..experiments.explanation import Explanation as Explained
    from ..experiments.simulate import Result
    from .plot.gallery import draw
    from .plot.gallery_sweeps import draw_long

    if isinstance(result, Explained):
        from .plot.why import draw_why

        return draw_why(result.model or load(), result, _explained(result, kind), language)
    return draw(result, kind or "bone", language) if isinstance(result, Result) else draw_long(result, kind, language)


def show(name: str, model: Model | None = None) -> str:
    """Return everything known about a node, edge, compound, background, readout or claim, as text.

    Raises
    ------
    UnknownNameError
        When nothing bears the name.
    """
    return page_of(model or load(), name)


def list_names(kind: str, model: Model | None = None) -> tuple[str, ...]:
    """Return the names of one kind: nodes, compounds, backgrounds, readouts, scenarios, claims, inputs.

    Raises
    ------
    UnknownNameError
        When there is no such kind.
    """
    return tuple(name for name, _ in names_of(model or load(), kind))
