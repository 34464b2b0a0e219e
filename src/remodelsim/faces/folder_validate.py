"""Writing a validation: JSON and a page, each put in its place whole."""

from __future__ import annotations

import json
from pathlib import Path

from ..experiments.validate import Report
from ..files.whole import put_text
from .validate_page import page_html
from .validate_text import report_data


def write_json(report: Report, path: str) -> None:
    """Write a validation as JSON.

    Raises
    ------
    FileFormatError
        When the file cannot be written; an old one is then still whole.
    """
    put_text(Path(path), json.dumps(report_data(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_page(report: Report, path: str) -> None:
    """Write the page of disagreements.

    Raises
    ------
    FileFormatError
        When the file cannot be written; an old one is then still whole.
    """
    put_text(Path(path), page_html(report))
