"""How well a claim is founded, by what the review tells of it.

The rule, in this order:

1. A claim that names or defines (relation ``is_a``) is a *definition*; one of the kind ``outlook`` is an *outlook*.
2. A claim with a reference has the grade of the cells, animals or people that the review names (column ``system``);
   where it names none, that of the unit of its dose (uM in a dish, mg/kg in animals, mg per day in people); where it
   gives none, that of the papers it cites, if all of them were done alike. Else it is *cited*.
3. A claim without a reference takes the best grade of a claim of the same review with the same subject, relation and
   object (not of one that leaves the effect open). Where there is none it is the review's own word: *conclusion* in
   title, abstract and conclusion, else *stated*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .evidence import GRADES, Claim, Reference

_FOUND = tuple(GRADES)[:5]
Words = Mapping[tuple[str, str], str]
References = Mapping[tuple[str, int], Reference]


def graded(claims: Iterable[Claim], words: Words, references: References) -> tuple[Claim, ...]:
    """Return claims with their grades.

    Parameters
    ----------
    claims
        The claims.
    words
        (column, word) to the grade that the word tells.
    references
        (review, number) to the paper.

    Returns
    -------
    tuple of Claim
        In the same order.
    """
    listed = [(claim, _own(claim, words, references)) for claim in claims]
    best: dict[tuple[str, ...], str] = {}
    for claim, grade in listed:
        if grade in _FOUND and claim.relation != "uncertain":
            rival = best.get(_said(claim), _FOUND[-1])
            best[_said(claim)] = min(grade, rival, key=_FOUND.index)
    return tuple(
        replace(claim, grade=grade if grade != "stated" else best.get(_said(claim)) or _unsupported(claim, words))
        for claim, grade in listed
    )


def _said(claim: Claim) -> tuple[str, ...]:
    return (claim.source, claim.subject, claim.relation, claim.object)


def _own(claim: Claim, words: Words, references: References) -> str:
    columns = claim.columns
    if claim.relation == "is_a":
        return "definition"
    if columns.get("kind") == "outlook":
        return "outlook"
    if not claim.numbers:
        return "stated"
    for column in ("system", "unit"):
        grade = words.get((column, columns.get(column, "")))
        if grade in _FOUND:
            return grade
    papers = [references.get((claim.source, number)) for number in claim.numbers]
    studies = {paper.study if paper else "untold" for paper in papers}
    study = studies.pop()
    return "cited" if studies or study == "untold" else study


def _unsupported(claim: Claim, words: Words) -> str:
    return words.get(("section", claim.columns.get("section", "")), "stated")
