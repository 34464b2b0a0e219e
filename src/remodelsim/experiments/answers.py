"""Answers to many questions at once: every distinct protocol runs once, in either formalism."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.clock import Stretch
from ..engines.boolean.sample import sample
from ..nouns.holding import nodes_behind
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from .asking import Asked, Comparison
from .draws import Draw, engine_of
from .many import Case, ode_many
from .plan import boolean_stretches
from .readings import boolean_quantities, scale_of, value_of
from .runs import SETTLING_DAYS, Progress, boolean_marks, threads
from .verdict import THRESHOLD, direction

Floats: TypeAlias = NDArray[np.float64]
FORMALISMS = ("ode", "boolean")
NONE = "none"
FINER = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What a formalism says to one expectation, under every reading that must agree.

    Parameters
    ----------
    changes
        With minus without, as a share of the readout's scale; nan where the readout has no value.
    errors
        Standard errors of the changes; 0 where nothing is sampled.
    levels
        Values without and with the intervention.
    """

    changes: tuple[float, ...]
    errors: tuple[float, ...]
    levels: tuple[tuple[float, float], ...]

    def said(self, expected: str, threshold: float) -> str:
        """Return the direction that is found.

        Parameters
        ----------
        expected
            What is expected; under several readings it is found only where all of them show it.
        threshold
            Smallest change that counts, as a share of the scale.

        Returns
        -------
        str
            "up", "down", "same", or "none" where the readout has no value.
        """
        said = [direction(change, threshold) if np.isfinite(change) else NONE for change in self.changes]
        return next((word for word in said if word != expected), expected)

    def with_reading(self, i: int, other: Found) -> Found:
        """Return the same with the only reading of `other` in the place of reading i."""
        parts = ((self.changes, other.changes), (self.errors, other.errors), (self.levels, other.levels))
        changes, errors, levels = ((*mine[:i], new[0], *mine[i + 1 :]) for mine, new in parts)
        return Found(changes, errors, levels)

    @property
    def change(self) -> float:
        """The smallest change under any reading, by size."""
        return min(self.changes, key=abs)

    @property
    def error(self) -> float:
        """The largest standard error under any reading."""
        return max(self.errors)


class _Job(NamedTuple):
    """One protocol of one model, read on one day."""

    model: int
    protocol: Protocol
    day: float


@dataclass(frozen=True)
class States:
    """Mean activities of all nodes in every arm that was run, for explaining answers.

    Attributes
    ----------
    arms
        (model, protocol, day) to activities, shape (n,).
    """

    arms: Mapping[tuple[int, Protocol, float], Floats]

    def of(self, comparison: Comparison) -> tuple[Floats, Floats]:
        """Return the activities without and with the intervention."""
        first, second = _jobs(comparison)
        return self.arms[first], self.arms[second]


def _jobs(comparison: Comparison) -> tuple[_Job, _Job]:
    model = id(comparison.model)
    return (
        _Job(model, _sorted(comparison.without), comparison.days[0]),
        _Job(model, _sorted(comparison.with_), comparison.days[1]),
    )


def _sorted(protocol: Protocol) -> Protocol:
    """Return the protocol in an order that does not depend on how it was written."""
    return Protocol(tuple(sorted(protocol.actions, key=repr)))


def comparisons_of(asked: Sequence[Asked]) -> Iterator[Comparison]:
    """Yield every comparison that the questions need."""
    for one in asked:
        for readings in one.comparisons:
            yield from readings


