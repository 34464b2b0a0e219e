"""How well answers agree with what was expected: agreement, majority baseline, Cohen's kappa, macro-F1, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import SolveError

Floats: TypeAlias = NDArray[np.float64]
CLASSES = ("up", "down", "same")
RESAMPLES = 1000
_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Marked:
    """One question with its answers.

    Parameters
    ----------
    expected
        Direction per expectation.
    found
        Direction per expectation; anything else ("none") is an answer that is never right.

    Raises
    ------
    SolveError
        When there is nothing to compare, or a direction is unknown.
    """

    expected: tuple[str, ...]
    found: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.expected or len(self.expected) != len(self.found):
            raise SolveError(f"{len(self.found)} answers for {len(self.expected)} expectations")
        for word in self.expected:
            if word not in CLASSES:
                raise SolveError(f"'{word}' is no direction", allowed=CLASSES)

    @property
    def agrees(self) -> bool:
        """Whether every expectation was met."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its interval.

    Parameters
    ----------
    value
        From all questions.
    low, high
        95 % interval over resampled questions.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """How a set of answers did.

    Parameters
    ----------
    agree, total
        Questions whose every expectation was met, and questions.
    agreement
        agree / total.
    majority
        Share of the questions that the best constant answer would meet.
    kappa
        Cohen's kappa over single expectations: agreement beyond what the frequencies of the answers give by chance.
    macro_f1
        Mean over the expected directions of the harmonic mean of precision and recall, over single expectations.

    References
    ----------
    Cohen 1960, https://doi.org/10.1177/001316446002000104
    """

    agree: int
    total: int
    agreement: Interval
    majority: float
    kappa: Interval
    macro_f1: Interval


def tables_of(marked: Sequence[Marked]) -> Floats:
    """Count expected against found, question by question.

    Parameters
    ----------
    marked
        The questions.

    Returns
    -------
    ndarray, shape (questions, 3, 4)
        Rows up, down, same as expected; columns up, down, same and anything else as found.
    """
    out = np.zeros((len(marked), len(CLASSES), len(CLASSES) + 1))
    for k, one in enumerate(marked):
        for expected, found in zip(one.expected, one.found, strict=True):
            column = CLASSES.index(found) if found in CLASSES else len(CLASSES)
            out[k, CLASSES.index(expected), column] += 1.0
    return out


def kappa_of(table: Floats) -> Floats:
    """Return Cohen's kappa of tables of expected against found.

    Parameters
    ----------
    table : ndarray, shape (..., 3, 4)
        Counts or weights.

    Returns
    -------
    ndarray, shape (...)
        Kappa; 1 where expected and found agree everywhere, 0 where chance would do as well.
    """
    total = table.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        right = np.trace(table[..., :, :3], axis1=-2, axis2=-1) / total
        chance = (table.sum(axis=-1) * table.sum(axis=-2)[..., :3]).sum(axis=-1) / total**2
        return np.asarray(np.where(chance < 1.0, (right - chance) / (1.0 - chance), right))


def macro_f1_of(table: Floats) -> Floats:
    """Return the mean of F1 over the directions that are expected at all; tables as in `kappa_of`."""
    right = np.diagonal(table[..., :, :3], axis1=-2, axis2=-1)
    expected, found = table.sum(axis=-1), table.sum(axis=-2)[..., :3]
    asked = expected > 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        single = np.where(asked, 2.0 * right / (expected + found), 0.0)
        return np.asarray(single.sum(axis=-1) / asked.sum(axis=-1))


def majority_of(marked: Sequence[Marked]) -> float:
    """Return the share of the questions that the best constant answer would meet.

    Examples
    --------
    >>> majority_of([Marked(("up",), ("up",)), Marked(("up", "down"), ("up", "up")), Marked(("same",), ("up",))])
    0.3333333333333333
    """
    return max(sum(set(one.expected) == {word} for one in marked) for word in CLASSES) / len(marked)


def weights_of(questions: int, resamples: int, seed: int) -> Floats:
    """Return how often each question is drawn in each of the resamples, shape (resamples, questions); `seed` decides.

    Questions are drawn whole, with all their expectations, so that intervals do not pretend that the expectations of
    one question are independent.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(questions, np.full(questions, 1.0 / questions), size=resamples).astype(np.float64)


def score(marked: Sequence[Marked], *, seed: int = 1, resamples: int = RESAMPLES) -> Score:
    """Score answers.

    Parameters
    ----------
    marked
        The questions, at least one.
    seed
        Seed of the resampling.
    resamples
        How often the questions are resampled for the intervals.

    Returns
    -------
    Score
        With 95 % intervals clustered by question.

    Raises
    ------
    SolveError
        When there are no questions.
    """
    if not marked:
        raise SolveError("there is nothing to score")
    tables = tables_of(marked)
    agrees = np.array([one.agrees for one in marked], dtype=np.float64)
    weights = weights_of(len(marked), resamples, seed)
    drawn = np.tensordot(weights, tables, axes=1)
    whole = tables.sum(axis=0)
    return Score(
        agree=int(agrees.sum()),
        total=len(marked),
        agreement=_interval(float(agrees.mean()), weights @ agrees / len(marked)),
        majority=majority_of(marked),
        kappa=_interval(float(kappa_of(whole)), kappa_of(drawn)),
        macro_f1=_interval(float(macro_f1_of(whole)), macro_f1_of(drawn)),
    )


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = (float(q) for q in np.quantile(drawn, _INTERVAL))
    return Interval(value, low, high)


def shared_share(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> float:
    """Return the share of questions to which two formalisms give the same answers throughout.

    Parameters
    ----------
    first, second
        Directions per question.

    Returns
    -------
    float
        Share of the questions; 1 for no questions.
    """
    same = [tuple(a) == tuple(b) for a, b in zip(first, second, strict=True)]
    return sum(same) / len(same) if same else 1.0
