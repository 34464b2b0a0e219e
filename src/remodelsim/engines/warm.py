"""Whether the kernels were compiled before, so that a first run can say what it is waiting for."""

from __future__ import annotations

from pathlib import Path


def compiled_before() -> bool:
    """Tell whether the cache of compiled kernels holds the largest one.

    Returns
    -------
    bool
        False on the first run of an installation.
    """
    from .ode.system import rates

    # the integrator holds nearly all of the time that compiling takes; its kernels are cached beside the rates
    return any(Path(rates.stats.cache_path or "").glob("lane_queue.run_queue-*.nbi"))
