"""Texts that come with the package: styles and words of pages and reports."""

from __future__ import annotations

from importlib.resources import files


def asset_text(folder: str, name: str) -> str:
    """Return a text that comes with the package.

    Parameters
    ----------
    folder
        Where it lies, from the top of the package.
    name
        Name of the file.

    Returns
    -------
    str
        Its text; FileNotFoundError for one that does not come with the package.
    """
    return files("remodelsim").joinpath(folder, name).read_text(encoding="utf-8")
