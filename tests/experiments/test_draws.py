"""Draws: each depends on its seed and number alone, holds disputed readings by weight, and counts estrogen once."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from remodelsim.engines.ode.cells import K
from remodelsim.engines.ode.join import ESTROGEN, pinned
from remodelsim.experiments.draws import engine_of
from remodelsim.experiments.sides import Sides, drawn_reading
from remodelsim.ground.errors import ModelError
from remodelsim.nouns.dispute import Dispute, Reading
from remodelsim.nouns.variant import read_as


@pytest.fixture(scope="module")
def engine(model):
    return engine_of(model)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip((*a.constants, *a.wiring), (*b.constants, *b.wiring), strict=True))


def test_a_draw_depends_on_its_seed_and_number_alone(engine):
    few, many = engine.ensemble(4, 7).draws, engine.ensemble(9, 7).draws
    assert all(same(a, b) and a.readings == b.readings for a, b in zip(few, many, strict=False))
    assert not same(few[0], engine.ensemble(1, 8).draws[0])


def test_joints_found_side_by_side_are_those_found_one_by_one(engine):
    hormone = engine.model.network.index[ESTROGEN]
    for draw in engine.ensemble(6, 3).draws:
        count, wiring = len(engine.model.couplings), draw.wiring
        bare = wiring._replace(node=wiring.node[:count], modulator=wiring.modulator[:count], curve=wiring.curve[:count])
        alone = pinned(draw.program, draw.constants, bare, hormone)
        assert np.array_equal(alone.modulator, wiring.modulator)
        assert np.allclose(alone.curve, wiring.curve, rtol=1e-3, atol=1e-4)
        assert alone.without == pytest.approx(wiring.without, abs=1e-5)


def test_an_ensemble_holds_every_reading_about_as_often_as_its_weight_says(model):
    counted = Counter(drawn_reading(d, 1, k).name for d in model.disputes for k in range(400))
    for dispute in model.disputes:
        for reading in dispute.readings:
            error = np.sqrt(reading.weight * (1.0 - reading.weight) / 400)
            assert abs(counted[reading.name] / 400 - reading.weight) < 4.0 * error


def test_a_draw_acts_as_its_readings_say(model, engine):
    draw = next(d for d in engine.ensemble(40, 1).draws if "JNK_same" in d.readings)
    assert "JNK_ob" in {effect.node for effect in model.compounds["Quercetin"].effects}
    assert "JNK_ob" not in {effect.node for effect in draw.compounds["Quercetin"].effects}


def test_every_combination_of_readings_is_the_model_read_so(model):
    sides = Sides(model)
    for k in range(8):
        side = sides.drawn(5, k)
        held = [r for d in model.disputes for r in d.readings if r.name in side.readings]
        read = read_as(model, held)
        assert [edge.strength for edge in read.network.edges] == side.strength.tolist()
        assert {n: r.expr.text() for n, r in read.network.rules.items()} == {
            n: r.expr.text() for n, r in side.network.rules.items()
        }
        assert dict(read.compounds) == dict(side.compounds)


def test_a_reading_that_a_model_holds_is_not_drawn_against(model):
    dispute = next(d for d in model.disputes if any(r.name == "JNK_same" for r in d.readings))
    read = read_as(model, [dispute.usual])
    assert dispute.name not in {d.name for d in read.disputes}
    others = {r.name for r in dispute.readings}
    assert all(others.isdisjoint(Sides(read).drawn(1, k).readings) for k in range(30))


def test_a_reading_of_an_edge_that_is_not_there_is_refused_by_name(model):
    wrong = Reading("wrong", 0.5, strengths={("SFB", "OPG"): 0.1}, description="for tests")
    dispute = Dispute("d", "", "", (Reading("usual", 0.5, description="as it is"), wrong))
    with pytest.raises(ModelError, match="wrong: no edge SFB -> OPG whose strength could differ"):
        Sides(replace(model, disputes=(dispute,))).under([wrong])


def test_an_ensemble_cut_into_parts_is_the_same_ensemble(engine):
    whole = engine.ensemble(6, 2).draws
    parts = (*engine.ensemble(2, 2).draws, *engine.ensemble(4, 2, first=2).draws)
    assert all(same(a, b) for a, b in zip(whole, parts, strict=True))


def test_published_numbers_joined_are_the_reference(engine):
    (draw,) = engine.draws_of([engine.published])
    assert all(np.array_equal(a, b) for a, b in zip(draw.constants, engine.reference.constants, strict=True))
    assert np.allclose(draw.wiring.curve, engine.reference.wiring.curve, rtol=1e-3, atol=1e-4)


def test_one_number_of_a_draw_can_be_changed(engine):
    (draw,) = engine.ensemble(1, 4).draws
    slower = replace(draw.numbers, tau_h=2.0 * draw.numbers.tau_h, cells={"eta_C": 0.05})
    (changed,) = engine.draws_of([slower])
    assert np.allclose(changed.constants.tau, 2.0 * draw.constants.tau)
    assert changed.wiring.parameters[K.eta_C] == 0.05
    assert draw.wiring.parameters[K.eta_C] != 0.05


def test_numbers_without_a_healthy_state_make_no_draw(engine):
    wild = replace(engine.published, gain=np.full(engine.published.gain.size, 40.0))
    assert engine.draws_of([wild, engine.published])[0] is None
