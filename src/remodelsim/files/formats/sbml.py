"""Equations as SBML Level 3 Version 1, for libroadrunner, COPASI, tellurium, AMICI and others.

Written with the XML writer of the standard library: the file is small, its bytes are the same on every machine, and
nobody has to install a reader of SBML to write some. Tests have libsbml check it and libroadrunner solve it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...nouns.equations import Equations, Event, State
from ..whole import check_target, put_text
from .mathml import formula

_SBML = "http://www.sbml.org/sbml/level3/version1/core"
_XHTML = "http://www.w3.org/1999/xhtml"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IS = "http://biomodels.net/biology-qualifiers/"
_PLACE = "body"


def write_sbml(system: Equations) -> str:
    """Write equations as SBML.

    Parameters
    ----------
    system
        The equations; what is defined becomes assignment rules, rates become rate rules, time is in days.

    Returns
    -------
    str
        The file.
    """
    root = Element("sbml", xmlns=_SBML, level="3", version="1")
    model = SubElement(
        root, "model", id=system.name, name=system.title, timeUnits="day", substanceUnits="dimensionless"
    )
    model.set("extentUnits", "dimensionless")
    model.set("volumeUnits", "dimensionless")
    day = SubElement(SubElement(model, "listOfUnitDefinitions"), "unitDefinition", id="day")
    units = SubElement(day, "listOfUnits")
    SubElement(units, "unit", kind="second", exponent="1", scale="0", multiplier="86400")
    body = SubElement(SubElement(model, "listOfCompartments"), "compartment", id=_PLACE, spatialDimensions="3")
    body.set("size", "1")
    body.set("constant", "true")
    body.set("units", "dimensionless")
    SubElement(model, "listOfSpecies").extend(_species(state) for state in system.states)
    SubElement(model, "listOfParameters").extend(_parameters(system))
    SubElement(model, "listOfRules").extend(_rules(system))
    if system.events:
        SubElement(model, "listOfEvents").extend(_event(event) for event in system.events)
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def save_sbml(system: Equations, path: str) -> Path:
    """Write equations as a file.

    Parameters
    ----------
    system
        The equations.
    path
        The file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        When it cannot be written.
    """
    file = check_target(path)
    put_text(file, write_sbml(system))
    return file


def _species(state: State) -> Element:
    held = state.rate is None
    out = Element("species", id=state.name, name=state.label_en or state.name, compartment=_PLACE)
    out.set("initialAmount", repr(float(state.start)))
    for flag, value in (("hasOnlySubstanceUnits", True), ("boundaryCondition", held), ("constant", held)):
        out.set(flag, str(value).lower())
    if state.label_zh:
        SubElement(SubElement(out, "notes"), "p", xmlns=_XHTML).text = state.label_zh
    if state.identifier:
        out.set("metaid", f"meta_{state.name}")
        out.append(_annotation(state))
    return out


def _annotation(state: State) -> Element:
    """Return what a state is, as a link to identifiers.org."""
    out = Element("annotation")
    rdf = SubElement(out, "rdf:RDF", {"xmlns:rdf": _RDF, "xmlns:bqbiol": _IS})
    about = SubElement(rdf, "rdf:Description", {"rdf:about": f"#meta_{state.name}"})
    bag = SubElement(SubElement(about, "bqbiol:is"), "rdf:Bag")
    SubElement(bag, "rdf:li", {"rdf:resource": f"https://identifiers.org/{state.identifier}"})
    return out


def _parameters(system: Equations) -> Iterable[Element]:
    changing = {name for event in system.events for name in event.sets}
    for name, value in system.numbers.items():
        constant = str(name not in changing).lower()
        yield Element("parameter", id=name, value=repr(float(value)), constant=constant)
    for name in system.defined:
        yield Element("parameter", id=name, constant="false")


def _rules(system: Equations) -> Iterable[Element]:
    for name, defined in system.defined.items():
        rule = Element("assignmentRule", variable=name)
        rule.append(formula(defined))
        yield rule
    for state in system.states:
        if state.rate is not None:
            rule = Element("rateRule", variable=state.name)
            rule.append(formula(state.rate))
            yield rule


def _event(event: Event) -> Element:
    out = Element("event", id=event.name, useValuesFromTriggerTime="true")
    trigger = SubElement(out, "trigger", initialValue="false", persistent="true")
    trigger.append(formula(event.when))
    sets = SubElement(out, "listOfEventAssignments")
    for name, value in event.sets.items():
        SubElement(sets, "eventAssignment", variable=name).append(formula(value))
    return out
