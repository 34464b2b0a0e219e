"""The five families of cell equations by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.errors import ModelError
from ...ground.names import nearest
from .family_graham import FAMILY as GRAHAM
from .family_joerg import FAMILY as JOERG
from .family_komarova import FAMILY as KOMAROVA
from .family_lemaire import FAMILY as LEMAIRE
from .family_pivonka import FAMILY as PIVONKA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .cell_course import Family

_FAMILIES = {equations.name: equations for equations in (JOERG, PIVONKA, LEMAIRE, KOMAROVA, GRAHAM)}


def family(name: str) -> Family:
    """Return the equations of a family.

    Raises
    ------
    ModelError
        When there is no such family.
    """
    if name not in _FAMILIES:
        raise ModelError(
            f"unknown family of cell equations '{name}'", nearest=nearest(name, _FAMILIES), allowed=_FAMILIES
        )
    return _FAMILIES[name]


def vector(name: str, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the parameters of family `name` in the order of its kernel.

    Raises
    ------
    ModelError
        When one is missing or there is no such family.
    """
    symbols = family(name).parameters
    for symbol in symbols:
        if symbol not in values:
            raise ModelError(f"the {name} cell model lacks the parameter '{symbol}'", allowed=symbols)
    return np.array([values[symbol] for symbol in symbols], dtype=np.float64)
