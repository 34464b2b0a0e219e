"""Boolean networks as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..experiments.attraction import FIXED, PERMISSIVE, Attraction
from ..experiments.network_screen import NetworkScreen
from ..experiments.networks import End, NetworkCourse
from ..experiments.pure import bone_word
from .text import table

_MOST_NAMES = 12
_WIDTH = 110
_HALF_WIDTH = 1.96
_KINDS = {PERMISSIVE: "smallest trap space", FIXED: "fixed point"}


def attraction_text(
    found: Attraction,
    ends: Sequence[End] = (),
    undecided: float = 0.0,
    *,
    shown: int = 20,
    nodes: Sequence[str] = (),
) -> str:
    """Write the attractors of a network as text.

    Parameters
    ----------
    found
        The attractors.
    ends
        How likely each is reached; empty where that was not asked for.
    undecided
        Share of trajectories that reached none of them.
    shown
        Largest number of attractors to write out.
    nodes
        Nodes to write; all by default.

    Returns
    -------
    str
        A headline, what all have in common, and what sets each apart.
    """
    states = found.listed()
    lines = [_headline(found)]
    written = set(nodes or found.names)
    common = {n: v for n, v in (states[0].items() if states else ()) if all(s[n] == v for s in states)}
    if len(states) > 1:
        lines += ["", "In all of them", *_values({n: v for n, v in common.items() if n in written})]
    for k, state in enumerate(states[:shown]):
        own = {n: v for n, v in state.items() if n in written and (len(states) == 1 or n not in common)}
        lines += ["", _title(k, found, state, ends), *_values(own)]
    if found.count > min(shown, len(states)):
        lines += ["", f"... and {found.count - min(shown, len(states))} more."]
    if undecided > 0.0005:
        lines += ["", f"{undecided:.1%} of the trajectories had reached none of them by the end."]
    return "\n".join(lines)


def _headline(found: Attraction) -> str:
    word = _KINDS.get(found.kind, "attractor")
    plural = "" if found.count == 1 else "s"
    fixed = "" if found.kind == FIXED else f", {found.fixed_points} of them single states"
    if found.complete:
        return f"{found.count} {word}{plural}{fixed}: these are all."
    return f"At least {found.count} {word}{plural}{fixed}. Whether there are others was not decided."


def _title(k: int, found: Attraction, state: Mapping[str, int | None], ends: Sequence[End]) -> str:
    moving = sum(v is None for v in state.values())
    what = "fixed point" if moving == 0 else f"{moving} nodes move"
    if found.states[k] > 1:
        what += f" through {found.states[k]:,.0f} states"
    bone = bone_word(state)
    chance = f", reached with probability {_share(ends[k])}" if ends else ""
    return f"#{k + 1}  {what}{f'; bone {bone}' if bone else ''}{chance}"


def _share(end: End) -> str:
    if end.low == end.high:
        return f"{end.probability:.4f}"
    return f"{end.probability:.4f} ({end.low:.4f} to {end.high:.4f})"


def _values(state: Mapping[str, int | None]) -> list[str]:
    lines = []
    for value, word in ((1, "on"), (0, "off"), (None, "moving")):
        names = [name for name, v in state.items() if v == value]
        if names:
            lines += _wrapped(word, names)
    return lines or ["  (nothing)"]


def _wrapped(word: str, names: Sequence[str]) -> list[str]:
    lines, line = [], f"  {word + ':':8s}"
    for name in names:
        if len(line) + len(name) + 1 > _WIDTH:
            lines.append(line)
            line = " " * 10
        line += f"{name} "
    return [*(text.rstrip() for text in lines), line.rstrip()]


def course_text(course: NetworkCourse, nodes: Sequence[str], *, shown: int = 5) -> str:
    """Write a course of a network as text.

    Parameters
    ----------
    course
        The course.
    nodes
        Nodes to show over time; for more than a few, the end alone is shown.
    shown
        Number of end states to write out.

    Returns
    -------
    str
        Table, and the likeliest states at the end.
    """
    places = [course.names.index(name) for name in nodes]
    unit = "time" if course.dynamics == "continuous" else "step"
    source = "exact, error below 1e-9" if course.exact else f"{course.copies:,} trajectories, 95 % intervals"
    head = f"Probability of being on, {course.dynamics} dynamics ({source})"
    if len(places) <= 6:
        rows = [[f"{t:g}", *(_cell(course, k, i) for i in places)] for k, t in enumerate(course.times)]
        body = table((unit, *nodes), rows)
    else:
        rows = [[name, _cell(course, -1, i)] for name, i in zip(nodes, places, strict=True)]
        body = table(("node", f"at {unit} {course.times[-1]:g}"), rows)
    lines = [head, "", body, "", f"States at {unit} {course.times[-1]:g}"]
    for end in course.ends[:shown]:
        on = [name for name, value in end.state.items() if value]
        more = f" and {len(on) - _MOST_NAMES} more" if len(on) > _MOST_NAMES else ""
        mark = " (fixed point)" if end.fixed else ""
        lines.append(f"  {_share(end)}  on: {' '.join(on[:_MOST_NAMES]) or 'nothing'}{more}{mark}")
    return "\n".join(lines)


def _cell(course: NetworkCourse, k: int, i: int) -> str:
    if course.exact:
        return f"{course.mean[k, i]:.4f}"
    half = (course.high[k, i] - course.low[k, i]) / 2.0
    return f"{course.mean[k, i]:.4f} ±{half:.4f}"


def attraction_json(found: Attraction, ends: Sequence[End], undecided: float) -> dict[str, object]:
    """Return attractors in the form of ``attractors --json``.

    Parameters
    ----------
    found, ends, undecided
        As in `attraction_text`.

    Returns
    -------
    dict
        kind, count, fixed_points, complete, attractors.
    """
    rows: list[dict[str, object]] = []
    for k, state in enumerate(found.listed()):
        row: dict[str, object] = {"state": state, "states": found.states[k], "bone": bone_word(state) or None}
        if ends:
            row |= {"probability": ends[k].probability, "low": ends[k].low, "high": ends[k].high}
        rows.append(row)
    return {
        "kind": found.kind,
        "count": found.count,
        "fixed_points": found.fixed_points,
        "complete": found.complete,
        "undecided": undecided,
        "attractors": rows,
    }


def course_json(course: NetworkCourse, nodes: Sequence[str]) -> dict[str, object]:
    """Return a course in the form of ``simulate --json``.

    Parameters
    ----------
    course
        The course.
    nodes
        Nodes to give.

    Returns
    -------
    dict
        dynamics, exact, copies, times, nodes (mean, low, high), ends.
    """
    place = {name: course.names.index(name) for name in nodes}
    return {
        "dynamics": course.dynamics,
        "exact": course.exact,
        "copies": course.copies,
        "times": course.times.tolist(),
        "nodes": {
            name: {
                "mean": course.mean[:, i].tolist(),
                "low": course.low[:, i].tolist(),
                "high": course.high[:, i].tolist(),
            }
            for name, i in place.items()
        },
        "ends": [
            {"state": end.state, "probability": end.probability, "low": end.low, "high": end.high, "fixed": end.fixed}
            for end in course.ends
        ],
    }


def course_columns(course: NetworkCourse, nodes: Sequence[str]) -> dict[str, list[object]]:
    """Return a course as columns of a table: time, node, probability, low, high.

    Parameters
    ----------
    course
        The course.
    nodes
        Nodes to give.

    Returns
    -------
    dict
        Title to values.
    """
    out: dict[str, list[object]] = {"time": [], "node": [], "probability": [], "low": [], "high": []}
    for k, time in enumerate(course.times.tolist()):
        for name in nodes:
            i = course.names.index(name)
            values = (time, name, course.mean[k, i], course.low[k, i], course.high[k, i])
            for title, value in zip(out, values, strict=True):
                out[title].append(value)
    return out


def screen_text(found: NetworkScreen, scenarios: Sequence[Mapping[str, float]], nodes: Sequence[str]) -> str:
    """Write a screen as a table, the largest change of the first node on top.

    Parameters
    ----------
    found
        The screen, read at its last time.
    scenarios
        What each scenario holds; the first one is the baseline.
    nodes
        What is read.

    Returns
    -------
    str
        One row per scenario with paired differences and their 95 % intervals.
    """
    places = [found.names.index(name) for name in nodes]
    order = sorted(range(1, len(scenarios)), key=lambda s: -abs(float(found.change[-1, s, places[0]])))
    rows = [
        [
            _held(scenarios[s]),
            *(f"{found.change[-1, s, i]:+.4f} ±{_HALF_WIDTH * found.change_error[-1, s, i]:.4f}" for i in places),
        ]
        for s in order
    ]
    base = ", ".join(f"{name} {found.mean[-1, 0, i]:.4f}" for name, i in zip(nodes, places, strict=True))
    head = (
        f"Change of the probability of being on at time {found.times[-1]:g} ({found.runs:,} paired trajectories each)"
    )
    return f"{head}\nwithout any of them: {base}\n\n" + table(("held", *nodes), rows)


def screen_json(
    found: NetworkScreen, scenarios: Sequence[Mapping[str, float]], nodes: Sequence[str]
) -> dict[str, object]:
    """Return a screen in the form of ``simulate --screen --json``.

    Parameters
    ----------
    found, scenarios, nodes
        As in `screen_text`.

    Returns
    -------
    dict
        time, runs, baseline (node to probability), and scenarios (held, change, error).
    """
    place = {name: found.names.index(name) for name in nodes}
    rows = [
        {
            "held": dict(scenarios[s]),
            "change": {name: float(found.change[-1, s, i]) for name, i in place.items()},
            "error": {name: float(found.change_error[-1, s, i]) for name, i in place.items()},
        }
        for s in range(1, len(scenarios))
    ]
    baseline = {name: float(found.mean[-1, 0, i]) for name, i in place.items()}
    return {"time": float(found.times[-1]), "runs": found.runs, "baseline": baseline, "scenarios": rows}


def _held(scenario: Mapping[str, float]) -> str:
    return " & ".join(f"{name}={'on' if level else 'off'}" for name, level in scenario.items())
