"""The peers of ode_vs_peers.py, in a process of their own: reads one JSON command per line, answers with one.

Runs in an environment that has libroadrunner or COPASI; nothing of remodelsim is imported here.
"""

# ruff: noqa: INP001, ANN001, ANN201, ANN204, D102, D103
from __future__ import annotations

import json
import os
import sys
import time


class Roadrunner:
    """libroadrunner: CVODE (BDF, Newton) on machine code made from the SBML."""

    def __init__(self, path):
        import roadrunner

        self.version = f"libroadrunner {roadrunner.__version__}"
        self.run = roadrunner.RoadRunner(path)
        self.parameters = {name: k for k, name in enumerate(self.run.model.getGlobalParameterIds())}
        self.species = {name: k for k, name in enumerate(self.run.model.getFloatingSpeciesIds())}

    def tolerances(self, rtol, atol):
        self.run.integrator.relative_tolerance, self.run.integrator.absolute_tolerance = rtol, atol
        self.run.integrator.maximum_num_steps = 1_000_000

    def set(self, numbers, starts):
        model = self.run.model
        model.setGlobalParameterValues([self.parameters[name] for name in numbers], list(numbers.values()))
        known = {name: value for name, value in starts.items() if name in self.species}
        model.setFloatingSpeciesInitAmounts([self.species[name] for name in known], list(known.values()))

    def course(self, days, points, columns):
        self.run.reset()
        self.run.timeCourseSelections = columns
        return self.run.simulate(0.0, days, points)

    def steady(self, columns):
        self.run.reset()
        self.run.steadyState()
        return [[self.run[name] for name in columns]]


class Copasi:
    """COPASI through basico: LSODA, or its Newton for steady states."""

    def __init__(self, path):
        import basico
        import COPASI

        self.basico, self.version = basico, f"COPASI {COPASI.__version__} (basico {basico.__version__})"
        self.data = basico.load_model(path)
        self.model = self.data.getModel()
        self.quantities = {q.getSBMLId(): q for q in self.model.getModelValues()}
        self.species = {s.getSBMLId(): s for s in self.model.getMetabolites()}
        self.framework = COPASI.CCore.Framework_Concentration

    def tolerances(self, rtol, atol):
        self.tolerance = {"r_tol": rtol, "a_tol": atol}

    def set(self, numbers, starts):
        for name, value in numbers.items():
            self.quantities[name].setInitialValue(value)
        for name, value in starts.items():
            if name in self.species:
                self.species[name].setInitialConcentration(value)
        # all at once: a list of what was changed takes seconds
        self.model.updateInitialValues(self.framework)

    def course(self, days, points, columns):
        found = self.basico.run_time_course(
            start_time=0, duration=days, intervals=points - 1, use_sbml_id=True, model=self.data, **self.tolerance
        )
        titles = {str(title).removeprefix("Values[").removesuffix("]"): title for title in found.columns}
        # what is held has no column
        held = {name: s.getInitialConcentration() for name, s in self.species.items() if name not in titles}
        values = [[held[name]] * points if name in held else found[titles[name]] for name in columns]
        return list(zip(*values, strict=True))

    def steady(self, columns):
        if self.basico.run_steadystate(model=self.data, update_model=False) not in {1, 2}:
            raise RuntimeError("no steady state")
        values = {name: s.getConcentration() for name, s in self.species.items()}
        return [[values[name] for name in columns]]


def answer(peer, asked):
    """Do what is asked; time what a user would wait for."""
    begin = time.process_time()
    if asked["do"] == "tolerances":
        peer.tolerances(asked["rtol"], asked["atol"])
        return {}
    if "numbers" in asked:
        peer.set(asked["numbers"], asked["starts"])
    if asked["do"] == "course":
        values = peer.course(asked["days"], asked["points"], asked["columns"])
    else:
        values = peer.steady(asked["columns"])
    seconds = time.process_time() - begin
    return {"seconds": seconds, "values": [[float(v) for v in row] for row in values]}


def main():
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the libraries print is no answer
    begin = time.process_time()
    peer = {"roadrunner": Roadrunner, "copasi": Copasi}[sys.argv[1]](sys.argv[2])
    print(json.dumps({"version": peer.version, "seconds": time.process_time() - begin}), file=out, flush=True)
    for line in sys.stdin:
        try:
            told = answer(peer, json.loads(line))
        except Exception as error:  # noqa: BLE001  # a peer that fails is a result
            told = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(told), file=out, flush=True)


if __name__ == "__main__":
    main()
