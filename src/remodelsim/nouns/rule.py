"""One Boolean rule: its expression, its regulators and their signs. The only door to boolean.py.

boolean.py parses; it never evaluates, simplifies or normalises here (its calls are slow and its normal forms explode).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ..ground.errors import RuleError
from ..ground.names import is_name

Op = Literal["var", "not", "and", "or", "const"]
_TOKEN = re.compile(r"\s*(?:([A-Za-z][A-Za-z0-9_]*)|([01](?![A-Za-z0-9_]))|([&|!()]))")
_LONGEST = 200_000
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Expr:
    """A node of an expression tree.

    Parameters
    ----------
    op
        "var", "not", "and", "or" or "const".
    name
        The regulator of a "var".
    args
        The parts of a "not" (one), "and" or "or" (two or more).
    value
        The truth value of a "const".
    """

    op: Op
    name: str = ""
    args: tuple[Expr, ...] = ()
    value: bool = False

    def leaves(self) -> Iterator[str]:
        """Yield the regulators from left to right, repeated ones repeatedly."""
        if self.op == "var":
            yield self.name
        for part in self.args:
            yield from part.leaves()

    def holds(self, state: Mapping[str, bool]) -> bool:
        """Evaluate on a state of truth values (slow; for tests and truth tables)."""
        match self.op:
            case "var":
                return bool(state[self.name])
            case "const":
                return self.value
            case "not":
                return not self.args[0].holds(state)
            case "and":
                return all(part.holds(state) for part in self.args)
            case _:
                return any(part.holds(state) for part in self.args)

    def text(self) -> str:
        """Write the expression in bnet syntax."""
        match self.op:
            case "var":
                return self.name
            case "const":
                return str(int(self.value))
            case "not":
                return "!" + self.args[0].bracketed()
            case _:
                return (" & " if self.op == "and" else " | ").join(part.bracketed() for part in self.args)

    def bracketed(self) -> str:
        """Write the expression so that it can stand inside another one."""
        return f"({self.text()})" if self.op in {"and", "or"} else self.text()


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one node.

    Parameters
    ----------
    target
        The node that follows the rule.
    expr
        The expression over its regulators.

    Raises
    ------
    RuleError
        When the target is no valid name.

    Examples
    --------
    >>> rule = Rule.parse("NFATc1", "(NFkB_oc | AP1) & !IFNG")
    >>> rule.regulators, rule.signs["IFNG"]
    (('NFkB_oc', 'AP1', 'IFNG'), -1)
    """

    target: str
    expr: Expr

    def __post_init__(self) -> None:
        if not is_name(self.target):
            raise RuleError(
                f"'{self.target}' is not a name for a node",
                cure="Use a letter, then letters, digits and underscores; not true, false, none, and, or, not.",
            )

    @classmethod
    def parse(cls, target: str, text: str, *, where: str = "") -> Rule:
        """Read an expression over ``& | ! ( )``, names and the constants 0 and 1.

        Parameters
        ----------
        target
            The node that follows the rule.
        text
            The expression.
        where
            Place of the rule, used in messages.

        Returns
        -------
        Rule
            The rule.

        Raises
        ------
        RuleError
            When the expression is not complete, has unknown signs, or is too long.
        """
        try:
            _check_tokens(text)
            return cls(target, _parse(text))
        except RuleError as error:
            raise error.at(where or f"rule of {target}") from None

    @property
    def regulators(self) -> tuple[str, ...]:
        """The regulators in order of appearance, each once."""
        return tuple(dict.fromkeys(self.expr.leaves()))

    @property
    def is_input(self) -> bool:
        """Whether the node is an input, written as its own regulator (``X, X``)."""
        return self.expr.op == "var" and self.expr.name == self.target

    @property
    def is_read_once(self) -> bool:
        """Whether each regulator occurs once, so that product logic is its multilinear interpolation."""
        return len(tuple(self.expr.leaves())) == len(self.regulators)

    @property
    def signs(self) -> dict[str, int]:
        """The sign with which each regulator occurs: +1, -1, or 0 when it occurs with both."""
        found: dict[str, set[int]] = {}
        _collect_signs(self.expr, 1, found)
        return {name: signs.pop() if len(signs) == 1 else 0 for name, signs in found.items()}


