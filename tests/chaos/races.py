"""Two applies at once: of one checkout, and of two hosts that share no lock.

`python -m tests.chaos.races --times 100` runs both.
"""

import json
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final

import click

from syncer.emulator.faults import Slow, When
from tests.chaos.scenes import (
    APPLY,
    SECONDS,
    Scene,
    ended,
    hooked,
    scene,
    start,
    wait_for,
    write_project,
)
from tests.e2e.command import Result

_SLOW: Final = 0.8  # seconds that the first one is held up


def race(made: Scene) -> tuple[Result, Result]:
    """Let two applies of one checkout try for its lock at the same moment; the winner first."""
    folder = made.reset()
    barrier = folder.path / "barrier"
    barrier.mkdir()
    made.inject(When.BEFORE_EXEC, 1, Slow(_SLOW))
    both = [start(folder, **hooked(CHAOS_BARRIER=str(barrier))) for _ in range(2)]
    while len(list(barrier.iterdir())) < 2:
        assert all(not wait_for(process, 0.01) for process in both)
    (barrier / "go").touch()
    winner, loser = sorted((ended(process) for process in both), key=lambda result: result.code)
    assert winner.code == 0, winner
    assert made.state() == made.expected
    made.check_ledger()
    return winner, loser


def check_race(made: Scene) -> Result:
    """Check that exactly one ran, and return what the other one said."""
    _, loser = race(made)
    assert loser.code == 5, loser
    assert "error[LCK-HELD]: http://127.0.0.1:" in loser.err, loser
    # The winner has the lock a moment before its name stands in it.
    assert "`syncer apply` of" in loser.err or "which has only just begun" in loser.err, loser
    return loser


def check_named(made: Scene) -> None:
    """Check that an apply that comes while another one runs names it, and changes nothing."""
    folder = made.reset()
    made.inject(When.BEFORE_EXEC, 1, Slow(_SLOW), "admin.selectSignals")
    first = start(folder)
    assert made.now.fired.wait(SECONDS)
    second = ended(start(folder))
    result = ended(first)

    assert (result.code, second.code) == (0, 5), (result, second)
    assert f"(process {first.pid}, in {folder.path})" in second.err
    assert made.state() == made.expected
    made.check_ledger()


def check_hosts(made: Scene, nth: int) -> None:
    """Check two hosts: one stands still after its nth request, the other one applies meanwhile.

    The first one notices, at the latest when it reads back, and says so; what it wrote over the
    other's, in the one request that nobody could look before, is among what it reports as written.
    """
    one = made.reset("one")
    other = made.copy("other")
    write_project(other, unit="psi")
    made.inject(When.AFTER_EXEC, nth, Slow(_SLOW))
    first = start(one)
    assert made.now.fired.wait(SECONDS)
    first.send_signal(signal.SIGSTOP)
    theirs = ended(start(other))
    first.send_signal(signal.SIGCONT)
    mine = ended(first)

    assert theirs.code == 0, theirs
    assert mine.code in (4, 5), mine
    told = ("another run", "existed already", "read back different")
    assert any(words in mine.out + mine.err for words in told), mine
    done = _done(one.path / ".syncer/journal")
    units = {name: _unit(view) for name, view in made.state().items()}
    mine_left = {name for name, unit in units.items() if unit != "psi"}
    assert mine_left <= done, mine_left - done
    assert len(mine_left) <= 25, mine_left


def _requests(made: Scene) -> int:
    """Return how many requests an apply makes."""
    folder = made.reset()
    assert folder.run(*APPLY).code == 0
    return made.now.requests


def _unit(view: object) -> str:
    assert isinstance(view, dict)
    # An item has the unit in its name: its own unit is a copy that nobody manages.
    return str(view["name"]).rpartition(" in ")[2] if "visible" in view else str(view["engUnit"])


def _done(journals: Path) -> set[str]:
    """Return what the journals say was done."""
    lines = [line for path in journals.iterdir() for line in path.read_text().splitlines()]
    results = [record for record in map(json.loads, lines) if record["kind"] == "result"]
    return {
        entry["address"]
        for record in results
        for entry in record["entries"]
        if entry["status"] == "done"
    }


@click.command()
@click.option("--times", default=100, help="How often two applies race.")
def main(times: int) -> None:
    """Run all races."""
    failed, named = 0, 0
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as made:
        for number in range(times):
            try:
                named += "`syncer apply` of" in check_race(made).err
            except Exception:  # noqa: BLE001 - told, and the next one is tried
                failed += 1
                print(f"race {number}", traceback.format_exc(), sep="\n")
        requests = range(5, _requests(made))
        for nth in requests:
            try:
                check_hosts(made, nth)
            except Exception:  # noqa: BLE001 - told, and the next one is tried
                failed += 1
                print(f"two hosts, after request {nth}", traceback.format_exc(), sep="\n")
    print(f"{times} races of one checkout ({named} losers name the winner), ", end="")
    print(f"{len(requests)} of two hosts; {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
