"""Reading presets: what a file must say, and what is told to a person whose file does not."""

import pytest

from remodelsim.files.cells_file import parse_preset, preset_names, read_preset
from remodelsim.ground.errors import FileFormatError, ModelError, UnknownNameError
from remodelsim.nouns.cells import CellPreset, Exposure, Parameter

GOOD = """\
name: mine
label: {en: Mine, zh: 我的}
family: komarova
citation: a paper
parameters:
  g11: {value: 0.5, unit: "1", low: 0.4, high: 1e0, source: a paper}
  k1: {value: 2, unit: 1/d, source: a paper}
drugs:
  denosumab: {channel: denosumab, scale: 2.5, half_life: 10, dose: 60, every: 182.5, low: 6, high: 210, source: label}
initial: {x1: 11}
"""


def test_a_file_becomes_a_preset():
    preset = parse_preset(GOOD, "mine.yaml")
    assert preset.values() == {"g11": 0.5, "k1": 2.0}
    assert (preset.label_zh, preset.initial) == ("我的", {"x1": 11.0})
    assert [p.fixed for p in preset.parameters] == [False, True]
    assert preset.exposure("denosumab").decay == pytest.approx(0.0693147180559945)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "family: komarova",
            "familie: komarova",
            (
                "mine.yaml:3:1: unknown key 'familie' in a cell preset. Did you mean 'family'? "
                "Allowed: name, label, family, citation, doi, note, parameters, drugs, initial, states, perturbations."
            ),
        ),
        ("family: komarova\n", "", "mine.yaml:1:1: a cell preset lacks 'family'."),
        (
            "family: komarova",
            "family: komarov",
            (
                "mine.yaml:1:1: cell preset mine is of an unknown family 'komarov'. Did you mean 'komarova'? "
                "Allowed: joerg, pivonka, lemaire, komarova, graham."
            ),
        ),
        ("value: 0.5", "value: half", "mine.yaml:6:9: 'value' must be a number, not 'half'."),
        ("value: 0.5", "value: true", "mine.yaml:6:9: 'value' must be a number, not True."),
        ("value: 2, ", "", "mine.yaml:7:3: k1 lacks 'value'."),
        ("low: 0.4", "low: 0.6", "mine.yaml:6:3: parameter g11: 0.6, 0.5, 1 are not in the order low, value, high."),
        ("value: 2,", "value: .inf,", "mine.yaml:7:3: parameter k1 is not a finite number."),
        (
            "channel: denosumab",
            "channel: denosumap",
            (
                "mine.yaml:9:3: denosumab acts through an unknown channel 'denosumap'. Did you mean 'denosumab'? "
                "Allowed: denosumab, romosozumab, bisphosphonate, pth, estrogen."
            ),
        ),
        ("half_life: 10", "half_life: 0", "mine.yaml:9:3: denosumab: half_life must be above 0, not 0."),
        ("dose: 60", "dose: 600", "mine.yaml:9:3: denosumab: doses 6, 600, 210 are out of order."),
        ("  k1:", "  g11:", "mine.yaml:7:3: key 'g11' is given twice. Keep one of the two."),
        ("{x1: 11}", "[11]", "mine.yaml:10:1: 'initial' must name things. Write name: value."),
        ("name: mine", "name: 5", "mine.yaml:1:1: 'name' must be text, not 5."),
    ],
)
def test_a_wrong_file_is_told_where_and_what(old, new, message):
    assert old in GOOD
    with pytest.raises(FileFormatError) as caught:
        parse_preset(GOOD.replace(old, new, 1), "mine.yaml")
    assert str(caught.value) == message


def test_an_unknown_preset_offers_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        read_preset("joerg2021")
    assert str(caught.value).startswith("unknown cell preset 'joerg2021'. Did you mean 'joerg2022'? Allowed: ")


def test_presets_of_a_folder_of_the_user_take_the_place_of_the_shipped(tmp_path):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "mine.yaml").write_text(GOOD, encoding="utf-8")
    assert preset_names(tmp_path) == ("mine",)
    assert read_preset("mine", tmp_path).citation == "a paper"


def test_a_file_must_call_itself_by_its_name(tmp_path):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "other.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(FileFormatError, match="the file calls itself 'mine'"):
        read_preset("other", tmp_path)


def test_a_number_stands_once():
    number = Parameter("k1", 1.0, "1/d", 1.0, 1.0, "a paper")
    with pytest.raises(ModelError, match="cell preset twice gives the parameter k1 twice"):
        CellPreset("twice", "", "", "komarova", (number, number), "a paper")


@pytest.mark.parametrize("part", ["symbol", "unit", "source"])
def test_a_number_without_unit_or_source_is_refused(part):
    words = {"symbol": "k1", "unit": "1/d", "source": "a paper"} | {part: ""}
    with pytest.raises(ModelError, match=f"has no {part}"):
        Parameter(value=1.0, low=1.0, high=1.0, **words)


def test_a_dose_outside_the_studied_range_is_remarked_upon():
    model = Exposure("denosumab", "denosumab", 1.0, 10.0, 60.0, 182.5, 6.0, 210.0, "label")
    assert model.outside_label(60.0) == ""
    assert model.outside_label(6000.0) == "denosumab 6000 mg is outside the studied 6 to 210 mg"


def test_an_unknown_drug_offers_the_nearest():
    with pytest.raises(ModelError, match=r"knows no drug 'denosumap'\. Did you mean 'denosumab'\?"):
        read_preset("joerg2022").exposure("denosumap")


@pytest.mark.parametrize("name", preset_names())
def test_every_number_that_is_shipped_has_a_unit_and_a_source(name):
    preset = read_preset(name)
    assert preset.citation
    assert preset.doi
    for number in preset.parameters:
        assert len(number.source) > len("a paper"), number.symbol
