"""The coupled system as formulae, so that other tools can solve the very same equations.

The kernels of `engines/ode` are what we run; these formulae say the same in symbols, and a test compares the two. What
a solver's error may push out of its range is put back inside before a power is taken: a rule value stays in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..engines.ode.cells import MODULATORS
from ..engines.ode.course import Stretch
from ..engines.ode.lane_data import Draws, healthy_states, stack_draws
from ..engines.ode.layout import Layout, make_layout
from ..engines.ode.system import CELLS, LEAST_ESTROGEN, QUANTITIES
from ..ground.errors import ScenarioError
from ..ground.version import VERSION
from ..nouns.assignment import protocol_of
from ..nouns.equations import Equations, State, Term, at_least, at_most, symbol, term
from ..nouns.model import Model
from ..nouns.rule import Expr
from ..nouns.scenario import LONGEST_DAYS
from .draws import Draw, engine_of
from .exported_cells import CELL_SYMBOLS, cell_definitions, cell_numbers, cell_rates, measured
from .exported_doing import Deeds
from .plan import ode_stretches


@dataclass(frozen=True)
class Export:
    """Draws of one model, made ready to be written as equations.

    Parameters
    ----------
    model
        The model.
    draws
        Its draws; the equations have the numbers of the first, `numbers` tells those of the others.
    """

    model: Model
    draws: tuple[Draw, ...]

    @cached_property
    def layout(self) -> Layout:
        """Couplings of every draw, and where the derivatives stand."""
        return make_layout(self.draws[0].program, [draw.wiring for draw in self.draws])

    @cached_property
    def stacked(self) -> Draws:
        """The numbers of the draws."""
        return stack_draws(self.layout, [(draw.constants, draw.wiring) for draw in self.draws])

    @property
    def symbols(self) -> tuple[str, ...]:
        """Symbols of the nodes and cells, in the order of the state."""
        return (*self.model.network.names, *CELL_SYMBOLS)

    def numbers(self, k: int) -> dict[str, float]:
        """Return the parameters of draw k, symbol to value.

        Parameters
        ----------
        k
            Number of the draw.

        Returns
        -------
        dict
            The same symbols for every draw.
        """
        network, draws = self.model.network, self.stacked
        out: dict[str, float] = {}
        for i, name in enumerate(network.names):
            out[f"level_{name}"], out[f"tau_{name}"] = draws.level[k, i], 1.0 / draws.tempo[k, i]
            if not network.rules[name].is_input and self.draws[0].wiring.owner[i] < 0:
                out[f"gain_{name}"], out[f"anchor_{name}"] = draws.gain[k, i], 1.0 / draws.inverse[k, i]
        for e, edge in enumerate(network.edges):
            out[_strength(edge.source, edge.target)] = abs(draws.weight[k, e])
        for c in range(self.layout.node.size):
            for j, letter in enumerate("pqr"):
                out[f"curve_{c}_{letter}"] = draws.curve[k, 3 * c + j]
        out["estrogen_without"] = draws.without[k]
        out |= {f"healthy_{name}": value for name, value in zip(QUANTITIES, draws.healthy[k], strict=True)}
        return {name: float(value) for name, value in (out | cell_numbers(draws.parameters[k])).items()}

    def starts(self, k: int) -> dict[str, float]:
        """Return the healthy state of draw k, symbol to value."""
        return dict(zip(self.symbols, healthy_states(self.stacked)[k].tolist(), strict=True))

    def equations(self, stretches: Sequence[Stretch], title: str = "") -> Equations:
        """Return the equations under what is done.

        Parameters
        ----------
        stretches
            What is done, from day 0 on.
        title
            A line for people.

        Returns
        -------
        Equations
            With one event for every later stretch.

        Raises
        ------
        ModelError
            When two nodes would share a symbol.
        """
        doing = Deeds(self.symbols, stretches)
        given = frozenset(doing.drugs)
        defined = {**self._rules(), **self._joints(doing), **cell_definitions(given), **measured(self.model)}
        first = stretches[0].jump
        starts = {**self.starts(0), **{self.symbols[i]: value for i, value in first.items()}}
        rates = {**self._node_rates(doing), **cell_rates(given)}
        nodes = {node.name: node for node in self.model.network.nodes}
        states = []
        for name, rate in rates.items():
            node = nodes.get(name)
            labels = (node.label_en, node.label_zh, node.identifier) if node else (name.replace("_", " "), "", "")
            states.append(State(name, starts[name], doing.freed(name, rate), *labels))
        states += [State(name, doing.first[name], rate, name.replace("_", " ")) for name, rate in doing.drugs.items()]
        numbers = {**self.numbers(0), **{n: v for n, v in doing.first.items() if n not in doing.drugs}}
        return Equations("remodelsim", title or "remodelsim", tuple(states), numbers, defined, doing.events())

    def _rules(self) -> dict[str, Term]:
        """Return B(w x) of every node that follows a rule, put into [0, 1]."""
        network, owner = self.model.network, self.draws[0].wiring.owner
        return {
            f"rule_{name}": at_most(at_least(_product(network.rules[name].expr, name), 0.0), 1.0)
            for i, name in enumerate(network.names)
            if not network.rules[name].is_input and owner[i] < 0
        }

    def _joints(self, doing: Deeds) -> dict[str, Term]:
        """Return the modulators, and estrogen as the cells feel it."""
        products = {name: doing.number(f"factor_{name}") for name in MODULATORS}
        pairs = zip(self.layout.node.tolist(), self.layout.modulator.tolist(), strict=True)
        for c, (node, modulator) in enumerate(pairs):
            x, name = symbol(self.symbols[node]), MODULATORS[modulator]
            if node == self.layout.estrogen and self.draws[0].wiring.without > 0.0:
                # estrogen cannot be lost by more than all of it
                x = at_most(x, symbol("estrogen_without"))
            p, q, r = (symbol(f"curve_{c}_{letter}") for letter in "pqr")
            products[name] = products[name] * ((p + q * x) / (1.0 + r * x))
        sensor = self.symbols[self.layout.estrogen]
        without = symbol("estrogen_without")
        felt = (symbol(sensor) - without) / (symbol(f"level_{sensor}") - without)
        return {**{f"mod_{n}": t for n, t in products.items()}, "estrogen_felt": at_least(felt, LEAST_ESTROGEN)}

    def _node_rates(self, doing: Deeds) -> dict[str, Term]:
        out = {}
        for i, name in enumerate(self.model.network.names):
            alpha, beta = doing.number(f"alpha_{name}"), doing.number(f"beta_{name}")
            asked = doing.on_course(name, self._asked(i, name))
            out[name] = (_plus(alpha, _times(beta, asked)) - symbol(name)) / symbol(f"tau_{name}")
        return out

    def _asked(self, i: int, name: str) -> Term:
        """Return what node i is asked for before compounds act."""
        level, owner = symbol(f"level_{name}"), int(self.draws[0].wiring.owner[i])
        if owner >= 0:
            quantity = QUANTITIES[owner]
            up = level * at_least(symbol(CELL_SYMBOLS[owner] if owner < CELLS else quantity), 0.0)
            return up / (up + (1.0 - level) * symbol(f"healthy_{quantity}"))
        if self.model.network.rules[name].is_input:
            return level
        b, anchor, gain = symbol(f"rule_{name}"), symbol(f"anchor_{name}"), symbol(f"gain_{name}")
        if self.draws[0].constants.level[i] == 0.0:
            return at_most(b / anchor, 1.0)
        up = anchor * b**gain
        return up / ((1.0 - b) ** gain + up)


def exported(model: Model, do: str = "", days: float = 1825.0) -> Equations:
    """Return the equations of a model in the reference draw.

    Parameters
    ----------
    model
        The model.
    do
        What is done, such as ``menopause=on & Denosumab=60mg``; nothing by default.
    days
        Until when it is done: doses are events of their own or inflows.

    Returns
    -------
    Equations
        The equations.

    Raises
    ------
    ScenarioError
        When `days` is no time, or what is done contradicts itself.
    UnknownNameError
        When a name is unknown.
    """
    if not (math.isfinite(days) and 0.0 < days <= LONGEST_DAYS):
        raise ScenarioError(f"{days:g} days make no sense", allowed=["above 0 to 100 y"])
    reference = engine_of(model).reference
    stretches = ode_stretches(model, reference, protocol_of(model, do, where="do"), days)
    return Export(model, (reference,)).equations(stretches, f"remodelsim {VERSION}: {do or 'health'}")


def _strength(source: str, target: str) -> str:
    return f"strength_{source}_to_{target}"


def _product(expr: Expr, target: str) -> Term:
    """Return a rule in product logic at w x."""
    match expr.op:
        case "var":
            return symbol(_strength(expr.name, target)) * symbol(expr.name)
        case "not":
            return 1.0 - _product(expr.args[0], target)
        case "and":
            parts = [_product(part, target) for part in expr.args]
        case _:
            parts = [1.0 - _product(part, target) for part in expr.args]
    out = parts[0]
    for part in parts[1:]:
        out = out * part
    return out if expr.op == "and" else 1.0 - out


def _plus(one: Term, other: Term) -> Term:
    return other if one == term(0.0) else one + other


def _times(one: Term, other: Term) -> Term:
    return other if one == term(1.0) else one * other
