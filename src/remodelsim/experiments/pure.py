"""The model at strength 1: its rules as a plain Boolean network, inputs as they stand in health."""

from __future__ import annotations

from collections.abc import Mapping

from ..ground.errors import ScenarioError
from ..nouns.assignment import protocol_of
from ..nouns.intervention import Clamp
from ..nouns.model import Model
from .networks import Setting

FORMATION, RESORPTION = "BoneFormation", "BoneResorption"
# an input that stands at this level or above in health is on
ON_FROM = 0.5


def pure_setting(model: Model, text: str = "", *, free_inputs: bool = False) -> Setting:
    """Return the rules of a model with what holds, for questions to the plain Boolean network.

    Parameters
    ----------
    model
        The model.
    text
        What holds, ``A=on & B=off`` or the name of a background.
    free_inputs
        Whether inputs that are not set stay free; else they stand as in health, on from level 0.5.

    Returns
    -------
    Setting
        Rules, held nodes, and rates 1/tau per day.

    Raises
    ------
    UnknownNameError
        When a name is unknown.
    ScenarioError
        When something else than nodes is set: compounds move nodes a little, plain rules know on and off alone.
    """
    network = model.network
    hold: dict[str, float] = {}
    if not free_inputs:
        hold = {name: float(network.node(name).level >= ON_FROM) for name in network.inputs}
    for action in protocol_of(model, text, where="baseline"):
        if not isinstance(action, Clamp):
            raise ScenarioError(
                f"'{text}' gives a compound or a course, but plain rules know on and off alone",
                cure="Hold the nodes that it acts on, such as 'TNF=off'.",
            )
        hold[action.node] = action.level
    rates = {node.name: (24.0 / node.tau_h, 24.0 / node.tau_h) for node in network.nodes}
    start = {node.name: node.level for node in network.nodes}
    return Setting(network.rules, start, hold, rates)


def bone_word(state: Mapping[str, int | None]) -> str:
    """Return what a state or attractor of the model means for bone.

    Parameters
    ----------
    state
        Node to 0, 1, or None where it moves.

    Returns
    -------
    str
        "gains", "loses", "keeps" or "turns over", empty where the network has no bone.
    """
    if FORMATION not in state or RESORPTION not in state:
        return ""
    formed, resorbed = state[FORMATION], state[RESORPTION]
    if formed is None or resorbed is None:
        return "turns over"
    return {1: "gains", 0: "keeps", -1: "loses"}[formed - resorbed]
