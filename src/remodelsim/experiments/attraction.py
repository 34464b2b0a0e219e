"""Where a Boolean network comes to rest: attractors of three kinds, and how likely each is from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.aeon import attractors_by_aeon
from ..engines.boolean.attractors import attractors_of
from ..engines.boolean.exact import settled_law
from ..engines.boolean.gillespie import trajectories
from ..engines.boolean.traps import smallest_trap_spaces
from ..files.bnet import write_bnet
from ..ground.errors import ScenarioError, SolveError
from ..ground.names import nearest
from ..nouns.rule import Expr, Rule
from .networks import COPIES, End, Setting, begun, interval
from .runs import threads

Floats: TypeAlias = NDArray[np.float64]
Small: TypeAlias = NDArray[np.int8]
ASYNCHRONOUS, PERMISSIVE, FIXED = "asynchronous", "most permissive", "fixed points"
KINDS = (ASYNCHRONOUS, PERMISSIVE, FIXED)
MOST_LISTED = 10_000


@dataclass(frozen=True)
class Attraction:
    """The attractors of a network.

    Attributes
    ----------
    names
        Names of the nodes.
    kind
        One of `KINDS`.
    spaces : int8 array, shape (k, n)
        The attractors that are listed: 0, 1, or -1 for nodes that move.
    states
        Number of states of each, of the nodes on which it depends; 0 where it was not counted.
    count
        Number of attractors; more than are listed when they are very many.
    fixed_points
        Number of those that are single states.
    complete
        Whether it is proven that there are no others.
    """

    names: tuple[str, ...]
    kind: str
    spaces: Small
    states: tuple[float, ...]
    count: int
    fixed_points: int
    complete: bool

    def listed(self) -> list[dict[str, int | None]]:
        """Return the attractors as node to 0, 1, or None where it moves."""
        return [
            {name: None if v < 0 else int(v) for name, v in zip(self.names, space, strict=True)}
            for space in self.spaces
        ]


def find_attractors(
    setting: Setting,
    *,
    kind: str = ASYNCHRONOUS,
    most: int = MOST_LISTED,
    seconds: float = 60.0,
    megabytes: float = np.inf,
    aeon: bool = False,
) -> Attraction:
    """Return the attractors of a Boolean network.

    Parameters
    ----------
    setting
        The network and what is held on or off; a node held in between counts as free.
    kind
        "asynchronous" (one node changes at a time), "most permissive" (the smallest trap spaces) or "fixed points".
    most
        Largest number to list.
    seconds, megabytes
        Most time to spend and most memory to take; what was found by then is said to be incomplete.
    aeon
        Whether AEON (extra ``attractors``) may take over, without limit of time, what stays undecided.

    Returns
    -------
    Attraction
        What was found, and whether it is proven to be all.

    Raises
    ------
    ScenarioError
        When the kind is unknown, or a node is held between on and off.
    SolveError
        When AEON is asked for and not installed.
    """
    if kind not in KINDS:
        raise ScenarioError(f"unknown kind of attractor '{kind}'", nearest=nearest(kind, KINDS), allowed=KINDS)
    between = next((name for name, level in setting.hold.items() if level not in {0.0, 1.0}), None)
    if between is not None:
        raise ScenarioError(f"{between} is held at {setting.hold[between]:g}", allowed=["on", "off"])
    if kind != ASYNCHRONOUS:
        traps = smallest_trap_spaces(
            setting.logic,
            setting.given,
            single_states=kind == FIXED,
            most=most,
            seconds=seconds,
            megabytes=megabytes,
        )
        spaces = _first(traps, most, setting.logic.size)
        states = tuple(1.0 if (space >= 0).all() else 0.0 for space in spaces)
        return Attraction(setting.names, kind, spaces, states, traps.count, traps.fixed_points, traps.complete)
    found = attractors_of(setting.logic, setting.given, most=most, seconds=seconds, megabytes=megabytes)
    if aeon and not found.complete:
        return _by_aeon(setting)
    listed = found.listed(most)
    spaces = _first((a.space for a in listed), most, setting.logic.size)
    counted = tuple(float(a.states) for a in listed)
    return Attraction(setting.names, kind, spaces, counted, found.count, found.fixed_points, found.complete)


def _first(spaces: Iterable[Small], most: int, size: int) -> Small:
    out: list[Small] = []
    for space in spaces:
        if len(out) == most:
            break
        out.append(space)
    return np.stack(out) if out else np.zeros((0, size), np.int8)


def _by_aeon(setting: Setting) -> Attraction:
    held = {name: Rule(name, Expr("const", value=level == 1.0)) for name, level in setting.hold.items()}
    found = attractors_by_aeon(write_bnet({**setting.rules, **held}), list(setting.names))
    spaces = np.stack([space for space, _ in found])
    counts = tuple(count for _, count in found)
    fixed = int((spaces >= 0).all(axis=1).sum())
    return Attraction(setting.names, ASYNCHRONOUS, spaces, counts, len(found), fixed, complete=True)


def reached(
    setting: Setting, spaces: Sequence[Small] | Small, *, copies: int = COPIES, seed: int = 1
) -> tuple[list[End], float]:
    """Return how likely each attractor is reached from the start, in continuous time.

    Parameters
    ----------
    setting
        The network and what is done to it.
    spaces
        The attractors: 0, 1, or -1 for nodes that move.
    copies
        Number of trajectories where it is sampled.
    seed
        Seed.

    Returns
    -------
    tuple of list and float
        One entry per attractor, and the share of trajectories that had reached none of them by the end.
    """
    try:
        chain, law, given = begun(setting)
        weight, _ = settled_law(chain, law)
    except SolveError:
        # a hundred times the slowest node: whoever is on the way still will be counted as such
        horizon = np.array([100.0 / float(min(setting.pace.up.min(), setting.pace.down.min()))])
        seen = trajectories(
            setting.logic, setting.pace, setting.begin, horizon, count=copies, seed=seed, threads=threads()
        )
        bits = np.unpackbits(seen.last, axis=1, count=setting.logic.size, bitorder="little").astype(np.int8)
        weight, sampled = np.full(copies, 1.0 / copies), True
    else:
        bits = np.tile(given.astype(np.int8), (weight.size, 1))
        bits[:, chain.nodes] = (np.arange(weight.size)[:, None] >> np.arange(chain.nodes.size)) & 1
        sampled = False
    out, met = [], np.zeros(weight.size, np.bool_)
    for space in spaces:
        inside = ((space < 0) | (bits == space)).all(axis=1)
        met |= inside
        out.append(_end(setting.names, space, weight[inside], bits[inside], copies if sampled else 0))
    return out, max(float(1.0 - weight[met].sum()), 0.0)


def _end(names: Sequence[str], space: Small, weight: Floats, bits: Small, copies: int) -> End:
    p = float(weight.sum())
    low, high = interval(np.array(p * copies), copies) if copies else (np.array(p), np.array(p))
    state: Mapping[str, int | None] = {n: None if v < 0 else int(v) for n, v in zip(names, space, strict=True)}
    # where nobody came, what moves is taken to be on half of the time
    mean = weight @ bits / p if p > 0.0 else np.where(space < 0, 0.5, space)
    means = dict(zip(names, mean.tolist(), strict=True))
    return End(state, p, float(low), float(high), bool((space >= 0).all()), means)
