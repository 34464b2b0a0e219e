"""What a claim says as arrows: who raises or lowers whom, along its chain and from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .evidence import Claim

SIGNS = {"increases": 1, "decreases": -1, "required_for": 1}
_STEP = re.compile(r"-\||>|~|[A-Za-z][A-Za-z0-9_]*|[,/]")
_LINKS = {">": 1, "-|": -1, "~": 0}


def stated_arrows(claim: Claim) -> frozenset[tuple[str, int, str]]:
    """Return every signed arrow that a claim states, whole ways among them.

    The chain in ``via`` runs from subject to object: ``>`` raises, ``-|`` lowers, ``~`` leaves the sign open, ``,`` and
    ``/`` stand between members side by side, ``;`` between chains. An arrow leads from each member to each later one,
    with the product of the signs between them; where a chain does not say, the ends raise.

    Parameters
    ----------
    claim
        The claim.

    Returns
    -------
    frozenset of tuple
        (from, +1 or -1, to); empty for a claim without a direction.

    Examples
    --------
    >>> claim = Claim("X-1", "x", "A", "decreases", "C", {"via": "-|B>"})
    >>> sorted(stated_arrows(claim))
    [('A', -1, 'B'), ('A', -1, 'C'), ('B', 1, 'C')]
    """
    sign = SIGNS.get(claim.relation)
    if sign is None:
        return frozenset()
    out = {(claim.subject, sign, claim.object)}
    for chain in claim.columns.get("via", "").split(";"):
        groups, links = _chain(chain)
        if groups:
            out |= set(_ways([[claim.subject], *groups, [claim.object]], links))
    return frozenset(out)


def _chain(text: str) -> tuple[list[list[str]], list[int]]:
    """Return the members of a chain in groups, and the signs before, between and after them."""
    groups: list[list[str]] = []
    links: list[int] = []
    beside = False
    for step in _STEP.findall(text):
        if step in _LINKS:
            links.append(_LINKS[step])
        elif step in {",", "/"}:
            beside = True
        elif beside and groups:
            groups[-1].append(step)
            beside = False
        else:
            links += [1] * (len(groups) + 1 - len(links))
            groups.append([step])
    return groups, [*links, *[1] * (len(groups) + 1 - len(links))]


def _ways(members: list[list[str]], signs: list[int]) -> Iterator[tuple[str, int, str]]:
    for i in range(len(members) - 1):
        product = 1
        for j in range(i + 1, len(members)):
            product *= signs[j - 1]
            if product and (i, j) != (0, len(members) - 1):
                yield from ((a, product, b) for a in members[i] for b in members[j])
