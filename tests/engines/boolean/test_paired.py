"""Screens: every scenario by its exact law, differences paired."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.engines.boolean.exact import chain_of_logic, law_after, node_means
from remodelsim.engines.boolean.gillespie import Pace, unit_pace
from remodelsim.engines.boolean.logic import compile_logic
from remodelsim.engines.boolean.paired import screen_scenarios

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parent / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


def case(seed, size=6):
    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, size, most=3, inputs=1)
    logic = compile_logic(rules)
    pace = Pace(rng.choice([1.0, 0.4, 3.0], size), rng.choice([1.0, 0.2], size), np.full(size, -1.0))
    holds = np.full((5, size), -1.0)
    for s in range(1, 5):
        holds[s, rng.integers(size)] = rng.integers(2)
    return logic, pace, rng.choice([0.0, 0.5, 0.8], size), holds


@pytest.mark.parametrize("seed", range(6))
def test_every_scenario_follows_its_law(seed):
    logic, pace, start, holds = case(seed)
    times = np.array([0.5, 2.0])
    seen = screen_scenarios(logic, pace, start, holds, times, runs=8000, seed=seed)
    for s, hold in enumerate(holds):
        held = pace._replace(hold=hold)
        chain = chain_of_logic(logic, held, np.arange(6), np.full(6, -1))
        law = brute.law_of_start(np.where(hold >= 0, hold, start))
        for k, time in enumerate(times):
            exact = node_means(law_after(chain, law, float(time))[0])
            error = np.sqrt(np.maximum(exact * (1 - exact), 1e-9) / seen.runs)
            assert np.all(np.abs(seen.on[:, k, s].mean(axis=0) - exact) < 4.5 * error + 1e-9)


def test_a_scenario_does_not_depend_on_its_company_nor_on_threads():
    logic, pace, start, holds = case(1)
    many = np.concatenate([holds, np.full((600, 6), -1.0)])
    alone, together = (
        screen_scenarios(logic, pace, start, h, np.array([2.0]), runs=40, seed=3, threads=t)
        for h, t in ((holds[2:3], 1), (many, 2))
    )
    assert np.array_equal(alone.on[:, :, 0], together.on[:, :, 2])
    assert np.array_equal(together.on[:, :, 0], together.on[:, :, 604])


def test_differences_are_paired():
    rules = brute.golden_rules(4, 40)
    logic = compile_logic(rules)
    holds = np.full((2, 40), -1.0)
    holds[1, 3] = 1.0
    seen = screen_scenarios(logic, unit_pace(logic), np.full(40, 0.5), holds, np.array([5.0]), runs=2000, seed=1)
    first, second = seen.on[:, 0, 0], seen.on[:, 0, 1]
    paired, apart = (second - first).var(axis=0), first.var(axis=0) + second.var(axis=0)
    moving = apart > 1e-4
    assert paired[moving].mean() < 0.5 * apart[moving].mean()
