"""Tables of numbers by column: npz files whose bytes depend on the numbers alone, and CSV for everybody else."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import FileFormatError

Columns: TypeAlias = dict[str, NDArray[Any]]
_DIGITS = 9


def npz_bytes(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Return columns as an npz file; equal columns give equal bytes.

    Parameters
    ----------
    columns
        Name to numbers.

    Returns
    -------
    bytes
        What ``numpy.load`` reads.
    """
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **{name: np.ascontiguousarray(column) for name, column in columns.items()})
    return out.getvalue()


def read_npz(path: Path) -> Columns:
    """Read an npz file of numbers.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Name to numbers.

    Raises
    ------
    FileFormatError
        When it cannot be read, is torn, or holds anything but numbers.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise FileFormatError(f"'{path}' is torn or no table of numbers ({type(error).__name__})") from None


def csv_bytes(columns: Mapping[str, NDArray[Any]]) -> bytes:
    r"""Return columns as CSV, one row per sample; a number that is not there is an empty cell.

    Parameters
    ----------
    columns
        Name to numbers, all of one length.

    Returns
    -------
    bytes
        UTF-8, as ``pandas.read_csv`` reads it.

    Examples
    --------
    >>> csv_bytes({"dose": np.array([0.1, np.nan]), "status": np.array([0, 1])})
    b'dose,status\n0.1,0\n,1\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(_cell_of(column), column.tolist()) for column in columns.values()), strict=True))
    return out.getvalue().encode()


def _cell_of(column: NDArray[Any]) -> Callable[[Any], str]:
    return _number if column.dtype.kind == "f" else str


def _number(value: float) -> str:
    return f"{value:.{_DIGITS}g}" if np.isfinite(value) else ""
