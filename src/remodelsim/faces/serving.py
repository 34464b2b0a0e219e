"""A small server for a class: the pages of lessons, on this machine only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

from ..ground.errors import FileFormatError
from ..nouns.lesson import Lesson

LOOPBACK = "127.0.0.1"
Pages = Mapping[str, tuple[Lesson, Callable[[], str]]]


def server_for(pages: Pages, port: int) -> ThreadingHTTPServer:
    """Return a server of pages that listens on the loopback address alone.

    Parameters
    ----------
    pages
        Name to lesson and what writes its page.
    port
        0 for any that is free.

    Returns
    -------
    ThreadingHTTPServer
        Ready to serve; a list of the lessons at its top.

    Raises
    ------
    FileFormatError
        When the port is taken.
    """
    written: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        """Answers GET with a page that it holds; everything else is refused."""

        def do_GET(self) -> None:
            name = unquote(urlsplit(self.path).path).strip("/").removesuffix(".html")
            if name and name not in pages:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            if name not in written:
                written[name] = (pages[name][1]() if name else index_html(pages)).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(written[name])))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(written[name])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the library's)
            """Keep silent."""

    try:
        return ThreadingHTTPServer((LOOPBACK, port), Handler)
    except OSError as error:
        raise FileFormatError(
            f"cannot listen on port {port} ({error.strerror})", cure="Choose another with --port, or 0 for any."
        ) from None


def address_of(server: ThreadingHTTPServer) -> str:
    """Return the address at which a server is reached."""
    return f"http://{LOOPBACK}:{server.server_address[1]}/"


def index_html(pages: Pages) -> str:
    """Write the list of lessons.

    Parameters
    ----------
    pages
        Name to lesson and what writes its page.

    Returns
    -------
    str
        One HTML document.
    """
    items = "".join(
        f"<li><a href='/{quote(name)}'>{escape(lesson.title.en)} "
        f"<span lang='zh-Hans'>{escape(lesson.title.zh)}</span></a><br>{escape(lesson.question.en)}</li>"
        for name, (lesson, _) in pages.items()
    )
    style = (
        "body{font:17px/1.6 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}:root{color-scheme:light dark}"
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>remodelsim</title><style>{style}</style></head><body><main><h1>remodelsim</h1><ul>{items}</ul></main>"
        "</body></html>\n"
    )
