"""Laws of the coupled system on the shipped model: fixed point, Jacobian, pins, bounds."""

import numpy as np
import pytest

from remodelsim.engines.ode.cells import DRUGS, MODULATORS, cell_rates
from remodelsim.engines.ode.course import healthy_state
from remodelsim.engines.ode.join import correction, moebius, scaled, settled
from remodelsim.engines.ode.stability import healthy_is_stable, spectral_abscissa
from remodelsim.engines.ode.system import CELLS, Doing, felt_estrogen, jacobian, rates


def doing(n, **changes):
    plain = Doing(
        held=np.zeros(n + CELLS, np.int64),
        alpha=np.zeros(n),
        beta=np.ones(n),
        onset=np.zeros(n),
        decline=np.zeros(n),
        factor=np.ones(len(MODULATORS)),
        drug=np.zeros((len(DRUGS), 3)),
        start=0.0,
    )
    return plain._replace(**changes)


def test_health_is_a_fixed_point_in_the_reference_and_in_every_draw(engine):
    for draw in (engine.reference, *engine.ensemble(5, 1).draws):
        state = healthy_state(draw.constants, draw.wiring)
        out = np.empty(state.size)
        rates(0.0, state, draw.program, draw.constants, draw.wiring, doing(draw.constants.level.size), out)
        assert np.abs(out / np.maximum(state, 1.0)).max() < 1e-10


def test_health_is_stable(reference):
    assert spectral_abscissa(reference.program, reference.constants, reference.wiring) < 0.0
    assert healthy_is_stable(reference.program, reference.constants, reference.wiring)


def test_the_analytic_jacobian_is_the_derivative(reference):
    program, constants, wiring = reference.program, reference.constants, reference.wiring
    n = constants.level.size
    rng = np.random.default_rng(2)
    state = healthy_state(constants, wiring)
    state = state * rng.uniform(0.7, 1.3, state.size)
    state[:n] = np.clip(state[:n], 0.02, 0.98)
    act = doing(n, alpha=rng.uniform(0, 0.2, n), beta=rng.uniform(0.5, 0.8, n), drug=np.full((len(DRUGS), 3), 0.1))
    held = act.held.copy()
    held[[3, 40, n + 2]] = 1
    act = act._replace(held=held)
    exact = np.empty((state.size, state.size))
    jacobian(1.0, state, program, constants, wiring, act, exact)
    up, down = np.empty(state.size), np.empty(state.size)
    for j in range(state.size):
        # no sclerostin is bound here: its own size is no step
        step = 1e-6 * max(abs(state[j]), 1e-3 if j < n else 1.0)
        x = state.copy()
        x[j] += step
        rates(1.0, x, program, constants, wiring, act, up)
        x[j] -= 2 * step
        rates(1.0, x, program, constants, wiring, act, down)
        difference = (up - down) / (2 * step)
        size = np.maximum(np.abs(exact[:, j]), np.abs(difference)).max() + 1e-9
        assert np.abs(exact[:, j] - difference).max() / size < 2e-4  # sclerostin is a small difference of large flows


@pytest.mark.parametrize("ends", [(0.0, 1.15), (0.0, 4.0), (0.6, 1.2), (0.9, 1.02), (1.7, 0.7)])
@pytest.mark.parametrize("healthy", [0.1, 0.44, 0.9])
def test_coupling_curves_run_through_their_three_points_without_a_pole(ends, healthy):
    p, q, r = moebius(ends[0], healthy, ends[1])
    x = np.linspace(0.0, 1.0, 501)
    curve = (p + q * x) / (1.0 + r * x)
    at = (p + q * healthy) / (1.0 + r * healthy)
    assert (curve[0], at, curve[-1]) == pytest.approx((ends[0], 1.0, ends[1]))
    steps = np.diff(curve)
    assert np.all(steps > 0.0) or np.all(steps < 0.0)


@pytest.mark.parametrize("change", [0.55, 0.9, 1.1, 2.5])
def test_corrections_undo_what_they_were_made_for(change):
    p, q, r = correction(change, 0.3, 0.56)
    value = lambda x: (p + q * x) / (1.0 + r * x)  # noqa: E731
    assert value(0.3) == pytest.approx(1.0)
    assert value(0.56) == pytest.approx(1.0 / change)
    assert np.all(np.isfinite(value(np.linspace(0.0, 1.0, 101))))


def test_estrogen_is_counted_once(engine):
    """With the cells healthy, total estrogen loss changes their rates as the cell layer alone does."""
    for draw in (engine.reference, *engine.ensemble(4, 2).draws):
        program, constants, wiring = draw.program, draw.constants, draw.wiring
        hormone = engine.model.network.index["Estrogen"]
        x, signal = settled(program, constants, wiring, hormone, 0.0, -1.0, 400)
        assert felt_estrogen(x, constants, wiring) == pytest.approx(0.0, abs=1e-5)
        m = scaled(x, wiring)
        m[[MODULATORS.index("RANKL"), MODULATORS.index("infl")]] = (signal, 1.0)
        m[MODULATORS.index("OPG")] = 1.0
        cells, drugs = wiring.healthy[:CELLS].copy(), np.zeros(len(DRUGS))
        coupled, alone = np.empty(CELLS), np.empty(CELLS)
        cell_rates(cells, m, drugs, 0.0, wiring.parameters, coupled)
        cell_rates(cells, np.ones(len(MODULATORS)), drugs, 0.0, wiring.parameters, alone)
        assert coupled / cells.clip(1e-9) == pytest.approx(alone / cells.clip(1e-9), rel=1e-3, abs=1e-6)


def test_in_germ_free_animals_the_cells_do_not_feel_estrogen_loss(model, engine):
    draw, index = engine.reference, model.network.index
    without = draw.constants.level.copy()
    without[index["GutMicrobiota"]] = 0.0
    constants = draw.constants._replace(level=without)
    felt = []
    for estrogen in (float(draw.constants.level[index["Estrogen"]]), 0.0):
        x, _ = settled(draw.program, constants, draw.wiring, index["Estrogen"], estrogen, -1.0, 400)
        felt.append(felt_estrogen(x, draw.constants, draw.wiring))
    assert felt[0] == felt[1]
    assert felt[0] > 1.0
