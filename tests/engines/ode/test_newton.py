"""Steady states: where courses end, found at once; their stability; and the honest word where there are several."""

import numpy as np
import pytest

from remodelsim.engines.gate import published_constants
from remodelsim.engines.ode.cells import K
from remodelsim.engines.ode.course import Stretch
from remodelsim.engines.ode.eigenvalues import components, largest_real_part, largest_real_parts
from remodelsim.engines.ode.ensemble import Sample, make_plan, run_samples
from remodelsim.engines.ode.lane_data import stack_draws
from remodelsim.engines.ode.layout import make_layout
from remodelsim.engines.ode.newton import RESTLESS, SETTLED, settle, settle_after
from remodelsim.engines.ode.system import CELLS, jacobian, rates
from remodelsim.engines.program import compile_network
from remodelsim.ground.errors import SolveError

from . import synthetic
from .test_ensemble import clamp, course

FOR_EVER = 400_000.0


def plan_of(*stretches):
    return make_plan([Sample(d, [stretch]) for d in range(4) for stretch in stretches])


VARIED = plan_of(clamp("Glucocorticoid", 0.7), clamp("Load", 0.7), clamp("N20", 1.0), clamp("N70", 0.0))


def test_rates_vanish_in_a_steady_state():
    found = settle(synthetic.layout(), synthetic.stacked(), VARIED).require()
    for m, d in enumerate(VARIED.draw):
        doing = synthetic.nothing()
        k = VARIED.doing[m]
        doing = doing._replace(**{name: getattr(VARIED.doings, name)[k] for name in VARIED.doings._fields})
        out = np.empty(found.states.shape[1])
        rates(1e9, found.states[m], synthetic.program(), *synthetic.pairs()[d], doing, out)
        assert np.abs(out / np.maximum(found.states[m], 1.0)).max() < 1e-10


def test_courses_end_where_newton_says():
    stretches = (clamp("Glucocorticoid", 0.7, FOR_EVER), clamp("N20", 1.0, FOR_EVER))
    plan = plan_of(*stretches)
    found = settle(synthetic.layout(), synthetic.stacked(), plan).require()
    courses = run_samples(synthetic.layout(), synthetic.stacked(), plan, np.array([FOR_EVER]), rtol=1e-6, atol=1e-8)
    assert found.states == pytest.approx(courses.require().last, rel=1e-5, abs=1e-6)


def test_inputs_on_a_course_end_at_nothing_and_infusions_at_their_level():
    doing, i = synthetic.doings()["a course"], synthetic.network().index["Calcium"]
    decline = np.where(np.arange(doing.decline.size) == i, 949.0, 0.0)
    plan = plan_of(Stretch(0.0, 180.0, doing._replace(decline=decline)))
    found = settle(synthetic.layout(), synthetic.stacked(), plan).require()
    assert np.all(found.states[:, i] < 1e-12)
    health = settle(synthetic.layout(), synthetic.stacked(), plan_of(course("nothing"))).require()
    drugs = settle(synthetic.layout(), synthetic.stacked(), plan_of(course("drugs"))).require()
    assert np.all(np.abs(drugs.states - health.states)[:, -CELLS] > 1e-3 * health.states[:, -CELLS])


def test_held_states_stay_where_they_are_put():
    found = settle(synthetic.layout(), synthetic.stacked(), plan_of(clamp("N20", 0.3)))
    assert np.all(found.states[:, synthetic.network().index["N20"]] == 0.3)


def test_results_do_not_depend_on_neighbours_or_width():
    whole = settle(synthetic.layout(), synthetic.stacked(), VARIED)
    narrow = settle(synthetic.layout(), synthetic.stacked(), VARIED, width=1)
    assert np.array_equal(whole.states, narrow.states)
    assert np.array_equal(whole.steps, narrow.steps)


def test_the_largest_real_part_is_that_of_the_dense_jacobian():
    found = settle(synthetic.layout(), synthetic.stacked(), VARIED).require()
    parts = largest_real_parts(synthetic.layout(), synthetic.stacked(), VARIED, found.states, threads=2)
    assert np.all(parts < 0.0)
    n = found.states.shape[1]
    for m in (0, 6, 11):
        k = VARIED.doing[m]
        names = VARIED.doings._fields
        doing = synthetic.nothing()._replace(**{name: getattr(VARIED.doings, name)[k] for name in names})
        dense = np.empty((n, n))
        jacobian(1e9, found.states[m], synthetic.program(), *synthetic.pairs()[VARIED.draw[m]], doing, dense)
        free = doing.held == 0
        assert parts[m] == pytest.approx(np.linalg.eigvals(dense[np.ix_(free, free)]).real.max(), rel=1e-6)


