"""Every mistake in a lesson has a place, a cause, and the nearest right name."""

import random

import pytest

from remodelsim.experiments.lessons import check_tasks
from remodelsim.files.lesson_file import is_lesson, lesson_paths, read_lesson
from remodelsim.files.scenario_file import read_scenario
from remodelsim.files.tables import read_text
from remodelsim.ground.errors import RemodelsimError
from remodelsim.nouns.lesson import MOST_NODES

GOOD = """\
title: {en: Test, zh: 测试}
question: {en: Why?, zh: 为何？}
horizon: 1 y
controls:
  ovaries: {switch: ovx}
  dose: {dose: Quercetin, unit: uM, stops: [0, 1, 10]}
  call: {level: RANKL, advanced: true}
nodes: [RANKL, OPG, Osteoclast]
arrows: [RANKL -> Osteoclast]
labels:
  OPG: {en: The brake, zh: 刹车}
charts:
  - {title: {en: Bone, zh: 骨}, readouts: [BMD_hip]}
tasks:
  - title: {en: One, zh: 一}
    predict: {en: Which way?, zh: 哪边？}
    readout: BMD_hip
    at: 180 d
    answer: down
    try: {en: Do it., zh: 做。}
    by: {ovaries: on}
    explain: {en: Why?, zh: 为何？}
    answers:
      - {text: {en: This, zh: 此}, because: {en: Yes, zh: 对}, right: true}
      - {text: {en: That, zh: 彼}, because: {en: No, zh: 错}}
teacher: {en: Notes, zh: 说明}
"""


def test_the_plain_example_is_read_and_its_task_can_be_done(model):
    lesson = read_lesson(GOOD, "l.yaml", model)

    assert [control.name for control in lesson.controls][:3] == ["ovaries", "dose", "call"]
    assert [preset.name for preset in lesson.presets] == [
        "healthy",
        "menopause",
        "germ_free",
        "antibiotics",
        "glucocorticoid",
    ]
    (reached,) = check_tasks(model, lesson)
    assert reached.found == "down"
    assert reached.after < reached.before


