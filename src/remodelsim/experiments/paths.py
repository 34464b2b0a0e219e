"""Which chain of arrows made an answer: local sensitivities along the edges, from what is done to what is read.

The strength of a chain is the disturbance that it starts with times the slopes of its arrows, taken at the state
halfway between the two arms. The cell layer of the ODE is followed by the rules of its nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.slopes import edge_slopes
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Clamp, Dosing, Protocol
from ..nouns.model import Model
from ..nouns.network import Edge
from .asking import Comparison
from .draws import Draw, engine_of
from .plan import affine
from .readings import value_of

Floats: TypeAlias = NDArray[np.float64]
LONGEST = 14
_STEP = 1e-4
_WEAKEST = 1e-9


@dataclass(frozen=True)
class Path:
    """A chain of arrows.

    Attributes
    ----------
    start
        What is done at its start, such as ``Quercetin`` or ``RANKL held at 1``.
    nodes
        The nodes it passes, the first one included.
    edges
        The arrows between them.
    effect
        What it does to the readout, in units of the readout, to first order.
    """

    start: str
    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    effect: float

    def text(self) -> str:
        """Write the chain with an arrow for raising and a bar for lowering.

        Returns
        -------
        str
            Such as ``Quercetin: RANKL -> RANKL_RANK -| X``.
        """
        parts = [self.nodes[0]]
        for edge in self.edges:
            parts += ["→" if edge.sign > 0 else "⊣", edge.target]
        return f"{self.start}: {' '.join(parts)}"


def strongest_paths(comparison: Comparison, states: tuple[Floats, Floats], formalism: str) -> dict[str, Path]:
    """Find the strongest chain that raises the readout and the strongest one that lowers it.

    Parameters
    ----------
    comparison
        The two arms and what is read.
    states : tuple of ndarray, shape (n,)
        Activities without and with the intervention.
    formalism
        "ode" or "boolean".

    Returns
    -------
    dict
        "up" and "down" to the strongest chain, where there is one.
    """
    model, draw = comparison.model, engine_of(comparison.model).reference
    x = np.clip(0.5 * (states[0] + states[1]), 0.0, 1.0)
    slopes = edge_slopes(draw.program, draw.constants, x)
    held = {model.network.index[action.node] for action in comparison.with_ if isinstance(action, Clamp)}
    starts = _starts(model, draw, comparison, states, formalism, held)
    reached = _spread(draw, slopes, starts, held)
    found: dict[str, Path] = {}
    for node, slope in _readout_slopes(comparison, x).items():
        for up in (True, False):
            path = _trace(model, reached, starts, model.network.index[node], up, slope)
            if path is None or abs(path.effect) < _WEAKEST:
                continue
            word = "up" if path.effect > 0.0 else "down"
            if word not in found or abs(path.effect) > abs(found[word].effect):
                found[word] = path
    return found


def _starts(
    model: Model, draw: Draw, comparison: Comparison, states: tuple[Floats, Floats], formalism: str, held: set[int]
) -> dict[int, tuple[float, str]]:
    """Return the nodes that the intervention disturbs itself: by how much, and what does it."""
    out: dict[int, tuple[float, str]] = {}
    before = set(comparison.without)
    for action in comparison.with_:
        if action in before:
            continue
        if isinstance(action, Dosing):
            compound = model.compounds[action.compound]
            alpha, beta = affine(model, draw, [(compound, action.amount)], formalism)
            for k in np.flatnonzero((alpha != 0.0) | (beta != 1.0)).tolist():
                if k not in held:
                    asked = float(states[0][k])
                    out[k] = (float(alpha[k]) + float(beta[k]) * asked - asked, action.compound)
        else:
            i = model.network.index[action.node]
            told = f"{action.node} held at {action.level:g}" if isinstance(action, Clamp) else action.course
            out[i] = (float(states[1][i] - states[0][i]), told)
    for node in _released(comparison):
        i = model.network.index[node]
        out.setdefault(i, (float(states[1][i] - states[0][i]), f"{node} set free"))
    return out


def _released(comparison: Comparison) -> list[str]:
    """Return the nodes that only the arm without holds."""
    still = {action.node for action in comparison.with_ if not isinstance(action, Dosing)}
    gone = [action.node for action in comparison.without if not isinstance(action, Dosing)]
    return [node for node in gone if node not in still]


@dataclass(frozen=True)
class _Reached:
    """The strongest chains to each node; L lengths, n nodes, sign 0 for down and 1 for up.

    Attributes
    ----------
    strength : float64 array, shape (L, n, 2)
        Logarithm of the effect.
    through : int64 array, shape (L, n, 2)
        The last arrow.
    slopes : float64 array, shape (e,)
        Slope of every arrow.
    """

    strength: Floats
    through: NDArray[np.int64]
    slopes: Floats


def _spread(draw: Draw, slopes: Floats, starts: Mapping[int, tuple[float, str]], held: set[int]) -> _Reached:
    """Follow the arrows length by length; a chain ends at a node that is held."""
    n = draw.constants.level.size
    source, target = draw.program.source, draw.program.target
    free = (np.abs(slopes) > 0.0) & ~np.isin(target, list(held))
    edges = np.flatnonzero(free)
    gain = np.log(np.abs(slopes[edges]))
    flips = (slopes[edges] < 0.0).astype(np.int64)
    strength = np.full((LONGEST + 1, n, 2), -np.inf)
    through = np.full((LONGEST + 1, n, 2), -1, np.int64)
    for i, (by, _) in starts.items():
        if by != 0.0:
            strength[0, i, int(by > 0.0)] = np.log(abs(by))
    for length in range(1, LONGEST + 1):
        reach = np.concatenate([strength[length - 1, source[edges], sign] + gain for sign in (0, 1)])
        order = np.argsort(reach, kind="stable")
        order = order[np.isfinite(reach[order])]
        # of several ways to one place the strongest is written last and stays
        where, sign = np.tile(target[edges], 2)[order], np.concatenate([flips, 1 - flips])[order]
        strength[length, where, sign] = reach[order]
        through[length, where, sign] = np.tile(edges, 2)[order]
    return _Reached(strength, through, slopes)


def _trace(
    model: Model,
    reached: _Reached,
    starts: Mapping[int, tuple[float, str]],
    node: int,
    up: bool,
    slope: float,
) -> Path | None:
    """Walk the strongest chain to a node back to its start."""
    sign = int(up)
    length = int(np.argmax(reached.strength[:, node, sign]))
    strength = float(reached.strength[length, node, sign])
    if not np.isfinite(strength):
        return None
    effect = np.exp(strength) * (1.0 if up else -1.0) * slope
    edges: list[Edge] = []
    here = node
    while length > 0:
        e = int(reached.through[length, here, sign])
        edge = model.network.edges[e]
        edges.append(edge)
        here, sign, length = model.network.index[edge.source], sign ^ int(reached.slopes[e] < 0.0), length - 1
    edges.reverse()
    names = (model.network.names[here], *(edge.target for edge in edges))
    return Path(starts[here][1], names, tuple(edges), float(effect))


def _readout_slopes(comparison: Comparison, x: Floats) -> dict[str, float]:
    """Return the slope of the readout by each node behind it; bone is followed by its Boolean formula."""
    model, readout = comparison.model, comparison.readout
    names = nodes_behind(model, readout)
    values = {name: np.asarray(x[i]) for i, name in enumerate(model.network.names)}
    start = float(value_of(model, readout, "boolean", values))
    out = {}
    for name in names:
        moved = float(value_of(model, readout, "boolean", {**values, name: values[name] + _STEP}))
        slope = (moved - start) / _STEP
        if np.isfinite(slope) and slope != 0.0:
            out[name] = slope
    return out


def steps_between(
    model: Model, without: Protocol, with_: Protocol, readouts: Sequence[tuple[tuple[str, ...], bool]]
) -> int | None:
    """Return how many encoded arrows lie between what is done and what is read, by the shortest way.

    Parameters
    ----------
    model
        The model.
    without, with_
        The two arms.
    readouts
        Per readout the nodes behind it, and whether it is one of them (else its formula counts as an arrow).

    Returns
    -------
    int or None
        The largest number over the readouts; a compound's action is an arrow. None where no way leads there.
    """
    distance: dict[str, int] = {}
    before, after = set(without), set(with_)
    for action in before ^ after:
        if isinstance(action, Dosing):
            distance |= {e.node: min(1, distance.get(e.node, 1)) for e in model.compounds[action.compound].effects}
        else:
            distance[action.node] = 0
    wave = sorted(distance, key=lambda name: distance[name])
    followers: dict[str, list[str]] = {}
    for edge in model.network.edges:
        followers.setdefault(edge.source, []).append(edge.target)
    while wave:
        here = wave.pop(0)
        for target in followers.get(here, []):
            if target not in distance:
                distance[target] = distance[here] + 1
                wave.append(target)
    counts = [min((distance[n] + (not own) for n in nodes if n in distance), default=None) for nodes, own in readouts]
    return None if any(count is None for count in counts) else max(count for count in counts if count is not None)
