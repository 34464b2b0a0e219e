"""From compiled kernels to JavaScript: the page computes by the text of the Python functions, never by a second copy.

Kernels are written in a small part of Python (numbers, flat loops, arrays), which has a counterpart in JavaScript for
every construct. What has none is refused, so that no kernel is translated half. Kernels for rows of lanes are taken at
one lane: the index of the lane falls away, and ``load`` and ``store`` become plain reads and writes. Local variables
get short names, since the page travels by mail.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...ground.errors import ModelError
from .expressions import COLUMNS, COMPARED, FACTOR, SIGNS, TERM, Expressions, last_name, number, plain

_ROWS = ("jy", "jm", "oy", "om")
# numbers loops over the columns of a row
_COUNTER = "$"


def translate(roots: Iterable[Any]) -> str:
    """Translate functions and everything that they call.

    Parameters
    ----------
    roots
        Functions, compiled or not.

    Returns
    -------
    str
        JavaScript: tables of constants, then functions; those that were asked for keep their names, the others are
        numbered.

    Raises
    ------
    ModelError
        When a function holds something that has no counterpart, or two functions share a name.
    """
    asked = [plain(root) for root in roots]
    program = _Program([function.__name__ for function in asked])
    for function in asked:
        program.need(function)
    tables = [f"const {name}={text};" for name, text in program.tables.items()]
    return "\n".join([*tables, *program.done.values()])


class _Program:
    """The functions and tables that are needed, each once."""

    def __init__(self, asked: Sequence[str]) -> None:
        self.names = {name: name for name in asked}
        self.known: dict[str, Callable[..., Any]] = {}
        self.done: dict[str, str] = {}
        self.tables: dict[str, str] = {}

    def need(self, function: Callable[..., Any]) -> str:
        """Translate a function unless it is there already; return its name in JavaScript."""
        name = function.__name__
        short = self.names.setdefault(name, f"_{len(self.names)}")
        if name not in self.known:
            self.known[name] = function
            tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
            if not isinstance(tree, ast.FunctionDef):
                raise ModelError(f"{name} is no function that can be translated")
            self.done[name] = _Function(function, tree, self).text(short)
        elif self.known[name] is not function:
            raise ModelError(f"two functions that are to be translated are called {name}")
        return short

    def table(self, name: str, values: np.ndarray[Any, Any]) -> str:
        """Keep an array of constants; return its name."""
        self.tables[name] = "[" + ",".join(number(float(v)) for v in values.reshape(-1)) + "]"
        return name


class _Function(Expressions):
    """One function on its way to JavaScript."""

    def __init__(self, function: Callable[..., Any], tree: ast.FunctionDef, program: _Program) -> None:
        names = [a.arg for a in tree.args.args]
        own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        super().__init__(tree.name, function.__globals__, names, own, program.need, program.table)
        self.tree = tree

    def text(self, name: str) -> str:
        """Return the whole function under a name."""
        body = self._block(self.tree.body)
        own = [short for short in self.short.values() if short not in self.arguments]
        declared = f"let {','.join(own)};" if own else ""
        return f"function {name}({','.join(self.arguments)}){{{declared}{body}}}"

    def _block(self, statements: Iterable[ast.stmt]) -> str:
        return "".join(self._statement(each) for each in statements)

    def _braced(self, statements: list[ast.stmt]) -> str:
        """Return statements in braces, which a single plain one does not need."""
        match statements:
            case [ast.Assign(targets=[ast.Name() | ast.Subscript()]) | ast.AugAssign() | ast.Return() | ast.Continue()]:
                return self._block(statements)
            case [ast.Expr(value=ast.Call())]:
                return self._block(statements)
        return f"{{{self._block(statements)}}}"

    def _statement(self, node: ast.stmt) -> str:
        match node:
            case ast.Expr(value=ast.Constant()):
                return ""
            case ast.Expr(value=value):
                return self.expression(value) + ";"
            case ast.Return(value=None):
                return "return;"
            case ast.Return(value=ast.expr() as value):
                return f"return {self.expression(value)};"
            case ast.Assign(targets=[target], value=value):
                return self._assignment(target, value)
            case ast.AugAssign(target=target, op=op, value=value) if type(op) in SIGNS:
                return f"{self._place(target)}{SIGNS[type(op)][0]}={self.expression(value)};"
            case ast.If(test=test, body=body, orelse=rest):
                other = f"else {self._braced(rest)}".replace("else {", "else{") if rest else ""
                return f"if({self.expression(test)}){self._braced(body)}{other}"
            case ast.For(orelse=[]):
                return self._loop(node)
            case ast.Continue():
                return "continue;"
        raise self.refuse(node, "no counterpart of this statement")

    def _loop(self, node: ast.For) -> str:
        """Return a loop over numbers, or over a tuple that is written out."""
        match node:
            case ast.For(target=ast.Name(id="w")):
                if any(isinstance(part, ast.Continue | ast.Break) for part in ast.walk(node)):
                    raise self.refuse(node, "a loop over lanes that is left early")
                return self._block(node.body)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=args)):
                i = self.local(name)
                ends = [self.expression(a, COMPARED + 1) for a in args[:2]]
                first, stop = ends if len(ends) > 1 else ("0", ends[0])
                if len(args) > 2:
                    if self.expression(args[2]) != "-1":
                        raise self.refuse(node, "a loop goes up or down by one")
                    return f"for({i}={first};{i}>{stop};{i}--){self._braced(node.body)}"
                if not isinstance(args[-1], ast.Constant | ast.Name):
                    stop, end = self.local(f"end of {name}"), stop
                    return f"for({i}={first},{stop}={end};{i}<{stop};{i}++){self._braced(node.body)}"
                return f"for({i}={first};{i}<{stop};{i}++){self._braced(node.body)}"
            case ast.For(target=target, iter=ast.Tuple() as values):
                return f"for({self._pattern(target)} of {self.expression(values)}){self._braced(node.body)}"
        raise self.refuse(node, "no counterpart of this loop")

    def _pattern(self, node: ast.expr) -> str:
        """Return the variables of a loop over a tuple."""
        if isinstance(node, ast.Name):
            return self.local(node.id)
        if isinstance(node, ast.Tuple):
            return f"[{','.join(self._pattern(part) for part in node.elts)}]"
        raise self.refuse(node, "no counterpart of this variable")

    def _assignment(self, target: ast.expr, value: ast.expr) -> str:
        """Return one assignment; tuples go part by part."""
        match target, value:
            case ast.Tuple(), ast.Tuple():
                self._check_independent(target, value)
                return "".join(self._assignment(t, v) for t, v in zip(target.elts, value.elts, strict=True))
            case ast.Tuple(elts=parts), _:
                got = self.local("what was returned")
                kept = [(k, part) for k, part in enumerate(parts) if last_name(part) != "_"]
                return f"{got}={self.expression(value)};" + "".join(f"{self._place(p)}={got}[{k}];" for k, p in kept)
            case ast.Subscript(value=array, slice=ast.Slice(lower=None, upper=None)), _:
                return f"{self.expression(array)}.fill({self.expression(value)});"
            case ast.Subscript(slice=ast.Slice()), _:
                raise self.refuse(target, "only a whole array can be filled")
            case ast.Subscript(value=array, slice=row), _ if last_name(array) in _ROWS and not isinstance(
                row, ast.Tuple
            ):
                columns = COLUMNS[last_name(array)]
                place = f"{self.expression(array)}[{self.expression(row, FACTOR)}*{columns}+{_COUNTER}]"
                loop = f"for(let {_COUNTER}=0;{_COUNTER}<{columns};{_COUNTER}++)"
                return f"{loop}{place}={self._element(value)};"
        return f"{self._place(target)}={self.expression(value)};"

    def _check_independent(self, target: ast.Tuple, value: ast.Tuple) -> None:
        """Refuse a tuple whose later parts read what its earlier parts set."""
        written: set[str] = set()
        for one, what in zip(target.elts, value.elts, strict=True):
            if written & {node.id for node in ast.walk(what) if isinstance(node, ast.Name)}:
                raise self.refuse(target, "its parts depend on each other")
            written |= {one.id} if isinstance(one, ast.Name) else set()

    def _element(self, node: ast.expr) -> str:
        """Return the element with the number of the counter of an array that is made of parts of arrays."""
        match node:
            case ast.Subscript(value=array, slice=ast.Slice(lower=lower)):
                shift = f"+{self.expression(lower, TERM)}" if lower is not None else ""
                return f"{self.expression(array)}[{_COUNTER}{shift}]"
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return f"{self._element(left)}-{self._element(right)}"
        raise self.refuse(node, "no counterpart of this array")

    def _place(self, node: ast.expr) -> str:
        """Return what is written to."""
        if isinstance(node, ast.Name):
            return self.local(node.id)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        raise self.refuse(node, "cannot be written to")
