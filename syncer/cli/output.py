"""The one way out: data to stdout, everything else to stderr, every byte redacted.

A stdout that cannot be written to is an error of the command; a stderr that cannot be is none.
"""

import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from syncer.cli.streams import abandon, widen
from syncer.redaction import Redactor

_STDOUT: Final = "standard output"
_REDACTOR = Redactor()


def redactor() -> Redactor:
    """Return the process's redactor, which every output passes last."""
    return _REDACTOR


class Output:
    """Both streams, with colour decided once and secrets masked."""

    def __init__(self, redactor: Redactor, *, color: str, quiet: bool) -> None:
        self.redactor = redactor
        self._quiet = quiet
        widen()
        self.colour = is_coloured(color, os.environ, sys.stdout)

    def data(self, text: str) -> None:
        """Write the result of the command, as it is, to stdout; raises OSError if that fails."""
        try:
            self._write(sys.stdout, text)
        except BrokenPipeError:
            abandon(sys.stdout)
            raise
        except OSError as error:
            abandon(sys.stdout)
            raise OSError(error.errno, error.strerror, _STDOUT) from error

    def say(self, text: str) -> None:
        """Write a line for the person at the terminal to stderr, unless quiet."""
        if not self._quiet:
            self._write(sys.stderr, text + "\n")

    def error(self, text: str) -> None:
        """Write a failure to stderr, even when quiet."""
        self._write(sys.stderr, text + "\n")

    def _write(self, stream: TextIO, text: str) -> None:
        stream.write(self.redactor.redact(text))
        stream.flush()


def is_coloured(choice: str, environment: Mapping[str, str], stream: TextIO) -> bool:
    """Return whether to colour: the option, then NO_COLOR, FORCE_COLOR, then the stream.

    https://no-color.org and https://force-color.org, and CLICOLOR as CMake reads it.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    forced = (environment.get("FORCE_COLOR"), environment.get("CLICOLOR_FORCE"))
    if any(value and value != "0" for value in forced):
        return True
    if environment.get("CLICOLOR") == "0" or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()
