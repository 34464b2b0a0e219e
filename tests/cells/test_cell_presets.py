"""Five published bone models give their published courses."""

import csv
import os
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from remodelsim.engines.ode.cell_course import course
from remodelsim.engines.ode.cell_families import family, vector
from remodelsim.engines.ode.cells import CELL_STATES, Y
from remodelsim.engines.ode.family_komarova import resting_cells
from remodelsim.files.cells_file import preset_names, read_preset
from remodelsim.ground.errors import ModelError, SolveError

from . import cell_cases as cases

GOLDEN = Path(__file__).with_name("golden_courses.csv")
REFERENCE = os.environ.get("REMODELSIM_REFERENCE", "")
needs_reference = pytest.mark.skipif(
    not REFERENCE, reason="REMODELSIM_REFERENCE does not name the folder with the whole reference courses"
)


def golden(preset):
    """Column to (days, values)."""
    found = {}
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["preset"] == preset:
                found.setdefault(row["column"], []).append((float(row["day"]), float(row["value"])))
    return {column: np.array(pairs).T for column, pairs in found.items()}


def reference(preset):
    names, rows = cases.table(Path(REFERENCE) / "bone_models" / f"{preset}_reference.csv")
    return {name: np.array([rows[:, 0], rows[:, i]]) for i, name in enumerate(names) if i}


def compare_pulses(preset, expected, tolerance):
    states = family(read_preset(preset).family).states
    stems = sorted({column.rsplit("_", 1)[0] for column in expected})
    for stem in stems:
        days = expected[f"{stem}_{states[0]}"][0]
        grid = np.concatenate(([0.0], days[days > 0.0]))
        found = cases.three_phases(preset, cases.pulse_phases(preset, stem), grid)[np.isin(grid, days)]
        for i, state in enumerate(states[:3]):
            assert found[:, i] == pytest.approx(expected[f"{stem}_{state}"][1], rel=tolerance, abs=0), (stem, state)


def compare_joerg(expected, tolerance):
    preset = read_preset("joerg2022")
    for regimen, doses in cases.joerg_regimens(preset).items():
        days = expected[f"{regimen}_CTX_pct"][0]
        grid = np.unique(np.concatenate(([0.0, cases.START], days)))
        found = cases.patient(preset, doses, grid)[1]
        found = found / found[grid == cases.START]
        for i, marker in ((0, "BMDhip"), (2, "CTX"), (3, "P1NP")):
            told = 1.0 + expected[f"{regimen}_{marker}_pct"][1] / 100.0
            assert found[np.isin(grid, days), i] == pytest.approx(told, rel=tolerance), (regimen, marker)


@pytest.mark.parametrize("preset", ["lemaire2004", "pivonka2008"])
def test_pulses_give_the_published_courses(preset):
    expected = golden(preset)
    assert len(expected) == {"lemaire2004": 27, "pivonka2008": 36}[preset]
    compare_pulses(preset, expected, 1e-8)


@needs_reference
@pytest.mark.parametrize("preset", ["lemaire2004", "pivonka2008"])
def test_pulses_give_the_whole_published_courses(preset):
    compare_pulses(preset, reference(preset), 1e-8)


def compare_komarova(expected):
    for case in cases.KOMAROVA:
        days = expected[f"{case}_x1"][0]
        grid = np.unique(np.concatenate(([0.0], days)))
        found = cases.komarova(case, grid)[np.isin(grid, days)]
        # the neutral orbit keeps every error of phase: the reference itself is good to 1e-7
        tolerance = 2e-7 if case.startswith("C_") else 1e-8
        for i, state in enumerate(("x1", "x2", "z")):
            assert found[:, i] == pytest.approx(expected[f"{case}_{state}"][1], rel=tolerance), (case, state)


def test_komarova_gives_the_published_cycles():
    compare_komarova(golden("komarova2003"))


@needs_reference
def test_komarova_gives_the_whole_published_cycles():
    compare_komarova(reference("komarova2003"))


