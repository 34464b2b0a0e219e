"""Whether the kernels were compiled before, so that a first run can say what it is waiting for."""

from __future__ import annotations

from pathlib import Path


def compiled_before() -> bool:
    """Tell whether the cache of compiled kernels holds the two large ones.

    Returns
    -------
    bool
        False on the first run of an installation.
    """
    from .boolean.clock import replicate
    from .ode.system import jacobian

    kernels = ((replicate.stats.cache_path, "clock.replicate"), (jacobian.stats.cache_path, "system.jacobian"))
    return all(any(Path(folder or "").glob(f"{name}-*.nbi")) for folder, name in kernels)
