"""The Boolean process without sampling: the law of the whole state, for networks of a few free nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError
from .tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_NODES = 14
_TAIL = 1e-10
_SETTLED = 1e-11
_MOST_STEPS = 200_000


def relevant(tables: Tables, wanted: Ints, fixed: NDArray[np.bool_]) -> Ints:
    """Return the nodes that the wanted ones depend on, themselves included, in ascending order.

    Parameters
    ----------
    tables
        The rules.
    wanted
        Nodes that are asked for.
    fixed
        Whether a node is held (its regulators do not matter then), shape (n,).

    Returns
    -------
    int64 array
        The relevant nodes.
    """
    todo, seen = [int(i) for i in wanted], set()
    while todo:
        i = todo.pop()
        if i in seen:
            continue
        seen.add(i)
        if not fixed[i]:
            start = int(tables.first[i])
            todo.extend(int(r) for r in tables.regulator[start : start + int(tables.count[i])])
    return np.asarray(sorted(seen), np.int64)


def _probabilities(tables: Tables, nodes: Ints, alpha: Floats, beta: Floats) -> Floats:
    """Return, for every state of `nodes` and every node, the probability that it becomes 1 when resampled."""
    states = np.arange(1 << nodes.size)
    place = {int(node): k for k, node in enumerate(nodes)}
    out = np.empty((states.size, nodes.size))
    for k, node in enumerate(nodes):
        if beta[node] == 0.0:
            out[:, k] = alpha[node]
            continue
        corner = np.zeros(states.size, np.int64)
        for j in range(int(tables.count[node])):
            bit = place[int(tables.regulator[tables.first[node] + j])]
            corner |= ((states >> bit) & 1) << j
        out[:, k] = alpha[node] + beta[node] * tables.asked[tables.offset[node] + corner]
    return out


def _step(law: Floats, chance: Floats, share: Floats) -> Floats:
    """Apply one event of the uniformised clock to the law of the state."""
    out = np.zeros_like(law)
    size = chance.shape[1]
    for k in range(size):
        cube = law.reshape(-1, 2, 1 << k)
        # probability mass of each pair of states that differ in node k, split anew by what node k asks for
        p = chance[:, k].reshape(-1, 2, 1 << k)
        up = (cube * p).sum(axis=1)
        both = cube.sum(axis=1)
        part = out.reshape(-1, 2, 1 << k)
        part[:, 1, :] += share[k] * up
        part[:, 0, :] += share[k] * (both - up)
    return out


def exact_means(
    tables: Tables, alpha: Floats, beta: Floats, wanted: Ints, *, days: float = np.inf, start: Floats | None = None
) -> tuple[Ints, Floats]:
    """Return the exact mean activities of the relevant nodes, at one day or in the long run.

    Parameters
    ----------
    tables
        The rules.
    alpha, beta : ndarray, shape (n,)
        Action on what each node asks for; a held node has beta 0.
    wanted
        Nodes that are asked for.
    days
        Time after the start; infinite for the stationary law.
    start : ndarray, shape (n,), optional
        Probabilities of the independent nodes at the start; healthy levels by default.

    Returns
    -------
    tuple of int64 array and float64 array
        The relevant nodes and their probability of being on; error below 1e-9.

    Raises
    ------
    SolveError
        When more than 14 free nodes are relevant, or the law does not settle.

    References
    ----------
    Uniformisation: Jensen 1953, https://doi.org/10.1080/03461238.1953.10419459
    """
    nodes = relevant(tables, wanted, beta == 0.0)
    if nodes.size > MOST_NODES:
        raise SolveError(
            f"{nodes.size} nodes matter, too many for an exact answer",
            allowed=[f"up to {MOST_NODES}"],
            cure="Sample instead.",
        )
    chance = _probabilities(tables, nodes, alpha, beta)
    rate = tables.rate[nodes]
    total = float(rate.sum())
    levels = tables.level if start is None else start
    law = np.ones(1)
    for node in nodes:
        law = np.concatenate([law * (1.0 - levels[node]), law * levels[node]])
    law = _settled(law, chance, rate / total) if np.isinf(days) else _transient(law, chance, rate / total, total * days)
    states = np.arange(law.size)
    return nodes, np.array([law[(states >> k) & 1 == 1].sum() for k in range(nodes.size)])


def _settled(law: Floats, chance: Floats, share: Floats) -> Floats:
    for _ in range(_MOST_STEPS):
        after = _step(law, chance, share)
        if float(np.abs(after - law).sum()) < _SETTLED * float(share.min()):
            return after
        law = after
    raise SolveError("the law of the Boolean process does not settle")


def _transient(law: Floats, chance: Floats, share: Floats, events: float) -> Floats:
    """Mix the laws after 0, 1, 2 ... events with Poisson weights of mean `events`."""
    out, weight_left, k = np.zeros_like(law), 1.0, 0
    log_weight = -events
    while weight_left > _TAIL and k < _MOST_STEPS:
        weight = float(np.exp(log_weight))
        out += weight * law
        weight_left -= weight
        law = _step(law, chance, share)
        k += 1
        log_weight += np.log(events / k) if events > 0.0 else -np.inf
    return out / out.sum()
