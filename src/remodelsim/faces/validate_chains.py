"""Which chains of arrows answered a question wrong, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..experiments.answers import Found
from ..experiments.asking import Comparison
from ..experiments.paths import Path, strongest_paths
from ..experiments.validate import Report, Row

_MOST_CLAIMS = 8
_OPPOSITE = {"up": "down", "down": "up"}


def chains_behind(report: Report, row: Row, formalism: str, k: int) -> tuple[str, str]:
    """Name the strongest chain towards a wrong answer, and the strongest one against it.

    Parameters
    ----------
    report
        The validation.
    row
        A represented question.
    formalism
        "ode" or "boolean".
    k
        Number of the expectation that was answered wrong.

    Returns
    -------
    tuple of str
        The chain that pushes towards what was found (for "same": away from what was expected), and its opponent.
    """
    found, expected = row.found[formalism][k], row.expected[k]
    said = found.said(expected, report.threshold)
    comparison = _first_wrong(row, k, found, report.threshold)
    paths = strongest_paths(comparison, report.states[formalism].of(comparison), formalism)
    towards = said if said in _OPPOSITE else _OPPOSITE.get(expected, "up")
    return _chain(paths.get(towards)), _chain(paths.get(_OPPOSITE[towards]))


def wrong_answers(report: Report) -> Iterator[tuple[Row, str, int]]:
    """Yield every wrong answer to a represented question of a report: row, formalism, number of the expectation."""
    for row in report.rows:
        for formalism in report.formalisms:
            for k, found in enumerate(row.found[formalism]):
                if found.said(row.expected[k], report.threshold) != row.expected[k]:
                    yield row, formalism, k


def _first_wrong(row: Row, k: int, found: Found, threshold: float) -> Comparison:
    """Return the comparison of the first reading that answers wrong."""
    expected, readings = row.expected[k], row.asked.comparisons[k]
    for comparison, change, error, levels in zip(readings, found.changes, found.errors, found.levels, strict=True):
        if Found((change,), (error,), (levels,)).said(expected, threshold) != expected:
            return comparison
    return readings[0]


def _chain(path: Path | None) -> str:
    if path is None:
        return "no chain"
    claims = list(dict.fromkeys(c for edge in path.edges for c in edge.claims))[:_MOST_CLAIMS]
    evidence = f" [{' '.join(claims)}]" if claims else ""
    return f"{path.text()} ({path.effect:+.4f}){evidence}"
