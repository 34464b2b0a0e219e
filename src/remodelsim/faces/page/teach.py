"""The teaching page: one HTML file with the model, a lesson and its texts; no server, no request."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from ...files.assets import asset_text
from ...ground.version import VERSION
from ...nouns.arrows import Arrow, arrows_of
from ...nouns.lesson import Lesson
from ...nouns.model import Model
from .compile import page_data, page_engine
from .evidence import evidence_of
from .lesson_data import lesson_data
from .strings import FOLDER, string, strings

PARTS = ("base", "layout", "network", "balance", "charts", "controls", "info", "why", "tasks", "app")
# texts and patterns stay as they are; spaces around signs go
_TEXT_OR_SPACE = re.compile(
    r"""("[^"\n]*"|`[^`]*`|/(?:[^/\n\\ ]|\\.)+/[gimsu]*(?=[.,)]))| *([-+*/=<>!?:&|,;(){}\[\]]+) *"""
)
_NOT_SHOWN = ("claim ", "sheet ")
# functions and values of the whole program
_TOP = re.compile(r"(?m)^(?:async )?(?:function\*?|const|let) (\w{6,})\b")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page_html(model: Model, lesson: Lesson, *, language: str = "en", evidence: bool = True, notes: bool = True) -> str:
    """Write the page of a lesson.

    Parameters
    ----------
    model, lesson
        The model and the lesson.
    language
        "en" or "zh": what it opens in.
    evidence
        Whether the texts of the claims are in it.
    notes
        Whether the teacher's notes are in it.

    Returns
    -------
    str
        One HTML document without any external request.
    """
    arrows = arrows_of(model, lesson.nodes, lesson.compounds(), lesson.arrows)
    shown = lesson_data(model, lesson, arrows)
    texts = {key: [both["en"], both["zh"]] for key, both in strings().items() if not key.startswith(_NOT_SHOWN)}
    blocks = [
        _data("model", _model_data(model, lesson, arrows)),
        _data("lesson", in_page(shown if notes else {**shown, "teacher": None})),
        _data("strings", in_page(texts)),
        _data("evidence", in_page(evidence_of(model, lesson, arrows))) if evidence else "",
        f"<script>{page_engine()}</script>",
        f"<script>{_program()}</script>",
    ]
    title = lesson.title.zh if language == "zh" else lesson.title.en
    return (
        f"<!doctype html><html lang='{'zh' if language == 'zh' else 'en'}'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<meta name='generator' content='remodelsim {VERSION}'><title>{escape(title)}</title>"
        f"<style>{asset_text(FOLDER, 'page.css')}</style></head>"
        f"<body>{_body(language)}{''.join(blocks)}</body></html>\n"
    )


def _model_data(model: Model, lesson: Lesson, arrows: Sequence[Arrow]) -> str:
    """Return the data of the model with the names that this lesson can speak of."""
    charted = [name for chart in lesson.charts for name in chart.readouts]
    asked = [name for task in lesson.tasks for name in (task.readout, *task.shows)]
    targets = [effect.node for name in lesson.compounds() for effect in model.compounds[name].effects]
    spoken = {*targets, *lesson.nodes, *charted, *asked, *(hop.target for arrow in arrows for hop in arrow.hops)}
    return page_data(
        model,
        compounds=lesson.compounds(),
        backgrounds=(),
        readouts=[name for name in dict.fromkeys([*charted, *asked, *lesson.nodes]) if name in model.readouts],
        labels=sorted(spoken & set(model.network.index)),
    )


def in_page(value: Any) -> str:
    """Return JSON that can stand inside a script element: no tag can begin in it.

    Parameters
    ----------
    value
        Plain data.

    Returns
    -------
    str
        JSON without ``<``, ``>`` and ``&``.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _data(name: str, text: str) -> str:
    return f"<script type='application/json' id='{name}'>{text}</script>"


@cache
def _program() -> str:
    """Join the parts of the page's program; comments, indents and long names stay in the sources."""
    source = "\n".join(asset_text(FOLDER, f"{part}.js") for part in PARTS)
    lines = (line.strip() for line in source.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    close = _TEXT_OR_SPACE.sub(lambda found: found.group(1) or found.group(2), code)
    for place, name in enumerate(dict.fromkeys(_TOP.findall(source))):
        # a name that is also a key or a text somewhere keeps its length
        if len(re.findall(rf"\b{name}\b", close)) == len(re.findall(_alone(name), close)):
            close = re.sub(_alone(name), f"_{place}", close)
    return f'(()=>{{"use strict";\n{close}\n}})();'


def _alone(name: str) -> str:
    return rf"(?<![\w$.\"'`#-]){name}(?![\w$\"'`:-])"


def _body(language: str) -> str:
    """Fill the skeleton of the page with strings; the page itself fills in what a language change replaces."""
    skeleton = asset_text(FOLDER, "skeleton.html")
    return re.sub(r"\{\{([\w ]+)\}\}", lambda found: escape(string(found.group(1), language)), skeleton)
