"""Laws of form: small pieces, printing and files in their rooms, nothing that runs what it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from .sources import Source, dotted, functions

LONGEST_FUNCTION = 50
LONGEST_FILE = 400

ROOMS_THAT_PRINT = ("faces/cli*",)
# the gallery saves pictures, the folder everything else of a run
ROOMS_THAT_OPEN = ("files/*", "faces/folder*", "faces/plot/gallery*")
ROOMS_THAT_RUN_GENERATED_CODE = ("engines/*",)

_OPENING_METHODS = {"open", "read_text", "write_text", "read_bytes", "write_bytes"}
_OPENING_NUMPY = {"load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "genfromtxt", "fromfile"}
_LEFT_OVER = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK)\b")


def in_rooms(source: Source, rooms: Sequence[str]) -> bool:
    """Tell whether a module stands in one of the rooms."""
    return any(fnmatchcase(source.path, room) for room in rooms)


def _calls(source: Source) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield every call with the full name and the last part of what is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
            yield node, dotted(node.func), last


def check_print(sources: Sequence[Source]) -> list[str]:
    """Refuse printing outside the command line."""
    found = []
    for source in sources:
        if in_rooms(source, ROOMS_THAT_PRINT):
            continue
        found += [source.at(node, "prints") for node, name, _ in _calls(source) if name == "print"]
        found += [
            source.at(node, f"writes to {dotted(node)}")
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and dotted(node) in {"sys.stdout", "sys.stderr"}
        ]
    return found


def check_open(sources: Sequence[Source]) -> list[str]:
    """Refuse files outside their rooms."""
    found = []
    for source in sources:
        if in_rooms(source, ROOMS_THAT_OPEN):
            continue
        for node, name, last in _calls(source):
            numpy_file = name.split(".")[0] in {"np", "numpy"} and last in _OPENING_NUMPY
            if name == "open" or ("." in name and last in _OPENING_METHODS) or numpy_file:
                found.append(source.at(node, f"opens a file ({name})"))
            elif not name and last in _OPENING_METHODS:
                found.append(source.at(node, f"opens a file (.{last})"))
    return found


def check_running(sources: Sequence[Source]) -> list[str]:
    """Refuse running text as code outside the engines' generator."""
    return [
        source.at(node, f"runs text as code ({name})")
        for source in sources
        if not in_rooms(source, ROOMS_THAT_RUN_GENERATED_CODE)
        for node, name, _ in _calls(source)
        if name in {"eval", "exec", "compile"}
    ]


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from `def` to its end, its docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def check_sizes(sources: Sequence[Source]) -> list[str]:
    """Refuse long functions and long files."""
    found = []
    for source in sources:
        lines = len(source.text.splitlines())
        if lines > LONGEST_FILE:
            found.append(source.at(source.tree, f"has {lines} lines, more than {LONGEST_FILE}"))
        found += [
            source.at(function, f"{function.name} has {length_of(function)} lines, more than {LONGEST_FUNCTION}")
            for function in functions(source.tree)
            if length_of(function) > LONGEST_FUNCTION
        ]
    return found


def check_left_over(path: str, text: str) -> list[str]:
    """Refuse notes that say a thing is unfinished."""
    return [
        f"{path}:{i}: says {m.group()}"
        for i, line in enumerate(text.splitlines(), 1)
        for m in _LEFT_OVER.finditer(line)
    ]
