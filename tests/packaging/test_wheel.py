"""What is built holds every data file unchanged, and runs far from the checkout."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ("models", "scenarios")


def run(*words, cwd, **environment):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | environment
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def digest(content):
    return hashlib.sha256(content).hexdigest()


def data_of_the_checkout():
    return {
        path.relative_to(ROOT).as_posix(): digest(path.read_bytes())
        for kind in DATA
        for path in (ROOT / kind).rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the source archive, and the wheel from it, as a release does."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel alone into a folder of its own; what it depends on is the environment's."""
    folder = tmp_path_factory.mktemp("site")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(wheel), cwd=folder)
    return folder


def test_the_wheel_holds_every_data_file_unchanged(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {
            name.removeprefix("remodelsim/_data/"): digest(archive.read(name))
            for name in archive.namelist()
            if name.startswith("remodelsim/_data/")
        }

    assert held == data_of_the_checkout()


def test_the_wheel_holds_every_module_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        code = {name for name in archive.namelist() if not name.startswith(("remodelsim/_data/", "remodelsim-"))}
    written = {path.relative_to(ROOT / "src") for path in (ROOT / "src" / "remodelsim").rglob("*") if path.is_file()}
    kept = {path.as_posix() for path in written if "__pycache__" not in path.parts}

    assert code == kept
    assert {name.rpartition(".")[2] for name in code} <= {"py", "typed", "css", "yaml", "js", "html"}


def test_the_wheel_carries_its_licence_and_its_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.rpartition("/")[2]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name
        }

    assert "remodelsim = remodelsim.faces.cli:main" in texts["entry_points.txt"]
    assert "remodelsim developers" in texts["LICENSE"]


def test_the_source_archive_holds_what_a_stranger_needs(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", ".ci/run"} <= names
    assert set(data_of_the_checkout()) <= names
    assert {name.partition("/")[0] for name in names} <= {
        *DATA,
        "src",
        "tests",
        ".ci",
        ".gitignore",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "PKG-INFO",
        "pyproject.toml",
    }


def test_the_installed_command_lists_what_it_ships_far_from_the_checkout(installed, tmp_path):
    place = run("-c", "import remodelsim; print(remodelsim.__file__)", cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(place.strip()).is_relative_to(installed)

    for kind, folder in (("scenarios", ROOT / "scenarios"), ("lessons", ROOT / "scenarios" / "lessons")):
        listed = run("-m", "remodelsim", "list", kind, cwd=tmp_path, PYTHONPATH=str(installed))

        shipped = sorted(path.stem for path in folder.glob("*.yaml"))
        assert shipped
        assert [name for name in shipped if name not in listed] == []


def test_the_script_starts_in_an_empty_folder(installed, tmp_path):
    said = run("-m", "remodelsim", "--version", cwd=tmp_path, PYTHONPATH=str(installed))

    assert said.strip().endswith("0.1.0")
    assert list(tmp_path.iterdir()) == []
