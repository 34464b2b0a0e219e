"""YAML's traps, by name."""
# ruff: noqa: E501  (a sentence is compared as a person reads it)

import pytest

from remodelsim.ground.errors import FileFormatError
from remodelsim.ground.strict_yaml import load_yaml


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("NO: 1", {"NO": 1}),
        ("gene: NO", {"gene": "NO"}),
        ("estrogen: off", {"estrogen": "off"}),
        ("ovx: on", {"ovx": "on"}),
        ("Y: yes", {"Y": "yes"}),
        ("dose: 1e-3", {"dose": 0.001}),
        ("day: 0", {"day": 0}),
        ("time: 12:30", {"time": "12:30"}),
        ("fine: true", {"fine": True}),
        ("nothing:", {"nothing": None}),
        ("- 1\n- two", [1, "two"]),
    ],
)
def test_words_and_numbers_mean_what_they_say(text, data):
    assert load_yaml(text, "f.yaml").data == data


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\na: 2", "f.yaml:2:1: key 'a' is given twice. Keep one of the two."),
        (
            "day: 010",
            "f.yaml:1:1: 10 is written with a leading zero or in another base. Write a plain decimal number, or quote it.",
        ),
        (
            "day: 0x1F",
            "f.yaml:1:1: 31 is written with a leading zero or in another base. Write a plain decimal number, or quote it.",
        ),
        ("1: 2", "f.yaml:1:1: key 1 is not text. Quote it: '1'."),
        ("a: &x [1]\nb: *x", "f.yaml:1:1: anchors and aliases are not used here. Write the part out."),
        ("a: 2026-01-01", "f.yaml:1:1: date is not plain data. Write text or a number."),
        ("a: !!python/object:os.system x", "f.yaml:1:1: TaggedScalar is not plain data. Write text or a number."),
        ("a: [1,", "f.yaml:1:7: expected the node content, but found '<stream end>'."),
    ],
)
def test_each_mistake_has_its_sentence(text, sentence):
    with pytest.raises(FileFormatError) as error:
        load_yaml(text, "f.yaml")
    assert str(error.value) == sentence


def test_every_key_and_item_knows_its_place():
    document = load_yaml("a:\n  b: 1\n  c:\n    - x\n    - y\n", "f.yaml")
    assert document.where(("a", "c", 1)) == "f.yaml:5:7"
    assert document.where(("a", "b")) == "f.yaml:2:3"
    assert document.where(("a", "missing")) == "f.yaml:1:1"


def test_nesting_without_end_is_refused():
    with pytest.raises(FileFormatError, match="nested more than 20 levels deep"):
        load_yaml("[" * 30 + "]" * 30, "f.yaml")
