"""Lesson files: YAML to a lesson, every name checked against the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from ..ground.errors import FileFormatError, ScenarioError, UnknownNameError
from ..ground.names import fold, nearest
from ..ground.resources import data_root
from ..ground.strict_yaml import Document, load_yaml
from ..nouns.arrows import arrows_of
from ..nouns.lesson import Lesson
from ..nouns.lesson_parts import Answer, Chart, Control, Task, Text
from ..nouns.model import Model
from .lesson_controls import ControlShape, presets_of, read_control, read_doing, standard_controls
from .scenario_file import Time, read_time
from .shapes import Field, LabelShape, Shape, shaped
from .tables import read_text

# a position of a control as it may be written: on, off, a number, or the name of a choice
Key = str | float | int
FOLDER = "lessons"


class AnswerShape(Shape):
    """One answer to choose from."""

    text: LabelShape
    because: LabelShape
    right: bool = False


class TaskShape(Shape):
    """Predict, try, explain."""

    title: LabelShape
    before: dict[str, Key] = {}
    predict: LabelShape
    readout: str
    at: Time | None = None
    answer: Literal["up", "down", "same"]
    attempt: LabelShape = Field(alias="try")
    by: dict[str, Key]
    goal: dict[str, Key | list[Key]] = {}
    explain: LabelShape
    answers: list[AnswerShape]


class ChartShape(Shape):
    """Curves over time."""

    title: LabelShape
    readouts: list[str]


class LessonShape(Shape):
    """scenarios/lessons/*.yaml."""

    title: LabelShape
    question: LabelShape
    horizon: Time
    background: list[str] = Field(default=[], description="backgrounds or assignments that hold all the time")
    controls: dict[str, ControlShape]
    nodes: list[str]
    arrows: list[str] | None = Field(
        default=None, description="pairs A -> B that are joined; else those of the network"
    )
    labels: dict[str, LabelShape] = Field(default={}, description="names of nodes where the model's do not fit")
    charts: list[ChartShape]
    tasks: list[TaskShape] = []
    teacher: LabelShape


def lesson_paths(folder: str | Path | None = None) -> dict[str, Traversable]:
    """Return the shipped lessons (or those of a folder) by name, sorted.

    Raises
    ------
    FileFormatError
        When there is no such folder.
    """
    root = data_root("scenarios") / FOLDER if folder is None else data_root("scenarios", folder)
    found = {path.name.removesuffix(".yaml"): path for path in root.iterdir() if path.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def find_lesson(name: str) -> Traversable:
    """Return the file of a lesson: a path, or the name of a shipped one.

    Raises
    ------
    UnknownNameError
        When there is neither such a file nor such a lesson.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = lesson_paths()
    by_fold = {fold(key): value for key, value in shipped.items()}
    by_fold |= {fold(key.split("_", 1)[-1]): value for key, value in shipped.items() if key[:1].isdigit()}
    found = by_fold.get(fold(path.name.removesuffix(".yaml")))
    if found is not None and (path.parent == Path() or path.parent.name == FOLDER):
        return found
    raise UnknownNameError(
        f"no lesson file '{name}'",
        nearest=nearest(path.name.removesuffix(".yaml"), shipped),
        cure="List the shipped ones with: remodelsim list lessons",
    )


def is_lesson(text: str, name: str) -> bool:
    """Tell whether a YAML text is a lesson rather than a scenario, by its keys.

    Raises
    ------
    FileFormatError
        When it is not YAML.
    """
    data = load_yaml(text, name).data
    return isinstance(data, dict) and bool({"controls", "tasks", "teacher", "nodes"} & set(data)) and "arms" not in data


def load_lesson(name: str, model: Model) -> Lesson:
    """Load a lesson from a path, or a shipped one by its name.

    Parameters
    ----------
    name
        Path of a YAML file, or name of a shipped lesson.
    model
        The model that knows the names in it.

    Returns
    -------
    Lesson
        The lesson.

    Raises
    ------
    RemodelsimError
        When the file is missing or wrong; says file, line and column.
    """
    path = find_lesson(name)
    return read_lesson(read_text(path), path.name, model)


def read_lesson(text: str, name: str, model: Model) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    text
        YAML.
    name
        Name of the file, used in messages.
    model
        The model that knows the names in it.

    Returns
    -------
    Lesson
        The lesson; whether its tasks can be done is asked by `experiments.lessons`.

    Raises
    ------
    FileFormatError
        When the file does not have the shape of a lesson.
    UnknownNameError
        When it names something that is not there.
    UnitError
        When a dose or a time has a wrong unit.
    ScenarioError
        When it contradicts itself or shows more than can be laid out.
    """
    document = load_yaml(text, name)
    if isinstance(document.data, dict) and "arms" in document.data and "controls" not in document.data:
        raise FileFormatError("this is a scenario, not a lesson", where=name, cure="Run it: remodelsim run FILE.")
    shape = shaped(document, LessonShape)
    horizon = read_time(document, shape.horizon, ("horizon",))
    background = read_doing(document, model, shape.background)
    own = tuple(read_control(document, model, key, each) for key, each in shape.controls.items())
    controls = (*own, *standard_controls(model, background, own))
    nodes = tuple(_node(document, model, word, i) for i, word in enumerate(shape.nodes))
    labels = {_named(document, model, word, nodes): _text(each) for word, each in shape.labels.items()}
    charts = tuple(_chart(document, model, i, each) for i, each in enumerate(shape.charts))
    known = {control.name: control for control in controls}
    tasks = tuple(_task(document, model, known, i, each, horizon) for i, each in enumerate(shape.tasks))
    arrows = _arrows(document, model, nodes, shape.arrows) if len(set(nodes)) == len(nodes) else None
    try:
        return Lesson(
            name=Path(name).name.removesuffix(".yaml"),
            title=_text(shape.title),
            question=_text(shape.question),
            horizon=horizon,
            background=background,
            controls=controls,
            nodes=nodes,
            lanes={node: model.network.node(node).lane for node in nodes},
            arrows=arrows,
            labels=labels,
            charts=charts,
            presets=presets_of(model, controls, background),
            tasks=tasks,
            teacher=_text(shape.teacher),
        )
    except ScenarioError as error:
        raise _placed(error, document) from None


def lesson_schema() -> dict[str, Any]:
    """Return the JSON Schema of lesson files, for editors.

    Returns
    -------
    dict
        JSON Schema.
    """
    schema = LessonShape.model_json_schema(by_alias=True)
    return {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "remodelsim lesson"}


def _placed(error: ScenarioError, document: Document) -> ScenarioError:
    """Give a complaint about a part of the lesson the line of that part."""
    return ScenarioError(
        error.what,
        where=document.where((error.where,)),
        allowed=error.allowed,
        nearest=error.nearest,
        cure=error.cure,
    )


def _text(shape: LabelShape) -> Text:
    return Text(shape.en, shape.zh)


def _node(document: Document, model: Model, word: str, i: int) -> str:
    return model.find("node", word, where=document.where(("nodes", i)))


def _named(document: Document, model: Model, word: str, nodes: Sequence[str]) -> str:
    where = document.where(("labels", word))
    name = model.find("node", word, where=where)
    if name not in nodes:
        raise ScenarioError(f"{name} has a label and is not drawn", where=where, cure="Add it to 'nodes'.")
    return name


def _arrows(
    document: Document, model: Model, nodes: Sequence[str], words: Sequence[str] | None
) -> tuple[tuple[str, str], ...] | None:
    """Read the arrows that are drawn; each must join drawn nodes, by a way past the others."""
    if words is None:
        return None
    pairs = []
    for i, text in enumerate(words):
        where = document.where(("arrows", i))
        ends = [part.strip() for part in text.split("->")]
        if len(ends) != 2:
            raise ScenarioError(f"'{text}' is no arrow", where=where, cure="Write A -> B.")
        names = [model.find("node", end, where=where) for end in ends]
        unseen = next((name for name in names if name not in nodes), None)
        if unseen is not None:
            raise ScenarioError(
                f"{unseen} is not drawn", where=where, nearest=nearest(unseen, nodes), cure="Add it to 'nodes'."
            )
        pairs.append((names[0], names[1]))
        try:
            arrows_of(model, nodes, (), pairs[-1:])
        except ScenarioError as error:
            raise ScenarioError(error.what, where=where, nearest=error.nearest, allowed=error.allowed) from None
    return tuple(dict.fromkeys(pairs))


def _chart(document: Document, model: Model, i: int, shape: ChartShape) -> Chart:
    names = (
        model.readout(word, where=document.where(("charts", i, "readouts", k))).name
        for k, word in enumerate(shape.readouts)
    )
    try:
        return Chart(_text(shape.title), tuple(names))
    except ScenarioError as error:
        raise error.at(document.where(("charts", i))) from None


def _task(
    document: Document, model: Model, controls: Mapping[str, Control], i: int, shape: TaskShape, horizon: float
) -> Task:
    path: tuple[str | int, ...] = ("tasks", i)
    at_day = horizon if shape.at is None else read_time(document, shape.at, (*path, "at"))
    if not 0.0 < at_day <= horizon:
        raise ScenarioError(
            f"day {at_day:g} lies outside the lesson",
            where=document.where((*path, "at")),
            allowed=[f"up to {horizon:g}"],
        )
    before = {k: _position(document, controls, k, v, (*path, "before", k)) for k, v in shape.before.items()}
    by = {k: _position(document, controls, k, v, (*path, "by", k)) for k, v in shape.by.items()}
    goal, shows = _goal(document, model, controls, shape, path)
    start = {name: before.get(name, control.first) for name, control in controls.items()}
    answers = tuple(Answer(_text(each.text), _text(each.because), each.right) for each in shape.answers)
    try:
        return Task(
            title=_text(shape.title),
            predict=_text(shape.predict),
            readout=model.readout(shape.readout, where=document.where((*path, "readout"))).name,
            at_day=at_day,
            expected=shape.answer,
            before=start,
            attempt=_text(shape.attempt),
            by={**start, **by},
            goal=goal or {name: frozenset([position]) for name, position in by.items()},
            shows=shows,
            explain=_text(shape.explain),
            answers=answers,
            where=document.where((*path, "answer")),
        )
    except ScenarioError as error:
        raise error.at(document.where(path)) from None


def _goal(
    document: Document, model: Model, controls: Mapping[str, Control], shape: TaskShape, path: tuple[str | int, ...]
) -> tuple[dict[str, frozenset[int]], dict[str, str]]:
    goal: dict[str, frozenset[int]] = {}
    shows: dict[str, str] = {}
    for name, wanted in shape.goal.items():
        place = (*path, "goal", name)
        if name in controls:
            goal[name] = _wanted(document, controls, name, wanted, place)
        elif isinstance(wanted, str) and (model.knows("readout", name) or model.knows("node", name)):
            shows[model.readout(name).name] = wanted
        else:
            raise UnknownNameError(
                f"'{name}' is neither a control of this lesson nor a readout",
                where=document.where(place),
                nearest=nearest(name, controls),
                allowed=controls,
            )
    return goal, shows


def _wanted(
    document: Document, controls: Mapping[str, Control], name: str, wanted: Key | list[Key], path: tuple[str | int, ...]
) -> frozenset[int]:
    """Read the positions that count: one, a list, or all of ``A to B``."""
    if isinstance(wanted, str) and " to " in wanted:
        first, last = (_position(document, controls, name, end.strip(), path) for end in wanted.split(" to ", 1))
        return frozenset(range(min(first, last), max(first, last) + 1))
    keys = wanted if isinstance(wanted, list) else [wanted]
    return frozenset(_position(document, controls, name, key, path) for key in keys)


def _position(
    document: Document, controls: Mapping[str, Control], name: str, key: Key, path: tuple[str | int, ...]
) -> int:
    where = document.where(path)
    if name not in controls:
        raise UnknownNameError(
            f"unknown control '{name}'", where=where, nearest=nearest(name, controls), allowed=controls
        )
    try:
        return controls[name].position(key if isinstance(key, str) else f"{key:g}")
    except ScenarioError as error:
        raise error.at(where) from None
