"""The coupled equations side by side with libroadrunner, COPASI and CVODE, in one run, on the model that we export.

Usage: python benchmarks/ode_vs_peers.py [--environment DIR] [--samples N] [--rounds N] [--quick] [--readme]

Makes an environment of its own for the peers (in a temporary folder, or in DIR, where it is kept), writes the model as
SBML, and lets everybody solve it in turns: CPU time, one thread, the shortest of the rounds. Every tool runs at the
fastest of a grid of tolerances at which it misses the reference by less than TARGET. With --readme the table is
written into benchmarks/README.md.
"""

# ruff: noqa: INP001, T201, S603, E402, E501
from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import platform
import subprocess
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ode_tools import DAYS, Cvode, Ours, Peer, Problem, cost_of_drawing, cpu, problem_of

from remodelsim.engines.ode.cells import DRUGS
from remodelsim.engines.ode.course import Stretch
from remodelsim.engines.ode.dosing import regimen, segments
from remodelsim.engines.ode.ensemble import Sample, make_plan, run_samples
from remodelsim.engines.ode.system import Doing
from remodelsim.experiments.exported import Export
from remodelsim.experiments.plan import ode_stretches
from remodelsim.files.formats.sbml import write_sbml
from remodelsim.nouns.assignment import protocol_of
from remodelsim.nouns.equations import Equations, Event, Term, symbol

Floats = NDArray[np.float64]
PEERS = ("libroadrunner", "copasi-basico", "scikit-sundae")
# a hundredth of the change by which verdicts are told
TARGET = 1e-4
# at some of the others COPASI takes minutes
SHORT_GRID = [(rtol, rtol * share) for rtol in (1e-4, 1e-5, 1e-6) for share in (1e-2, 1e-4, 1e-6)]
# ours, libroadrunner and CVODE; COPASI does not find the courses of samples whose numbers are set from Python
SWEEPING = 3
GRID = [
    (rtol, rtol * share)
    for rtol in (3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)
    for share in (1e-1, 1e-2, 1e-4, 1e-6)
]
README = Path(__file__).parent / "README.md"
MARKS = ("<!-- ode: begin -->", "<!-- ode: end -->")


@dataclass
class Row:
    """One line of the table."""

    task: str
    tool: str
    seconds: float
    error: float
    remark: str = ""


def tuned(tool: Any, problem: Problem, reference: Floats, few: int) -> str:
    """Set the tolerances at which a tool is fastest among those that are good enough and finish a few samples."""
    good: list[tuple[float, float, float]] = []
    tool.tolerances(1e-6, 1e-11)
    tool.courses([0])
    for rtol, atol in SHORT_GRID if getattr(tool, "which", "") == "copasi" else GRID:
        try:
            tool.tolerances(rtol, atol)
            seconds, found = tool.courses([0])
        except Exception as error:  # noqa: BLE001  # some tolerances are too loose for some tools
            print(f"  {tool.name} at {rtol:g}, {atol:g}: {error}"[:160])
            continue
        if problem.miss(found[0], reference) < TARGET:
            good.append((seconds, rtol, atol))
    for _, rtol, atol in sorted(good):
        try:
            tool.tolerances(rtol, atol)
            tool.courses(range(1, 1 + few))
        except Exception as error:  # noqa: BLE001  # what does for one sample may be too loose for another
            print(f"  {tool.name} at {rtol:g}, {atol:g}, in the sweep: {error}"[:160])
            continue
        return f"rtol {rtol:g}, atol {atol:g}"
    raise RuntimeError(f"{tool.name} never comes within {TARGET:g}")


