"""What the default preset says of women, and how the tables of trials and cohorts are read."""

import shutil

import numpy as np
import pytest

from remodelsim.engines.ode.cells import MODULATORS, Y
from remodelsim.engines.ode.system import modulators
from remodelsim.experiments.clinical import Woman, chi2_per_target, predictions, residuals
from remodelsim.experiments.clinical_coupled import CoupledWoman, coupled_predictions
from remodelsim.faces.plot_clinical import drugs_figure, menopause_figure, save_svg
from remodelsim.files.cells_file import read_preset
from remodelsim.files.clinical_file import read_cohorts, read_targets
from remodelsim.files.library import load_model
from remodelsim.ground.errors import FileFormatError, ModelError
from remodelsim.ground.resources import data_root
from remodelsim.nouns.clinical import Regimen, Target
from remodelsim.nouns.intervention import Clamp, Protocol

YEAR = 365.0
HIP, LUMBAR, CTX, P1NP = range(4)


@pytest.fixture(scope="module")
def woman():
    return Woman(read_preset("default"))


def regimen(drug):
    """The longest regimen of a drug among the targets."""
    return max((t.regimen for t in read_targets() if t.regimen.drug == drug), key=lambda what: what.days)


def test_the_table_of_targets_holds_seven_regimens_with_sources():
    targets = read_targets()
    assert [target.id for target in targets] == [f"C{i:02d}" for i in range(1, 23)]
    assert len({target.regimen for target in targets}) == 7
    assert {target.regimen.drug for target in targets} == {
        "",
        "denosumab",
        "romosozumab",
        "alendronate",
        "teriparatide",
    }


def test_the_cohorts_are_seven():
    assert len({point.cohort for point in read_cohorts()}) == 7
    assert len(read_cohorts()) == 44


def test_joerg_scores_on_the_targets_what_was_measured_of_it():
    targets = read_targets()[:19]
    assert chi2_per_target(predictions(read_preset("joerg2022"), targets), targets) == pytest.approx(5.94, abs=0.01)


@pytest.mark.slow
def test_the_whole_model_meets_the_trials_within_their_uncertainty():
    targets = read_targets()
    said = coupled_predictions(load_model(), targets)
    assert chi2_per_target(said, targets) <= 1.0
    assert np.abs(residuals(said, targets)).max() < 3.0


def test_no_fitted_number_has_left_its_range():
    preset = read_preset("default")
    moved = [p for p in preset.parameters if "fitted" in p.source]
    assert len(moved) >= 12
    for parameter in moved:
        assert parameter.low < parameter.value < parameter.high, parameter.symbol


def test_after_menopause_both_markers_rise_and_both_sites_lose_bone(woman):
    change = woman.change(Regimen("untreated", 0.0), [60, 120])
    assert np.all(change[:, [CTX, P1NP]] > 10.0)
    assert np.all(change[:, CTX] > change[:, P1NP])
    assert np.all(change[1, [HIP, LUMBAR]] < -5.0)


def test_bone_stands_still_in_health(woman):
    found = woman.states(np.array([0.0, 20 * YEAR]), estrogen=1.0)
    assert found[1] == pytest.approx(found[0], rel=1e-6, abs=1e-9)


def test_turnover_rebounds_after_denosumab_and_not_after_alendronate(woman):
    after = np.arange(2.0, 25.0)
    for drug, rebounds in (("denosumab", True), ("alendronate", False)):
        what = regimen(drug)
        months = what.days / YEAR * 12 + after
        most = woman.change(what, months.tolist())[:, CTX].max()
        assert (most > 30.0) == rebounds, (drug, most)
        assert rebounds or most < 10.0


def test_density_is_back_near_its_start_two_years_after_denosumab(woman):
    what = regimen("denosumab")
    end = what.days / YEAR * 12
    gained, left = woman.change(what, [end, end + 24])[:, HIP]
    assert gained > 5.0
    assert abs(left) < 0.4 * gained


def test_romosozumab_raises_formation_at_first_and_lowers_resorption(woman):
    early, late = woman.change(regimen("romosozumab"), [0.5, 12])
    assert early[P1NP] > 20.0
    assert early[CTX] < -10.0
    assert late[P1NP] < early[P1NP]


