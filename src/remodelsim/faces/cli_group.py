"""The group of commands: whatever is asked wrongly is told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from ..ground.names import nearest

_HELP = getattr(click.exceptions, "NoArgsIsHelpError", ())


class AskedWronglyError(click.ClickException):
    """A mistake in a command line, told in one line with its cure.

    Parameters
    ----------
    error
        What click found.
    """

    exit_code = 2

    def __init__(self, error: click.UsageError) -> None:
        context = error.ctx
        # the first word is how the program was started: its file, a module
        words = context.command_path.split()[1:] if context is not None else []
        super().__init__(f"{error.format_message()}{_nearest(error)} See: {' '.join(['remodelsim', *words])} --help")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"remodelsim: {' '.join(self.message.split())}", err=file is None, file=file)


def _nearest(error: click.UsageError) -> str:
    """Return the nearest command to one that is not there."""
    context = error.ctx
    group = context.command if context is not None else None
    # newer versions of click offer it themselves
    if context is None or not isinstance(group, click.Group) or "Did you mean" in error.message:
        return ""
    quoted = error.message.split("'")
    found = nearest(quoted[1], group.list_commands(context)) if len(quoted) > 1 else None
    return f" Did you mean '{found}'?" if found else ""


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, _HELP):
            raise
        raise AskedWronglyError(error) from None


class Commands(click.Group):
    """A group whose usage errors are one line, as all errors of the project are."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line, telling mistakes in one line."""
        with _told():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, telling mistakes of its own options in one line."""
        with _told():
            return super().invoke(ctx)
