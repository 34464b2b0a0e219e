"""Laws of experiments on the shipped model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remodelsim.experiments.exactly import exact_values
from remodelsim.experiments.many import Case, ode_many
from remodelsim.experiments.runs import boolean_run, ode_run, scipy_run
from remodelsim.experiments.verdict import direction, ensemble_verdict, sampled_verdict
from remodelsim.experiments.whatif import Question, ask
from remodelsim.ground.errors import RemodelsimError, ScenarioError, SolveError
from remodelsim.nouns.assignment import protocol_of
from remodelsim.nouns.intervention import Clamp, Protocol, Span

TIMES = np.array([0.0, 10.0, 60.0])


def test_dose_zero_is_bit_for_bit_no_intervention(model, reference):
    nothing = ode_run(model, reference, Protocol(), TIMES)
    zero = ode_run(model, reference, protocol_of(model, "Quercetin=0uM"), TIMES)
    assert all(np.array_equal(nothing[name], zero[name]) for name in nothing)
    run = boolean_run(model, reference, [Protocol(), protocol_of(model, "Quercetin=0uM")], [20.0], replicates=4, seed=1)
    assert np.array_equal(run.sample.means[:, :, 0], run.sample.means[:, :, 1])


def test_health_stays_healthy_bit_by_bit_close(model, reference):
    course = ode_run(model, reference, Protocol(), np.array([0.0, 365.0, 20 * 365.0]))
    for name, values in course.items():
        assert np.ptp(values) < 1e-6, name


def test_a_knocked_out_node_is_exactly_zero_and_comes_back(model, reference):
    protocol = Protocol((Clamp("RANKL", 0.0, Span(5.0, 30.0)),))
    course = ode_run(model, reference, protocol, np.array([0.0, 5.0, 20.0, 30.0, 300.0]))
    healthy = course["RANKL"][0]
    assert course["RANKL"][1] == course["RANKL"][2] == 0.0
    assert course["RANKL"][4] == pytest.approx(healthy, rel=0.1)


@pytest.mark.parametrize(
    "text", ["RANKL=off", "OPG=off", "TNF=on", "Estrogen=off", "SOST=off", "RUNX2=off", "LPS=on", "GermFree=on"]
)
def test_states_stay_in_their_bounds(model, reference, text):
    course = ode_run(model, reference, protocol_of(model, text), np.linspace(0.0, 20 * 365.0, 9))
    for name in model.network.names:
        assert course[name].min() > -1e-6, name
        assert course[name].max() < 1.0 + 1e-6, name
    for name in ("bmd_hip", "bmd_lumbar", "osteoblasts", "osteoclasts", "ctx", "p1np"):
        assert course[name].min() >= -1e-6, name
        assert np.isfinite(course[name]).all()
    assert course["bmd_hip"].max() < 3.0


@pytest.mark.parametrize(
    ("text", "readout", "told"),
    [
        ("RANKL=off", "Osteoclast", "down"),
        ("OPG=off", "BoneMass", "down"),
        ("SOST=off", "BMD_hip", "up"),
        ("RUNX2=off", "BoneFormation", "down"),
        ("NFATc1=off", "BoneResorption", "down"),
        ("LRP5=off", "BMD_hip", "down"),
    ],
)
def test_classical_knock_outs_have_their_direction_in_both_formalisms(model, text, readout, told):
    answer = ask(model, Question(text, readouts=(readout,)))
    assert {f: v.direction for f, v in answer.verdicts[readout].items()} == {"ode": told, "boolean": told}


def test_opg_knock_out_is_porotic_rankl_knock_out_has_no_osteoclasts_and_sost_knock_out_is_dense(model, reference):
    times = np.array([0.0, 5 * 365.0])
    last = {t: ode_run(model, reference, protocol_of(model, t), times) for t in ("OPG=off", "RANKL=off", "SOST=off")}
    assert last["OPG=off"]["bmd_hip"][-1] < 0.97
    assert last["RANKL=off"]["osteoclasts"][-1] < 0.2
    assert last["SOST=off"]["bmd_hip"][-1] > 1.03


def test_the_same_seed_gives_the_same_answer(model):
    question = Question("Quercetin=5uM", "Estrogen=off", ("BMD_hip",), draws=2, seed=4, days=60.0)
    assert ask(model, question).as_dict() == ask(model, question).as_dict()


def test_do_overrides_the_baseline(model):
    answer = ask(model, Question("Estrogen=0.53", "Estrogen=off", ("EstrogenSignaling",), formalism="ode", days=30.0))
    assert answer.verdicts["EstrogenSignaling"]["ode"].direction == "up"


@pytest.mark.parametrize(
    ("kwargs", "sentence"),
    [
        ({"do": " "}, "nothing is done. Give at least one NAME=VALUE."),
        ({"do": "RANKL=on", "formalism": "fuzzy"}, "unknown formalism 'fuzzy'. Allowed: ode, boolean, both."),
        ({"do": "RANKL=on", "days": 0.0}, "a change cannot be read at day 0. Allowed: above 0 to 100 years."),
        ({"do": "RANKL=on", "readouts": ()}, "no readout is asked for."),
    ],
)
def test_each_impossible_question_has_its_sentence(kwargs, sentence):
    with pytest.raises(ScenarioError) as error:
        Question(**kwargs)
    assert str(error.value) == sentence


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=200)
def test_any_text_is_a_protocol_or_an_error_of_ours(text):
    from remodelsim.files.library import load_model

    try:
        protocol_of(load_model(), text)
    except RemodelsimError as error:
        assert str(error).isprintable()  # noqa: PT017  (either outcome is right)


def test_directions_count_beyond_the_threshold_only():
    assert direction(0.0101, 0.01) == "up"
    assert direction(0.01, 0.01) == "same"
    assert direction(-0.02, 0.01) == "down"
    with pytest.raises(SolveError):
        direction(float("nan"), 0.01)


def test_agreement_is_the_share_of_draws_with_the_same_direction():
    verdict = ensemble_verdict(1.0, 1.1, np.zeros(4), np.array([0.2, 0.3, -0.2, 0.001]), 0.01)
    assert (verdict.direction, verdict.agreement, verdict.draws) == ("up", 0.5, 4)


def test_a_paired_sample_is_as_sure_as_its_error_allows():
    rng = np.random.default_rng(1)
    sure = sampled_verdict(np.zeros(100), rng.normal(0.05, 0.01, 100), 0.01)
    unsure = sampled_verdict(np.zeros(100), rng.normal(0.01, 0.5, 100), 0.01)
    assert sure.direction == "up"
    assert sure.agreement > 0.999
    assert unsure.agreement < 0.95


@pytest.mark.parametrize(
    "text", ["Estrogen=off & Quercetin=5uM", "menopause_course=on & Denosumab=60mg", "LPS=on", "RANKL=off", "OPG=off"]
)
def test_our_integrator_agrees_with_scipy(model, reference, text):
    times = np.array([0.0, 1.0, 30.0, 180.0, 400.0])
    ours = ode_run(model, reference, protocol_of(model, text), times)
    scipys = scipy_run(model, reference, protocol_of(model, text), times)
    for name, values in scipys.items():
        assert ours[name] == pytest.approx(values, rel=2e-5, abs=2e-5), name


def test_bone_stays_bounded_for_twenty_years_under_any_single_knock_out(model, reference):
    days = (365.0, 5 * 365.0, 20 * 365.0)
    protocols = [Protocol((Clamp(name, 0.0),)) for name in model.network.names]
    courses = ode_many([Case(model, reference, protocol, days) for protocol in protocols])
    for name, course in zip(model.network.names, courses, strict=True):
        for quantity in ("bmd_hip", "bmd_lumbar", "osteoblasts", "osteoclasts", "ctx", "p1np"):
            assert np.isfinite(course[quantity]).all(), (name, quantity)
            assert course[quantity].min() > -1e-6, (name, quantity)
        assert course["bmd_hip"].min() > 0.05, name
        assert course["bmd_lumbar"].max() < 5.0, name


def test_where_few_nodes_matter_the_boolean_answer_is_exact_and_sampling_agrees(model, reference):
    arms = [Protocol(), protocol_of(model, "Quercetin=5uM")]
    readout = model.readout("miR625_5p")
    exact = exact_values(model, reference, readout, arms, 180.0)
    assert exact is not None
    run = boolean_run(model, reference, arms, [180.0], replicates=16, seed=3)
    sampled = run.last_means()[:, :, model.network.index["miR625_5p"]]
    error = sampled.std(axis=0) / 4.0
    assert np.all(np.abs(sampled.mean(axis=0) - exact) < 5.0 * error + 1e-9)
    assert exact_values(model, reference, model.readout("BMD_hip"), arms, 180.0) is None
