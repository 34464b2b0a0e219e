"""Headless Chromium through Playwright, with the reason why it is not there."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
MISSING = (
    "Chromium is not installed"
    if CHROMIUM is None
    else "the Python package playwright is not installed"
    if find_spec("playwright") is None
    else ""
)


def axe_path():
    """Return the file of axe-core, or None: REMODELSIM_AXE names it, .ci/run fetches it."""
    named = os.environ.get("REMODELSIM_AXE", "")
    places = [Path(named)] if named else []
    places += [Path.home() / ".cache" / "remodelsim" / "axe.min.js", Path("node_modules/axe-core/axe.min.js")]
    return next((place for place in places if place.is_file()), None)


@contextmanager
def chromium():
    """Yield a browser that is closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, path, *, size=(1280, 800), link="", **options):
    """Yield a page whose errors and requests are kept in `page.troubles` and `page.asked`."""
    # the page's own policy forbids eval, by which Playwright waits
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **{"bypass_csp": True, **options})
    page = context.new_page()
    page.troubles, page.asked = [], []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda note: page.troubles.append(note.text) if note.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(Path(path).as_uri() + (f"#{link}" if link else ""))
    page.wait_for_function("document.documentElement.dataset.redraws >= 1")
    try:
        yield page
    finally:
        context.close()
