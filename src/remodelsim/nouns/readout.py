"""Readouts: what is asked of a run, as formulae over nodes and cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError
from .formula import Formula

BETTER = ("up", "down", "none")
# quantities of the cell layer that formulae may name beside the nodes
CELL_QUANTITIES = (
    "bmd_hip",
    "bmd_lumbar",
    "ctx",
    "p1np",
    "formation",
    "resorption",
    "preosteoblasts",
    "osteoblasts",
    "osteocytes",
    "preosteoclasts",
    "osteoclasts",
    "sclerostin",
)


@dataclass(frozen=True)
class Readout:
    """A quantity read from a run, in each formalism.

    Parameters
    ----------
    name, label_en, label_zh, unit, description
        What it is.
    ode, boolean
        Its formula in the ODE and in the Boolean reading.
    scale
        What a threshold of 1 % refers to; None for the healthy value of the readout.
    aliases
        Names of the claims that mean the same.
    cells
        Cell word (``MSC``) to the readout of that cell's copy.
    better
        Whether more of it is better for bone ("up"), worse ("down") or neither ("none").

    Raises
    ------
    ModelError
        When the Boolean formula names a quantity of the cell layer, or a value is outside its range.
    """

    name: str
    label_en: str
    label_zh: str
    unit: str
    ode: Formula
    boolean: Formula
    scale: float | None = None
    aliases: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    better: str = "none"
    description: str = ""

    def __post_init__(self) -> None:
        if self.better not in BETTER:
            raise ModelError(f"readout {self.name} says better: {self.better}", allowed=BETTER)
        if self.scale is not None and not self.scale > 0.0:
            raise ModelError(f"scale of readout {self.name} is {self.scale:g}", allowed=["above 0"])
        foreign = [name for name in self.boolean.names if name in CELL_QUANTITIES]
        if foreign:
            raise ModelError(f"readout {self.name}: the Boolean model knows no '{foreign[0]}'", cure="Name nodes only.")
