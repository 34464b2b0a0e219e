"""Ensembles: the same courses as scipy's, whoever runs beside them, and honest about those that cannot be run."""

import numpy as np
import pytest

from remodelsim.engines.ode import ensemble
from remodelsim.engines.ode.course import Stretch, integrate
from remodelsim.engines.ode.ensemble import Sample, make_plan, run_samples
from remodelsim.engines.ode.system import CELLS, OUTS
from remodelsim.ground.errors import SolveError

from . import synthetic

N = 200 + CELLS


def course(what, days=180.0, jump=None, start=0.0):
    return Stretch(start, days, synthetic.doings()[what], jump or {})


def clamp(name, value, days=180.0, start=0.0):
    i = synthetic.network().index[name]
    held = synthetic.nothing().held.copy()
    held[i] = 1
    return Stretch(start, days, synthetic.nothing()._replace(held=held), {i: value})


def dosed():
    """Return three exact doses of a drug, with a clamp that comes and goes between them."""
    i = synthetic.network().index["N30"]
    out = []
    for k, (start, stop) in enumerate([(0.0, 30.0), (30.0, 45.0), (45.0, 90.0)]):
        drug = np.zeros((4, 3))
        drug[0, :2] = 80.0 * np.exp(-0.07 * (15.0 if k == 1 else 0.0)), 0.07
        held = synthetic.nothing().held.copy()
        held[i] = int(k == 1)
        doing = synthetic.nothing()._replace(drug=drug, held=held, start=start)
        out.append(Stretch(start, stop, doing, {i: 0.9} if k == 1 else {}))
    return out


def variety(count):
    """Return samples of several kinds, draws in turn."""
    kinds = [
        [course("nothing")],
        [course("everything")],
        [clamp("Estrogen", 0.0)],
        [clamp("N20", 1.0)],
        [course("a course", 3650.0)],
        dosed(),
        [course("no formation", 60.0), course("nothing", 400.0, start=60.0)],
    ]
    return [Sample(k % 4, kinds[k % len(kinds)]) for k in range(count)]


def run(samples, times, **options):
    return run_samples(synthetic.layout(), synthetic.stacked(), make_plan(samples), np.asarray(times, float), **options)


def exact(sample, times):
    constants, wiring = synthetic.pairs()[sample.draw]
    times = np.asarray(times, float)
    return integrate(synthetic.program(), constants, wiring, sample.stretches, times, rtol=1e-10, atol=1e-12)


def miss(found, expected, draw):
    """Return the largest error of the states, as a share of their size or of the healthy one."""
    return np.max(np.abs(found - expected) / np.maximum(np.abs(expected), np.maximum(synthetic.healthy(draw), 1.0)))


def test_courses_are_those_of_scipy_at_tight_tolerance():
    samples, times = variety(7), [0.0, 1.0, 30.0, 60.0, 90.0]
    samples = [s for s in samples if s.stretches[-1].stop >= 90.0]
    found = run(samples, times, rtol=1e-7, atol=1e-9).require()
    for m, sample in enumerate(samples):
        expected = exact(sample, times)
        assert miss(found.values[m, :, :N], expected, sample.draw) < 1e-5
        assert miss(found.values[m, -1, :N], expected[-1], sample.draw) < 1e-6


def test_the_error_follows_the_tolerance():
    samples = [Sample(0, [clamp("Estrogen", 0.0)]), Sample(1, [clamp("N20", 1.0)]), Sample(2, dosed())]
    references = [exact(s, [90.0])[0] for s in samples]
    worst, steps = [], []
    for rtol in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
        found = run(samples, [90.0], rtol=rtol, atol=rtol * 1e-2).require()
        pairs = zip(samples, found.values[:, 0, :N], references, strict=True)
        worst.append(max(miss(f, r, s.draw) for s, f, r in pairs))
        steps.append(found.steps.sum())
        assert worst[-1] < 3.0 * rtol
    assert worst[-1] < 1e-3 * worst[0]
    assert np.all(np.diff(steps) > 0)


