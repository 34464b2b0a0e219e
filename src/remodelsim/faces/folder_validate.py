"""Writing a validation: JSON and a page, each put in its place whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..experiments.validate import Report
from ..ground.errors import FileFormatError
from .validate_page import page_html
from .validate_text import report_data


def check_target(path: str) -> None:
    """Refuse a file that cannot be written, before anything is computed.

    Raises
    ------
    FileFormatError
        When it is a folder, or its folder is not there.
    """
    target = Path(path)
    if target.is_dir():
        raise FileFormatError(f"'{target}' is a folder", cure="Name a file in it.")
    if not target.parent.is_dir():
        raise FileFormatError(f"no folder '{target.parent}'", cure="Make it first, or name another file.")


def write_json(report: Report, path: str) -> None:
    """Write a validation as JSON.

    Raises
    ------
    FileFormatError
        When the file cannot be written; an old one is then still whole.
    """
    _write(Path(path), json.dumps(report_data(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_page(report: Report, path: str) -> None:
    """Write the page of disagreements.

    Raises
    ------
    FileFormatError
        When the file cannot be written; an old one is then still whole.
    """
    _write(Path(path), page_html(report))


def _write(target: Path, text: str) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileFormatError(f"cannot write '{target}' ({error.strerror})") from None
