"""Where runs are remembered and locked, and the home of both in files (shell).

A run's journal is a file below `.syncer/`. Locks are the machine's, not the checkout's: two
checkouts write to one Clarify. The kernel frees them however their holder ends.
"""

import fcntl
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from syncer import durable
from syncer.errors import LockHeld, Misuse, SyncerError
from syncer.seams import Rng

_RUN: Final = re.compile(r"[0-9A-Za-z-]{1,100}")
_TAIL: Final = 4096  # an End is shorter
_HEAD: Final = 2**20  # so is a Begin, with many integrations
_LOCKING: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class Log(Protocol):
    """The journal of one run, being written."""

    def append(self, line: bytes) -> None:
        """Add a line; it is durable when this returns. After a failure it takes nothing more.

        Raises OSError, or TransportError where the home is a server.
        """

    def close(self) -> None:
        """Give it back."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    id: str
    who: str
    host: str
    pid: int
    since: str
    command: str
    folder: str


class State(Protocol):
    """The memory of applies: journals and locks."""

    def lock(self, places: Collection[str], holder: Holder) -> AbstractContextManager[None]:
        """Hold all of the places, or raise LockHeld naming who holds one of them."""

    def runs(self) -> tuple[str, ...]:
        """Return the IDs of all runs, oldest first."""

    def open_runs(self) -> tuple[str, ...]:
        """Return the IDs of the runs that did not end, oldest first, without reading the others."""

    def firsts(self) -> Iterable[tuple[str, bytes]]:
        """Return each run with its first line, oldest first; a torn one is left out."""

    def where(self, run: str) -> str:
        """Return what people call the place of a run's journal."""

    def read(self, run: str) -> bytes:
        """Return a journal; raises Misuse when there is no such run."""

    def begin(self, run: str) -> Log:
        """Return a new journal; raises SyncerError (JRN-WRITE) when there can be none."""

    def resume(self, run: str, keep: int) -> Log:
        """Return a journal to go on with, cut after its first `keep` bytes."""

    def unlock(self, id: str) -> None:  # noqa: A002 - the interface's word
        """Forget a lock whose holder is gone; raises LockHeld while it lives, Misuse for none."""


def run_id(now: datetime, rng: Rng) -> str:
    """Return an ID for a run that begins now; IDs sort by time, within a second too."""
    fraction = now.microsecond * 4096 // 1_000_000
    chance = min(int(rng.uniform(0, 2**20)), 2**20 - 1)
    return f"{now:%Y%m%dT%H%M%SZ}-{fraction:03x}{chance:05x}"


class FileState:
    """Journals below a project's state folder, locks in the first folder that can be written.

    `prepare` makes the state folder before something is written into it.
    """

    def __init__(
        self,
        folder: Path,
        lock_folders: Sequence[Path],
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self._journal = folder / "journal"
        self._lock_folders = (*lock_folders, folder / "lock")
        self._prepare = prepare

    @contextmanager
    def lock(self, places: Collection[str], holder: Holder) -> Iterator[None]:
        """Hold all of the places, or raise LockHeld naming who holds one of them."""
        with ExitStack() as stack:
            named = {_file_name(place): place for place in places}
            files = self._open_locks(sorted(named), stack)
            for name, handle in files.items():
                if not _try_lock(handle):
                    raise held(named[name], _read_note(handle))
            try:
                for handle in files.values():
                    _write_note(handle, holder)
            except OSError as error:
                raise cannot_write(error) from error
            try:
                yield
            finally:
                with suppress(OSError):  # a note without its lock means nothing
                    for handle in files.values():
                        os.ftruncate(handle, 0)

    def runs(self) -> tuple[str, ...]:
        """Return the IDs of all runs, oldest first."""
        if not self._journal.is_dir():
            return ()
        found = (path.stem for path in self._journal.iterdir() if path.suffix == ".jsonl")
        return tuple(sorted(run for run in found if _RUN.fullmatch(run)))

    def open_runs(self) -> tuple[str, ...]:
        """Return the IDs of the runs that did not end, oldest first."""
        return tuple(run for run in self.runs() if not self._is_ended(run))

    def firsts(self) -> Iterator[tuple[str, bytes]]:
        """Yield each run with its first line, oldest first, but torn and unreadable ones."""
        for run in self.runs():
            line = b""
            with suppress(OSError), durable.open_plain(self._path(run)) as stream:
                line = stream.readline(_HEAD)
            if line.endswith(b"\n"):
                yield run, line

    def where(self, run: str) -> str:
        """Return the journal's path."""
        return str(self._path(run))

    def read(self, run: str) -> bytes:
        """Return a journal; raises Misuse when there is no such run.

        Raises SyncerError (JRN-CHAIN) for one that cannot be read.
        """
        try:
            with durable.open_plain(self._path(run)) as stream:
                return stream.read()
        except FileNotFoundError:
            raise no_run(run) from None
        except OSError as error:
            raise _cannot_read(error) from error

    def begin(self, run: str) -> Log:
        """Return a new journal; raises SyncerError (JRN-WRITE) when there can be none."""
        try:
            self._prepare()
            durable.make_folder(self._journal)
            return durable.open_append(self._path(run), flags=os.O_CREAT | os.O_EXCL)
        except OSError as error:
            raise cannot_write(error) from error

    def resume(self, run: str, keep: int) -> Log:
        """Return a journal to go on with, cut after its first `keep` bytes."""
        try:
            log = durable.open_append(self._path(run), flags=0)
            log.cut(keep)
        except OSError as error:
            raise cannot_write(error) from error
        return log

    def unlock(self, id: str) -> None:  # noqa: A002 - the interface's word
        """Forget a lock whose holder is gone; raises LockHeld while it lives, Misuse for none."""
        found = False
        for path in self._lock_files():
            with ExitStack() as stack:
                handle = _open(path, _LOCKING, stack)
                note = _read_note(handle)
                if note is None or note.id != id:
                    continue
                if not _try_lock(handle):
                    raise still_held(note)
                os.ftruncate(handle, 0)
                found = True
        if not found:
            raise no_lock(id)

    def _path(self, run: str) -> Path:
        if not _RUN.fullmatch(run):
            raise no_run(run)
        return self._journal / f"{run}.jsonl"

    def _is_ended(self, run: str) -> bool:
        try:
            return is_end(self._last_line(run))
        except OSError:
            return False  # nobody knows; `read` says why

    def _last_line(self, run: str) -> bytes:
        with durable.open_plain(self._path(run)) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _TAIL))
            tail = stream.read()
        return tail[:-1].rpartition(b"\n")[2] if tail.endswith(b"\n") else b""

    def _open_locks(self, names: Sequence[str], stack: ExitStack) -> dict[str, int]:
        """Return the lock files, opened in the first folder where all can be."""
        *others, last = self._lock_folders
        for folder in others:
            with ExitStack() as attempt:
                try:
                    files = _open_all(folder, names, attempt)
                except OSError:
                    continue
                stack.push(attempt.pop_all())
                return files
        try:
            self._prepare()
            return _open_all(last, names, stack)
        except OSError as error:
            raise cannot_write(error) from error

    def _lock_files(self) -> Iterator[Path]:
        for folder in self._lock_folders:
            if folder.is_dir():
                yield from sorted(path for path in folder.iterdir() if path.suffix == ".lock")


