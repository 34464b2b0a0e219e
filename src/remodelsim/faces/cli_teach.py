"""The teaching page on the command line: one file, a sheet to print, or a small server for a class."""

from __future__ import annotations

import click

from .cli_tools import MODELS, announce_compiling, helpful

PAGES = (".html", ".htm")


@click.command()
@click.argument("lesson", required=False)
@click.option("-o", "--output", default=None, metavar="FILE", help="The page; <lesson>.html by default.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Language that the page opens in.")
@click.option("--sheet", is_flag=True, help="Write a sheet to print, with the answers for the teacher, instead.")
@click.option("--serve", is_flag=True, help="Show the lesson, or all of them, on this machine until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Of --serve; 0 for any.")
@click.option("--without-evidence", is_flag=True, help="Leave out the texts of the claims.")
@click.option("--without-notes", is_flag=True, help="Leave out the teacher's notes: the page for students.")
@MODELS
@helpful
def teach(
    lesson: str | None,
    output: str | None,
    language: str,
    sheet: bool,
    serve: bool,
    port: int,
    without_evidence: bool,
    without_notes: bool,
    folder: str | None,
) -> None:
    """Write the teaching page of LESSON (a file, or the name of a shipped one) as one HTML file."""
    from ..files.lesson_file import load_lesson
    from ..files.library import load_model
    from ..files.whole import check_target, put_text
    from .lesson_pages import pages_of

    model = load_model(folder)
    if serve:
        from .serving import address_of, server_for

        found = pages_of(model, lesson, language, evidence=not without_evidence, notes=not without_notes)
        with server_for(found, port) as server:
            click.echo(f"The lessons are at {address_of(server)} on this machine only; Ctrl-C ends it.")
            server.serve_forever()
        return
    from ..experiments.lessons import check_tasks

    asked = load_lesson(lesson or "balance", model)
    target = check_target(output or f"{asked.name}{'_sheet' if sheet else ''}.html", PAGES)
    announce_compiling()
    reached = check_tasks(model, asked)
    if sheet:
        from .page.sheet import sheet_html

        text = sheet_html(model, asked, reached, language)
    else:
        from .page.teach import page_html

        text = page_html(model, asked, language=language, evidence=not without_evidence, notes=not without_notes)
    put_text(target, text)
    click.echo(f"{target}: {len(text.encode()) / 1000:.0f} kB, {len(asked.tasks)} tasks; open it in a browser.")
