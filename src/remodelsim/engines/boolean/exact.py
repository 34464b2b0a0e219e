"""The Boolean process without sampling: the law of the whole state, for networks of up to 15 nodes that matter.

A state of k nodes is a number below 2^k, bit j being the j-th of them. Any process in which one node flips at a time is
a table of rates; its law is found by uniformisation (Jensen 1953, https://doi.org/10.1080/03461238.1953.10419459).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...ground.errors import SolveError
from .events import DOOR
from .gillespie import Pace
from .logic import TRUE, Choices, Logic, constant_under
from .tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_NODES = 15
# additions that one law may cost, a matter of seconds
MOST_WORK = 2e10
_TAIL = 1e-11
_PRECISE = 1e-10


class Chain(NamedTuple):
    """A process in which one node at a time flips; k nodes.

    Attributes
    ----------
    nodes : int64 array, shape (k,)
        The nodes of the network that bits stand for.
    flip : float64 array, shape (2^k, k)
        Rate at which each node flips in each state.
    """

    nodes: Ints
    flip: Floats

    @property
    def fastest(self) -> float:
        """Largest rate at which any state is left."""
        return float(self.flip.sum(axis=1).max(initial=0.0))


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


def _refuse_many(count: int) -> None:
    if count > MOST_NODES:
        raise SolveError(
            f"{count} nodes matter, too many for an exact answer",
            allowed=[f"up to {MOST_NODES}"],
            cure="Sample instead.",
        )


def chain_of_tables(tables: Tables, alpha: Floats, beta: Floats, nodes: Ints) -> Chain:
    """Return the process of nodes that resample themselves.

    Parameters
    ----------
    tables
        The rules.
    alpha, beta : ndarray, shape (n,)
        Action on what each node asks for; a held node has beta 0.
    nodes
        Nodes that include the regulators of all free ones among them.

    Returns
    -------
    Chain
        Their process.

    Raises
    ------
    SolveError
        When there are more than 15 nodes.
    """
    _refuse_many(nodes.size)
    states = np.arange(1 << nodes.size)
    place = {int(node): k for k, node in enumerate(nodes)}
    flip = np.empty((states.size, nodes.size))
    for k, node in enumerate(nodes):
        corner = np.zeros(states.size, np.int64)
        if beta[node] != 0.0:
            for j in range(int(tables.count[node])):
                corner |= ((states >> place[int(tables.regulator[tables.first[node] + j])]) & 1) << j
        p = alpha[node] + beta[node] * tables.asked[tables.offset[node] + corner]
        flip[:, k] = tables.rate[node] * np.where((states >> k) & 1, 1.0 - p, p)
    return Chain(nodes, np.maximum(flip, 0.0))


def chain_of_logic(logic: Logic, pace: Pace, nodes: Ints, given: Ints) -> Chain:
    """Return the process of a Boolean network in continuous time.

    Parameters
    ----------
    logic, pace
        The network, its rates, and what is held.
    nodes
        Nodes that include every regulator of theirs that is not given.
    given : int64 array, shape (n,)
        0 or 1 for nodes that never change, -1 for the others.

    Returns
    -------
    Chain
        Their process.

    Raises
    ------
    SolveError
        When there are more than 15 nodes.
    """
    _refuse_many(nodes.size)
    states = np.arange(1 << nodes.size)
    place = {int(node): k for k, node in enumerate(nodes)}
    flip = np.zeros((states.size, nodes.size))
    for k, node in enumerate(nodes.tolist()):
        on, hold = ((states >> k) & 1).astype(bool), float(pace.hold[node])
        rate = np.where(on, pace.down[node], pace.up[node])
        if hold >= 0.0:
            flip[:, k] = rate * np.where(on, 1.0 - hold, hold)
        else:
            flip[:, k] = rate * (_asked(logic.choices(node), states, place, given) != on)
    return Chain(nodes, flip)


def _asked(choices: Choices, states: Ints, place: dict[int, int], given: Ints) -> NDArray[np.bool_]:
    """Return what a rule asks for in every state."""
    found = [np.zeros(states.size, np.bool_), np.ones(states.size, np.bool_)]
    for which, high, low in zip(choices.which.tolist(), choices.high.tolist(), choices.low.tolist(), strict=True):
        if given[which] >= 0:
            found.append(found[high] if given[which] == TRUE else found[low])
        else:
            found.append(np.where((states >> place[which]) & 1, found[high], found[low]))
    return found[choices.root]


def independent_law(level: Floats) -> Floats:
    """Return the law of independent nodes.

    Parameters
    ----------
    level : ndarray, shape (k,)
        Probability of each node to be on.

    Returns
    -------
    ndarray, shape (2^k,)
        Probability of every state.
    """
    law = np.ones(1)
    for p in level:
        law = np.concatenate([law * (1.0 - p), law * p])
    return law


def node_means(law: Floats) -> Floats:
    """Return the probability of each node to be on under a law, shape (k,)."""
    inputs = law.size.bit_length() - 1
    return np.array([law.reshape(-1, 2, 1 << k)[:, 1].sum() for k in range(inputs)])


@njit(**DOOR)
def _step(law: Floats, flip: Floats, leave: Floats, fastest: float, out: Floats) -> None:
    """Apply one event of the uniformised clock to a law."""
    for s in range(law.size):
        arriving = law[s] * (fastest - leave[s])
        for k in range(flip.shape[1]):
            other = s ^ (1 << k)
            arriving += law[other] * flip[other, k]
        out[s] = arriving / fastest


@njit(**DOOR)
def _mixture(
    law: Floats, flip: Floats, leave: Floats, fastest: float, time: float, tail: float, whole: Floats
) -> Floats:
    """Mix the laws after 0, 1, 2 ... events with Poisson weights; `whole` receives the mean law over the time."""
    mean = fastest * time
    now, after, out = law.copy(), np.empty_like(law), np.zeros_like(law)
    whole[:] = 0.0
    log_weight, reached, k = -mean, 0.0, 0
    # rounding may keep the sum of the weights below 1: beyond twelve standard deviations nothing is left in any case
    while (reached < 1.0 - tail or k <= mean) and k < mean + 12.0 * np.sqrt(mean) + 60.0:
        weight = np.exp(log_weight)
        reached += weight
        later = max(1.0 - reached, 0.0) / mean
        for s in range(law.size):
            out[s] += weight * now[s]
            whole[s] += later * now[s]
        _step(now, flip, leave, fastest, after)
        now, after = after, now
        k += 1
        log_weight += np.log(mean / k)
    return out / out.sum()


@njit(**DOOR)
def _steps(law: Floats, flip: Floats, leave: Floats, fastest: float, count: int) -> Floats:
    now, after = law.copy(), np.empty_like(law)
    for _ in range(count):
        _step(now, flip, leave, fastest, after)
        now, after = after, now
    return now


def law_after(chain: Chain, law: Floats, time: float) -> tuple[Floats, Floats]:
    """Return the law of a process after some time, and its mean over that time.

    Parameters
    ----------
    chain
        The process.
    law : ndarray, shape (2^k,)
        Probability of every state at the start.
    time
        How much later.

    Returns
    -------
    tuple of ndarray
        Law and mean law; each probability is off by less than 1e-9.

    Raises
    ------
    SolveError
        When so many events fall into the time that the answer would take minutes.
    """
    fastest = chain.fastest
    if time <= 0.0 or fastest == 0.0:
        return law.copy(), law.copy()
    _refuse_work(chain, fastest * time)
    whole = np.empty_like(law)
    out = _mixture(law, chain.flip, chain.flip.sum(axis=1), fastest, time, _TAIL, whole)
    return out, whole / whole.sum()


def _refuse_work(chain: Chain, events: float) -> None:
    if events * chain.flip.size > MOST_WORK:
        raise SolveError("an exact answer would take minutes", cure="Sample instead.")


def settled_law(chain: Chain, law: Floats) -> tuple[Floats, float]:
    """Return the law to which a process comes in the long run.

    Parameters
    ----------
    chain
        The process.
    law : ndarray, shape (2^k,)
        Probability of every state at the start.

    Returns
    -------
    tuple of ndarray and float
        The law, and a bound of its error (sum of absolute differences), below 1e-10 unless said otherwise, taken from
        the pace at which the law still changes.

    Raises
    ------
    SolveError
        When the law does not settle within the work that is allowed.
    """
    fastest = chain.fastest
    if fastest == 0.0:
        return law.copy(), 0.0
    # a little slower clock, so that no state is left for certain and the law cannot go round in circles
    fastest *= 1.05
    leave, events, before = chain.flip.sum(axis=1), 64, np.inf
    now = law
    while True:
        _refuse_work(chain, float(events))
        after = _steps(now, chain.flip, leave, fastest, events)
        change = float(np.abs(after - now).sum())
        now = after
        pace = min(change / before, 1.0) if before > 0.0 else 0.0
        bound = change * pace / (1.0 - pace) if pace < 1.0 else np.inf
        # twice as many events square the pace, if a single slow motion is left
        if bound < _PRECISE and change < np.sqrt(_PRECISE):
            return now / now.sum(), max(bound, 1e-13)
        before, events = change, events * 2


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
        When more than 15 nodes are relevant, or the answer would take minutes.
    """
    nodes = relevant(tables, wanted, beta == 0.0)
    chain = chain_of_tables(tables, alpha, beta, nodes)
    law = independent_law((tables.level if start is None else start)[nodes])
    later = settled_law(chain, law)[0] if np.isinf(days) else law_after(chain, law, days)[0]
    return nodes, node_means(later)


def never_changing(logic: Logic, pace: Pace, start: Floats) -> Ints:
    """Return the nodes that keep their first value for ever: certain at the start, and asked for nothing else.

    Parameters
    ----------
    logic, pace
        The network, and what is held.
    start : ndarray, shape (n,)
        Probability of each node to be on at the start.

    Returns
    -------
    int64 array, shape (n,)
        0 or 1 for them, -1 for the others.
    """
    first = np.where(pace.hold >= 0.0, pace.hold, start)
    given = np.where(first == 0.0, 0, np.where(first == 1.0, 1, -1)).astype(np.int64)
    todo = True
    while todo:
        todo = False
        for i in np.flatnonzero((given >= 0) & (pace.hold < 0.0)).tolist():
            if constant_under(logic.choices(i), given) != given[i]:
                given[i] = -1
                todo = True
    return given
