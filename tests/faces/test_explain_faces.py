"""Explanations as people meet them: paragraph, text, JSON and picture."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

import remodelsim as rs
from remodelsim.experiments.explain import explain
from remodelsim.experiments.whatif import Question
from remodelsim.faces.cli import main
from remodelsim.faces.explain_text import explanation_text
from remodelsim.faces.plot.lanes import LANES, place
from remodelsim.faces.plot.why import draw_why, save_why
from remodelsim.faces.prose import label_of, paragraph, settings_text, told
from remodelsim.ground.units import Amount


@pytest.fixture(scope="module")
def found(model):
    return explain(model, Question("Quercetin=5uM", "menopause=on", ("BMD_hip",), "ode", draws=6))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paragraph_names_the_causes_with_the_numbers_that_were_measured(model, found, language):
    why = found.whys["BMD_hip"]["ode"]
    text = paragraph(model, found, "BMD_hip", language)
    most = why.causes[0]

    assert f"{why.verdict.baseline:.3f}" in text
    assert f"{why.verdict.value:.3f}" in text
    assert label_of(model, most.cause.node, language) in text
    for number in re.findall(r"(\d+) ?%", text.replace(told("brackets", language), "")):
        shares = [s for c in why.causes for s in (c.goes, c.alone)] + [m.share for m in why.mediators]
        shares += [p.goes for p in why.pairs]
        known = {f"{100 * abs(v):.0f}" for s in shares for v in (s.value, s.low, s.high) if v is not None}
        assert number in known | {f"{100 * (why.verdict.agreement or 0):.0f}"}
    assert "{" not in text


def test_settings_are_said_in_words(model):
    assert settings_text(model, "menopause=on & Quercetin=5uM & IL17=off", "en") == (
        "Menopause and Quercetin 5 uM and Interleukin 17 off"
    )
    assert settings_text(model, "", "zh") == ""


def test_the_text_shows_causes_chains_and_claims(model, found):
    text = explanation_text(model, found)

    for title in ("Causes (BMD_hip, ode)", "Passes through", "Strongest chains", "What it rests on", "other readings"):
        assert title in text
    assert re.search(r"QUE-\d{3} \(quercetin \[\d+.*?\]; \w+\)", text)


def test_every_arrow_of_the_picture_lies_on_a_way_from_the_cause_to_the_readout(model, found):
    placed = place(model, found.whys["BMD_hip"]["ode"])
    followers = {}
    for arrow in placed.arrows:
        followers.setdefault(arrow.key[0], set()).add(arrow.target)

    def reach(start):
        seen, wave = {start}, [start]
        while wave:
            new = followers.get(wave.pop(), set()) - seen
            seen |= new
            wave += new
        return seen

    assert placed.starts == {"=Quercetin"}
    assert reach("=Quercetin") >= {name for arrow in placed.arrows for name in arrow.key}
    assert all("BMD_hip" in reach(arrow.target) for arrow in placed.arrows)
    assert set(placed.lane.values()) <= set(LANES)
    assert len({(placed.lane[n], placed.column[n], placed.row[n]) for n in placed.lane}) == len(placed.lane)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_boxes_of_the_picture_cover_each_other_wholly(model, found, language):
    from matplotlib.patches import FancyBboxPatch

    figure = draw_why(model, found, "BMD_hip", language)
    boxes = [p.get_bbox() for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]

    assert len(boxes) > 8
    for k, one in enumerate(boxes):
        for other in boxes[:k]:
            middle = (0.5 * (other.x0 + other.x1), 0.5 * (other.y0 + other.y1))
            assert not one.contains(*middle)


def test_the_same_explanation_gives_the_same_picture(model, found, tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        save_why(model, found, "BMD_hip", tmp_path / name)

    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_command_gives_json_and_a_picture(tmp_path):
    picture = tmp_path / "why.png"
    words = ["explain", "--do", "RANKL=off", "--readout", "BoneResorption", "--formalism", "ode", "--draws", "0"]
    done = CliRunner().invoke(main, [*words, "--json", "--picture", str(picture)])
    why = json.loads(done.stdout)["readouts"]["BoneResorption"]["ode"]

    assert done.exit_code == 0
    assert [cause["cause"] for cause in why["causes"]] == ["RANKL held at 0"]
    assert {claim["id"] for arrow in why["arrows"] for claim in arrow["claims"]}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_another_kind_is_refused():
    done = CliRunner().invoke(main, ["explain", "--do", "RANKL=off", "--picture", "why.gif"])

    assert done.exit_code == 2
    assert done.stderr == (
        "remodelsim: 'why.gif' is no name of a picture. Allowed: a name ending in .png, a name ending in .svg.\n"
    )


def test_nothing_to_explain_is_explained(model):
    found = explain(model, Question("Quercetin=0.01uM", "", ("BMD_hip",), "ode"))
    most = max(effect.occupancy(Amount(0.01, "uM")) for effect in model.compounds["Quercetin"].effects)
    sentence = (
        rf"The dose is too low: at most {100 * most:.2g} % of any action of Quercetin is present; at (\d+) uM there is"
    )

    assert float(re.search(sentence, paragraph(model, found, "BMD_hip")).group(1)) > 0.01
    assert "剂量过低" in paragraph(model, found, "BMD_hip", "zh")


def test_an_explanation_is_told_drawn_and_cited_in_a_notebook(model, found):
    assert rs.paragraph(found) == paragraph(model, found, "BMD_hip")
    assert "槲皮素" in rs.paragraph(found, language="zh")
    assert len(rs.plot(found, language="en").axes) == 1
    assert "Quercetin → Wnt" in found._repr_html_()
    assert "@article{quercetin," in found.citations()
    with pytest.raises(rs.RemodelsimError, match="CTX was not explained"):
        rs.paragraph(found, "CTX")
