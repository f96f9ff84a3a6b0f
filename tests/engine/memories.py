"""The memory of applies, kept in this process: no disk, no waiting, and failures on demand."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncer.engine.memory import Memory, Operator
from syncer.engine.state import Holder, Log, held, is_end, no_lock, no_run
from syncer.errors import LockHeld
from tests.transport.fakes import VirtualClock

Append = Callable[[bytearray, bytes], None]


def append(journal: bytearray, line: bytes) -> None:
    """Write a line as a disk does that never fails."""
    journal += line


@dataclass
class MemoryLog:
    """One journal; `write` is how a line gets into it."""

    journal: bytearray
    write: Append

    def append(self, line: bytes) -> None:
        self.write(self.journal, line)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class MemoryState:
    """Journals by run, and the places that are locked; `write` may fail, or end the process."""

    write: Append = append
    journals: dict[str, bytearray] = field(default_factory=dict)
    holders: dict[str, Holder] = field(default_factory=dict)

    @contextmanager
    def lock(self, places: Collection[str], holder: Holder) -> Iterator[None]:
        for place in sorted(places):
            if place in self.holders:
                raise held(place, self.holders[place])
        self.holders |= dict.fromkeys(places, holder)
        try:
            yield
        finally:
            for place in places:
                del self.holders[place]

    def runs(self) -> tuple[str, ...]:
        return tuple(sorted(self.journals))

    def open_runs(self) -> tuple[str, ...]:
        lines = {run: self.read(run).split(b"\n") for run in self.runs()}
        return tuple(run for run, told in lines.items() if not is_end(told[-2:][0]) or told[-1])

    def firsts(self) -> Iterator[tuple[str, bytes]]:
        for run in self.runs():
            line, ending, _ = bytes(self.journals[run]).partition(b"\n")
            if ending:
                yield run, line + ending

    def where(self, run: str) -> str:
        return f"{run}.jsonl"

    def read(self, run: str) -> bytes:
        if run not in self.journals:
            raise no_run(run)
        return bytes(self.journals[run])

    def begin(self, run: str) -> Log:
        assert run not in self.journals
        return MemoryLog(self.journals.setdefault(run, bytearray()), self._write)

    def resume(self, run: str, keep: int) -> Log:
        del self.journals[run][keep:]
        return MemoryLog(self.journals[run], self._write)

    def unlock(self, id: str) -> None:  # noqa: A002 - the interface's word
        holders = [holder for holder in self.holders.values() if holder.id == id]
        raise LockHeld.of("LCK-HELD", id) if holders else no_lock(id)

    def _write(self, journal: bytearray, line: bytes) -> None:
        self.write(journal, line)


class Counting:
    """Chance that never gives the same number twice, so that runs have names of their own."""

    def __init__(self) -> None:
        self.count = 0

    def uniform(self, low: float, high: float, /) -> float:
        self.count += 1
        return self.count


def memory(state: MemoryState) -> Memory:
    """Return the memory of one person at one machine, whose clock stands."""
    operator = Operator("ada", "laptop", 4711, "/home/ada/stand", "0123456789abcdef")
    return Memory(state, lambda: operator, VirtualClock(), Counting())
