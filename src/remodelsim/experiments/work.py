"""Work that is large: numbered samples, computed in chunks, by whoever has the time, kept as they are finished.

What is computed depends on the work alone: not on the number of threads or processes, not on the order in which
chunks are finished, not on how often it was stopped in between.
"""

from __future__ import annotations

import copyreg
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from ..files.columns import Columns
from ..files.store import joined, open_store
from ..ground.errors import ScenarioError, SolveError
from .runs import Progress, use_threads

Range: TypeAlias = tuple[int, int, int]
STATUS = "status"
USUAL_CHUNK = 256
MOST_SAMPLES = 50_000_000


class Work(Protocol):
    """Numbered samples. To be pickled it holds plain data only and makes everything else when it computes."""

    @property
    def samples(self) -> int:
        """How many samples there are; they are numbered from 0."""

    @property
    def identity(self) -> Mapping[str, object]:
        """Everything that the results depend on, as JSON values: the model's hash, the question, axes, seed ..."""

    def compute(self, first: int, stop: int) -> Columns:
        """Compute some samples.

        Parameters
        ----------
        first, stop
            The first one and the one after the last.

        Returns
        -------
        dict
            Column to numbers, one row per sample. The bytes depend on `first` and `stop` alone. A sample that cannot
            be computed has a `status` other than 0, and nan for what is not known.
        """


# takes work and (number, first, stop) of chunks; yields number and columns of each, in the order they are finished
Spread = Callable[[Work, Sequence[Range]], Iterator[tuple[int, Columns]]]


def here(work: Work, ranges: Sequence[Range]) -> Iterator[tuple[int, Columns]]:
    """Compute chunks in this process, one after the other.

    Parameters
    ----------
    work
        What is computed.
    ranges
        Number, first sample and the one after the last of each chunk.

    Yields
    ------
    tuple
        Number and columns of a chunk.
    """
    for number, first, stop in ranges:
        yield number, work.compute(first, stop)


def processes(count: int) -> Spread:
    """Return how chunks are computed by several processes, of one thread each.

    Parameters
    ----------
    count
        Number of processes.

    Returns
    -------
    callable
        A way to spread work.

    Raises
    ------
    ScenarioError
        When the number makes no sense.
    """
    if not 1 <= count <= 1024:
        raise ScenarioError(f"{count} worker processes make no sense", allowed=["1 to 1024"])

    def spread(work: Work, ranges: Sequence[Range]) -> Iterator[tuple[int, Columns]]:
        pool = ProcessPoolExecutor(min(count, len(ranges)), get_context("spawn"), _begin, (work,))
        try:
            told: dict[Future[Columns], int] = {
                pool.submit(_compute, first, stop): number for number, first, stop in ranges
            }
            for future in as_completed(told):
                yield told.pop(future), future.result()
        except BrokenProcessPool:
            raise SolveError(
                "a worker process was killed, perhaps because the memory was full",
                cure="What is finished is kept in the folder of -o: give the same command again, with fewer --workers.",
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return spread


class _Worker:
    """What a worker process works at."""

    work: Work


def _begin(work: Work) -> None:
    """Make a worker process ready; it ends with the one that started it, and leaves Ctrl-C to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_threads(1)
    _Worker.work = work
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def _compute(first: int, stop: int) -> Columns:
    return _Worker.work.compute(first, stop)


def run_work(
    work: Work,
    folder: Path | None = None,
    *,
    chunk: int | None = None,
    spread: Spread = here,
    progress: Progress | None = None,
) -> Columns:
    """Compute all samples of a work, or those that are missing in a folder.

    Parameters
    ----------
    work
        What is computed.
    folder
        Where results are kept as they are finished, and found again after a stop; in memory alone by default.
    chunk
        Samples per chunk; those of the folder, or a usual number, by default.
    spread
        Who computes: this process (`here`), several (`processes`), a cluster.
    progress
        Called with the number of samples just finished, or found to be finished already.

    Returns
    -------
    dict
        Column to numbers, in the order of the samples; the same bytes for every `spread` and after every stop.

    Raises
    ------
    ScenarioError
        When there are too many samples.
    FileFormatError
        When the folder holds something else, or cannot be written; what is finished is kept.
    SolveError
        When those who compute are gone; what is finished is kept.
    """
    if not 1 <= work.samples <= MOST_SAMPLES:
        raise ScenarioError(
            f"{work.samples} samples are too many", allowed=[f"1 to {MOST_SAMPLES}"], cure="Take fewer steps or draws."
        )
    told = progress or _silent
    if folder is None:
        size = chunk or USUAL_CHUNK
        starts = range(0, work.samples, size)
        ranges = [(k, first, min(first + size, work.samples)) for k, first in enumerate(starts)]
        found: dict[int, Columns] = {}
        for number, columns in spread(work, ranges):
            found[number] = columns
            told(_rows(columns))
        return joined([found[number] for number in sorted(found)])
    store = open_store(folder, work.identity, work.samples, chunk, USUAL_CHUNK)
    missing = store.missing()
    told(work.samples - sum(stop - first for _, first, stop in missing))
    if missing:
        for number, columns in spread(work, missing):
            store.put(number, columns)
            told(_rows(columns))
    return store.merge()


def _silent(steps: int) -> None:
    """Take note of progress that nobody asked for."""


def _rows(columns: Mapping[str, Any]) -> int:
    return len(next(iter(columns.values())))


def failed_samples(columns: Columns) -> int:
    """Count the samples that could not be computed."""
    return int((columns[STATUS] != 0).sum()) if STATUS in columns else 0


def _proxy(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(table)


def _reduced(proxy: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[dict[Any, Any]]]:
    return _proxy, (dict(proxy),)


# models hold their tables behind proxies, which pickle cannot carry to a worker by itself
copyreg.pickle(MappingProxyType, _reduced)
