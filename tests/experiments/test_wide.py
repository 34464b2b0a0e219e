"""Two thousand draws twice as wide as the ensemble, a node switched off or on in each: every course is finished."""

from dataclasses import replace

import numpy as np
import pytest

from remodelsim.engines.ode.ensemble import Sample, make_plan, run_samples
from remodelsim.engines.ode.lane_data import stack_draws
from remodelsim.engines.ode.layout import make_layout
from remodelsim.experiments.numbers import drawn_numbers
from remodelsim.experiments.plan import ode_stretches
from remodelsim.experiments.runs import threads
from remodelsim.nouns.intervention import Clamp, Protocol

DRAWS, DAYS = 2_000, 1825.0


def wide_draws(engine, spread, count):
    """Return draws whose healthy state is there and stable, and how many were tried."""
    wide = replace(
        spread,
        strength=spread.strength**2,
        tau=spread.tau**2,
        coupling=spread.coupling**2,
        gain=2.0 * spread.gain,
        level=2.0 * spread.level,
    )
    rng, found, tried = np.random.default_rng(11), [], 0
    while len(found) < count:
        found += [d for d in engine.draws_of([drawn_numbers(engine.published, wide, rng) for _ in range(256)]) if d]
        tried += 256
    return found[:count], tried


@pytest.mark.slow
def test_no_course_fails_or_leaves_its_bounds(model, engine):
    draws, tried = wide_draws(engine, model.spread, DRAWS)
    assert tried < 10 * DRAWS
    layout = make_layout(draws[0].program, [draw.wiring for draw in draws])
    names = model.network.names
    doings = [Protocol((Clamp(names[k // 2 % len(names)], float(k % 2)),)) for k in range(DRAWS)]
    samples = [Sample(k, ode_stretches(model, draws[k], doings[k], DAYS)) for k in range(DRAWS)]
    found = run_samples(
        layout,
        stack_draws(layout, [(draw.constants, draw.wiring) for draw in draws]),
        make_plan(samples),
        np.array([1.0, 30.0, DAYS]),
        threads=threads(),
    )
    assert found.failed.tolist() == []
    nodes = found.values[:, :, : len(names)]
    assert np.isfinite(found.values).all()
    assert nodes.min() >= 0.0
    assert nodes.max() <= 1.0
    assert found.values[:, :, len(names) :].min() >= 0.0
