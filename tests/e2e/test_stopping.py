"""A signal while an apply waits for a busy API: the wait ends at once, and the next run goes on."""

import signal
import subprocess
import sys
import time

import pytest

from syncer.emulator.messages import Request, Response
from tests.e2e.command import Folder
from tests.e2e.conftest import Site


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wait_that_the_api_asks_for_ends_at_a_signal(
    remote: Folder, site: Site, number: signal.Signals, code: int
) -> None:
    whole = site.handlers[-1]
    busy = Response(429, {"retry-after": "100"}, b"")
    asked: list[float] = []

    def answer(request: Request) -> Response:
        if b"admin.publishSignals" in request.body:
            asked.append(time.monotonic())
        return busy if asked else whole(request)

    site.answer_with(answer)
    with remote.start("apply", "--auto-approve", "-o", "json") as applying:
        while not asked:
            assert applying.poll() is None
            time.sleep(0.01)  # noqa: TID251 - until the process has come so far
        time.sleep(0.3)  # noqa: TID251 - it reads next, and has to wait for that
        applying.send_signal(number)
        out, err = applying.communicate(timeout=10)

    assert applying.returncode == code
    assert err.count("Stopping after the request in flight; a second signal ends at once") == 1
    assert "Traceback" not in err
    assert '"address": "signals/pier/amount"' in out
    site.answer_with(whole)
    assert remote.run("apply", "--auto-approve").code == 0
    assert remote.run("plan", "--detailed-exitcode").code == 0


def test_an_interrupt_while_the_program_starts_leaves_no_traceback(local: Folder) -> None:
    """However early it comes after the interpreter's own start."""
    script = (
        "import os, signal, sys; from syncer.__main__ import run\n"
        "class Finder:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'click': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder()); run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=local.path,
        env=local.environment({}),
        capture_output=True,
    )

    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")
