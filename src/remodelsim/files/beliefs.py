"""Compounds, backgrounds and readouts: YAML to nouns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..ground.errors import FileFormatError, RemodelsimError
from ..ground.strict_yaml import Document, load_yaml
from ..nouns.background import Background
from ..nouns.compound import Compound, DoseRange, Effect, Pharmacology
from ..nouns.formula import Formula
from ..nouns.readout import Readout
from .shapes import Field, LabelShape, Shape, shaped

Level = float | int | Literal["on", "off"]


class DoseShape(Shape):
    """Reported doses of one kind."""

    default: float
    low: float
    high: float
    claims: list[str] = []


class EffectShape(Shape):
    """One action of a compound."""

    node: str
    sign: int
    strength: float
    ed50: dict[str, float]
    toxic50: dict[str, float] = {}
    hill: float = 1.0
    toxic_hill: float = 4.0
    formalism: Literal["both", "boolean", "ode"] = "both"
    phenomenological: bool = False
    claims: list[str] = []
    assumption: str = ""
    note: str = ""


class PharmacologyShape(Shape):
    """How a drug of the cell layer is given."""

    drug: str
    dose: float
    unit: str
    every_d: float


class CompoundShape(Shape):
    """models/compounds/*.yaml."""

    name: str
    label: LabelShape
    kind: str
    identifier: str = ""
    synonyms: list[str] = []
    description: str = ""
    doses: dict[str, DoseShape]
    effects: list[EffectShape] = []
    pharmacology: PharmacologyShape | None = None
    note: str = ""


class BackgroundShape(Shape):
    """One entry of models/backgrounds.yaml."""

    label: LabelShape
    synonyms: list[str] = []
    description: str = ""
    held: dict[str, Level] = Field(default={}, alias="set")
    course: dict[str, str] = {}
    claims: list[str] = []
    assumption: str = ""


class ReadoutShape(Shape):
    """One entry of models/readouts.yaml."""

    label: LabelShape
    unit: str = "activity"
    formula: str = ""
    ode: str = ""
    boolean: str = ""
    scale: float | None = None
    aliases: list[str] = []
    cells: dict[str, str] = {}
    better: Literal["up", "down", "none"] = "none"
    description: str = ""
    claims: list[str] = []
    assumption: str = ""


def read_compound(text: str, name: str) -> Compound:
    """Read one compound file.

    Parameters
    ----------
    text
        YAML.
    name
        Name of the file, used in messages.

    Returns
    -------
    Compound
        The compound.

    Raises
    ------
    FileFormatError
        When the file does not have the shape of a compound.
    ModelError
        When a value is refused.
    """
    document = load_yaml(text, name)
    shape = shaped(document, CompoundShape)
    effects = tuple(_effect(document, i, effect) for i, effect in enumerate(shape.effects))
    try:
        return Compound(
            name=shape.name,
            label_en=shape.label.en,
            label_zh=shape.label.zh,
            kind=shape.kind,
            doses={u: DoseRange(d.default, d.low, d.high, tuple(d.claims)) for u, d in shape.doses.items()},
            effects=effects,
            identifier=shape.identifier,
            synonyms=tuple(shape.synonyms),
            description=shape.description,
            pharmacology=Pharmacology(**shape.pharmacology.model_dump()) if shape.pharmacology else None,
        )
    except RemodelsimError as error:
        raise error.at(document.where()) from None


def _effect(document: Document, i: int, shape: EffectShape) -> Effect:
    values = shape.model_dump()
    values["claims"] = tuple(shape.claims)
    try:
        return Effect(**values)
    except RemodelsimError as error:
        raise error.at(document.where(("effects", i))) from None


def read_backgrounds(text: str, name: str = "backgrounds.yaml") -> tuple[Background, ...]:
    """Read backgrounds.yaml.

    Raises
    ------
    FileFormatError
        When an entry does not have the shape of a background.
    ModelError
        When a value is refused.
    """
    document = load_yaml(text, name)
    out = []
    for key, data in _entries(document).items():
        shape = shaped(document, BackgroundShape, data, (key,))
        levels = {node: {"on": 1.0, "off": 0.0}.get(str(level), level) for node, level in shape.held.items()}
        try:
            out.append(
                Background(
                    name=key,
                    label_en=shape.label.en,
                    label_zh=shape.label.zh,
                    levels={node: float(level) for node, level in levels.items()},
                    courses=shape.course,
                    synonyms=tuple(shape.synonyms),
                    description=shape.description,
                    claims=tuple(shape.claims),
                    assumption=shape.assumption,
                )
            )
        except RemodelsimError as error:
            raise error.at(document.where((key,))) from None
    return tuple(out)


def read_readouts(text: str, name: str = "readouts.yaml") -> tuple[Readout, ...]:
    """Read readouts.yaml.

    Raises
    ------
    FileFormatError
        When an entry does not have the shape of a readout.
    ModelError
        When a formula cannot be read or a value is refused.
    """
    document = load_yaml(text, name)
    out = []
    for key, data in _entries(document).items():
        shape = shaped(document, ReadoutShape, data, (key,))
        try:
            out.append(
                Readout(
                    name=key,
                    label_en=shape.label.en,
                    label_zh=shape.label.zh,
                    unit=shape.unit,
                    ode=Formula(shape.ode or shape.formula),
                    boolean=Formula(shape.boolean or shape.formula),
                    scale=shape.scale,
                    aliases=tuple(shape.aliases),
                    cells=shape.cells,
                    better=shape.better,
                    description=shape.description,
                )
            )
        except RemodelsimError as error:
            raise error.at(document.where((key,))) from None
    return tuple(out)


def _entries(document: Document) -> Mapping[str, object]:
    if isinstance(document.data, dict):
        return document.data
    raise FileFormatError("the file must name things with 'name: ...'", where=document.where())
