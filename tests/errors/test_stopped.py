"""What a stop from outside leaves behind."""

import os
import signal

import click
import pytest
from click.testing import CliRunner

from remodelsim.faces.cli_tools import helpful


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_stopped_command_cleans_up_and_ends_with_130(number):
    cleaned = []

    @click.command()
    @helpful
    def long():
        try:
            os.kill(os.getpid(), number)
            signal.sigtimedwait([], 5)
        finally:
            cleaned.append(True)

    before = signal.getsignal(signal.SIGTERM)
    result = CliRunner().invoke(long)
    assert (result.exit_code, result.output, cleaned) == (130, "remodelsim: stopped.\n", [True])
    assert signal.getsignal(signal.SIGTERM) is before
