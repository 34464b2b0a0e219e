"""Boolean networks of any origin: read from bnet and BooleanNet text, written for other tools to check.

A name that is used but has no rule is an input: it keeps the value that it begins with.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..ground.errors import FileFormatError
from ..nouns.rule import Expr, Rule
from .bnet import read_bnet, write_bnet
from .formats.sbml_qual import write_sbml_qual
from .tables import read_text
from .whole import check_target, put_text

_UPDATE = re.compile(r"\s*(?:\d+\s*:)?\s*([A-Za-z][A-Za-z0-9_]*)\s*\*\s*=(.*)")
_START = re.compile(r"\s*([A-Za-z][A-Za-z0-9_, =]*?)\s*=\s*(True|False|Random)\s*")
_WORDS = {"and": "&", "or": "|", "not": "!", "true": "1", "false": "0"}


def load_rules(path: str) -> dict[str, Rule]:
    """Read the rules of a Boolean network.

    Parameters
    ----------
    path
        A .bnet file, or BooleanNet text (.booleannet or .txt).

    Returns
    -------
    dict
        Node to rule; inputs are their own regulators.

    Raises
    ------
    FileFormatError
        When the file is missing, or of another kind.
    RuleError
        When a rule cannot be read; says file and line.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise FileFormatError(
            f"cannot read a network from '{path}'", allowed=_READERS, cure="Convert it to .bnet first."
        )
    rules = with_inputs(reader(read_text(file), file.name))
    if not rules:
        raise FileFormatError("no rules in the file", where=file.name, cure="Write one 'target, expression' per line.")
    return rules


