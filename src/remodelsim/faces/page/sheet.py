"""The sheet of a lesson, to print: tasks with room to write, and on a page of its own what the model shows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ...experiments.lessons import Reached
from ...files.assets import asset_text
from ...ground.units import DAYS_PER_YEAR
from ...ground.version import VERSION
from ...nouns.lesson import Lesson
from ...nouns.lesson_parts import Task, Text
from ...nouns.model import Model
from .strings import FOLDER, string

DIRECTIONS = ("up", "same", "down")


def sheet_html(model: Model, lesson: Lesson, reached: Sequence[Reached], language: str = "en") -> str:
    """Write the sheet of a lesson.

    Parameters
    ----------
    model, lesson
        The model and the lesson.
    reached
        What its tasks show, as from `experiments.lessons.try_tasks`.
    language
        "en" or "zh".

    Returns
    -------
    str
        One HTML document without any request or program; it prints on paper of any size.
    """
    title = escape(_in(lesson.title, language))
    fields = " ".join(
        f"<span class='field'>{escape(string(key, language))}: <i></i></span>" for key in ("sheet name", "sheet date")
    )
    tasks = "".join(_task(i, task, language) for i, task in enumerate(lesson.tasks, 1))
    return (
        f"<!doctype html><html lang='{'zh-Hans' if language == 'zh' else 'en'}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{title}</title><style>{asset_text(FOLDER, 'sheet.css')}</style></head><body><main>"
        f"<p class='fields'>{fields}</p><h1>{title}</h1>"
        f"<p class='question'>{escape(_in(lesson.question, language))}</p>{tasks}"
        f"<section class='key'><h2>{escape(string('sheet key', language))}</h2>"
        f"{_key(model, lesson, reached, language)}{_paragraphs(_in(lesson.teacher, language))}"
        f"<p class='small'>{escape(string('limits', language))} remodelsim {VERSION}</p></section>"
        "</main></body></html>\n"
    )


def _in(text: Text, language: str) -> str:
    return (text.zh if language == "zh" else text.en).strip()


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in text.split("\n\n"))


def _task(number: int, task: Task, language: str) -> str:
    boxes = "".join(
        f"<span class='box'><i></i>{escape(string(f'predict {way}', language))}</span>" for way in DIRECTIONS
    )
    answers = "".join(f"<li><i></i>{escape(_in(answer.text, language))}</li>" for answer in task.answers)
    return (
        f"<section class='task'><h2>{number}. {escape(_in(task.title, language))}</h2>"
        f"<p><b>{escape(string('step predict', language))}</b> {escape(_in(task.predict, language))}</p>"
        f"<p class='boxes'>{escape(string('sheet guess', language))}: {boxes}</p>"
        f"<p><b>{escape(string('step try', language))}</b> {escape(_in(task.attempt, language))}</p>"
        f"<p class='write'>{escape(string('sheet found', language))}:</p>"
        f"<p><b>{escape(string('step explain', language))}</b> {escape(_in(task.explain, language))}</p>"
        f"<ul>{answers}</ul><p class='write'>{escape(string('sheet reason', language))}:</p></section>"
    )


def _key(model: Model, lesson: Lesson, reached: Sequence[Reached], language: str) -> str:
    rows = []
    for number, task in enumerate(lesson.tasks, 1):
        found = "; ".join(_told(model, lesson, each, language) for each in reached if each.task is task)
        right = next(answer for answer in task.answers if answer.right)
        cells = (str(number), string(f"predict {task.expected}", language), found, _in(right.text, language))
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    heads = ("sheet task", "sheet way", "sheet shows", "sheet answer")
    head = "".join(f"<th scope='col'>{escape(string(key, language))}</th>" for key in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _told(model: Model, lesson: Lesson, each: Reached, language: str) -> str:
    readout = model.readout(each.readout)
    name = readout.label_zh if language == "zh" else readout.label_en
    unit, days = _time_unit(lesson)
    moment = string(f"in {unit}", language).replace("{0}", f"{round(each.task.at_day / days, 1):g}")
    parts = (name, moment, f"{each.before:.3g}", f"{each.after:.3g}")
    text = string("sheet values", language)
    for i, part in enumerate(parts):
        text = text.replace(f"{{{i}}}", part)
    return text


def _time_unit(lesson: Lesson) -> tuple[str, float]:
    """Return the unit in which the page of the lesson tells time, and its days."""
    if lesson.horizon >= 3 * DAYS_PER_YEAR:
        return "years", DAYS_PER_YEAR
    return ("months", DAYS_PER_YEAR / 12) if lesson.horizon >= 120 else ("days", 1.0)
