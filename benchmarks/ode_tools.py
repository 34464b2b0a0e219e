"""The tools that ode_vs_peers.py measures, each with `tolerances`, `courses` and where it has one `steady`."""

# ruff: noqa: INP001, S101, S603
from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remodelsim.engines.ode.course import Stretch, integrate
from remodelsim.engines.ode.ensemble import Sample, make_plan, run_samples
from remodelsim.engines.ode.newton import settle
from remodelsim.engines.ode.system import CELLS, jacobian, rates
from remodelsim.experiments.draws import Draw, engine_of
from remodelsim.experiments.exported import Export
from remodelsim.experiments.numbers import drawn_numbers
from remodelsim.experiments.plan import ode_stretches
from remodelsim.files.library import load_model
from remodelsim.nouns.assignment import protocol_of

Floats = NDArray[np.float64]
YEARS, POINTS = 5.0, 21
DAYS = 365.0 * YEARS


@dataclass
class Problem:
    """What everybody solves.

    Attributes
    ----------
    export
        The reference and the draws.
    stretches
        What is done, in the reference: estrogen is gone from day 0 on.
    times
        Days that are asked for.
    scale
        Size by which each state's error is judged: 1 for activities, the healthy one for cells.
    """

    export: Export
    stretches: Sequence[Sequence[Stretch]]
    times: Floats
    scale: Floats = field(init=False)

    def __post_init__(self) -> None:
        healthy = self.export.draws[0].wiring.healthy[:CELLS]
        self.scale = np.concatenate([np.ones(len(self.export.model.network.names)), np.maximum(healthy, 1e-3)])

    @property
    def columns(self) -> list[str]:
        """Symbols of all states."""
        return list(self.export.symbols)

    def miss(self, found: Floats, expected: Floats) -> float:
        """Return the largest error, as a share of each state's size."""
        return float(np.max(np.abs(found - expected) / self.scale))

    def exact(self, k: int) -> Floats:
        """Return the course of draw k by LSODA at 1e-10."""
        draw = self.export.draws[k]
        return integrate(
            draw.program, draw.constants, draw.wiring, self.stretches[k], self.times, rtol=1e-10, atol=1e-13
        )


def problem_of(samples: int) -> Problem:
    """Draw kinetics around the reference and set estrogen to nothing."""
    model = load_model()
    engine = engine_of(model)
    rng = np.random.default_rng(7)
    draws: list[Draw] = [engine.reference]
    while len(draws) <= samples:
        numbers = [drawn_numbers(engine.published, model.spread, rng) for _ in range(256)]
        draws += [draw for draw in engine.draws_of(numbers) if draw is not None]
    chosen = tuple(draws[: samples + 1])
    ovx = protocol_of(model, "Estrogen=off", where="here")
    stretches = [ode_stretches(model, draw, ovx, DAYS) for draw in chosen]
    return Problem(Export(model, chosen), stretches, np.linspace(0.0, DAYS, POINTS))


