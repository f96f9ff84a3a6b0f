"""Loaded by the Python that runs syncer, when this folder is on its path: ends it at a write.

CHAOS_COUNT names a file that gets a line for each write and each fsync below `.syncer/`. CHAOS_KILL
says at which of them the process is killed: `fsync before 3`, `write within 7`. CHAOS_BARRIER names
a folder: before its first lock the process leaves a file there, and waits for one named `go`.
"""

import fcntl
import os
import signal
import time
from pathlib import Path
from typing import Any

_count = os.environ.get("CHAOS_COUNT", "")
_call, _moment, _nth = (os.environ.get("CHAOS_KILL") or "none none 0").split()
_barrier = os.environ.get("CHAOS_BARRIER", "")
_seen = {"write": 0, "fsync": 0}
_real_write, _real_fsync, _real_flock = os.write, os.fsync, fcntl.flock


def _is_due(call: str, handle: Any) -> bool:
    if "/.syncer" not in str(Path(f"/proc/self/fd/{handle}").readlink()):
        return False
    _seen[call] += 1
    if _count:
        with Path(_count).open("a") as stream:
            stream.write(f"{call}\n")
    return call == _call and _seen[call] == int(_nth)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _write(handle: int, data: Any) -> int:
    if not _is_due("write", handle):
        return _real_write(handle, data)
    parts = {"before": 0, "within": len(data) // 2, "after": len(data)}
    _real_write(handle, data[: parts[_moment]])
    _kill()
    return 0


def _fsync(fd: Any) -> None:
    is_due = _is_due("fsync", fd)
    if is_due and _moment == "before":
        _kill()
    _real_fsync(fd)
    if is_due:
        _kill()


def _flock(handle: Any, operation: int) -> None:
    global _barrier
    if _barrier and operation & fcntl.LOCK_EX:
        folder, _barrier = Path(_barrier), ""
        (folder / str(os.getpid())).touch()
        while not (folder / "go").exists():
            time.sleep(0.001)  # noqa: TID251 - it waits for another process
    _real_flock(handle, operation)


if _count or _call != "none":
    os.write, os.fsync = _write, _fsync
if _barrier:
    fcntl.flock = _flock
