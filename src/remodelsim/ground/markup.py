"""Tables as HTML, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

CLASSES = {"▲": "up", "▼": "down", "met": "met", "符合": "met", "FAILED": "failed", "不符": "failed"}


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]], classes: Mapping[str, str] | None = None) -> str:
    """Write a table; cells are escaped, and a cell whose text starts with a key of `classes` gets that class.

    Parameters
    ----------
    header
        Titles of the columns.
    rows
        Cells.
    classes
        Start of a text to a CSS class.

    Returns
    -------
    str
        HTML.
    """
    known = classes or {}

    def cell(text: str) -> str:
        named = next((name for start, name in known.items() if text.startswith(start)), "")
        named = named or ("n" if re.fullmatch(r"[-+]?\d+(\.\d+)?", text) else "")
        return f"<td class='{named}'>{escape(text)}</td>" if named else f"<td>{escape(text)}</td>"

    head = "".join(f"<th scope='col'>{escape(title)}</th>" for title in header)
    body = "".join("<tr>" + "".join(cell(text) for text in row) + "</tr>" for row in rows)
    # a table that scrolls sideways must be reachable by keyboard
    return f"<div class='wrap' tabindex='0'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
