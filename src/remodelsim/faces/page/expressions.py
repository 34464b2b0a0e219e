"""Expressions of compiled kernels in JavaScript; `translate` puts them into statements and functions."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engines.ode.cells import CELL_STATES, MODULATORS
from ...ground.errors import ModelError

# what stands for the lane (or for the number of a doing), of which the page has one
LANES = ("w", "u", "width")
# columns of tables that lie flat
COLUMNS: Mapping[str, int] = {
    **dict.fromkeys(("jy", "oy"), len(CELL_STATES)),
    **dict.fromkeys(("jm", "om"), len(MODULATORS)),
    **dict.fromkeys(("drug", "states", "couplings", "estrogens"), 3),
}
# what holds one number per lane: where the index of the lane falls away, it is read at 0
_ONE_PER_LANE = ("t", "then", "stop", "fresh", "falling", "origin", "without", "estrogen")
_MATH = {
    **{name: f"Math.{name}" for name in ("exp", "log", "sqrt", "tanh", "expm1", "log1p")},
    "abs": "Math.abs",
    "max": "Math.max",
    "min": "Math.min",
    "larger": "Math.max",
    "isfinite": "Number.isFinite",
    # polynomials for vector instructions; here the machine's own functions, kept as far from overflow
    "_log": "Math.log",
    "_exp": "exp700",
}
SIGNS: Mapping[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 11),
    ast.Sub: ("-", 11),
    ast.Mult: ("*", 12),
    ast.Div: ("/", 12),
    ast.BitAnd: ("&", 7),
}
_ORDER: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
}
# how strongly things bind in JavaScript
FACTOR, TERM, COMPARED = 12, 11, 9
_ATOM, _UNARY, _BOTH, _EITHER, _CHOICE, _ASSIGNED = 20, 14, 5, 4, 3, 2
_RESERVED = frozenset({"do", "if", "in", "of", "as", "is"})
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
Needed = Callable[[Callable[..., Any]], str]
Tabled = Callable[[str, "np.ndarray[Any, Any]"], str]


def plain(function: Any) -> Callable[..., Any]:
    """Return the Python function behind a compiled one, or the function itself."""
    found: Callable[..., Any] = getattr(function, "py_func", function)
    return found


def number(value: float) -> str:
    """Return a number as JavaScript writes it, to the last digit."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).removeprefix("0").replace("-0.", "-.")


