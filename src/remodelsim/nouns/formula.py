"""Formulae of readouts: arithmetic over names, parsed once, never handed to eval."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ground.errors import ModelError

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_WRITTEN: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
_LONGEST = 500


@dataclass(frozen=True)
class Formula:
    """Arithmetic over named quantities.

    Parameters
    ----------
    text
        Names, numbers, ``+ - * / **``, brackets, ``exp``, ``log`` and ``sqrt``.

    Raises
    ------
    ModelError
        When the text is anything else.

    Examples
    --------
    >>> Formula("RANKL / OPG").value({"RANKL": 0.6, "OPG": 0.3})
    2.0
    """

    text: str
    _tree: ast.expr = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST:
            raise ModelError(f"a formula is longer than {_LONGEST} characters")
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ModelError(f"formula '{self.text}' cannot be read") from None
        _check(tree, self.text)
        object.__setattr__(self, "_tree", tree)

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities it needs, each once, in order of appearance."""
        return tuple(dict.fromkeys(_names(self._tree)))

    @property
    def postfix(self) -> tuple[str | float, ...]:
        """The same as numbers, names, and signs and functions (marked by ``@``) that stand behind what they join."""
        return tuple(_postfix(self._tree))

    def value(self, quantities: Mapping[str, Any]) -> Any:
        """Evaluate it.

        Parameters
        ----------
        quantities
            Name to number or array; arrays are taken element by element.

        Returns
        -------
        float or ndarray
            The value; nan or inf where the arithmetic has none.
        """
        with np.errstate(all="ignore"):
            result = _value(self._tree, quantities)
        return result.item() if isinstance(result, np.generic) else result


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Constant(value=value) if type(value) in {int, float}:
            return
        case ast.Name():
            return
        case ast.BinOp(op=op) if type(op) in _BINARY:
            _check(node.left, text)
            _check(node.right, text)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, text)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            _check(argument, text)
        case _:
            raise ModelError(
                f"formula '{text}' holds something that is no arithmetic",
                allowed=["names", "numbers", "+ - * / **", "( )", *_FUNCTIONS],
            )


def _names(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in _FUNCTIONS:
            yield part.id


def _postfix(node: ast.expr) -> Iterator[str | float]:
    match node:
        case ast.Constant(value=value):
            yield float(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            yield name
        case ast.BinOp(left=left, op=op, right=right):
            yield from _postfix(left)
            yield from _postfix(right)
            yield f"@{_WRITTEN[type(op)]}"
        case ast.UnaryOp(operand=operand):
            yield from _postfix(operand)
            yield "@neg"
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            yield from _postfix(argument)
            yield f"@{name}"


def _value(node: ast.expr, quantities: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return np.asarray(quantities[name], dtype=float)[()]
        case ast.BinOp():
            return _BINARY[type(node.op)](_value(node.left, quantities), _value(node.right, quantities))
        case ast.UnaryOp():
            return -_value(node.operand, quantities)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](_value(node.args[0], quantities))
        case _:  # pragma: no cover - _check refuses it
            raise ModelError("a formula changed after it was checked")
