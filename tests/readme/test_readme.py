"""Every block of the README runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
# languages of blocks that are shown to be read, not run
SHOWN = {"text", "yaml", "csv", "bnet", "json", "bibtex"}


class Block(NamedTuple):
    line: int
    language: str
    text: str

    @property
    def sets_up(self):
        return "pip install" in self.text


def blocks(markdown):
    """Return the fenced blocks of a text with the line of their first line of code."""
    found, start, language, lines = [], 0, None, []
    for i, line in enumerate(markdown.splitlines(), 1):
        fence = re.fullmatch(r"```(\w*)", line.strip())
        if fence and language is None:
            start, language, lines = i + 1, fence.group(1), []
        elif fence:
            found.append(Block(start, language, "\n".join(lines)))
            language = None
        elif language is not None:
            lines.append(line)
    assert language is None, f"the block that starts in line {start} has no end"
    return found


BLOCKS = blocks(README.read_text(encoding="utf-8"))
SETUP = [command for b in BLOCKS if b.language == "bash" and b.sets_up for command in b.text.splitlines() if command]
COMMANDS = [b for b in BLOCKS if b.language == "bash" and not b.sets_up]
PYTHON = [b for b in BLOCKS if b.language == "python"]


def named(block):
    return f"line {block.line}"


def environment(*, installed):
    """Return the environment of a person who has this installation on the path, or has none at all."""
    scripts = str(Path(sys.executable).parent)
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != scripts]
    if installed or sys.prefix == sys.base_prefix:
        path.insert(0, scripts)
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTEST_ADDOPTS", "VIRTUAL_ENV"}}
    return env | {"PATH": os.pathsep.join(path), "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def place(tmp_path):
    """Make a folder that looks like the checkout, so that what a command writes is thrown away."""
    for name in ("models", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def execute(words, place, *, installed=True):
    env = environment(installed=installed)
    done = subprocess.run(words, cwd=place, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_reader_meets_code_before_line_15():
    first = min(block.line for block in BLOCKS if block.language in {"bash", "python"})

    assert first < 15


def test_every_block_is_run_or_says_that_it_is_only_shown():
    assert {block.language for block in BLOCKS} <= {"bash", "python"} | SHOWN


def test_there_are_two_commands_that_set_up():
    assert len(SETUP) == 2
    assert "remodelsim run scenarios/" in SETUP[0]
    assert re.search(r"-m pytest\b", SETUP[1])


@pytest.mark.parametrize("block", COMMANDS, ids=named)
def test_a_command_block_runs(block, place):
    for command in block.text.splitlines():
        if command and not command.startswith("#"):
            execute(["bash", "-c", command], place)


@pytest.mark.parametrize("block", PYTHON, ids=named)
def test_a_python_block_runs(block, place):
    execute([sys.executable, "-c", block.text], place)


@pytest.mark.slow
@pytest.mark.parametrize("command", SETUP, ids=lambda c: "own_suite" if "-m pytest" in c else "main_job")
def test_a_set_up_command_works_on_a_machine_with_only_python_and_pip(command, tmp_path):
    ignore = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "results")
    copy = shutil.copytree(ROOT, tmp_path / "remodelsim", ignore=ignore)

    execute(["bash", "-c", command], copy, installed=False)

    if "remodelsim run" in command:
        made = [path.name for path in copy.joinpath("results").rglob("*")]
        assert any(name.endswith((".png", ".svg")) for name in made)
        assert "report.html" in made


def test_a_block_without_end_is_noticed():
    with pytest.raises(AssertionError, match="line 2 has no end"):
        blocks("```bash\nls\n")


def test_blocks_are_read_with_their_lines():
    assert blocks("a\n```bash\nls\n```\n\n```python\nx = 1\ny = 2\n```\n") == [
        Block(3, "bash", "ls"),
        Block(7, "python", "x = 1\ny = 2"),
    ]
