"""The first signal is a wish, the second one ends the process: with real processes and signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from syncer.cli.interrupts import Stop, graceful
from syncer.errors import ExitCode
from syncer.seams import SystemClock
from tests.e2e.command import ROOT

SIGNALS = [
    (signal.SIGINT, ExitCode.INTERRUPTED),
    (signal.SIGTERM, ExitCode.TERMINATED),
    (signal.SIGHUP, ExitCode.TERMINATED),
]
LINE = "Stopping after the request in flight; a second signal ends at once\n"


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_the_first_signal_sets_the_stop_and_handlers_come_back(
    number: signal.Signals, code: ExitCode
) -> None:
    said: list[str] = []
    before = [signal.getsignal(each) for each, _ in SIGNALS]

    with graceful(said.append) as stop:
        assert not stop()
        assert (stop.is_set(), stop.exit_code, stop.signal) == (False, ExitCode.OK, None)
        os.kill(os.getpid(), number)
        assert stop()
        assert (stop.signal, stop.exit_code) == (number, code)

    assert said == [LINE.rstrip()]
    assert [signal.getsignal(each) for each, _ in SIGNALS] == before


def test_a_stop_that_exists_already_is_the_one_that_is_set() -> None:
    stop = Stop()

    with graceful(lambda _: None, stop) as same:
        os.kill(os.getpid(), signal.SIGTERM)

    assert same is stop
    assert stop.is_set()


@pytest.mark.parametrize("error", [BrokenPipeError(), RuntimeError("reentrant call")])
def test_a_stream_that_cannot_be_written_to_does_not_matter(error: Exception) -> None:
    def say(_: str) -> None:
        raise error

    with graceful(say) as stop:
        os.kill(os.getpid(), signal.SIGINT)

        assert stop()


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with graceful(lambda _: None) as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_wait_ends_when_the_stop_comes_and_later_ones_do_not_begin() -> None:
    stop = Stop()
    clock = SystemClock(stop)
    assert clock.sleep(0.001)

    threading.Timer(0.05, stop.ask, [signal.SIGINT]).start()
    start = time.monotonic()
    assert not clock.sleep(30)
    assert not clock.sleep(30)

    assert time.monotonic() - start < 5


def test_every_thread_that_waits_goes_on() -> None:
    stop = Stop()
    ended: list[bool] = []
    waiting = [threading.Thread(target=lambda: ended.append(stop.wait(30))) for _ in range(4)]
    for thread in waiting:
        thread.start()

    stop.ask(signal.SIGTERM)
    for thread in waiting:
        thread.join(10)

    assert ended == [True] * 4


SCRIPT = """
import sys
from syncer.cli.interrupts import graceful
from syncer.seams import SystemClock

def say(text):
    sys.stderr.write(text + "\\n")
    sys.stderr.flush()

with graceful(say) as stop:
    print("ready", flush=True)
    clock = SystemClock(stop)
    print(clock.sleep(30), flush=True)
    {after}
raise SystemExit(stop.exit_code)
"""


@contextmanager
def process(after: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that waits, and yield it as soon as it does."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(after=after)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
        started.kill()


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_process_ends_its_wait_and_with_the_code(number: signal.Signals, code: ExitCode) -> None:
    with process("pass") as waiting:
        start = time.monotonic()
        waiting.send_signal(number)
        out, err = waiting.communicate(timeout=10)

    assert (waiting.returncode, out, err) == (code, "False\n", LINE)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_second_signal_ends_the_process_at_once(number: signal.Signals, code: ExitCode) -> None:
    with process("while True: __import__('time').sleep(30)") as busy:
        busy.send_signal(signal.SIGINT)
        assert busy.stderr is not None
        assert busy.stdout is not None
        assert busy.stderr.readline() == LINE
        assert busy.stdout.readline() == "False\n"
        busy.send_signal(number)
        out, err = busy.communicate(timeout=10)

    assert (busy.returncode, out, err) == (code, "", "")
