"""The question before an apply, asked at a real terminal."""

import os
import pty
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.command import Folder, Process

QUESTION = "Only 'yes' approves: "


@contextmanager
def asked(folder: Folder, *arguments: str, command: str = "apply") -> Iterator[tuple[Process, int]]:
    """Yield a command that waits for its answer at a terminal, and the terminal's other end."""
    ours, theirs = pty.openpty()
    with folder.start(command, *arguments, stdin=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            seen = ""
            while QUESTION not in seen:
                seen += os.read(ours, 4096).decode()
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


def rest(terminal: int) -> str:
    """Return what is still written to the terminal."""
    seen = b""
    try:
        while read := os.read(terminal, 4096):
            seen += read
    except OSError:  # the last process has closed it
        pass
    return seen.decode()


def answer(folder: Folder, text: bytes, *arguments: str) -> tuple[int, str, str]:
    """Return exit code, stdout and the rest of stderr after this answer."""
    with asked(folder, *arguments) as (process, terminal):
        os.write(terminal, text)
        assert process.stdout is not None
        out, err = process.stdout.read(), rest(terminal)
        return process.wait(10), out, err


def test_yes_approves(local: Folder) -> None:
    code, out, _ = answer(local, b"yes\n")

    assert code == 0
    assert "Plan: 3 to create.\n" in out
    assert out.endswith("Applied: 3 created; verified 3/3.\n")


@pytest.mark.parametrize(
    "text", [b"y\n", b"Yes\n", b"YES\n", b"\n", b"no\n", b"yes please\n", b"\x04"], ids=repr
)
def test_any_other_answer_does_not(local: Folder, text: bytes) -> None:
    code, _, err = answer(local, text)

    assert code == 5
    assert "error[APP-NOT-APPROVED]: the plan was not approved" in err


def test_what_is_asked_about_is_shown_when_stdout_is_for_json(local: Folder) -> None:
    code, out, _ = answer(local, b"yes\n", "-o", "json")

    assert code == 0
    assert out.startswith("{")


def test_the_question_can_be_interrupted(local: Folder) -> None:
    with asked(local) as (process, terminal):
        os.write(terminal, b"\x03")  # the terminal is not the process's own: no signal comes
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_nothing_is_asked_without_a_terminal_or_with_no_input(local: Folder) -> None:
    for arguments in ((), ("--no-input",)):
        refused = local.run("apply", *arguments)
        assert refused.code == 5
        assert "nobody can be asked" in refused.err
        assert QUESTION not in refused.err


def test_no_input_wins_over_a_terminal(local: Folder) -> None:
    ours, theirs = pty.openpty()
    with local.start("apply", "--no-input", stdin=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = rest(ours)
        process.communicate(timeout=10)

    os.close(ours)
    assert process.returncode == 5
    assert "nobody can be asked" in seen


def test_a_plan_without_changes_asks_nothing(applied: Folder) -> None:
    assert applied.run("apply").code == 0


def test_no_variable_approves(local: Folder) -> None:
    yes = {f"SYNCER{infix}_AUTO_APPROVE": "1" for infix in ("", "_APPLY")}

    assert local.run("apply", **yes).code == 5


def test_progress_is_for_terminals(local: Folder) -> None:
    _, out, err = answer(local, b"yes\n")

    assert "Applying" in err
    assert "Applying" not in out
    local.edit("stand", "USD", "EUR")
    assert local.run("apply", "--auto-approve").err == ""