def is_end(line: bytes) -> bool:
    """Whether the line is the End of a run."""
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(members, dict) and members.get("kind") == "end"


def read_holder(text: str | bytes) -> Holder | None:
    """Return the holder that a note names; None when it names none."""
    try:
        members = json.loads(text)
        told = {name: str(members[name]) for name in Holder.__slots__ if name != "pid"}
        return Holder(**told, pid=int(members["pid"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def write_holder(holder: Holder) -> str:
    """Return the note that names a holder."""
    return json.dumps(asdict(holder), sort_keys=True)


def held(place: str, holder: Holder | None) -> LockHeld:
    """Return the error for a place that somebody holds; the note may not be written yet."""
    hint = "wait for it to end"
    if holder is not None:
        hint += f"; a lock that outlives its process: syncer force-unlock {holder.id}"
    return LockHeld.of(
        "LCK-HELD",
        f"{place} is locked by {_told(holder)}",
        rule="one run at a time writes to an integration",
        hint=hint,
    )


def still_held(holder: Holder) -> LockHeld:
    """Return the error for a lock that cannot be forgotten, because its holder lives."""
    return LockHeld.of(
        "LCK-HELD",
        f"the lock is held by {_told(holder)}",
        rule="only a lock whose holder is gone is forgotten: two writers overwrite each other",
        hint=f"wait for it, or end process {holder.pid} on {holder.host}",
    )


def no_lock(id: str) -> Misuse:  # noqa: A002 - the interface's word
    """Return the error for a lock that is not there."""
    return Misuse.of("LCK-NONE", f"no lock has the ID {id!r}")


def no_run(run: str) -> Misuse:
    """Return the error for a run that is not there."""
    return Misuse.of("JRN-RUN", f"no run {run!r} is remembered", hint="`syncer history` lists them")


def cannot_write(error: OSError) -> SyncerError:
    """Return the error for a journal or lock that cannot be written."""
    where = f"{error.filename}: " if error.filename else ""
    return SyncerError.of(
        "JRN-WRITE",
        f"the journal cannot be written, so nothing more is sent: {where}{error.strerror}",
        rule="every write is noted on disk before it is sent",
        hint="make room, or make the folder writable; plan, validate and history work without",
    )


def _cannot_read(error: OSError) -> SyncerError:
    return SyncerError.of(
        "JRN-CHAIN",
        f"the journal cannot be read: {error.filename}: {error.strerror}",
        rule="a journal is a plain file that its user may read",
        hint="move it away: plans do not need it, only history and rollback do",
    )


def _told(holder: Holder | None) -> str:
    if holder is None:
        return "another run, which has only just begun"
    return (
        f"run {holder.id}: `syncer {holder.command}` of {holder.who} on {holder.host} "
        f"(process {holder.pid}, in {holder.folder}), since {holder.since}"
    )


def _file_name(place: str) -> str:
    return sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".lock"


def _open_all(folder: Path, names: Sequence[str], stack: ExitStack) -> dict[str, int]:
    durable.make_folder(folder)
    # A lock file is never removed: whoever opened it before would hold a lock on nothing.
    return {name: _open(folder / name, _LOCKING | os.O_CREAT, stack) for name in names}


def _open(path: Path, flags: int, stack: ExitStack) -> int:
    handle = os.open(path, flags, 0o600)
    stack.callback(os.close, handle)
    return handle


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_note(handle: int, holder: Holder) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, write_holder(holder).encode("ascii"), 0)


def _read_note(handle: int) -> Holder | None:
    return read_holder(os.pread(handle, 65536, 0))
