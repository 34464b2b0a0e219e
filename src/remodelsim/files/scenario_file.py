"""Scenario files: YAML to a question, every name checked against the model."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from ..ground.errors import FileFormatError, RemodelsimError, ScenarioError, UnknownNameError
from ..ground.names import fold, nearest
from ..ground.resources import data_root
from ..ground.strict_yaml import Document, load_yaml
from ..ground.units import parse_days
from ..nouns.assignment import actions_of, as_circumstance, parse_assignments
from ..nouns.intervention import FOREVER, Action, Protocol, Span
from ..nouns.model import Model
from ..nouns.regimen import check_regimens
from ..nouns.scenario import Arm, Expectation, Scenario
from .shapes import Field, LabelShape, Shape, shaped
from .tables import read_text

Time = str | float | int


class ActionShape(Shape):
    """One action of an arm."""

    do: str
    start: Time = 0
    stop: Time | None = None
    every: Time | None = None


class ArmShape(Shape):
    """One arm: a label and its actions."""

    label: LabelShape
    actions: list[ActionShape] = []


class ExpectationShape(Shape):
    """What an arm must show."""

    arm: str
    against: str = ""
    at: Time | None = None
    formalism: Literal["ode", "boolean", "both"] | None = None
    threshold: float = 0.01
    then: dict[str, str]


class ScenarioShape(Shape):
    """scenarios/*.yaml."""

    title: LabelShape
    question: LabelShape
    horizon: Time
    background: list[str] = Field(default=[], description="backgrounds or assignments that hold in every arm")
    formalism: Literal["ode", "boolean", "both"] = "both"
    draws: int = 40
    seed: int = 1
    baseline: str = ""
    arms: dict[str, ArmShape]
    readouts: list[str]
    expect: list[ExpectationShape] = []


def scenario_paths(folder: str | Path | None = None) -> dict[str, Traversable]:
    """Return the shipped scenarios (or those of a folder) by name, sorted.

    Raises
    ------
    FileFormatError
        When there is no such folder.
    """
    root = data_root("scenarios", folder)
    found = {path.name.removesuffix(".yaml"): path for path in root.iterdir() if path.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def find_scenario(name: str) -> Traversable:
    """Return the file of a scenario: a path, or the name of a shipped one.

    Raises
    ------
    UnknownNameError
        When there is neither such a file nor such a scenario.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = scenario_paths()
    by_fold = {fold(key): value for key, value in shipped.items()}
    by_fold |= {fold(key.split("_", 1)[-1]): value for key, value in shipped.items() if key[:1].isdigit()}
    found = by_fold.get(fold(path.name.removesuffix(".yaml")))
    if found is not None and (path.parent == Path() or path.parent.name == "scenarios"):
        return found
    raise UnknownNameError(
        f"no scenario file '{name}'",
        nearest=nearest(path.name.removesuffix(".yaml"), shipped),
        cure="List the shipped ones with: remodelsim list scenarios",
    )


def scenario_text(name: str) -> str:
    """Return the text of a scenario file, as it stands.

    Parameters
    ----------
    name
        A path, or the name of a shipped scenario.

    Returns
    -------
    str
        YAML.

    Raises
    ------
    FileFormatError
        When it cannot be read.
    UnknownNameError
        When there is neither such a file nor such a scenario.
    """
    return read_text(find_scenario(name))


def load_scenario(name: str, model: Model) -> Scenario:
    """Load a scenario from a path, or a shipped one by its name.

    Parameters
    ----------
    name
        Path of a YAML file, or name of a shipped scenario.
    model
        The model that knows the names in it.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    RemodelsimError
        When the file is missing or wrong; says file, line and column.
    """
    path = find_scenario(name)
    return read_scenario(read_text(path), path.name, model)


def read_scenario(text: str, name: str, model: Model) -> Scenario:
    """Read a scenario.

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
    Scenario
        The scenario.

    Raises
    ------
    FileFormatError
        When the file does not have the shape of a scenario.
    UnknownNameError
        When it names something that is not there.
    UnitError
        When a dose or a time has a wrong unit.
    ScenarioError
        When it contradicts itself.
    """
    document = load_yaml(text, name)
    if isinstance(document.data, dict) and "controls" in document.data and "arms" not in document.data:
        raise FileFormatError("this is a lesson, not a scenario", where=name, cure="Teach it: remodelsim teach FILE.")
    shape = shaped(document, ScenarioShape)
    arms = tuple(_arm(document, model, shape, key) for key in shape.arms)
    baseline = shape.baseline or next(iter(shape.arms), "")
    horizon = read_time(document, shape.horizon, ("horizon",))
    readouts = tuple(
        model.readout(word, where=document.where(("readouts", i))).name for i, word in enumerate(shape.readouts)
    )
    expectations = tuple(
        each
        for i, expected in enumerate(shape.expect)
        for each in _expectations(document, model, shape, i, expected, baseline, horizon)
    )
    try:
        return Scenario(
            name=Path(name).name.removesuffix(".yaml"),
            title_en=shape.title.en,
            title_zh=shape.title.zh,
            question_en=shape.question.en,
            question_zh=shape.question.zh,
            horizon=horizon,
            arms=arms,
            baseline=baseline,
            readouts=readouts,
            expectations=expectations,
            formalism=shape.formalism,
            draws=shape.draws,
            seed=shape.seed,
        )
    except RemodelsimError as error:
        raise error.at(document.where()) from None


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors.

    Returns
    -------
    dict
        JSON Schema.
    """
    schema = ScenarioShape.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "remodelsim scenario", **schema}


def read_time(document: Document, value: Time, path: tuple[str | int, ...]) -> float:
    """Return a time in days; `value` stands at `path` of the document.

    Raises
    ------
    UnitError
        When it is no time; says where.
    """
    return parse_days(value, where=document.where(path))


def _arm(document: Document, model: Model, shape: ScenarioShape, key: str) -> Arm:
    arm = shape.arms[key]
    background: list[Action] = []
    for i, words in enumerate(shape.background):
        background += read_actions(
            document, model, words if "=" in words else f"{words}=on", Span(), 0.0, ("background", i)
        )
    own: list[Action] = []
    for i, action in enumerate(arm.actions):
        path: tuple[str | int, ...] = ("arms", key, "actions", i)
        start = read_time(document, action.start, (*path, "start"))
        stop = FOREVER if action.stop is None else read_time(document, action.stop, (*path, "stop"))
        every = 0.0 if action.every is None else read_time(document, action.every, (*path, "every"))
        try:
            span = Span(start, stop)
        except ScenarioError as error:
            raise error.at(document.where(path)) from None
        own += read_actions(document, model, action.do, span, every, (*path, "do"))
    try:
        protocol = Protocol(tuple(background)).override(Protocol(tuple(own)))
        check_regimens(protocol, model.compounds)
        return Arm(key, arm.label.en, arm.label.zh, protocol)
    except ScenarioError as error:
        raise error.at(document.where(("arms", key))) from None


def read_actions(
    document: Document, model: Model, text: str, span: Span, every: float, path: tuple[str | int, ...]
) -> list[Action]:
    """Turn assignments of a file into actions.

    Parameters
    ----------
    document, model
        The file, and the model that knows the names.
    text
        Assignments joined by ``&``.
    span, every
        When they hold, and days between doses (0 as labelled).
    path
        Where the text stands.

    Returns
    -------
    list of Action
        Clamps, doses and courses.

    Raises
    ------
    ScenarioError
        When a part is no assignment or names a time.
    RemodelsimError
        When a name, value or dose is wrong.
    """
    where = document.where(path)
    out: list[Action] = []
    for assignment in parse_assignments(text, where=where):
        if assignment.at_day is not None:
            raise ScenarioError("'@' belongs to questions; a scenario has start and stop", where=where)
        try:
            # what stands high or low in a background yields to compounds that act on it
            word = assignment.value if path[0] == "background" else ""
            out += as_circumstance(actions_of(model, assignment, span, every), word)
        except RemodelsimError as error:
            raise error.at(where) from None
    return out


def _expectations(
    document: Document,
    model: Model,
    shape: ScenarioShape,
    i: int,
    expected: ExpectationShape,
    baseline: str,
    horizon: float,
) -> list[Expectation]:
    path: tuple[str | int, ...] = ("expect", i)
    at_day = horizon if expected.at is None else read_time(document, expected.at, (*path, "at"))
    formalism = expected.formalism or shape.formalism
    if shape.formalism not in {"both", formalism}:
        raise FileFormatError(
            f"the scenario runs {shape.formalism} only",
            where=document.where((*path, "formalism")),
            allowed=[shape.formalism],
        )
    formalisms = ("ode", "boolean") if formalism == "both" else (formalism,)
    return [
        Expectation(
            arm=expected.arm,
            against=expected.against or baseline,
            readout=model.readout(word, where=document.where((*path, "then", word))).name,
            direction=direction,
            at_day=at_day,
            formalisms=formalisms,
            threshold=expected.threshold,
            where=document.where((*path, "then", word)),
        )
        for word, direction in expected.then.items()
    ]
