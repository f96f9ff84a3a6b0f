"""What an insert has sent: an intent on disk before each request, its outcome after it. Shell.

In: digests of pieces. Out: which of them are known to be accepted, and of which nobody knows, when
the same insert is run again. A line that cannot be read ends the reading: what follows it counts as
not accepted, and is sent again, which is harmless.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from syncer.durable import Appender, make_folder, open_append, sync_folder
from syncer.errors import PlanRefused

_KINDS: Final = ("intent", "accepted", "refused")


class InsertJournal:
    """The journal of one insert; it is gone when everything was accepted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open_locked(path)
        self._states: dict[str, str] = {}
        self._read()

    @property
    def is_resumed(self) -> bool:
        """Whether an earlier run sent something that was accepted, or may have been."""
        return any(state != "refused" for state in self._states.values())

    def is_accepted(self, digest: str) -> bool:
        """Whether the piece is known to be accepted."""
        return self._states.get(digest) == "accepted"

    def is_doubtful(self, digest: str) -> bool:
        """Whether the piece was sent, and nobody knows what became of it."""
        return self._states.get(digest) == "intent"

    def note(self, kind: str, digest: str) -> None:
        """Record that a piece is about to be sent, was accepted, or was refused."""
        line = json.dumps({"kind": kind, "piece": digest}, sort_keys=True) + "\n"
        self._file.append(line.encode("ascii"))
        self._states[digest] = kind

    def remove(self) -> None:
        """Forget everything: the insert is complete."""
        self._path.unlink(missing_ok=True)
        sync_folder(self._path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self) -> None:
        with os.fdopen(os.dup(self._file.handle), "rb") as stream:
            content = stream.read()
        good = 0
        for line in content.split(b"\n")[:-1]:
            entry = _parse(line)
            if entry is None:
                break
            self._states[entry[1]] = entry[0]
            good += len(line) + 1
        if good < len(content):  # the tail was torn when the program was killed
            self._file.cut(good)


@contextmanager
def open_journal(folder: Path, name: str, *, restart: bool = False) -> Iterator[InsertJournal]:
    """Yield the journal of this name; `restart` forgets what an earlier run left.

    Raises PlanRefused (DAT-BUSY) while another process inserts the same, and OSError.
    """
    make_folder(folder)
    path = folder / f"{name}.jsonl"
    with InsertJournal(path) as journal:
        if not restart:
            yield journal
            return
        journal.remove()
    with InsertJournal(path) as journal:
        yield journal


def _open_locked(path: Path) -> Appender:
    while True:
        file = open_append(path)
        try:
            fcntl.flock(file.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise PlanRefused.of(
                "DAT-BUSY",
                "the same insert is running in another process",
                rule="one process at a time sends the values of a file",
                hint="wait for it to end",
            ) from None
        if os.fstat(file.handle).st_nlink:
            return file
        file.close()  # the other process has just ended, and removed it


def _parse(line: bytes) -> tuple[str, str] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    members = entry if isinstance(entry, dict) else {}
    kind, piece = members.get("kind"), members.get("piece")
    if kind not in _KINDS or not isinstance(piece, str):
        return None
    return str(kind), piece
