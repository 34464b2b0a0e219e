"""Every mistake in a scenario file: one line with place, what is wrong, what is allowed, and the nearest name."""

import random

import pytest

from remodelsim.files.scenario_file import read_scenario, scenario_paths
from remodelsim.files.tables import read_text
from remodelsim.ground.errors import RemodelsimError

GOOD = """\
title: {en: Test, zh: 测试}
question: {en: Why?, zh: 为何？}
horizon: 1 y
background: [menopause]
arms:
  none:
    label: {en: None, zh: 无}
  treated:
    label: {en: Treated, zh: 治疗}
    actions:
      - {do: Quercetin=10uM, start: 10 d, stop: 20 d}
readouts: [BMD_hip, RANKL]
expect:
  - {arm: treated, at: 180 d, then: {RANKL: down}}
"""


def test_the_plain_example_is_read(model):
    scenario = read_scenario(GOOD, "s.yaml", model)
    assert [arm.name for arm in scenario.arms] == ["none", "treated"]
    assert scenario.baseline == "none"
    assert scenario.expectations[0].where == "s.yaml:14:38"


# ruff: noqa: E501  (a sentence is compared as a person reads it)
MISTAKES = [
    (
        "RANKL]",
        "Rankel]",
        "s.yaml:12:21: unknown readout 'Rankel'. Did you mean 'RANKL'? List them with: remodelsim list readouts",
    ),
    (
        "Quercetin=10uM",
        "Quercetine=10uM",
        "s.yaml:11:10: unknown node, compound or background 'Quercetine'. Did you mean 'Quercetin'? List them with: remodelsim list nodes",
    ),
    ("Quercetin=10uM", "Quercetin=10", "s.yaml:11:10: dose '10' has no unit."),
    ("Quercetin=10uM", "Quercetin=10um/l", "s.yaml:11:10: unknown dose unit 'um/l'. Did you mean 'umol/L'?"),
    ("Quercetin=10uM", "Quercetin=-1uM", "s.yaml:11:10: a dose must be a number of 0 or more, not -1 uM."),
    (
        "Quercetin=10uM",
        "Quercetin=2mg",
        "s.yaml:11:10: Quercetin has no dose in mg (human dose). Allowed: uM (concentration in a dish), mg/kg (dose per animal weight). Kinds of dose never turn into each other.",
    ),
    (
        "Quercetin=10uM",
        "RANKL=10uM",
        "s.yaml:11:10: RANKL is a node, not a compound, and takes no dose. Allowed: on, off, high, low, an activity from 0 to 1.",
    ),
    ("Quercetin=10uM", "RANKL=1.5", "s.yaml:11:10: RANKL cannot be held at 1.5. Allowed: 0 to 1, on, off, high, low."),
    ("Quercetin=10uM", "RANKL", "s.yaml:11:10: 'RANKL' is not an assignment. Write NAME=VALUE, such as Estrogen=off."),
    (
        "Quercetin=10uM",
        "RANKL=on & RANKL=off",
        "s.yaml:8:3: RANKL is set twice at the same time. Give each setting a time of its own.",
    ),
    ("start: 10 d", "start: -10 d", "s.yaml:11:30: a time must be 0 or later, not -10 d."),
    ("start: 10 d", "start: 30 d", "s.yaml:11:9: an action that starts at day 30 cannot stop at day 20."),
    (
        "start: 10 d",
        "start: soon",
        "s.yaml:11:30: 'soon' is not a time. Write days, or a number with h, d, wk, mo or y.",
    ),
    ("start: 10 d", "begin: 10 d", "s.yaml:11:30: unknown key 'begin'. Allowed: do, start, stop, every."),
    (
        "[menopause]",
        "[menopuase]",
        "s.yaml:4:14: unknown node, compound or background 'menopuase'. Did you mean 'menopause'? List them with: remodelsim list nodes",
    ),
    ("horizon: 1 y", "horizon: 1 y\nhorizon: 2 y", "s.yaml:4:1: key 'horizon' is given twice. Keep one of the two."),
    ("horizon: 1 y", "horizont: 1 y", "s.yaml:3:1: unknown key 'horizont'. Did you mean 'horizon'?"),
    ("horizon: 1 y", "horizon: [1]", "s.yaml:3:1: 'horizon' must be text or a number, not a list or mapping."),
    (
        "horizon: 1 y",
        "horizon: 1 y\nseed: -1",
        "s.yaml:1:1: a seed of -1 makes no sense. Allowed: 0 and above.",
    ),
    ("horizon: 1 y", "horizon: 0", "s.yaml:1:1: a horizon of 0 days makes no sense."),
    (
        "arm: treated,",
        "arm: treatd,",
        "s.yaml:14:37: unknown arm 'treatd'. Did you mean 'treated'? Allowed: none, treated.",
    ),
    ("at: 180 d", "at: 2 y", "s.yaml:14:36: day 730 lies after the horizon of 365 days."),
    ("RANKL: down", "RANKL: lower", "s.yaml:14:38: 'lower' is no direction. Allowed: up, down, same."),
    (
        "treated:\n",
        "start:\n",
        "s.yaml:8:3: 'start' is not a name for an arm. Use letters, digits and underscores; not 'start'.",
    ),
    (
        "title: {en: Test, zh: 测试}",
        "title: Test",
        "s.yaml:1:1: 'title' must name things with 'name: value', not 'Test'.",
    ),
    ("title: {en: Test, zh: 测试}", "title: {en: Test}", "s.yaml:1:1: 'zh' is missing."),
    ("horizon: 1 y", "horizon: 1 y\nage: 300", "s.yaml:4:1: unknown key 'age'."),
    ("horizon: 1 y", "horizon: 300 y", "s.yaml:1:1: a horizon of 109500 days makes no sense."),
    (
        "Quercetin=10uM",
        "Alendronate=70mg & Bisphosphonate=70mg",
        "s.yaml:8:3: Alendronate and Bisphosphonate are one kind of drug (bisphosphonate) and cannot be given at the same time. Stop the one before the other starts.",
    ),
    (
        "Quercetin=10uM",
        "Denosumab=60mg & Denosumab=120mg",
        "s.yaml:8:3: Denosumab is set twice at the same time. Give each setting a time of its own.",
    ),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), MISTAKES)
