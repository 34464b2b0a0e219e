"""Disputes: where the literature disagrees, the readings that are held, and what each of them changes in the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..ground.errors import ModelError, RemodelsimError
from ..ground.names import nearest
from .compound import Compound
from .dispute import Reading
from .model import Model
from .network import Edge, Network
from .rule import Rule

_USUAL = "usual"


def read_as(model: Model, readings: Iterable[Reading]) -> Model:
    """Return the model as it is under other readings.

    Parameters
    ----------
    model
        The model.
    readings
        The readings that hold, one per dispute.

    Returns
    -------
    Model
        The changed model, in which the disputes that the readings settle are disputes no longer; the same object when
        no readings are given.

    Raises
    ------
    ModelError
        When a reading names what is not there, or leaves a model that contradicts itself.
    """
    held = tuple(readings)
    if not held:
        return model
    network, compounds = model.network, model.compounds
    for reading in held:
        try:
            network, compounds = network_as(network, reading), compounds_as(compounds, reading)
        except RemodelsimError as error:
            raise error.at(f"reading {reading.name}") from None
    names = {reading.name for reading in held}
    left = tuple(d for d in model.disputes if names.isdisjoint(r.name for r in d.readings))
    return replace(model, network=network, compounds=compounds, disputes=left)


def network_as(network: Network, reading: Reading) -> Network:
    """Return the network as it is under a reading.

    Parameters
    ----------
    network
        The network.
    reading
        The reading that holds.

    Returns
    -------
    Network
        The changed network; the same object when the reading changes nothing in it.

    Raises
    ------
    ModelError
        When the reading names a node or an edge that is not there.
    """
    if not (reading.strengths or reading.rules):
        return network
    rules = {target: _rule(network, target, text) for target, text in reading.rules.items()}
    edges = {(e.source, e.target): e for e in network.edges if e.target not in reading.rules}
    old = {(e.source, e.target): e for e in network.edges}
    for target, rule in rules.items():
        for source, sign in rule.signs.items():
            edges[source, target] = _edge(old.get((source, target)), source, target, sign, reading)
    for key, strength in reading.strengths.items():
        if key not in edges:
            raise ModelError(f"no edge {key[0]} -> {key[1]} whose strength could differ")
        edges[key] = replace(edges[key], strength=strength)
    return Network(network.nodes, {**network.rules, **rules}, tuple(edges.values()), network.name)


def _rule(network: Network, target: str, text: str) -> Rule:
    if target not in network.rules:
        raise ModelError(f"no node '{target}' whose rule could differ", nearest=nearest(target, network.rules))
    usual = network.rules[target].expr.text()
    return Rule.parse(target, re.sub(rf"\b{_USUAL}\b", f"({usual})", text))


def _edge(old: Edge | None, source: str, target: str, sign: int, reading: Reading) -> Edge:
    """Return the edge that a new rule needs: the old one with the new sign, or a new one on the reading's evidence."""
    if old is not None:
        return replace(old, sign=sign)
    if (source, target) not in reading.strengths:
        raise ModelError(
            f"the new rule of {target} uses {source}, but no strength is given", cure="Add it under 'edges'."
        )
    strength = reading.strengths[source, target]
    return Edge(source, target, sign, strength, reading.claims, "" if reading.claims else reading.description)


def compounds_as(compounds: Mapping[str, Compound], reading: Reading) -> Mapping[str, Compound]:
    """Return the compounds as they are under a reading.

    Parameters
    ----------
    compounds
        Compounds by name.
    reading
        The reading that holds.

    Returns
    -------
    Mapping of str to Compound
        The changed compounds; the same object when the reading changes none.

    Raises
    ------
    ModelError
        When the reading names a compound that is not there, or leaves out an action that it does not have.
    """
    if not reading.effects:
        return compounds
    out = dict(compounds)
    for change in reading.effects:
        if change.compound not in out:
            raise ModelError(f"no compound '{change.compound}'", nearest=nearest(change.compound, out))
        compound = out[change.compound]
        meant = [e for e in compound.effects if e.node == change.node and change.sign in {0, e.sign}]
        if change.effect is None and not meant:
            raise ModelError(f"{change.compound} has no such action on {change.node} that could be left out")
        kept = tuple(effect for effect in compound.effects if effect not in meant)
        out[change.compound] = replace(compound, effects=(*kept, change.effect) if change.effect else kept)
    return out
