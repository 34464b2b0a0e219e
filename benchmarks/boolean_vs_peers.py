"""Boolean networks side by side with MaBoSS, mpbn and AEON, in one run, one thread, CPU time.

Usage: python benchmarks/boolean_vs_peers.py [FILE.bnet ...] [--quick] [--readme]

Without files the model of this repository is taken, its inputs as in health. Peers that are not installed are left out.
MaBoSS must give the same probabilities (rms of the z values over all nodes), mpbn and AEON the same counts.
With --readme the table is written into benchmarks/README.md.
"""

# ruff: noqa: INP001, T201, ANN001, ANN201, ANN202
from __future__ import annotations

import argparse
import importlib
import platform
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from remodelsim.engines.boolean.crowd import crowds
from remodelsim.engines.boolean.gillespie import trajectories, unit_pace
from remodelsim.engines.boolean.logic import compile_logic
from remodelsim.engines.boolean.paired import screen_scenarios
from remodelsim.engines.boolean.traps import smallest_trap_spaces
from remodelsim.experiments.networks import matter, run_network
from remodelsim.experiments.pure import pure_setting
from remodelsim.files.bnet import write_bnet
from remodelsim.files.library import load_model
from remodelsim.files.network_file import load_rules
from remodelsim.nouns.rule import Expr, Rule

END, SCENARIOS, MOST_LISTED = 10.0, 64, 20_000
BEGIN_MARK, END_MARK = "<!-- boolean: begin -->", "<!-- boolean: end -->"
README = Path(__file__).parent / "README.md"


@dataclass
class Case:
    """A network and the file that the peers read."""

    name: str
    path: str
    cells: dict[str, str] = field(default_factory=dict)


