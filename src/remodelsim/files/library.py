"""The library: the model as it is shipped, or as it lies in a user's own folder."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from ..ground.errors import FileFormatError, ModelError, RemodelsimError
from ..ground.resources import data_root
from ..ground.strict_yaml import load_yaml
from ..nouns.cells import CellPreset
from ..nouns.compound import Compound
from ..nouns.coupling import Coupling, Feedback, Spread
from ..nouns.model import Model
from ..nouns.network import Network
from ..nouns.rule import Rule
from .beliefs import read_backgrounds, read_compound, read_readouts
from .bnet import read_bnet
from .cells_file import read_preset
from .evidence_file import read_evidence
from .shapes import Shape, shaped
from .tables import number, read_edges, read_nodes, read_sources, read_text, rows, split_evidence
from .variants_file import load_disputes

COUPLING_COLUMNS = ("node", "modulator", "at_zero", "at_one", "claims")
FEEDBACK_COLUMNS = ("node", "quantity", "claims")


class SpreadShape(Shape):
    """models/ensemble.yaml."""

    strength: float
    tau: float
    coupling: float
    gain: float
    level: float
    dose: float
    source: str


def load_model(folder: str | Path | None = None, cells: str = "default") -> Model:
    """Load everything that is believed.

    Parameters
    ----------
    folder
        A folder laid out like the shipped models/; the shipped one by default.
    cells
        Name of the preset of the cell layer.

    Returns
    -------
    Model
        The model; loading the same one again returns the same object.

    Raises
    ------
    FileFormatError
        When a file is missing or damaged; says file and line.
    ModelError
        When the parts contradict each other.
    UnknownNameError
        When there is no such preset.
    """
    return _load(str(folder) if folder is not None else None, cells)


@lru_cache(maxsize=8)
def _load(folder: str | None, cells: str) -> Model:
    root = data_root("models", folder)
    network = load_network(root)
    preset: CellPreset = read_preset(cells, folder)
    claims, evidence = read_evidence(root / "evidence")
    return Model(
        network=network,
        cells=preset,
        couplings=_couplings(root / "cells" / "coupling.csv"),
        feedbacks=_feedbacks(root / "cells" / "feedback.csv"),
        compounds=_compounds(root),
        backgrounds={b.name: b for b in read_backgrounds(read_text(root / "backgrounds.yaml"))},
        readouts={r.name: r for r in read_readouts(read_text(root / "readouts.yaml"))},
        claims=claims,
        sources={s.id: s for s in read_sources(read_text(root / "evidence" / "sources.csv"))},
        spread=_spread(root / "ensemble.yaml"),
        disputes=load_disputes(folder),
        evidence=evidence,
    )


def load_network(root: Traversable) -> Network:
    """Load the network of a models folder: nodes.csv, edges.csv and every networks/*.bnet.

    Parameters
    ----------
    root
        The models folder.

    Returns
    -------
    Network
        Nodes in the order of nodes.csv.

    Raises
    ------
    FileFormatError
        When a file is missing or damaged, or two files define one node.
    ModelError
        When nodes, rules and edges contradict each other.
    """
    rules: dict[str, Rule] = {}
    for path in _listed(root, "networks", ".bnet"):
        for target, rule in read_bnet(read_text(path), path.name).items():
            if target in rules:
                raise FileFormatError(f"{path.name} defines {target}, which another network file defines too")
            rules[target] = rule
    return Network(read_nodes(read_text(root / "nodes.csv")), rules, read_edges(read_text(root / "edges.csv")))


def _listed(root: Traversable, name: str, ending: str) -> list[Traversable]:
    folder = root / name
    if not folder.is_dir():
        raise FileFormatError(
            f"no folder '{folder.name}' in the models folder '{root}'", cure="Lay it out like the shipped models/."
        )
    return sorted((path for path in folder.iterdir() if path.name.endswith(ending)), key=lambda path: path.name)


def _compounds(root: Traversable) -> dict[str, Compound]:
    out: dict[str, Compound] = {}
    for path in _listed(root, "compounds", ".yaml"):
        compound = read_compound(read_text(path), path.name)
        if compound.name in out:
            raise ModelError(f"compound {compound.name} is defined twice", where=path.name)
        out[compound.name] = compound
    return out


def _couplings(path: Traversable) -> tuple[Coupling, ...]:
    out = []
    for where, row in rows(read_text(path), path.name, COUPLING_COLUMNS, exact=True):
        ends = number(row, "at_zero", where), number(row, "at_one", where)
        try:
            out.append(Coupling(row["node"], row["modulator"], *ends, *split_evidence(row["claims"])))
        except RemodelsimError as error:
            raise error.at(where) from None
    return tuple(out)


def _feedbacks(path: Traversable) -> tuple[Feedback, ...]:
    out = []
    for where, row in rows(read_text(path), path.name, FEEDBACK_COLUMNS, exact=True):
        try:
            out.append(Feedback(row["node"], row["quantity"], *split_evidence(row["claims"])))
        except RemodelsimError as error:
            raise error.at(where) from None
    return tuple(out)


def _spread(path: Traversable) -> Spread:
    document = load_yaml(read_text(path), path.name)
    shape = shaped(document, SpreadShape)
    try:
        return Spread(**shape.model_dump())
    except RemodelsimError as error:
        raise error.at(document.where()) from None