def single_and_sweep(tools: Sequence[Any], problem: Problem, rounds: int, few: int) -> list[Row]:
    """Measure one run, and many with numbers of their own."""
    reference = problem.exact(0)
    # only the first of them are swept
    told = {tool.name: tuned(tool, problem, reference, few if k < SWEEPING else 0) for k, tool in enumerate(tools)}
    checked = [problem.exact(k) for k in range(1, 9)]
    samples = len(problem.export.draws) - 1
    rows: dict[tuple[str, str], Row] = {}
    for _ in range(rounds):
        for tool in tools:
            seconds, found = tool.courses([0])
            _keep(
                rows, Row("one run of 5 years", tool.name, seconds, problem.miss(found[0], reference), told[tool.name])
            )
    for turn in range(max(rounds // 2, 1)):
        for tool in tools[:SWEEPING]:
            count = samples if isinstance(tool, Ours) else few
            seconds, found = tool.courses(range(1, 1 + count))
            error = max(problem.miss(one, other) for one, other in zip(found, checked, strict=False))
            remark = "" if count == samples else f"{count} samples, scaled"
            _keep(rows, Row(f"{samples} samples of it", tool.name, seconds * samples / count, error, remark))
            print(f"  sweep {turn} {tool.name}: {seconds / count * 1e3:.3g} ms each")
    return list(rows.values())


def _keep(rows: dict[tuple[str, str], Row], row: Row) -> None:
    """Keep the faster of two."""
    key = row.task, row.tool
    if key not in rows or row.seconds < rows[key].seconds:
        rows[key] = row


def steady_states(ours: Ours, roadrunner: Peer, copasi: Peer, problem: Problem, rounds: int) -> list[Row]:
    """Measure steady states: ours by Newton, COPASI's by its own, libroadrunner's by waiting."""
    samples = len(problem.export.draws) - 1
    task = f"steady states of {samples} samples"
    rows: dict[tuple[str, str], Row] = {}
    exact, own = ours.steady(range(1, 1 + samples))[1], ours.steady([0])[1]
    days = _until_rest(problem, exact[0])
    for _ in range(rounds):
        seconds, found = ours.steady(range(1, 1 + samples))
        _keep(rows, Row(task, ours.name, seconds, 0.0, "Newton"))
        seconds, found = copasi.steady([0])
        error = problem.miss(found, own)
        _keep(rows, Row(task, copasi.name, seconds * samples, error, "Newton; the reference alone, scaled"))
        count = 5
        seconds, found = roadrunner.courses(range(1, 1 + count), days, 2)
        error = problem.miss(found[:, -1], exact[:count])
        remark = f"{days / 365:g} years of course; {count} samples, scaled"
        _keep(rows, Row(task, roadrunner.name, seconds * samples / count, error, remark))
    return list(rows.values())


def _until_rest(problem: Problem, rest: Floats) -> float:
    """Return the days after which a course has come within TARGET of its rest."""
    p = problem
    for years in (5, 10, 20, 50, 100, 200, 500):
        stretch = replace(p.stretches[1][0], stop=365.0 * years)
        found = run_samples(
            p.export.layout, p.export.stacked, make_plan([Sample(1, [stretch])]), np.array([stretch.stop])
        )
        if p.miss(found.require().last[0], rest) < TARGET:
            return stretch.stop
    raise RuntimeError("no rest within 500 years")


@dataclass
class Daily:
    """Teriparatide every day for five years, after estrogen loss.

    Attributes
    ----------
    averaged, exact
        Our stretches: the inflow of equal effect, and dose by dose.
    equations
        For the peers: one event that comes again every day.
    """

    averaged: Sequence[Stretch]
    exact: Sequence[Stretch]
    equations: Equations


def daily(problem: Problem) -> Daily:
    """Return daily doses in three forms."""
    model, draw = problem.export.model, problem.export.draws[0]
    done = protocol_of(model, "Estrogen=off & Teriparatide=20mcg", where="here")
    averaged = ode_stretches(model, draw, done, DAYS)
    exposure = next(e for e in model.cells.exposures if e.drug == "teriparatide")
    drug = DRUGS.index("pth")
    rise = exposure.scale * 20.0 * (1e-3 if exposure.dose < 1.0 else 1.0)
    doses = segments([regimen(rise, exposure.decay, 1.0, 0.0, DAYS, exact=True)], 0.0, DAYS)
    calm, exact = averaged[0].doing, []
    for k in range(doses.edges.size - 1):
        level = np.zeros((len(DRUGS), 3))
        level[drug] = doses.start[k, 0], exposure.decay, 0.0
        doing: Doing = calm._replace(drug=level, start=float(doses.edges[k]))
        exact.append(
            Stretch(float(doses.edges[k]), float(doses.edges[k + 1]), doing, averaged[0].jump if k == 0 else {})
        )
    plain = Export(model, (draw,)).equations(exact[:1])
    level_now, due = symbol("drug_pth"), symbol("next_dose")
    dose = Event("dose", Term("geq", (Term("time"), due)), {"drug_pth": level_now + rise, "next_dose": due + 1.0})
    equations = replace(plain, numbers={**plain.numbers, "next_dose": 1.0}, events=(dose,))
    return Daily(averaged, exact, equations)


def dosing(
    problem: Problem, environment: Path, folder: Path, tunings: Mapping[str, str], rounds: int
) -> tuple[list[Row], float]:
    """Measure five years of daily doses; return also what the drug does to bone."""
    given = daily(problem)
    path = folder / "daily.xml"
    path.write_text(write_sbml(given.equations), encoding="utf-8")
    p, task = problem, "5 years of daily doses"
    bone = [p.columns.index(f"cells_bone_{site}") for site in ("hip", "lumbar")]

    def course(stretches: Sequence[Stretch], rtol: float) -> Callable[[], Floats]:
        plan = make_plan([Sample(0, stretches)])
        ask = np.array([DAYS])
        return lambda: (
            run_samples(p.export.layout, p.export.stacked, plan, ask, rtol=rtol, atol=rtol * 1e-2, most_steps=10**7)
            .require()
            .last[0]
        )

    exact = course(given.exact, 1e-7)()
    without = course(p.stretches[0], 1e-7)()
    effect = np.abs(exact[bone] - without[bone]) / p.scale[bone]
    print(f"  effect of the drug on bone: {effect}")
    peers = [Peer(p, environment, which, path) for which in ("roadrunner", "copasi")]
    rows: dict[tuple[str, str], Row] = {}
    for _ in range(rounds):
        for name, stretches, remark in (
            ("remodelsim", given.averaged, "averaged over each day"),
            ("remodelsim, dose by dose", given.exact, "1,825 restarts"),
        ):
            seconds, found = cpu(course(stretches, 1e-3))
            error = np.max(np.abs(found[bone] - exact[bone]) / p.scale[bone])
            _keep(rows, Row(task, name, seconds, float(error), remark))
    for peer in peers:
        rtol, atol = (float(part.split()[1]) for part in tunings[peer.name].split(","))
        peer.tolerances(rtol, atol)
        days = DAYS if peer.which == "roadrunner" else 30.0
        seconds, found = peer.courses([0], days, 2)
        error, remark = np.nan, f"one event that returns daily; {days:g} days, scaled"
        if days == DAYS:
            error = np.max(np.abs(found[0, -1][bone] - exact[bone]) / p.scale[bone])
            remark = "one event that returns daily"
        _keep(rows, Row(task, peer.name, seconds * DAYS / days, float(error), remark))
        peer.close()
    return list(rows.values()), float(effect.max())


def make_environment(folder: Path) -> None:
    """Install the peers, where they are not there yet."""
    if not (folder / "bin" / "python").exists():
        print(f"installing {', '.join(PEERS)} into {folder} ...", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *PEERS], check=True)


def machine() -> str:
    """Return processor, versions and load."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    processor = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    own = ", ".join(f"{name} {version(name)}" for name in ("remodelsim", "numpy", "scipy", "numba"))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}; {own}. Load of the machine {load}"


EXPLANATION = """\
## Differential equations

`python benchmarks/ode_vs_peers.py --readme` makes an environment for the peers, measures, and writes this section.
Everybody solves the model of this repository: {states} states and {numbers} parameters, which the peers read as the SBML
that `remodelsim convert model model.xml` writes, five years after the loss of estrogen, with all states at {points} days.
CPU time of one thread, the shortest of {rounds} interleaved rounds (figures that are scaled say from how many samples);
every tool at the fastest of {grid} pairs of tolerances (COPASI of 9) at which its largest error over all states stays below {target:g}
of the state's size against LSODA at 1e-10. Ratios, not times, are what to compare. In a sweep every sample has its own
{numbers} parameters; the time of setting them is the peers' as it is ours, reading the model (libroadrunner {loading:.1f} s of
compiling, ours none) is nobody's. CVODE calls our compiled rates and Jacobian.
COPASI finds the reference's course, but not those of samples whose numbers were set through its Python interface
(errors of 0.1 to 2 against everybody else; the cause was not found), and is left out of the sweep. libroadrunner's own `steadyState()`
took 28 s for one sample and is left out; a course to rest stands in its place. Errors of daily doses are those of bone,
against every dose exactly; the drug itself moves it by {effect:.3f}.
"""


def as_table(rows: Sequence[Row]) -> str:
    """Return the results as a Markdown table, with ratios to ours."""
    first = {row.task: row.seconds for row in reversed(rows) if row.tool == "remodelsim"}
    lines = ["| task | tool | CPU time | ratio | largest error | remark |", "|---|---|---|---|---|---|"]
    for row in rows:
        ratio = row.seconds / first[row.task]
        lines.append(
            f"| {row.task} | {row.tool} | {_told(row.seconds)} | {ratio:.3g} | {row.error:.0e} | {row.remark} |"
        )
    return "\n".join(lines)


def _told(seconds: float) -> str:
    return (
        f"{seconds * 1e3:.3g} ms"
        if seconds < 1.0
        else f"{seconds:.3g} s"
        if seconds < 1e4
        else f"{seconds / 3600:.3g} h"
    )


def on_paper(rows: Sequence[Row], drawing: float, threads: float) -> str:
    """Return what many samples cost, from the measured cost of one."""
    sweep = next(row for row in rows if row.tool == "remodelsim" and "samples of it" in row.task)
    each = sweep.seconds / int(sweep.task.split()[0])
    both = each + drawing
    measured = (
        f"Measured: {each * 1e3:.2f} ms of CPU per course of 5 years, {drawing * 1e3:.2f} ms to draw and check one set of "
        f"numbers, {both * 1e3:.2f} ms together; two threads were {threads:.2f} times as fast as\none in this run, with what else the machine had to do (its load is told above). Hours by cores are the CPU hours\ndivided: chunks do not wait for each other. A finished sample keeps "
        "8 bytes per number that is asked for (10 readouts: 80 bytes)."
    )
    lines = [
        "### What a million and a billion samples cost",
        "",
        measured,
        "",
        "| samples | CPU | on 2 cores | on 64 cores | on 1,000 cores | kept, 10 readouts |",
        "|---|---|---|---|---|---|",
    ]
    for count, kept in ((10**6, "80 MB"), (10**9, "80 GB")):
        hours = count * both / 3600.0
        told = [f"{count:,}", *(_hours(hours / n) for n in (1, 2, 64, 1000)), kept]
        lines.append(f"| {' | '.join(told)} |")
    return "\n".join(lines)


def _hours(hours: float) -> str:
    if hours < 0.05:
        return f"{hours * 3600:.0f} s"
    return f"{hours * 60:.0f} min" if hours < 1.5 else f"{hours:.0f} h" if hours < 72.0 else f"{hours / 24:.0f} d"


def into_readme(text: str) -> None:
    """Replace the section between the marks, or append it."""
    old = README.read_text(encoding="utf-8") if README.is_file() else "# Benchmarks\n"
    section = f"{MARKS[0]}\n{text}\n{MARKS[1]}"
    if MARKS[0] in old:
        before, _, rest = old.partition(MARKS[0])
        README.write_text(before + section + rest.partition(MARKS[1])[2], encoding="utf-8")
    else:
        README.write_text(f"{old.rstrip()}\n\n{section}\n", encoding="utf-8")


def measure(environment: Path, samples: int, few: int, rounds: int) -> str:
    """Measure everything and return the section."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        problem = problem_of(samples)
        drawing = cost_of_drawing(problem)
        path = folder / "model.xml"
        equations = problem.export.equations(problem.stretches[0])
        path.write_text(write_sbml(equations), encoding="utf-8")
        ours, cvode = Ours(problem), Cvode(problem, environment)
        roadrunner, copasi = (Peer(problem, environment, which, path) for which in ("roadrunner", "copasi"))
        ours.courses(range(64))
        rows = single_and_sweep([ours, roadrunner, cvode, copasi], problem, rounds, few)
        tunings = {row.tool: row.remark for row in rows if row.task.startswith("one run")}
        rows += steady_states(ours, roadrunner, copasi, problem, max(rounds // 2, 1))
        for peer in (roadrunner, copasi):
            peer.close()
        more, effect = dosing(problem, environment, folder, tunings, max(rounds // 2, 1))
        one, two = (ours.wall(range(1, 1 + samples), threads) for threads in (1, 2))
        explained = EXPLANATION.format(
            states=len(problem.columns),
            numbers=len(equations.numbers),
            points=len(problem.times),
            rounds=rounds,
            grid=len(GRID),
            target=TARGET,
            loading=roadrunner.loading,
            effect=effect,
        )
        cost = on_paper([*rows, *more], drawing, one / two)
        return f"{explained}\nMeasured on {machine()}.\n\n{as_table([*rows, *more])}\n\n{cost}"


def main() -> None:
    """Measure, print, and write into the README where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", help="folder of the peers' environment, kept; a temporary one by default")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="few samples, one round")
    parser.add_argument("--readme", action="store_true")
    given = parser.parse_args()
    samples, few, rounds = (64, 4, 1) if given.quick else (given.samples, 20, given.rounds)
    with tempfile.TemporaryDirectory() as place:
        environment = Path(given.environment or place).resolve()
        make_environment(environment)
        text = measure(environment, samples, few, rounds)
    print(text)
    if given.readme:
        into_readme(text)


if __name__ == "__main__":
    main()
