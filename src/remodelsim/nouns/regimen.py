"""Which drugs exclude each other."""

from __future__ import annotations

from collections.abc import Mapping

from ..ground.errors import ScenarioError
from .compound import Compound
from .intervention import Dosing, Protocol


def check_regimens(protocol: Protocol, compounds: Mapping[str, Compound]) -> None:
    """Refuse two drugs of one kind at the same time: nobody is given two bisphosphonates, and no model knows their sum.

    Parameters
    ----------
    protocol
        What is done.
    compounds
        Every compound by name.

    Raises
    ------
    ScenarioError
        When two different drugs that act through one channel of the cell layer overlap.
    """
    given = [action for action in protocol if isinstance(action, Dosing) and action.amount.value > 0.0]
    for i, action in enumerate(given):
        for other in given[:i]:
            kinds = [compounds[one.compound].pharmacology for one in (other, action)]
            if other.compound == action.compound or kinds[0] is None or kinds[1] is None:
                continue
            if kinds[0].drug == kinds[1].drug and action.span.overlaps(other.span):
                raise ScenarioError(
                    f"{other.compound} and {action.compound} are one kind of drug ({kinds[0].drug}) "
                    "and cannot be given at the same time",
                    cure="Stop the one before the other starts.",
                )
