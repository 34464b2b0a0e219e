"""Many courses at once: draws of the parameters times arms of an experiment, through lanes, on several threads.

The result does not depend on the number of threads, on how samples are dealt to them, or on their order: each sample
is computed by the same operations wherever it sits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError
from .course import Stretch
from .lane_data import Doings, Draws, healthy_states, make_numbers, make_scratch
from .lane_queue import DONE, NOT_FINITE, STEP_TOO_SMALL, TOO_MANY_STEPS, Asked, Found, Plan, make_desk, run_queue
from .layout import Layout
from .stiff import make_stepper
from .system import OUTS
from .vector import WIDTH

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[int], None]

# tolerances by which a readout is right to about a hundredth of the threshold of verdicts
RTOL, ATOL = 1e-3, 1e-5
MOST_STEPS = 5_000
_PARTS_PER_THREAD, _LARGEST_PART = 2, 512
_REASONS = {
    TOO_MANY_STEPS: "it took too many steps",
    STEP_TOO_SMALL: "the steps became too small",
    NOT_FINITE: "the rates were not finite",
}


@dataclass(frozen=True)
class Sample:
    """One draw on one course.

    Parameters
    ----------
    draw
        Number of the draw.
    stretches
        What is done, end to end.
    """

    draw: int
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Courses:
    """What came of many samples; M samples, T times, N states.

    Attributes
    ----------
    values : ndarray, shape (M, T, columns)
        Wanted columns at the wanted days: nodes, cells, then outputs of the cell layer; nan beyond where a sample was
        given up.
    last : ndarray, shape (M, N)
        State at the end of each course, or where it was given up.
    status : ndarray, shape (M,)
        0 for a finished sample; else 1 (too many steps), 2 (steps too small) or 3 (rates not finite).
    day : ndarray, shape (M,)
        Day of `last`.
    steps : ndarray, shape (M, 2)
        Steps taken and refused.
    """

    values: Floats
    last: Floats
    status: Ints
    day: Floats
    steps: Ints

    @property
    def failed(self) -> Ints:
        """Samples that were given up, ascending."""
        return np.flatnonzero(self.status != DONE).astype(np.int64)

    def require(self) -> Courses:
        """Return the courses when all of them were finished.

        Returns
        -------
        Courses
            These.

        Raises
        ------
        SolveError
            When a sample was given up; says which, at which day and why.
        """
        if self.failed.size:
            m = int(self.failed[0])
            raise SolveError(
                f"{self.failed.size} of {self.status.size} courses could not be finished, the first (number {m}) "
                f"beyond day {self.day[m]:.6g}: {_REASONS[int(self.status[m])]}",
                cure="Check the strengths and doses, or report the scenario.",
            )
        return self


def _distinct(samples: Sequence[Sample]) -> tuple[Ints, Doings]:
    """Return which doing each stretch does, and the different ones (drugs and days left aside)."""
    index: dict[bytes, int] = {}
    rows: list[list[NDArray[np.generic]]] = []
    which: list[int] = []
    for sample in samples:
        for stretch in sample.stretches:
            parts = [np.ascontiguousarray(getattr(stretch.doing, name)) for name in Doings._fields]
            key = b"".join(part.tobytes() for part in parts)
            if key not in index:
                index[key] = len(rows)
                rows.append(parts)
            which.append(index[key])
    return np.asarray(which, dtype=np.int64), Doings(*(np.stack(column) for column in zip(*rows, strict=True)))


def make_plan(samples: Sequence[Sample]) -> Plan:
    """Turn samples into arrays.

    Parameters
    ----------
    samples
        At least one; each with at least one stretch.

    Returns
    -------
    Plan
        The same as arrays; what is done more than once stands there once.

    Raises
    ------
    SolveError
        When a sample has no stretch, or stretches that do not join end to end.
    """
    stretches = [stretch for sample in samples for stretch in sample.stretches]
    for m, sample in enumerate(samples):
        if not sample.stretches:
            raise SolveError(f"course {m} has no stretch")
        for before, after in zip(sample.stretches, sample.stretches[1:], strict=False):
            if after.start != before.stop:
                raise SolveError(f"course {m} stops on day {before.stop:g} and goes on on day {after.start:g}")
    which, doings = _distinct(samples)
    return Plan(
        draw=np.array([sample.draw for sample in samples], dtype=np.int64),
        first=_ends([len(sample.stretches) for sample in samples]),
        start=np.array([stretch.start for stretch in stretches], dtype=np.float64),
        stop=np.array([stretch.stop for stretch in stretches], dtype=np.float64),
        doing=which,
        drug=np.stack([stretch.doing.drug for stretch in stretches]),
        origin=np.array([stretch.doing.start for stretch in stretches], dtype=np.float64),
        jump=_ends([len(stretch.jump) for stretch in stretches]),
        place=np.array([k for stretch in stretches for k in stretch.jump], dtype=np.int64),
        value=np.array([v for stretch in stretches for v in stretch.jump.values()], dtype=np.float64),
        doings=doings,
    )


def _ends(counts: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))]).astype(np.int64)


def _checked_times(plan: Plan, times: Floats) -> Floats:
    """Return the times as a table, one row or one per sample."""
    table = np.ascontiguousarray(np.atleast_2d(times), dtype=np.float64)
    samples = plan.draw.size
    if table.shape[0] not in {1, samples}:
        raise SolveError(f"{table.shape[0]} rows of times for {samples} courses")
    first, last = plan.start[plan.first[:-1]].max(), plan.stop[plan.first[1:] - 1]
    told = np.isfinite(table)
    ordered = np.all(np.diff(np.where(told, table, np.inf), axis=1)[told[:, 1:]] >= 0.0)
    beyond = np.where(told, table, -np.inf).max(axis=1, initial=-np.inf) > last
    if not ordered or np.any(table[told] < first) or np.any(beyond):
        raise SolveError("asked for days outside the courses, or in no order")
    return table


def run_samples(
    layout: Layout,
    draws: Draws,
    plan: Plan,
    times: Floats,
    *,
    pick: Ints | None = None,
    initial: Floats | None = None,
    rtol: float = RTOL,
    atol: float = ATOL,
    most_steps: int = MOST_STEPS,
    threads: int = 1,
    width: int = WIDTH,
    progress: Progress | None = None,
) -> Courses:
    """Integrate every sample of a plan.

    Parameters
    ----------
    layout, draws, plan
        The network, its draws, and what is done.
    times : ndarray, shape (T,) or (M, T)
        Days at which states are wanted, ascending, within the courses; nan at the end of a row for none. A state at a
        switch is the one after it.
    pick : ndarray of int, optional
        Columns wanted (nodes, cells, then the outputs of the cell layer); all by default.
    initial : ndarray, shape (M, N), optional
        State of each sample at its start; the healthy state of its draw by default.
    rtol, atol
        Tolerances on every single state in every step; `atol` is multiplied by the healthy size of states above 1.
    most_steps
        Steps after which a sample is given up.
    threads
        How many threads to use.
    width
        Samples computed side by side. It changes no result; every width is compiled on first use, and 1 is the
        fastest for a single sample.
    progress
        Called with the number of samples just finished.

    Returns
    -------
    Courses
        Samples that could not be finished are marked in its `status`, and nan.

    Raises
    ------
    SolveError
        When times lie outside the courses.
    """
    samples, states = plan.draw.size, layout.diagonal.size
    table = _checked_times(plan, times)
    columns = np.arange(states + OUTS, dtype=np.int64) if pick is None else np.asarray(pick, dtype=np.int64)
    begin = healthy_states(draws)[plan.draw] if initial is None else np.ascontiguousarray(initial, dtype=np.float64)
    asked = Asked(table, columns, begin, float(rtol), float(atol), most_steps)
    found = Found(
        values=np.full((samples, table.shape[1], columns.size), np.nan),
        last=np.full((samples, states), np.nan),
        status=np.zeros(samples, dtype=np.int64),
        day=np.full(samples, np.nan),
        steps=np.zeros((samples, 2), dtype=np.int64),
    )

    def work(part: tuple[int, int]) -> int:
        numbers, scratch = make_numbers(layout, draws.parameters.shape[1], width), make_scratch(layout, width)
        stepper, desk = make_stepper(layout, width), make_desk(layout, scratch, width)
        run_queue(layout, draws, plan, asked, found, numbers, scratch, stepper, desk, *part, (0,) * width)
        return part[1] - part[0]

    for finished in _deal(work, _parts(samples, width, threads), threads):
        if progress is not None:
            progress(finished)
    return Courses(found.values, found.last, found.status, found.day, found.steps)


def _parts(samples: int, width: int, threads: int) -> list[tuple[int, int]]:
    """Cut the samples into parts: two per thread, so that none waits long for the last, and not too long ones."""
    size = min(max(width, -(-samples // (_PARTS_PER_THREAD * threads))), _LARGEST_PART)
    return [(k, min(k + size, samples)) for k in range(0, samples, size)]


def _deal(work: Callable[[tuple[int, int]], int], parts: Sequence[tuple[int, int]], threads: int) -> Iterator[int]:
    """Yield the size of each part when it is done."""
    if threads == 1 or len(parts) == 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, parts)
