"""Where the nodes of an explanation stand: lanes from top to bottom, from what is done on the left to what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...engines.ode.cells import CELL_STATES
from ...experiments.arrows import ACTION, Arrow
from ...experiments.explanation import Route, Why
from ...nouns.model import Model

LANES = ("gut", "immune", "hormone", "osteoblast", "osteoclast", "bone")
MOST_NODES, MOST_ARROWS = 24, 40
_LARGE, _MOST_ROUTES = 0.08, 4
_CELL_LANES = {
    "preosteoblasts": "osteoblast",
    "osteoblasts": "osteoblast",
    "osteocytes": "osteoblast",
    "sclerostin": "osteoblast",
    "sclerostin_bound": "osteoblast",
    "coupling": "osteoblast",
    "preosteoclasts": "osteoclast",
    "osteoclasts": "osteoclast",
}


@dataclass(frozen=True)
class Placed:
    """A picture laid out.

    Names are those of nodes and cells; a compound's begins with "=".

    Attributes
    ----------
    arrows
        The arrows that are drawn.
    column
        Name to its column, from 0 for what is done on.
    lane
        Name to its lane; empty for what is done and for what is read.
    row
        Name to its place within its lane, from 0 on.
    starts
        What is done: compounds, and nodes that are set.
    """

    arrows: tuple[Arrow, ...]
    column: Mapping[str, int]
    lane: Mapping[str, str]
    row: Mapping[str, int]
    starts: frozenset[str]

    @property
    def heights(self) -> dict[str, int]:
        """Lane to the number of rows that it needs; lanes without nodes are left out."""
        used = {lane: 1 + max(self.row[n] for n, at in self.lane.items() if at == lane) for lane in self.lane.values()}
        return {lane: used[lane] for lane in LANES if lane in used}


def place(model: Model, why: Why) -> Placed:
    """Choose the arrows that carry most and lay them out.

    Parameters
    ----------
    model
        The model, for the lanes.
    why
        The answer.

    Returns
    -------
    Placed
        Arrows and places; every arrow lies on a way from what is done to what is read.
    """
    arrows = _chosen(why)
    names = list(dict.fromkeys(name for arrow in arrows for name in arrow.key))
    starts = _starts(why, arrows)
    column = _columns(arrows, starts, why.readout)
    lane = {n: _lane(model, n) for n in names if not n.startswith("=") and n != why.readout}
    row: dict[str, int] = {}
    taken: dict[tuple[str, int], int] = {}
    weight = {n: sum(abs(a.share) for a in arrows if n in a.key) for n in names}
    for name in sorted(lane, key=lambda n: (column[n], -weight[n], n)):
        spot = (lane[name], column[name])
        row[name] = taken.get(spot, 0)
        taken[spot] = row[name] + 1
    return Placed(tuple(arrows), column, lane, row, frozenset(starts))


def _lane(model: Model, name: str) -> str:
    if name in model.network.index:
        lane = model.network.node(name).lane
        return "bone" if lane == "matrix" else lane
    return _CELL_LANES.get(name, "bone") if name in CELL_STATES else "bone"


def _starts(why: Why, arrows: Sequence[Arrow]) -> set[str]:
    """Return the compounds and the nodes with which the arrows begin."""
    known = {name for arrow in arrows for name in arrow.key}
    found = {route.arrows[0].key[0] for route in why.routes if route.arrows}
    return (found | {arrow.key[0] for arrow in arrows if arrow.kind == ACTION}) & known


def _chosen(why: Why) -> list[Arrow]:
    """Take the strongest arrows, and drop those that lead nowhere, until few enough nodes are left."""
    ranked = sorted(why.arrows, key=lambda arrow: -abs(arrow.share))
    routes = {arrow.mark: arrow for route in _told(why) for arrow in route.arrows}
    best: list[Arrow] = list(routes.values())
    for most in range(4, min(len(ranked), MOST_ARROWS) + 1):
        kept = {arrow.mark: arrow for arrow in [*routes.values(), *ranked[:most]]}
        found = _on_a_way(list(kept.values()), _starts(why, list(kept.values())), why.readout)
        if len({name for arrow in found for name in arrow.key}) > MOST_NODES:
            break
        best = found or best
    return best


def _told(why: Why) -> list[Route]:
    """Return the strongest chain of each cause that matters, so that none of them hangs in the air."""
    out: dict[tuple[str, str], Route] = {}
    for route in why.routes:
        if route.arrows:
            out.setdefault((route.cause.name, route.cause.node), route)
    large = {(c.cause.name, c.cause.node) for c in why.causes if max(abs(c.goes.value), abs(c.alone.value)) >= _LARGE}
    found = [route for key, route in out.items() if key in large][:_MOST_ROUTES]
    return found or list(why.routes[:2])


def _on_a_way(arrows: Sequence[Arrow], starts: set[str], goal: str) -> list[Arrow]:
    """Keep the arrows that lie between a start and the goal."""
    ahead = _reached(starts, [a.key for a in arrows])
    back = _reached({goal}, [(a.target, a.key[0]) for a in arrows])
    return [a for a in arrows if a.key[0] in ahead and a.target in back]


def _reached(start: set[str], steps: Sequence[tuple[str, str]]) -> set[str]:
    seen, wave = set(start), list(start)
    while wave:
        here = wave.pop()
        new = [target for source, target in steps if source == here and target not in seen]
        seen |= set(new)
        wave += new
    return seen


def _columns(arrows: Sequence[Arrow], starts: set[str], goal: str) -> dict[str, int]:
    """Return columns: one behind the last arrow that leads to a node, arrows back left aside."""
    steps: dict[str, list[str]] = {}
    for arrow in arrows:
        steps.setdefault(arrow.key[0], []).append(arrow.target)
    forward: list[tuple[str, str]] = []
    done: dict[str, int] = {}

    def visit(name: str) -> None:
        done[name] = 1
        for target in steps.get(name, []):
            if done.get(target) == 1:
                continue
            forward.append((name, target))
            if target not in done:
                visit(target)
        done[name] = 2

    for name in sorted(starts):
        visit(name)
    column = dict.fromkeys(done, 0)
    for _ in column:
        for source, target in forward:
            column[target] = max(column[target], column[source] + 1)
    column[goal] = max(column.values(), default=0) if goal in column else 0
    return column
