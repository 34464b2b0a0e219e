"""scenarios/README.md explains the grammar that is read: every key, and an example that is right."""

from __future__ import annotations

import re

from remodelsim.files.library import load_model
from remodelsim.files.scenario_file import read_scenario, scenario_schema

from .models_on_disk import ROOT, document

README = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")


def keys_of_the_schema():
    schema = scenario_schema()
    shapes = [schema, *schema.get("$defs", {}).values()]
    return {key for shape in shapes for key in shape.get("properties", {})}


def explained():
    grammar = README.partition("## The grammar")[2]
    firsts = [line.split(" | ")[0] for line in grammar.splitlines() if line.startswith("| `")]
    return {word for cell in firsts for word in re.findall(r"`([^`]+)`", cell)}


def test_every_key_of_a_scenario_is_explained_and_no_other():
    assert keys_of_the_schema() - {"en", "zh"} == explained()


def test_the_example_is_a_scenario():
    (example,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)

    scenario = read_scenario(example, "example.yaml", load_model())

    assert [arm.name for arm in scenario.arms] == ["untreated", "quercetin"]
    assert [(e.readout, e.direction) for e in scenario.expectations] == [("BMD_hip", "up"), ("BoneResorption", "down")]


def test_every_shipped_scenario_is_listed_with_its_question():
    shipped = {path.name: document(path)["question"]["en"] for path in (ROOT / "scenarios").glob("*.yaml")}
    listed = dict(re.findall(r"(?m)^\| `([^`]+\.yaml)` \| (.+) \|$", README))

    assert len(shipped) >= 10
    assert listed == shipped
