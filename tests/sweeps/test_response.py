"""Curves of doses: Hill's equation where it holds, and the truth where it does not."""

import numpy as np
import pytest

from remodelsim.engines.response import response_of

DOSES = np.geomspace(0.1, 100.0, 25)


def hill(ed50, steepness=1.0):
    return DOSES**steepness / (ed50**steepness + DOSES**steepness)


@pytest.mark.parametrize(("ed50", "steepness", "sign"), [(2.0, 1.0, 1.0), (9.0, 3.0, -0.4), (1.0, 8.0, 0.05)])
def test_the_numbers_of_a_hill_curve_are_found(ed50, steepness, sign):
    found = response_of(DOSES, 0.3 + sign * hill(ed50, steepness), 0.01)
    assert found.kind == "hill"
    assert (found.ed50, found.hill, found.effect) == pytest.approx((ed50, steepness, sign), rel=1e-4)


def test_the_interval_holds_the_true_ed50_of_a_noisy_curve_about_19_times_in_20():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(60):
        found = response_of(DOSES, hill(3.0, 1.5) + rng.normal(0.0, 0.02, DOSES.size), 0.01)
        hits += found.low <= 3.0 <= found.high
    assert 51 <= hits <= 60


def test_what_is_no_hill_curve_gets_no_ed50():
    curves = {
        "none": 0.2 + 0.005 * hill(3.0),
        "bell": hill(1.0) * (1.0 - hill(20.0, 4.0)),
        "wavy": hill(1.0) + 2.0 * hill(60.0, 8.0) - 0.6 * hill(10.0, 8.0),
        "open": hill(400.0),
        "full": hill(0.02) * 5.0,
        "unsure": np.where(DOSES < 5.0, 0.0, 0.2) + np.where(DOSES < 50.0, 0.0, 0.8),
    }
    for kind, curve in curves.items():
        found = response_of(DOSES, curve, 0.01)
        assert found.kind == kind
        assert np.isnan([found.ed50, found.low, found.high, found.hill]).all()


def test_doses_that_failed_are_left_out_and_too_few_doses_are_told():
    curve = hill(2.0)
    curve[[3, 17]] = np.nan
    assert response_of(DOSES, curve, 0.01).ed50 == pytest.approx(2.0)
    assert response_of(DOSES[:3], hill(2.0)[:3], 0.001).kind == "unsure"
    assert response_of(DOSES, np.full(DOSES.size, np.nan), 0.01).kind == "unsure"
