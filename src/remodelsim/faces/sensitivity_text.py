"""A sensitivity analysis in words: what was varied, how, and what matters most."""

from __future__ import annotations

from ..experiments.sensitivity import HEADER, Ranking, Sensitivity, influence_rows
from .text import table
from .words import word


def said_how(result: Sensitivity, language: str = "en") -> str:
    """Return one sentence about method and sample, in a language.

    Parameters
    ----------
    result
        The analysis.
    language
        "en" or "zh".

    Returns
    -------
    str
        The sentence.
    """
    work = result.work
    return word(f"how_{work.method}", language).format(
        numbers=len(work.space), groups=len(work.groups), size=work.size, samples=work.samples
    )


def said_failed(result: Sensitivity, language: str = "en") -> str:
    """Return what became of points that could not be computed; empty when all could."""
    if not result.failed:
        return ""
    return word("how_failed", language).format(
        failed=result.failed, samples=result.work.samples, rejected=result.rejected
    )


def said_themes(result: Sensitivity, ranking: Ranking, language: str = "en") -> str:
    """Return the shares of the themes in one line.

    Parameters
    ----------
    result, ranking
        The analysis and one of its rankings.
    language
        "en" or "zh".

    Returns
    -------
    str
        Empty where groups have no theme of their own.
    """
    shares = result.themes(ranking)
    if len(shares) < 2 or result.work.by == "theme":
        return ""
    told = ", ".join(f"{word(f'theme_{name}', language)} {share:.0%}" for name, share in shares.items())
    return f"{word('theme_shares', language)}: {told}"


def said_unsettled(result: Sensitivity, ranking: Ranking, language: str = "en") -> str:
    """Say which shares of a ranking few outliers have made, so that its order is not to be trusted.

    Parameters
    ----------
    result, ranking
        The analysis and one of its rankings.
    language
        "en" or "zh".

    Returns
    -------
    str
        Empty where all are settled, and for methods that give no shares.
    """
    names = ranking.unsettled() if result.work.method == "sobol" else ()
    return word("unsettled", language).format(names=", ".join(names)) if names else ""


def sensitivity_text(result: Sensitivity, top: int) -> str:
    """Return the rankings as text.

    Parameters
    ----------
    result
        The analysis.
    top
        Rows per ranking.

    Returns
    -------
    str
        For a terminal.
    """
    scenario = result.work.scenario
    parts = [f"{scenario.title_en}, day {scenario.horizon:g}. {said_how(result)} {said_failed(result)}".rstrip()]
    for ranking in result.rankings:
        against = f" against {ranking.against}" if ranking.against else ""
        head = f"\n{ranking.readout} in {ranking.arm}{against}: {ranking.mean:.3g} % of its scale on average, "
        head += f"standard deviation {ranking.spread:.3g}\n"
        parts += [head, table(HEADER, influence_rows(ranking, top))]
        told = (said_unsettled(result, ranking), said_themes(result, ranking))
        parts += [f"\n{sentence}" for sentence in told if sentence]
    return "\n".join(parts)
