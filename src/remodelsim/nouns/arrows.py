"""The arrows of a page: those between drawn nodes, and folded ones that run through nodes that are not drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..ground.errors import ScenarioError
from ..ground.names import nearest
from .model import Model

# a folded arrow stands for at most so many arrows
LONGEST_FOLD = 6
# a compound that acts on so many drawn nodes is shown there only
ENOUGH_DIRECT = 3


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: an arrow of the network, or an effect of a compound.

    Attributes
    ----------
    source, target
        Names of nodes, or of a compound and a node.
    sign
        +1 or -1.
    strength
        In (0, 1].
    claims
        Ids of its claims.
    assumption
        Why it is believed where no claim says so.
    given
        Whether the source is a compound, which may be called like a node.
    """

    source: str
    target: str
    sign: int
    strength: float
    claims: tuple[str, ...]
    assumption: str
    given: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow that is drawn.

    Attributes
    ----------
    source, target
        What it joins; the source may be a compound.
    hops
        What it stands for: one, or several through nodes that are not drawn.
    """

    source: str
    target: str
    hops: tuple[Hop, ...]

    @property
    def given(self) -> bool:
        """Whether the source is a compound."""
        return self.hops[0].given

    @property
    def sign(self) -> int:
        """Whether it raises (+1) or lowers (-1)."""
        return 1 if sum(hop.sign < 0 for hop in self.hops) % 2 == 0 else -1

    @property
    def weight(self) -> float:
        """Share of the source that arrives: the product of its strengths."""
        share = 1.0
        for hop in self.hops:
            share *= hop.strength
        return share


def arrows_of(
    model: Model,
    nodes: Sequence[str],
    compounds: Sequence[str] = (),
    chosen: Sequence[tuple[str, str]] | None = None,
) -> tuple[Arrow, ...]:
    """Return what is drawn between some nodes.

    Parameters
    ----------
    model
        The model.
    nodes
        The drawn nodes.
    compounds
        Compounds that act on them.
    chosen
        The pairs of nodes that are joined; by default every pair that an arrow of the network joins, and for a node
        without any the strongest way through nodes that are not drawn.

    Returns
    -------
    tuple of Arrow
        Arrows between nodes, then those of compounds: on their targets, or where these are not drawn, on the drawn node
        that most of it reaches.

    Raises
    ------
    ScenarioError
        When two nodes are chosen that nothing joins.
    """
    steps, shown = _steps(model), set(nodes)
    found = {name: {a.target: a for a in _ways(name, steps, shown)} for name in nodes}
    if chosen is None:
        drawn = _by_default(nodes, found)
    else:
        drawn = [_chosen(found, source, target) for source, target in chosen]
    return (*drawn, *(arrow for name in compounds for arrow in _of_compound(model, name, steps, shown)))


def _chosen(found: Mapping[str, Mapping[str, Arrow]], source: str, target: str) -> Arrow:
    arrow = found[source].get(target)
    if arrow is None:
        raise ScenarioError(
            f"nothing leads from {source} to {target} past the other drawn nodes",
            where="arrows",
            nearest=nearest(target, found[source]),
            allowed=[f"{source} -> {name}" for name in found[source]],
        )
    return arrow


def _by_default(nodes: Sequence[str], found: Mapping[str, Mapping[str, Arrow]]) -> list[Arrow]:
    drawn = {(a.source, a.target): a for name in nodes for a in found[name].values() if len(a.hops) == 1}
    for name in nodes:
        into = [found[other][name] for other in nodes if name in found[other]]
        for ways, end in ((into, "target"), (list(found[name].values()), "source")):
            if ways and not any(getattr(arrow, end) == name for arrow in drawn.values()):
                best = max(ways, key=lambda arrow: arrow.weight)
                drawn[best.source, best.target] = best
    return list(drawn.values())


def _of_compound(model: Model, name: str, steps: Mapping[str, list[Hop]], shown: set[str]) -> list[Arrow]:
    """Return the arrows of a compound: on its drawn targets; where these are few, on what the others reach best."""
    hops: dict[str, Hop] = {}
    for effect in sorted(model.compounds[name].effects, key=lambda each: -each.strength):
        known = hops.get(effect.node)
        if known is None:
            told = tuple(effect.claims), effect.assumption
            hops[effect.node] = Hop(name, effect.node, effect.sign, effect.strength, *told, given=True)
        else:
            # two actions on one node (a window): the stronger one gives the sign, both their claims
            hops[effect.node] = replace(known, claims=tuple(dict.fromkeys([*known.claims, *effect.claims])))
    direct = [Arrow(name, hop.target, (hop,)) for hop in hops.values() if hop.target in shown]
    if len(direct) >= ENOUGH_DIRECT:
        return direct
    drawn = {arrow.target: arrow for arrow in direct}
    for hop in hops.values():
        ways = [Arrow(name, way.target, (hop, *way.hops)) for way in _ways(hop.target, steps, shown)]
        best = max(ways, key=lambda arrow: arrow.weight, default=None)
        if hop.target not in shown and best is not None:
            drawn.setdefault(best.target, best)
    return list(drawn.values())


def _steps(model: Model) -> Mapping[str, list[Hop]]:
    """List the hops out of every node."""
    steps: dict[str, list[Hop]] = {}
    for e in model.network.edges:
        hop = Hop(e.source, e.target, e.sign, e.strength, tuple(e.claims), e.assumption)
        steps.setdefault(e.source, []).append(hop)
    return steps


def _ways(start: str, steps: Mapping[str, list[Hop]], shown: set[str]) -> list[Arrow]:
    """Find the strongest way from a node to every drawn one, through nodes that are not drawn."""
    best: dict[str, Arrow] = {}
    frontier = {start: Arrow(start, start, ())}
    for _ in range(LONGEST_FOLD):
        reached: dict[str, Arrow] = {}
        for arrow in frontier.values():
            for hop in steps.get(arrow.target, []):
                longer = Arrow(start, hop.target, (*arrow.hops, hop))
                table = best if hop.target in shown else reached
                known = table.get(hop.target)
                if hop.target != start and (known is None or _better(longer, known)):
                    table[hop.target] = longer
        frontier = reached
    return list(best.values())


def _better(arrow: Arrow, other: Arrow) -> bool:
    """Tell whether an arrow goes before another: a direct one before all, else the one that carries more."""
    if (len(arrow.hops) == 1) != (len(other.hops) == 1):
        return len(arrow.hops) == 1
    return arrow.weight > other.weight
