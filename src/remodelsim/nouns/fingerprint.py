"""The fingerprint of a model: one number that changes with any number or rule in it."""

from __future__ import annotations

import hashlib

from .model import Model


def model_hash(model: Model) -> str:
    """Return a SHA-256 over rules, numbers, compounds, couplings, readouts and disputes.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    str
        Hexadecimal digest; changes with any number or rule.
    """
    digest = hashlib.sha256()
    network = model.network
    for node in network.nodes:
        digest.update(
            repr((node.name, node.level, node.gain, node.tau_h, network.rules[node.name].expr.text())).encode()
        )
    for part in (network.edges, model.cells, model.couplings, model.feedbacks, model.spread, model.disputes):
        digest.update(repr(part).encode())
    for table in (model.compounds, model.backgrounds, model.readouts):
        digest.update(repr(sorted(table.items())).encode())
    return digest.hexdigest()
