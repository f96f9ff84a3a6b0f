"""Every point at which an apply can be killed, each with a process of its own.

`python -m tests.chaos.points` kills an apply of 200 changes before, after and in the middle of each
request, and around each write and fsync of its journal, and has a plain apply finish it.
"""

import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from syncer.emulator.faults import When
from tests.chaos.scenes import APPLY, Scene, ended, hooked, kill_at, scene, start
from tests.e2e.command import Folder

_AT_REQUESTS: Final = (When.BEFORE_EXEC, When.AFTER_EXEC, When.MID_BODY)
_AT_CALLS: Final = {"write": ("before", "within", "after"), "fsync": ("before", "after")}


@dataclass(frozen=True, slots=True)
class Point:
    """Where an apply is killed: at a request of the API, or at a call of the system."""

    call: str  # "request", "write" or "fsync"
    moment: str
    nth: int

    def __str__(self) -> str:
        return f"{self.call} {self.moment} {self.nth}"


def find_points(made: Scene) -> list[Point]:
    """Return all points of the scene's apply, from one that is left alone."""
    folder = made.reset()
    counts = made.path / "counts"
    counts.unlink(missing_ok=True)
    result = ended(start(folder, **hooked(CHAOS_COUNT=str(counts))))
    assert result.code == 0, result.err
    found = [
        Point("request", when.value, nth)
        for nth in range(1, made.now.requests + 1)
        for when in _AT_REQUESTS
    ]
    calls = Counter(counts.read_text().split())
    return found + [
        Point(call, moment, nth)
        for call, moments in _AT_CALLS.items()
        for nth in range(1, calls[call] + 1)
        for moment in moments
    ]


def kill(made: Scene, folder: Folder, point: Point) -> None:
    """Kill an apply at this point."""
    if point.call == "request":
        kill_at(made, folder, When(point.moment), point.nth)
        return
    killed = ended(start(folder, **hooked(CHAOS_KILL=str(point))))
    assert killed.code == -9, killed


def check(made: Scene, point: Point) -> None:
    """Kill an apply at this point, and check that the next one finishes it."""
    folder = made.reset()
    kill(made, folder, point)
    made.check_finished(folder)


@click.command()
@click.option("--every", default=1, help="Try only one of so many points.")
def main(every: int) -> None:
    """Try all points."""
    failed: list[Point] = []
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as made:
        points = find_points(made)
        tried = points[::every]
        for point in tried:
            try:
                check(made, point)
            except Exception:  # noqa: BLE001 - told, and the next one is tried
                failed.append(point)
                print(point, traceback.format_exc(), sep="\n")
    for call, count in Counter(point.call for point in tried).items():
        print(f"{count:6} points around a {call}")
    print(f"{len(tried)} of {len(points)} points of `syncer {' '.join(APPLY)}` tried, ", end="")
    print(f"{len(failed)} failed: {', '.join(map(str, failed))}" if failed else "none failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
