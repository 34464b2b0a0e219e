"""Published cell models by themselves, under the perturbations that they were published with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.ode.cell_course import course
from ..engines.ode.cell_families import family, vector
from ..ground.errors import ModelError
from ..ground.names import nearest
from ..nouns.cells import CellPreset
from ..nouns.perturbation import Perturbation

Floats = NDArray[np.float64]
POINTS = 2001


@dataclass(frozen=True)
class Run:
    """One perturbation followed.

    Attributes
    ----------
    perturbation
        What was done.
    days : float64 array, shape (t,)
        Days.
    states : float64 array, shape (t, s)
        States in the order of the equations.
    """

    perturbation: Perturbation
    days: Floats
    states: Floats


@dataclass(frozen=True)
class Published:
    """A cell model with its runs.

    Attributes
    ----------
    preset
        The model.
    names
        Its states.
    rest : float64 array, shape (s,)
        The state that it has, or starts from, when nothing is done.
    runs
        One per perturbation.
    """

    preset: CellPreset
    names: tuple[str, ...]
    rest: Floats
    runs: tuple[Run, ...]

    def label(self, state: str, language: str = "en") -> str:
        """Return the label of a state."""
        en, zh = self.preset.states.get(state, (state, state))
        return zh if language == "zh" else en


def run_published(
    preset: CellPreset, names: Sequence[str] = (), days: Sequence[float] | None = None, *, rtol: float = 1e-10
) -> Published:
    """Run perturbations of a published cell model.

    Parameters
    ----------
    preset
        A preset that runs by itself.
    names
        Which perturbations; all by default.
    days
        Ascending days at which states are wanted; an even grid with every switch by default.
    rtol
        Relative tolerance of the solver.

    Returns
    -------
    Published

    Raises
    ------
    ModelError
        When the preset has no perturbations, or names a state, input or parameter that its equations do not have.
    SolveError
        When a course cannot be finished.

    Examples
    --------
    >>> from remodelsim.files.cells_file import read_preset
    >>> found = run_published(read_preset("komarova2003"), ["A_x11_212"], [0.0, 300.0])
    >>> round(float(found.runs[0].states[-1, 2]), 4)
    99.9669
    """
    if not preset.perturbations:
        raise ModelError(
            f"cell preset {preset.name} has no published perturbations of its own",
            cure=f"Run it under the network: remodelsim run SCENARIO --cells {preset.name}.",
        )
    asked = [preset.perturbation(name) for name in names] or list(preset.perturbations)
    equations = family(preset.family)
    rest = equations.start(vector(preset.family, preset.values()))[0]
    runs = tuple(_follow(preset, one, days, rtol) for one in asked)
    return Published(preset, equations.states, rest, runs)


def _follow(preset: CellPreset, what: Perturbation, days: Sequence[float] | None, rtol: float) -> Run:
    equations, values = family(preset.family), preset.values()
    _known(what.parameters, values, "parameter", preset, what)
    p = vector(preset.family, {**values, **what.parameters})
    state, healthy = equations.start(p)
    for changes, add in ((what.initial, False), (what.shift, True)):
        _known(changes, equations.states, "state", preset, what)
        for name, value in changes.items():
            i = equations.states.index(name)
            state[i] = state[i] + value if add else value
    edges = np.array(what.edges)
    inputs = np.tile(healthy, (len(edges) - 1, 1))
    for row, day in zip(inputs, edges[:-1], strict=True):
        given = what.inputs_from(float(day))
        _known(given, equations.inputs, "input", preset, what)
        for name, value in given.items():
            row[equations.inputs.index(name)] = value
    times = np.unique(np.concatenate((np.linspace(0.0, what.days, POINTS), edges))) if days is None else np.array(days)
    return Run(what, times, course(equations, p, state, edges, inputs, times, rtol=rtol))


def _known(asked: Iterable[str], known: Iterable[str], kind: str, preset: CellPreset, what: Perturbation) -> None:
    names = list(known)
    for name in asked:
        if name not in names:
            raise ModelError(
                f"perturbation {what.name} of cell preset {preset.name} names the {kind} '{name}'",
                nearest=nearest(name, names),
                allowed=names,
            )


HEADER = ("perturbation", "state", "at rest", "least", "on day", "most", "on day", "at the end")


def extremes(found: Published) -> list[list[str]]:
    """Return where every course starts, turns and ends: rows of text under `HEADER`."""
    rows = []
    for run in found.runs:
        for k, name in enumerate(found.names):
            y = run.states[:, k]
            low, high = int(y.argmin()), int(y.argmax())
            turns = [f"{y[low]:.6g}", f"{run.days[low]:.4g}", f"{y[high]:.6g}", f"{run.days[high]:.4g}"]
            rows.append([run.perturbation.name, name, f"{found.rest[k]:.6g}", *turns, f"{y[-1]:.6g}"])
    return rows