class _Wanted:
    """The runs that the questions need, each once, with the readouts that are read of them."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.models: dict[int, Model] = {}
        self.readouts: dict[_Job, dict[str, Readout]] = {}
        for comparison in comparisons_of(asked):
            self.models[id(comparison.model)] = comparison.model
            for job in _jobs(comparison):
                self.readouts.setdefault(job, {})[comparison.readout.name] = comparison.readout

    def courses(self) -> dict[tuple[int, Protocol], list[_Job]]:
        """Return the jobs by model and protocol, those of one course in the order of their days."""
        out: dict[tuple[int, Protocol], list[_Job]] = {}
        for job in sorted(self.readouts, key=lambda job: job.day):
            out.setdefault((job.model, job.protocol), []).append(job)
        return out

    def nodes(self, job: _Job) -> tuple[str, ...]:
        """Return the nodes that the readouts of a job rest on in the Boolean reading."""
        model = self.models[job.model]
        found = [node for readout in self.readouts[job].values() for node in nodes_behind(model, readout)]
        return tuple(dict.fromkeys(found))

    def groups(self) -> dict[tuple[int, tuple[float, ...]], list[_Job]]:
        """Return the jobs by model and by the simulated lengths of the stretches until they are read."""
        out: dict[tuple[int, tuple[float, ...]], list[_Job]] = {}
        for job in self.readouts:
            marks = [0.0, *boolean_marks([job.protocol], job.day)]
            lengths = tuple(min(float(length), SETTLING_DAYS) for length in np.diff(marks))
            out.setdefault((job.model, lengths), []).append(job)
        return out


def count_runs(asked: Sequence[Asked], formalism: str) -> int:
    """Return how many runs the questions need in one formalism, for progress bars."""
    wanted = _Wanted(asked)
    return len(wanted.courses()) if formalism == "ode" else len(wanted.readouts)


def ode_answers(
    asked: Sequence[Asked],
    draws: Mapping[int, Draw] | None = None,
    progress: Progress | None = None,
    *,
    lenient: bool = False,
) -> tuple[list[tuple[Found, ...]], States]:
    """Answer questions by the ODE in one draw.

    Parameters
    ----------
    asked
        The questions.
    draws
        Id of a model to its draw; the reference draws by default.
    progress
        Called with the number of runs just finished.
    lenient
        Whether a run that cannot be finished leaves its readouts without a value instead of an error.

    Returns
    -------
    tuple of list and States
        Per question what is found to each expectation (empty where something is not represented), and the activities.

    Raises
    ------
    SolveError
        When a run cannot be finished, unless `lenient`.
    """
    wanted = _Wanted(asked)
    drawn = draws or {key: engine_of(model).reference for key, model in wanted.models.items()}
    values: dict[tuple[_Job, str], Floats] = {}
    states: dict[tuple[int, Protocol, float], Floats] = {}
    courses = wanted.courses()
    cases = [
        Case(wanted.models[key], drawn[key], protocol, tuple(job.day for job in jobs))
        for (key, protocol), jobs in courses.items()
    ]
    for jobs, case, quantities in zip(courses.values(), cases, ode_many(cases, progress, lenient=lenient), strict=True):
        for k, job in enumerate(jobs):
            states[job] = np.array([quantities[name][k] for name in case.model.network.names])
            for readout in wanted.readouts[job].values():
                course = np.broadcast_to(value_of(case.model, readout, "ode", quantities), (len(jobs),))
                values[job, readout.name] = course[k : k + 1]
    scales = _Scales("ode", drawn)
    return [_found(one, values, scales) for one in asked], States(states)


def boolean_answers(
    asked: Sequence[Asked],
    *,
    replicates: int,
    seed: int,
    threshold: float = THRESHOLD,
    progress: Progress | None = None,
) -> tuple[list[tuple[Found, ...]], States]:
    """Answer questions by sampling the Boolean process, all arms under one clock.

    What is not yet sure to be right or wrong after the first sample is sampled again, `FINER` times as long.

    Parameters
    ----------
    asked
        The questions.
    replicates
        Number of replicates of the first sample, at least 2.
    seed
        Seed; the same one gives the same answers.
    threshold
        Smallest change that counts, as a share of the scale.
    progress
        Called with the number of runs just finished.

    Returns
    -------
    tuple of list and States
        As `ode_answers`.
    """
    found, states = _sampled(asked, replicates, seed, progress)
    again = [place for k, one in enumerate(found) for place in _open_places(k, asked[k], one, threshold)]
    if again:
        other = int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])
        alone = [Asked(asked[k].question, ((asked[k].comparisons[j][i],),)) for k, j, i in again]
        finer, _ = _sampled(alone, FINER * replicates, other, None)
        for (k, j, i), (one,) in zip(again, finer, strict=True):
            found[k] = (*found[k][:j], found[k][j].with_reading(i, one), *found[k][j + 1 :])
    return found, states


def _open_places(k: int, asked: Asked, found: tuple[Found, ...], threshold: float) -> Iterator[tuple[int, int, int]]:
    """Yield (question, expectation, reading) wherever more samples can still decide what is found."""
    for j, (one, readings) in enumerate(zip(found, asked.comparisons, strict=True)):
        certain = [
            sure(change, error, comparison.expected, threshold)
            for change, error, comparison in zip(one.changes, one.errors, readings, strict=True)
        ]
        # one reading that is surely wrong decides for all
        if "wrong" not in certain:
            yield from ((k, j, i) for i, word in enumerate(certain) if word == "open")


def sure(change: float, error: float, expected: str, threshold: float) -> str:
    """Tell whether a direction is sure, by three standard errors.

    Parameters
    ----------
    change, error
        Sampled change and its standard error.
    expected
        "up", "down" or "same".
    threshold
        Smallest change that counts.

    Returns
    -------
    str
        "right", "wrong" or "open".
    """
    if error == 0.0 or not np.isfinite(change):
        return "right" if np.isfinite(change) and direction(change, threshold) == expected else "wrong"
    # by how much the change lies on the side that is expected
    inside = {"up": change - threshold, "down": -threshold - change, "same": threshold - abs(change)}[expected]
    if abs(inside) < 3.0 * error:
        return "open"
    return "right" if inside > 0.0 else "wrong"


def _sampled(
    asked: Sequence[Asked], replicates: int, seed: int, progress: Progress | None
) -> tuple[list[tuple[Found, ...]], States]:
    """Sample the arms of questions once."""
    wanted = _Wanted(asked)
    drawn = {key: engine_of(model).reference for key, model in wanted.models.items()}
    values: dict[tuple[_Job, str], Floats] = {}
    states: dict[tuple[int, Protocol, float], Floats] = {}
    for (key, lengths), jobs in wanted.groups().items():
        model, draw = wanted.models[key], drawn[key]
        nodes = sorted({model.network.index[node] for job in jobs for node in wanted.nodes(job)})
        taken = sample(
            draw.tables,
            _stretches(model, draw, jobs, lengths),
            replicates=replicates,
            seed=seed,
            threads=threads(),
            wanted=nodes,
        )
        estimates = _leaving_out(taken.means[:, -1])
        for lane, job in enumerate(jobs):
            states[job] = estimates[0, lane]
            quantities = boolean_quantities(model, estimates[:, lane])
            for readout in wanted.readouts[job].values():
                read = value_of(model, readout, "boolean", quantities)
                values[job, readout.name] = np.broadcast_to(read, (replicates + 1,))
        if progress is not None:
            progress(len(jobs))
    scales = _Scales("boolean", drawn)
    return [_found(one, values, scales) for one in asked], States(states)


def _stretches(model: Model, draw: Draw, jobs: Sequence[_Job], lengths: Sequence[float]) -> list[Stretch]:
    """Cut the protocols of jobs into stretches of the lengths that are simulated, one lane per job."""
    lanes = []
    for job in jobs:
        marks = boolean_marks([job.protocol], job.day)
        lanes.append(boolean_stretches(model, draw, [job.protocol], marks))
    return [
        Stretch(
            np.concatenate([lane[k].alpha for lane in lanes]), np.concatenate([lane[k].beta for lane in lanes]), days
        )
        for k, days in enumerate(lengths)
    ]


def _leaving_out(replicates: Floats) -> Floats:
    """Return the mean over all replicates, then the means that leave out one of them each, shape (r + 1, ...)."""
    count, total = replicates.shape[0], replicates.sum(axis=0)
    return np.concatenate([(total / count)[None], (total - replicates) / (count - 1)])


def _change(without: Floats, with_: Floats) -> tuple[float, float]:
    """Return a change and its standard error by the jackknife; estimates as from `_leaving_out`, or a single value."""
    change = with_ - without
    parts = change[1:]
    if parts.size == 0:
        return float(change[0]), 0.0
    return float(change[0]), float(np.sqrt((parts.size - 1) * np.var(parts)))


class _Scales:
    """What a threshold of 1 refers to, for each readout of each model once."""

    def __init__(self, formalism: str, draws: Mapping[int, Draw]) -> None:
        self._formalism = formalism
        self._draws = draws
        self._known: dict[tuple[int, str], float] = {}

    def of(self, model: Model, readout: Readout) -> float:
        key = (id(model), readout.name)
        if key not in self._known:
            self._known[key] = scale_of(model, readout, self._formalism, self._draws[id(model)])
        return self._known[key]


def _found(asked: Asked, values: Mapping[tuple[_Job, str], Floats], scales: _Scales) -> tuple[Found, ...]:
    out = []
    for readings in asked.comparisons:
        changes, errors, levels = [], [], []
        for comparison in readings:
            scale = scales.of(comparison.model, comparison.readout)
            without, with_ = (values[job, comparison.readout.name] for job in _jobs(comparison))
            change, error = _change(without / scale, with_ / scale)
            changes.append(change)
            errors.append(error)
            levels.append((float(without[0]), float(with_[0])))
        out.append(Found(tuple(changes), tuple(errors), tuple(levels)))
    return tuple(out)
