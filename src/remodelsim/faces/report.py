"""The report of a run: one HTML file that needs nothing else, light and dark, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from ..experiments.measured import cautions
from ..experiments.simulate import Result
from ..experiments.verdict import ARROWS, VERDICT_HEADER, open_readouts, verdict_row
from ..files.assets import asset_text
from ..ground.markup import CLASSES, html_table
from ..ground.version import VERSION
from ..nouns.background import Background
from .words import table_words, word


def report_html(result: Result, figures: Mapping[str, str], language: str = "en") -> str:
    """Write the report.

    Parameters
    ----------
    result
        The run.
    figures
        Figure to SVG text.
    language
        "en" or "zh".

    Returns
    -------
    str
        One HTML document without any external request.
    """
    scenario, zh = result.scenario, language == "zh"
    title = scenario.title_zh if zh else scenario.title_en
    question = scenario.question_zh if zh else scenario.question_en
    parts = [
        f"<h1>{escape(title)}</h1><p class='q'>{escape(question)}</p>",
        _section(language, "verdicts", _verdicts(result, language)),
        _section(language, "expectations", _expectations(result, language)) if result.outcomes else "",
        _cautions(result, language),
        _section(language, "figures", "".join(_figure(kind, svg, title, language) for kind, svg in figures.items())),
        _section(language, "claims", _claims(result, language)),
        _section(language, "limits", f"<p>{escape(word('limits_text', language))}</p>"),
        _footer(result),
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escape(title)}</title>"
    style, body = asset_text("faces/assets", "report.css"), "".join(parts)
    return (
        f"<!doctype html><html lang='{'zh' if zh else 'en'}'><head>{head}<style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _cautions(result: Result, language: str) -> str:
    told = cautions(result.model, (arm.protocol for arm in result.scenario.arms))
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in told)
    return _section(language, "cautions", f"<ul>{items}</ul>") if told else ""


def _footer(result: Result) -> str:
    cells = result.model.cells
    what = f"remodelsim {VERSION}; {result.scenario.name}; cells: {cells.name} ({cells.citation})"
    return f"<footer>{escape(what)}</footer>"


def _section(language: str, key: str, inner: str) -> str:
    return f"<section><h2>{escape(word(key, language))}</h2>{inner}</section>"


def _verdicts(result: Result, language: str) -> str:
    scenario, zh = result.scenario, language == "zh"
    out = []
    base = scenario.arm(scenario.baseline)
    for name, readouts in result.verdicts.items():
        arm = scenario.arm(name)
        labels = (arm.label_zh, base.label_zh) if zh else (arm.label_en, base.label_en)
        heading = f"{labels[0]} {word('against', language)} {labels[1]}"
        rows = [
            [_label(result, readout, zh), *table_words(verdict_row("", formalism, verdict)[1:], language)]
            for readout, both in readouts.items()
            for formalism, verdict in both.items()
        ]
        out.append(f"<h3>{escape(heading)}</h3>{html_table(table_words(VERDICT_HEADER, language), rows, CLASSES)}")
        disputed = [_label(result, readout, zh) for readout in open_readouts(readouts)]
        out.append(f"<p>{escape(word('open', language))} {escape(', '.join(disputed))}</p>" if disputed else "")
    return "".join(out)


def _label(result: Result, name: str, zh: bool) -> str:
    readout = result.model.readout(name)
    return readout.label_zh if zh else readout.label_en


def _expectations(result: Result, language: str) -> str:
    zh = language == "zh"
    labels = {arm.name: arm.label_zh if zh else arm.label_en for arm in result.scenario.arms}
    labels["start"] = table_words(["start"], language)[0]
    rows = [
        [
            table_words(["met" if o.met else "FAILED"], language)[0],
            labels[o.expectation.arm],
            labels[o.expectation.against],
            *table_words([f"{o.expectation.at_day:g} d"], language),
            _label(result, o.expectation.readout, zh),
            *table_words([o.formalism, ARROWS[o.expectation.direction], ARROWS[o.found]], language),
            f"{o.change:+.3f}",
        ]
        for o in result.outcomes
    ]
    header = ("", "arm", "against", "at", "readout", "formalism", "expected", "found", "change")
    return html_table(table_words(header, language), rows, CLASSES)


def _figure(kind: str, svg: str, title: str, language: str) -> str:
    drawing = svg[svg.index("<svg") :]
    caption = word(f"caption_{kind}", language)
    # ids of several drawings must not meet in one document
    drawing = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{kind}-", drawing)
    named = drawing.replace("<svg ", f"<svg role='img' aria-label='{escape(f'{title}: {caption}', quote=True)}' ", 1)
    return f"<figure>{named}<figcaption>{escape(caption)}</figcaption></figure>"


def _claims(result: Result, language: str) -> str:
    """List the claims behind the compounds and backgrounds of the scenario."""
    from ..nouns.intervention import Course, Dosing

    model = result.model
    rows: dict[str, list[str]] = {}
    for arm in result.scenario.arms:
        for action in arm.protocol:
            if isinstance(action, Dosing):
                compound = model.compounds[action.compound]
                for effect in compound.effects:
                    arrow = f"{compound.name} {'raises' if effect.sign > 0 else 'lowers'} {effect.node}"
                    rows[arrow] = [
                        arrow,
                        " ".join(effect.claims) or "assumption",
                        _facts(result, effect.claims, effect.assumption),
                    ]
            elif isinstance(action, Course):
                for background in model.backgrounds.values():
                    if background.courses.get(action.node) == action.course:
                        rows[background.name] = _background_row(result, background)
            elif any(b.levels.get(action.node) == action.level for b in model.backgrounds.values()):
                found = next(b for b in model.backgrounds.values() if b.levels.get(action.node) == action.level)
                rows[found.name] = _background_row(result, found)
            else:
                name = f"{action.node} held at {action.level:g}"
                rows.setdefault(name, [name, "", *table_words(["set by the scenario"], language)])
    return (
        html_table(table_words(("arrow", "claims", "what they say"), language), rows.values()) if rows else "<p>-</p>"
    )


def _background_row(result: Result, background: Background) -> list[str]:
    facts = _facts(result, background.claims, background.assumption)
    return [background.name, " ".join(background.claims) or "assumption", facts]


def _facts(result: Result, ids: Iterable[str], assumption: str) -> str:
    known = [result.model.claims[i].sentence() for i in ids if i in result.model.claims]
    return "; ".join(dict.fromkeys(known)) or f"assumption: {assumption}"
