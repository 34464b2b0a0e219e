"""Goals of control, and what may be done to reach them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ScenarioError
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Clamp, Dosing, Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout

Floats: TypeAlias = NDArray[np.float64]
GOALS = ("up", "down", "healthy")
# what is an effect of bone, not a target of a drug
_NO_TARGETS = frozenset({"cell", "process", "outcome"})
_GOAL = re.compile(r"\s*([^:<>=]+?)\s*(?::\s*(\w+)|([<>])=?\s*([-+0-9.eE]+))\s*")


@dataclass(frozen=True)
class Goal:
    """What a readout must do.

    Parameters
    ----------
    readout
        The readout.
    word
        "up" or "down" against the baseline, "healthy" (at least as good as in health), or "<" or ">".
    limit
        For "<" and ">", the value not to exceed or to reach.
    """

    readout: Readout
    word: str
    limit: float = 0.0

    def margin(self, value: Floats, baseline: Floats, healthy: float, threshold: float) -> Floats:
        """Return by how much the goal is met, above 0 where it is.

        Parameters
        ----------
        value, baseline
            The readout with and without.
        healthy
            Its healthy value.
        threshold
            Smallest change that counts, in its unit.

        Returns
        -------
        ndarray
            In the unit of the readout.
        """
        if self.word == "up":
            return value - baseline - threshold
        if self.word == "down":
            return baseline - value - threshold
        if self.word == "healthy":
            low, high = value - healthy + threshold, healthy - value + threshold
            return {"up": low, "down": high}.get(self.readout.better, np.minimum(low, high))
        return self.limit - value if self.word == "<" else value - self.limit


def goal_of(model: Model, text: str) -> Goal:
    """Read a goal: ``BMD_hip:up``, ``CTX:down``, ``BMD_hip:healthy``, ``RANKL<0.5``.

    Parameters
    ----------
    model
        The model.
    text
        The goal.

    Returns
    -------
    Goal
        The goal.

    Raises
    ------
    ScenarioError
        When it is no goal.
    UnknownNameError
        When no readout bears the name.
    """
    match = _GOAL.fullmatch(text)
    if match is None or (match[2] and match[2] not in GOALS):
        raise ScenarioError(f"'{text}' is no goal", allowed=[f"READOUT:{word}" for word in GOALS] + ["READOUT<VALUE"])
    readout = model.readout(match[1])
    try:
        return Goal(readout, match[2]) if match[2] else Goal(readout, match[3], float(match[4]))
    except ValueError:
        raise ScenarioError(f"'{match[4]}' is no number", where=text) from None


@dataclass(frozen=True)
class Choice:
    """One intervention that may be part of a solution.

    Parameters
    ----------
    label
        As it is written: ``TNF=off``, ``Quercetin=on``.
    protocol
        What is done.
    """

    label: str
    protocol: Protocol


def choices_of(
    model: Model, baseline: Protocol, goals: Sequence[Goal], forbid: Iterable[str], kinds: Sequence[str]
) -> list[Choice]:
    """Return what may be done: every compound at its usual dose, every node on and off.

    Parameters
    ----------
    model
        The model.
    baseline
        What holds anyway; it is not changed.
    goals
        Readouts; the nodes of their formulae are not held.
    forbid
        Names of nodes and compounds to leave alone.
    kinds
        "compounds", "nodes" or both.

    Returns
    -------
    list of Choice
        Compounds first.

    Raises
    ------
    UnknownNameError
        When a forbidden name is unknown.
    """
    barred = {name for text in forbid for kind in model.subject(text) for name in [model.find(kind, text)]}
    barred |= {action.node for action in baseline if isinstance(action, Clamp)}
    barred |= {action.compound for action in baseline if isinstance(action, Dosing)}
    barred |= {node for goal in goals for node in nodes_behind(model, goal.readout)}
    out: list[Choice] = []
    if "compounds" in kinds:
        out += [
            Choice(f"{compound.name}=on", Protocol((Dosing(compound.name, compound.default_dose),)))
            for compound in model.compounds.values()
            if compound.name not in barred
        ]
    if "nodes" in kinds:
        out += [
            Choice(f"{node.name}={word}", Protocol((Clamp(node.name, level),)))
            for node in model.network.nodes
            if node.name not in barred and node.kind not in _NO_TARGETS
            for word, level in (("off", 0.0), ("on", 1.0))
        ]
    return out
