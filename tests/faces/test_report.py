"""The report, the record and the repeat of a run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.faces.prose import told
from remodelsim.nouns.evidence import GRADES

SCENARIO = """\
title: {en: "Short <b>&", zh: 短}
question: {en: "Does quercetin act?", zh: "槲皮素有作用吗？"}
horizon: 60 d
draws: 0
background: [menopause]
arms:
  none: {label: {en: "Nothing <script>", zh: 无}}
  given: {label: {en: "Quercetin <i>", zh: 槲皮素}, actions: [{do: Quercetin=5uM}]}
baseline: none
readouts: [BoneFormation, BMD_hip]
expect:
  - {arm: given, formalism: ode, then: {BoneFormation: up}}
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = next(
    (
        place
        for place in (
            Path(os.environ.get("REMODELSIM_AXE") or "none"),
            Path.home() / ".cache" / "remodelsim" / "axe.min.js",
        )
        if place.is_file()
    ),
    None,
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("reports")
    path = base / "short.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    for language in ("en", "zh"):
        outcome = run("run", str(path), "-o", str(base / language), "--language", language)
        assert outcome.exit_code == 0, outcome.output
    return base


def report(folder, language="en"):
    return (folder / language / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["What changes", "Figures", "Why", "Claims used", "Limits", "How to cite", "Record"]),
        ("zh", ["发生了什么变化", "图", "为什么", "所用依据", "局限", "如何引用", "记录"]),
    ],
)
def test_the_report_holds_question_answers_why_claims_limits_and_how_to_cite(folder, language, titles):
    text = report(folder, language)
    found = re.findall(r"<h2>(.*?)</h2>", text)

    assert [title for title in found if title in titles] == titles
    assert text.count("<script") == 0
    assert "Quercetin &lt;i&gt;" in text or language == "zh"


def test_every_claim_told_in_the_report_exists_and_has_its_grade(folder, model):
    rows = re.findall(r"<tr><td class='id'>([A-Z]{3}-\d{3}|VK2-\d{3})</td>(.*?)</tr>", report(folder))

    assert len(rows) > 10
    for claim, rest in rows:
        assert f"<td>{told(f'grade_{model.claims[claim].grade}', 'en')}</td>" in rest


def test_every_grade_has_its_words():
    for grade in GRADES:
        assert told(f"grade_{grade}", "en") != told(f"grade_{grade}", "zh")


def test_only_what_was_used_is_cited(folder, model):
    text = (folder / "en" / "citations.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)

    assert keys[0] == "remodelsim"
    assert {"quercetin", "Joerg2022"} <= set(keys)
    assert "Komarova2003" not in keys
    told = {cell.split(" [")[0] for cell in re.findall(r"<td>(\w+(?: \[[^<]*\])?)</td>", report(folder))}
    assert {key for key in keys if model.sources.get(key) and model.sources[key].kind == "review"} <= told
    assert text.count("{") == text.count("}")


def test_the_crate_names_every_file_with_its_fingerprint(folder):
    crate = json.loads((folder / "en" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    names = {path.name for path in (folder / "en").iterdir()} - {"ro-crate-metadata.json"}

    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {part["@id"] for part in graph["./"]["hasPart"]} == names
    for name in names:
        content = (folder / "en" / name).read_bytes()
        assert graph[name]["sha256"] == hashlib.sha256(content).hexdigest()
    assert graph["#seed"]["value"] == 1
    for entity in crate["@graph"]:
        for value in entity.values():
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict) and not link["@id"].startswith("https://w3id"):
                    assert link["@id"] in graph


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_result_folder_is_repeated_to_the_byte(folder, language):
    outcome = run("run", str(folder / language))

    assert outcome.exit_code == 0
    assert re.fullmatch(r"Repeated to the byte: all \d+ files are the same\.\n", outcome.output)


def test_a_changed_file_is_told_when_a_run_is_repeated(folder, tmp_path):
    shutil.copytree(folder / "en", tmp_path / "out")
    (tmp_path / "out" / "timecourse.csv").write_text("arm,day\n", encoding="utf-8")
    outcome = run("run", str(tmp_path / "out"))

    assert outcome.exit_code == 1
    assert outcome.output.startswith("Not the same: timecourse.csv differ,")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("provenance.json", "[1]", "provenance.json: the record does not tell the model_sha256."),
        ("provenance.json", "{", "provenance.json: no record of a run can be read."),
        ("scenario.yaml", None, ": there is no scenario.yaml to run."),
    ],
)
def test_a_folder_without_its_record_or_scenario_is_refused(folder, tmp_path, name, text, message):
    shutil.copytree(folder / "en", tmp_path / "out")
    if text is None:
        (tmp_path / "out" / name).unlink()
    else:
        (tmp_path / "out" / name).write_text(text, encoding="utf-8")
    outcome = run("run", str(tmp_path / "out"))

    assert outcome.exit_code == 2
    assert outcome.output.rstrip("\n").endswith(message)


def test_a_run_of_another_model_is_not_repeated(folder, tmp_path):
    shutil.copytree(folder / "en", tmp_path / "out")
    record = tmp_path / "out" / "provenance.json"
    record.write_text(re.sub(r'(model_sha256": ")..', r"\g<1>zz", record.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = run("run", str(tmp_path / "out"))

    assert outcome.exit_code == 2
    assert "it was made with another model" in outcome.output


def test_a_run_is_repeated_as_it_was(folder):
    outcome = run("run", str(folder / "en"), "--seed", "5")

    assert outcome.exit_code == 2
    assert "a run is repeated as it was, without --seed" in outcome.output


def test_a_scenario_of_the_user_is_never_replaced_by_results(folder, tmp_path):
    own = tmp_path / "mine"
    own.mkdir()
    (own / "scenario.yaml").write_text("mine", encoding="utf-8")
    outcome = run("run", str(folder / "short.yaml"), "-o", str(own))

    assert outcome.exit_code == 2
    assert (own / "scenario.yaml").read_text(encoding="utf-8") == "mine"


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None or find_spec("playwright") is None:
        pytest.skip("Chromium or the Python package playwright is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_without_a_request_and_passes_axe(browser, folder, language, scheme):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme=scheme)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / language / "report.html").as_uri())
    assert len(asked) == 1
    if AXE is None:
        context.close()
        pytest.skip("axe-core is not installed; REMODELSIM_AXE may name its file")
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")
    context.close()

    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]] == []


def test_on_a_telephone_the_direction_is_seen(browser, folder):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto((folder / "en" / "report.html").as_uri())
    box = page.locator("td.up, td.down").first.bounding_box()
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert box["x"] + box["width"] <= 390
    assert wide <= 390
