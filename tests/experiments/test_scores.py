"""Scores against tables that were computed by hand."""

import numpy as np
import pytest

from remodelsim.experiments.scores import (
    Marked,
    kappa_of,
    macro_f1_of,
    majority_of,
    score,
    shared_share,
    tables_of,
    weights_of,
)
from remodelsim.ground.errors import SolveError

# expected up: 4 found up, 1 down; expected down: 1 up, 2 down; expected same: 1 same, 1 without an answer
TABLE = np.array([[4.0, 1.0, 0.0, 0.0], [1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])


def test_kappa_of_a_small_table():
    # right 7/10; by chance 5/10 * 5/10 + 3/10 * 3/10 + 2/10 * 1/10 = 0.36
    assert kappa_of(TABLE) == pytest.approx((0.7 - 0.36) / (1.0 - 0.36))


def test_kappa_of_answers_that_are_all_right_is_one():
    assert kappa_of(np.diag([3.0, 2.0, 1.0])[:, [0, 1, 2, 2]] * [1, 1, 1, 0]) == pytest.approx(1.0)


def test_kappa_of_a_constant_answer_is_zero():
    assert kappa_of(np.array([[5.0, 0, 0, 0], [3.0, 0, 0, 0], [2.0, 0, 0, 0]])) == pytest.approx(0.0)


def test_macro_f1_of_a_small_table():
    # F1 = 2 right / (expected + found): up 8/10, down 4/6, same 2/3
    assert macro_f1_of(TABLE) == pytest.approx((0.8 + 4 / 6 + 2 / 3) / 3)


def test_macro_f1_leaves_out_directions_that_nobody_expects():
    assert macro_f1_of(np.array([[2.0, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 0, 0.0]])) == pytest.approx(1.0)


def test_questions_are_counted_expectation_by_expectation():
    marked = [Marked(("up", "down"), ("up", "none")), Marked(("same",), ("down",))]
    tables = tables_of(marked)
    assert tables.shape == (2, 3, 4)
    assert tables[0].tolist() == [[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert tables[1].tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]


def test_a_question_agrees_when_every_readout_agrees():
    found = score([Marked(("up", "up"), ("up", "up")), Marked(("up", "up"), ("up", "down"))])
    assert (found.agree, found.total, found.agreement.value) == (1, 2, 0.5)


def test_the_majority_is_the_best_constant_answer_to_whole_questions():
    marked = [Marked(("up",), ("up",)), Marked(("up", "down"), ("up", "down")), Marked(("down",), ("down",))]
    assert majority_of(marked) == pytest.approx(1 / 3)


def test_intervals_hold_the_value_and_depend_on_the_seed_alone():
    marked = [Marked(("up",), ("up" if k % 4 else "down",)) for k in range(80)]
    first = score(marked, seed=3)
    assert first == score(marked, seed=3)
    assert not np.array_equal(weights_of(80, 10, 3), weights_of(80, 10, 4))
    assert first.agreement.low < first.agreement.value == 0.75 < first.agreement.high
    # the standard error of a share of 0.75 among 80 is 0.048
    assert first.agreement.high - first.agreement.low == pytest.approx(4 * 0.048, rel=0.2)


def test_expectations_of_one_question_are_not_taken_for_independent():
    apart = [Marked(("up",), ("up" if k % 2 else "down",)) for k in range(40)]
    clustered = [Marked(("up",) * 4, (("up",) if k % 2 else ("down",)) * 4) for k in range(10)]
    widths = [s.macro_f1.high - s.macro_f1.low for s in (score(apart), score(clustered))]
    assert widths[1] > 1.5 * widths[0]


def test_every_resample_draws_as_many_questions_as_there_are():
    weights = weights_of(7, 50, 1)
    assert weights.shape == (50, 7)
    assert (weights.sum(axis=1) == 7).all()


def test_formalisms_share_a_question_when_all_its_answers_are_equal():
    assert shared_share([("up", "down"), ("same",)], [("up", "up"), ("same",)]) == 0.5


@pytest.mark.parametrize(
    ("expected", "found"), [((), ()), (("up",), ()), (("higher",), ("up",))], ids=["nothing", "too few", "no direction"]
)
def test_what_cannot_be_marked_is_refused(expected, found):
    with pytest.raises(SolveError):
        Marked(expected, found)


def test_nothing_cannot_be_scored():
    with pytest.raises(SolveError, match="nothing to score"):
        score([])
