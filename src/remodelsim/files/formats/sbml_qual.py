"""Boolean rules as SBML-qual, for GINsim, BioLQM, CellCollective, bioLQM and others."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...nouns.rule import Rule
from .mathml import condition

_SBML = "http://www.sbml.org/sbml/level3/version1/core"
_QUAL = "http://www.sbml.org/sbml/level3/version1/qual/version1"
_SIGNS = {1: "positive", -1: "negative"}


def write_sbml_qual(rules: Mapping[str, Rule]) -> str:
    """Write the rules of a Boolean network as SBML-qual.

    Parameters
    ----------
    rules
        Node to rule; an input has no transition.

    Returns
    -------
    str
        The file.
    """
    root = Element("sbml", {"xmlns": _SBML, "level": "3", "version": "1", "xmlns:qual": _QUAL, "qual:required": "true"})
    model = SubElement(root, "model", id="remodelsim")
    place = SubElement(SubElement(model, "listOfCompartments"), "compartment", id="body")
    place.set("constant", "true")
    species = SubElement(model, "qual:listOfQualitativeSpecies")
    for name, rule in rules.items():
        about = {"qual:id": name, "qual:name": name, "qual:compartment": "body", "qual:maxLevel": "1"}
        SubElement(species, "qual:qualitativeSpecies", about | {"qual:constant": str(rule.is_input).lower()})
    moves = [_transition(name, rule) for name, rule in rules.items() if not rule.is_input]
    if moves:
        SubElement(model, "qual:listOfTransitions").extend(moves)
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _transition(name: str, rule: Rule) -> Element:
    out = Element("qual:transition", {"qual:id": f"tr_{name}"})
    if rule.regulators:
        inputs = SubElement(out, "qual:listOfInputs")
        for regulator in rule.regulators:
            about = {
                "qual:id": f"tr_{name}_in_{regulator}",
                "qual:qualitativeSpecies": regulator,
                "qual:transitionEffect": "none",
                "qual:sign": _SIGNS.get(rule.signs.get(regulator, 0), "dual"),
            }
            SubElement(inputs, "qual:input", about)
    effect = {"qual:id": f"tr_{name}_out", "qual:qualitativeSpecies": name}
    outputs = SubElement(out, "qual:listOfOutputs")
    SubElement(outputs, "qual:output", {**effect, "qual:transitionEffect": "assignmentLevel"})
    terms = SubElement(out, "qual:listOfFunctionTerms")
    SubElement(terms, "qual:defaultTerm", {"qual:resultLevel": "0"})
    SubElement(terms, "qual:functionTerm", {"qual:resultLevel": "1"}).append(condition(rule.expr))
    return out
