"""The three streams of the process, whatever the caller made of them: closed, full, narrow.

A stderr that cannot be written to never ends a command: nobody could be told, and what the command
does matters more than what it says.
"""

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def widen() -> None:
    """Let both streams take every character: a terminal may know only ASCII."""
    for stream in (sys.stdout, sys.stderr):
        # A degree sign must not end a run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def fill() -> None:
    """Open what the caller closed: the next file would take its number, and then its output.

    What cannot be written to stderr is dropped from then on, whoever writes it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)  # to the end: it has the stream's number
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8", closefd=False))
    steady = io.BufferedWriter(_Steady(sys.stderr.fileno(), "w", closefd=False))
    sys.stderr = io.TextIOWrapper(steady, encoding=sys.stderr.encoding, line_buffering=True)
    widen()


def abandon(stream: TextIO) -> None:
    """Let what is still to be written to the stream go nowhere, as nobody takes it.

    Without this the interpreter fails once more while it ends, with an exit code of its own.
    """
    with suppress(OSError, ValueError):  # a stream of a test has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class _Steady(io.FileIO):
    """A file that takes everything, and loses what cannot be written."""

    def write(self, data: "ReadableBuffer", /) -> int:
        length = memoryview(data).nbytes
        with suppress(OSError):
            written = super().write(data)
            return length if written is None else written  # None: it would have to wait
        return length
