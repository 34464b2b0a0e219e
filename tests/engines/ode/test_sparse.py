"""Static sparse factors against dense linear algebra."""

import numpy as np
import pytest

from remodelsim.engines.ode.sparse import analyse, entry, make_factors
from remodelsim.engines.ode.vector import rows

from . import synthetic
from .kernels import Lanes, factor_and_solve


def solved(size, places, matrices, right):
    """Solve (diag(shift) - J) x = right for J = -matrices off the diagonal."""
    width = len(matrices)
    pattern = analyse(size, places)
    values, shift, x = rows(pattern.column.size, width), rows(size, width), rows(size, width)
    row = np.repeat(np.arange(size), np.diff(pattern.row))
    for w, matrix in enumerate(matrices):
        values[:, w] = -matrix[row, pattern.column]
        shift[:, w] = 2.0
        values[pattern.column == row, w] += 2.0
    x[:] = right.T
    factor_and_solve(pattern, values, shift, make_factors(pattern, width), x, (0,) * width)
    return x.T


def random_matrices(rng, size, density, count):
    mask = rng.random((size, size)) < density
    matrices = rng.normal(size=(count, size, size)) * mask
    matrices[:, range(size), range(size)] = np.abs(matrices).sum(axis=2) + rng.uniform(0.5, 1.5, (count, size))
    return list(zip(*np.nonzero(mask), strict=True)), matrices


@pytest.mark.parametrize("width", [1, 4, 16])
@pytest.mark.parametrize(("size", "density"), [(1, 0.0), (2, 1.0), (17, 0.1), (40, 0.05), (40, 0.3), (60, 1.0)])
def test_random_systems_are_solved_as_dense_algebra_solves_them(size, density, width):
    rng = np.random.default_rng([size, width])
    places, matrices = random_matrices(rng, size, density, width)
    right = rng.normal(size=(width, size))
    expected = np.stack([np.linalg.solve(m, b) for m, b in zip(matrices, right, strict=True)])
    assert solved(size, places, matrices, right) == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_an_unsymmetric_system_is_not_confused_with_its_transpose():
    matrix = np.array([[2.0, 0.0, 1.0], [0.0, 3.0, 0.0], [0.0, 5.0, 4.0]])
    found = solved(3, [(0, 2), (2, 1)], matrix[None], np.array([[1.0, 3.0, 9.0]]))
    assert found[0] == pytest.approx([0.0, 1.0, 1.0])


def test_a_chain_fills_nothing_in():
    pattern = analyse(50, [(k, k + 1) for k in range(49)] + [(k + 1, k) for k in range(49)])
    assert pattern.low_column.size + pattern.high_column.size == 98


def test_the_analysis_does_not_depend_on_the_order_of_entries():
    rng = np.random.default_rng(3)
    places, _ = random_matrices(rng, 40, 0.1, 1)
    one, other = analyse(40, places), analyse(40, [places[k] for k in rng.permutation(len(places))])
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_entries_are_found_where_they_are_and_nowhere_else():
    pattern = analyse(4, [(0, 2), (3, 1)])
    found = {(i, j) for i in range(4) for j in range(4) if entry(pattern, i, j) >= 0}
    assert found == {(0, 0), (0, 2), (1, 1), (2, 2), (3, 1), (3, 3)}


def test_a_singular_matrix_gives_no_finite_solution():
    found = solved(2, [(0, 1), (1, 0)], np.array([[[1.0, 1.0], [1.0, 1.0]]]), np.array([[1.0, 0.0]]))
    assert not np.isfinite(found).all()


@pytest.mark.parametrize("step", [1e-3, 1.0, 100.0, 1e5])
def test_matrices_of_the_integrator_are_solved_without_exchanging_pivots(step):
    rng = np.random.default_rng(4)
    names = list(synthetic.doings())
    layout, n = synthetic.layout(), synthetic.healthy().size
    states = np.stack([synthetic.scattered(rng) for _ in names])
    lanes = Lanes(layout, synthetic.stacked(), [0] * len(names), list(synthetic.doings().values()))
    _, _, dense = lanes.derivatives(np.full(len(names), 5.0), states)
    width = len(names)
    values, shift, x = rows(layout.pattern.column.size, width), rows(n, width), rows(n, width)
    row = np.repeat(np.arange(n), np.diff(layout.pattern.row))
    values[:] = dense[:, row, layout.pattern.column].T
    shift[:] = 1.0 / step
    x[:] = rng.normal(size=(n, width))
    right = x.copy()
    factor_and_solve(layout.pattern, values, shift, make_factors(layout.pattern, width), x, (0,) * width)
    for w in range(width):
        matrix = np.eye(n) / step - dense[w]
        error = np.abs(matrix @ x[:, w] - right[:, w]).max()
        assert error < 1e-9 * (np.abs(matrix) @ np.abs(x[:, w])).max()


def test_the_shipped_network_fills_in_little(engine):
    from remodelsim.engines.ode.layout import make_layout

    pattern = make_layout(engine.program, [engine.reference.wiring]).pattern
    assert pattern.low_column.size + pattern.high_column.size < 2 * pattern.column.size