def cost_of_drawing(problem: Problem) -> float:
    """Return the CPU time of one draw: numbers, what is counted once, and whether its healthy state is stable."""
    model = problem.export.model
    engine, rng = engine_of(model), np.random.default_rng(8)
    numbers = [drawn_numbers(engine.published, model.spread, rng) for _ in range(256)]
    begin = time.process_time()
    engine.draws_of(numbers)
    return (time.process_time() - begin) / len(numbers)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU time of some work, and what it gives."""
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


class Ours:
    """Our integrator, on one thread."""

    name = "remodelsim"

    def __init__(self, problem: Problem) -> None:
        self.problem, self.rtol, self.atol = problem, 1e-3, 1e-5
        self.columns = np.arange(len(problem.columns), dtype=np.int64)

    def tolerances(self, rtol: float, atol: float) -> None:
        """Set the tolerances."""
        self.rtol, self.atol = rtol, atol

    def courses(self, picked: Sequence[int]) -> tuple[float, Floats]:
        """Return CPU time and courses of some draws, shape (draws, times, states)."""
        p = self.problem
        plan = make_plan([Sample(k, p.stretches[k]) for k in picked])

        def work() -> Floats:
            found = run_samples(
                p.export.layout, p.export.stacked, plan, p.times, pick=self.columns, rtol=self.rtol, atol=self.atol
            )
            return found.require().values

        return cpu(work)

    def wall(self, picked: Sequence[int], threads: int) -> float:
        """Return the wall time of courses on several threads."""
        p = self.problem
        plan = make_plan([Sample(k, p.stretches[k]) for k in picked])
        begin = time.perf_counter()
        run_samples(p.export.layout, p.export.stacked, plan, p.times, rtol=self.rtol, atol=self.atol, threads=threads)
        return time.perf_counter() - begin

    def steady(self, picked: Sequence[int]) -> tuple[float, Floats]:
        """Return CPU time and steady states of some draws."""
        p = self.problem
        plan = make_plan([Sample(k, p.stretches[k]) for k in picked])
        return cpu(lambda: settle(p.export.layout, p.export.stacked, plan).require().states)


class Cvode:
    """SUNDIALS' CVODE through scikit-sundae, with our compiled rates and Jacobian: the fastest of its ways."""

    def __init__(self, problem: Problem, environment: Path) -> None:
        sys.path.append(str(next(environment.glob("lib/python*/site-packages"))))
        from sksundae.cvode import CVODE

        self.problem, self.make, self.rtol, self.atol = problem, CVODE, 1e-6, 1e-8
        self.name = "CVODE (scikit-sundae)"

    def tolerances(self, rtol: float, atol: float) -> None:
        """Set the tolerances."""
        self.rtol, self.atol = rtol, atol

    def courses(self, picked: Sequence[int]) -> tuple[float, Floats]:
        """Return CPU time and courses of some draws."""
        return cpu(lambda: np.stack([self._course(k) for k in picked]))

    def _course(self, k: int) -> Floats:
        p, draw = self.problem, self.problem.export.draws[k]
        stretch = p.stretches[k][0]
        args = (draw.program, draw.constants, draw.wiring, stretch.doing)

        def right(t: float, y: Floats, out: Floats) -> None:
            rates(t, y, *args, out)

        def slopes(t: float, y: Floats, _: Floats, out: Floats) -> None:
            jacobian(t, y, *args, out)

        start = np.concatenate([draw.constants.level, draw.wiring.healthy[:CELLS]])
        for place, value in stretch.jump.items():
            start[place] = value
        solver = self.make(right, rtol=self.rtol, atol=self.atol * p.scale, jacfn=slopes, max_num_steps=1_000_000)
        return np.asarray(solver.solve(p.times, start).y)


class Peer:
    """A peer in a process of its own."""

    def __init__(self, problem: Problem, environment: Path, which: str, path: Path) -> None:
        self.problem, self.which = problem, which
        program = [str(environment / "bin" / "python"), str(Path(__file__).with_name("ode_peers.py")), which, str(path)]
        self.process = subprocess.Popen(program, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True)
        told = self._read()
        self.name, self.loading = told["version"], told["seconds"]

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline() or '{"error": "the peer is gone"}')
        if "error" in told:
            raise RuntimeError(f"{self.which}: {told['error']}")
        return dict(told)

    def ask(self, **asked: object) -> dict[str, Any]:
        """Ask the peer for something."""
        assert self.process.stdin is not None
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return self._read()

    def tolerances(self, rtol: float, atol: float) -> None:
        """Set the tolerances."""
        self.ask(do="tolerances", rtol=rtol, atol=atol)

    def _set(self, k: int) -> dict[str, object]:
        export = self.problem.export
        return {"numbers": export.numbers(k), "starts": {**export.starts(k), "Estrogen": 0.0}} if k else {}

    def courses(self, picked: Sequence[int], days: float = DAYS, points: int = POINTS) -> tuple[float, Floats]:
        """Return CPU time and courses of some draws, setting their numbers included."""
        columns = self.problem.columns
        told = [self.ask(do="course", days=days, points=points, columns=columns, **self._set(k)) for k in picked]
        return sum(one["seconds"] for one in told), np.array([one["values"] for one in told])

    def steady(self, picked: Sequence[int]) -> tuple[float, Floats]:
        """Return CPU time and steady states of some draws."""
        told = [self.ask(do="steady", columns=self.problem.columns, **self._set(k)) for k in picked]
        return sum(one["seconds"] for one in told), np.array([one["values"][0] for one in told])

    def close(self) -> None:
        """Let the peer go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
