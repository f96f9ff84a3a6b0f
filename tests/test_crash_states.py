"""What a power loss may leave behind, enumerated: every state recovers to the old or the new."""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from syncer import durable
from syncer.engine.records import parse
from tests.engine.runs import RECORDS, write

_SECTORS = 5  # of what was not synced: each may be on the disk, or hold nothing

Files: TypeAlias = Mapping[str, bytes]  # by name


class Disk:
    """Watches a folder: what is in it, and what of that a power loss cannot take."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.synced: dict[int, bytes] = {}  # content by inode
        self.now: dict[int, bytes] = {}  # the same as it is now, replaced files too
        self.names: dict[str, int] = self._names()
        self.crashes: list[Files] = []
        for owner, name in ((os, "write"), (os, "fsync"), (os, "ftruncate"), (Path, "replace")):
            patch.setattr(owner, name, self._watched(getattr(owner, name), name))

    def watch(self) -> None:
        """Note what a power loss at this moment may leave."""
        self.now |= {path.stat().st_ino: path.read_bytes() for path in self.folder.iterdir()}
        for names in (self.names, self._names()):
            contents = [_remains(self.synced.get(i, b""), self.now[i]) for i in names.values()]
            for chosen in itertools.product(*contents):
                self.crashes.append(dict(zip(names, chosen, strict=True)))

    def _watched(self, call: Callable[..., object], name: str) -> Callable[..., object]:
        def watched(*arguments: object) -> object:
            self.watch()
            result = call(*arguments)
            if name == "fsync" and isinstance(arguments[0], int):
                self._sync(arguments[0])
            self.watch()
            return result

        return watched

    def _sync(self, handle: int) -> None:
        found = os.fstat(handle)
        if found.st_ino == self.folder.stat().st_ino:
            self.names = self._names()
        else:
            (path,) = (p for p in self.folder.iterdir() if p.stat().st_ino == found.st_ino)
            self.synced[found.st_ino] = path.read_bytes()

    def _names(self) -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in self.folder.iterdir()}


def _remains(synced: bytes, now: bytes) -> list[bytes]:
    """Return what a file may hold: what was synced, and of the rest any part, or holes."""
    if not now.startswith(synced):
        return [synced, now]  # it was cut
    rest = now[len(synced) :]
    size = max(1, -(-len(rest) // _SECTORS))
    sectors = [rest[at : at + size] for at in range(0, len(rest), size)]
    choices = ((sector, bytes(len(sector))) for sector in sectors)
    left = {synced + b"".join(chosen) for chosen in itertools.product(*choices)}
    return sorted(left | {now[:length] for length in range(len(synced), len(now), 7)})


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Disk]]:
    with monkeypatch.context() as patch:
        yield lambda: Disk(tmp_path, patch)


def test_a_replaced_file_is_the_old_one_or_the_new_one(
    tmp_path: Path, disk: Callable[[], Disk]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old" * 50)
    watched = disk()
    watched.synced[path.stat().st_ino] = path.read_bytes()

    durable.replace(path, b"new" * 70)

    left = {files.get("file") for files in watched.crashes}
    print(f"{len(watched.crashes)} states of replace")
    assert left == {b"old" * 50, b"new" * 70}
    assert len(watched.crashes) > 70


def test_a_new_file_is_there_whole_or_not_at_all(tmp_path: Path, disk: Callable[[], Disk]) -> None:
    watched = disk()

    durable.replace(tmp_path / "file", b"new" * 70)
    watched.crashes.clear()
    watched.watch()

    assert watched.crashes
    assert all(files == {"file": b"new" * 70} for files in watched.crashes)


def test_what_was_appended_is_read_after_any_crash(
    tmp_path: Path, disk: Callable[[], Disk]
) -> None:
    """After each append that returned, every state holds its record; never another one."""
    lines = write(RECORDS)
    truth = [parse(b"".join(lines[:count])) for count in range(len(lines) + 1)]
    watched = disk()
    path = tmp_path / "run.jsonl"
    states = 0

    log = durable.open_append(path, flags=os.O_CREAT | os.O_EXCL)
    for done, line in enumerate(lines):
        watched.crashes.clear()
        log.append(line)
        for files in watched.crashes:
            run = parse(files["run.jsonl"])  # its name is on the disk since it was opened
            torn = run is not None and run.is_torn
            assert _whole(run) in (_whole(truth[done]), _whole(truth[done + 1])), torn
        states += len(watched.crashes)
        watched.crashes.clear()
        watched.watch()
        assert {files["run.jsonl"] for files in watched.crashes} == {b"".join(lines[: done + 1])}
    log.close()

    print(f"{states} states of append")
    assert states > 1000


def _whole(run: object) -> str:
    return repr(run).replace("is_torn=True", "is_torn=False")


def test_what_was_cut_is_the_old_file_or_the_new_one(
    tmp_path: Path, disk: Callable[[], Disk]
) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"good\ntorn")
    watched = disk()
    watched.synced[path.stat().st_ino] = path.read_bytes()

    log = durable.open_append(path, flags=0)
    log.cut(5)
    assert {files["run.jsonl"] for files in watched.crashes} == {b"good\ntorn", b"good\n"}
    watched.crashes.clear()
    log.append(b"next\n")
    log.close()

    assert all(files["run.jsonl"].startswith(b"good\n") for files in watched.crashes)


def test_a_replace_that_does_not_sync_is_found(
    tmp_path: Path, disk: Callable[[], Disk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The enumeration itself: without fsync a name may stand over a hole."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    watched = disk()

    durable.replace(tmp_path / "file", b"new" * 70)
    watched.synced.clear()
    watched.watch()

    assert {files.get("file") for files in watched.crashes} >= {b"", bytes(210), b"new" * 70}
