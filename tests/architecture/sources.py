"""What the laws look at: the modules of the package, or small planted ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "remodelsim"


@dataclass(frozen=True)
class Source:
    """One module: its path below the package and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")

    @property
    def module(self) -> str:
        """Dotted name below the package; empty for the package itself."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def room(self) -> str:
        """Dotted name of the package that relative imports start from."""
        return self.module if self.is_package else self.module.rpartition(".")[0]

    def at(self, node: ast.AST, sentence: str) -> str:
        """Word a finding: where and what."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {sentence}"


def package_sources() -> list[Source]:
    """Return every module of the checkout's package."""
    return [
        Source(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def planted(texts: Mapping[str, str]) -> list[Source]:
    """Return small sources made up for a test."""
    return [Source(path, text) for path, text in texts.items()]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` of a chain of names, or an empty text where it is no such chain."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""
