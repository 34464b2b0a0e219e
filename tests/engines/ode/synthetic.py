"""A synthetic network of the size and shape of the real one, joined to the cells of the default preset."""

from __future__ import annotations

from functools import cache

import numpy as np

from remodelsim.engines.gate import make_constants, published_constants
from remodelsim.engines.ode.cell_steady import parameter_vector, steady_state
from remodelsim.engines.ode.cells import CELL_STATES, DRUGS, MODULATORS, cell_outputs
from remodelsim.engines.ode.join import moebius
from remodelsim.engines.ode.lane_data import Draws, stack_draws
from remodelsim.engines.ode.layout import Layout, make_layout
from remodelsim.engines.ode.system import QUANTITIES, Doing, Wiring
from remodelsim.engines.program import Constants, Program, compile_network
from remodelsim.files.cells_file import read_preset
from remodelsim.nouns.network import Edge, Network, Node
from remodelsim.nouns.rule import Rule

WHY = "a made-up arrow"
# node, modulator, its value at activity 0 and 1
COUPLINGS = (
    ("MSC", "MSC", 0.2, 1.8),
    ("OsteoblastDifferentiation", "Bdiff", 0.1, 2.0),
    ("OsteoblastApoptosis", "Bdeath", 0.5, 2.0),
    ("OsteoblastActivity", "form", 0.0, 1.8),
    ("MCSF", "OCP", 0.0, 1.6),
    ("OsteoclastDifferentiation", "Cdiff", 0.0, 2.5),
    ("OsteoclastApoptosis", "Cdeath", 0.5, 2.0),
    ("OsteoclastActivity", "res", 0.0, 2.0),
    ("SOST", "SOST", 0.1, 2.0),
    ("RANKL", "RANKL", 0.0, 3.0),
    ("OPG", "OPG", 0.1, 2.0),
    ("Mineralization", "min", 0.5, 1.2),
    ("MSCProliferation", "MSC", 0.6, 1.4),
)
FEEDBACKS = (
    ("Preosteoblast", "preosteoblasts"),
    ("Osteoblast", "osteoblasts"),
    ("Osteocyte", "osteocytes"),
    ("OsteoclastPrecursor", "preosteoclasts"),
    ("Osteoclast", "osteoclasts"),
    ("Sclerostin", "sclerostin"),
    ("RANKL_RANK", "rankl_signal"),
    ("BoneFormation", "formation_hip"),
    ("BoneResorption", "resorption_hip"),
)
INPUTS = ("Estrogen", "Calcium", "GutMicrobiota", "Ageing", "Glucocorticoid", "Load")
SILENT = ("PTH_intermittent", "SFB")
FIXED = {"N5": "SFB & N1", "OsteoclastDifferentiation": "(RANKL_RANK | N20) & !N21"}
TIMES = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0, 120.0, 480.0)


def _rule(rng: np.random.Generator, name: str, pool: list[str], signs: dict[tuple[str, str], int]) -> Rule:
    chosen = [str(x) for x in rng.choice(pool, size=min(int(rng.integers(1, 7)), len(pool)), replace=False)]
    up = [x for x in chosen if rng.random() < 0.7] or chosen[:1]
    down = [x for x in chosen if x not in up]
    signs.update({(x, name): 1 for x in up} | {(x, name): -1 for x in down})
    cut = int(rng.integers(1, len(up) + 1))
    parts = [f"({' | '.join(up[:cut])})", *up[cut:], *(f"!{x}" for x in down)]
    return Rule.parse(name, " & ".join(parts))


@cache
def network(size: int = 200, seed: int = 24) -> Network:
    """Return a network of `size` nodes: mostly local arrows, some far ones, two thirds of them raising."""
    rng = np.random.default_rng(seed)
    owned = [name for name, _ in FEEDBACKS]
    readers = list(dict.fromkeys(row[0] for row in COUPLINGS))
    special = [*INPUTS, *SILENT, *owned, *readers]
    middle = [f"N{i}" for i in range(size - len(special))]
    order = [*INPUTS, *SILENT, *owned, *middle, *readers]
    rules: dict[str, Rule] = {}
    signs: dict[tuple[str, str], int] = {}
    for i, name in enumerate(order):
        if name in INPUTS or name in SILENT:
            rules[name] = Rule.parse(name, name)
            continue
        near = order[max(0, i - 15) : i]
        far = [str(x) for x in rng.choice(order[:i] if rng.random() < 0.8 else order, size=4)]
        rules[name] = _rule(
            rng, name, [x for x in dict.fromkeys([*near, *far]) if x not in (name, "N5", *SILENT)], signs
        )
    for name, text in FIXED.items():
        rules[name] = Rule.parse(name, text)
        signs = {key: sign for key, sign in signs.items() if key[1] != name}
        signs |= {(source, name): sign for source, sign in rules[name].signs.items()}
    silent = {*SILENT, "N5"}
    nodes = [
        Node(
            name,
            name,
            "",
            "signal",
            "systemic",
            "activity",
            0.0 if name in silent else 0.5 if name in owned else float(rng.uniform(0.3, 0.7)),
            float(rng.choice([1.0, 1.5, 1.5, 2.0])),
            float(rng.choice(TIMES)),
        )
        for name in order
    ]
    edges = [Edge(s, t, sign, float(rng.choice([0.15, 0.2, 0.3, 0.4])), (), WHY) for (s, t), sign in signs.items()]
    return Network(tuple(nodes), rules, tuple(edges))


@cache
def program(size: int = 200, seed: int = 24) -> Program:
    return compile_network(network(size, seed))


