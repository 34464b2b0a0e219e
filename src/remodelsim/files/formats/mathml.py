"""Formulae and rules as MathML, in the part of it that SBML allows."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from ...nouns.equations import Term
from ...nouns.rule import Expr

MATHML = "http://www.w3.org/1998/Math/MathML"
_TIME = "http://www.sbml.org/sbml/symbols/time"


def formula(term: Term) -> Element:
    """Return a formula as a ``math`` element."""
    out = Element("math", xmlns=MATHML)
    out.append(_content(term))
    return out


def _content(term: Term) -> Element:
    if term.op == "number":
        return _number(term.value)
    if term.op == "name":
        return _text("ci", term.name)
    if term.op == "time":
        out = _text("csymbol", "time")
        out.set("encoding", "text")
        out.set("definitionURL", _TIME)
        return out
    if term.op == "choice":
        out = Element("piecewise")
        value, condition, otherwise = (_content(part) for part in term.args)
        SubElement(out, "piece").extend((value, condition))
        SubElement(out, "otherwise").append(otherwise)
        return out
    return _apply(term.op, *(_content(part) for part in _flat(term)))


def _flat(term: Term) -> list[Term]:
    """Return the parts of a sum or product in one row: deep nests are slow to read elsewhere."""
    if term.op not in {"plus", "times"}:
        return list(term.args)
    first, *others = term.args
    return [*(_flat(first) if first.op == term.op else [first]), *others]


def condition(expr: Expr) -> Element:
    """Return a rule as a ``math`` element that is true where the rule holds: ``A >= 1`` for a node that is on."""
    out = Element("math", xmlns=MATHML)
    out.append(_held(expr))
    return out


def _held(expr: Expr) -> Element:
    if expr.op == "var":
        return _apply("eq", _text("ci", expr.name), _whole(1))
    if expr.op == "const":
        return Element("true" if expr.value else "false")
    return _apply(expr.op, *(_held(part) for part in expr.args))


def _apply(op: str, *parts: Element) -> Element:
    out = Element("apply")
    SubElement(out, op)
    out.extend(parts)
    return out


def _text(tag: str, text: str) -> Element:
    out = Element(tag)
    out.text = text
    return out


def _whole(value: int) -> Element:
    out = _text("cn", str(value))
    out.set("type", "integer")
    return out


def _number(value: float) -> Element:
    """Return a number with every digit that it has."""
    digits, _, exponent = repr(value).partition("e")
    if not exponent:
        return _text("cn", digits)
    out = Element("cn", type="e-notation")
    out.text = digits
    SubElement(out, "sep").tail = str(int(exponent))
    return out
