"""Every shipped lesson can be done with the model, and says in two languages what it is about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from remodelsim.experiments.lessons import check_tasks
from remodelsim.faces.page.evidence import evidence_of
from remodelsim.faces.page.teach import page_html
from remodelsim.files.lesson_file import lesson_paths, lesson_schema, load_lesson, read_lesson
from remodelsim.files.scenario_file import scenario_paths
from remodelsim.nouns.arrows import arrows_of

NAMES = list(lesson_paths())
ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "scenarios" / "lessons" / "README.md"
TOPICS = {"balance", "menopause", "pth", "germ_free", "quercetin", "vitamin_k2", "drugs"}


def test_the_seven_topics_are_there_and_none_is_taken_for_a_scenario():
    assert {name.partition("_")[2] for name in NAMES} >= TOPICS
    assert {str(path) for path in lesson_paths().values()}.isdisjoint(map(str, scenario_paths().values()))


@pytest.mark.parametrize("name", NAMES)
def test_the_model_reaches_every_task(model, name):
    lesson = load_lesson(name, model)

    reached = check_tasks(model, lesson)

    assert len({each.task.title for each in reached}) == len(lesson.tasks) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_in_two_languages(model, name):
    lesson = load_lesson(name, model)
    texts = [lesson.title, lesson.question, lesson.teacher, *(task.predict for task in lesson.tasks)]

    assert lesson.question.en.endswith("?")
    assert lesson.question.zh.endswith("？")
    assert [text.zh for text in texts if not re.search(r"[\u4e00-\u9fff]", text.zh)] == []
    assert [text.en for text in texts if re.search(r"[\u4e00-\u9fff]", text.en)] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_with_few_controls_and_offers_the_usual_circumstances(model, name):
    lesson = load_lesson(name, model)

    assert 2 <= sum(not control.advanced for control in lesson.controls) <= 5
    assert {preset.name for preset in lesson.presets} >= {"healthy", "germ_free", "antibiotics", "glucocorticoid"}
    assert {"GutMicrobiota", "SCFA", "SFB"} <= {s for control in lesson.controls for s in control.subjects()}


@pytest.mark.parametrize("name", NAMES)
def test_every_arrow_has_claims_or_says_that_it_is_an_assumption(model, name):
    lesson = load_lesson(name, model)
    arrows = arrows_of(model, lesson.nodes, lesson.compounds(), lesson.arrows)
    evidence = evidence_of(model, lesson, arrows)

    bare = [
        (hop.source, hop.target)
        for arrow in arrows
        for hop in arrow.hops
        if not any(claim in evidence["claims"] for claim in hop.claims) and not hop.assumption
    ]

    assert len(arrows) >= len(lesson.nodes) // 2
    assert bare == []


def test_a_folded_arrow_has_the_sign_of_its_steps(model):
    (arrow,) = arrows_of(model, ["Estrogen", "EstrogenLossSignal"], (), [("Estrogen", "EstrogenLossSignal")])

    assert len(arrow.hops) > 1
    assert arrow.sign == -1
    assert [hop.target for hop in arrow.hops][:-1] == [hop.source for hop in arrow.hops][1:]
    assert arrow.weight == pytest.approx(
        next(
            e.strength
            for e in model.network.edges
            if (e.source, e.target) == (arrow.hops[0].source, arrow.hops[0].target)
        )
        * arrow.hops[1].strength
        * (arrow.hops[2].strength if len(arrow.hops) > 2 else 1.0)
    )


def test_the_readme_explains_every_key_of_a_lesson_and_no_other():
    schema = lesson_schema()
    keys = {key for shape in [schema, *schema["$defs"].values()] for key in shape.get("properties", {})}
    grammar = README.read_text(encoding="utf-8").partition("## The grammar")[2]
    firsts = [line.split(" | ")[0] for line in grammar.splitlines() if line.startswith("| `")]
    explained = {word for cell in firsts for word in re.findall(r"`([^`]+)`", cell)}

    assert keys - {"en", "zh"} == explained


def test_the_example_of_the_readme_is_a_lesson_that_can_be_taught(model):
    (example,) = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)

    lesson = read_lesson(example, "example.yaml", model)

    assert [each.found for each in check_tasks(model, lesson)] == ["down"]
    assert "id='lesson'" in page_html(model, lesson)


def test_the_readme_lists_every_lesson_with_its_question(model):
    shipped = {f"{name}.yaml": load_lesson(name, model).question.en for name in NAMES}
    listed = dict(re.findall(r"(?m)^\| `([^`]+\.yaml)` \| (.+) \|$", README.read_text(encoding="utf-8")))

    assert listed == shipped
