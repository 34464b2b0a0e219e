"""The model for other tools: the written equations are ours, and SBML's own library and solver take them."""

import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner

from remodelsim.engines.ode.system import CELLS, drug_levels, rates
from remodelsim.experiments.exported import Export, exported
from remodelsim.experiments.plan import ode_stretches
from remodelsim.experiments.runs import scipy_run
from remodelsim.faces.cli import main
from remodelsim.files.formats.sbml import write_sbml
from remodelsim.files.formats.sbml_qual import write_sbml_qual
from remodelsim.ground.errors import ModelError
from remodelsim.ground.units import parse_amount
from remodelsim.nouns.assignment import protocol_of
from remodelsim.nouns.equations import Equations, State, symbol
from remodelsim.nouns.intervention import Clamp, Dosing, Protocol, Span
from remodelsim.nouns.rule import Rule

CORE = "{http://www.sbml.org/sbml/level3/version1/core}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
QUAL = "{http://www.sbml.org/sbml/level3/version1/qual/version1}"
DONE = [
    "",
    "menopause=on & RANKL=off",
    "Quercetin=5uM & Estrogen=0.2",
    "Denosumab=60mg & glucocorticoid=on",
    "Osteoblast=0.3 & BoneFormation=off & Teriparatide=20mcg",
]


# what comes and goes meanwhile
LATER = Protocol(
    (Clamp("TNF", 1.0, Span(100.0, 200.0)), Dosing("Romosozumab", parse_amount("210mg"), Span(150.0, 300.0)))
)


def done_in(model, text):
    return protocol_of(model, text, where="do").override(LATER if text else Protocol())


def value(node, known):
    """Evaluate MathML by the rules of MathML."""
    tag = node.tag.removeprefix(MATH)
    if tag == "cn":
        parts = list(node)
        return float(node.text + "e" + parts[0].tail) if parts else float(node.text)
    if tag == "ci":
        return known[node.text]
    if tag == "csymbol":
        return known["time"]
    if tag in {"math", "otherwise"}:
        return value(node[0], known)
    if tag == "piecewise":
        return value(node[0][0], known) if value(node[0][1], known) else value(node[1], known)
    assert tag == "apply"
    parts = [value(part, known) for part in node[1:]]
    match node[0].tag.removeprefix(MATH):
        case "plus":
            return sum(parts)
        case "times":
            return math.prod(parts)
        case "minus":
            return parts[0] - parts[1]
        case "divide":
            return parts[0] / parts[1]
        case "power":
            return parts[0] ** parts[1]
        case "gt":
            return parts[0] > parts[1]
        case "geq":
            return parts[0] >= parts[1]
        case other:
            raise AssertionError(other)


def xml(text):
    return ET.fromstring(text)  # noqa: S314  # our own


def rates_of(root, known):
    """Return the rates of the species of an SBML model; `known` gains what is defined."""
    for rule in root.iter(f"{CORE}assignmentRule"):
        known[rule.get("variable")] = value(rule[0], known)
    return {rule.get("variable"): value(rule[0], known) for rule in root.iter(f"{CORE}rateRule")}


@pytest.mark.parametrize("done", DONE)
def test_the_written_rates_are_those_of_the_kernels(model, reference, done):
    stretches = ode_stretches(model, reference, done_in(model, done), 400.0)
    export = Export(model, (reference,))
    root = xml(write_sbml(export.equations(stretches)))
    known = {p.get("id"): float(p.get("value")) for p in root.iter(f"{CORE}parameter") if p.get("value")}
    events = {float(value(e[0][0][0][2], known)): e for e in root.iter(f"{CORE}event")}
    rng = np.random.default_rng(4)
    healthy = np.concatenate([reference.constants.level, reference.wiring.healthy[:CELLS]])
    names, out = export.symbols, np.empty(healthy.size)
    for k, stretch in enumerate(stretches):
        day = stretch.start + rng.uniform(0.0, 1.0)
        sets = {a.get("variable"): value(a[0], known) for a in events[stretch.start][1]} if k else {}
        state = healthy * rng.uniform(0.5, 1.3, healthy.size)
        state[rng.integers(0, healthy.size - CELLS, 20)] = 0.0
        for i, start in stretch.jump.items():
            state[i] = start
        assert all(sets[names[i]] == start for i, start in stretch.jump.items() if k)
        levels = np.empty(4)
        drug_levels(stretch.doing, day, levels)
        drugs = dict(zip(("denosumab", "romosozumab", "bisphosphonate", "pth"), levels, strict=True))
        known |= {**sets, **dict(zip(names, state, strict=True)), "time": day}
        known |= {f"drug_{name}": level for name, level in drugs.items()}
        found = rates_of(root, known)
        rates(day, state, reference.program, reference.constants, reference.wiring, stretch.doing, out)
        assert [found.get(name, 0.0) for name in names] == pytest.approx(out, rel=1e-9, abs=1e-12)
        for name in drugs:
            if f"drug_{name}" in found:
                later = np.empty(4)
                drug_levels(stretch.doing, day + 1e-4, later)
                slope = dict(zip(drugs, (later - levels) / 1e-4, strict=True))[name]
                assert found[f"drug_{name}"] == pytest.approx(slope, rel=1e-2, abs=1e-9)


