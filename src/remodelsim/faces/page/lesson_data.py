"""A lesson as data for the page: positions of controls as actions, arrows, tasks and texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...experiments.verdict import THRESHOLD
from ...nouns.arrows import Arrow
from ...nouns.intervention import Action, Clamp, Dosing, Protocol
from ...nouns.lesson import Lesson
from ...nouns.lesson_parts import Control, Task, Text
from ...nouns.model import Model
from .compile import page_actions
from .evidence import disputed

Data = dict[str, Any]


def lesson_data(model: Model, lesson: Lesson, arrows: Sequence[Arrow]) -> Data:
    """Return a lesson as plain data.

    Parameters
    ----------
    model, lesson
        The model and the lesson.
    arrows
        What is drawn between its nodes.

    Returns
    -------
    dict
        Everything of the page that is not the model itself; texts as [English, Chinese].
    """
    return {
        "name": lesson.name,
        "title": _text(lesson.title),
        "question": _text(lesson.question),
        "horizon": lesson.horizon,
        "threshold": THRESHOLD,
        "background": page_actions(Protocol(lesson.background)),
        "controls": [_control(control) for control in lesson.controls],
        "presets": [
            {"name": p.name, "label": _text(p.label), "set": _differences(lesson, p.settings)} for p in lesson.presets
        ],
        "nodes": list(lesson.nodes),
        "labels": {name: _text(label) for name, label in lesson.labels.items()},
        "arrows": [_arrow(model, arrow) for arrow in arrows if not arrow.given],
        "gifts": [_arrow(model, arrow) for arrow in arrows if arrow.given],
        "charts": [{"title": _text(chart.title), "readouts": list(chart.readouts)} for chart in lesson.charts],
        "tasks": [_task(lesson, task) for task in lesson.tasks],
        "teacher": _text(lesson.teacher),
    }


def _text(text: Text) -> list[str]:
    return [text.en.strip(), text.zh.strip()]


def _control(control: Control) -> Data:
    out: Data = {
        "name": control.name,
        "kind": control.kind,
        "label": _text(control.label),
        "first": control.first,
        "unit": control.unit,
        "advanced": control.advanced,
        **(_stops(control) if _plain(control) else {"options": _options(control)}),
    }
    return {**out, "note": _text(control.note)} if control.note else out


def _plain(control: Control) -> bool:
    """Tell whether the stops of a slider are the numbers that its actions take."""
    done = [(float(option.key), option.actions) for option in control.options if control.kind in {"dose", "level"}]
    return bool(done) and all(
        len(actions) <= 1 and all(abs(number - _number(action)) <= 1e-9 * number for action in actions)
        for number, actions in done
    )


def _number(action: Action) -> float:
    return (
        action.amount.value if isinstance(action, Dosing) else action.level if isinstance(action, Clamp) else math.nan
    )


def _options(control: Control) -> list[Data]:
    return [
        {
            "key": each.key,
            "do": page_actions(Protocol(each.actions)),
            **({"label": _text(each.label)} if each.label else {}),
        }
        for each in control.options
    ]


def _stops(control: Control) -> Data:
    """Say once what every stop of a slider does but for its number."""
    field = "value" if control.kind == "dose" else "level"
    idle = next((k for k, option in enumerate(control.options) if not option.actions), -1)
    action = next(option.actions[0] for option in control.options if option.actions)
    each = {key: value for key, value in page_actions(Protocol((action,)))[0].items() if key != field}
    return {"stops": [option.key for option in control.options], "idle": idle, "field": field, "each": each}


def _differences(lesson: Lesson, settings: Mapping[str, int]) -> Data:
    return {name: position for name, position in settings.items() if position != lesson.control(name).first}


def _arrow(model: Model, arrow: Arrow) -> Data:
    return {
        "from": arrow.source,
        "to": arrow.target,
        "sign": arrow.sign,
        **(
            {"hops": [[hop.source, hop.target, hop.sign, int(hop.given)] for hop in arrow.hops]}
            if _folded(arrow)
            else {}
        ),
        **({"assumed": True} if any(not hop.claims for hop in arrow.hops) else {}),
        **({"disputed": True} if disputed(model, arrow.hops) else {}),
    }


def _folded(arrow: Arrow) -> bool:
    return len(arrow.hops) > 1 or arrow.given


def _task(lesson: Lesson, task: Task) -> Data:
    return {
        "title": _text(task.title),
        "predict": _text(task.predict),
        "readout": task.readout,
        "at": task.at_day,
        "answer": task.expected,
        "before": _differences(lesson, task.before),
        "try": _text(task.attempt),
        "by": _differences(lesson, task.by),
        "goal": {name: sorted(good) for name, good in task.goal.items()},
        "shows": dict(task.shows),
        "explain": _text(task.explain),
        "answers": [
            {"text": _text(answer.text), "because": _text(answer.because), "right": answer.right}
            for answer in task.answers
        ],
    }
