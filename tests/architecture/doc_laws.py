"""Laws of documentation: public things are typed, and their docstrings agree with what they do."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .sources import Source, dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef

# a docstring of one sentence may do for a function of so many parameters
FEW = 2
_SECTION = re.compile(r"(?m)^([A-Z][A-Za-z ]+)\n-{3,}$")
_SAYS_WHAT_IT_GIVES = re.compile(r"(?:Return|Yield|Tell|Count)\b")
_NOT_FOR_CALLERS = {"AssertionError", "NotImplementedError", "SystemExit", "StopIteration"}


class Public(NamedTuple):
    """A public function or method, with the class that holds it."""

    function: Function
    owner: ast.ClassDef | None

    @property
    def name(self) -> str:
        return f"{self.owner.name}.{self.function.name}" if self.owner else self.function.name


def sections(docstring: str) -> dict[str, str]:
    """Return the numpy-style parts of a docstring; what stands above them is under the empty name."""
    pieces = _SECTION.split(inspect.cleandoc(docstring))
    return {"": pieces[0]} | dict(zip(pieces[1::2], pieces[2::2], strict=True))


def entries(section: str) -> list[str]:
    """Return the names that a Parameters, Attributes or Raises part explains."""
    heads = [line.split(" :")[0].split(":")[0] for line in section.splitlines() if line and not line[0].isspace()]
    return [name.strip().lstrip("*") for head in heads for name in head.split(",") if name.strip()]


def public_classes(source: Source) -> Iterator[ast.ClassDef]:
    """Yield the public classes of a module."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node


def public_functions(source: Source) -> Iterator[Public]:
    """Yield public functions, and the public methods of public classes."""
    for node in source.tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield Public(node, None)
    for owner in public_classes(source):
        for node in owner.body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield Public(node, owner)


def decorators(node: Function | ast.ClassDef) -> set[str]:
    """Return the dotted names of the decorators."""
    return {dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}


def parameters(public: Public) -> list[ast.arg]:
    """Return the parameters that a caller gives."""
    a = public.function.args
    given = [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs, *([a.kwarg] if a.kwarg else [])]
    method = public.owner is not None and "staticmethod" not in decorators(public.function)
    return given[1:] if method else given


def raised(function: Function) -> set[str]:
    """Return the names of errors that the body itself raises; `?` for one that another function words."""
    names, todo = set(), list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, Function | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = dotted(node.exc.func).split(".")[-1]
            names.add(name if name[:1].isupper() else "?")
        todo += ast.iter_child_nodes(node)
    return names - _NOT_FOR_CALLERS


def is_command(function: Function) -> bool:
    """Tell whether click turns the docstring into help for people."""
    return any(name.split(".")[-1] in {"command", "group"} for name in decorators(function))


def is_kernel(function: Function) -> bool:
    """Tell whether numba compiles it: its arrays are explained once, where its module lays them out."""
    return any(name.split(".")[-1] in {"njit", "vectorize", "intrinsic"} for name in decorators(function))


def check_typed(sources: Sequence[Source]) -> list[str]:
    """Refuse public functions with a bare parameter or without a return type."""
    found = []
    for source in sources:
        for public in public_functions(source):
            bare = [p.arg for p in parameters(public) if p.annotation is None]
            if bare:
                found.append(source.at(public.function, f"{public.name} leaves untyped: {', '.join(bare)}"))
            if public.function.returns is None:
                found.append(source.at(public.function, f"{public.name} has no return type"))
    return found


def check_documented(sources: Sequence[Source]) -> list[str]:
    """Refuse public modules, classes and functions without a docstring."""
    found = []
    for source in sources:
        if not ast.get_docstring(source.tree):
            found.append(source.at(source.tree, "the module has no docstring"))
        found += [
            source.at(c, f"{c.name} has no docstring") for c in public_classes(source) if not ast.get_docstring(c)
        ]
        found += [
            source.at(p.function, f"{p.name} has no docstring")
            for p in public_functions(source)
            if not ast.get_docstring(p.function)
            and "overload" not in {d.split(".")[-1] for d in decorators(p.function)}
        ]
    return found


def _disagreements(public: Public) -> Iterator[str]:
    parts = sections(ast.get_docstring(public.function) or "")
    names = [p.arg for p in parameters(public)]
    if "Parameters" in parts:
        explained = entries(parts["Parameters"])
        yield from (f"does not explain {n}" for n in names if n not in explained)
        yield from (f"explains {n}, which is no parameter" for n in explained if n not in names)
        returns = public.function.returns
        gives = returns is not None and ast.unparse(returns) not in {"None", "NoReturn", "Never"}
        if gives and not {"Returns", "Yields"} & set(parts) and not _SAYS_WHAT_IT_GIVES.match(parts[""]):
            yield "does not say what it returns"
    elif len(names) > FEW and not is_kernel(public.function):
        unsaid = [n for n in names if not re.search(rf"\b{n}\b", parts[""])]
        if unsaid:
            yield f"has {len(names)} parameters, no Parameters part, and no word about {', '.join(unsaid)}"
    yield from _silent_errors(raised(public.function), parts)


def _silent_errors(names: set[str], parts: dict[str, str]) -> Iterator[str]:
    said = entries(parts.get("Raises", ""))
    if names and not said:
        yield f"raises {', '.join(sorted(names - {'?'})) or 'an error'} and has no Raises part"
    elif said:
        yield from (f"does not say that it raises {name}" for name in sorted(names - {"?"}) if name not in said)


def check_docstrings(sources: Sequence[Source]) -> list[str]:
    """Refuse docstrings that disagree with parameters, returned value and errors."""
    return [
        source.at(public.function, f"{public.name} {what}")
        for source in sources
        for public in public_functions(source)
        if not is_command(public.function) and ast.get_docstring(public.function)
        for what in _disagreements(public)
    ]


def _fields(owner: ast.ClassDef) -> list[str]:
    """Return the public fields that a dataclass takes."""
    return [
        node.target.id
        for node in owner.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and not node.target.id.startswith("_")
        and "ClassVar" not in ast.unparse(node.annotation)
        and not (node.value is not None and "init=False" in ast.unparse(node.value))
    ]


def check_dataclasses(sources: Sequence[Source]) -> list[str]:
    """Refuse dataclasses that may change, leave a field unexplained, or refuse values without saying so."""
    found = []
    for source in sources:
        for owner in public_classes(source):
            made = [
                d
                for d in owner.decorator_list
                if dotted(d.func if isinstance(d, ast.Call) else d).endswith("dataclass")
            ]
            if not made:
                continue
            if "frozen=True" not in ast.unparse(made[0]):
                found.append(source.at(owner, f"{owner.name} is not frozen"))
            parts = sections(ast.get_docstring(owner) or "")
            explained = entries(parts.get("Parameters", "") + parts.get("Attributes", ""))
            found += [
                source.at(owner, f"{owner.name} does not explain {f}") for f in _fields(owner) if f not in explained
            ]
            checks = [n for n in owner.body if isinstance(n, Function) and n.name == "__post_init__"]
            found += [source.at(owner, f"{owner.name} {w}") for c in checks for w in _silent_errors(raised(c), parts)]
    return found
