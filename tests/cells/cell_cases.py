"""Published perturbations of the cell models, and how to run them."""

import csv
from pathlib import Path

import numpy as np

from remodelsim.engines.ode.cell_course import course
from remodelsim.engines.ode.cell_families import family, vector
from remodelsim.engines.ode.cell_steady import Markers, readouts
from remodelsim.engines.ode.cells import DRUGS, MODULATORS, OUTPUTS, cell_outputs
from remodelsim.engines.ode.dosing import Doses, segments
from remodelsim.engines.ode.family_joerg import segment_inputs
from remodelsim.files.cells_file import read_preset

YEAR = 365.0
MONTH = YEAR / 12
START = 65 * YEAR

PULSES = {
    "lemaire2004": {
        "B_plus": {"I_B": 1e-4},
        "B_minus": {"I_B": -8.3e-5},
        "C_plus": {"I_C": 1e-4},
        "C_minus": {"I_C": -2.9e-4},
        "R_plus": {"I_R": 1e-4},
        "R_minus": {"I_R": -1.2e-4},
        "PTH": {"I_P": 1e3},
        "OPG": {"I_O": 2e5},
    },
    "pivonka2008": {
        "PTH": {"I_P": 1e3},
        "RANKL_1e2": {"I_L": 1e2},
        "RANKL_1e3": {"I_L": 1e3},
        "OPG_2e5": {"I_O": 2e5},
        "OPG_2e2": {"I_O": 2e2},
        "TGFb_1e-3": {"I_T": 1e-3},
        "B_plus": {"I_B": 1e-4},
        "B_minus": {"I_B": -4e-5},
        "C_plus": {"I_C": 1e-4},
        "C_minus": {"I_C": -3e-5},
        "R_plus": {"I_R": 1e-4},
        "R_minus": {"I_R": -3e-5},
    },
}
KOMAROVA = {
    "A_x11_212": ({}, (11.0, 212.0, 100.0)),
    "B_bar_plus10": ({}, None),
    "C_g11_1.1": ({"g11": 1.1, "k1": 0.0748, "k2": 0.0006395}, None),
}


def table(path):
    """Column names and rows of a table of numbers."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], np.array(rows[1:], dtype=float)


def model(name, **changes):
    preset = read_preset(name)
    equations = family(preset.family)
    return equations, vector(preset.family, {**preset.values(), **changes})


def three_phases(name, phases, days, edges=(20.0, 80.0)):
    """Run a preset with inputs that change on day 20 and 80."""
    equations, p = model(name)
    y, healthy = equations.start(p)
    inputs = np.tile(healthy, (3, 1))
    for row, changes in zip(inputs, phases, strict=True):
        for key, value in changes.items():
            row[equations.inputs.index(key)] = value
    return course(equations, p, y, np.array([0.0, *edges, days[-1]]), inputs, days, rtol=1e-12)


def pulse_phases(name, case):
    if case == "RANKL_then_OPG":
        return [{}, {"I_L": 1e4}, {"I_L": 1e4, "I_O": 9e4}]
    return [{}, PULSES[name][case], {}]


def komarova(case, days):
    changes, start = KOMAROVA[case]
    equations, p = model("komarova2003", **changes)
    rest, inputs = equations.start(p)
    y = rest + np.array([10.0, 0.0, 0.0]) if start is None else np.array(start)
    return course(equations, p, y, np.array([0.0, days[-1]]), inputs[None], days, rtol=1e-12)


def graham(days, **changes):
    equations, p = model("graham2013", **changes)
    y, inputs = equations.start(p)
    return course(equations, p, y, np.array([0.0, days[-1]]), inputs[None], days, rtol=1e-12)


def boluses(preset, drug, every, dose, years, first=START):
    exposure = preset.exposure(drug)
    count = int(np.ceil(years * YEAR / every - 1e-9))
    return Doses(exposure.decay, tuple((first + i * every, exposure.scale * dose) for i in range(count)))


def joerg_regimens(preset):
    """The eight regimens of the reference, from 65 years on; teriparatide flows in at a constant rate."""
    daily = preset.exposure("teriparatide")
    flow = ((START, START + 2 * YEAR, daily.scale * 0.02),)
    deno = boluses(preset, "denosumab", 182.5, 60.0, 3)
    romo = boluses(preset, "romosozumab", MONTH, 210.0, 1)
    return {
        "natural": {},
        "denosumab60q6m_3y": {"denosumab": deno},
        "denosumab60q6m_10y": {"denosumab": boluses(preset, "denosumab", 182.5, 60.0, 10)},
        "romosozumab210q1m_1y": {"romosozumab": romo},
        "alendronate70q1w_3y": {"bisphosphonate": boluses(preset, "alendronate", 7.0, 70.0, 3)},
        "teriparatide20d_2y": {"pth": Doses(daily.decay, infusions=flow)},
        "romo1y_deno2y": {
            "romosozumab": romo,
            "denosumab": boluses(preset, "denosumab", 182.5, 60.0, 2, START + YEAR),
        },
        "deno3y_then_stop": {"denosumab": deno},
    }


def patient(preset, doses, days, rtol=1e-10, **changes):
    """States and readouts of a woman from birth on, menopause at 50."""
    values = {**preset.values(), **changes}
    equations, p = family("joerg"), vector("joerg", values)
    menopause = values["a_e"] * YEAR
    cut = segments([doses.get(drug, Doses(1.0)) for drug in DRUGS], 0.0, days[-1], [menopause])
    inputs = segment_inputs(cut, menopause=menopause, decline=values["tau_e"] * YEAR)
    states = course(equations, p, equations.start(p)[0], cut.edges, inputs, days, rtol=rtol)
    outputs = np.empty((len(states), len(OUTPUTS)))
    for row, state in zip(outputs, states, strict=True):
        cell_outputs(state, np.ones(len(MODULATORS)), np.zeros(len(DRUGS)), 1.0, p, row)
    return states, readouts(states, outputs, Markers(values["q_CTX"], values["q_P1NP"]))
