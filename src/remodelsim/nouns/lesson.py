"""Lessons: what a page of bone shows, what can be changed on it, and tasks to predict, try and explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..ground.errors import ScenarioError
from ..ground.names import nearest
from .intervention import Action, Dosing, Protocol
from .lesson_parts import Chart, Control, Preset, Task, Text, subject_of
from .network import LANES

# what a page can lay out so that a person still sees it
MOST_NODES, MOST_IN_LANE, MOST_ARROWS = 26, 10, 45
MOST_CONTROLS, MOST_ADVANCED = 5, 8
MOST_CHARTS, MOST_TASKS = 3, 8


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Parameters
    ----------
    name, title, question
        What it is called, and what it asks.
    horizon
        Last day of the curves.
    background
        What holds whatever is chosen.
    controls
        What can be changed.
    nodes
        What of the network is drawn; the rest is folded.
    lanes
        Lane of every drawn node.
    arrows
        Pairs of nodes that are joined; None for those that the network joins.
    labels
        Names of nodes that differ from the model's.
    charts
        Curves; the first readout of the first chart is the headline.
    presets
        Circumstances to start from.
    tasks
        Predict, try, explain.
    teacher
        Notes for teachers.

    Raises
    ------
    ScenarioError
        When it shows more than can be laid out, two controls set one thing, or a number makes no sense.
    """

    name: str
    title: Text
    question: Text
    horizon: float
    background: tuple[Action, ...]
    controls: tuple[Control, ...]
    nodes: tuple[str, ...]
    lanes: Mapping[str, str]
    arrows: tuple[tuple[str, str], ...] | None
    labels: Mapping[str, Text]
    charts: tuple[Chart, ...]
    presets: tuple[Preset, ...]
    tasks: tuple[Task, ...]
    teacher: Text

    def __post_init__(self) -> None:
        if not 1.0 <= self.horizon <= 100 * 365.0:
            raise ScenarioError(
                f"a horizon of {self.horizon:g} days makes no sense", where="horizon", allowed=["1 day to 100 years"]
            )
        self._check_sizes()
        self._check_picture()
        self._check_subjects()

    def _check_sizes(self) -> None:
        shown = [c for c in self.controls if not c.advanced]
        for count, most, part, what, cure in (
            (len(shown), MOST_CONTROLS, "controls", "controls at the start", "Mark others 'advanced: true'."),
            (len(self.controls) - len(shown), MOST_ADVANCED, "controls", "advanced controls", "Leave some out."),
            (len(self.charts), MOST_CHARTS, "charts", "charts", "Leave some out."),
            (len(self.tasks), MOST_TASKS, "tasks", "tasks", "Make two lessons of it."),
        ):
            if count > most:
                raise ScenarioError(
                    f"{count} {what}, more than a page holds", where=part, allowed=[f"up to {most}"], cure=cure
                )
        if not shown:
            raise ScenarioError("a lesson needs a control that is not advanced", where="controls")
        if not self.charts:
            raise ScenarioError("a lesson needs a chart", where="charts")

    def _check_picture(self) -> None:
        doubled = next((name for name in self.nodes if self.nodes.count(name) > 1), None)
        if doubled is not None:
            raise ScenarioError(f"node {doubled} is shown twice", where="nodes", cure="Keep one of the two.")
        if not 2 <= len(self.nodes) <= MOST_NODES:
            raise ScenarioError(
                f"{len(self.nodes)} nodes cannot be laid out",
                where="nodes",
                allowed=[f"2 to {MOST_NODES}"],
                cure="Leave out those that the lesson does not speak of; arrows run through them all the same.",
            )
        if self.arrows is not None and len(self.arrows) > MOST_ARROWS:
            raise ScenarioError(
                f"{len(self.arrows)} arrows cannot be told apart", where="arrows", allowed=[f"up to {MOST_ARROWS}"]
            )
        for lane in LANES:
            held = [name for name in self.nodes if self.lanes[name] == lane]
            if len(held) > MOST_IN_LANE:
                raise ScenarioError(
                    f"{len(held)} nodes in the lane '{lane}' cannot be laid out ({', '.join(held[:4])} ...)",
                    where="nodes",
                    allowed=[f"up to {MOST_IN_LANE} in a lane"],
                    cure="Leave out those that the lesson does not speak of; arrows run through them all the same.",
                )

    def _check_subjects(self) -> None:
        users = [("the background", action) for action in self.background]
        for control in self.controls:
            mine = [action for option in control.options for action in option.actions]
            for action in mine:
                for user, other in users:
                    if subject_of(action) == subject_of(other) and action.span.overlaps(other.span):
                        raise ScenarioError(
                            f"control '{control.name}' and {user} both set {subject_of(action)}",
                            where="controls",
                            cure="Make one control of them, or give each a time of its own.",
                        )
            users += [(f"control '{control.name}'", action) for action in mine]

    def control(self, name: str) -> Control:
        """Return a control.

        Raises
        ------
        ScenarioError
            When there is none of that name.
        """
        names = [control.name for control in self.controls]
        if name not in names:
            raise ScenarioError(f"unknown control '{name}'", nearest=nearest(name, names), allowed=names)
        return self.controls[names.index(name)]

    def protocol(self, settings: Mapping[str, int]) -> Protocol:
        """Return what is done at some positions; a control that is not named stands at its first.

        Parameters
        ----------
        settings
            Control to position.

        Returns
        -------
        Protocol
            The background and every control's actions.
        """
        chosen = (c.options[settings.get(c.name, c.first)].actions for c in self.controls)
        return Protocol((*self.background, *(action for actions in chosen for action in actions)))

    def compounds(self) -> tuple[str, ...]:
        """Return the compounds that it can give, in the order of the controls."""
        actions = (a for control in self.controls for option in control.options for a in option.actions)
        given = [a.compound for a in (*self.background, *actions) if isinstance(a, Dosing)]
        return tuple(dict.fromkeys(given))
