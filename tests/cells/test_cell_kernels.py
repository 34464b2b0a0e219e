"""The kernels of the cell layer: fixed points, derivatives, knock-outs and the limit in which they are Jörg 2022."""

import numpy as np
import pytest

from remodelsim.engines.ode.cell_steady import Markers, parameter_vector, readouts, steady_state
from remodelsim.engines.ode.cells import (
    CELL_STATES,
    DRUGS,
    MODULATORS,
    OUTPUTS,
    PARAMETERS,
    D,
    K,
    M,
    Y,
    cell_jacobian,
    cell_output_jacobian,
    cell_outputs,
    cell_rates,
    rankl_signal,
)
from remodelsim.files.cells_file import read_preset
from remodelsim.ground.errors import ModelError

ADDED = {
    "eta_P": 1e-3,
    "eta_Q": 1.2e-3,
    "zeta_C": 0.7,
    "nu_C": 0.5,
    "a": 1.0,
    "beta": 1.4,
    "sigma_lumbar": 1.9,
    "mu": 0.08,
    "rho": 0.4,
    "chi": 0.7,
    "ell": 0.8,
    "beta_s": 0.6,
    "estrogen_share": 0.4,
}
HEALTH = np.ones(len(MODULATORS))
NOTHING = np.zeros(len(DRUGS))


def parameters(**changes):
    return parameter_vector({**read_preset("joerg2022").values(), **changes})


def rates(y, m, d, e, p):
    out = np.empty(len(CELL_STATES))
    cell_rates(y, m, d, e, p, out)
    return out


def outputs(y, m, d, e, p):
    out = np.empty(len(OUTPUTS))
    cell_outputs(y, m, d, e, p, out)
    return out


def slopes(function, x):
    """Central differences of `function` times x: rows results, columns entries of x."""
    columns = []
    for i, value in enumerate(x):
        up, down = x.copy(), x.copy()
        up[i], down[i] = value * (1 + 1e-5), value * (1 - 1e-5)
        columns.append((function(up) - function(down)) / 2e-5)
    return np.array(columns).T


def somewhere(seed):
    """A state, modulators, drug levels and estrogen far from health."""
    rng = np.random.default_rng(seed)
    p = parameters(signal_direct=(0.0, 0.5, 1.0)[seed % 3], **ADDED)
    y = steady_state(p)
    y[Y.sclerostin_bound] = 300.0
    y *= np.exp(rng.normal(0.0, 0.4, y.size))
    return y, np.exp(rng.normal(0.0, 0.4, HEALTH.size)), np.exp(rng.normal(0.0, 1.0, NOTHING.size)), rng.uniform(), p


@pytest.mark.parametrize("seed", range(12))
def test_the_jacobian_is_the_derivative_of_the_rates(seed):
    y, m, d, e, p = somewhere(seed)
    by_state, by_modulator, by_estrogen = np.ones((11, 11)), np.ones((11, 15)), np.ones(11)
    cell_jacobian(y, m, d, e, p, by_state, by_modulator, by_estrogen)
    expected = slopes(lambda x: rates(x, m, d, e, p), y)
    scale = np.abs(expected).max(axis=1, keepdims=True)
    assert by_state * y == pytest.approx(expected, rel=0, abs=1e-8 * scale.max())
    assert np.all(np.abs(by_state * y - expected) <= 1e-8 * scale)
    assert np.all(np.abs(by_modulator * m - slopes(lambda x: rates(y, x, d, e, p), m)) <= 1e-8 * scale)
    found = slopes(lambda x: rates(y, m, d, x[0], p), np.array([e]))[:, 0]
    assert np.all(np.abs(by_estrogen * e - found) <= 1e-8 * scale[:, 0])


@pytest.mark.parametrize("seed", range(6))
def test_the_output_jacobian_is_the_derivative_of_the_outputs(seed):
    y, m, d, e, p = somewhere(seed)
    by_state, by_modulator = np.ones((5, 11)), np.ones((5, 15))
    cell_output_jacobian(y, m, d, e, p, by_state, by_modulator)
    scale = outputs(y, m, d, e, p)[:, None]
    assert np.all(np.abs(by_state * y - slopes(lambda x: outputs(x, m, d, e, p), y)) <= 1e-8 * scale)
    assert np.all(np.abs(by_modulator * m - slopes(lambda x: outputs(y, x, d, e, p), m)) <= 1e-8 * scale)


def test_the_names_of_the_interface_keep_their_order():
    assert CELL_STATES.index("bone_hip") == Y.bone_hip
    assert MODULATORS.index("Ydeath") == M.Ydeath == 14
    assert DRUGS == ("denosumab", "romosozumab", "bisphosphonate", "pth")
    assert PARAMETERS[K.sigma_lumbar] == "sigma_lumbar"


@pytest.mark.parametrize("seed", range(20))
def test_health_is_a_fixed_point_for_every_draw_of_the_parameters(seed):
    rng = np.random.default_rng(seed)
    p = parameters(**ADDED)
    scaled = [i for i in range(p.size) if i not in {K.signal_direct, K.estrogen_share, K.b, K.rho, K.ell, K.beta_s}]
    p[scaled] *= np.exp(rng.normal(0.0, 0.5, len(scaled)))
    y = steady_state(p)
    change = rates(y, HEALTH, NOTHING, 1.0, p)
    assert np.all(np.abs(change) <= 1e-12 * np.maximum(np.abs(y), 1.0))


