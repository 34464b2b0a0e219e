"""Where the models and scenarios lie: a folder of the user's, the installed package, or a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from .errors import FileFormatError

KINDS = ("models", "scenarios")


def data_root(kind: str, folder: str | Path | None = None) -> Traversable:
    """Return the folder that holds the data of one kind.

    Parameters
    ----------
    kind
        "models" or "scenarios".
    folder
        A folder of the user's own that takes the place of the shipped one.

    Returns
    -------
    Traversable
        `folder`, else the data installed with the package, else those of the checkout.

    Raises
    ------
    FileFormatError
        When none of the three places holds them.
    """
    if folder is not None:
        own = Path(folder)
        if own.is_dir():
            return own
        raise FileFormatError(
            f"no folder '{own}' with {kind}", cure=f"Give a folder laid out like the shipped {kind}/."
        )
    checkout = Path(__file__).resolve().parents[3] / kind
    if (checkout.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    installed = files("remodelsim") / "_data" / kind
    if installed.is_dir():
        return installed
    raise FileFormatError(f"cannot find {kind}/ in {installed} nor in {checkout}", cure="Install remodelsim again.")