# ruff: noqa: E501  (a sentence is compared as a person reads it)
MISTAKES = [
    ("[RANKL, OPG,", "[RANKL, OPGG,", "l.yaml:8:16: unknown node 'OPGG'. Did you mean 'OPG'?"),
    ("[RANKL, OPG,", "[RANKL, OPG, OPG,", "l.yaml:8:1: node OPG is shown twice. Keep one of the two."),
    (
        "[RANKL -> Osteoclast]",
        "[OPG -> Estrogen]",
        "l.yaml:9:10: Estrogen is not drawn. Add it to 'nodes'.",
    ),
    (
        "nodes: [RANKL, OPG, Osteoclast]\narrows: [RANKL -> Osteoclast]",
        "nodes: [RANKL, OPG, Osteoclast, Estrogen]\narrows: [RANKL -> Estrogen]",
        "l.yaml:9:10: nothing leads from RANKL to Estrogen past the other drawn nodes. Allowed: RANKL -> ",
    ),
    ("[RANKL -> Osteoclast]", "[RANKL Osteoclast]", "l.yaml:9:10: 'RANKL Osteoclast' is no arrow. Write A -> B."),
    (
        "  OPG: {en: The",
        "  Estrogen: {en: The",
        "l.yaml:11:3: Estrogen has a label and is not drawn. Add it to 'nodes'.",
    ),
    (
        "{switch: ovx}",
        "{switch: ovxx}",
        "l.yaml:5:13: unknown node, compound or background 'ovxx'. Did you mean 'ovx'?",
    ),
    (
        "{switch: ovx}",
        "{}",
        "l.yaml:5:3: control 'ovaries' is of no kind. Allowed: exactly one of switch, dose, level, choice.",
    ),
    (
        "{switch: ovx}",
        "{switch: ovx, level: RANKL}",
        "l.yaml:5:3: control 'ovaries' is switch and level. Allowed: exactly one of switch, dose, level, choice.",
    ),
    ("{switch: ovx}", "{swich: ovx}", "l.yaml:5:13: unknown key 'swich'. Did you mean 'switch'? Allowed: switch, dose"),
    (
        "dose: Quercetin,",
        "dose: Quercetine,",
        "l.yaml:6:10: unknown compound 'Quercetine'. Did you mean 'Quercetin'?",
    ),
    ("unit: uM", "unit: mg", "l.yaml:6:27: Quercetin has no dose in mg (human dose). Allowed: uM"),
    (
        "[0, 1, 10]",
        "[0, 10, 1]",
        "l.yaml:6:37: the stops of a slider must rise. Allowed: numbers of 0 or more, ascending.",
    ),
    ("[0, 1, 10]", "[0]", "l.yaml:6:3: control 'dose' has nothing to choose from. Allowed: two or more positions."),
    (
        "level: RANKL",
        "switch: menopause",
        "l.yaml:4:1: control 'call' and control 'ovaries' both set Estrogen. Make one control of them, or give each a time of its own.",
    ),
    ("by: {ovaries: on}", "by: {ovary: on}", "l.yaml:21:10: unknown control 'ovary'. Did you mean 'ovaries'?"),
    (
        "by: {ovaries: on}",
        "by: {dose: 5}",
        "l.yaml:21:10: control 'dose' has no position '5'. Allowed: 0, 1, 10.",
    ),
    (
        "by: {ovaries: on}",
        "by: {ovaries: off}",
        "l.yaml:19:5: the task is done before it begins. Let 'by' differ from 'before'.",
    ),
    (
        "by: {ovaries: on}",
        "by: {ovaries: on}\n    goal: {dose: 10}",
        "l.yaml:19:5: 'by' does not reach the goal: control 'dose'. Let 'goal' hold what 'by' sets.",
    ),
    (
        "by: {ovaries: on}",
        "by: {ovaries: on}\n    goal: {BMD: higher}",
        "l.yaml:19:5: 'higher' is no direction. Allowed: up, down, same.",
    ),
    (
        "by: {ovaries: on}",
        "by: {ovaries: on}\n    goal: {ovarries: on}",
        "l.yaml:22:12: 'ovarries' is neither a control of this lesson nor a readout.",
    ),
    ("at: 180 d", "at: 2 y", "l.yaml:18:5: day 730 lies outside the lesson. Allowed: up to 365."),
    (
        ", right: true}",
        "}",
        "l.yaml:19:5: a task has 2 answers, 0 of them right. Allowed: 2 to 4 answers, one of them 'right: true'.",
    ),
    ("answer: down", "answer: lower", "l.yaml:19:5: 'answer': input should be 'up', 'down' or 'same'"),
    (
        "readouts: [BMD_hip]",
        "readouts: [BMD_hipp]",
        "l.yaml:13:43: unknown readout 'BMD_hipp'. Did you mean 'BMD_hip'?",
    ),
    ("readouts: [BMD_hip]", "readouts: []", "l.yaml:13:5: a chart of 0 curves. Allowed: 1 to 3."),
    (
        "horizon: 1 y",
        "horizon: 200 y",
        "l.yaml:3:1: a horizon of 73000 days makes no sense. Allowed: 1 day to 100 years.",
    ),
    ("teacher: {en: Notes, zh: 说明}\n", "", "l.yaml:1:1: 'teacher' is missing."),
    ("advanced: true", "advanced: NO", "l.yaml:7:24: 'advanced' must be true or false, not 'NO'."),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), MISTAKES)
def test_each_mistake_has_its_sentence(model, good, bad, sentence):
    assert good in GOOD
    with pytest.raises(RemodelsimError) as error:
        read_lesson(GOOD.replace(good, bad, 1), "l.yaml", model)
    assert str(error.value).startswith(sentence), str(error.value)


