"""A run is written as it happens, and closed by a later one when it did not end."""

import errno
from pathlib import Path

import pytest

from syncer.diagnostics import Location
from syncer.engine import records
from syncer.engine.journal import (
    Broken,
    Journal,
    close_run,
    history,
    read_run,
    runs_of_plan,
    unfinished,
    utc,
)
from syncer.engine.records import OBSERVED, Begin, End, Intent, Result, RunRecord, parse
from syncer.engine.state import FileState
from syncer.errors import SyncerError, TransportError
from tests.engine.runs import AT, BEGIN, RECORDS, RUN, FixedClock, create, told, update, write

CLOCK = FixedClock()
STAND = BEGIN.integrations["stand"]


@pytest.fixture
def state(tmp_path: Path) -> FileState:
    return FileState(tmp_path / ".syncer", [tmp_path / "lock"])


def start(state: FileState, begin: Begin = BEGIN) -> Journal:
    journal = Journal(state.begin(begin.run), CLOCK)
    journal.begin(begin)
    return journal


def save(state: FileState, run: str, content: bytes) -> None:
    log = state.begin(run)
    log.append(content)
    log.close()


def variant(run: str, origin: str = BEGIN.origin, integration: str = STAND) -> Begin:
    told = {name: getattr(BEGIN, name) for name in Begin.__slots__}
    return Begin(**{**told, "run": run, "origin": origin, "integrations": {"s": integration}})


def test_a_run_is_written_as_it_happens(state: FileState) -> None:
    journal = start(state)
    journal.intent(1, [create("a")])
    assert read_run(state, RUN) == RunRecord(BEGIN, (Intent(1, AT, (create("a"),)),))
    journal.result(1, [told("a")])
    journal.end("complete")
    journal.close()

    steps = (Intent(1, AT, (create("a"),)), Result(1, AT, (told("a"),)))
    assert read_run(state, RUN) == RunRecord(BEGIN, steps, End(AT, "complete"))
    assert journal.unwritten == []
    assert utc(CLOCK) == AT