def test_default_tolerances_are_enough_for_verdicts():
    samples = [Sample(d, [stretch]) for d in range(4) for stretch in (clamp("GutMicrobiota", 0.0), clamp("Load", 1.0))]
    found = run(samples, [180.0]).require()
    for m, sample in enumerate(samples):
        assert miss(found.values[m, 0, :N], exact(sample, [180.0])[0], sample.draw) < 1e-3


def test_health_stays_healthy():
    found = run([Sample(d, [course("nothing", 3650.0)]) for d in range(4)], [3650.0]).require()
    for d in range(4):
        assert found.last[d] == pytest.approx(synthetic.healthy(d), rel=1e-9, abs=1e-11)


def test_results_do_not_depend_on_neighbours_threads_or_width():
    samples, times = variety(45), [30.0]
    together = run(samples, times)
    threaded = run(samples, times, threads=2)
    alone = run(samples[:7], times, width=1)
    turned = run(samples[::-1], times)
    for name in ("values", "last", "day", "steps", "status"):
        whole = getattr(together, name)
        assert np.array_equal(whole, getattr(threaded, name))
        assert np.array_equal(whole[:7], getattr(alone, name))
        assert np.array_equal(whole[::-1], getattr(turned, name))


def test_what_is_asked_for_does_not_change_the_course():
    samples = variety(5)
    few = run(samples, [90.0])
    many = run(samples, np.linspace(0.0, 90.0, 37))
    assert np.array_equal(few.values[:, 0], many.values[:, -1])
    assert np.array_equal(few.last, many.last)
    assert np.array_equal(few.steps, many.steps)


def test_times_may_differ_from_sample_to_sample():
    samples = variety(3)
    own = run(samples, [[10.0, np.nan], [10.0, 20.0], [20.0, 180.0]])
    shared = run(samples, [10.0, 20.0, 180.0])
    assert np.array_equal(own.values[0, 0], shared.values[0, 0])
    assert np.isnan(own.values[0, 1]).all()
    assert np.array_equal(own.values[1], shared.values[1, :2])
    assert np.array_equal(own.values[2], shared.values[2, 1:])


def test_clamps_are_exact_and_states_after_a_switch_are_told():
    i = synthetic.network().index["N30"]
    found = run([Sample(0, dosed())], [29.999999, 30.0, 37.0, 44.999999, 45.0, 90.0]).require()
    course_of_i = found.values[0, :, i]
    assert np.all(course_of_i[1:4] == 0.9)
    assert course_of_i[4] == 0.9
    assert course_of_i[0] != 0.9
    assert course_of_i[5] != 0.9


def test_clamping_twice_is_clamping_once():
    once = run([Sample(0, [clamp("N20", 1.0, 20.0)])], [20.0])
    twice = run([Sample(0, [clamp("N20", 1.0, 0.0), clamp("N20", 1.0, 20.0)])], [20.0])
    assert np.array_equal(once.values, twice.values)


def test_picked_columns_are_columns_of_the_whole():
    samples = variety(4)
    pick = np.array([3, N - 1, N, N + OUTS - 1, 17])
    whole, some = run(samples, [0.0, 45.0]), run(samples, [0.0, 45.0], pick=pick)
    assert whole.values.shape == (4, 2, N + OUTS)
    assert np.array_equal(whole.values[:, :, pick], some.values)


def test_outputs_of_the_cell_layer_are_healthy_in_health():
    found = run([Sample(0, [course("nothing")])], [0.0, 100.0])
    healthy = synthetic.pairs()[0][1].healthy[CELLS:]
    assert found.values[0, :, N:] == pytest.approx(np.stack([healthy, healthy]), rel=1e-9)
    halted = run([Sample(0, [course("no formation")])], [0.0, 100.0])
    assert np.all(halted.values[0, :, N] == 0.0)


def test_a_course_may_start_elsewhere():
    first = run([Sample(1, [clamp("Load", 0.0, 50.0)])], [50.0])
    stretch = clamp("Load", 0.0, 80.0, start=50.0)
    then = run([Sample(1, [stretch])], [80.0], initial=first.last)
    through = run([Sample(1, [clamp("Load", 0.0, 50.0), stretch])], [80.0])
    assert np.array_equal(then.values, through.values)


