"""Any Boolean network: courses under five dynamics, exact where it can be, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.crowd import Crowd, crowds
from ..engines.boolean.discrete import STEPWISE, run_steps
from ..engines.boolean.exact import (
    MOST_NODES,
    Chain,
    chain_of_logic,
    independent_law,
    law_after,
    never_changing,
    node_means,
)
from ..engines.boolean.gillespie import FREE, Pace, Trajectories, trajectories
from ..engines.boolean.logic import Logic, compile_logic
from ..ground.errors import ScenarioError, SolveError
from ..ground.names import nearest
from ..nouns.rule import Rule
from ..nouns.rule_names import no_node
from .runs import threads

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int8]
CONTINUOUS = "continuous"
DYNAMICS = (CONTINUOUS, *STEPWISE)
EXACT_ERROR = 1e-9
COPIES = 10_240
_MOST_ENDS = 20
# so many copies or more are run 512 at a time, unless the time is so long that most networks have come to rest before
_CROWD, _LONG = 5_120, 100.0


@dataclass(frozen=True)
class Setting:
    """What is done to a Boolean network.

    Parameters
    ----------
    rules
        Node to rule; inputs are their own regulators.
    start
        Node to its probability of being on at the start; a half where missing.
    hold
        Node to the level at which it is held, 0 to 1.
    rates
        Node to its rates of switching on and off in continuous time; 1 where missing.

    Raises
    ------
    ScenarioError
        When a level is outside 0 to 1, or a rate not above 0.
    UnknownNameError
        When a node is not in the network.
    """

    rules: Mapping[str, Rule]
    start: Mapping[str, float] = field(default_factory=dict)
    hold: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.start, *self.hold, *self.rates):
            if name not in self.rules:
                raise no_node(name, self.rules)
        for name, level in (*self.start.items(), *self.hold.items()):
            if not 0.0 <= level <= 1.0:
                raise ScenarioError(f"{name} cannot stand at {level:g}", allowed=["0 to 1", "on", "off"])
        for name, pair in self.rates.items():
            if not all(np.isfinite(rate) and rate > 0.0 for rate in pair):
                raise ScenarioError(f"rates of {name} are {pair[0]:g} and {pair[1]:g}", allowed=["above 0"])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the nodes in the order of every array."""
        return tuple(self.rules)

    @cached_property
    def logic(self) -> Logic:
        """The rules as arrays."""
        return compile_logic(self.rules)

    @cached_property
    def begin(self) -> Floats:
        """Probability of each node to be on at the start, shape (n,)."""
        return np.array([self.start.get(name, 0.5) for name in self.names])

    @cached_property
    def held(self) -> Floats:
        """Levels of held nodes, -1 for free ones, shape (n,)."""
        return np.array([self.hold.get(name, FREE) for name in self.names])

    @cached_property
    def pace(self) -> Pace:
        """Rates and held nodes."""
        pairs = np.array([self.rates.get(name, (1.0, 1.0)) for name in self.names])
        return Pace(pairs[:, 0].copy(), pairs[:, 1].copy(), self.held)

    @property
    def given(self) -> Small:
        """Nodes held on or off, -1 for the others, shape (n,)."""
        return np.where(self.held == 0.0, 0, np.where(self.held == 1.0, 1, -1)).astype(np.int8)


@dataclass(frozen=True, slots=True)
class End:
    """A state at the end of a run, or an attractor that is reached.

    Parameters
    ----------
    state
        Node to 0, 1, or None where it moves.
    probability
        How likely it is.
    low, high
        95 % interval; both the probability where nothing was sampled.
    fixed
        Whether it is a fixed point.
    mean
        Node to its mean activity in an attractor; empty for the state at the end of a run.
    """

    state: Mapping[str, int | None]
    probability: float
    low: float
    high: float
    fixed: bool
    mean: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkCourse:
    """Probabilities of the nodes over time.

    Attributes
    ----------
    names
        Names of the nodes.
    dynamics
        One of `DYNAMICS`.
    times : float64 array, shape (t,)
        Times, or steps.
    mean, low, high : float64 arrays, shape (t, n)
        Probability of being on, and its 95 % interval.
    exact
        Whether nothing was sampled; then low and high differ from the mean by the bound of the error.
    copies
        Number of trajectories; 0 for an exact answer.
    worth : float64 array, shape (t, n)
        How many independent trajectories they are worth: copies that share a clock are a little alike.
    ends
        The likeliest states at the end, the likeliest first.
    """

    names: tuple[str, ...]
    dynamics: str
    times: Floats
    mean: Floats
    low: Floats
    high: Floats
    exact: bool
    copies: int
    worth: Floats
    ends: tuple[End, ...]


