"""Errors that help: where, what, what is allowed, the nearest valid name, the cure."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_LISTED = 12


def _listing(allowed: Iterable[str]) -> str:
    names = list(allowed)
    shown = ", ".join(names[:_MOST_LISTED])
    return f"{shown} and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else shown


def _one_line(text: str) -> str:
    """Write signs that would break or colour a line of a terminal as their escapes."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class RemodelsimError(Exception):
    """Base of every error that remodelsim raises on purpose.

    The message is one line made of up to five parts, so that a person can act on it at once.

    Parameters
    ----------
    what
        What is wrong, without a full stop.
    where
        File, line and column, or the name of the thing that is wrong.
    allowed
        What would have been accepted.
    nearest
        The valid name closest to the one that was given.
    cure
        What to do next, as a sentence.

    Examples
    --------
    >>> print(RemodelsimError("unknown node 'Rankl'", where="a.yaml:3:5", nearest="RANKL"))
    a.yaml:3:5: unknown node 'Rankl'. Did you mean 'RANKL'?
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        allowed: Iterable[str] = (),
        nearest: str | None = None,
        cure: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = tuple(allowed)
        self.nearest = nearest
        self.cure = cure
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [f"{self.where}: {self.what}." if self.where else f"{self.what}."]
        if self.nearest is not None:
            parts.append(f"Did you mean '{self.nearest}'?")
        if self.allowed:
            parts.append(f"Allowed: {_listing(self.allowed)}.")
        if self.cure:
            parts.append(self.cure)
        return _one_line(" ".join(parts))

    def at(self, where: str) -> RemodelsimError:
        """Return the same error, said to be at `where` (kept as it is when it already knows its place)."""
        if self.where:
            return self
        return type(self)(self.what, where=where, allowed=self.allowed, nearest=self.nearest, cure=self.cure)


class RuleError(RemodelsimError):
    """A Boolean rule that cannot be read or that breaks a law of rules."""


class ModelError(RemodelsimError):
    """Model data (nodes, edges, parameters, compounds ...) that contradict each other."""


class UnknownNameError(RemodelsimError):
    """A name that no node, compound, background, readout or scenario bears."""


class UnitError(RemodelsimError):
    """A quantity without a unit, with an unknown unit, or with a unit of another kind."""


class FileFormatError(RemodelsimError):
    """A file that cannot be read as what it claims to be."""


class ScenarioError(RemodelsimError):
    """A question that contradicts itself or cannot be asked."""


class SolveError(RemodelsimError):
    """A computation that could not be finished; no numbers are returned."""
