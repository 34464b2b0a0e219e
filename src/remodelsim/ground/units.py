"""Doses and times with units; kinds of dose never turn into each other."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from .errors import UnitError
from .names import nearest

HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.0
DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0

# unit: (kind of dose, canonical unit of the kind, factor to it)
_DOSE_UNITS: dict[str, tuple[str, float]] = {
    "uM": ("uM", 1.0),
    "nM": ("uM", 1e-3),
    "mM": ("uM", 1e3),
    "umol/L": ("uM", 1.0),
    "nmol/L": ("uM", 1e-3),
    "mmol/L": ("uM", 1e3),
    "mg/kg": ("mg/kg", 1.0),
    "ug/kg": ("mg/kg", 1e-3),
    "g/kg": ("mg/kg", 1e3),
    "mg": ("mg", 1.0),
    "ug": ("mg", 1e-3),
    "mcg": ("mg", 1e-3),
    "g": ("mg", 1e3),
}
KIND_NAMES = {"uM": "concentration in a dish", "mg/kg": "dose per animal weight", "mg": "human dose"}
_TIME_UNITS = {"h": 1.0 / HOURS_PER_DAY, "d": 1.0, "wk": 7.0, "mo": DAYS_PER_MONTH, "y": DAYS_PER_YEAR}
_TIME_ALIASES = {
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("wk", "w", "week", "weeks"), "wk"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("y", "yr", "year", "years"), "y"),
}
_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-zµμ][A-Za-zµμ/]*)?\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """A dose in the canonical unit of its kind.

    Parameters
    ----------
    value
        Amount, not negative, in `unit`.
    unit
        "uM" (in a dish), "mg/kg" (animals) or "mg" (humans).

    Raises
    ------
    UnitError
        When the value is negative or not finite, or the unit is not canonical.
    """

    value: float
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in KIND_NAMES:
            raise UnitError(f"'{self.unit}' is not a canonical dose unit", allowed=KIND_NAMES)
        if not math.isfinite(self.value) or self.value < 0.0:
            raise UnitError(f"a dose must be a number of 0 or more, not {self.value:g} {self.unit}")

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


def _split(text: str) -> tuple[float, str] | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    return float(match.group(1)), (match.group(2) or "").replace("µ", "u").replace("μ", "u")


def is_quantity(text: str) -> bool:
    """Tell whether `text` starts as a number, with or without a unit.

    Examples
    --------
    >>> is_quantity("10uM"), is_quantity("on")
    (True, False)
    """
    return _split(text) is not None


def parse_amount(text: str, *, where: str = "") -> Amount:
    """Read a dose such as ``10uM``, ``50 mg/kg`` or ``45 mg``.

    Parameters
    ----------
    text
        Number and unit.
    where
        Place of the text, used in messages.

    Returns
    -------
    Amount
        The dose in the canonical unit of its kind.

    Raises
    ------
    UnitError
        When there is no number, no unit, or an unknown unit, or the dose is negative.

    Examples
    --------
    >>> parse_amount("500 nM")
    Amount(value=0.5, unit='uM')
    """
    split = _split(text)
    if split is None:
        raise UnitError(f"'{text}' is not a dose", where=where, cure="Write a number and a unit, such as 10uM.")
    value, unit = split
    if not unit:
        raise UnitError(f"dose '{text.strip()}' has no unit", where=where, allowed=_DOSE_UNITS)
    known = {name.lower(): name for name in _DOSE_UNITS if name not in {"mM", "mmol/L"}} | {
        "mm": "mM",
        "mmol/l": "mmol/L",
    }
    name = unit if unit in _DOSE_UNITS else known.get(unit.lower())
    if name is None:
        raise UnitError(
            f"unknown dose unit '{unit}'", where=where, nearest=nearest(unit, _DOSE_UNITS), allowed=_DOSE_UNITS
        )
    canonical, factor = _DOSE_UNITS[name]
    try:
        return Amount(value * factor, canonical)
    except UnitError as error:
        raise error.at(where) from None


def parse_days(text: str | float, *, where: str = "") -> float:
    """Read a time as days: a plain number is days, or a number with h, d, wk, mo or y.

    Parameters
    ----------
    text
        Number, or number and unit.
    where
        Place of the text, used in messages.

    Returns
    -------
    float
        Time in days, not negative.

    Raises
    ------
    UnitError
        When it is no time, has an unknown unit, or is negative.

    Examples
    --------
    >>> parse_days("48h"), parse_days("2 y"), parse_days(180)
    (2.0, 730.0, 180.0)
    """
    if isinstance(text, str):
        split = _split(text)
        if split is None:
            raise UnitError(
                f"'{text}' is not a time", where=where, cure="Write days, or a number with h, d, wk, mo or y."
            )
        value, unit = split
    else:
        value, unit = float(text), "d"
    name = _TIME_ALIASES.get(unit.lower() or "d")
    if name is None:
        raise UnitError(f"unknown unit of time '{unit}'", where=where, allowed=_TIME_UNITS)
    days = value * _TIME_UNITS[name]
    if not math.isfinite(days) or days < 0.0:
        raise UnitError(f"a time must be 0 or later, not {text}", where=where)
    return days