def interval(hits: Floats, copies: float | Floats) -> tuple[Floats, Floats]:
    """Return the 95 % interval of a share (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953).

    Parameters
    ----------
    hits : ndarray
        How often something was seen.
    copies
        Among how many.

    Returns
    -------
    tuple of ndarray
        Lower and upper end.

    Examples
    --------
    >>> [round(float(x), 3) for x in interval(np.array(0.0), 100)]
    [0.0, 0.037]
    """
    z2 = 1.959964**2
    share = hits / copies
    middle = (share + z2 / (2 * copies)) / (1 + z2 / copies)
    half = np.sqrt(z2 * (share * (1 - share) / copies + z2 / (4 * copies**2))) / (1 + z2 / copies)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def run_network(
    setting: Setting,
    *,
    until: float = 20.0,
    points: int = 20,
    dynamics: str = CONTINUOUS,
    copies: int = COPIES,
    seed: int = 1,
    exact: bool | None = None,
    progress: Callable[[int], None] | None = None,
) -> NetworkCourse:
    """Run a Boolean network.

    Parameters
    ----------
    setting
        The network and what is done to it.
    until
        Time of the end; steps in stepwise dynamics.
    points
        Number of times that are recorded after the start.
    dynamics
        "continuous" (each node that is asked to change flips at its rate), "synchronous", "asynchronous" (one node per
        step) or "general asynchronous" (any set of nodes per step).
    copies
        Number of trajectories where it is sampled.
    seed
        Seed.
    exact
        Whether to solve for the law instead of sampling; by default where 15 nodes or fewer matter, in continuous time.
    progress
        Called with the number of trajectories just finished.

    Returns
    -------
    NetworkCourse
        Probabilities with intervals.

    Raises
    ------
    ScenarioError
        When the dynamics is unknown, or a number is out of range.
    SolveError
        When an exact answer was demanded and is out of reach.
    """
    if dynamics not in DYNAMICS:
        raise ScenarioError(f"unknown dynamics '{dynamics}'", nearest=nearest(dynamics, DYNAMICS), allowed=DYNAMICS)
    if not (np.isfinite(until) and until > 0.0 and points > 0 and copies > 0):
        raise ScenarioError("end, points and copies must be above 0")
    times = np.linspace(0.0, until, points + 1)
    if dynamics != CONTINUOUS:
        if exact:
            raise SolveError("exact answers are for continuous time", cure="Leave the dynamics out, or sample.")
        steps = np.unique(np.round(times).astype(np.int64))
        seen = run_steps(
            setting.logic,
            setting.held,
            setting.begin,
            steps,
            dynamics=dynamics,
            count=copies,
            seed=seed,
            threads=threads(),
        )
        return _sampled(setting, dynamics, steps.astype(float), seen)
    if exact or exact is None:
        try:
            return _exactly(setting, times)
        except SolveError:
            if exact:
                raise
    return _in_time(setting, times, copies, seed, progress)


def _in_time(
    setting: Setting, times: Floats, copies: int, seed: int, progress: Callable[[int], None] | None
) -> NetworkCourse:
    """Sample in continuous time, by the engine that is faster for so many copies and so long a time."""
    case = (setting.logic, setting.pace, setting.begin, times)
    flips = float(times[-1]) * float(np.maximum(setting.pace.up, setting.pace.down).mean())
    seen: Trajectories | Crowd
    if copies >= _CROWD and flips <= _LONG:
        seen = crowds(*case, count=copies, seed=seed, threads=threads(), progress=progress)
    else:
        seen = trajectories(*case, count=copies, seed=seed, threads=threads(), progress=progress)
    return _sampled(setting, CONTINUOUS, times, seen)