def _collect_signs(expr: Expr, sign: int, found: dict[str, set[int]]) -> None:
    if expr.op == "var":
        found.setdefault(expr.name, set()).add(sign)
    for part in expr.args:
        _collect_signs(part, -sign if expr.op == "not" else sign, found)


def _check_tokens(text: str) -> None:
    """Refuse what boolean.py would accept silently: trailing operators, foreign signs, neighbours without operator."""
    if len(text) > _LONGEST:
        raise RuleError(f"the expression is longer than {_LONGEST} characters")
    if not text.strip():
        raise RuleError("the expression is empty", cure="Write an input as its own regulator: X, X.")
    position, depth, operand_due = 0, 0, True
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            bad = text[position:].lstrip()[0]
            raise RuleError(
                f"unexpected '{bad}' in the expression", allowed=["names", "&", "|", "!", "(", ")", "0", "1"]
            )
        symbol = match.group().strip()
        depth += (symbol == "(") - (symbol == ")")
        opens = symbol in {"!", "("}
        is_operand = symbol not in {"&", "|", "!", "(", ")"}
        if (opens or is_operand) != operand_due or depth < 0:
            cure = "Rules have no functions: join names with &, | and !." if symbol == "(" else ""
            raise RuleError(f"'{symbol}' stands where {'a name' if operand_due else 'an operator'} is due", cure=cure)
        operand_due = opens or symbol in {"&", "|"}
        position = match.end()
    if operand_due or depth:
        raise RuleError("the expression ends too early", cure="Close every bracket and give every operator both sides.")


@cache
def _algebra() -> Any:
    from boolean import BooleanAlgebra

    return BooleanAlgebra()


def _parse(text: str) -> Expr:
    for word in set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", text)):
        if not is_name(word):
            raise RuleError(f"'{word}' is a reserved word, not a name", cure="Write 0 or 1, & | !.")
    try:
        expr = _convert(_algebra().parse(text, simplify=False))
    except RecursionError:
        # other tools write long disjunctions as nested pairs: too deep for boolean.py, but flat once read by hand
        expr = _read_by_hand(text)
    if _depth(expr) > _DEEPEST:
        raise RuleError(f"the expression is nested deeper than {_DEEPEST} levels")
    return expr


def _depth(expr: Expr) -> int:
    deepest, todo = 0, [(expr, 1)]
    while todo:
        part, level = todo.pop()
        deepest = max(deepest, level)
        todo += [(inner, level + 1) for inner in part.args]
    return deepest


def _read_by_hand(text: str) -> Expr:
    """Read an expression whose tokens were checked, without recursion; parts of one kind are joined at once."""
    binding = {"|": 1, "&": 2, "!": 3}
    values: list[Expr] = []
    waiting: list[str] = []

    def apply(sign: str) -> None:
        last = values.pop()
        if sign == "!":
            values.append(Expr("not", args=(last,)))
            return
        op: Op = "and" if sign == "&" else "or"
        first = values.pop()
        values.append(Expr(op, args=(*_parts(first, op), *_parts(last, op))))

    for match in _TOKEN.finditer(text):
        name, digit, sign = match.groups()
        if name or digit:
            values.append(Expr("var", name=name) if name else Expr("const", value=digit == "1"))
        elif sign == ")":
            while waiting[-1] != "(":
                apply(waiting.pop())
            waiting.pop()
        else:
            while sign in {"&", "|"} and waiting and binding.get(waiting[-1], 0) >= binding[sign]:
                apply(waiting.pop())
            waiting.append(sign)
    while waiting:
        apply(waiting.pop())
    return values.pop()


def _parts(expr: Expr, op: Op) -> tuple[Expr, ...]:
    return expr.args if expr.op == op else (expr,)


def _convert(parsed: Any) -> Expr:
    algebra = _algebra()
    if parsed is algebra.TRUE or parsed is algebra.FALSE:
        return Expr("const", value=parsed is algebra.TRUE)
    if isinstance(parsed, algebra.Symbol):
        return Expr("var", name=str(parsed.obj))
    parts = tuple(_convert(part) for part in parsed.args)
    if isinstance(parsed, algebra.NOT):
        return Expr("not", args=parts)
    op: Op = "and" if isinstance(parsed, algebra.AND) else "or"
    return Expr(op, args=tuple(inner for part in parts for inner in _parts(part, op)))
