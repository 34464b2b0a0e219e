"""The engine in the browser that students use: same numbers as Python, quick enough to follow a slider."""

import json
import shutil
import subprocess
from html import unescape

import numpy as np
import pytest

from remodelsim.experiments.draws import engine_of
from remodelsim.experiments.readings import scale_of, value_of
from remodelsim.experiments.runs import ode_run
from remodelsim.faces.page.compile import page_actions, page_data, page_engine
from remodelsim.files.library import load_model
from remodelsim.files.scenario_file import load_scenario

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=60000",
    "--dump-dom",
)
PAGE = """<!doctype html><meta charset="utf-8"><body></body>
<script id="data" type="application/json">{data}</script><script>{engine}</script><script>
const model = RemodelSim.load(JSON.parse(document.getElementById("data").textContent)), asked = {asked};
const read = one => {{
  const run = model.run({{actions: one.actions, times: one.times}});
  return one.readouts.map(name => [...run.read(name)]);
}};
const found = asked.map(read), milliseconds = [];
for (let k = 0, run = null; k < 60; k++) {{
  const begun = performance.now(), quercetin = {{compound: "Quercetin", value: 20 + k, unit: "mg/kg", start: 365}};
  run = model.run({{actions: [{{background: "menopause_course"}}, quercetin], days: 7300, into: run}});
  run.read("BMD_hip");
  milliseconds.push(performance.now() - begun);
}}
document.body.textContent = JSON.stringify([found, milliseconds.slice(20).sort((a, b) => a - b)[20]]);
</script>"""
SCENARIOS = ("02_menopause", "03_menopause_quercetin", "10_denosumab_rebound")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def arms():
    model = load_model()
    scenarios = [load_scenario(name, model) for name in SCENARIOS]
    return [(s, arm, np.linspace(0.0, s.horizon, 21)) for s in scenarios for arm in s.arms]


@pytest.fixture(scope="module")
def in_chromium(arms, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    asked = [
        {"actions": page_actions(arm.protocol), "times": times.tolist(), "readouts": scenario.readouts}
        for scenario, arm, times in arms
    ]
    page = PAGE.format(data=page_data(load_model()), engine=page_engine(), asked=json.dumps(asked))
    (folder / "page.html").write_text(page, encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    body = done.stdout.partition("<body>")[2].partition("</body>")[0]
    return json.loads(unescape(body))


def test_readouts_in_chromium_are_those_of_python(arms, in_chromium):
    model = load_model()
    draw = engine_of(model).reference
    for (scenario, arm, times), columns in zip(arms, in_chromium[0], strict=True):
        course = ode_run(model, draw, arm.protocol, times)
        for name, column in zip(scenario.readouts, columns, strict=True):
            readout = model.readout(name)
            exact = value_of(model, readout, "ode", course)
            assert np.abs(np.asarray(column) - exact).max() < 0.005 * scale_of(model, readout, "ode", draw), (arm, name)


def test_a_slider_is_followed_in_chromium_within_35_milliseconds(in_chromium):
    assert in_chromium[1] < 35.0
