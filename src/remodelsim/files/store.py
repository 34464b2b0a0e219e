"""Durable results: a folder that a computation may leave at any moment and come back to.

``manifest.json`` says what is computed; ``chunks/`` holds what is finished, each part put there whole by renaming; what
is merged in the end depends on the manifest alone. A chunk that a power cut has torn counts as not computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import FileFormatError
from .columns import Columns, npz_bytes, read_npz
from .whole import put_whole

MANIFEST = "manifest.json"
CHUNKS = "chunks"
MERGED = "results.npz"
_LARGEST_MANIFEST = 10_000_000
_MOST_DIFFERENCES = 3
_LONGEST_VALUE = 40


@dataclass(frozen=True)
class Store:
    """Results of one computation, in numbered chunks of samples.

    Parameters
    ----------
    folder
        Where they lie.
    samples
        How many samples there are in all.
    chunk
        Samples per chunk; chunk k holds samples k * chunk up to, but without, (k + 1) * chunk.

    Raises
    ------
    FileFormatError
        When a number makes no sense.
    """

    folder: Path
    samples: int
    chunk: int

    def __post_init__(self) -> None:
        if self.samples < 1 or self.chunk < 1:
            raise FileFormatError(f"{self.samples} samples in chunks of {self.chunk} make no sense")

    def ranges(self) -> list[tuple[int, int, int]]:
        """Return number, first sample and the one after the last of every chunk."""
        starts = range(0, self.samples, self.chunk)
        return [(k, first, min(first + self.chunk, self.samples)) for k, first in enumerate(starts)]

    def path(self, number: int) -> Path:
        """Return the file of a chunk."""
        return self.folder / CHUNKS / f"{number:07d}.npz"

    def missing(self) -> list[tuple[int, int, int]]:
        """Return the chunks that are still to be computed, as from `ranges`."""
        return [(k, first, stop) for k, first, stop in self.ranges() if self._get(k, stop - first) is None]

    def put(self, number: int, columns: Mapping[str, NDArray[Any]]) -> None:
        """Keep a chunk.

        Parameters
        ----------
        number
            Its number.
        columns
            Its columns, one row per sample.

        Raises
        ------
        FileFormatError
            When it cannot be written; the chunks before it are still there.
        """
        try:
            put_whole(self.path(number), npz_bytes(columns))
        except FileFormatError as error:
            if self.path(number).is_file():
                # another process works in this folder and was faster; its bytes are the same
                return
            done = sum(1 for k, *_ in self.ranges() if self.path(k).is_file())
            raise FileFormatError(
                error.what,
                cure=f"{done} finished chunks are kept: make room, and give the same command again to go on.",
            ) from None

    def _get(self, number: int, rows: int) -> Columns | None:
        """Return a chunk, or None when it is not there whole."""
        if not self.path(number).is_file():
            return None
        try:
            found = read_npz(self.path(number))
        except FileFormatError:
            return None
        whole = bool(found) and all(column.shape == (rows,) for column in found.values())
        return found if whole else None

    def chunks(self) -> Iterator[Columns]:
        """Yield all chunks in order.

        Raises
        ------
        FileFormatError
            When one is not there.
        """
        for k, first, stop in self.ranges():
            found = self._get(k, stop - first)
            if found is None:
                raise FileFormatError(f"chunk {k} is missing in '{self.folder}'", cure="Give the command again.")
            yield found

    def merge(self) -> Columns:
        """Join all chunks, write them as one table, and return it.

        Returns
        -------
        dict
            Column to numbers, in the order of the samples.

        Raises
        ------
        FileFormatError
            When a chunk is missing, or the table cannot be written.
        """
        merged = joined(list(self.chunks()))
        put_whole(self.folder / MERGED, npz_bytes(merged))
        # drafts of processes that were killed
        drafts = [*(self.folder / CHUNKS).glob(".*.npz.*"), *self.folder.glob(f".{MANIFEST}.*")]
        for draft in [*drafts, *self.folder.glob(f".{MERGED}.*")]:
            draft.unlink(missing_ok=True)
        return merged


def joined(chunks: list[Columns]) -> Columns:
    """Join chunks, in their order.

    Parameters
    ----------
    chunks
        At least one; all have the same columns.

    Returns
    -------
    dict
        Column to numbers.
    """
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def open_store(folder: Path, identity: Mapping[str, object], samples: int, chunk: int | None, usual: int) -> Store:
    """Make a results folder, or come back to one.

    Parameters
    ----------
    folder
        Where to; made when it is not there.
    identity
        What is computed: everything that the results depend on, as JSON values.
    samples
        How many samples there are.
    chunk
        Samples per chunk; None for those of the folder, or the usual number.
    usual
        The usual number.

    Returns
    -------
    Store
        The store, with everything in it that was finished before.

    Raises
    ------
    FileFormatError
        When the folder holds something else (says what differs), or cannot be written.
    """
    known = _manifest(folder)
    size = chunk or usual
    if known is not None and chunk is None and isinstance(known.get("chunk"), int):
        size = known["chunk"]
    wanted = json.loads(json.dumps({**identity, "samples": samples, "chunk": size}, allow_nan=False))
    if known is not None and known.get("kind") != wanted.get("kind"):
        raise FileFormatError(
            f"'{folder}' holds results of another kind ({_short(known.get('kind'))}, not {_short(wanted.get('kind'))})",
            cure="Choose another folder with -o, or delete that one.",
        )
    if known is not None and known != wanted:
        told = list(_differences(known, wanted))
        more = f"; and {len(told) - _MOST_DIFFERENCES} more" if len(told) > _MOST_DIFFERENCES else ""
        raise FileFormatError(
            f"'{folder}' holds another computation: {'; '.join(told[:_MOST_DIFFERENCES])}{more}",
            cure="Choose another folder with -o, or delete that one.",
        )
    store = Store(folder, samples, size)
    try:
        (folder / CHUNKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileFormatError(f"cannot make the folder '{folder}' ({error.strerror or error})") from None
    # written again even when it is there: a folder that nobody can write shows itself before anything is computed
    put_whole(folder / MANIFEST, (json.dumps(wanted, indent=1, ensure_ascii=False) + "\n").encode())
    return store


def _manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, None where there is nothing yet."""
    if folder.exists() and not folder.is_dir():
        raise FileFormatError(f"'{folder}' is a file, not a folder", cure="Choose another folder with -o.")
    path = folder / MANIFEST
    if not path.is_file():
        foreign = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
        # a draft of a manifest, or chunks of none, is what a kill in the first moment leaves
        foreign = [name for name in foreign if name != CHUNKS and not name.startswith(f".{MANIFEST}.")]
        if foreign:
            raise FileFormatError(
                f"'{folder}' is there and holds no manifest.json, but {', '.join(foreign[:_MOST_DIFFERENCES])}",
                cure="Choose another folder with -o, or move what is yours.",
            )
        return None
    try:
        text = path.read_bytes()[:_LARGEST_MANIFEST]
    except OSError as error:
        raise FileFormatError(f"cannot read '{path}' ({error.strerror or error})") from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FileFormatError(
            f"'{path}' is no manifest of remodelsim", cure="Choose another folder with -o, or delete that one."
        )
    return found


def _differences(there: object, here: object, name: str = "") -> Iterator[str]:
    """Yield in words what differs between two manifests."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys((*here, *there)):
            if there.get(key) != here.get(key):
                yield from _differences(there.get(key), here.get(key), f"{name}.{key}" if name else str(key))
        return
    words = _short(there), _short(here)
    yield f"{name} is {words[0]} there, {words[1]} here" if all(words) else f"{name} is not the same"


def _short(value: object) -> str:
    """Return a value in words, nothing where it is too long to be read."""
    if value is None:
        return "not given"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else ""