def test_health_has_no_bone_balance_to_find_without_feedback():
    y = steady_state(parameters())
    assert y[Y.bone_hip] == y[Y.bone_lumbar] == 1.0


def test_the_healthy_state_of_joerg_is_the_published_one():
    published = [215.939017008, 107.498989778, 612.445745148, 1723.99368255, 41.9864984993, 11092.8559273, 0, 1, 1, 0.8]
    assert steady_state(parameters()) == pytest.approx([*published, 41.9864984993], rel=1e-9)
    found = outputs(steady_state(parameters()), HEALTH, NOTHING, 1.0, parameters())
    assert found[:2] == pytest.approx([0.000156104258034, 0.000160388424267], rel=1e-9)
    assert found[4] == 1.0


def test_the_signal_is_one_in_health_and_nothing_without_rankl():
    p = parameters()
    m = HEALTH.copy()
    assert rankl_signal(m, NOTHING, p)[0] == pytest.approx(1.0, abs=1e-15)
    m[M.RANKL] = 0.0
    assert rankl_signal(m, NOTHING, p)[0] == 0.0


@pytest.mark.parametrize(("kappa", "rise"), [(13.7, 14.7), (17.0, 18.0)])
def test_without_opg_the_signal_rises_by_what_opg_had_bound(kappa, rise):
    m = HEALTH.copy()
    m[M.OPG] = 0.0
    assert rankl_signal(m, NOTHING, parameters(kappa=kappa))[0] == pytest.approx(rise)


def test_denosumab_leaves_the_share_of_rankl_it_does_not_reach():
    d = NOTHING.copy()
    d[D.denosumab] = 1e12
    p = parameters()
    assert rankl_signal(HEALTH, d, p)[0] == pytest.approx(1.0 - p[K.b])


def test_opg_hinders_denosumab_from_binding():
    d, m = NOTHING.copy(), HEALTH.copy()
    d[D.denosumab] = 1.0
    alone = rankl_signal(m, d, parameters())[0]
    m[M.OPG] = 2.0
    assert rankl_signal(m, d, parameters())[0] < alone
    assert rankl_signal(m, d, parameters())[0] > alone * rankl_signal(m, NOTHING, parameters())[0]


@pytest.mark.parametrize("direct", [0.0, 1.0])
def test_a_signal_that_is_not_direct_leaves_osteoclast_differentiation_alone(direct):
    p = parameters(signal_direct=direct)
    y = steady_state(p)
    m = HEALTH.copy()
    m[M.RANKL] = 0.0
    change = rates(y, m, NOTHING, 1.0, p)[Y.osteoclasts]
    assert change == pytest.approx(-direct, abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_direct_estrogen_effect_and_the_share_of_the_network_multiply_to_the_pinned_whole(share):
    p, whole = parameters(estrogen_share=share), parameters()
    y = steady_state(p)
    pinned = (1.0 + 1.0 / whole[K.e_Q]) / (1.0 + 0.0968 / whole[K.e_Q])
    m = HEALTH.copy()
    m[M.Cdiff] = pinned**share
    by_both = rates(y, m, NOTHING, 0.0968, p)[Y.preosteoclasts]
    assert by_both == pytest.approx(rates(y, HEALTH, NOTHING, 0.0968, whole)[Y.preosteoclasts], rel=1e-12)


def test_without_wnt_no_bone_is_formed():
    p = parameters()
    m = HEALTH.copy()
    m[M.Wnt] = 0.0
    assert outputs(steady_state(p), m, NOTHING, 1.0, p)[0] == 0.0


def test_lumbar_turnover_is_hip_turnover_times_the_site_factor():
    p = parameters(sigma_lumbar=1.9)
    found = outputs(steady_state(p), HEALTH, NOTHING, 1.0, p)
    assert found[2:4] == pytest.approx(1.9 * found[:2])


def test_osteoclasts_die_faster_without_rankl_when_they_live_by_it():
    p = parameters(zeta_C=1.5)
    y = steady_state(p)
    m = HEALTH.copy()
    m[M.RANKL] = 0.0
    assert rates(y, m, NOTHING, 1.0, p)[Y.osteoclasts] == pytest.approx(-2.5)


def test_mineral_rises_when_resorption_stops_and_falls_when_it_doubles():
    p = parameters(mu=0.09)
    y = steady_state(p)
    m = HEALTH.copy()
    m[M.res] = 0.0
    assert rates(y, m, NOTHING, 1.0, p)[Y.mineral] == pytest.approx(p[K.gamma] * 0.8 * 0.09)
    m[M.res] = 2.0
    assert rates(y, m, NOTHING, 1.0, p)[Y.mineral] == pytest.approx(-p[K.gamma] * 0.8 * 0.03)


def test_readouts_are_density_and_markers():
    p = parameters()
    y = steady_state(p)
    found = readouts(y, outputs(y, HEALTH, NOTHING, 1.0, p), Markers(1.160526444, 1.453273548))
    assert found[:2] == pytest.approx([0.8, 0.8])
    assert found[2:] == pytest.approx([0.000160388424267**1.160526444, 0.000156104258034**1.453273548])


def test_a_missing_parameter_is_named():
    values = read_preset("joerg2022").values()
    del values["s_O"]
    with pytest.raises(ModelError, match="the cell layer lacks the parameter 's_O'"):
        parameter_vector(values)


def test_parameters_without_a_healthy_state_are_refused():
    with pytest.raises(ModelError, match="allow no healthy state"):
        steady_state(parameters(lambda_B=0.0))
