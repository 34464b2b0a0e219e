"""The only door to biodivine_aeon (extra ``attractors``): attractors of cores that are hard for us, by symbols."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import SolveError

Small = NDArray[np.int8]


def attractors_by_aeon(bnet: str, names: list[str]) -> list[tuple[Small, float]]:
    """Return the asynchronous attractors of a network as AEON finds them (there is no limit of time).

    Parameters
    ----------
    bnet
        The rules in bnet format.
    names
        Names of the nodes.

    Returns
    -------
    list of tuple
        Of each attractor the values of the nodes (0, 1, or -1 for those that move), and its number of states.

    Raises
    ------
    SolveError
        When AEON is not installed, or cannot read the network.

    References
    ----------
    Beneš et al. 2022, https://doi.org/10.1007/978-3-031-15034-0_7
    """
    try:
        import biodivine_aeon as aeon
    except ImportError:
        raise SolveError("AEON is not installed", cure="pip install 'remodelsim[attractors]'") from None
    network = aeon.BooleanNetwork.from_bnet(bnet).infer_valid_graph()
    graph = aeon.AsynchronousGraph(network)
    out = []
    for found in aeon.Attractors.attractors(graph):
        states = found.vertices()
        space = np.full(len(names), -1, np.int8)
        for i, name in enumerate(names):
            for value in (False, True):
                if states.intersect(graph.mk_subspace_vertices({name: value})).is_empty():
                    space[i] = int(not value)
        out.append((space, float(states.cardinality())))
    return sorted(out, key=lambda pair: pair[0].tolist())