def test_more_of_a_drug_does_not_do_less(woman):
    usual = regimen("teriparatide")
    twice = Regimen("double", usual.start, usual.drug, 2 * usual.dose, usual.every, usual.days)
    assert woman.change(twice, [18])[0, LUMBAR] > woman.change(usual, [18])[0, LUMBAR]


@pytest.mark.parametrize("modulator", MODULATORS)
@pytest.mark.parametrize("value", [0.0, 4.0])
def test_bone_stays_bounded_for_twenty_years_under_every_single_change(woman, modulator, value):
    found = woman.states(np.array([0.0, 5 * YEAR, 20 * YEAR]), estrogen=1.0, modulators={modulator: value})
    assert np.all(found > -1e-6)
    bone = found[:, [Y.bone_hip, Y.bone_lumbar]]
    assert np.all((bone > 0.01) & (bone < 8.0))


def knocked_out(woman, years, **modulators):
    return woman.states(np.array([0.0, years * YEAR]), estrogen=1.0, modulators=modulators)[1]


def test_without_rankl_there_are_no_osteoclasts_and_bone_is_dense(woman):
    y = knocked_out(woman, 5, RANKL=0.0)
    assert y[Y.osteoclasts] < 1e-6
    assert y[Y.bone_lumbar] > 1.05


def test_without_opg_there_is_less_bone_than_after_estrogen_loss(woman):
    y = knocked_out(woman, 1, OPG=0.0)
    lost = woman.states(np.array([0.0, YEAR]), estrogen=0.0)[1]
    assert y[Y.bone_lumbar] < lost[Y.bone_lumbar] < 1.0


def test_without_sclerostin_there_is_far_more_bone(woman):
    y = knocked_out(woman, 5, SOST=0.0)
    # mice: half as much again; people with sclerosteosis: about twice normal
    assert 1.3 < y[Y.bone_hip] < 2.2
    assert y[Y.osteoclasts] > 1.0
    assert 1.6 < knocked_out(woman, 30, SOST=0.0)[Y.bone_hip] < 2.25


@pytest.mark.parametrize("changes", [{"form": 4.0}, {"form": 4.0, "res": 0.0}, {"Cdiff": 0.0, "Wnt": 4.0}])
def test_bone_never_outgrows_its_envelope(woman, changes):
    most = 1.0 + 1.0 / read_preset("default").values()["chi"]
    bone = woman.states(np.linspace(0.0, 60 * YEAR, 61), estrogen=1.0, modulators=changes)[
        :, [Y.bone_hip, Y.bone_lumbar]
    ]
    assert bone.max() > 1.2
    assert bone.max() < most


def test_formation_follows_resorption_after_months(woman):
    early, late = woman.change(regimen("denosumab"), [1, 5])
    assert early[CTX] < -75.0
    assert late[P1NP] < 2.5 * early[P1NP] < 0.0
    assert -85.0 < late[P1NP] < -50.0


def test_pth_raises_formation_within_weeks_and_builds_spine_within_a_year(woman):
    change = woman.change(regimen("teriparatide"), [1, 3, 12])
    assert change[0, P1NP] > 30.0
    assert change[1, P1NP] > 80.0
    assert change[2, LUMBAR] > 2.0


def test_no_more_estrogen_can_be_lost_than_all_of_it():
    woman = CoupledWoman(load_model(), rtol=1e-5, atol=1e-7)
    draw, node = woman.draw, "EstrogenLossSignal"
    x = draw.constants.level.copy()
    doing = woman.states(Protocol(), np.array([0.0]))[1][0].doing
    told = []
    for level in (draw.wiring.without, 1.0):
        x[woman.model.network.index[node]] = level
        told.append(np.empty(len(MODULATORS)))
        modulators(x, draw.wiring, doing, told[-1])
    assert told[0] == pytest.approx(told[1], rel=1e-12)
    bone = woman.measured(Protocol((Clamp(node, 1.0),)), np.array([0.0, YEAR, 5 * YEAR]))[:, [HIP, LUMBAR]]
    assert np.all(np.diff(bone, axis=0) < 0.0)
    assert np.all(bone > 0.05)


def test_another_family_knows_no_menopause():
    with pytest.raises(ModelError, match="cell preset pivonka2008 knows neither menopause nor drugs"):
        Woman(read_preset("pivonka2008"))