def last_name(node: ast.expr) -> str:
    """Return the last name of what is indexed or called; empty where it has none."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


class Expressions:
    """The expressions of one function.

    Parameters
    ----------
    name
        Name of the function, for messages.
    known
        The names of its module.
    arguments
        Its parameters.
    own
        Names that it sets itself.
    need, table
        Called with another function, or a table of constants, that it uses; return the name in JavaScript.
    """

    def __init__(
        self,
        name: str,
        known: Mapping[str, Any],
        arguments: list[str],
        own: set[str],
        need: Needed,
        table: Tabled,
    ) -> None:
        self.name, self.known, self.own = name, known, {*arguments, *own}
        self.need, self.table = need, table
        self.short: dict[str, str] = {}
        self.arguments = [self.local(a) for a in arguments if a not in LANES]

    def refuse(self, node: ast.AST, what: str) -> ModelError:
        """Return the error for something without counterpart."""
        return ModelError(f"{self.name} cannot be translated: {what}: {ast.unparse(node)}")

    def local(self, name: str) -> str:
        """Return the short name of a local variable."""
        if name not in self.short:
            k, text = len(self.short), ""
            while not text or text in _RESERVED:
                text, rest = "", k
                while True:
                    text = _LETTERS[rest % 52] + text
                    rest = rest // 52 - 1
                    if rest < 0:
                        break
                k += 52 * 52
            self.short[name] = text
        return self.short[name]

    def expression(self, node: ast.expr, around: int = 0) -> str:
        """Return an expression, in brackets where what stands around it binds more strongly."""
        text, strength = self.bare(node)
        return f"({text})" if strength < around else text

    def bare(self, node: ast.expr) -> tuple[str, int]:
        """Return an expression and how strongly it binds.

        Raises
        ------
        ModelError
            When something in it has no counterpart.
        """
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return number(value), _ATOM
            case ast.Name(id=name):
                return self._named(node, name)
            case ast.Attribute():
                return self._attribute(node), _ATOM
            case ast.Subscript():
                return self.subscript(node), _ATOM
            case ast.Call():
                return self._call(node)
            case ast.Tuple(elts=parts):
                return f"[{','.join(self.expression(part) for part in parts)}]", _ATOM
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return f"Math.pow({self.expression(left)},{self.expression(right)})", _ATOM
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
                sign, strength = SIGNS[type(op)]
                return f"{self.expression(left, strength)}{sign}{self._right(right, strength)}", strength
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-{self.expression(operand, _UNARY + 1)}", _UNARY
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!{self.expression(operand, _UNARY)}", _UNARY
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _ORDER:
                parts_ = self.expression(left, COMPARED + 1), self.expression(right, COMPARED + 1)
                return _ORDER[type(op)].join(parts_), COMPARED
            case ast.BoolOp(op=joint, values=values):
                strength = _BOTH if isinstance(joint, ast.And) else _EITHER
                sign = "&&" if strength == _BOTH else "||"
                return sign.join(self.expression(v, strength + 1) for v in values), strength
            case ast.IfExp(test=test, body=body, orelse=rest):
                yes, no = self.expression(body, _EITHER), self.expression(rest, _CHOICE)
                return f"{self.expression(test, _EITHER)}?{yes}:{no}", _CHOICE
        raise self.refuse(node, "no counterpart")

    def _right(self, node: ast.expr, strength: int) -> str:
        """Return the right side of a sign; ``a - -b`` keeps its space by brackets."""
        text = self.expression(node, strength + 1)
        return f"({text})" if text.startswith("-") else text

    def _named(self, node: ast.Name, name: str) -> tuple[str, int]:
        """Return a local variable, or a constant of the module."""
        if name in self.own:
            return self.local(name), _ATOM
        if name not in self.known:
            raise self.refuse(node, f"what {name} is cannot be known")
        value = self.known[name]
        if isinstance(value, int | float):
            return number(value), (_ATOM if value >= 0 else _UNARY)
        if isinstance(value, np.ndarray):
            return self.table(name, value), _ATOM
        raise self.refuse(node, "neither a number nor a table")

    def _attribute(self, node: ast.Attribute) -> str:
        """Return a field, or the position that a name of the module stands for."""
        if isinstance(node.value, ast.Name) and node.value.id not in self.own:
            module = self.known.get(node.value.id)
            value = getattr(module, node.attr, None)
            if isinstance(value, int | float):
                return number(value)
        inner = self.expression(node.value, _ATOM)
        return f"{inner}.length" if node.attr == "size" else f"{inner}.{node.attr}"

    def subscript(self, node: ast.Subscript) -> str:
        """Return an element, a part of an array, or how long it is."""
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            return self._length(node.value.value, node.slice)
        base, name = self.expression(node.value, _ATOM), last_name(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = [self.expression(e) for e in (node.slice.lower, node.slice.upper) if e is not None]
            return f"{base}.subarray({','.join(ends)})"
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        kept = [i for i in indices if not (isinstance(i, ast.Name) and i.id in LANES)]
        if not kept:
            return f"{base}[0]" if name in _ONE_PER_LANE else base
        if len(kept) == 1:
            return f"{base}[{self.expression(kept[0])}]"
        columns, row = self._columns(node, name), kept[0]
        if isinstance(row, ast.Attribute | ast.Constant):
            first = self.expression(row)
            if first.isdigit():
                first = str(int(first) * columns)
                return f"{base}[{first}+{self.expression(kept[1], TERM)}]"
        return f"{base}[{self.expression(row, FACTOR)}*{columns}+{self.expression(kept[1], TERM)}]"

    def _columns(self, node: ast.Subscript, name: str) -> int:
        """Return how many columns a table has."""
        value = self.known.get(name)
        if isinstance(value, np.ndarray):
            return int(value.shape[1])
        if name not in COLUMNS:
            raise self.refuse(node, "how many columns it has is not known")
        return COLUMNS[name]

    def _length(self, array: ast.expr, axis: ast.expr) -> str:
        """Return the length of an array along an axis; lanes do not count."""
        text, name = self.expression(array, _ATOM), last_name(array)
        if name not in COLUMNS:
            return f"{text}.length"
        first = isinstance(axis, ast.Constant) and axis.value == 0
        return f"{text}.length/{COLUMNS[name]}" if first else str(COLUMNS[name])

    def _call(self, node: ast.Call) -> tuple[str, int]:
        """Return a call: of arithmetic, of what makes arrays, of lanes, or of another kernel."""
        name = last_name(node.func)
        args = [a for a in node.args if not (isinstance(a, ast.Name) and a.id in LANES)]
        if isinstance(node.func, ast.Attribute) and name == "reshape":
            return self.expression(node.func.value, _ATOM), _ATOM
        if name in {"float", "fill"}:
            return self.bare(args[0])
        if name in {"zeros", "empty", "ones"}:
            filled = ".fill(1)" if name == "ones" else ""
            return f"new Float64Array({self.expression(args[0])}){filled}", _ATOM
        if name == "load":
            return f"{self.expression(args[0], _ATOM)}[{self.expression(args[1])}]", _ATOM
        if name == "store":
            place = f"{self.expression(args[0], _ATOM)}[{self.expression(args[1])}]"
            return f"{place}={self.expression(args[2])}", _ASSIGNED
        if name == "choose":
            yes, no = self.expression(args[1], _EITHER), self.expression(args[2], _CHOICE)
            return f"{self.expression(args[0], COMPARED + 1)}>0?{yes}:{no}", _CHOICE
        inner = ",".join(self.expression(a) for a in args)
        if name in _MATH:
            return f"{_MATH[name]}({inner})", _ATOM
        if isinstance(node.func, ast.Name) and callable(self.known.get(name)):
            return f"{self.need(plain(self.known[name]))}({inner})", _ATOM
        raise self.refuse(node, "no counterpart of this call")
