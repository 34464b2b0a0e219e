"""Many replicates of the Boolean process, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clock import Bits, Board, Plan, Seen, Stretch, begin, replicate
from .events import Events, events_of
from .tables import Ints, Tables
from .words import COPIES, PARTS, words

Floats = NDArray[np.float64]
BURN_IN = 20.0
_LOOKS_PER_DAY = 1.0
_MOST_LOOKS = 90
_LEAST_LOOKS = 4
# words of state that stay in the cache of one core
_STATE_WORDS = 9000


@dataclass(frozen=True)
class Sample:
    """What replicates of the Boolean process show; r replicates, s stretches, l lanes, n nodes.

    A replicate is 512 copies that share the times of their events; replicates are independent of each other.

    Attributes
    ----------
    course : float64 array, shape (s, l, n)
        Share of the copies in which a node is on at the end of each stretch.
    means : float64 array, shape (r, s, l, n)
        Mean activity over the second half of each stretch, replicate by replicate.
    course_error : float64 array, shape (s, l, n)
        Standard error of the course.
    """

    course: Floats
    means: Floats
    course_error: Floats

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.means.shape[0])

    @property
    def copies(self) -> int:
        """Number of copies of the process in all replicates."""
        return self.replicates * COPIES


def sample(
    tables: Tables,
    stretches: Sequence[Stretch],
    *,
    replicates: int,
    seed: int,
    burn_in: float = BURN_IN,
    threads: int = 1,
    wanted: Sequence[int] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """Run replicates of all lanes under one clock.

    Parameters
    ----------
    tables
        The rules.
    stretches
        What is done, stretch after stretch.
    replicates
        Number of replicates, of 512 copies each.
    seed
        Seed; the same seed gives the same bytes, whatever the number of threads and whatever stands in other lanes.
    burn_in
        Days of health before day 0.
    threads
        Threads to use.
    wanted
        Nodes whose means must be precise, all by default; the means of the others are those of their states.
    progress
        Called with the number of replicates just finished.

    Returns
    -------
    Sample
        Courses and means.
    """
    n, lanes = tables.level.size, stretches[0].alpha.shape[0]
    precise = np.ones(n, np.bool_) if wanted is None else np.isin(np.arange(n), np.asarray(wanted, np.int64))
    seeds = np.random.SeedSequence(seed).generate_state(replicates, np.uint32)
    means = np.empty((replicates, len(stretches), lanes, n))
    courses = np.empty_like(means)
    groups = [(part, plan_of([_some(s, part) for s in stretches])) for part in _groups(n, lanes)]
    stops = stops_of(burn_in, [s.days for s in stretches], groups[0][1].looks)

    def one(k: int) -> int:
        events = events_of(int(seeds[k]), tables, stops)
        healthy = begin_of(int(seeds[k]), tables, events)
        for part, plan in groups:
            seen = seen_for(tables, plan)
            replicate(int(seeds[k]), tables, plan, events, healthy, precise, board_for(tables, plan), seen)
            courses[k, :, part], means[k, :, part] = seen.course, seen.means
        return 1

    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(one, range(replicates)):
            if progress is not None:
                progress(done)
    spread = courses.std(axis=0, ddof=1) if replicates > 1 else np.full(courses.shape[1:], np.nan)
    return Sample(courses.mean(axis=0), means, spread / np.sqrt(replicates))


def stops_of(burn_in: float, days: Sequence[float], looks: Ints) -> Floats:
    """Return the times of all stops: the begin, and for each stretch its looks and its end.

    Parameters
    ----------
    burn_in
        Days before the first stretch.
    days
        Lengths of the stretches.
    looks
        Looks in the second half of each.

    Returns
    -------
    ndarray
        Ascending.
    """
    out, start = [burn_in], burn_in
    for length, count in zip(days, looks.tolist(), strict=True):
        out.extend((start + length * (0.5 + 0.5 * (np.arange(count) + 0.5) / count)).tolist())
        start += length
        out.append(start)
    return np.array(out)


def begin_of(seed: int, tables: Tables, events: Events) -> Bits:
    """Return the healthy state with which a replicate begins.

    Parameters
    ----------
    seed, tables, events
        The replicate, the rules, its events.

    Returns
    -------
    uint64 array, shape (n, 8)
        One word per node.
    """
    n = tables.level.size
    health = plan_of([Stretch(np.zeros((1, n)), np.ones((1, n)), 0.0)])
    board = board_for(tables, health)
    begin(seed, tables, health, events, board)
    return board.state


def _groups(n: int, lanes: int) -> Iterator[slice]:
    """Cut the lanes into groups whose state fits into the cache; the groups see the same random numbers."""
    pieces = -(-lanes // max(_STATE_WORDS // n, 1))
    size = -(-lanes // pieces)
    for start in range(0, lanes, size):
        yield slice(start, min(start + size, lanes))


def _some(stretch: Stretch, part: slice) -> Stretch:
    return Stretch(stretch.alpha[part], stretch.beta[part], stretch.days)


def plan_of(stretches: Sequence[Stretch], looks: int | None = None) -> Plan:
    """Make stretches ready for the kernel: the different actions on each node, and which lane has which.

    Parameters
    ----------
    stretches
        What is done.
    looks
        Looks in the second half of each stretch; once a day, 4 to 90, by default.

    Returns
    -------
    Plan
        The same as arrays.
    """
    days = np.array([stretch.days for stretch in stretches])
    lanes, n = stretches[0].alpha.shape
    kind = np.zeros((len(stretches), n, lanes), np.int64)
    first = np.zeros((len(stretches), n + 1), np.int64)
    alphas: list[float] = []
    betas: list[float] = []
    for s, stretch in enumerate(stretches):
        touched = ~((stretch.alpha == 0.0) & (stretch.beta == 1.0)).all(axis=0)
        for i in range(n):
            first[s, i] = len(alphas)
            actions = {(0.0, 1.0): 0} if not touched[i] else {}
            if touched[i]:
                pairs = zip(stretch.alpha[:, i].tolist(), stretch.beta[:, i].tolist(), strict=True)
                kind[s, i] = [actions.setdefault(pair, len(actions)) for pair in pairs]
            alphas.extend(a for a, _ in actions)
            betas.extend(b for _, b in actions)
        first[s, n] = len(alphas)
    usual = np.clip(np.ceil(0.5 * days * _LOOKS_PER_DAY), _LEAST_LOOKS, _MOST_LOOKS)
    number = usual.astype(np.int64) if looks is None else np.full(days.size, looks, np.int64)
    return Plan(number, first, np.array(alphas), np.array(betas), kind, _seized(stretches))


def _seized(stretches: Sequence[Stretch]) -> NDArray[np.bool_]:
    """Tell which nodes are held that were not held so before, shape (stretches, n, lanes)."""
    out = []
    alpha, beta = np.zeros_like(stretches[0].alpha), np.ones_like(stretches[0].beta)
    for stretch in stretches:
        out.append(((stretch.beta == 0.0) & ((beta != 0.0) | (alpha != stretch.alpha))).T)
        alpha, beta = stretch.alpha, stretch.beta
    return np.ascontiguousarray(np.stack(out))


def board_for(tables: Tables, plan: Plan) -> Board:
    """Return words to compute a plan with.

    Parameters
    ----------
    tables
        The rules.
    plan
        What is done.

    Returns
    -------
    Board
        Empty words, enough for the state of every lane and for the diagram of every node under every action.
    """
    n, lanes = tables.level.size, plan.kind.shape[2]
    block = np.diff(tables.leaf_first) + np.diff(tables.choice_first)
    actions = np.diff(plan.first, axis=1)
    return Board(words(n * lanes), words(int((block * actions).max())), words(PARTS))


def seen_for(tables: Tables, plan: Plan) -> Seen:
    """Return empty arrays for what a run of a plan shows."""
    stretches, n, lanes = plan.kind.shape
    courses = np.empty((2, stretches, lanes, n))
    at, on = np.zeros((tables.value.size, lanes), np.int64), np.zeros((n, lanes), np.int64)
    return Seen(courses[0], courses[1], at, on)