def test_komarova_peaks_and_dips_where_published():
    days = np.arange(0.0, 301.0, 0.001)
    found = cases.komarova("A_x11_212", days)
    peak, dip = found[:, 1].argmax(), found[:, 2].argmin()
    assert found[peak, 1] == pytest.approx(395.811899, abs=1e-6)
    assert days[peak] == pytest.approx(14.105, abs=1e-3)
    assert found[dip, 2] == pytest.approx(89.8391, abs=1e-6)
    assert days[dip] == pytest.approx(12.326, abs=1e-3)
    assert found[days == 300.0, 2] == pytest.approx([99.966873], abs=1e-6)


@pytest.mark.parametrize(
    ("g11", "x1", "x2"), [(0.5, 1.06066017178, 212.132034356), (1.1, 1.1586190184, 231.7238036896)]
)
def test_komarova_rests_where_published(g11, x1, x2):
    assert resting_cells(cases.model("komarova2003", g11=g11)[1]) == pytest.approx([x1, x2], rel=1e-10)


def compare_graham(expected, tolerance):
    days = expected["z"][0]
    grid = np.unique(np.concatenate(([0.0], days)))
    found = cases.graham(grid)[np.isin(grid, days)]
    for i, state in enumerate(("S", "P", "B", "C", "z")):
        assert found[:, i] == pytest.approx(expected[state][1], rel=tolerance, abs=1e-9), state


def test_graham_gives_the_published_cycle():
    compare_graham(golden("graham2013"), 1e-6)


@needs_reference
def test_graham_gives_the_whole_published_cycle():
    compare_graham(reference("graham2013"), 1e-6)


@pytest.mark.parametrize(("k1", "left"), [(0.7, 99.7508117), (0.698331, 100.0000121)])
def test_graham_ends_its_cycle_with_the_published_bone(k1, left):
    assert cases.graham(np.array([0.0, 100.0]), k1=k1)[-1, 4] == pytest.approx(left, abs=1e-6)


@pytest.mark.parametrize(
    ("fold", "cycles", "gain"), [(-1.0, 4, -22.029), (-1.0, 6, -33.044), (5.0, 6, 80.968), (50.0, 12, 337.453)]
)
def test_wnt10b_changes_bone_as_published(fold, cycles, gain):
    equations, p = cases.model("graham2013", k1=0.698331)
    y = equations.start(p)[0]
    for cycle in range(cycles):
        if cycle:
            y = np.concatenate(([180.0], np.where(y[1:4] >= 1.0, y[1:4], 0.0), y[4:]))
        y = course(equations, p, y, np.array([0.0, 100.0]), np.array([[fold]]), np.array([100.0]))[-1]
    assert y[4] - 100.0 == pytest.approx(gain, abs=2e-3)


LEMAIRE_STEADY = (7.73437744356e-4, 7.2833959295e-4, 9.1275283889e-4)
PIVONKA_STEADY = (6.19639062817e-4, 5.58393189964e-4, 8.06963526299e-4)


@pytest.mark.parametrize(("preset", "steady"), [("lemaire2004", LEMAIRE_STEADY), ("pivonka2008", PIVONKA_STEADY)])
def test_steady_states_are_the_published_ones(preset, steady):
    equations, p = cases.model(preset)
    assert equations.start(p)[0][:3] == pytest.approx(steady, rel=1e-11)


@pytest.mark.parametrize(
    ("rankl_on", "opg_on", "steady"),
    [
        ("OBp", "OBp", (5.925951e-4, 5.41134e-4, 7.777537e-4)),
        ("OBa", "OBp", (5.840177e-4, 5.355802e-4, 7.684218e-4)),
        ("OBa", "OBa", (6.082263e-4, 5.511556e-4, 7.946755e-4)),
    ],
)
def test_pivonka_has_four_structures(rankl_on, opg_on, steady):
    switches = dict.fromkeys(("RANKL_on_OBp", "RANKL_on_OBa", "OPG_on_OBp", "OPG_on_OBa"), 0.0)
    switches |= {f"RANKL_on_{rankl_on}": 1.0, f"OPG_on_{opg_on}": 1.0}
    equations, p = cases.model("pivonka2008", **switches)
    assert equations.start(p)[0][:3] == pytest.approx(steady, rel=1e-6)


