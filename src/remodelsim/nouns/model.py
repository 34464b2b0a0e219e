"""The model: everything that is believed, and the names by which people find it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..ground.errors import ModelError, UnknownNameError
from ..ground.names import fold, nearest, resolve
from .background import Background
from .cells import CellPreset
from .compound import Compound
from .coupling import Coupling, Feedback, Spread
from .dispute import Dispute
from .evidence import Claim, Evidence, Source
from .formula import Formula
from .network import Network, Node
from .readout import CELL_QUANTITIES, Readout


@dataclass(frozen=True)
class Model:
    """Network, cells, compounds, backgrounds, readouts and evidence, checked against each other.

    Parameters
    ----------
    network
        Nodes, rules and edges.
    cells
        The preset of the cell layer.
    couplings, feedbacks
        What the cell layer reads from the network, and what it drives there.
    compounds, backgrounds, readouts
        By canonical name.
    claims, sources
        The evidence, by id.
    spread
        Ranges of the ensemble.
    disputes
        Where the literature disagrees; the model holds the usual reading of each, its ensemble draws among all.
    evidence
        References, systems and excuses of the claims.

    Raises
    ------
    ModelError
        When a compound, background, readout, coupling or feedback names a node that is not there, or two things share a
        name in a way that no reader could tell apart.
    """

    network: Network
    cells: CellPreset
    couplings: tuple[Coupling, ...]
    feedbacks: tuple[Feedback, ...]
    compounds: Mapping[str, Compound]
    backgrounds: Mapping[str, Background]
    readouts: Mapping[str, Readout]
    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]
    spread: Spread
    disputes: tuple[Dispute, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    _tables: Mapping[str, Mapping[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check_nodes()
        tables = {
            "node": _spellings((n.name, (*n.synonyms, n.label_en, n.label_zh)) for n in self.network.nodes),
            "compound": _spellings((c.name, (*c.synonyms, c.label_en, c.label_zh)) for c in self.compounds.values()),
            "background": _spellings((b.name, (*b.synonyms, b.label_zh)) for b in self.backgrounds.values()),
            "readout": _spellings((r.name, (*r.aliases, r.label_zh)) for r in self.readouts.values()),
        }
        object.__setattr__(self, "_tables", MappingProxyType(tables))

    def _check_nodes(self) -> None:
        named: list[tuple[str, str]] = [(c.node, f"coupling to {c.modulator}") for c in self.couplings]
        named += [(f.node, f"feedback of {f.quantity}") for f in self.feedbacks]
        named += [(e.node, f"compound {c.name}") for c in self.compounds.values() for e in c.effects]
        for background in self.backgrounds.values():
            named += [(n, f"background {background.name}") for n in (*background.levels, *background.courses)]
        for readout in self.readouts.values():
            known = (*readout.ode.names, *readout.boolean.names, *readout.cells.values())
            named += [
                (n, f"readout {readout.name}") for n in known if n not in CELL_QUANTITIES and n not in self.readouts
            ]
        for node, user in named:
            if node in self.network.index:
                continue
            if node in self.readouts:
                raise ModelError(
                    f"{user} acts on the readout '{node}'",
                    cure="Name the node that it acts on; readouts must follow from it.",
                )
            raise ModelError(f"{user} names an unknown node '{node}'", nearest=nearest(node, self.network.index))

    def find(self, kind: str, name: str, *, where: str = "") -> str:
        """Return the canonical name of a node, compound, background or readout.

        Parameters
        ----------
        kind
            "node", "compound", "background" or "readout".
        name
            Any spelling: name, synonym or label, upper and lower case alike.
        where
            Place of the name, used in messages.

        Returns
        -------
        str
            The canonical name.

        Raises
        ------
        UnknownNameError
            When nothing of that kind bears the name.
        """
        return resolve(name, self._tables[kind], kind=kind, listing=f"remodelsim list {kind}s", where=where)

    def knows(self, kind: str, name: str) -> bool:
        """Tell whether something of a kind bears the name, in any spelling."""
        return fold(name) in self._tables[kind]

    def readout(self, name: str, *, where: str = "") -> Readout:
        """Return a readout by any of its names; every node is a readout under its own name.

        Raises
        ------
        UnknownNameError
            When neither a readout nor a node bears the name.
        """
        if self.knows("readout", name):
            return self.readouts[self.find("readout", name)]
        if self.knows("node", name):
            return _node_readout(self.network.node(self.find("node", name)))
        spellings = {**self._tables["node"], **self._tables["readout"]}
        near = nearest(name, spellings)
        raise UnknownNameError(
            f"unknown readout '{name}'",
            where=where,
            nearest=spellings[near] if near else None,
            cure="List them with: remodelsim list readouts",
        )

    def subject(self, name: str, *, where: str = "") -> tuple[str, ...]:
        """Return the kinds (background, compound, node) that something to be set may be, in the order of preference.

        Raises
        ------
        UnknownNameError
            When nothing that can be set bears the name.
        """
        kinds = tuple(kind for kind in ("background", "compound", "node") if self.knows(kind, name))
        if kinds:
            return kinds
        if self.knows("readout", name):
            found = self.readouts[self.find("readout", name)]
            raise UnknownNameError(
                f"{found.name} is a readout and can only be read", where=where, cure=f"It is made of: {found.ode.text}."
            )
        spellings = {k: v for kind in ("node", "background", "compound") for k, v in self._tables[kind].items()}
        near = nearest(name, spellings)
        raise UnknownNameError(
            f"unknown node, compound or background '{name}'",
            where=where,
            nearest=spellings[near] if near else None,
            cure="List them with: remodelsim list nodes",
        )


def _spellings(things: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    """Map folded spellings to canonical names; a name beats every synonym."""
    listed = list(things)
    table = {fold(name): name for name, _ in listed}
    for name, synonyms in listed:
        for synonym in synonyms:
            if synonym:
                table.setdefault(fold(synonym), name)
    return MappingProxyType(table)


def _node_readout(node: Node) -> Readout:
    formula = Formula(node.name)
    return Readout(
        name=node.name,
        label_en=node.label_en,
        label_zh=node.label_zh,
        unit=node.unit,
        ode=formula,
        boolean=formula,
        description=node.description,
        scale=None,
    )
