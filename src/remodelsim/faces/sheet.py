"""Reports of tables and figures: one HTML file that needs nothing else, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from ..files.assets import asset_text
from ..ground.markup import CLASSES, html_table
from ..ground.version import VERSION
from ..nouns.model import Model
from .words import table_words, word


def table_section(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> str:
    """Return a table under its title.

    Parameters
    ----------
    title
        Key of its title in words.yaml.
    header, rows
        Cells.
    language
        "en" or "zh".

    Returns
    -------
    str
        HTML.
    """
    told = [table_words(row, language) for row in rows]
    inner = html_table(table_words(header, language), told, CLASSES)
    return f"<section><h2>{escape(word(title, language))}</h2>{inner}</section>"


def text_section(lines: Sequence[str]) -> str:
    """Return lines of text as paragraphs; nothing for none."""
    return f"<section>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</section>" if lines else ""


def figure_section(figures: Mapping[str, str], language: str, caption: str = "") -> str:
    """Return figures, each with its caption.

    Parameters
    ----------
    figures
        Name to SVG text; the caption stands in words.yaml as ``caption_NAME``.
    language
        "en" or "zh".
    caption
        Key of one caption for all of them.

    Returns
    -------
    str
        HTML.
    """
    parts = []
    for name, svg in figures.items():
        told = word(caption or f"caption_{name}", language)
        # ids of several drawings must not meet in one document
        drawing = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", svg[svg.index("<svg") :])
        named = drawing.replace("<svg ", f"<svg role='img' aria-label='{escape(told, quote=True)}' ", 1)
        parts.append(f"<figure>{named}<figcaption>{escape(told)}</figcaption></figure>")
    return f"<section><h2>{escape(word('figures', language))}</h2>{''.join(parts)}</section>"


def readout_label(model: Model, name: str, language: str) -> str:
    """Return what people call a readout.

    Parameters
    ----------
    model
        The model.
    name
        Its name.
    language
        "en" or "zh".

    Returns
    -------
    str
        Its label.
    """
    readout = model.readout(name)
    return readout.label_zh if language == "zh" else readout.label_en


def sheet_html(title: str, question: str, sections: Sequence[str], foot: str, language: str) -> str:
    """Return a report.

    Parameters
    ----------
    title, question
        What it is about.
    sections
        HTML of its parts.
    foot
        What its last line says beside the version.
    language
        "en" or "zh".

    Returns
    -------
    str
        One HTML document without any external request.
    """
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escape(title)}</title>"
    limits = (
        f"<section><h2>{escape(word('limits', language))}</h2><p>{escape(word('limits_text', language))}</p></section>"
    )
    body = f"<h1>{escape(title)}</h1><p class='q'>{escape(question)}</p>{''.join(sections)}{limits}"
    footer = f"<footer>{escape(f'remodelsim {VERSION}; {foot}')}</footer>"
    style, spoken = asset_text("faces/assets", "report.css"), "zh" if language == "zh" else "en"
    return (
        f"<!doctype html><html lang='{spoken}'><head>{head}<style>{style}</style></head>"
        f"<body><main>{body}{footer}</main></body></html>\n"
    )
