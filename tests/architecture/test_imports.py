"""The floors hold, no cycle forms, and each library comes in through one door."""

from __future__ import annotations

import pytest

from . import import_laws as laws
from .sources import package_sources, planted

SOURCES = package_sources()

LAWS = [
    laws.check_floors,
    laws.check_exact,
    laws.check_dynamic,
    laws.check_cycles,
    laws.check_strangers,
    laws.check_doors,
]

# law, planted modules, what must be found
PLANTED = [
    (
        laws.check_floors,
        {"ground/errors.py": "from ..nouns.rule import Rule", "nouns/rule.py": ""},
        "ground/errors.py:1: reaches up to nouns.rule",
    ),
    (
        laws.check_floors,
        {"nouns/rule.py": "def f():\n    from ..engines.ode.solve import solve", "engines/ode/solve.py": ""},
        "nouns/rule.py:2: reaches up to engines.ode.solve",
    ),
    (
        laws.check_floors,
        {"files/lint.py": "from .. import __version__", "__init__.py": ""},
        "files/lint.py:1: reaches up to the package itself",
    ),
    (laws.check_floors, {"helpers.py": ""}, "helpers.py:1: stands on no floor"),
    (laws.check_floors, {"utils/tables.py": ""}, "utils/tables.py:1: stands on no floor"),
    (
        laws.check_exact,
        {"files/lint.py": "from ..ground import errors", "ground/__init__.py": "", "ground/errors.py": ""},
        "files/lint.py:1: does not name the exact module (ground.errors)",
    ),
    (
        laws.check_exact,
        {"nouns/rule.py": "from . import network", "nouns/__init__.py": "", "nouns/network.py": ""},
        "nouns/rule.py:1: does not name the exact module (nouns.network)",
    ),
    (
        laws.check_exact,
        {"files/lint.py": "from .. import __version__", "__init__.py": ""},
        "files/lint.py:1: does not name the exact module (the package itself)",
    ),
    (
        laws.check_exact,
        {"nouns/rule.py": "from ..ground.eror import X"},
        "nouns/rule.py:1: imports ground.eror, which does not exist",
    ),
    (laws.check_exact, {"nouns/rule.py": "from ...x import y"}, "imports <above the package>, which does not exist"),
    (laws.check_exact, {"nouns/rule.py": "import remodelsim as rs"}, "imports remodelsim by its own name"),
    (
        laws.check_exact,
        {"faces/cli.py": "from remodelsim.ground.errors import X"},
        "imports remodelsim by its own name",
    ),
    (
        laws.check_exact,
        {"ground/__init__.py": "from .errors import X", "ground/errors.py": ""},
        "ground/__init__.py:1: is a floor's __init__ and imports something",
    ),
    (
        laws.check_dynamic,
        {"nouns/rule.py": "import importlib\nimportlib.import_module('scipy')"},
        "nouns/rule.py:2: imports by importlib.import_module",
    ),
    (laws.check_dynamic, {"faces/cli.py": "__import__('json')"}, "faces/cli.py:1: imports by __import__"),
    (
        laws.check_cycles,
        {"nouns/a.py": "from .b import x", "nouns/b.py": "def f():\n    from .a import y"},
        "cycle: nouns.",
    ),
    (
        laws.check_strangers,
        {"engines/ode/gate.py": "from ..boolean.exact import x", "engines/boolean/exact.py": ""},
        "engines.ode.gate knows engines.boolean.exact",
    ),
    (
        laws.check_strangers,
        {
            "engines/boolean/exact.py": "from ..both import x",
            "engines/both.py": "from .ode.gate import y",
            "engines/ode/gate.py": "",
        },
        "engines.boolean.exact knows engines.ode.gate",
    ),
    (laws.check_doors, {"experiments/verdict.py": "import scipy.stats"}, "imports scipy outside its door (engines/*)"),
    (laws.check_doors, {"faces/cli.py": "from matplotlib import pyplot"}, "imports matplotlib outside its door"),
    (laws.check_doors, {"nouns/scenario.py": "import pydantic"}, "imports pydantic outside its door (files/*)"),
    (laws.check_doors, {"files/tables.py": "import ruamel.yaml"}, "imports ruamel outside its door"),
    (laws.check_doors, {"nouns/network.py": "import boolean"}, "imports boolean outside its door (nouns/rule.py)"),
    (laws.check_doors, {"experiments/sweep.py": "import SALib"}, "imports SALib outside its door"),
    (laws.check_doors, {"nouns/rule.py": "from numba import njit"}, "imports numba outside its door (engines/*)"),
    (laws.check_doors, {"experiments/sweep.py": "import click"}, "imports click outside its door (faces/*)"),
    (laws.check_doors, {"experiments/sweep.py": "import json"}, "imports json outside its door"),
    (laws.check_doors, {"files/cache.py": "import pickle"}, "imports pickle outside its door (none)"),
    (
        laws.check_doors,
        {"faces/text.py": "if more:\n    import scipy"},
        "faces/text.py:2: imports scipy outside its door",
    ),
    (
        laws.check_floors,
        {"nouns/a.py": "if TYPE_CHECKING:\n    from ..faces.b import B", "faces/b.py": ""},
        "reaches up",
    ),
    (laws.check_doors, {"files/tables.py": "import pandas as pd"}, "imports pandas, which has no door"),
]

ALLOWED = [
    {"nouns/rule.py": "import boolean\nfrom ..ground.errors import X\nimport numpy", "ground/errors.py": ""},
    {"files/formats/bnet.py": "import csv\nfrom ...nouns.rule import Rule", "nouns/rule.py": ""},
    {"engines/ode/solve.py": "from ..compiled import jit", "engines/compiled.py": "from numba import njit"},
    {"experiments/simulate.py": "from ..engines.ode.solve import solve", "engines/ode/solve.py": "import scipy"},
    {
        "__init__.py": "from .ground.errors import X\nimport importlib\nimportlib.import_module('.x')",
        "ground/errors.py": "",
    },
    {"faces/plot/bone.py": "import matplotlib", "faces/folder.py": "import json"},
    {"faces/notebook.py": "if TYPE_CHECKING:\n    from matplotlib.figure import Figure"},
    {"__main__.py": "from .faces.cli import main", "faces/cli.py": "import click"},
]


def test_the_package_is_there_with_all_its_floors():
    assert {source.module.split(".")[0] for source in SOURCES} >= set(laws.FLOORS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_package_keeps_the_law(law):
    assert law(SOURCES) == []


@pytest.mark.parametrize(("law", "modules", "finding"), PLANTED)
def test_a_planted_violation_is_found(law, modules, finding):
    assert [found for found in law(planted(modules)) if finding in found], law(planted(modules))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("modules", ALLOWED)
def test_what_is_allowed_is_not_reported(law, modules):
    assert law(planted(modules)) == []