def test_the_whole_model_asks_for_a_compound_by_its_name():
    woman = CoupledWoman(load_model())
    with pytest.raises(ModelError, match=r"no compound is called 'denosumap'. Did you mean 'denosumab'\?"):
        woman.protocol(Regimen("wrong", 0.0, "denosumap", 60.0, 182.5, 365.0))


def test_the_years_before_a_regimen_are_run_once_and_give_the_same(monkeypatch):
    woman = CoupledWoman(load_model(), rtol=1e-5, atol=1e-7)
    what = Regimen("denosumab from one month after menopause", 1.0 / 12.0, "denosumab", 60.0, 182.5, 180.0)
    first = what.start * YEAR
    days = np.array([first, first + 60.0])
    kept, whole = (woman.measured(woman.protocol(what), days, since) for since in (first, 0.0))
    assert kept == pytest.approx(whole, rel=1e-4)
    monkeypatch.setattr(CoupledWoman, "states", None)
    assert woman._untreated(first) is woman._untreated(first)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"readout": "BMD_hipp"}, "target X is of an unknown readout 'BMD_hipp'. Did you mean 'BMD_hip'?"),
        ({"sigma": 0.0}, "target X needs finite numbers and a sigma above 0."),
        ({"source": ""}, "target X has no source."),
    ],
)
def test_a_target_refuses_to_be_wrong(changes, message):
    good = {"readout": "CTX", "month": 1.0, "percent": 1.0, "sigma": 1.0, "source": "a paper"}
    with pytest.raises(ModelError) as caught:
        Target("X", Regimen("none", 0.0), **(good | changes))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("some drug", 1.0, "denosumab", 0.0, 1.0, 1.0),
            "regimen 'some drug' lacks a dose, a period or a length above 0.",
        ),
        (("early", -1.0), "regimen 'early' starts before menopause."),
    ],
)
def test_a_regimen_refuses_to_be_wrong(arguments, message):
    with pytest.raises(ModelError) as caught:
        Regimen(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id,regimen", "id,regime", "clinical_targets.csv:1: the columns are not those expected. Allowed: id, "),
        (",36,-4.5,", ",36,much,", "clinical_targets.csv:2: 'percent' must be a number, not 'much'."),
        (",BMD_hip,36,", ",BMD,36,", "clinical_targets.csv:2: target C01 is of an unknown readout 'BMD'."),
        (",,high\n", ",high\n", "clinical_targets.csv:5: the row is longer or shorter than the header."),
    ],
)
def test_a_wrong_table_is_told_where_and_what(tmp_path, old, new, message):
    (tmp_path / "evidence").mkdir()
    shipped = data_root("models") / "evidence" / "clinical_targets.csv"
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "evidence" / "clinical_targets.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileFormatError) as caught:
        read_targets(tmp_path)
    assert str(caught.value).startswith(message)


def test_a_cohort_needs_numbers(tmp_path):
    shutil.copytree(str(data_root("models") / "evidence"), tmp_path / "evidence")
    path = tmp_path / "evidence" / "menopause_cohorts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("-5.9,", "less,", 1), encoding="utf-8")
    with pytest.raises(FileFormatError, match=r"menopause_cohorts.csv:3: 'percent' must be a number, not 'less'\."):
        read_cohorts(tmp_path)


def test_figures_hold_every_target_and_cohort(woman, tmp_path):
    targets = read_targets()
    figure = drugs_figure(woman.change, targets, Woman(read_preset("joerg2022")).change)
    points = sum(len(axes.containers) for axes in figure.axes)
    assert points == sum(target.regimen.drug != "" for target in targets)
    years = np.linspace(0.1, 30.0, 40)
    natural = woman.change(Regimen("untreated", 0.0), (12.0 * years).tolist())
    paths = [tmp_path / name for name in ("a.svg", "b.svg")]
    for path in paths:
        menopause = menopause_figure(years, {"natural": natural}, read_cohorts())
        save_svg(menopause, str(path))
    labels = {text.get_text() for axes in menopause.axes for text in axes.get_legend().get_texts()}
    assert {"Pansini 1995, surgical", "Looker 1998, natural", "model, natural"} <= labels
    assert paths[0].read_bytes() == paths[1].read_bytes()