def test_more_nodes_than_fit_are_refused(model):
    many = [node.name for node in model.network.nodes][: MOST_NODES + 1]
    with pytest.raises(RemodelsimError) as error:
        read_lesson(
            GOOD.replace(
                "[RANKL, OPG, Osteoclast]", f"[{', '.join(dict.fromkeys(['RANKL', 'OPG', 'Osteoclast', *many]))}]"
            ),
            "l.yaml",
            model,
        )
    assert str(error.value).startswith("l.yaml:8:1: 30 nodes cannot be laid out. Allowed: 2 to 26. Leave out those")


def test_a_crowded_lane_is_refused(model):
    immune = [node.name for node in model.network.nodes if node.lane == "immune"][:11]
    with pytest.raises(RemodelsimError) as error:
        read_lesson(GOOD.replace("Osteoclast]\n", f"Osteoclast, {', '.join(immune)}]\n", 1), "l.yaml", model)
    assert str(error.value).startswith("l.yaml:8:1: 11 nodes in the lane 'immune' cannot be laid out (")


def test_more_controls_than_fit_at_the_start_are_refused(model):
    more = "".join(f"  c{i}: {{level: {name}}}\n" for i, name in enumerate(["TNF", "IL6", "IL10", "Wnt"]))
    with pytest.raises(RemodelsimError) as error:
        read_lesson(GOOD.replace("nodes:", f"{more}nodes:", 1), "l.yaml", model)
    assert str(error.value) == (
        "l.yaml:4:1: 6 controls at the start, more than a page holds. Allowed: up to 5. Mark others 'advanced: true'."
    )


def test_a_task_that_the_model_does_not_show_is_refused_with_its_line_and_what_the_model_shows(model):
    lesson = read_lesson(GOOD.replace("answer: down", "answer: up"), "l.yaml", model)
    with pytest.raises(RemodelsimError) as error:
        check_tasks(model, lesson)
    sentence = str(error.value)
    assert sentence.startswith("l.yaml:19:5: task 'One' cannot be reached: at day 180 BMD_hip is 0.9")
    assert sentence.endswith(
        "against 1 before, 'down' and not 'up'. Change 'by', 'at' or 'before', or what the task says."
    )


def test_a_lesson_is_not_run_and_a_scenario_not_taught(model):
    with pytest.raises(RemodelsimError) as as_scenario:
        read_scenario(GOOD, "l.yaml", model)
    with pytest.raises(RemodelsimError) as as_lesson:
        read_lesson("title: {en: a, zh: b}\narms: {a: {}}\n", "s.yaml", model)

    assert str(as_scenario.value) == "l.yaml: this is a lesson, not a scenario. Teach it: remodelsim teach FILE."
    assert str(as_lesson.value) == "s.yaml: this is a scenario, not a lesson. Run it: remodelsim run FILE."


def test_scenarios_and_lessons_are_told_apart():
    assert is_lesson(GOOD, "l.yaml")
    assert not is_lesson("title: {en: a, zh: b}\narms: {a: {}}\nreadouts: [RANKL]\n", "s.yaml")


def test_damaged_lessons_give_an_error_or_a_lesson_and_never_a_traceback(model):
    rng = random.Random(11)
    texts = [GOOD, *(read_text(path) for path in list(lesson_paths().values())[:2])]
    letters = "abcXYZ0159 :{}[]-&*!#|>'\"\n\t,=@%"
    outcomes = set()
    for _ in range(120):
        text = rng.choice(texts)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(["", rng.choice(letters)]) + text[at + rng.randint(0, 4) :]
        try:
            read_lesson(text, "l.yaml", model)
            outcomes.add("lesson")
        except RemodelsimError as error:
            assert "\n" not in str(error)  # noqa: PT017  (either outcome is right, this one must be one line)
            outcomes.add("error")
    assert outcomes == {"lesson", "error"}
