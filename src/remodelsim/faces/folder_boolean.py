"""Tables and pictures of attractors and activities by background, written whole or not at all."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..ground.errors import FileFormatError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..experiments.activity import Activity
    from ..experiments.landscape import Landscape
    from ..nouns.model import Model

ATTRACTORS, ACTIVITY = "attractors", "activity"


def write_backgrounds(
    folder: str, model: Model, places: Landscape, activity: Activity, language: str = "en"
) -> tuple[Path, ...]:
    """Write attractors and activities by background: a table and a picture each.

    Parameters
    ----------
    folder
        Where to; made when it is not there. Files of these names in it are replaced.
    model
        The model.
    places
        The attractors.
    activity
        The mean activities.
    language
        "en" or "zh", of the pictures.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    FileFormatError
        When the folder cannot be written; nothing of what was there is then changed.
    """
    from .plot.backgrounds import backgrounds_figure
    from .plot.landscape import landscape_figure
    from .plot.style import styled, usable_language

    target, spoken = Path(folder), usable_language(language)
    try:
        target.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target))
        try:
            (draft / f"{ATTRACTORS}.csv").write_text(_attractors_csv(places), encoding="utf-8", newline="\n")
            (draft / f"{ACTIVITY}.csv").write_text(_activity_csv(model, activity), encoding="utf-8", newline="\n")
            with styled(spoken):
                _save(landscape_figure(places, spoken), draft / ATTRACTORS)
                _save(backgrounds_figure(model, activity, spoken), draft / ACTIVITY)
            files = sorted(draft.iterdir())
            return tuple(file.replace(target / file.name) for file in files)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise FileFormatError(f"cannot write into '{target}' ({error.strerror or error})") from None


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path.with_suffix(".png"), metadata={"Software": "remodelsim"})
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None, "Creator": "remodelsim"})


def _attractors_csv(places: Landscape) -> str:
    header = ("background", "probability", "low", "high", "fixed", "bone", "builders", "breakers", "on", "moving")
    rows = []
    for place in places.places:
        state = place.end.state
        on = " ".join(name for name, value in state.items() if value == 1)
        moving = " ".join(name for name, value in state.items() if value is None)
        chance = [f"{p:.6g}" for p in (place.end.probability, place.end.low, place.end.high)]
        shares = [f"{share:.6g}" for share in (place.builders, place.breakers)]
        rows.append([place.background.name, *chance, int(place.end.fixed), place.verdict, *shares, on, moving])
    return _csv(header, rows)


def _activity_csv(model: Model, activity: Activity) -> str:
    rows = [["healthy sample", *(f"{value:.6g}" for value in activity.healthy)]]
    for background, mean in zip(activity.backgrounds, activity.mean, strict=True):
        rows.append([background.name, *(f"{value:.6g}" for value in mean)])
    return _csv(("background", *model.network.names), rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