def test_each_mistake_has_its_sentence(model, good, bad, sentence):
    assert good in GOOD
    with pytest.raises(RemodelsimError) as error:
        read_scenario(GOOD.replace(good, bad, 1), "s.yaml", model)
    assert str(error.value).startswith(sentence)


def test_nitric_oxide_is_not_false(model):
    with pytest.raises(RemodelsimError) as error:
        read_scenario(
            GOOD.replace("[BMD_hip, RANKL]", "[NO, RANKL]").replace("horizon: 1 y", "horizon: no"), "s.yaml", model
        )
    assert "'no' is not a time" in str(error.value)


def test_thousands_of_damaged_files_give_an_error_or_a_scenario_and_never_a_traceback(model):
    rng = random.Random(7)
    texts = [GOOD, *(read_text(path) for path in list(scenario_paths().values())[:3])]
    letters = "abcXYZ0159 :{}[]-&*!#|>'\"\n\t,=@%"
    for _ in range(1500):
        text = rng.choice(texts)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            match rng.randrange(3):
                case 0:
                    text = text[:at] + text[at + rng.randint(1, 5) :]
                case 1:
                    text = text[:at] + rng.choice(letters) + text[at:]
                case _:
                    text = text[:at] + rng.choice(letters) + text[at + 1 :]
        try:
            read_scenario(text, "s.yaml", model)
        except RemodelsimError as error:
            assert "\n" not in str(error)  # noqa: PT017  (either outcome is right, this one must be one line)
