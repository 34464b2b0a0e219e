"""The model at strength 1: its attractors under several backgrounds, and what each means for bone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..nouns.background import Background
from ..nouns.model import Model
from .attraction import find_attractors, reached
from .networks import End
from .pure import FORMATION, ON_FROM, RESORPTION, pure_setting
from .runs import Progress

BUILDERS, BREAKERS = "osteoblast", "osteoclast"
COPIES = 2_000


@dataclass(frozen=True)
class Place:
    """One attractor under one background.

    Attributes
    ----------
    background
        The background.
    end
        The attractor, how likely it is reached from health, and the mean of every node in it.
    builders, breakers
        Share of the nodes of the osteoblast and of the osteoclast lane that are on, 0 to 1.
    formation, resorption
        How much of the time bone is formed and resorbed, 0 to 1.
    """

    background: Background
    end: End
    builders: float
    breakers: float
    formation: float
    resorption: float

    @property
    def verdict(self) -> str:
        """What it means for bone: "gains", "loses", "turns over" (evenly), or "keeps" (nothing happens)."""
        balance = self.formation - self.resorption
        if abs(balance) > _EVEN:
            return "gains" if balance > 0.0 else "loses"
        return "turns over" if self.formation > _EVEN else "keeps"


@dataclass(frozen=True)
class Landscape:
    """Attractors under several backgrounds.

    Attributes
    ----------
    places
        Background by background, the likeliest first.
    start
        Share of the nodes of the two lanes that are on in health: builders, breakers.
    undecided
        Background to the share of trajectories that had reached no attractor by the end.
    """

    places: tuple[Place, ...]
    start: tuple[float, float]
    undecided: dict[str, float]


def landscape(
    model: Model,
    backgrounds: Sequence[str],
    *,
    copies: int = COPIES,
    seconds: float = 60.0,
    seed: int = 1,
    progress: Progress | None = None,
) -> Landscape:
    """Find the attractors of the model's rules at strength 1 under backgrounds, and how likely each is from health.

    Parameters
    ----------
    model
        The model.
    backgrounds
        Names of backgrounds; a level between off and on counts as on from 0.5, as that of an input does.
    copies
        Number of trajectories.
    seconds
        Longest time to search under one background.
    seed
        Seed.
    progress
        Called with the number of backgrounds just finished.

    Returns
    -------
    Landscape
        The attractors.

    Raises
    ------
    UnknownNameError
        When there is no such background.
    ScenarioError
        When a background gives a course: plain rules know on and off alone.
    """
    places: list[Place] = []
    undecided: dict[str, float] = {}
    for name in dict.fromkeys(model.find("background", name) for name in backgrounds):
        setting = pure_setting(model, f"{name}=on")
        setting = replace(setting, hold={node: float(level >= ON_FROM) for node, level in setting.hold.items()})
        found = find_attractors(setting, seconds=seconds)
        ends, undecided[name] = reached(setting, found.spaces, copies=copies, seed=seed)
        ends.sort(key=lambda end: -end.probability)
        places += [_place(model, model.backgrounds[name], end) for end in ends]
        if progress is not None:
            progress(1)
    levels = {node.name: node.level for node in model.network.nodes}
    start = tuple(_share(model, levels, lane) for lane in (BUILDERS, BREAKERS))
    return Landscape(tuple(places), (start[0], start[1]), undecided)


def _place(model: Model, background: Background, end: End) -> Place:
    mean = end.mean
    return Place(
        background,
        end,
        builders=_share(model, mean, BUILDERS),
        breakers=_share(model, mean, BREAKERS),
        formation=mean[FORMATION],
        resorption=mean[RESORPTION],
    )


def _share(model: Model, mean: Mapping[str, float], lane: str) -> float:
    values = [mean[node.name] for node in model.network.nodes if node.lane == lane]
    return sum(values) / len(values)


# a difference of this share of the time counts as a balance
_EVEN = 0.02
