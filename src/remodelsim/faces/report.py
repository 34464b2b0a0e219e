"""The report of a run: one HTML file that needs nothing else, light and dark, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ..experiments.explanation import Explanation
from ..experiments.measured import cautions
from ..experiments.simulate import Result
from ..experiments.verdict import ARROWS, VERDICT_HEADER, open_readouts, verdict_row
from ..files.assets import asset_text
from ..ground.markup import CLASSES, html_table
from ..ground.version import VERSION
from .report_parts import cite_section, claims_section, figure_html, why_section
from .words import table_words, word


def report_html(
    result: Result,
    figures: Mapping[str, str],
    language: str = "en",
    whys: Mapping[str, tuple[Explanation, str]] | None = None,
) -> str:
    """Write the report.

    Parameters
    ----------
    result
        The run.
    figures
        Figure to SVG text.
    language
        "en" or "zh".
    whys
        Arm to why it differs from the baseline, and the picture of it as SVG text.

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
        _section(
            language,
            "figures",
            "".join(
                figure_html(
                    kind, svg, f"{title}: {word(f'caption_{kind}', language)}", word(f"caption_{kind}", language)
                )
                for kind, svg in figures.items()
            ),
        ),
        why_section(result, whys or {}, language),
        claims_section(result, whys or {}, language),
        _section(language, "limits", f"<p>{escape(word('limits_text', language))}</p>"),
        cite_section(result, whys or {}, language),
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
            [_label(result, readout, zh), *table_words(_narrow(verdict_row("", formalism, verdict))[1:], language)]
            for readout, both in readouts.items()
            for formalism, verdict in both.items()
        ]
        header = table_words(_narrow(list(VERDICT_HEADER)), language)
        out.append(f"<h3>{escape(heading)}</h3>{html_table(header, rows, CLASSES)}")
        disputed = [_label(result, readout, zh) for readout in open_readouts(readouts)]
        out.append(f"<p>{escape(word('open', language))} {escape(', '.join(disputed))}</p>" if disputed else "")
    return "".join(out)


def _narrow(row: list[str]) -> list[str]:
    """Put what matters first, for narrow screens: direction and agreement before the numbers."""
    name, formalism, without, with_, change, direction, agreement = row
    return [name, formalism, direction, agreement, change, without, with_]


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
            _label(result, o.expectation.readout, zh),
            *table_words([o.formalism, ARROWS[o.expectation.direction], ARROWS[o.found]], language),
            f"{o.change:+.3f}",
            labels[o.expectation.arm],
            labels[o.expectation.against],
            *table_words([f"{o.expectation.at_day:g} d"], language),
        ]
        for o in result.outcomes
    ]
    header = ("", "readout", "formalism", "expected", "found", "change", "arm", "against", "at")
    return html_table(table_words(header, language), rows, CLASSES)