def test_what_is_too_long_for_a_line_is_written_as_several(
    state: FileState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_LINE", 700)
    entries = [create(key) for key in "abcdefg"]
    journal = start(state)

    journal.intent(1, entries)
    journal.result(1, [told(key) for key in "abcdefg"])

    run = read_run(state, RUN)
    assert run is not None
    assert len(run.steps) == 4
    assert list(run.intents().values()) == entries
    assert run.unresolved() == ()


def test_a_resource_that_is_too_long_is_refused_before_it_is_sent(
    state: FileState, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = start(state)
    with monkeypatch.context() as patch:
        patch.setattr(records, "MAX_LINE", 300)
        with pytest.raises(SyncerError) as caught:
            journal.intent(1, [create("a" * 200), create("b")])

    assert caught.value.findings[0].code == "JRN-RECORD"
    assert read_run(state, RUN) == RunRecord(BEGIN)


class FullDisk:
    """A log that fails as told."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    def append(self, line: bytes) -> None:
        raise self.errors.pop(0)

    def close(self) -> None:
        raise AssertionError


def test_what_could_not_be_written_is_kept_for_the_report() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    lost = TransportError.of("STA-LOST", "the connection ended")
    journal = Journal(FullDisk(full, lost), CLOCK)

    with pytest.raises(SyncerError, match="No space left on device") as caught:
        journal.begin(BEGIN)
    with pytest.raises(TransportError, match="the connection ended"):
        journal.end("partial")

    assert caught.value.findings[0].code == "JRN-WRITE"
    assert journal.unwritten == write([BEGIN, End(AT, "partial")])


def test_runs_that_did_not_end_are_found_by_what_they_wrote_to(state: FileState) -> None:
    for begin in (
        variant("4-other-origin", "https://api.clarify.cloud"),
        variant("3-other-integration", integration="another"),
        variant("2-mine"),
        variant("1-mine"),
    ):
        start(state, begin).close()
    ended = start(state, variant("0-ended"))
    ended.end("complete")
    ended.close()
    state.begin("5-empty").close()

    found = unfinished(state, BEGIN.origin, {STAND, "more"})

    runs = [record.begin.run for record in found if isinstance(record, RunRecord)]
    assert runs == ["1-mine", "2-mine"]
    assert len(found) == len(runs)


def test_a_run_that_looks_open_and_has_an_end_is_finished(state: FileState) -> None:
    """Another process ends its run between the two reads."""

    class Late(FileState):
        def open_runs(self) -> tuple[str, ...]:
            return self.runs()

    save(state, RUN, b"".join(write(RECORDS)))

    late = Late(Path(state.where(RUN)).parents[1], [])
    assert unfinished(late, BEGIN.origin, [STAND]) == ()


def test_a_broken_run_that_did_not_end_is_told_beside_the_others(state: FileState) -> None:
    lines = write(RECORDS)
    save(state, RUN, b"".join(lines[:1] + lines[2:4]))

    (broken,) = unfinished(state, "https://elsewhere.example", [])

    assert isinstance(broken, Broken)
    assert broken.finding.code == "JRN-CHAIN"
    assert broken.finding.location == Location(state.where(RUN), 2)


def test_the_runs_of_a_plan_are_found_by_its_digest(state: FileState) -> None:
    save(state, RUN, b"".join(write(RECORDS)))
    save(state, "9", b"not a journal\n")
    save(state, "torn", b'{"kind":"begin"')

    (found,) = runs_of_plan(state, BEGIN.plan)

    assert found.begin == BEGIN
    assert runs_of_plan(state, "0" * 64) == ()


def test_history_holds_every_run_and_says_which_are_broken(state: FileState) -> None:
    lines = write(RECORDS)
    save(state, "1", b"".join(lines))
    save(state, "2", b"".join(lines[1:]))
    save(state, "3", b"")
    save(state, "4", b"".join(lines[:2]))

    whole, broken, begun = history(state)

    assert whole == parse(b"".join(lines))
    assert isinstance(broken, Broken)
    assert (broken.run, broken.finding.code) == ("2", "JRN-CHAIN")
    assert begun == parse(b"".join(lines[:2]))


def test_a_run_that_was_killed_is_closed_behind_its_torn_line(state: FileState) -> None:
    journal = start(state)
    journal.intent(1, [create("a"), create("b")])
    journal.result(1, [told("a")])
    journal.intent(2, [update("c")])
    journal.close()
    log = state.resume(RUN, len(state.read(RUN)))
    log.append(b'{"at":')
    log.close()
    (record,) = unfinished(state, BEGIN.origin, [STAND])
    assert isinstance(record, RunRecord)
    assert record.is_torn
    assert record.unresolved() == (create("b"), update("c"))

    close_run(state, record, [told("c"), told("b"), told("x")], "recovered", CLOCK)

    closed = read_run(state, RUN)
    assert closed is not None
    assert closed.steps[3:] == (
        Result(2, AT, (told("c"),), OBSERVED),
        Result(1, AT, (told("b"),), OBSERVED),
        Result(0, AT, (told("x"),), OBSERVED),
    )
    assert (closed.end, closed.is_torn) == (End(AT, "recovered"), False)
    assert closed.unresolved() == ()
    assert unfinished(state, BEGIN.origin, [STAND]) == ()


def test_closing_a_run_can_be_killed_anywhere_and_done_again(state: FileState) -> None:
    """Nothing that a first attempt wrote is lost, and the second one ends the run."""
    journal = start(state)
    journal.intent(1, [create("a")])
    journal.close()
    begun = state.read(RUN)
    record = read_run(state, RUN)
    assert record is not None
    close_run(state, record, [told("a")], "recovered", CLOCK)
    whole = state.read(RUN)

    for length in range(len(begun), len(whole)):
        state.resume(RUN, 0).append(whole[:length])
        (again,) = unfinished(state, BEGIN.origin, [STAND])
        assert isinstance(again, RunRecord)
        left = [told("a")] if again.unresolved() else []
        close_run(state, again, left, "recovered", CLOCK)
        assert state.read(RUN) == whole
