"""Whether the kernels for plain Boolean networks were compiled before, so that a first run can say so."""

from __future__ import annotations

from pathlib import Path

from .clauses import search


def compiled_before() -> bool:
    """Tell whether the cache of compiled kernels holds the search for trap spaces.

    Returns
    -------
    bool
        False on the first run of an installation.
    """
    return any(Path(search.stats.cache_path or "").glob("clauses.search-*.nbi"))