def cpu(work: Callable[[], object], times: int) -> float:
    """Return the shortest CPU time of some runs."""
    best = np.inf
    for _ in range(times):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def peer(name: str):
    """Return a peer, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def maboss_for(size: int):
    """Return the build of MaBoSS for so many nodes."""
    for most, ending in ((64, ""), (128, "_128n"), (256, "_256n"), (512, "_512n"), (1024, "_1024n")):
        if size <= most:
            return peer(f"cmaboss{ending}")
    return None


def maboss_run(module, path: str, count: int, outputs: list[str], tick: float):
    """Run MaBoSS as in `ours`, all nodes on with probability a half at the start."""
    run = module.MaBoSSSim(path)
    run.update_parameters(
        sample_count=count,
        max_time=END,
        time_tick=tick,
        thread_count=1,
        seed_pseudorandom=5,
        use_physrandgen=0,
        discrete_time=0,
    )
    run.network.set_output(outputs)
    return lambda: run.run(only_last_state=True)


def compare_trajectories(case: Case, repeats: int) -> None:
    """Measure trajectories and screens against MaBoSS, and whether both follow one law."""
    rules = load_rules(case.path)
    logic, names = compile_logic(rules), list(rules)
    pace, start, end = unit_pace(logic), np.full(len(names), 0.5), np.array([END])
    count = int(np.clip(2e6 / logic.size, 2_000, 100_000))

    def ours(seed: int = 1, runs: int = count):
        return trajectories(logic, pace, start, end, count=runs, seed=seed)

    def crowd():
        return crowds(logic, pace, start, end, count=40 * 512, seed=1)

    ours(runs=10)
    worth = crowd().independent()[0].mean()
    holds = np.full((SCENARIOS, logic.size), -1.0)
    rng = np.random.default_rng(3)
    for s in range(1, SCENARIOS):
        holds[s, rng.integers(logic.size)] = rng.integers(2)
    runs = max(count // 20, 200)

    def screened():
        return screen_scenarios(logic, pace, start, holds, end, runs=runs, seed=1)

    screened()
    module = maboss_for(logic.size)
    if module is None:
        return
    peer_count = int(np.clip(count / 20, 300, 5_000))
    theirs = maboss_run(module, case.path, peer_count, names[:2], 1.0)
    each, together, peers, screens = np.inf, np.inf, np.inf, np.inf
    for _ in range(repeats):
        each = min(each, cpu(ours, 1) / count)
        together = min(together, cpu(crowd, 1) / worth)
        peers = min(peers, cpu(theirs, 1) / peer_count)
        screens = min(screens, cpu(screened, 1) / runs / SCENARIOS)
    case.cells |= {
        "MaBoSS, us": f"{peers * 1e6:.1f}",
        "one by one, us": f"{each * 1e6:.2f}",
        "ratio": f"{peers / each:.0f}",
        "crowd, us": f"{together * 1e6:.2f}",
        "crowd ratio": f"{peers / together:.0f}",
        "64 paired, us": f"{screens * 1e6:.2f}",
        "screen ratio": f"{peers / screens:.0f}",
        "rms z": f"{same_law(case, module, names, crowd()):.2f}",
    }


def same_law(case: Case, module, names: list[str], seen) -> float:
    """Return the rms of z over the nodes whose probability is not nearly 0 or 1."""
    count = 4_000
    told = maboss_run(module, case.path, count, names, 0.1)().get_last_nodes_probtraj()
    found = dict(zip(told[2], np.ravel(told[0]), strict=True))
    p, worth = seen.mean[-1], seen.independent()[-1]
    theirs = np.array([found.get(name, 0.0) for name in names])
    moving = (p > 0.01) & (p < 0.99)
    error = np.sqrt(p * (1 - p) * (1 / count + 1 / worth))
    return float(np.sqrt(np.mean(((theirs - p) / np.maximum(error, 1e-9))[moving] ** 2))) if moving.any() else 0.0


def compare_attractors(case: Case, repeats: int) -> None:
    """Measure reading, fixed points and smallest trap spaces against mpbn and AEON."""
    found: dict[str, tuple[int, int]] = {}

    def ours() -> None:
        logic = compile_logic(load_rules(case.path))
        fixed = smallest_trap_spaces(logic, single_states=True, most=MOST_LISTED)
        found["ours"] = (fixed.count, smallest_trap_spaces(logic, most=MOST_LISTED).count)

    def by_mpbn() -> None:
        network = peer("mpbn").MPBooleanNetwork(case.path)
        fixed = sum(1 for _ in network.fixedpoints(limit=MOST_LISTED))
        found["mpbn"] = (fixed, sum(1 for _ in network.attractors(limit=MOST_LISTED)))

    def by_aeon() -> None:
        aeon = peer("biodivine_aeon")
        network = aeon.BooleanNetwork.from_file(case.path).infer_valid_graph()
        context = aeon.SymbolicSpaceContext(network)
        graph = aeon.AsynchronousGraph(network, context)
        fixed = int(aeon.FixedPoints.symbolic(graph).cardinality())
        found["aeon"] = (
            fixed,
            int(aeon.TrapSpaces.minimal_symbolic(context, graph).cardinality()),
        )

    tools = {"ours": ours}
    if peer("mpbn"):
        tools["mpbn"] = by_mpbn
    if peer("biodivine_aeon") and len(load_rules(case.path)) <= 120:
        tools["aeon"] = by_aeon
    ours()
    spent = dict.fromkeys(tools, np.inf)
    for _ in range(repeats):
        for name, work in tools.items():
            spent[name] = min(spent[name], cpu(work, 1))
    counts = set(found.values())
    case.cells |= {
        "fixed / smallest": f"{found['ours'][0]} / {found['ours'][1]}",
        "equal": "yes" if len(counts) == 1 else f"NO {found}",
        "ours, ms": f"{spent['ours'] * 1e3:.0f}",
        "mpbn, ms": f"{spent['mpbn'] * 1e3:.0f}" if "mpbn" in spent else "-",
        "AEON, ms": f"{spent['aeon'] * 1e3:.0f}" if "aeon" in spent else "-",
    }


def compare_exact(case: Case, repeats: int) -> None:
    """Measure the exact law, where few nodes matter."""
    from remodelsim.experiments.networks import Setting

    rules = load_rules(case.path)
    setting = Setting(rules)
    if matter(setting)[0].size > 15:
        return
    spent = cpu(lambda: run_network(setting, until=END, points=1), repeats)
    case.cells["exact, ms"] = f"{spent * 1e3:.1f}"


def model_file(folder: str) -> str:
    """Write the model of this repository, inputs as in health, for the peers."""
    setting = pure_setting(load_model())
    held = {name: Rule(name, Expr("const", value=level == 1.0)) for name, level in setting.hold.items()}
    path = Path(folder) / "remodelsim.bnet"
    path.write_text(write_bnet({**setting.rules, **held}), encoding="utf-8")
    return str(path)


def machine() -> str:
    """Return the processor and the versions of everything that was measured."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", told.read_text()) if told.is_file() else None
    packages = ("remodelsim", "numpy", "numba", "cmaboss", "mpbn", "clingo", "biodivine_aeon")
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    return f"{found[1] if found else platform.processor()}, Python {platform.python_version()}; {', '.join(versions)}"


