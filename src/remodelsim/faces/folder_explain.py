"""Writing the picture of an explanation, put in its place whole."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..experiments.explanation import Explanation
from ..files.whole import check_target
from ..ground.errors import FileFormatError
from ..nouns.model import Model

ENDINGS = (".png", ".svg")


def check_picture(path: str, readouts: Sequence[str]) -> None:
    """Refuse a picture that cannot be made, before anything is computed.

    Parameters
    ----------
    path
        Its file.
    readouts
        What is explained.

    Raises
    ------
    FileFormatError
        When the name ends otherwise than in .png or .svg, its folder is not there, or several readouts are asked for.
    """
    if Path(path).suffix not in ENDINGS:
        raise FileFormatError(f"'{path}' is no name of a picture", allowed=[f"a name ending in {e}" for e in ENDINGS])
    if len(readouts) > 1:
        raise FileFormatError("a picture shows one readout", cure="Ask for one --readout at a time.")
    check_target(path)


def write_picture(model: Model, explanation: Explanation, path: str, language: str) -> None:
    """Draw the explanation of its first readout.

    Parameters
    ----------
    model
        The model, for labels.
    explanation
        The explanation.
    path
        Its file; an old one is replaced.
    language
        "en" or "zh".

    Raises
    ------
    FileFormatError
        When the file cannot be written; an old one is then still whole.
    """
    from .plot.why import save_why

    target = Path(path)
    draft = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        save_why(model, explanation, next(iter(explanation.whys)), draft, language)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileFormatError(f"cannot write '{target}' ({error.strerror})") from None
