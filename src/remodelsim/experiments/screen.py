"""Screens: knock-outs, knock-ins and compounds against one baseline, and pairs against what both alone let expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..files.columns import Columns
from ..ground.errors import ScenarioError
from ..ground.markup import CLASSES, html_table
from ..nouns.assignment import protocol_of
from ..nouns.model import Model
from .axes import Axis
from .draws import engine_of
from .finding import Finding, finding_of
from .moves import ALL, Move, compound_moves, matrix_moves, node_moves, possible, with_pairs
from .readings import scale_of
from .runs import Progress
from .screen_work import ScreenWork
from .synergy import Synergy, synergy_of
from .trials import FINE, impossible
from .verdict import ARROWS
from .work import STATUS, Spread, here, run_work

Floats: TypeAlias = NDArray[np.float64]
_MOST_ROWS = 400


@dataclass(frozen=True)
class ScreenResult:
    """What a screen found.

    Attributes
    ----------
    work
        What was screened.
    columns
        Column to numbers, one row per sample.
    left_out
        Moves that cannot be done, and why.
    matrix
        The two axes of a dose matrix; None for other screens.
    notes
        Further columns of the table of effects by the name of a subject, such as its main route or its evidence.
    """

    work: ScreenWork
    columns: Columns
    left_out: tuple[str, ...] = ()
    matrix: tuple[Axis, Axis] | None = None
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """How many samples could not be computed."""
        return int((self.columns[STATUS] != FINE).sum())

    def note(self, move: Move) -> Mapping[str, str]:
        """Return the notes on a move that is no pair."""
        return self.notes.get(move.subjects[0], {}) if move.parts is None else {}

    def scale(self, formalism: str, readout: str) -> float:
        """Return the scale of a readout, to which 1 % refers."""
        model = self.work.model
        return scale_of(model, model.readout(readout), formalism, engine_of(model).reference)

    def values(self, formalism: str, readout: str) -> Floats:
        """Return a readout in every draw and move, shape (draws + 1, moves + 1); the reference and baseline first."""
        return self.columns[f"{formalism}.{readout}"].reshape(self.work.draws + 1, -1)

    @cached_property
    def findings(self) -> Mapping[tuple[str, str], tuple[Finding, ...]]:
        """(formalism, readout) to what every move does, in the order of the moves."""
        return {
            (formalism, readout): tuple(self._found(formalism, readout))
            for formalism in self.work.formalisms
            for readout in self.work.readouts
        }

    def _found(self, formalism: str, readout: str) -> list[Finding]:
        values, scale = self.values(formalism, readout), self.scale(formalism, readout)
        changes = values - values[:, :1]
        error = np.full(changes.shape[1], np.nan)
        if formalism == "boolean":
            # paired with a baseline under the same clock
            changes[0] = self.columns[f"boolean.{readout}.change"][: changes.shape[1]]
            error = self.columns[f"boolean.{readout}.error"][: changes.shape[1]]
        drawn = changes[1:] if formalism == "ode" else changes[:0]
        return [
            finding_of(self.work.moves[k], (readout, formalism), values[0, [0, k + 1]], c, drawn[:, k + 1], e, scale)
            for k, (c, e) in enumerate(zip(changes[0, 1:], error[1:], strict=True))
        ]

    @cached_property
    def synergies(self) -> Mapping[tuple[str, str], tuple[Synergy, ...]]:
        """(formalism, readout) to how far each pair lies from what both alone let expect."""
        pairs = [(k + 1, move) for k, move in enumerate(self.work.moves) if move.parts is not None]
        out: dict[tuple[str, str], tuple[Synergy, ...]] = {}
        for formalism, readout in self.findings if pairs else ():
            values, scale = self.values(formalism, readout), self.scale(formalism, readout)
            if formalism == "boolean":
                values = values[:1]
            error = self.columns.get(f"{formalism}.{readout}.error")
            seen = values[np.isfinite(values)]
            ratios = bool(seen.size) and seen.min() >= 0.0 and np.nanmin(values[:, 0], initial=np.inf) > 0.0
            out[formalism, readout] = tuple(
                synergy_of(move, values[:, _columns(move, k)], scale, _noise(error, move, k), ratios=bool(ratios))
                for k, move in pairs
            )
        return out

    def ranking(self) -> list[Move]:
        """Return the moves by their effect on the first readout: the largest one that half of the draws show first."""
        first = self.findings[self.work.formalisms[0], self.work.readouts[0]]
        return [finding.move for finding in sorted(first, key=lambda f: (-f.robust, f.move.name))]

    def _repr_html_(self) -> str:
        """Show the table of effects in notebooks."""
        header, rows = effect_table(self)
        return html_table(header, rows, CLASSES)


def _columns(move: Move, k: int) -> list[int]:
    """Return where the baseline, both parts and the pair stand."""
    first, second = move.parts or (-1, -1)
    return [0, first + 1, second + 1, k]


def _noise(error: Floats | None, move: Move, k: int) -> float:
    """Return the standard error of the excess of a pair, where it was sampled."""
    return 0.0 if error is None else float(np.sqrt(np.nansum(error[_columns(move, k)] ** 2)))


def effect_table(result: ScreenResult, most: int = _MOST_ROWS) -> tuple[list[str], list[list[str]]]:
    """Return the table of every move by readout.

    Parameters
    ----------
    result
        A screen.
    most
        Most rows, of the largest effects.

    Returns
    -------
    tuple
        Titles and rows: direction and size in each formalism with the share of draws that agree, then the notes.
    """
    works = [(f, r) for r in result.work.readouts for f in result.work.formalisms]
    extra = list(dict.fromkeys(key for told in result.notes.values() for key in told))
    header = ["move", *(f"{readout} {formalism}" for formalism, readout in works), *extra]
    place = {move.name: k for k, move in enumerate(result.work.moves)}
    rows = []
    for move in result.ranking()[:most]:
        cells = [_cell(result.findings[which][place[move.name]]) for which in works]
        notes = [result.note(move).get(key, "") for key in extra]
        rows.append([move.name, *cells, *notes])
    return header, rows


def short_table(result: ScreenResult, most: int) -> tuple[list[str], list[list[str]]]:
    """Return the table of effects for a terminal: one cell per readout, the last sign that of the second formalism.

    Parameters
    ----------
    result
        A screen.
    most
        Most rows.

    Returns
    -------
    tuple
        Titles and rows.
    """
    first, *others = result.work.formalisms
    place = {move.name: k for k, move in enumerate(result.work.moves)}
    rows = []
    for move in result.ranking()[:most]:
        cells = []
        for readout in result.work.readouts:
            found = [result.findings[f, readout][place[move.name]] for f in (first, *others)]
            signs = "".join(f" {ARROWS.get(one.direction, '?')[0]}" for one in found[1:])
            cells.append(_cell(found[0]) + signs)
        rows.append([move.name, *cells])
    return ["move", *result.work.readouts], rows


def _cell(found: Finding) -> str:
    if found.direction == "none":
        return "failed"
    share = "" if found.agreement is None else f" {found.agreement:.0%}"
    return f"{ARROWS[found.direction].split(' ')[0]} {100.0 * found.share:+.1f} %{share}"


SYNERGY_HEADER = (
    *("pair", "readout", "formalism", "scale", "effect"),
    *("Bliss expects", "beyond Bliss", "beyond HSA", "together"),
)


def synergy_rows(result: ScreenResult, most: int = 40) -> list[list[str]]:
    """Return the pairs that lie farthest from Bliss, as text.

    Parameters
    ----------
    result
        A screen of pairs or a dose matrix.
    most
        Most rows per readout and formalism.

    Returns
    -------
    list of list of str
        One cell per title of `SYNERGY_HEADER`; effects in % of the baseline (ratio) or of the readout's own
        scale (difference).
    """
    out = []
    for (formalism, readout), found in result.synergies.items():
        known = [s for s in found if np.isfinite(s.beyond_bliss)]
        for s in sorted(known, key=lambda s: -abs(s.beyond_bliss))[:most]:
            share = "" if s.agreement is None else f" ({s.agreement:.0%})"
            numbers = [f"{100.0 * v:+.1f} %" for v in (s.effect, s.expected, s.beyond_bliss, s.beyond_hsa)]
            out.append([s.move.name, readout, formalism, s.scale, *numbers, s.word + share])
    return out


def screen_of(
    model: Model,
    *,
    nodes: Sequence[str] = (),
    compounds: Sequence[str] = (),
    pairs: bool = False,
    doses: Sequence[str] = (),
    baseline: str = "",
    readouts: Sequence[str],
    day: float = 180.0,
    formalism: str = "both",
    draws: int = 0,
    seed: int = 1,
) -> tuple[ScreenWork, tuple[str, ...], tuple[Axis, Axis] | None]:
    """Make a screen ready to run.

    Parameters
    ----------
    model
        The model.
    nodes, compounds
        What is tried; ``all`` for all. All compounds where nothing is named.
    pairs
        Whether all pairs of these are tried too.
    doses
        Two compounds with doses, for a dose matrix instead.
    baseline
        What holds with and without.
    readouts
        What is read, in any spelling.
    day, formalism, draws, seed
        As in `ScreenWork`. Draws belong to the ODE; the Boolean model is sampled in the reference alone.

    Returns
    -------
    tuple
        The work, why moves were left out, and the axes of a dose matrix.

    Raises
    ------
    ScenarioError
        When the doses of a matrix cannot be given together, or there is nothing to pair.
    RemodelsimError
        When a name, a dose or a number is wrong.
    """
    names = tuple(dict.fromkeys(model.readout(name).name for name in readouts))
    without = protocol_of(model, baseline, where="baseline", circumstance=True)
    left: list[str] = []
    axes = None
    if doses:
        moves, axes = matrix_moves(model, doses)
        refused = next(
            (reason for move in moves if (reason := impossible(model, without.override(move.protocol), day))), ""
        )
        if refused:
            raise ScenarioError(refused, where=" & ".join(doses))
    else:
        chosen = compounds or (() if nodes else (ALL,))
        moves = [*(node_moves(model, nodes) if nodes else ()), *(compound_moves(model, chosen) if chosen else ())]
        moves, left = possible(model, moves, without, day)
        if pairs and len(moves) < 2:
            raise ScenarioError("a pair needs two", cure="Name at least two nodes or compounds, or all.")
        if pairs:
            moves, others = with_pairs(model, moves, without, day)
            left += others
    drawn = draws if formalism != "boolean" else 0
    work = ScreenWork(model, tuple(moves), without, names, day, formalism, drawn, seed)
    return work, tuple(left), axes


def screen(
    prepared: tuple[ScreenWork, tuple[str, ...], tuple[Axis, Axis] | None],
    folder: Path | None = None,
    *,
    chunk: int | None = None,
    spread: Spread = here,
    progress: Progress | None = None,
) -> ScreenResult:
    """Run a screen, or go on with one.

    Parameters
    ----------
    prepared
        As from `screen_of`.
    folder
        Where results are kept as they are finished; in memory alone by default.
    chunk, spread, progress
        As in `run_work`.

    Returns
    -------
    ScreenResult
        Every sample.

    Raises
    ------
    FileFormatError
        When the folder holds something else, or cannot be written; what is finished is kept.
    SolveError
        When worker processes are gone; what is finished is kept.
    """
    work, left, axes = prepared
    columns = run_work(work, folder, chunk=chunk or _usual(work), spread=spread, progress=progress)
    return ScreenResult(work, columns, left, axes)


def _usual(work: ScreenWork) -> int | None:
    """Return larger chunks for screens of many moves, so that the Boolean model runs many side by side."""
    return max(256, min(work.samples, 2_048)) if "boolean" in work.formalisms else None