def test_states_stay_within_bounds():
    rng = np.random.default_rng(2)
    names = [f"N{i}" for i in rng.integers(0, 150, 40)]
    samples = [Sample(k % 4, [clamp(name, float(k % 2), 2000.0)]) for k, name in enumerate(names)]
    found = run(samples, [0.5, 3.0, 20.0, 150.0, 2000.0]).require()
    assert found.values[:, :, :200].min() >= 0.0
    assert found.values[:, :, :200].max() <= 1.0
    assert found.values[:, :, 200:N].min() >= 0.0


def test_a_model_that_drives_a_state_below_nothing_is_not_followed():
    stacked = synthetic.stacked()
    curve = stacked.curve.copy()
    k = next(k for k, row in enumerate(synthetic.COUPLINGS) if row[1] == "OCP")
    curve[1, 3 * k : 3 * k + 3] = -5.0, 0.0, 0.0
    plan = make_plan([Sample(d, [course("nothing", 3650.0)]) for d in range(4)])
    found = run_samples(synthetic.layout(), stacked._replace(curve=curve), plan, np.array([3650.0]), most_steps=500)
    assert found.failed.tolist() == [1]
    assert np.all(found.last >= 0.0)


def broken(draw, what):
    """Return stacked draws of which one has a number that cannot be."""
    stacked = synthetic.stacked()
    table = getattr(stacked, what).copy()
    table[draw, 50] = np.nan
    return stacked._replace(**{what: table})


@pytest.mark.parametrize("what", ["gain", "tempo", "level"])
def test_a_sample_that_cannot_be_run_is_marked_and_harms_nobody(what):
    samples = [Sample(k % 4, [clamp("Estrogen", 0.0)]) for k in range(20)]
    plan, times = make_plan(samples), np.array([60.0, 180.0])
    bad = run_samples(synthetic.layout(), broken(2, what), plan, times)
    good = run_samples(synthetic.layout(), synthetic.stacked(), plan, times)
    assert bad.failed.tolist() == [k for k in range(20) if k % 4 == 2]
    assert np.all(bad.status[bad.failed] == ensemble.NOT_FINITE)
    assert np.isnan(bad.values[bad.failed]).all()
    fine = np.setdiff1d(np.arange(20), bad.failed)
    assert np.array_equal(bad.values[fine], good.values[fine])
    with pytest.raises(SolveError, match=r"5 of 20 courses .* the first \(number 2\) beyond day 0: .* not finite"):
        bad.require()


def test_a_sample_that_takes_too_long_is_given_up_where_it_stands():
    found = run([Sample(0, [clamp("Estrogen", 0.0)]), Sample(0, [course("nothing")])], [0.0, 180.0], most_steps=10)
    assert found.status.tolist() == [ensemble.TOO_MANY_STEPS, ensemble.DONE]
    assert 0.0 < found.day[0] < 180.0
    assert found.steps[0].sum() == 10
    assert np.isfinite(found.values[0, 0]).all()
    assert np.isnan(found.values[0, 1]).all()
    with pytest.raises(SolveError, match="too many steps"):
        found.require()


@pytest.mark.parametrize("times", [[-1.0], [181.0], [5.0, 3.0], [[1.0], [2.0], [3.0]]])
def test_times_outside_the_courses_are_refused(times):
    with pytest.raises(SolveError):
        run([Sample(0, [course("nothing")]), Sample(1, [course("nothing", 200.0)])], times)


def test_plans_must_join_end_to_end():
    with pytest.raises(SolveError, match="course 0 stops on day 10 and goes on on day 20"):
        make_plan([Sample(0, [course("nothing", 10.0), course("nothing", 30.0, start=20.0)])])
    with pytest.raises(SolveError, match="no stretch"):
        make_plan([Sample(0, [])])


def test_what_is_done_twice_stands_in_the_plan_once():
    plan = make_plan([Sample(k % 4, [clamp("Load", 0.0), course("drugs", 300.0, start=180.0)]) for k in range(30)])
    assert plan.doings.alpha.shape[0] == 2
    assert plan.doing.tolist() == [0, 1] * 30


def test_progress_tells_of_every_sample():
    told = []
    run(variety(40), [30.0], threads=2, progress=told.append)
    assert sum(told) == 40
