"""From a protocol to what the engines do: stretches of time in which nothing is switched."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..engines.boolean.clock import Stretch as BooleanStretch
from ..engines.ode.averaging import exact_from
from ..engines.ode.cell_steady import parameter_vector
from ..engines.ode.cells import DRUGS, MODULATORS
from ..engines.ode.course import Stretch
from ..engines.ode.dosing import SHORTEST_EXACT_PERIOD, Doses, regimen, segments, steady
from ..engines.ode.system import CELLS, QUANTITIES, Doing
from ..ground.errors import ScenarioError
from ..ground.units import DAYS_PER_YEAR, Amount
from ..nouns.cells import Exposure
from ..nouns.compound import Compound
from ..nouns.intervention import Action, Clamp, Course, Dosing, Protocol
from ..nouns.model import Model
from ..nouns.regimen import check_regimens
from .draws import Draw

Floats = NDArray[np.float64]
# a quantity of the cell layer that is held "on" stands at most at this multiple of its healthy value
MOST_TIMES_HEALTHY = 4.0
FLUXES = {"formation_hip": "form", "resorption_hip": "res"}
# compound, node and sign of an action that is left out; node "" and sign 0 for its drug in the cell layer
Off = frozenset[tuple[str, str, int]]
NOTHING_OFF: Off = frozenset()


def _active(protocol: Protocol, day: float) -> list[Action]:
    return [action for action in protocol if action.span.start <= day < action.span.stop]


def affine(
    model: Model, draw: Draw, given: Iterable[tuple[Compound, Amount]], formalism: str, off: Off = NOTHING_OFF
) -> tuple[Floats, Floats]:
    """Return alpha and beta by which compounds change what nodes ask for: G' = alpha + beta G.

    Activations come first (G' = 1 - (1 - G)(1 - s o)), then inhibitions (G' = G (1 - s o)).

    Parameters
    ----------
    model, draw
        The model and the draw, for the potencies.
    given
        Compounds and their doses.
    formalism
        "ode" or "boolean"; effects of the other one are left out.
    off
        Actions that are left out.

    Returns
    -------
    tuple of ndarray, shape (n,)
        alpha and beta.
    """
    n = len(model.network.nodes)
    alpha, beta = np.zeros(n), np.ones(n)
    acting: list[tuple[int, int, float]] = []
    for compound, amount in given:
        for k, effect in enumerate(compound.effects):
            if effect.formalism in {"both", formalism} and (compound.name, effect.node, effect.sign) not in off:
                stronger = draw.potency.get((compound.name, k), 1.0)
                share = effect.strength * effect.occupancy(Amount(amount.value / stronger, amount.unit))
                acting.append((effect.sign, model.network.index[effect.node], share))
    for sign, i, share in sorted(acting, key=lambda row: -row[0]):
        alpha[i], beta[i] = alpha[i] * (1.0 - share) + (share if sign > 0 else 0.0), beta[i] * (1.0 - share)
    return alpha, beta


def drug_doses(model: Model, protocol: Protocol, horizon: float, off: Off = NOTHING_OFF) -> list[list[Doses]]:
    """Return the doses of every drug of the cell layer, channel by channel.

    Parameters
    ----------
    model
        The model, for exposures.
    protocol
        What is given.
    horizon
        Last day.
    off
        Actions that are left out.

    Returns
    -------
    list of list of Doses
        One list per entry of `DRUGS`.

    Raises
    ------
    ScenarioError
        When a drug is given in another unit than its own, or the cell preset does not know it.
    """
    check_regimens(protocol, model.compounds)
    out: list[list[Doses]] = [[] for _ in DRUGS]
    for action in protocol:
        if not isinstance(action, Dosing) or (action.compound, "", 0) in off:
            continue
        pharmacology = model.compounds[action.compound].pharmacology
        if pharmacology is None or action.amount.value == 0.0 or action.span.start >= horizon:
            continue
        if action.amount.unit != pharmacology.unit:
            raise ScenarioError(f"{action.compound} is given in {pharmacology.unit}, not in {action.amount.unit}")
        exposure = exposure_of(model, action.compound)
        if exposure is None:
            raise ScenarioError(f"cell preset {model.cells.name} knows no drug for {action.compound}")
        stop = min(action.span.stop, horizon + pharmacology.every_d)
        every = action.every_d or pharmacology.every_d
        rise = exposure.scale * action.amount.value
        times = (every, action.span.start, stop)
        if exposure.flows:
            doses = steady(rise, exposure.decay, *times)
        else:
            exact = every >= SHORTEST_EXACT_PERIOD or every >= exact_period(model, exposure)
            doses = regimen(rise, exposure.decay, *times, exact=exact)
        out[DRUGS.index(pharmacology.drug)].append(doses)
    return out


def exact_period(model: Model, exposure: Exposure) -> float:
    """Return the period from which on single doses of a drug are followed; more frequent ones are averaged.

    Parameters
    ----------
    model
        The model, for the equations of its cells.
    exposure
        The drug.

    Returns
    -------
    float
        Days: the shortest period at which some weeks of averaged doses are not those of single ones.
    """
    values = {**model.cells.values(), "signal_direct": 1.0, "estrogen_share": 0.0}
    numbers = tuple(parameter_vector(values).tolist())
    return exact_from(numbers, exposure.channel, exposure.scale * exposure.dose, exposure.decay)


def exposure_of(model: Model, compound: str) -> Exposure | None:
    """Return how doses of a compound become a level of the cell layer; None where its preset knows no such drug.

    Parameters
    ----------
    model
        The model.
    compound
        Name of a compound.

    Returns
    -------
    Exposure or None
        That of the drug of this name, else the first of its channel.
    """
    pharmacology = model.compounds[compound].pharmacology
    channel = pharmacology.drug if pharmacology else None
    return next(
        (e for e in model.cells.exposures if e.drug == compound.lower()),
        next((e for e in model.cells.exposures if e.channel == channel), None),
    )


def ode_stretches(
    model: Model, draw: Draw, protocol: Protocol, horizon: float, off: Off = NOTHING_OFF
) -> tuple[Stretch, ...]:
    """Cut a protocol into stretches for the ODE.

    Parameters
    ----------
    model, draw
        The model and the draw.
    protocol
        What is done.
    horizon
        Last day.
    off
        Actions that are left out.

    Returns
    -------
    tuple of Stretch
        From day 0 to the horizon.
    """
    by_drug = drug_doses(model, protocol, horizon, off)
    flat = [doses for column in by_drug for doses in column]
    breaks = [t for t in protocol.times() if 0.0 < t < horizon]
    cuts = segments(flat or [Doses(0.0)], 0.0, horizon, breaks)
    out = []
    for k in range(cuts.edges.size - 1):
        start, stop = float(cuts.edges[k]), float(cuts.edges[k + 1])
        drug = np.zeros((len(DRUGS), 3))
        column = 0
        for channel, doses in enumerate(by_drug):
            for _ in doses:
                _add_drug(drug[channel], cuts.start[k, column], cuts.decay[column], cuts.rate[k, column])
                column += 1
        out.append(_stretch(model, draw, (_active(protocol, start), off), drug, start, stop))
    return tuple(out)


def _add_drug(row: Floats, level: float, decay: float, rate: float) -> None:
    """Add one drug to its channel; two drugs of one channel must wash out alike to share an equation."""
    if level == 0.0 and rate == 0.0:
        return
    if row[1] not in {0.0, decay}:
        raise ScenarioError("two drugs of the same kind that wash out differently cannot be given together")
    row += (level, 0.0, rate)
    row[1] = decay


def _stretch(
    model: Model, draw: Draw, done: tuple[Sequence[Action], Off], drug: Floats, start: float, stop: float
) -> Stretch:
    active, off = done
    n = len(model.network.nodes)
    given = [(draw.compounds[a.compound], a.amount) for a in active if isinstance(a, Dosing)]
    alpha, beta = affine(model, draw, given, "ode", off)
    held, factor = np.zeros(n + CELLS, np.int64), np.ones(len(MODULATORS))
    onset, decline, jump = np.zeros(n), np.zeros(n), {}
    for action in active:
        if isinstance(action, Course):
            i = model.network.index[action.node]
            onset[i], decline[i] = action.span.start, model.cells.values()["tau_e"] * DAYS_PER_YEAR
        elif isinstance(action, Clamp):
            i = model.network.index[action.node]
            if action.yields and draw.wiring.owner[i] < 0:
                alpha[i], beta[i] = alpha[i] + beta[i] * action.level, 0.0
                continue
            held[i], jump[i] = 1, action.level
            if draw.wiring.owner[i] >= 0:
                _hold_cells(draw, i, action.level, held, factor, jump)
    return Stretch(start, stop, Doing(held, alpha, beta, onset, decline, factor, drug, start), jump)


def times_healthy(level: float, healthy: float) -> float:
    """Return the multiple of health at which the quantity behind a node stands when the node is held at `level`.

    Parameters
    ----------
    level, healthy
        Activities of the node: as held, and in health.

    Returns
    -------
    float
        The ratio of their odds, at most `MOST_TIMES_HEALTHY`.

    Examples
    --------
    >>> times_healthy(0.5, 0.5), times_healthy(1.0, 0.5), times_healthy(0.0, 0.5)
    (1.0, 4.0, 0.0)
    """
    odds = level / (1.0 - level) * (1.0 - healthy) / healthy if level < 1.0 else math.inf
    return min(odds, MOST_TIMES_HEALTHY)


def _hold_cells(
    draw: Draw, i: int, level: float, held: NDArray[np.int64], factor: Floats, jump: dict[int, float]
) -> None:
    """Hold the quantity behind a node that the cell layer owns."""
    n, owner, healthy = draw.constants.level.size, int(draw.wiring.owner[i]), float(draw.constants.level[i])
    times = times_healthy(level, healthy)
    if owner < CELLS:
        held[n + owner], jump[n + owner] = 1, times * float(draw.wiring.healthy[owner])
    elif QUANTITIES[owner] in FLUXES:
        factor[MODULATORS.index(FLUXES[QUANTITIES[owner]])] *= times


def boolean_stretches(
    model: Model, draw: Draw, protocols: Sequence[Protocol], marks: Sequence[float], off: Off = NOTHING_OFF
) -> tuple[BooleanStretch, ...]:
    """Cut several protocols (lanes) into stretches for the Boolean model.

    Parameters
    ----------
    model, draw
        The model and the draw.
    protocols
        One per lane.
    marks
        Days at which stretches end, ascending, from above 0 to the horizon; every switch must be among them.
    off
        Actions that are left out.

    Returns
    -------
    tuple of BooleanStretch
        One per mark.
    """
    out = []
    start = 0.0
    for stop in marks:
        rows = [_lane(model, draw, (protocol, off), start, stop) for protocol in protocols]
        out.append(BooleanStretch(np.stack([a for a, _ in rows]), np.stack([b for _, b in rows]), stop - start))
        start = stop
    return tuple(out)


def _lane(model: Model, draw: Draw, done: tuple[Protocol, Off], start: float, stop: float) -> tuple[Floats, Floats]:
    active, off = _active(done[0], start), done[1]
    given = [(draw.compounds[a.compound], a.amount) for a in active if isinstance(a, Dosing)]
    alpha, beta = affine(model, draw, given, "boolean", off)
    for action in active:
        if isinstance(action, Course):
            i = model.network.index[action.node]
            years = ((start + stop) / 2.0 - action.span.start) / DAYS_PER_YEAR
            asked = draw.constants.level[i] / (1.0 + years / model.cells.values()["tau_e"])
            alpha[i], beta[i] = alpha[i] + beta[i] * asked, 0.0
    for action in active:
        if isinstance(action, Clamp):
            i = model.network.index[action.node]
            asked = alpha[i] + beta[i] * action.level if action.yields else action.level
            alpha[i], beta[i] = asked, 0.0
    return alpha, beta