def test_a_rule_driven_below_nothing_by_a_solver_stays_a_number(model):
    root = xml(write_sbml(exported(model, "RANKL=off")))
    known = {p.get("id"): float(p.get("value")) for p in root.iter(f"{CORE}parameter") if p.get("value")}
    known |= {s.get("id"): float(s.get("initialAmount")) for s in root.iter(f"{CORE}species")}
    known |= {node.name: -1e-9 for node in model.network.nodes} | {"time": 0.0}
    found = rates_of(root, known)
    assert all(isinstance(rate, float) and math.isfinite(rate) for rate in found.values())
    assert "RANKL" not in found


def test_species_carry_both_labels_and_a_link_to_what_they_are(model):
    root = xml(write_sbml(exported(model)))
    node = next(node for node in model.network.nodes if node.identifier and node.label_zh)
    species = next(s for s in root.iter(f"{CORE}species") if s.get("id") == node.name)
    text = ET.tostring(species, encoding="unicode")
    assert species.get("name") == node.label_en
    assert node.label_zh in text
    assert f"https://identifiers.org/{node.identifier}" in text


def test_equations_refuse_to_be_wrong():
    a = State("a", 1.0, symbol("b"))
    with pytest.raises(ModelError, match=r"^the equation of a uses b, which is not there\.$"):
        Equations("m", "m", (a,), {}, {})
    with pytest.raises(ModelError, match=r"^the symbol a stands for two things\. Rename one of the nodes\.$"):
        Equations("m", "m", (a,), {"a": 1.0, "b": 1.0}, {})


def test_rules_are_written_as_qualitative_models():
    rules = {name: Rule.parse(name, text) for name, text in {"A": "(B | !C) & C", "B": "B", "C": "1"}.items()}
    root = xml(write_sbml_qual(rules))
    signs = {
        (t.get(f"{QUAL}id"), i.get(f"{QUAL}qualitativeSpecies")): i.get(f"{QUAL}sign")
        for t in root.iter(f"{QUAL}transition")
        for i in t.iter(f"{QUAL}input")
    }
    assert signs == {("tr_A", "B"): "positive", ("tr_A", "C"): "dual"}
    assert [s.get(f"{QUAL}constant") for s in root.iter(f"{QUAL}qualitativeSpecies")] == ["false", "true", "false"]


@pytest.mark.parametrize("ending", [".xml", ".sbml"])
def test_the_library_of_sbml_finds_no_error(tmp_path, ending):
    libsbml = pytest.importorskip("libsbml", reason="python-libsbml (extra 'sbml') is not installed")
    file = tmp_path / f"model{ending}"
    done = CliRunner().invoke(main, ["convert", "model", str(file)])
    assert (done.exit_code, done.output) == (0, f"wrote {file}\n")
    document = libsbml.readSBML(str(file))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    errors = [document.getError(k).getMessage() for k in range(document.getNumErrors())]
    assert errors == []
    assert document.getModel().getNumCompartments() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("convert", "a.bnet", "b.xml"), "only the model has equations to write as .xml, not 'a.bnet'. Write .sbml."),
        (
            ("convert", "model", "b.bnet", "--do", "TNF=on"),
            "--do is for the equations of the model. Write the model as .xml.",
        ),
        (("convert", "model", "no/where/b.xml"), "no folder 'no/where'. Make it first, or name another file."),
        (("convert", "model", "b.xml", "--days", "-1"), "-1 days make no sense. Allowed: above 0 to 100 y."),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, list(arguments))
    assert (done.exit_code, done.output) == (2, f"remodelsim: {message}\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_libroadrunner_finds_our_course(model, reference):
    roadrunner = pytest.importorskip("roadrunner", reason="libroadrunner is a peer: benchmarks/ode_vs_peers.py has it")
    done = done_in(model, "menopause=on & Quercetin=5uM")
    stretches = ode_stretches(model, reference, done, 1825.0)
    run = roadrunner.RoadRunner(write_sbml(Export(model, (reference,)).equations(stretches)))
    run.integrator.relative_tolerance, run.integrator.absolute_tolerance = 1e-8, 1e-12
    run.timeCourseSelections = ["bmd_hip", "bmd_lumbar", "TNF", "RANKL"]
    found = np.array(run.simulate(0.0, 1825.0, 11))
    course = scipy_run(model, reference, done, np.linspace(0.0, 1825.0, 11))
    expected = np.stack([course[name] for name in ("bmd_hip", "bmd_lumbar", "TNF", "RANKL")], axis=1)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)
