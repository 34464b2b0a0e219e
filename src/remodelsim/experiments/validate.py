"""Validate: every question of a table in both formalisms, marked, scored, and set beside the null model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..ground.errors import ScenarioError
from ..nouns.dispute import Dispute
from ..nouns.holding import Gap, nodes_behind
from ..nouns.intervention import Dosing
from ..nouns.model import Model
from ..nouns.question import OpenQuestion
from .answers import FORMALISMS, NONE, Found, States, boolean_answers, count_runs, ode_answers
from .asking import Asked, ready, rests_on_bone
from .draws import engine_of
from .null_model import NullModel, graph_of, said
from .paths import steps_between
from .scores import RESAMPLES, Marked, Score, score, shared_share
from .verdict import THRESHOLD

THRESHOLDS = (0.001, 0.01, 0.05)
NULL_THRESHOLD = 0.0005
REPLICATES = 16
ROBUST = 0.9
Told = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True)
class Row:
    """One question with all its answers.

    Attributes
    ----------
    asked
        The question, made ready.
    found
        Formalism to what it says to each expectation; empty where something is not represented.
    null
        Changes that the null model finds.
    steps
        Encoded arrows between what is done and what is read; None where no way leads there, 0 where nothing is done.
    drawn
        Share of the ensemble that gives the answers of the reference; None without an ensemble.
    """

    asked: Asked
    found: Mapping[str, tuple[Found, ...]]
    null: tuple[float, ...]
    steps: int | None
    drawn: float | None = None

    @property
    def question(self) -> OpenQuestion:
        """The question."""
        return self.asked.question

    @property
    def expected(self) -> tuple[str, ...]:
        """The expected directions."""
        return tuple(e.direction for e in self.question.expect)

    @property
    def emergent(self) -> bool:
        """Whether the answer takes two arrows or more, or needs that no arrow leads there."""
        return self.steps is None or self.steps > 1

    def said(self, formalism: str, threshold: float) -> tuple[str, ...]:
        """Return the directions found in one formalism; "none" for what is not represented."""
        if not self.found[formalism]:
            return (NONE,) * len(self.expected)
        return tuple(f.said(word, threshold) for f, word in zip(self.found[formalism], self.expected, strict=True))

    def marked(self, formalism: str, threshold: float) -> Marked:
        """Return the question with its answers, for scoring."""
        return Marked(self.expected, self.said(formalism, threshold))

    def verdict(self, formalism: str, threshold: float) -> str:
        """Return "agree", "disagree" or "not_represented"."""
        if self.asked.gaps:
            return "not_represented"
        return "agree" if self.marked(formalism, threshold).agrees else "disagree"


@dataclass(frozen=True)
class Report:
    """What the questions found; the noun behind table, JSON and page.

    Attributes
    ----------
    model
        The model.
    rows
        The questions in the order of their table.
    formalisms
        What was run.
    states
        Formalism to the activities in every arm, for explaining.
    threshold
        Smallest change that counts, as a share of a readout's scale.
    replicates
        Replicates of the Boolean sample.
    draws
        Size of the ensemble.
    seed
        Seed of sample, ensemble and intervals.
    """

    model: Model
    rows: tuple[Row, ...]
    formalisms: tuple[str, ...]
    states: Mapping[str, States] = field(repr=False)
    threshold: float
    replicates: int
    draws: int
    seed: int

    @property
    def met(self) -> bool:
        """Whether every question was answered as expected in every formalism."""
        return all(row.verdict(f, self.threshold) == "agree" for row in self.rows for f in self.formalisms)

    @property
    def gaps(self) -> Mapping[Gap, tuple[str, ...]]:
        """What the model does not carry (places left out), with the questions that name it."""
        out: dict[Gap, list[str]] = {}
        for row in self.rows:
            for gap in row.asked.gaps:
                ids = out.setdefault(Gap(gap.what, gap.name, gap.nearest), [])
                if row.question.id not in ids:
                    ids.append(row.question.id)
        return {gap: tuple(ids) for gap, ids in out.items()}

    def score(
        self,
        formalism: str,
        rows: Sequence[Row] | None = None,
        threshold: float | None = None,
        resamples: int = RESAMPLES,
    ) -> Score:
        """Score a formalism, or the null model under the name "null".

        Parameters
        ----------
        formalism
            "ode", "boolean" or "null".
        rows
            Some of the rows; all by default.
        threshold
            Smallest change that counts; that of the report by default.
        resamples
            How often the questions are resampled for the intervals.

        Returns
        -------
        Score
            Agreement and the rest, with intervals.
        """
        limit = self.threshold if threshold is None else threshold
        chosen = self.rows if rows is None else rows
        if formalism == "null":
            marks = [Marked(row.expected, said([row.null], limit)[0]) for row in chosen]
        else:
            marks = [row.marked(formalism, limit) for row in chosen]
        return score(marks, seed=self.seed, resamples=resamples)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, tuple[Row, ...]]]:
        """The rows by review, system, kind, grade, compound, arrows, gates, and what the null model gets wrong."""
        out: dict[str, dict[str, list[Row]]] = {name: {} for name in GROUPINGS}
        systems = {claim: s.name for s in self.model.evidence.systems.values() for claim in s.claims}
        for row in self.rows:
            for grouping, name in _places(self.model, row, systems):
                out[grouping].setdefault(name, []).append(row)
        return {g: {name: tuple(rows) for name, rows in sorted(found.items())} for g, found in out.items()}

    def shared(self, rows: Sequence[Row] | None = None) -> float:
        """Return the share of represented questions to which the two formalisms give the same answers."""
        chosen = [row for row in (self.rows if rows is None else rows) if not row.asked.gaps]
        ode, boolean = ([row.said(f, self.threshold) for row in chosen] for f in FORMALISMS)
        return shared_share(ode, boolean)

    @cached_property
    def differences(self) -> Mapping[str, tuple[str, ...]]:
        """Why the two formalisms differ, with the questions where they do, the most frequent reason first."""
        out: dict[str, list[str]] = {}
        for row in self.rows if len(self.formalisms) == len(FORMALISMS) else ():
            why = "" if row.asked.gaps else why_different(row, self.threshold)
            if why:
                out.setdefault(why, []).append(row.question.id)
        return {why: tuple(ids) for why, ids in sorted(out.items(), key=lambda item: -len(item[1]))}

    @property
    def robust(self) -> float | None:
        """Share of the questions whose answers 90 % of the ensemble share; None without an ensemble."""
        shares = [row.drawn for row in self.rows if row.drawn is not None]
        return sum(share >= ROBUST for share in shares) / len(self.rows) if shares else None


GROUPINGS = ("source", "system", "kind", "grade", "compound", "steps", "gate", "null")


def _places(model: Model, row: Row, systems: Mapping[str, str]) -> list[tuple[str, str]]:
    question = row.question
    claim = model.claims.get(question.id)
    out = [("source", question.source or "-"), ("kind", question.kind or "-")]
    known = claim is not None and claim.source == question.source
    out.append(("system", systems.get(question.id, "-") if known else "-"))
    out.append(("grade", claim.grade if claim is not None and known else "-"))
    if not row.asked.gaps:
        actions = row.asked.comparisons[0][0].with_
        out += [("compound", name) for name in dict.fromkeys(a.compound for a in actions if isinstance(a, Dosing))]
        out.append(("steps", "emergent" if row.emergent else "one encoded edge"))
    out.append(("gate", "expects 'same'" if "same" in row.expected else "expects a change"))
    right = said([row.null], NULL_THRESHOLD)[0] == row.expected
    out.append(("null", "null model right" if right else "null model wrong"))
    return out


def validate(
    model: Model,
    questions: Sequence[OpenQuestion],
    disputes: Sequence[Dispute],
    *,
    formalism: str = "both",
    threshold: float = THRESHOLD,
    replicates: int = REPLICATES,
    draws: int = 0,
    seed: int = 1,
    told: Told | None = None,
) -> Report:
    """Ask every question.

    Parameters
    ----------
    model
        The model.
    questions
        What is asked, at least one.
    disputes
        Where sources disagree.
    formalism
        "ode", "boolean" or "both".
    threshold
        Smallest change that counts, as a share of a readout's scale.
    replicates
        Replicates of the Boolean sample, at least 2.
    draws
        Size of the ensemble of the ODE; 0 for the reference draw alone.
    seed
        Seed of sample, ensemble and intervals.
    told
        Takes the name of a task and its length, returns what is called with steps done.

    Returns
    -------
    Report
        The same for the same seed.

    Raises
    ------
    ScenarioError
        When a question contradicts itself or a number is out of range.
    UnitError
        When a dose has no unit or an unknown one.
    SolveError
        When a run cannot be finished.
    """
    if formalism not in {*FORMALISMS, "both"}:
        raise ScenarioError(f"unknown formalism '{formalism}'", allowed=[*FORMALISMS, "both"])
    if not 0.0 < threshold < 1.0 or replicates < 2 or draws < 0:
        raise ScenarioError("the threshold lies between 0 and 1, replicates are 2 or more, draws 0 or more")
    asked = ready(model, questions, disputes)
    chosen = FORMALISMS if formalism == "both" else (formalism,)
    tell = told or (lambda _name, _length: lambda _steps: None)
    found: dict[str, list[tuple[Found, ...]]] = {}
    states: dict[str, States] = {}
    if "ode" in chosen:
        found["ode"], states["ode"] = ode_answers(asked, progress=tell("ode", count_runs(asked, "ode")))
    if "boolean" in chosen:
        bar = tell("boolean", count_runs(asked, "boolean"))
        found["boolean"], states["boolean"] = boolean_answers(
            asked, replicates=replicates, seed=seed, threshold=threshold, progress=bar
        )
    null = NullModel(graph_of(model.claims.values())).changes(questions)
    drawn = _drawn(model, questions, disputes, found.get("ode"), threshold, draws, seed, tell("ensemble", draws))
    rows = [
        Row(one, {f: found[f][k] for f in chosen}, null[k], _steps(model, one), drawn[k]) for k, one in enumerate(asked)
    ]
    return Report(model, tuple(rows), chosen, states, threshold, replicates, draws, seed)


def _steps(model: Model, asked: Asked) -> int | None:
    """Return the number of encoded arrows that a question takes; 0 where nothing is done."""
    if asked.gaps:
        return None
    first = asked.comparisons[0][0]
    if not asked.question.do:
        return 0
    readouts = [
        (nodes_behind(model, readings[0].readout), readings[0].readout.name in model.network.index)
        for readings in asked.comparisons
    ]
    return steps_between(model, first.without, first.with_, readouts)


def _drawn(
    model: Model,
    questions: Sequence[OpenQuestion],
    disputes: Sequence[Dispute],
    reference: Sequence[tuple[Found, ...]] | None,
    threshold: float,
    draws: int,
    seed: int,
    progress: Callable[[int], None],
) -> list[float | None]:
    """Return per question the share of draws (kinetics and disputed readings) that say what the reference says."""
    if not draws or reference is None:
        return [None] * len(questions)
    asked = ready(model, questions, disputes, drawn=True)
    models = {id(c.model): c.model for one in asked for readings in one.comparisons for c in readings}
    ensembles = {key: engine_of(m).ensemble(draws, seed).draws for key, m in models.items()}
    same = np.zeros(len(questions))
    for k in range(draws):
        found, _ = ode_answers(asked, {key: drawn[k] for key, drawn in ensembles.items()}, lenient=True)
        for q, (now, then) in enumerate(zip(found, reference, strict=True)):
            words = [e.direction for e in questions[q].expect]
            pairs = zip(now, then, words, strict=True) if now else ()
            same[q] += bool(now) and all(a.said(w, threshold) == b.said(w, threshold) for a, b, w in pairs)
        progress(1)
    return [float(share) if reference[q] else None for q, share in enumerate(same / draws)]


def why_different(row: Row, threshold: float) -> str:
    """Say why the two formalisms answer a question differently.

    Parameters
    ----------
    row
        A question with answers of both.
    threshold
        Smallest change that counts.

    Returns
    -------
    str
        The reason, as far as the numbers tell it; empty where they agree.
    """
    pairs = zip(row.found["ode"], row.found["boolean"], row.expected, row.asked.comparisons, strict=True)
    for ode, boolean, word, readings in pairs:
        if ode.said(word, threshold) == boolean.said(word, threshold):
            continue
        a, b = ode.change, boolean.change
        if min(abs(abs(b) - threshold), abs(b)) < 2.0 * boolean.error:
            return "the Boolean change lies within its sampling error"
        if min(abs(a), abs(b)) < 2.0 * threshold:
            return "one of the changes lies near the threshold"
        if rests_on_bone(readings[0].model, readings[0].readout):
            return "bone: the cell layer of the ODE against the rules of its nodes"
        return "the mean of the gate over states is not the gate of the mean" if a * b < 0.0 else "the sizes differ"
    return ""
