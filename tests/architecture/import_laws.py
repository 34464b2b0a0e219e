"""Laws of imports: floors, rooms, cycles, exact modules, and one door for each library."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from .sources import Source, dotted

FLOORS = {"ground": 0, "nouns": 1, "files": 2, "engines": 3, "experiments": 4, "faces": 5}
ROOF = 6
ROOF_MODULES = {"", "__main__"}
STRANGERS = ("engines.boolean", "engines.ode")

# library: the modules that may import it
DOORS: dict[str, tuple[str, ...]] = {
    "numpy": ("*",),
    "boolean": ("nouns/rule.py",),
    "ruamel": ("ground/strict_yaml.py",),
    "pydantic": ("files/*",),
    "scipy": ("engines/*",),
    "numba": ("engines/*",),
    "biodivine_aeon": ("engines/boolean/aeon.py",),
    "SALib": ("experiments/sensitivity_design.py",),
    # an extra: whoever has a cluster
    "distributed": ("experiments/cluster.py",),
    "matplotlib": ("faces/plot*",),
    "click": ("faces/*",),
    # of the standard library: files are read and written in two rooms, and nothing that runs what it reads
    "csv": ("files/*", "faces/folder*"),
    "json": ("files/*", "faces/folder*", "faces/cli*", "faces/page/*"),
    "pickle": (),
    "marshal": (),
    "shelve": (),
    "subprocess": (),
}


class Import(NamedTuple):
    """One import of the package's own: where it stands, what it reaches, whether it names the exact module."""

    node: ast.AST
    target: str
    exact: bool


def floor_of(module: str) -> int | None:
    """Return the floor of a module, None where it stands on none."""
    if module in ROOF_MODULES:
        return ROOF
    return FLOORS.get(module.partition(".")[0])


def own_imports(source: Source, modules: set[str]) -> Iterator[Import]:
    """Yield every relative import; `modules` tells a package from what it holds."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = source.room.split(".") if source.room else []
        if node.level - 1 > len(base):
            yield Import(node, "<above the package>", exact=False)
            continue
        kept = base[: len(base) - (node.level - 1)]
        target = ".".join([*kept, *(node.module or "").split(".")]).strip(".")
        for alias in node.names:
            inner = f"{target}.{alias.name}".strip(".")
            yield Import(node, inner, exact=False) if inner in modules else Import(node, target, exact=True)


def outside_imports(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Yield every absolute import with the first part of its name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node, (node.module or "").split(".")[0]


def imports_for_types(source: Source) -> Iterator[ast.AST]:
    """Yield the imports under ``if TYPE_CHECKING``: they name a type and load nothing."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            for statement in node.body:
                yield from ast.walk(statement)


def check_floors(sources: Sequence[Source]) -> list[str]:
    """Refuse modules outside the floors and imports that reach up."""
    modules = {source.module for source in sources}
    found = []
    for source in sources:
        height = floor_of(source.module)
        if height is None:
            found.append(source.at(source.tree, "stands on no floor"))
            continue
        for node, target, _ in own_imports(source, modules):
            other = floor_of(target)
            if other is not None and other > height:
                found.append(source.at(node, f"reaches up to {target or 'the package itself'}"))
    return found


def check_exact(sources: Sequence[Source]) -> list[str]:
    """Refuse imports of a package, of nothing, and of the package by its own name."""
    modules = {source.module for source in sources}
    packages = {source.module for source in sources if source.is_package}
    found = []
    for source in sources:
        for node, target, exact in own_imports(source, modules):
            if target not in modules:
                found.append(source.at(node, f"imports {target}, which does not exist"))
            elif not exact or target in packages:
                found.append(source.at(node, f"does not name the exact module ({target or 'the package itself'})"))
        found += [
            source.at(node, "imports remodelsim by its own name")
            for node, top in outside_imports(source)
            if top == "remodelsim"
        ]
        if (
            source.is_package
            and source.module
            and any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(source.tree))
        ):
            found.append(source.at(source.tree, "is a floor's __init__ and imports something"))
    return found


def check_dynamic(sources: Sequence[Source]) -> list[str]:
    """Refuse imports that no reader can see; only the shop window may load its names late."""
    return [
        source.at(node, f"imports by {dotted(node.func)}")
        for source in sources
        if source.path != "__init__.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in {"import_module", "__import__"}
    ]


def graph_of(sources: Sequence[Source]) -> dict[str, set[str]]:
    """Return module -> modules that it imports, late imports included."""
    modules = {source.module for source in sources}
    return {
        source.module: {target for _, target, _ in own_imports(source, modules) if target in modules}
        for source in sources
    }


def check_cycles(sources: Sequence[Source]) -> list[str]:
    """Refuse any cycle of imports."""
    try:
        TopologicalSorter(graph_of(sources)).prepare()
    except CycleError as error:
        return ["cycle: " + " > ".join(error.args[1])]
    return []


def check_strangers(sources: Sequence[Source]) -> list[str]:
    """Refuse every path of imports between the two rooms of engines, in either direction."""
    graph = graph_of(sources)
    found = []
    for here, there in (STRANGERS, STRANGERS[::-1]):
        for start in sorted(module for module in graph if module.startswith(here)):
            seen, todo = {start}, [start]
            while todo:
                new = graph.get(todo.pop(), set()) - seen
                seen |= new
                todo += new
            found += [f"{start} knows {other}" for other in sorted(seen) if other.startswith(there)]
    return found


def check_doors(sources: Sequence[Source]) -> list[str]:
    """Refuse libraries outside their door, and libraries that have none."""
    found = []
    for source in sources:
        for_types = {id(node) for node in imports_for_types(source)}
        for node, library in outside_imports(source):
            if library == "remodelsim" or id(node) in for_types:
                continue
            doors = DOORS.get(library, ("*",) if library in sys.stdlib_module_names else None)
            if doors is None:
                found.append(source.at(node, f"imports {library}, which has no door"))
            elif not any(fnmatchcase(source.path, door) for door in doors):
                found.append(source.at(node, f"imports {library} outside its door ({', '.join(doors) or 'none'})"))
    return found
