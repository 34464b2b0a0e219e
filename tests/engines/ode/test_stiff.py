"""The stiff method: its order, its dense output, and its step control."""

import numpy as np
import pytest

from remodelsim.engines.ode.course import Stretch, integrate
from remodelsim.engines.ode.stiff import first_step, next_step

from . import synthetic
from .kernels import Lanes

FAR = 12.0


def errors(doing, counts, share):
    """Return the error of fixed steps after FAR days, for several numbers of steps, at a share of the last step."""
    start = synthetic.healthy()
    start[synthetic.network().index["N30"]] = 0.1
    constants, wiring = synthetic.pairs()[0]
    out = []
    for count in counts:
        length = FAR / count
        found = Lanes(synthetic.layout(), synthetic.stacked(), [0], [doing]).fixed_steps(
            start[None], count, length, share
        )
        times = np.array([FAR - (1.0 - share) * length, FAR])
        exact = integrate(
            synthetic.program(),
            constants,
            wiring,
            [Stretch(0.0, FAR + 1.0, doing)],
            times,
            state=start,
            rtol=1e-12,
            atol=1e-14,
        )
        size = np.maximum(np.abs(exact[1]), 1.0)
        out.append([np.max(np.abs(found[0][0] - exact[1]) / size), np.max(np.abs(found[1][0] - exact[0]) / size)])
    return np.array(out).T


@pytest.mark.parametrize("what", ["compounds", "a course", "drugs"])
def test_halving_the_step_divides_the_error_by_sixteen(what):
    doing = synthetic.doings()[what]
    if what == "a course":
        # a fast one, so that its error stands out from rounding
        doing = doing._replace(onset=np.zeros(doing.onset.size), decline=doing.decline / 50.0)
    if what == "drugs":
        # without the fast one, whose phase of decay no step here resolves
        drug = doing.drug.copy()
        drug[3] = 0.0
        doing = doing._replace(drug=drug, start=0.0)
    at_end, within = errors(doing, (100, 200), 0.4)
    assert 3.8 < np.log2(at_end[0] / at_end[1]) < 5.5
    # dense output is of order 3
    assert np.log2(within[0] / within[1]) > 2.8


def test_dense_output_meets_both_ends_of_the_step():
    doing = synthetic.doings()["drugs"]
    start = synthetic.scattered(np.random.default_rng(3))
    for share in (0.0, 1.0):
        lanes = Lanes(synthetic.layout(), synthetic.stacked(), [0], [doing])
        end, middle = lanes.fixed_steps(start[None], 1, 0.5, share)
        inside = (end[0] > 0.0) & (end[0] < 1.0)
        assert middle[0][inside] == pytest.approx((end[0] if share == 1.0 else start)[inside], rel=1e-9)


def test_held_states_do_not_move_by_a_bit():
    doing = synthetic.doings()["everything"]
    start = synthetic.scattered(np.random.default_rng(1))
    end, _ = Lanes(synthetic.layout(), synthetic.stacked(), [0], [doing]).fixed_steps(start[None], 50, 2.0)
    held = doing.held == 1
    assert held.sum() == 3
    assert np.array_equal(end[0][held], start[held])


@pytest.mark.parametrize(
    ("error", "accepted", "again", "expected"),
    [
        (0.9**4, True, False, 1.0),
        (0.0, True, False, 6.0),
        (1e-9, True, True, 1.0),
        (1e9, False, False, 0.2),
        (16.0, False, False, 0.45),
        (np.nan, False, False, 0.1),
        (np.inf, False, False, 0.1),
    ],
)
def test_the_next_step_follows_the_error(error, accepted, again, expected):
    assert next_step.py_func(1.0, error, accepted, again) == pytest.approx(expected)


def test_the_first_step_changes_no_state_by_more_than_a_tenth():
    y, smallest = np.array([[1.0], [0.5]]), np.full((2, 1), 1e-6)
    still, none = np.zeros((2, 1)), np.zeros((2, 1))
    assert first_step.py_func(y, smallest, still, none, 30.0, 0) == pytest.approx(30.0)
    moving = np.array([[0.0], [-10.0]])
    assert first_step.py_func(y, smallest, moving, none, 30.0, 0) == pytest.approx(0.005)
    assert first_step.py_func(y, smallest, still, moving, 30.0, 0) == pytest.approx(0.1)
