"""Runs the page's engine under node."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from remodelsim.faces.page.compile import page_data, page_engine
from remodelsim.files.library import load_model

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
_START = """
const RemodelSim = require(process.argv[2]), fs = require("fs");
const model = RemodelSim.load(JSON.parse(fs.readFileSync(process.argv[3], "utf8")));
const input = JSON.parse(fs.readFileSync(0, "utf8"));
const output = (() => { %s })();
process.stdout.write(JSON.stringify(output, (_, v) => ArrayBuffer.isView(v) ? [...v] : v));
"""


@cache
def _folder(cells):
    folder = Path(mkdtemp(prefix="remodelsim-page-"))
    (folder / "engine.js").write_text(page_engine(), encoding="utf-8")
    (folder / "data.json").write_text(page_data(load_model(cells=cells)), encoding="utf-8")
    return folder


def in_node(script, *, cells="default", **given):
    """Return what `script` returns; it knows `model`, `RemodelSim` and `input`, which holds what is given."""
    folder = _folder(cells)
    program = folder / "program.js"
    program.write_text(_START % script, encoding="utf-8")
    done = subprocess.run(
        ["node", str(program), str(folder / "engine.js"), str(folder / "data.json")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
