"""File operations that survive a crash (shell).

`replace`: either the old content is there or the new one. `Appender`: what was appended is there,
and of the line that was being written a part, or nothing.
"""

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

_APPENDING: Final = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


def replace(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write the file whole, or leave what was there; raises OSError when it cannot be written.

    A link is replaced, not followed; folders and devices are refused.
    """
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Not a plain file", str(path))
    try:
        _replace(path, content, mode)
    except OSError as error:
        # Told with the name that was asked for, not with that of the temporary file.
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _replace(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


class Appender:
    """A file that only grows, for its owner alone; what was appended survives a crash.

    After a failure it takes nothing more: a later write could look whole behind a hole.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._has_failed = False

    def append(self, data: bytes) -> None:
        """Write the data at the end; it is on disk when this returns. Raises OSError."""
        if self._has_failed:
            raise OSError(errno.EIO, "An earlier write to this file failed")
        self._has_failed = True
        if os.fstat(self.handle).st_nlink == 0:  # what is written to it now nobody will find
            raise OSError(errno.ENOENT, "The file was removed while it was written")
        while data:
            data = data[os.write(self.handle, data) :]
        # Once this has failed the kernel may have dropped the data, and a second call succeeds.
        os.fsync(self.handle)
        self._has_failed = False

    def cut(self, size: int) -> None:
        """Keep the first `size` bytes alone. Raises OSError."""
        os.ftruncate(self.handle, size)
        os.fsync(self.handle)

    def close(self) -> None:
        """Give the file back."""
        os.close(self.handle)


def open_append(path: Path, *, flags: int = os.O_CREAT) -> Appender:
    """Return the file, made when missing unless `flags` say otherwise; raises OSError.

    A link is refused. What was made is in its folder even after a crash.
    """
    handle = os.open(path, _APPENDING | flags, 0o600)
    try:
        if flags & os.O_CREAT:
            sync_folder(path.parent)
    except OSError:
        os.close(handle)
        raise
    return Appender(handle)


def open_plain(path: Path) -> BinaryIO:
    """Return the file to be read; raises OSError, also for links, pipes, devices and folders."""
    handle = os.open(path, _READING)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a plain file", str(path))
    return os.fdopen(handle, "rb")


def make_folder(path: Path) -> None:
    """Make the folder and those above it, for their owner alone; raises OSError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put on disk which files a folder holds; raises OSError."""
    # Without this a rename or a new file may be lost when the machine loses power.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
