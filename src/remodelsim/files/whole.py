"""Files that are there whole or not at all, at any moment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..ground.errors import FileFormatError


def check_target(path: str | Path, endings: Sequence[str] = ()) -> Path:
    """Refuse a file that cannot be written, before anything is computed.

    Parameters
    ----------
    path
        The file.
    endings
        How its name may end; anything by default.

    Returns
    -------
    Path
        The same file.

    Raises
    ------
    FileFormatError
        When its name ends otherwise, it is a folder, or its folder is not there.
    """
    target = Path(path)
    if endings and target.suffix.lower() not in endings:
        raise FileFormatError(f"'{target}' has no ending that tells what to write", allowed=endings)
    if target.is_dir():
        raise FileFormatError(f"'{target}' is a folder", cure="Name a file in it.")
    if not target.parent.is_dir():
        raise FileFormatError(f"no folder '{target.parent}'", cure="Make it first, or name another file.")
    return target


def put_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, at any moment.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    content
        Its bytes.

    Raises
    ------
    FileFormatError
        When it cannot be written; an older one is then still whole.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise FileFormatError(f"cannot write '{path}' ({error.strerror or error})") from None


def put_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 as `put_whole` does; lines end with a line feed everywhere.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    text
        What it says.

    Raises
    ------
    FileFormatError
        When it cannot be written; an older one is then still whole.
    """
    put_whole(path, text.encode("utf-8"))
