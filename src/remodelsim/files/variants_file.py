"""models/variants.yaml: the disputes and their readings."""

from __future__ import annotations

from pathlib import Path

from ..ground.errors import FileFormatError, RemodelsimError
from ..ground.resources import data_root
from ..ground.strict_yaml import Document, load_yaml
from ..nouns.compound import Effect
from ..nouns.dispute import Dispute, EffectChange, Reading
from ..nouns.rule import Rule
from .shapes import LabelShape, Shape, shaped
from .tables import read_text

FILE = "variants.yaml"


class InsteadShape(Shape):
    """The action that holds instead of another one."""

    sign: int
    strength: float
    ed50: dict[str, float]
    toxic50: dict[str, float] = {}
    hill: float = 1.0
    toxic_hill: float = 4.0


class EffectChangeShape(Shape):
    """What a reading says about a compound."""

    compound: str
    node: str
    sign: int = 0
    instead: InsteadShape | None = None


class EdgeChangeShape(Shape):
    """What a reading says about an arrow."""

    source: str
    target: str
    strength: float


class ReadingShape(Shape):
    """One side of a dispute."""

    weight: float
    description: str = ""
    claims: list[str] = []
    effects: list[EffectChangeShape] = []
    rules: dict[str, str] = {}
    edges: list[EdgeChangeShape] = []


class DisputeShape(Shape):
    """One entry of models/variants.yaml."""

    label: LabelShape
    readings: dict[str, ReadingShape]


def load_disputes(folder: str | Path | None = None) -> tuple[Dispute, ...]:
    """Load the disputes of a models folder.

    Parameters
    ----------
    folder
        A folder laid out like the shipped models/; the shipped one by default.

    Returns
    -------
    tuple of Dispute
        Empty where the folder has no variants.yaml.

    Raises
    ------
    FileFormatError
        When the file is damaged.
    ModelError
        When a reading refuses its values, or two readings share a name.
    """
    path = data_root("models", folder) / FILE
    return read_disputes(read_text(path)) if path.is_file() else ()


def read_disputes(text: str, name: str = FILE) -> tuple[Dispute, ...]:
    """Read variants.yaml.

    Parameters
    ----------
    text
        YAML.
    name
        Name of the file, used in messages.

    Returns
    -------
    tuple of Dispute
        In the order of the file.

    Raises
    ------
    FileFormatError
        When an entry does not have the shape of a dispute, or two readings share a name.
    ModelError
        When a value is refused.
    """
    document = load_yaml(text, name)
    if not isinstance(document.data, dict):
        raise FileFormatError("the file must name things with 'name: ...'", where=document.where())
    out, seen = [], set()
    for key, data in document.data.items():
        shape = shaped(document, DisputeShape, data, (key,))
        readings = tuple(_reading(document, key, word, reading) for word, reading in shape.readings.items())
        for reading in readings:
            if reading.name in seen:
                raise FileFormatError(
                    f"reading {reading.name} stands twice", where=document.where((key, "readings", reading.name))
                )
            seen.add(reading.name)
        try:
            out.append(Dispute(key, shape.label.en, shape.label.zh, readings))
        except RemodelsimError as error:
            raise error.at(document.where((key,))) from None
    return tuple(out)


def _reading(document: Document, key: str, name: str, shape: ReadingShape) -> Reading:
    for target, text in shape.rules.items():
        Rule.parse(target, text, where=document.where((key, "readings", name, "rules", target)))
    try:
        return Reading(
            name=name,
            weight=shape.weight,
            effects=tuple(_change(change, shape) for change in shape.effects),
            rules=shape.rules,
            strengths={(edge.source, edge.target): edge.strength for edge in shape.edges},
            claims=tuple(shape.claims),
            description=shape.description,
        )
    except RemodelsimError as error:
        raise error.at(document.where((key, "readings", name))) from None


def _change(shape: EffectChangeShape, reading: ReadingShape) -> EffectChange:
    effect = None
    if shape.instead is not None:
        claims, reason = tuple(reading.claims), "" if reading.claims else reading.description
        effect = Effect(node=shape.node, claims=claims, assumption=reason, **shape.instead.model_dump())
    return EffectChange(shape.compound, shape.node, shape.sign, effect)
