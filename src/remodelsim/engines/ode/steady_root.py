"""Steady states of small models whose states are positive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = NDArray[np.float64]

_SMALL = 1e-9


def positive_root(rates: Callable[[Floats, Floats], None], guess: Floats, name: str) -> Floats:
    """Return where the rates vanish, searched in logarithms so that every state stays positive.

    Parameters
    ----------
    rates
        ``rates(y, out)`` writes dy/dt.
    guess : ndarray, shape (n,)
        Where the search starts.
    name
        Name of the model, used in messages.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    SolveError
        When none is found from `guess`.
    """
    from scipy.optimize import root

    out = np.empty(len(guess))

    def relative(logarithms: Floats) -> Floats:
        rates(np.exp(logarithms), out)
        return out / guess

    found = root(relative, np.log(guess), tol=1e-14)
    steady = np.exp(np.asarray(found.x, dtype=np.float64))
    rates(steady, out)
    if not np.all(np.abs(out) <= _SMALL * steady):
        raise SolveError(f"the {name} cell model has no steady state near {guess}")
    return steady