def with_inputs(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return rules together with inputs for the names that have none.

    Parameters
    ----------
    rules
        Node to rule.

    Returns
    -------
    dict
        The rules, then the inputs in the order in which they are met.

    Examples
    --------
    >>> list(with_inputs({"a": Rule.parse("a", "b & !c")}))
    ['a', 'b', 'c']
    """
    out = dict(rules)
    for rule in rules.values():
        for name in rule.regulators:
            if name not in out:
                out[name] = Rule(name, Expr("var", name=name))
    return out


def read_booleannet(text: str, name: str) -> dict[str, Rule]:
    r"""Read the rules of BooleanNet text: ``A* = B and not C``.

    Parameters
    ----------
    text
        The file; starting values (``A = True``), comments and empty lines are passed over.
    name
        Name of the file, used in messages.

    Returns
    -------
    dict
        Node to rule, in the order of the file.

    Raises
    ------
    FileFormatError
        When a line is neither, or a target stands twice.

    Examples
    --------
    >>> read_booleannet("A = B = True\nA* = A and not B", "x.txt")["A"].expr.text()
    'A & !B'
    """
    rules: dict[str, Rule] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        code, where = line.split("#", maxsplit=1)[0].strip(), f"{name}:{number}"
        match = _UPDATE.fullmatch(code)
        if not code or (match is None and _START.fullmatch(code)):
            continue
        if match is None:
            raise FileFormatError("neither a rule nor a starting value", where=where, cure="Write 'A* = B and not C'.")
        target, expression = match.groups()
        if target in rules:
            raise FileFormatError(f"target {target} stands twice", where=where, cure="Keep one rule per node.")
        signs = re.sub(r"[A-Za-z][A-Za-z0-9_]*", lambda m: _WORDS.get(m.group().lower(), m.group()), expression)
        rules[target] = Rule.parse(target, signs.strip(), where=where)
    return rules


def write_booleannet(rules: Mapping[str, Rule]) -> str:
    """Write rules as BooleanNet text, every node at random in the beginning.

    Parameters
    ----------
    rules
        Node to rule.

    Returns
    -------
    str
        The file.
    """
    begin = "".join(f"{name} = Random\n" for name in rules)
    return begin + "\n" + "".join(f"{name}* = {_spoken(rule.expr)}\n" for name, rule in rules.items())


def _spoken(expr: Expr) -> str:
    text = " ".join(re.findall(r"[A-Za-z0-9_]+|[&|!()]", expr.text()))
    for sign, word in (("&", "and"), ("|", "or"), ("!", "not")):
        text = text.replace(sign, word)
    return re.sub(r"(?<![A-Za-z0-9_])[01](?![A-Za-z0-9_])", lambda m: "True" if m.group() == "1" else "False", text)


def write_maboss(
    rules: Mapping[str, Rule], rates: Mapping[str, tuple[float, float]], start: Mapping[str, float]
) -> tuple[str, str]:
    """Write rules as the two files of MaBoSS.

    Parameters
    ----------
    rules
        Node to rule.
    rates
        Node to its rates of switching on and off; 1 where missing.
    start
        Node to its probability of being on in the beginning; 0.5 where missing.

    Returns
    -------
    tuple of str
        The .bnd and the .cfg file.
    """
    nodes, settings = [], []
    for name, rule in rules.items():
        nodes.append(
            f"node {name} {{\n  logic = ({rule.expr.text()});\n"
            f"  rate_up = @logic ? $u_{name} : 0;\n  rate_down = @logic ? 0 : $d_{name};\n}}\n"
        )
        up, down = rates.get(name, (1.0, 1.0))
        p = start.get(name, 0.5)
        settings.append(f"$u_{name} = {up!r};\n$d_{name} = {down!r};\n")
        settings.append(f"[{name}].istate = {p!r} [1] , {1.0 - p!r} [0];\n{name}.is_internal = FALSE;\n")
    usual = "time_tick = 0.5;\nmax_time = 10;\nsample_count = 10000;\ndiscrete_time = 0;\nthread_count = 1;\n"
    return "".join(nodes), "".join(settings) + usual


def write_rules(
    rules: Mapping[str, Rule], path: str, rates: Mapping[str, tuple[float, float]] | None = None
) -> tuple[Path, ...]:
    """Write a Boolean network for another tool.

    Parameters
    ----------
    rules
        Node to rule.
    path
        Ends in .bnet, .booleannet, .txt, .sbml, .bnd or .cfg; MaBoSS gets both of its files.
    rates
        Node to its rates of switching on and off, for MaBoSS.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    FileFormatError
        When the ending is unknown, or the folder does not exist.
    """
    file = Path(path)
    texts = _texts(rules, file, rates or {})
    check_target(file)
    for target, text in texts.items():
        put_text(target, text)
    return tuple(texts)


def write_columns(path: str, columns: Mapping[str, Sequence[object]]) -> None:
    """Write columns of equal length as one CSV table.

    Parameters
    ----------
    path
        The file.
    columns
        Title to values.

    Raises
    ------
    FileFormatError
        When the folder does not exist.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    put_text(check_target(path), out.getvalue())


def _texts(rules: Mapping[str, Rule], file: Path, rates: Mapping[str, tuple[float, float]]) -> dict[Path, str]:
    ending = file.suffix.lower()
    if ending in {".bnd", ".cfg"}:
        bnd, cfg = write_maboss(rules, rates, {})
        return {file.with_suffix(".bnd"): bnd, file.with_suffix(".cfg"): cfg}
    if ending not in _WRITERS:
        raise FileFormatError(f"cannot write a network to '{file.name}'", allowed=[*_WRITERS, ".bnd", ".cfg"])
    return {file: _WRITERS[ending](rules)}


_READERS: dict[str, Callable[[str, str], dict[str, Rule]]] = {
    ".bnet": read_bnet,
    ".booleannet": read_booleannet,
    ".txt": read_booleannet,
}
_WRITERS: dict[str, Callable[[Mapping[str, Rule]], str]] = {
    ".bnet": write_bnet,
    ".booleannet": write_booleannet,
    ".txt": write_booleannet,
    ".sbml": write_sbml_qual,
}
