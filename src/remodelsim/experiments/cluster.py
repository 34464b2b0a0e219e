"""Work on a Dask cluster (extra ``cluster``): chunks go out to its workers, and come back in any order.

The samples of a chunk are computed by the same operations wherever that happens, so the bytes are those of one
thread. A worker that dies has its chunks computed by the others; a cluster that dies leaves what is finished.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from ..files.columns import Columns
from ..ground.errors import ScenarioError, SolveError
from ..ground.version import VERSION
from .runs import use_threads
from .work import Range, Spread, Work

_TIMEOUT = 20.0
_CURE = "What is finished is kept in the folder of -o: give the same command again."
_ONE_AT_A_TIME = threading.Lock()


def cluster(address: str) -> Spread:
    """Return how chunks are computed by a Dask cluster.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://10.0.0.1:8786``. Its workers need remodelsim in this version, and are best
        started with one thread each.

    Returns
    -------
    callable
        A way to spread work.

    Raises
    ------
    ScenarioError
        When the address is none, or Dask is not installed.
    """
    if "://" not in address:
        raise ScenarioError(f"'{address}' is not the address of a cluster", cure="Write it as tcp://HOST:PORT.")
    try:
        import distributed
    except ImportError:
        raise ScenarioError(
            "--cluster needs Dask, which is not installed", cure="Install it: pip install 'remodelsim[cluster]'."
        ) from None

    def spread(work: Work, ranges: Sequence[Range]) -> Iterator[tuple[int, Columns]]:
        client = _connected(distributed, address)
        try:
            yield from _spread(distributed, client, work, ranges)
        finally:
            client.close(timeout=2)

    return spread


def _connected(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=_TIMEOUT, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise SolveError(
            f"no Dask scheduler answers at {address}", cure="Start one: dask scheduler, and dask worker ADDRESS."
        ) from None


def _spread(distributed: Any, client: Any, work: Work, ranges: Sequence[Range]) -> Iterator[tuple[int, Columns]]:
    # a task and not scattered data: where the worker that holds it dies, another makes it again
    held = client.submit(_held, work, pure=False)
    told = {client.submit(_compute, held, VERSION, first, stop, pure=False): number for number, first, stop in ranges}
    try:
        for future in distributed.as_completed(list(told), loop=client.loop):
            columns = future.result()
            yield told.pop(future), columns
            future.release()
    except _losses(distributed) as error:
        raise SolveError(f"the cluster lost the work ({type(error).__name__})", cure=_CURE) from None


def _losses(distributed: Any) -> tuple[type[BaseException], ...]:
    """Return what Dask raises where its scheduler or too many of its workers are gone."""
    from concurrent.futures import CancelledError

    names = ("FutureCancelledError", "KilledWorker", "CommClosedError")
    homes = (distributed, distributed.client, distributed.comm, distributed.scheduler)
    found = {getattr(home, name) for home in homes for name in names if hasattr(home, name)}
    return (*found, CancelledError, OSError, TimeoutError)


def _held(work: Work) -> Work:
    """Return the work as a worker holds it."""
    return work


def _compute(work: Work, version: str, first: int, stop: int) -> Columns:
    """Compute a chunk on a worker."""
    if version != VERSION:
        raise SolveError(
            f"the cluster runs remodelsim {VERSION}, not {version}", cure="Install the same version there."
        )
    # what works keep between chunks is not meant for several threads
    with _ONE_AT_A_TIME:
        use_threads(1)
        return work.compute(first, stop)
