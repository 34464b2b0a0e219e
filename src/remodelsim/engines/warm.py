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

    for kernel, module in ((replicate, "clock"), (jacobian, "system")):
        folder = Path(kernel.stats.cache_path)
        if not any(folder.glob(f"{module}.{kernel.__name__}-*.nbi")):
            return False
    return True
