"""How things are named, and how a wrong name finds the right one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from .errors import UnknownNameError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED = frozenset({"true", "false", "none", "and", "or", "not"})


def is_name(text: str) -> bool:
    """Tell whether `text` may name a node.

    Examples
    --------
    >>> is_name("IL6"), is_name("IL-6"), is_name("true")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and text.lower() not in RESERVED


def fold(text: str) -> str:
    """Reduce a name to what is compared: lower case without spaces, hyphens and underscores.

    Examples
    --------
    >>> fold("Vitamin K2") == fold("vitamin_k2")
    True
    """
    return re.sub(r"[\s_\-]+", "", text.casefold())


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate closest to `name`, or None when nothing is near.

    Examples
    --------
    >>> nearest("rnkl", ["OPG", "RANKL"])
    'RANKL'
    """
    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(fold(candidate), candidate)
    close = difflib.get_close_matches(fold(name), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def resolve(name: str, table: Mapping[str, str], *, kind: str, listing: str, where: str = "") -> str:
    """Look `name` up in `table` (folded spelling to canonical name).

    Parameters
    ----------
    name
        What was written.
    table
        Folded spellings (see `fold`) and the names they stand for.
    kind
        What is looked for ("node"), used in the message.
    listing
        The command that lists the valid names.
    where
        Place of the name, used in the message.

    Returns
    -------
    str
        The canonical name.

    Raises
    ------
    UnknownNameError
        When no spelling fits; names the nearest one.
    """
    found = table.get(fold(name))
    if found is not None:
        return found
    raise UnknownNameError(
        f"unknown {kind} '{name}'",
        where=where,
        nearest=_nearest_canonical(name, table),
        cure=f"List them with: {listing}",
    )


def _nearest_canonical(name: str, table: Mapping[str, str]) -> str | None:
    spelling = nearest(name, table)
    return None if spelling is None else table[spelling]