def test_joerg_gives_the_published_courses_of_eight_regimens():
    compare_joerg(golden("joerg2022"), 3e-8)


@needs_reference
def test_joerg_gives_the_whole_published_courses():
    compare_joerg(reference("joerg2022"), 3e-8)


SEQUENCES = {
    "ARD": (0.051222, -0.076966),
    "ADR": (0.04023, -0.084003),
    "RAD": (0.052303, -0.070483),
    "RDA": (0.046865, -0.057057),
    "DAR": (0.033492, -0.071822),
    "DRA": (0.033622, -0.059543),
}


def test_joerg_gives_the_published_gains_of_six_sequences_of_drugs():
    preset = read_preset("joerg2022")
    given = {
        "A": ("bisphosphonate", "alendronate", 7.0, 70.0),
        "R": ("romosozumab", "romosozumab", 30.0, 140.0),
        "D": ("denosumab", "denosumab", 180.0, 60.0),
    }
    days = np.concatenate(([0.0], np.arange(67, 82, 1.0 / 365.0) * 365.0, [82 * cases.YEAR]))
    for order in permutations("ARD"):
        doses = {}
        for age, letter in zip((67, 68, 69), order, strict=True):
            channel, drug, every, dose = given[letter]
            doses[channel] = cases.boluses(preset, drug, every, dose, 1, age * cases.YEAR)
        bone = cases.patient(preset, doses, days)[1][1:, 0]
        change = bone / bone[0] - 1.0
        assert (change.max(), change[-1]) == pytest.approx(SEQUENCES["".join(order)], abs=1.5e-6), order


def textbook_joerg(values, doses, first, last, start):
    """The equations of Jörg et al. as printed, written a second time and solved by another solver."""
    v = values

    def drug(channel, t):
        return doses[channel].at(t) if channel in doses else 0.0

    def rates(t, x):
        pre_b, b, y, pre_c, c, s, bound, _, mineral = x
        e = 1.0 if t <= v["a_e"] * 365.0 else 1.0 / (1.0 + (t / 365.0 - v["a_e"]) / v["tau_e"])
        pth, sab, rab, bp = (drug(k, t) for k in ("pth", "romosozumab", "denosumab", "bisphosphonate"))
        f_b = v["omega_P"] / (1 + s / v["s_P"]) * pre_b
        f_c = v["omega_Q"] / (1 + e / v["e_Q"]) * s / (s + v["s_Q"]) * pre_c
        f_c *= (1 - v["b"] * rab / (1 + rab)) * (1 + v["beta_Q"] * pth / (1 + pth))
        lost = v["eta_C"] * (1 + v["nu_C"] * e / (e + v["e_C"]) * c / (c + v["r_C"])) * c
        lost += v["eta_bp"] * bp / (1 + bp) * c
        grown = v["lambda_B"] / (1 + s / v["s_O"]) * (1 + v["nu"] * c / (c + v["r_O"])) * b
        return [
            1 - f_b,
            f_b - v["eta_B"] * (1 - v["beta_B"] * pth / (1 + pth)) * b - v["omega_B"] * b,
            v["omega_B"] * b - v["eta_Y"] * y,
            1 - f_c,
            f_c - lost,
            y / (1 + e / v["e_s"]) - v["kappa_s"] * s * (1 + sab) + v["delta"] * bound,
            v["kappa_s"] * sab * s - (v["delta"] + v["kappa_s"]) * bound,
            grown - v["lambda_C"] * c,
            v["gamma"] * (v["c_0"] + v["beta_b"] * rab / (1 + rab) - mineral),
        ]

    edges = sorted({first, last} | {t for d in doses.values() for t in d.jumps() if first < t < last})
    x = start
    for a, b in pairwise(edges):
        solved = solve_ivp(rates, (a, np.nextafter(b, a)), x, method="LSODA", rtol=1e-11, atol=1e-13)
        assert solved.success
        x = solved.y[:, -1]
    return x


