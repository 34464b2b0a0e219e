"""The bnet format: one line per node, ``target, expression``; opens as it is in mpbn, MaBoSS and AEON."""

from __future__ import annotations

from collections.abc import Mapping

from ..ground.errors import FileFormatError, RemodelsimError
from ..nouns.rule import Rule

_HEADER = ("targets,factors", "target,factor", "targets,functions")


def read_bnet(text: str, name: str) -> dict[str, Rule]:
    r"""Read the rules of one bnet file.

    Parameters
    ----------
    text
        The file; empty lines, ``#`` comments and a header line are passed over.
    name
        Name of the file, used in messages.

    Returns
    -------
    dict
        Target to rule, in the order of the file.

    Raises
    ------
    FileFormatError
        When a line has no comma or a target stands twice.
    RuleError
        When an expression cannot be read.

    Examples
    --------
    >>> list(read_bnet("targets, factors\nA, A\nB, A & !B", "x.bnet"))
    ['A', 'B']
    """
    rules: dict[str, Rule] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.split("#", maxsplit=1)[0].strip()
        if not code or code.replace(" ", "").lower() in _HEADER:
            continue
        where = f"{name}:{number}"
        target, comma, expression = (part.strip() for part in code.partition(","))
        if not comma:
            raise FileFormatError(
                "no comma between target and expression", where=where, cure="Write 'target, expression'."
            )
        if target in rules:
            raise FileFormatError(f"target {target} stands twice", where=where, cure="Keep one rule per node.")
        try:
            rules[target] = Rule.parse(target, expression)
        except RemodelsimError as error:
            raise type(error)(
                error.what, where=where, allowed=error.allowed, nearest=error.nearest, cure=error.cure
            ) from None
    return rules


def write_bnet(rules: Mapping[str, Rule]) -> str:
    """Write rules as one bnet file.

    Parameters
    ----------
    rules
        Target to rule.

    Returns
    -------
    str
        The file, with the header ``targets, factors``.
    """
    return "".join(["targets, factors\n", *(f"{target}, {rule.expr.text()}\n" for target, rule in rules.items())])
