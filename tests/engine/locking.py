"""Processes that hold locks, as the tests tell them line by line."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import syncer

ROOT = Path(syncer.__file__).parents[1]
_SCRIPT = """
import sys
from syncer.errors import LockHeld
from tests.engine.homes import open_home
from tests.engine.runs import HOLDER

state = open_home(sys.argv[1])
for line in sys.stdin:
    try:
        with state.lock(line.split(), HOLDER):
            print("got", flush=True)
            sys.stdin.readline()
        print("gave", flush=True)
    except LockHeld:
        print("held", flush=True)
"""


class Locker:
    """One such process."""

    def __init__(self, home: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, home],
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, *places: str) -> None:
        """Tell it to lock these places, or to give back those it has."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(places) + "\n")

    def answer(self) -> str:
        """Return what it says next: got, held or gave."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """End it, however it is."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def lockers(home: str, count: int) -> Iterator[Sequence[Locker]]:
    """Yield so many of them."""
    started = [Locker(home) for _ in range(count)]
    try:
        yield started
    finally:
        for locker in started:
            locker.end()


def race(started: Sequence[Locker], rounds: int) -> None:
    """Let all lock the same at once, again and again: one gets it, the others never do."""
    for _ in range(rounds):
        for locker in started:
            locker.ask("pier", "yacht")
        winners = [locker for locker in started if locker.answer() == "got"]
        assert len(winners) == 1
        winners[0].ask()
        assert winners[0].answer() == "gave"
