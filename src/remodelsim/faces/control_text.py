"""Solutions of control as text and JSON."""

from __future__ import annotations

from ..experiments.control import Solution, Steering
from ..experiments.networks import Setting
from .text import table


def steering_text(found: Steering, baseline: str, *, shown: int = 40) -> str:
    """Write what control found as text.

    Parameters
    ----------
    found
        The solutions.
    baseline
        What holds anyway.
    shown
        Largest number of solutions to write out.

    Returns
    -------
    str
        Headline, table and limits.
    """
    goals = [
        f"{g.readout.name}:{g.word}" if g.word.isalpha() else f"{g.readout.name}{g.word}{g.limit:g}"
        for g in found.goals
    ]
    count = len(found.solutions)
    head = f"{count} smallest set{'' if count == 1 else 's'} for {' and '.join(goals)}, against {baseline or 'health'}"
    base = ", ".join(f"{g.readout.name} {v:.3f}" for g, v in zip(found.goals, found.baseline, strict=True))
    lines = [head, f"without any of them: {base}", ""]
    if found.solutions:
        ode = found.solutions[0].ode_met is not None
        titles = ["do", *(f"{g.readout.name}" for g in found.goals), "change"]
        rows = [_row(solution, ode) for solution in found.solutions[:shown]]
        lines.append(table((*titles, "in the ODE") if ode else titles, rows))
        if count > shown:
            lines.append(f"... and {count - shown} more.")
    lines += ["", f"{found.tried} sets sampled, {found.screened} screened by the mean field."]
    if found.left:
        lines.append(f"{found.left} promising sets were left out by the limit --most: there may be more solutions.")
    return "\n".join(lines)


def _row(solution: Solution, ode: bool) -> list[str]:
    changes = ", ".join(
        f"{change:+.3f} ±{1.96 * error:.3f}" for change, error in zip(solution.changes, solution.errors, strict=True)
    )
    row = [" & ".join(solution.labels), *(f"{value:.3f}" for value in solution.values), changes]
    if ode:
        told = ", ".join(f"{change:+.3f}" for change in solution.ode)
        row.append(f"{'met' if solution.ode_met else 'not met'} ({told})")
    return row


def steering_json(found: Steering) -> dict[str, object]:
    """Return what control found in the form of ``control --json``.

    Parameters
    ----------
    found
        The solutions.

    Returns
    -------
    dict
        goals, baseline, solutions, tried, screened, left.
    """
    return {
        "goals": [{"readout": g.readout.name, "goal": g.word, "limit": g.limit} for g in found.goals],
        "baseline": dict(zip([g.readout.name for g in found.goals], found.baseline, strict=True)),
        "solutions": [
            {
                "do": list(s.labels),
                "values": list(s.values),
                "changes": list(s.changes),
                "errors": list(s.errors),
                "ode": list(s.ode),
                "ode_met": s.ode_met,
            }
            for s in found.solutions
        ],
        "tried": found.tried,
        "screened": found.screened,
        "left": found.left,
    }


def controls_text(setting: Setting, sets: list[list[str]], complete: bool, marker: str) -> str:
    """Write the sets that give all attractors of a plain network a marker.

    Parameters
    ----------
    setting
        The network.
    sets
        The smallest sets, as they are held.
    complete
        Whether these are proven to be all.
    marker
        What all attractors show then.

    Returns
    -------
    str
        Headline and one line per set.
    """
    count = len(sets)
    head = f"{count} smallest set{'' if count == 1 else 's'} of the {len(setting.names)} nodes to hold for {marker}"
    end = "These are all." if complete else "There may be others: the time was over."
    return "\n".join(
        [head, "", *(f"  {' & '.join(chosen) or '(nothing: it is so already)'}" for chosen in sets), "", end]
    )