def _sampled(setting: Setting, dynamics: str, times: Floats, seen: Trajectories | Crowd) -> NetworkCourse:
    mean = seen.mean if isinstance(seen, Crowd) else seen.on / seen.copies
    worth = seen.independent() if isinstance(seen, Crowd) else np.full(mean.shape, float(seen.copies))
    low, high = interval(mean * worth, worth)
    ends = _ends_of(setting, seen, float(worth[-1].mean()))
    return NetworkCourse(setting.names, dynamics, times, mean, low, high, False, seen.copies, worth, ends)


def _ends_of(setting: Setting, seen: Trajectories | Crowd, worth: float) -> tuple[End, ...]:
    states, first, counts = np.unique(seen.last, axis=0, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_ENDS]
    low, high = interval(counts / seen.copies * worth, worth)
    bits = np.unpackbits(states, axis=1, count=setting.logic.size, bitorder="little")
    return tuple(
        End(
            dict(zip(setting.names, bits[k].tolist(), strict=True)),
            float(counts[k] / seen.copies),
            float(low[k]),
            float(high[k]),
            bool(seen.fixed[first[k]]),
        )
        for k in order
    )


def matter(setting: Setting) -> tuple[Ints, Ints]:
    """Return the nodes that ever change, and the values of those that never do.

    Parameters
    ----------
    setting
        The network and what is done to it.

    Returns
    -------
    tuple of int64 array
        Nodes that change, and for every node its value for ever, -1 for those that change.
    """
    given = never_changing(setting.logic, setting.pace, setting.begin)
    return np.flatnonzero(given < 0), given


def begun(setting: Setting) -> tuple[Chain, Floats, Ints]:
    """Return the process of the nodes that change, its law at the start, and the values of the others.

    Parameters
    ----------
    setting
        The network and what is done to it.

    Returns
    -------
    tuple of Chain, float64 array and int64 array
        The process, the probability of each of its states at the start, and the value of every node that never changes
        (-1 for the others).

    Raises
    ------
    SolveError
        When more than 15 nodes change.
    """
    nodes, given = matter(setting)
    if nodes.size > MOST_NODES:
        raise SolveError(
            f"{nodes.size} nodes matter, too many for an exact answer",
            allowed=[f"up to {MOST_NODES}"],
            cure="Sample instead.",
        )
    first = np.where(setting.held >= 0.0, setting.held, setting.begin)
    return chain_of_logic(setting.logic, setting.pace, nodes, given), independent_law(first[nodes]), given


def _exactly(setting: Setting, times: Floats) -> NetworkCourse:
    chain, law, given = begun(setting)
    mean = np.tile(given.astype(float), (times.size, 1))
    mean[0, chain.nodes] = node_means(law)
    for k in range(1, times.size):
        law, _ = law_after(chain, law, float(times[k] - times[k - 1]))
        mean[k, chain.nodes] = node_means(law)
    low, high = np.maximum(mean - EXACT_ERROR, 0.0), np.minimum(mean + EXACT_ERROR, 1.0)
    likely = np.argsort(-law, kind="stable")[:_MOST_ENDS]
    ends = []
    for state in likely[law[likely] > EXACT_ERROR].tolist():
        values = given.copy()
        values[chain.nodes] = (state >> np.arange(chain.nodes.size)) & 1
        p = float(law[state])
        fixed = not chain.flip[state].any()
        ends.append(End(dict(zip(setting.names, values.tolist(), strict=True)), p, p, p, fixed))
    worth = np.full(mean.shape, np.inf)
    return NetworkCourse(setting.names, CONTINUOUS, times, mean, low, high, True, 0, worth, tuple(ends))
