"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ..experiments.measured import cautions
from ..experiments.simulate import Outcome, Result
from ..experiments.verdict import ARROWS, VERDICT_HEADER, open_readouts, verdict_row
from ..experiments.whatif import Answer

_DOUBT = "?: fewer than half of the draws or replicates say so."


def replaced_line(rejected: int) -> str:
    """Say how many draws were thrown away, in the number that fits.

    Parameters
    ----------
    rejected
        How many draws had no stable healthy state; at least one.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> replaced_line(1)
    '1 draw had no stable healthy state and was replaced.'
    """
    draws, were = ("draw", "was") if rejected == 1 else ("draws", "were")
    return f"{rejected} {draws} had no stable healthy state and {were} replaced."


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns.

    Parameters
    ----------
    header
        Titles of the columns.
    rows
        Cells; as many per row as there are titles.

    Returns
    -------
    str
        Lines, the titles underlined.
    """
    widths = [max(len(row[k]) for row in (header, *rows)) for k in range(len(header))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in (header, *rows)]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def _open_line(names: Sequence[str]) -> str:
    return f"\nThe formalisms disagree, so the answer is open: {', '.join(names)}." if names else ""


def answer_text(answer: Answer) -> str:
    """Write the answer of a what-if question as text.

    Returns
    -------
    str
        Question, table, and what was thrown away.
    """
    question = answer.question
    head = f"{question.do}, day {question.days:g}, against {question.baseline or 'health'}"
    told = _open_line(open_readouts(answer.verdicts))
    rows = answer.rows()
    doubt = f"\n{_DOUBT}" if any(cell.endswith(" ?") for row in rows for cell in row) else ""
    tail = f"\n{replaced_line(answer.rejected)}" if answer.rejected else ""
    return f"{head}\n\n{table(VERDICT_HEADER, rows)}{doubt}{told}{tail}"


def _outcome_row(outcome: Outcome) -> list[str]:
    expected = outcome.expectation
    return [
        "met" if outcome.met else "FAILED",
        expected.arm,
        expected.against,
        f"{expected.at_day:g} d",
        expected.readout,
        outcome.formalism,
        ARROWS[expected.direction],
        f"{ARROWS[outcome.found]} ({outcome.change:+.3f})",
    ]


def summary(result: Result) -> str:
    """Write a run as text.

    Returns
    -------
    str
        Question, one verdict table per arm, expectations.
    """
    scenario = result.scenario
    parts = [f"{scenario.title_en}\n{scenario.question_en}"]
    for arm, readouts in result.verdicts.items():
        rows = [verdict_row(n, f, v) for n, both in readouts.items() for f, v in both.items()]
        title = (
            f"{scenario.arm(arm).label_en} against {scenario.arm(scenario.baseline).label_en}, day {scenario.horizon:g}"
        )
        parts.append(f"{title}\n\n{table(VERDICT_HEADER, rows)}{_open_line(open_readouts(readouts))}")
    if result.outcomes:
        header = ("", "arm", "against", "at", "readout", "formalism", "expected", "found")
        parts.append("Expectations\n\n" + table(header, [_outcome_row(o) for o in result.outcomes]))
    parts += [f"Caution: {sentence}." for sentence in cautions(result.model, (arm.protocol for arm in scenario.arms))]
    if result.rejected:
        parts.append(replaced_line(result.rejected))
    return "\n\n".join(parts)
