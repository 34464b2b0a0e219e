"""Plain questions: what a claim asks of a simulator when its columns are read as they stand."""

from __future__ import annotations

from ..ground.errors import RemodelsimError
from ..ground.names import fold
from ..ground.units import is_quantity
from .evidence import Claim
from .holding import gaps_in
from .model import Model
from .question import OpenQuestion, make_question

_SIDES = ("baseline", "do", "expect")
# relation to what is done to the subject and what must follow for the object
_PLAIN = {
    "increases": ("on", "up"),
    "decreases": ("on", "down"),
    "required_for": ("off", "down"),
    "no_effect": ("on", "same"),
}
_OTHER = {"up": "down", "down": "up", "same": "same"}
_UNITS = {"umol/L": "uM", "mg/kg": "mg/kg"}


def own_question(claim: Claim) -> OpenQuestion | None:
    """Return the question that the table gives for a claim.

    Parameters
    ----------
    claim
        The claim.

    Returns
    -------
    OpenQuestion or None
        None where it gives none, or one that cannot be read.
    """
    return _made(claim, {side: claim.columns.get(side, "") for side in _SIDES})


def plain_question(model: Model, claim: Claim) -> OpenQuestion | None:
    """Return the question that follows from the columns of a claim.

    The subject is switched on (off where it is required, or where the claim is about its loss: condition ``X low``), or
    given at the dose of the claim; the object must rise, fall or stay. A condition counts where it is the name of a
    circumstance or of a node, or its loss (``X low``); a claim under any other condition has no plain question. Where
    the object has a copy in each kind of cell and the claim names one of them, that copy is read.

    Parameters
    ----------
    model
        The model that knows the names.
    claim
        The claim.

    Returns
    -------
    OpenQuestion or None
        None where the columns ask nothing.
    """
    if claim.relation not in _PLAIN:
        return None
    value, way = _PLAIN[claim.relation]
    baseline, condition = "", claim.columns.get("condition", "")
    if condition == f"{claim.subject} low":
        value, way = "off", _OTHER[way]
    elif condition.endswith(" low") and model.knows("node", condition.removesuffix(" low")):
        baseline = f"{condition.removesuffix(' low')}=off"
    elif condition and any(model.knows(kind, condition) for kind in ("background", "node")):
        baseline = f"{condition.replace(' ', '_')}=on"
    elif condition:
        return None
    dose, unit = claim.columns.get("dose", ""), _UNITS.get(claim.columns.get("unit", ""))
    if unit and value == "on" and is_quantity(f"{dose}{unit}"):
        value = f"{dose}{unit}"
    where = _cell(model, claim)
    texts = {
        "baseline": " & ".join(part for part in (baseline, f"cell={where}" if where else "") if part),
        "do": f"{claim.subject}={value}",
        "expect": f"{claim.object}:{way}",
    }
    return _made(claim, texts)


def _cell(model: Model, claim: Claim) -> str:
    """Return the cell that a claim names where its object has a copy in each; empty where it names none of them."""
    if not model.knows("readout", claim.object):
        return ""
    told = fold(claim.columns.get("system", ""))
    cells = model.readouts[model.find("readout", claim.object)].cells
    return max((cell for cell in cells if fold(cell) in told), key=len, default="")


def _made(claim: Claim, texts: dict[str, str]) -> OpenQuestion | None:
    if not texts["expect"]:
        return None
    try:
        kind = claim.columns.get("kind", "")
        return make_question(claim.id, texts, dict.fromkeys(_SIDES, claim.id), source=claim.source, kind=kind)
    except RemodelsimError:
        return None


def can_be_put(model: Model, question: OpenQuestion | None) -> bool:
    """Tell whether the model carries everything that a question names.

    Parameters
    ----------
    model
        The model.
    question
        The question, if there is one.

    Returns
    -------
    bool
        False where there is none, or where it contradicts itself.
    """
    if question is None:
        return False
    try:
        return not gaps_in(model, question, [r.name for d in model.disputes for r in d.readings])
    except RemodelsimError:
        return False


def plain_questions(model: Model) -> tuple[OpenQuestion, ...]:
    """Return the plain questions of all claims that can be modelled and carry no question of their own.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    tuple of OpenQuestion
        Those that can be put to the model, in the order of the claims.
    """
    made = (
        plain_question(model, claim)
        for claim in model.claims.values()
        if claim.columns.get("modelable") == "yes" and not claim.columns.get("expect")
    )
    return tuple(question for question in made if question is not None and can_be_put(model, question))
