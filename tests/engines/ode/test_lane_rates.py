"""The coupled system in lanes equals the one for a single sample, term by term."""

import numpy as np
import pytest

from remodelsim.engines.gate import odds_gate, odds_slope
from remodelsim.engines.ode.lane_data import stack_draws
from remodelsim.engines.ode.layout import make_layout
from remodelsim.engines.ode.system import CELLS, jacobian, rates
from remodelsim.experiments.numbers import drawn_numbers
from remodelsim.ground.errors import ModelError

from . import synthetic
from .kernels import Lanes, flat_gates


@pytest.fixture(scope="module", params=["synthetic", "shipped"])
def case(request, engine):
    """Program, draws, doings and scattered states of a network."""
    if request.param == "synthetic":
        program, pairs = synthetic.program(), synthetic.pairs()
        doings = list(synthetic.doings().values())
    else:
        program = engine.program
        # under the usual readings: others may have other rules, which run in lanes of their own
        spread = engine.model.spread
        drawn = [drawn_numbers(engine.published, spread, np.random.default_rng([1, k])) for k in range(12)]
        alike = [draw for draw in engine.draws_of(drawn) if draw is not None]
        assert len(alike) > 3
        pairs = [(draw.constants, draw.wiring) for draw in (engine.reference, *alike[:3])]
        doings = [_resized(doing, pairs[0][0].level.size) for doing in synthetic.doings().values()]
    rng = np.random.default_rng(8)
    layout = make_layout(program, [wiring for _, wiring in pairs])
    which = [k % len(pairs) for k in range(len(doings))]
    states = np.stack([_scattered(rng, pairs[d]) for d in which])
    return program, layout, pairs, doings, which, states


def _resized(doing, n):
    parts = {name: np.resize(getattr(doing, name), n) for name in ("alpha", "beta", "onset", "decline")}
    return doing._replace(held=np.resize(doing.held, n + CELLS), **parts)


def _scattered(rng, pair):
    constants, wiring = pair
    n = constants.level.size
    state = np.concatenate([constants.level, wiring.healthy[:CELLS]]) * rng.uniform(0.3, 1.5, n + CELLS)
    state[:n] = np.clip(state[:n], 0.0, 1.0)
    state[rng.integers(0, n, 15)] = 0.0
    state[rng.integers(0, n, 15)] = 1.0
    return state


def _in_lanes(case):
    _, layout, pairs, doings, which, states = case
    return Lanes(layout, stack_draws(layout, pairs), which, doings).derivatives(np.full(len(which), 11.0), states)


def test_rates_in_lanes_are_the_rates(case):
    program, _, pairs, doings, which, states = case
    found, _, _ = _in_lanes(case)
    for w, (d, doing) in enumerate(zip(which, doings, strict=True)):
        expected = np.empty(states.shape[1])
        rates(11.0, states[w], program, *pairs[d], doing, expected)
        assert found[w] == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_the_sparse_jacobian_is_the_dense_one(case):
    program, _, pairs, doings, which, states = case
    _, _, found = _in_lanes(case)
    for w, (d, doing) in enumerate(zip(which, doings, strict=True)):
        expected = np.empty((states.shape[1], states.shape[1]))
        jacobian(11.0, states[w], program, *pairs[d], doing, expected)
        assert np.isfinite(expected).all()
        assert found[w] == pytest.approx(expected, rel=1e-11, abs=1e-12)


def test_the_derivative_by_time_is_that_of_the_rates(case):
    program, _, pairs, doings, which, states = case
    _, found, _ = _in_lanes(case)
    assert np.abs(found).max() > 0.0
    for w, (d, doing) in enumerate(zip(which, doings, strict=True)):
        ends = np.empty((2, states.shape[1]))
        for out, t in zip(ends, (11.0 - 1e-3, 11.0 + 1e-3), strict=True):
            rates(t, states[w], program, *pairs[d], doing, out)
        size = np.abs(ends).max(axis=0)
        miss = np.abs(found[w] - (ends[1] - ends[0]) / 2e-3)
        assert np.all(miss <= 1e-5 * np.abs(found[w]) + 1e-9 * size)


def test_before_its_onset_a_course_changes_nothing_by_time():
    doing = synthetic.doings()["a course"]
    lanes = Lanes(synthetic.layout(), synthetic.stacked(), [0, 0], [doing, doing])
    _, found, _ = lanes.derivatives([2.0, 4.0], np.stack([synthetic.healthy()] * 2))
    assert np.abs(found[0]).max() == 0.0
    assert np.abs(found[1]).max() > 0.0


def test_a_lane_does_not_feel_its_neighbours():
    rng = np.random.default_rng(5)
    doings = list(synthetic.doings().values())
    states = np.stack([synthetic.scattered(rng) for _ in doings])
    together = Lanes(synthetic.layout(), synthetic.stacked(), [0] * 7, doings).derivatives(np.full(7, 5.0), states)
    for w, doing in enumerate(doings):
        alone = Lanes(synthetic.layout(), synthetic.stacked(), [0], [doing], width=1).derivatives(
            [5.0], states[w : w + 1]
        )
        assert all(np.array_equal(one[0], all_[w]) for one, all_ in zip(alone, together, strict=True))


def test_a_draw_with_a_coupling_of_its_own_is_refused_by_a_layout_that_does_not_know_it():
    constants, wiring = synthetic.pairs()[0]
    more = wiring._replace(
        node=np.append(wiring.node, 7),
        modulator=np.append(wiring.modulator, 2),
        curve=np.vstack([wiring.curve, [1, 0, 0]]),
    )
    with pytest.raises(ModelError, match="a coupling that its layout does not know"):
        stack_draws(synthetic.layout(), [(constants, more)])
    both = make_layout(synthetic.program(), [wiring, more])
    stacked = stack_draws(both, [(constants, wiring), (constants, more)])
    assert stacked.curve[0] == pytest.approx(stacked.curve[1])


@pytest.mark.parametrize("gain", [0.5, 0.8, 1.0, 1.3, 2.0, 5.0, 10.0])
def test_vectorised_gates_are_the_gates(gain):
    rng = np.random.default_rng(9)
    b = np.concatenate([[0.0, 1.0, -0.2, 1.3, 1e-12, 1 - 1e-12], rng.uniform(0, 1, 500), rng.random(200) ** 20])
    anchor = np.exp(rng.normal(0, 3, b.size))
    value, slope = np.empty(b.size), np.empty(b.size)
    flat_gates(b, np.full(b.size, gain), 1 / anchor, np.full(b.size, 0.5), value, slope)
    assert value == pytest.approx([odds_gate(x, gain, a) for x, a in zip(b, anchor, strict=True)], rel=2e-13)
    assert value[0] == value[2] == 0.0
    assert value[1] == value[3] == 1.0
    expected = np.array([odds_slope(x, gain, a) for x, a in zip(b, anchor, strict=True)])
    assert slope == pytest.approx(expected, rel=1e-11, abs=1e-200)


def test_vectorised_gates_of_silent_nodes_are_straight():
    b = np.array([-0.1, 0.0, 0.1, 0.4, 0.5, 0.7])
    value, slope = np.empty(6), np.empty(6)
    flat_gates(b, np.ones(6), np.full(6, 2.0), np.zeros(6), value, slope)
    assert value == pytest.approx([0.0, 0.0, 0.2, 0.8, 1.0, 1.0])
    assert slope == pytest.approx([2.0, 2.0, 2.0, 2.0, 0.0, 0.0])