def test_the_default_with_neutral_terms_is_joerg_under_four_drugs_in_sequence():
    joerg, default = read_preset("joerg2022"), read_preset("default")
    terms = ("eta_P", "eta_Q", "zeta_C", "a", "beta", "sigma_lumbar", "mu", "rho", "chi", "ell", "beta_s")
    added = {s: joerg.values()[s] for s in terms}
    # whatever occupancy the default has must not matter, the rest is put back to the publication
    values = {**default.values(), **joerg.values(), **added, "kappa": default.values()["kappa"]}
    first, year = 50 * cases.YEAR, cases.YEAR
    daily = joerg.exposure("teriparatide")
    flow = ((first + 6 * year, first + 7 * year, daily.scale * 0.02),)
    doses = {
        "denosumab": cases.boluses(joerg, "denosumab", 182.5, 60.0, 2, first + year),
        "romosozumab": cases.boluses(joerg, "romosozumab", cases.MONTH, 210.0, 1, first + 3 * year),
        "bisphosphonate": cases.boluses(joerg, "alendronate", 28.0, 280.0, 1, first + 5 * year),
        "pth": cases.Doses(daily.decay, infusions=flow),
    }
    last = first + 8 * year
    found = cases.patient(joerg, doses, np.array([0.0, first, last]), rtol=1e-11, **values)[0]
    hip = [i for i in range(len(CELL_STATES)) if i not in {Y.bone_lumbar, Y.coupling}]
    expected = textbook_joerg(joerg.values(), doses, first, last, found[1, hip])
    assert found[2, hip] == pytest.approx(expected, rel=2e-8)
    assert found[2, Y.bone_lumbar] == pytest.approx(found[2, Y.bone_hip], rel=1e-12)


def test_every_preset_that_is_shipped_can_be_run():
    assert {"default", "joerg2022", "pivonka2008", "lemaire2004", "komarova2003", "graham2013"} <= set(preset_names())
    for name in preset_names():
        equations, p = cases.model(name)
        y, inputs = equations.start(p)
        found = course(equations, p, y, np.array([0.0, 100.0]), inputs[None], np.array([100.0]))
        assert np.all(np.isfinite(found)), name


def test_an_unknown_family_is_refused_with_the_nearest_one():
    with pytest.raises(ModelError, match=r"unknown family of cell equations 'pivonca'. Did you mean 'pivonka'\?"):
        family("pivonca")


def test_a_preset_without_all_numbers_of_its_equations_is_refused():
    with pytest.raises(ModelError, match="the komarova cell model lacks the parameter 'g11'"):
        vector("komarova", {"alpha1": 1.0, "alpha2": 1.0, "beta1": 1.0, "beta2": 1.0})


def test_days_outside_the_course_are_refused():
    equations, p = cases.model("lemaire2004")
    y, inputs = equations.start(p)
    with pytest.raises(SolveError, match="asked for days outside 0 to 10"):
        course(equations, p, y, np.array([0.0, 10.0]), inputs[None], np.array([11.0]))


def test_a_course_that_explodes_says_when_and_where():
    equations, p = cases.model("lemaire2004")
    y, inputs = equations.start(p)
    inputs[equations.inputs.index("I_C")] = -1.0
    with pytest.raises(
        SolveError, match=r"the lemaire cell model could not be solved beyond day \S+ .*last state: R \S+"
    ):
        course(equations, p, y, np.array([0.0, 1000.0]), inputs[None], np.array([1000.0]))
