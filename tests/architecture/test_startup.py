"""Starting is light: no solver, no drawing, no compiler before they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HELP = """
from remodelsim.faces.cli import main
try:
    main(["--help"])
except SystemExit as end:
    assert not end.code
"""
HEAVY = ("scipy", "matplotlib", "numba", "SALib")


def loaded_after(code):
    """Run code in a fresh interpreter and return the heavy libraries that it loaded."""
    report = f"import sys; print('heavy:', *sorted(set({HEAVY!r}) & {{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("heavy:")[2].split()


@pytest.mark.parametrize(
    "code",
    [
        "import remodelsim",
        "import remodelsim; dir(remodelsim); remodelsim.__version__",
        HELP,
    ],
    ids=["import remodelsim", "version", "remodelsim --help"],
)
def test_starting_loads_nothing_heavy(code):
    assert loaded_after(code) == []


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_would_be_seen(library):
    assert library in loaded_after(f"import {library}")


def test_every_public_name_can_be_had():
    remodelsim = pytest.importorskip("remodelsim")

    assert len(set(remodelsim.__all__)) == len(remodelsim.__all__) > 0
    assert [name for name in remodelsim.__all__ if getattr(remodelsim, name, None) is None] == []
