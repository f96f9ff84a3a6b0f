"""The streams of this process, as a caller may leave them."""

import io
import os
import sys
from pathlib import Path

import pytest

from syncer.cli import streams


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The process's streams, which come back afterwards."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    return monkeypatch


def written_to(descriptor: int, restored: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Return stderr as it is made of a descriptor."""
    stream = os.fdopen(descriptor, "w", encoding="ascii")
    restored.setattr(sys, "stderr", stream)
    streams.fill()
    made = sys.stderr
    assert isinstance(made, io.TextIOWrapper)
    assert made is not stream
    assert made.fileno() == descriptor
    made.write("a °C\n")
    made.flush()
    restored.undo()
    stream.close()
    return made


def test_stderr_is_written_through(tmp_path: Path, restored: pytest.MonkeyPatch) -> None:
    path = tmp_path / "err"
    written_to(os.open(path, os.O_WRONLY | os.O_CREAT), restored)

    assert path.read_text() == "a \\xb0C\n"


def test_what_cannot_be_written_is_lost(restored: pytest.MonkeyPatch) -> None:
    written_to(os.open(os.devnull, os.O_RDONLY), restored)


def test_a_stream_that_would_have_to_wait_loses_the_rest(restored: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.write(writer, b"x" * 65536)

    written_to(writer, restored)

    os.close(reader)


def test_closed_streams_are_opened(restored: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        restored.setattr(sys, name, None)

    streams.fill()

    opened = [sys.stdin, sys.stdout, sys.stderr]
    assert all(opened)
    assert sys.stdin.read() == ""
    sys.stdout.write("°")
    sys.stdout.flush()
    numbers = [stream.fileno() for stream in opened]
    restored.undo()
    for number in numbers:
        os.close(number)


def test_what_is_abandoned_goes_nowhere(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        stream.write("kept back")
        streams.abandon(stream)

    assert (tmp_path / "out").read_text() == ""
    streams.abandon(io.StringIO())