def wiring(constants: Constants, of: Network | None = None) -> Wiring:
    """Join network and cells without correction for what the cells know already."""
    index = (of or network()).index
    p = parameter_vector(read_preset("default").values() | {"signal_direct": 1.0, "estrogen_share": 0.0})
    healthy = np.empty(len(QUANTITIES))
    healthy[: len(CELL_STATES)] = cells = steady_state(p)
    cell_outputs(cells, np.ones(len(MODULATORS)), np.zeros(len(DRUGS)), 1.0, p, healthy[len(CELL_STATES) :])
    owner = np.full(len(index), -1, dtype=np.int64)
    owner[[index[name] for name, _ in FEEDBACKS]] = [QUANTITIES.index(quantity) for _, quantity in FEEDBACKS]
    return Wiring(
        owner=owner,
        healthy=healthy,
        node=np.array([index[row[0]] for row in COUPLINGS]),
        modulator=np.array([MODULATORS.index(row[1]) for row in COUPLINGS]),
        curve=np.array([moebius(row[2], float(constants.level[index[row[0]]]), row[3]) for row in COUPLINGS]),
        estrogen=index["Estrogen"],
        without=0.0,
        parameters=p,
    )


def draws(count: int, size: int = 200, seed: int = 24, spread: float = 1.0) -> list[Constants]:
    """Return the reference draw and count - 1 others around it."""
    rng = np.random.default_rng(seed + 1)
    net, rules = network(size, seed), program(size, seed)
    first = published_constants(net, rules)
    out = [first]
    while len(out) < count:
        logit = np.log(np.where(first.level > 0, first.level, 0.5) / (1 - np.where(first.level > 0, first.level, 0.5)))
        level = 1 / (1 + np.exp(-logit - spread * rng.uniform(-0.3, 0.3, logit.size)))
        owned = [net.index[name] for name, _ in FEEDBACKS]
        level[owned] = 0.5
        level[first.level == 0] = 0.0
        gain = np.clip(first.gain + spread * rng.uniform(-0.5, 0.5, logit.size), 1.0, 10.0)
        tau = 24 * first.tau * np.exp(spread * rng.uniform(-0.7, 0.7, logit.size))
        strength = np.clip(first.strength * np.exp(spread * rng.uniform(-0.4, 0.4, first.strength.size)), 0.01, 0.95)
        out.append(make_constants(net, rules, level, gain, tau, strength))
    return out


def nothing(size: int = 200) -> Doing:
    """Return what is done when nothing is done."""
    return Doing(
        held=np.zeros(size + len(CELL_STATES), dtype=np.int64),
        alpha=np.zeros(size),
        beta=np.ones(size),
        onset=np.zeros(size),
        decline=np.zeros(size),
        factor=np.ones(len(MODULATORS)),
        drug=np.zeros((len(DRUGS), 3)),
        start=0.0,
    )


@cache
def layout(count: int = 4) -> Layout:
    return make_layout(program(), [wiring for _, wiring in pairs(count)])


@cache
def pairs(count: int = 4) -> tuple[tuple[Constants, Wiring], ...]:
    return tuple((constants, wiring(constants)) for constants in draws(count))


@cache
def stacked(count: int = 4) -> Draws:
    return stack_draws(layout(count), pairs(count))


def healthy(draw: int = 0) -> np.ndarray:
    constants, wiring = pairs()[draw]
    return np.concatenate([constants.level, wiring.healthy[: len(CELL_STATES)]])


def scattered(rng: np.random.Generator, draw: int = 0) -> np.ndarray:
    """Return a state away from health, with some nodes exactly at 0 and 1."""
    state = healthy(draw) * rng.uniform(0.3, 1.5, healthy(draw).size)
    n = program().start.size - 1
    state[:n] = np.clip(state[:n], 0.0, 1.0)
    state[rng.integers(0, n, 15)] = 0.0
    state[rng.integers(0, n, 15)] = 1.0
    return state


def doings() -> dict[str, Doing]:
    """Return one of each kind of thing that can be done."""
    index, n = network().index, program().start.size - 1
    held, alpha, beta, decline, drug = nothing().held.copy(), np.zeros(n), np.ones(n), np.zeros(n), np.zeros((4, 3))
    held[[index["GutMicrobiota"], index["Osteoblast"], n + 1]] = 1
    alpha[[9, 40]], beta[[9, 40, 77]] = (0.3, 0.1), (0.7, 0.8, 0.25)
    decline[index["Estrogen"]] = 949.0
    factor = np.ones(len(MODULATORS))
    factor[3] = 0.0
    drug[0], drug[1, :2], drug[3] = (80.0, 0.07, 0.0), (4.0, 0.1), (0.0, 16.6, 3.0)
    plain = nothing()
    return {
        "nothing": plain,
        "holding": plain._replace(held=held),
        "compounds": plain._replace(alpha=alpha, beta=beta),
        "a course": plain._replace(decline=decline, onset=np.full(n, 3.0)),
        "no formation": plain._replace(factor=factor),
        "drugs": plain._replace(drug=drug, start=-2.0),
        "everything": Doing(held, alpha, beta, np.full(n, 3.0), decline, factor, drug, -2.0),
    }


def switch_network() -> Network:
    """Return two nodes that shut each other out, beside the inputs that the cells need."""
    readers = [row[0] for row in COUPLINGS]
    inputs = list(dict.fromkeys(["Estrogen", "Push", *(name for name, _ in FEEDBACKS), *readers]))
    rules = {name: Rule.parse(name, name) for name in inputs}
    rules |= {"A": Rule.parse("A", "!C & Push"), "C": Rule.parse("C", "!A & Push")}
    nodes = tuple(Node(name, name, "", "signal", "systemic", "activity", 0.5, 3.0, 6.0) for name in rules)
    edges = tuple(
        Edge(source, name, sign, 0.9, (), WHY) for name in ("A", "C") for source, sign in rules[name].signs.items()
    )
    return Network(nodes, rules, edges)
