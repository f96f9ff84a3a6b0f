"""Writing what a run does, and reading what runs did (shell).

Intents go in before requests are sent, results after; out come the runs that did not end, and the
history of all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from syncer.diagnostics import Diagnostic
from syncer.engine.records import (
    ANSWER,
    OBSERVED,
    Begin,
    End,
    Intent,
    IntentEntry,
    Record,
    Result,
    ResultEntry,
    RunRecord,
    encode,
    good_lines,
    parse,
)
from syncer.engine.state import Log, State, cannot_write
from syncer.errors import SyncerError
from syncer.seams import Clock

Entry = TypeVar("Entry", IntentEntry, ResultEntry)


@dataclass(frozen=True, slots=True)
class Broken:
    """A run whose journal is not as it was written."""

    run: str
    finding: Diagnostic


class Journal:
    """One run being written; each method raises SyncerError when its line is not durable.

    After such a failure nothing is durable any more: nothing may be sent, and `unwritten` holds
    the lines that are in no journal.
    """

    def __init__(self, log: Log, clock: Clock, written: Sequence[bytes] = ()) -> None:
        self._log = log
        self._clock = clock
        self._n = len(written)
        self._previous = written[-1] if written else b""
        self.unwritten: list[bytes] = []

    def begin(self, begin: Begin) -> None:
        """Note that the run begins."""
        self._write(begin)

    def intent(self, batch: int, entries: Sequence[IntentEntry]) -> None:
        """Note what is about to be sent."""
        at = utc(self._clock)
        self._write_split(lambda part: Intent(batch, at, part), tuple(entries))

    def result(self, batch: int, entries: Sequence[ResultEntry], by: str = ANSWER) -> None:
        """Note what became of it: by the API's answer, or as a later read `observed` it."""
        at = utc(self._clock)
        self._write_split(lambda part: Result(batch, at, part, by), tuple(entries))

    def end(self, status: str) -> None:
        """Note how the run ends: complete, partial, interrupted or recovered."""
        self._write(End(utc(self._clock), status))

    def close(self) -> None:
        """Give the journal back; a run without an end was interrupted."""
        self._log.close()

    def _write_split(
        self, make: Callable[[tuple[Entry, ...]], Record], entries: tuple[Entry, ...]
    ) -> None:
        """Write the entries as one record, or as several where one would be too long."""
        record = make(entries)
        try:
            line = encode(record, self._n, self._previous)
        except SyncerError:
            if len(entries) < 2:
                raise
            middle = len(entries) // 2
            self._write_split(make, entries[:middle])
            self._write_split(make, entries[middle:])
            return
        self._append(line)

    def _write(self, record: Record) -> None:
        self._append(encode(record, self._n, self._previous))

    def _append(self, line: bytes) -> None:
        self._n += 1
        self._previous = line
        try:
            self._log.append(line)
        except OSError as error:
            self.unwritten.append(line)
            raise cannot_write(error) from error
        except SyncerError:
            self.unwritten.append(line)
            raise


def utc(clock: Clock) -> str:
    """Return the time now, as records have it."""
    return f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"


def read_run(state: State, run: str) -> RunRecord | None:
    """Return what a run's journal says; None where nothing was ever begun.

    Raises SyncerError (JRN-CHAIN) for a journal that is broken, Misuse when there is no such run.
    """
    return parse(state.read(run), state.where(run))


def unfinished(
    state: State, origin: str, integrations: Collection[str]
) -> tuple[RunRecord | Broken, ...]:
    """Return the runs that wrote to one of these integrations and did not end, oldest first.

    One whose journal is broken may be of any integration. Without the locks held, a run may only
    look as if it had not ended.
    """
    records = (_read_or_tell(state, run) for run in state.open_runs())
    return tuple(
        record
        for record in records
        if isinstance(record, Broken)
        or (
            record is not None
            and record.end is None
            and record.begin.origin == origin
            and not set(integrations).isdisjoint(record.begin.integrations.values())
        )
    )


def runs_of_plan(state: State, digest: str) -> tuple[RunRecord, ...]:
    """Return the runs that applied the plan of this digest, oldest first."""
    wanted = f'"plan":"{digest}"'.encode()
    runs = [run for run, line in state.firsts() if wanted in line]
    records = (_read_or_tell(state, run) for run in runs)
    return tuple(
        record
        for record in records
        if isinstance(record, RunRecord) and record.begin.plan == digest
    )


def history(state: State) -> tuple[RunRecord | Broken, ...]:
    """Return all runs, oldest first, those with a broken journal too."""
    records = (_read_or_tell(state, run) for run in state.runs())
    return tuple(record for record in records if record is not None)


def close_run(
    state: State,
    record: RunRecord,
    observed: Sequence[ResultEntry],
    status: str,
    clock: Clock,
) -> None:
    """Add to an earlier run what a later read told, and how it ends; it is unfinished no more."""
    run = record.begin.run
    written = good_lines(state.read(run))
    log = state.resume(run, sum(map(len, written)))
    try:
        journal = Journal(log, clock, written)
        for batch, entries in _by_batch(record, observed).items():
            journal.result(batch, entries, OBSERVED)
        journal.end(status)
    finally:
        log.close()


def _by_batch(
    record: RunRecord, observed: Sequence[ResultEntry]
) -> dict[int, tuple[ResultEntry, ...]]:
    """Return the entries by the batch whose outcome they tell, which is the resource's last."""
    intents = (step for step in record.steps if isinstance(step, Intent))
    batches = {entry.address: step.batch for step in intents for entry in step.entries}
    grouped: dict[int, tuple[ResultEntry, ...]] = {}
    for entry in observed:
        batch = batches.get(entry.address, 0)
        grouped[batch] = (*grouped.get(batch, ()), entry)
    return grouped


def _read_or_tell(state: State, run: str) -> RunRecord | Broken | None:
    try:
        return read_run(state, run)
    except SyncerError as error:
        return Broken(run, error.findings[0])
