"""Pieces are small, printing and files keep to their rooms, and public things are typed and documented."""

from __future__ import annotations

import textwrap

import pytest

from . import doc_laws, form_laws
from .sources import ROOT, Source, package_sources, planted

SOURCES = package_sources()

LAWS = [
    form_laws.check_print,
    form_laws.check_open,
    form_laws.check_running,
    form_laws.check_sizes,
    doc_laws.check_typed,
    doc_laws.check_documented,
    doc_laws.check_docstrings,
    doc_laws.check_dataclasses,
]

GOOD = '''
"""A module."""

@dataclass(frozen=True)
class Amount:
    """A dose.

    Parameters
    ----------
    value
        How much.

    Raises
    ------
    UnitError
        When it is negative.
    """

    value: float

    def __post_init__(self) -> None:
        if self.value < 0:
            raise UnitError("negative")

def scale(values: list[float], factor: float, *, where: str = "") -> list[float]:
    """Scale values.

    Parameters
    ----------
    values, factor
        What is scaled, and by how much.
    where
        Place, for messages.

    Returns
    -------
    list[float]
        Scaled values.

    Raises
    ------
    UnitError
        When the factor is negative.
    """
    if factor < 0:
        raise UnitError(where)
    return [factor * v for v in values]

def double(value: float) -> float:
    """Return `value` twice."""
    return 2 * value

def _hidden(a, b, c):
    raise ValueError("private")
'''

# law, place, text, what must be found
PLANTED = [
    (form_laws.check_print, "experiments/a.py", "print('x')", "experiments/a.py:1: prints"),
    (form_laws.check_print, "experiments/a.py", "import sys\nsys.stderr.write('x')", "2: writes to sys.stderr"),
    (form_laws.check_open, "nouns/a.py", "open('x')", "opens a file (open)"),
    (form_laws.check_open, "experiments/a.py", "path.read_text()", "opens a file (path.read_text)"),
    (form_laws.check_open, "experiments/a.py", "Path('x').write_text('')", "opens a file (.write_text)"),
    (form_laws.check_open, "engines/a.py", "np.save('x', a)", "opens a file (np.save)"),
    (form_laws.check_running, "files/a.py", "eval('1')", "runs text as code (eval)"),
    (form_laws.check_running, "nouns/readout.py", "exec(compile(t, '', 'exec'))", "runs text as code (exec)"),
    (form_laws.check_sizes, "nouns/a.py", "def f():\n" + "    x = 1\n" * 50, "f has 51 lines, more than 50"),
    (form_laws.check_sizes, "nouns/a.py", "x = 1\n" * 401, "has 401 lines, more than 400"),
    (doc_laws.check_typed, "nouns/a.py", "def f(a, b: int) -> int: ...", "f leaves untyped: a"),
    (doc_laws.check_typed, "nouns/a.py", "def f(a: int): ...", "f has no return type"),
    (doc_laws.check_typed, "nouns/a.py", "class A:\n    def f(self, *, b) -> int: ...", "A.f leaves untyped: b"),
    (doc_laws.check_documented, "nouns/a.py", "x = 1", "the module has no docstring"),
    (doc_laws.check_documented, "nouns/a.py", "'''D.'''\ndef f() -> int: ...", "f has no docstring"),
    (doc_laws.check_documented, "nouns/a.py", "'''D.'''\nclass A: ...", "A has no docstring"),
    (
        doc_laws.check_docstrings,
        "nouns/a.py",
        GOOD.replace("values, factor\n", "values\n"),
        "scale does not explain factor",
    ),
    (
        doc_laws.check_docstrings,
        "nouns/a.py",
        GOOD.replace("where\n        Pl", "place\n        Pl"),
        "place, which is no parameter",
    ),
    (
        doc_laws.check_docstrings,
        "nouns/a.py",
        GOOD.replace("Returns\n    -------", "See\n    ---"),
        "does not say what it returns",
    ),
    (
        doc_laws.check_docstrings,
        "nouns/a.py",
        GOOD.replace("raise UnitError(where)", "raise NameError(where)"),
        "raises NameError",
    ),
    (
        doc_laws.check_docstrings,
        "a.py",
        "def f(a: int) -> int:\n    '''D.'''\n    raise E('x')",
        "raises E and has no Raises part",
    ),
    (
        doc_laws.check_docstrings,
        "a.py",
        "def f(a: int) -> int:\n    '''D.'''\n    raise bad('x')",
        "raises an error and has no",
    ),
    (
        doc_laws.check_docstrings,
        "a.py",
        "def f(a: int, b: int, c: int) -> int:\n    '''D.'''",
        "has 3 parameters, no Parameters part, and no word about a, b, c",
    ),
    (doc_laws.check_dataclasses, "a.py", GOOD.replace("(frozen=True)", ""), "Amount is not frozen"),
    (
        doc_laws.check_dataclasses,
        "a.py",
        GOOD.replace("value\n        How", "size\n        How"),
        "Amount does not explain value",
    ),
    (
        doc_laws.check_dataclasses,
        "a.py",
        GOOD.replace('UnitError("neg', 'NameError("neg'),
        "Amount does not say that it raises",
    ),
]

ALLOWED = [
    ("faces/cli.py", '"""D."""\nprint(1)\nimport sys\nsys.stderr.write("x")'),
    ("faces/folder.py", '"""D."""\nopen("x")\npath.write_text("x")'),
    ("files/tables.py", '"""D."""\npath.open()\nfoo.read_text()'),
    ("engines/ode/generate.py", '"""D."""\nexec("x = 1")'),
    ("nouns/rule.py", '"""D."""\nre.compile("x")\nmodel.save(3)'),
    ("nouns/rule.py", '"""D."""\ndef f() -> None:\n    """Do.\n' + "\n" * 60 + '    """\n' + "    x = 1\n" * 49),
    ("nouns/rule.py", GOOD),
    (
        "nouns/rule.py",
        GOOD.replace("Scale values.", "Return scaled values.").replace("Returns\n    -------", "See\n    ---"),
    ),
    ("nouns/rule.py", '"""D."""\ndef f(a: int, b: int, c: int) -> int:\n    """Add a and `b`, take away c."""'),
    ("engines/gate.py", '"""D."""\n@njit(cache=True)\ndef f(a: int, b: int, c: int) -> None:\n    """Add up."""'),
    ("faces/cli.py", '"""D."""\n@main.command("run")\ndef run(a: str, b: str, c: str) -> None:\n    """Run it."""'),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_package_keeps_the_law(law):
    assert law(SOURCES) == []


@pytest.mark.parametrize(("law", "path", "text", "finding"), PLANTED)
def test_a_planted_violation_is_found(law, path, text, finding):
    assert any(finding in found for found in law([Source(path, text)])), law([Source(path, text)])


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_what_is_allowed_is_not_reported(law, path, text):
    assert law(planted({path: textwrap.dedent(text)})) == []


def test_the_tests_are_small_too():
    tests = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tests").rglob("*.py"))
    ]

    assert form_laws.check_sizes(tests) == []
