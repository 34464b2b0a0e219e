"""Comparing compounds: by which of its actions each works, along which chain, and how well that is founded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..nouns.evidence import GRADES
from ..nouns.intervention import Protocol
from ..nouns.model import Model
from ..nouns.readout import Readout
from .arms import OdeArms, states_of
from .arrows import Arrow, Steps, action_arrow
from .causes import Cause, Doing, doing_of
from .chains import strongest_chains
from .draws import engine_of
from .explanation import Route
from .linear import Linear, ode_linear
from .plan import ode_stretches
from .screen_work import ScreenWork
from .weighing import live

# a compound whose whole effect is smaller than this share of the readout's scale has no main route
_LEAST = 1e-4
_RANK = {grade: k for k, grade in enumerate(GRADES)}


@dataclass(frozen=True)
class MainRoute:
    """The action on which most of an effect hangs.

    Attributes
    ----------
    cause
        The action.
    goes
        Share of the effect that goes without it.
    route
        Its strongest chain to the readout.
    grade
        The best grade among the claims of the action; "assumption" without claims, "cell layer" for a drug that acts
        through the equations of the bone cells.
    claims
        Their ids.
    """

    cause: Cause
    goes: float
    route: Route
    grade: str
    claims: tuple[str, ...]

    def note(self) -> dict[str, str]:
        """Return it as columns of a table."""
        names = [self.route.start, *(f"{'→' if a.sign > 0 else '⊣'} {a.target}" for a in self.route.arrows)]
        return {
            "mainly by": f"{self.cause.text()} ({100 * self.goes:.0f} %)",
            "chain": " ".join(names),
            "grade": self.grade,
            "claims": " ".join(self.claims),
        }


def main_route(model: Model, without: Protocol, do: Protocol, readout: Readout, days: float) -> MainRoute | None:
    """Find the action on which most of an effect hangs, by switching each off in the reference draw of the ODE.

    Parameters
    ----------
    model
        The model.
    without, do
        Baseline, and what is done in addition.
    readout
        What is read.
    days
        When.

    Returns
    -------
    MainRoute or None
        None where nothing moves.

    Raises
    ------
    SolveError
        When an arm cannot be finished.
    """
    draw, doing = engine_of(model).reference, doing_of(model, without, do)
    causes = [doing.causes[k] for k in live(doing.causes, "ode")]
    if not causes:
        return None
    arms = OdeArms(model, (readout,), days)
    jobs = [doing.baseline(), doing.arm(), *(doing.arm([cause]) for cause in causes)]
    found = arms.read([(draw, arm) for arm in jobs])[:, 0]
    effect = float(found[1] - found[0])
    if not np.isfinite(effect) or abs(effect) < _LEAST:
        return None
    goes = (found[1] - found[2:]) / effect
    best = int(np.nanargmax(goes))
    route = _route(causes[best], _linear(model, doing, causes[best], readout, days), model)
    return MainRoute(causes[best], float(goes[best]), route, *_grade(model, causes[best]))


def _linear(model: Model, doing: Doing, cause: Cause, readout: Readout, days: float) -> Linear:
    draw = engine_of(model).reference
    arms = OdeArms(model, (readout,), days)
    names = model.network.names
    ends = [states_of(draw, names, c)[-1] for c in arms.courses(draw, [doing.baseline(), doing.arm()], (days,))]
    cut = [ode_stretches(model, draw, arm.protocol, days, arm.off)[-1] for arm in (doing.arm(), doing.arm([cause]))]
    return ode_linear(model, draw, readout, (ends[0], ends[1]), (cut[0], cut[1:]), days)


def _route(cause: Cause, linear: Linear, model: Model) -> Route:
    """Return the strongest chain of a cause; without steps where none is found."""
    hit = int(np.argmax(np.abs(linear.push[0])))
    chains = strongest_chains(linear, 0, 1)
    steps = Steps(model, engine_of(model).reference, "ode")
    arrows: list[Arrow] = []
    for chain in chains:
        hit = chain.states[0]
        for j, i in zip(chain.states, chain.states[1:], strict=False):
            arrows.append(steps.arrow(j, i, float(linear.gain[i, j]), 0.0))
    first = action_arrow(model, cause, 1.0, linear.names[hit])
    if first is not None:
        arrows.insert(0, replace(first, sign=1 if linear.push[0, hit] > 0.0 else -1))
    return Route(cause, tuple(arrows), 1.0)


def _grade(model: Model, cause: Cause) -> tuple[str, tuple[str, ...]]:
    claims = tuple(i for i in (cause.effect.claims if cause.effect else ()) if i in model.claims)
    if not claims:
        return ("assumption" if cause.effect else "cell layer"), ()
    return min((model.claims[i].grade for i in claims), key=lambda grade: _RANK.get(grade, len(_RANK))), claims


def compare_notes(work: ScreenWork) -> Mapping[str, Mapping[str, str]]:
    """Return the main route of every compound of a screen to its first readout, as columns of its table.

    Parameters
    ----------
    work
        The screen.

    Returns
    -------
    mapping
        Compound to title and text; compounds without an effect are not there.

    Raises
    ------
    SolveError
        When an arm cannot be finished.
    """
    model, out = work.model, {}
    readout = model.readout(work.readouts[0])
    for move in work.moves:
        if move.kind == "compound":
            found = main_route(model, work.baseline, move.protocol, readout, work.day)
            if found is not None:
                out[move.subjects[0]] = found.note()
    return out
