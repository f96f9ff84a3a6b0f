"""Inserts over a socket that are killed, lose answers, or are refused: nothing is lost."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from syncer.emulator.faults import Faults, Reset, Rule, Status, When
from syncer.emulator.injecting import FaultyService
from syncer.emulator.messages import Request, Response
from syncer.emulator.service import Service
from tests.e2e.command import Folder
from tests.e2e.conftest import PIER, Site

if TYPE_CHECKING:
    import subprocess

START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 200
SMALL = ("--request-size", "1200")
VALUES = {START + timedelta(minutes=row): (row, row / 4) for row in range(ROWS)}
PIECES = 8


@pytest.fixture
def values(remote: Folder) -> Folder:
    """The remote project with a file that takes eight requests."""
    lines = [f"{time:%Y-%m-%dT%H:%M:%SZ},{a},{b}" for time, (a, b) in VALUES.items()]
    (remote.path / "x.csv").write_text("\n".join(["time,amount,status", *lines]))
    return remote


class Watched:
    """Counts the inserts that arrive, and may do something to one of them."""

    def __init__(
        self,
        site: Site,
        number: int = 0,
        act: Callable[[], None] = lambda: None,
        *,
        late: bool = False,
    ) -> None:
        self.handle = Service(site.store).handle
        self.number = number
        self.act = act
        self.late = late
        self.bodies: list[bytes] = []
        site.answer_with(self)

    def __call__(self, request: Request) -> Response:
        is_insert = b"integration.insert" in request.body
        if is_insert:
            self.bodies.append(json.dumps(json.loads(request.body)["params"]).encode())
        is_meant = is_insert and len(self.bodies) == self.number
        if is_meant and not self.late:
            self.act()
        response = self.handle(request)
        if is_meant and self.late:
            self.act()
        return response


def stored(site: Site) -> dict[datetime, tuple[float, float]]:
    """Return what the service has, by time."""
    found: dict[datetime, list[float]] = {}
    for key in ("amount", "status"):
        row = site.store.signals(PIER, [key])[key]
        track = site.store.tracks.between([row.id], (0, 2**61), 2**62)
        for time, value in zip(track.times, track.values, strict=True):
            moment = datetime.fromtimestamp(time / 1e6, UTC)
            found.setdefault(moment, []).append(value)
    return {time: (a, b) for time, (a, b) in found.items()}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 3, PIECES])
def test_an_insert_that_is_killed_goes_on(
    values: Folder, site: Site, number: int, late: bool
) -> None:
    running: list[subprocess.Popen[str]] = []
    first = Watched(site, number, lambda: os.kill(running[0].pid, signal.SIGKILL), late=late)
    with values.start("insert", "x.csv", *SMALL) as process:
        running.append(process)
        process.wait(30)
    assert process.returncode == -signal.SIGKILL
    assert len(first.bodies) == number

    second = Watched(site)
    found = values.run("insert", "x.csv", *SMALL, "-o", "json")

    assert found.code == 0
    assert "Going on with an insert that was interrupted" in found.err
    assert stored(site) == VALUES
    told = json.loads(found.out)
    assert told["accepted_before"] + told["accepted"] == 2 * ROWS
    # Only the piece that nobody knew about was sent twice.
    counts = Counter(first.bodies + second.bodies)
    assert len(counts) == PIECES
    assert [body for body, count in counts.items() if count > 1] == [first.bodies[-1]]
    assert 0 < told["resent"] < 2 * ROWS
    assert list((values.path / ".syncer/inserts").iterdir()) == []


def test_an_interrupt_leaves_what_was_accepted(values: Folder, site: Site) -> None:
    running: list[subprocess.Popen[str]] = []
    Watched(site, 2, lambda: os.kill(running[0].pid, signal.SIGINT))
    with values.start("insert", "x.csv", *SMALL) as process:
        running.append(process)
        process.communicate(timeout=30)
    assert process.returncode == 130

    assert values.run("insert", "x.csv", *SMALL).code == 0
    assert stored(site) == VALUES


@pytest.mark.parametrize(
    "rule",
    [
        Rule(When.AFTER_EXEC, Reset(), "integration.insert", nth=3),
        Rule(When.MID_BODY, Reset(at=10), "integration.insert", nth=1),
        Rule(When.BEFORE_EXEC, Status(503), "integration.insert", nth=2),
    ],
    ids=["lost", "torn", "busy"],
)
def test_a_lost_answer_is_sent_again(values: Folder, site: Site, rule: Rule) -> None:
    faulty = FaultyService(Service(site.store), Faults((rule,)))
    site.answer_with(faulty.handle)

    found = values.run("insert", "x.csv", *SMALL)

    assert found.code == 0
    assert "Sent again, as nobody knew whether they had been accepted: " in found.out
    assert found.out.endswith(
        f"Inserted {2 * ROWS} values of 2 signals in {PIECES + 1} requests.\n"
    )
    assert stored(site) == VALUES


def test_a_refusal_in_the_middle_is_partial_and_the_next_run_goes_on(
    values: Folder, site: Site
) -> None:
    rule = Rule(When.BEFORE_EXEC, Status(403), "integration.insert", nth=3, times=None)
    site.answer_with(FaultyService(Service(site.store), Faults((rule,))).handle)

    partial = values.run("insert", "x.csv", *SMALL)
    site.answer_with(Service(site.store).handle)
    rest = values.run("insert", "x.csv", *SMALL)

    assert partial.code == 4
    assert "Not inserted: " in partial.out
    assert "Insert the same file again to go on" in partial.err
    assert "Accepted by the interrupted insert, and not sent again: " in rest.out
    assert stored(site) == VALUES


def test_a_refusal_of_everything_is_told_as_it_is(values: Folder, site: Site) -> None:
    rule = Rule(When.BEFORE_EXEC, Status(403), "integration.insert", times=None)
    site.answer_with(FaultyService(Service(site.store), Faults((rule,))).handle)

    assert values.run("insert", "x.csv").code == 6


def test_the_ledger_knows_nothing_of_what_was_refused_here(values: Folder, site: Site) -> None:
    (values.path / "x.csv").write_text("time,amuont\n2026-01-01T00:00:00Z,1\n")

    assert values.run("insert", "x.csv").code == 5
    assert site.store.ledger.entries() == ()


def test_signals_of_an_insert_are_filled_by_apply(values: Folder, site: Site) -> None:
    assert values.run("insert", "x.csv").code == 0
    assert values.run("apply", "--auto-approve").code == 0

    times = ("--start", "2026-01-01T00:00:00Z", "--end", "2026-01-02T00:00:00Z")
    read = values.run("frame", *times, "-o", "json")
    (series,) = json.loads(read.out)["series"].values()
    assert series == [a for a, _ in VALUES.values()]


def test_the_local_environment_takes_values_too(local: Folder) -> None:
    (local.path / "x.csv").write_text("time,amount\n2026-01-01T00:00:00Z,1\n")

    found = local.shell("syncer insert - < x.csv")

    assert found.out.endswith("Inserted 1 value of 1 signal in 1 request.\n")
    assert Path(local.path, ".syncer/.gitignore").read_text() == "*\n"
