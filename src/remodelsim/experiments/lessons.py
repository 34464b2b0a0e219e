"""Whether a lesson's tasks can be done: the model itself is asked, by its differential equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ScenarioError
from ..nouns.lesson import Lesson
from ..nouns.lesson_parts import Task
from ..nouns.model import Model
from .draws import engine_of
from .readings import scale_of, value_of
from .runs import ode_run
from .verdict import THRESHOLD, direction

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reached:
    """What a task shows when it is done.

    Attributes
    ----------
    task
        The task.
    readout
        What is read.
    before, after
        Its value at the start of the task, and when the task is done.
    found, wanted
        The direction that the model shows, and the one that the lesson says.
    """

    task: Task
    readout: str
    before: float
    after: float
    found: str
    wanted: str


def try_tasks(model: Model, lesson: Lesson) -> tuple[Reached, ...]:
    """Do every task of a lesson with the model.

    Parameters
    ----------
    model, lesson
        The model and the lesson.

    Returns
    -------
    tuple of Reached
        What is predicted in each task, and each further readout that its goal names.

    Raises
    ------
    SolveError
        When a run cannot be finished.
    """
    runs: dict[tuple[int, ...], dict[str, Floats]] = {}
    days = np.array(sorted({0.0, lesson.horizon, *(task.at_day for task in lesson.tasks)}))
    reference = engine_of(model).reference

    def read(settings: Mapping[str, int], readout: str, at_day: float) -> float:
        key = tuple(settings[control.name] for control in lesson.controls)
        if key not in runs:
            runs[key] = ode_run(model, reference, lesson.protocol(settings), days)
        course = value_of(model, model.readout(readout), "ode", runs[key])
        return float(np.broadcast_to(course, days.shape)[np.searchsorted(days, at_day)])

    found = []
    for task in lesson.tasks:
        for readout, wanted in {task.readout: task.expected, **task.shows}.items():
            before, after = (read(settings, readout, task.at_day) for settings in (task.before, task.by))
            limit = THRESHOLD * scale_of(model, model.readout(readout), "ode", reference)
            found.append(Reached(task, readout, before, after, direction(after - before, limit), wanted))
    return tuple(found)


def check_tasks(model: Model, lesson: Lesson) -> tuple[Reached, ...]:
    """Do every task of a lesson, and refuse the lesson when the model does not show what it says.

    Parameters
    ----------
    model, lesson
        The model and the lesson.

    Returns
    -------
    tuple of Reached
        As `try_tasks`.

    Raises
    ------
    ScenarioError
        For the first task that cannot be reached; says its line, and what the model shows.
    SolveError
        When a run cannot be finished.
    """
    found = try_tasks(model, lesson)
    for each in found:
        if each.found != each.wanted:
            raise ScenarioError(
                f"task '{each.task.title.en}' cannot be reached: at day {each.task.at_day:g} {each.readout} is "
                f"{each.after:.4g} against {each.before:.4g} before, '{each.found}' and not '{each.wanted}'",
                where=each.task.where,
                cure="Change 'by', 'at' or 'before', or what the task says.",
            )
    return found