@pytest.mark.parametrize("density", [0.0, 0.02, 0.1, 1.0])
def test_matrices_that_fall_into_loops_keep_their_eigenvalues(density):
    rng = np.random.default_rng(7)
    for _ in range(5):
        matrix = rng.normal(size=(60, 60)) * (rng.random((60, 60)) < density) - np.diag(rng.uniform(0.0, 2.0, 60))
        assert largest_real_part(matrix) == pytest.approx(np.linalg.eigvals(matrix).real.max(), rel=1e-8, abs=1e-10)


def test_loops_cover_every_state_once():
    pattern = synthetic.layout().pattern
    loops = components(pattern.row, pattern.column)
    assert sorted(int(i) for loop in loops for i in loop) == list(range(200 + CELLS))
    assert max(loop.size for loop in loops) > 20


@pytest.fixture(scope="module")
def switch():
    """Two nodes that shut each other out: two stable rests and an unstable one between them, in health."""
    network = synthetic.switch_network()
    program = compile_network(network)
    constants = published_constants(network, program)
    wiring = synthetic.wiring(constants, network)
    return network, make_layout(program, [wiring]), stack_draws(make_layout(program, [wiring]), [(constants, wiring)])


def _pushed(network, value, days):
    n = len(network.nodes)
    doing = synthetic.nothing(n)
    return Sample(0, [Stretch(0.0, days, doing, {network.index["A"]: value})])


def test_an_unstable_rest_is_found_and_known_for_what_it_is(switch):
    network, layout, draws = switch
    plan = make_plan([_pushed(network, 0.5, 1.0)])
    health = settle(layout, draws, plan).require()
    assert health.states[0, network.index["A"]] == pytest.approx(0.5)
    assert largest_real_parts(layout, draws, plan, health.states)[0] > 0.1


def test_several_attractors_are_told_apart_by_their_courses(switch):
    network, layout, draws = switch
    plan = make_plan([_pushed(network, value, 200.0) for value in (0.2, 0.5, 0.8)])
    reached = settle_after(layout, draws, plan)
    a, c = (reached.settled.states[:, network.index[name]] for name in "AC")
    assert max(a[0], c[2]) < 0.2
    assert min(a[2], c[0]) > 0.8
    assert a[1] == pytest.approx(0.5)
    assert np.all(largest_real_parts(layout, draws, plan, reached.settled.states)[[0, 2]] < 0.0)


def test_a_search_that_ends_elsewhere_than_the_course_is_reported(switch):
    network, layout, draws = switch
    i = network.index["A"]
    up = Stretch(0.0, 50.0, synthetic.nothing(len(network.nodes)), {i: 0.9})
    then = Stretch(50.0, 200.0, synthetic.nothing(len(network.nodes)))
    reached = settle_after(layout, draws, make_plan([Sample(0, [up, then]), Sample(0, [then])]))
    assert reached.elsewhere.tolist() == [True, False]


def test_what_never_rests_is_not_given_a_rest():
    stacked = synthetic.stacked()
    parameters = stacked.parameters.copy()
    # bone without feedback on itself grows for ever when more is formed than resorbed
    parameters[1, [K.a, K.beta, K.chi]] = 0.0
    plan = plan_of(clamp("OsteoclastActivity", 0.1))
    found = settle(synthetic.layout(), stacked._replace(parameters=parameters), plan)
    assert found.status.tolist() == [SETTLED, RESTLESS, SETTLED, SETTLED]
    assert np.isnan(found.states[1]).all()
    with pytest.raises(SolveError, match="no steady state was found for 1 of 4 samples, the first is number 1"):
        found.require()


def test_where_the_state_is_no_number_neither_is_its_stability():
    plan = plan_of(course("nothing"))
    states = np.stack([synthetic.healthy(d) for d in range(4)])
    states[2] = np.nan
    parts = largest_real_parts(synthetic.layout(), synthetic.stacked(), plan, states)
    assert np.isnan(parts).tolist() == [False, False, True, False]
