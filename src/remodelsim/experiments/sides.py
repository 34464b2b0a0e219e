"""Sides taken: the model under the readings that a draw holds of what is disputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..engines.program import Program, compile_network
from ..ground.errors import ModelError
from ..nouns.compound import Compound
from ..nouns.dispute import Dispute, Reading
from ..nouns.model import Model
from ..nouns.network import Network
from ..nouns.variant import compounds_as, network_as

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """The model under some readings.

    Attributes
    ----------
    network, program
        The network with the rules of the readings, and its rules as arrays.
    strength : ndarray, shape (e,)
        Strengths of its edges under the readings.
    compounds
        The compounds under the readings.
    readings
        Names of the readings that differ from what the model holds.
    """

    network: Network
    program: Program
    strength: Floats
    compounds: Mapping[str, Compound]
    readings: tuple[str, ...]


@dataclass(frozen=True)
class _Form:
    """The network under the readings that change its rules; few, so each is compiled once."""

    network: Network
    program: Program
    place: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Sides:
    """The model under the readings that a draw may hold.

    Parameters
    ----------
    model
        The model and its disputes.
    """

    model: Model
    _forms: dict[tuple[str, ...], _Form] = field(default_factory=dict, repr=False, compare=False)

    def drawn(self, seed: int, k: int) -> Side:
        """Return the side that draw `k` takes: of each dispute one reading by weight.

        Parameters
        ----------
        seed, k
            Seed of the ensemble and number of the draw; with the name of a dispute they decide its reading, whatever
            else is disputed.

        Returns
        -------
        Side
            The model as the draw reads it.

        Raises
        ------
        ModelError
            When a reading names what is not there.
        """
        taken = [drawn_reading(dispute, seed, k) for dispute in self.model.disputes]
        return self.under([reading for reading in taken if not reading.is_usual])

    def under(self, readings: Sequence[Reading]) -> Side:
        """Return the model under readings.

        Parameters
        ----------
        readings
            One of a dispute at most.

        Returns
        -------
        Side
            The model as these readings have it.

        Raises
        ------
        ModelError
            When a reading names what is not there.
        """
        form = self._form([reading for reading in readings if reading.rules])
        strength = np.array([edge.strength for edge in form.network.edges])
        compounds = self.model.compounds
        for reading in readings:
            compounds = compounds_as(compounds, reading)
            for key, value in reading.strengths.items():
                if key not in form.place:
                    raise ModelError(f"no edge {key[0]} -> {key[1]} whose strength could differ").at(reading.name)
                strength[form.place[key]] = value
        names = tuple(reading.name for reading in readings)
        return Side(form.network, form.program, strength, compounds, names)

    def _form(self, readings: Sequence[Reading]) -> _Form:
        key = tuple(reading.name for reading in readings)
        if key not in self._forms:
            network = self.model.network
            for reading in readings:
                network = network_as(network, reading)
            place = {(edge.source, edge.target): k for k, edge in enumerate(network.edges)}
            self._forms[key] = _Form(network, compile_network(network), place)
        return self._forms[key]


def drawn_reading(dispute: Dispute, seed: int, k: int) -> Reading:
    """Return the reading of a dispute that draw `k` holds, by weight.

    Parameters
    ----------
    dispute
        The dispute.
    seed, k
        Seed of the ensemble and number of the draw.

    Returns
    -------
    Reading
        The same one for the same dispute, seed and number.
    """
    return dispute.pick(float(np.random.default_rng([seed, k, crc32(dispute.name.encode())]).random()))
