"""What the commands share: errors as one line, progress bars, exit codes, the option for a models folder."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from ..ground.errors import RemodelsimError

EXIT_FAILED, EXIT_WRONG = 1, 2
# what shells expect of a command that was interrupted
EXIT_STOPPED = 130
# seconds before a bar shows itself
_PATIENCE = 2.0
MODELS = click.option("--models", "folder", default=None, metavar="DIR", help="A models folder of your own.")

CELLS = click.option(
    "--cells",
    default="default",
    show_default=True,
    help="Preset of the bone cells: a file of models/cells, such as joerg2022.",
)


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that half-made folders are taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def helpful(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our errors into one line and exit code 2, and a stop from outside into one line and exit code 130.

    Parameters
    ----------
    command
        What a command does.

    Returns
    -------
    callable
        The same, without tracebacks for mistakes of the user.
    """

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with _stopping_cleanly():
                return command(*args, **kwargs)
        except RemodelsimError as error:
            click.echo(f"remodelsim: {error}", err=True)
            sys.exit(EXIT_WRONG)
        except KeyboardInterrupt:
            click.echo("remodelsim: stopped.", err=True)
            sys.exit(EXIT_STOPPED)

    return run


def announce_compiling() -> None:
    """Say what a first run waits for."""
    from ..engines.warm import compiled_before

    if not compiled_before():
        click.echo("Compiling the engines, once per installation (about a minute) ...", err=True)


class Bar:
    """A progress bar with the time left; shows itself only on a terminal, and only after two seconds of waiting.

    Parameters
    ----------
    length
        Number of steps.
    label
        What is done.
    """

    def __init__(self, length: int, label: str) -> None:
        self._shown = sys.stderr.isatty() and length > 0
        self._length, self._label = length, label
        self._begun, self._steps = time.time(), 0
        self._bar: Any = None

    def __call__(self, steps: int) -> None:
        """Move on by `steps`."""
        self._steps += steps
        if self._bar is not None:
            self._bar.update(steps)
        elif self._shown and time.time() - self._begun > _PATIENCE and self._steps < self._length:
            self._bar = click.progressbar(length=self._length, label=self._label, file=sys.stderr)
            # the time left is told from the beginning of the work, not from that of the bar
            self._bar.start = self._bar.last_eta = self._begun
            self._bar.update(self._steps)

    def close(self) -> None:
        """End the line of the bar."""
        if self._bar is not None:
            self._bar.render_finish()