def as_table(cases: list[Case]) -> str:
    """Return the results as a Markdown table."""
    titles = list(dict.fromkeys(title for case in cases for title in case.cells))
    lines = ["| network | " + " | ".join(titles) + " |", "|---|" + "---|" * len(titles)]
    lines += [f"| {case.name} | " + " | ".join(case.cells.get(t, "-") for t in titles) + " |" for case in cases]
    return "\n".join(lines)


def into_readme(text: str) -> None:
    """Replace the section between the marks, or append it."""
    old = README.read_text(encoding="utf-8") if README.is_file() else "# Benchmarks\n"
    section = f"{BEGIN_MARK}\n{text}\n{END_MARK}"
    if BEGIN_MARK in old:
        before, _, rest = old.partition(BEGIN_MARK)
        new = before + section + rest.partition(END_MARK)[2]
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    README.write_text(new, encoding="utf-8")


EXPLANATION = """\
## Boolean networks

`python benchmarks/boolean_vs_peers.py FILE.bnet ... --readme` writes this section. One thread, CPU time, the shortest
of interleaved runs in one process; ratios, not times, are what to compare. Microseconds per trajectory to time 10, unit
rates, every node on with probability a half at the start, final states alone. *one by one*: event by event. *crowd*:
512 copies per word, the time per independent trajectory that they are worth (copies of a word share a clock and are a
little alike). *64 paired*: per trajectory and scenario of a screen of 64 knock-ins and knock-outs under one clock;
*screen ratio* is MaBoSS's time per trajectory by that. *rms z*: our probabilities against MaBoSS's over all nodes that
are not nearly certain (1 where both follow one law). *exact*: the law at time 10 of the whole network without sampling,
where 15 nodes or fewer matter. *ours*, *mpbn* and *AEON* in ms: reading the file, all fixed points and all smallest
trap spaces (AEON up to 120 nodes); *equal*: whether all tools count the same.
"""


def main() -> None:
    """Measure, print, and write into the README where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--quick", action="store_true", help="one run of each instead of four")
    parser.add_argument("--readme", action="store_true")
    given = parser.parse_args()
    repeats = 1 if given.quick else 4
    with tempfile.TemporaryDirectory() as folder:
        own = model_file(folder)
        cases = [Case("remodelsim", own), *(Case(Path(file).stem, file) for file in given.files)]
        for case in cases:
            case.cells["nodes"] = str(len(load_rules(case.path)))
            for compare in (compare_trajectories, compare_exact, compare_attractors):
                compare(case, repeats)
            print(f"{case.name}: {case.cells}", flush=True)
    text = f"{EXPLANATION}\nMeasured on {machine()}.\n\n{as_table(cases)}"
    print(text)
    if given.readme:
        into_readme(text)


if __name__ == "__main__":
    main()
