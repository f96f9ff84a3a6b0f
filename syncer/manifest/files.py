"""Finds the project's files and reads each once (shell).

Only plain files inside the project's folder are opened: no symbolic link, device or pipe.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from syncer.diagnostics import Diagnostic, Location
from syncer.manifest import globs
from syncer.manifest.limits import Limits, raise_hint
from syncer.manifest.project import PROJECT_FILE

DEFAULTS_FILE: Final = "_defaults.yaml"
_GIT: Final = ".git"
_CAREFUL: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(slots=True)
class Found:
    """What a walk found, as paths relative to the project; sorted by `discover`."""

    files: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def find_project(start: Path) -> Path | None:
    """Return the folder with the project file: `start` or one above it, up to the Git root."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if os.path.lexists(folder / PROJECT_FILE):
            return folder
        if os.path.lexists(folder / _GIT):
            return None
    return None


def discover(root: Path, patterns: tuple[str, ...], limits: Limits) -> Found:
    """Return the files that the patterns mean, and the `_defaults.yaml` on the way to them.

    A file that may not be read is a finding; the order of folders on disk does not matter.
    """
    found = Found()
    total = 0
    for path, entry, is_meant in _walk(str(root), "", globs.begin(patterns), found.findings):
        if entry.name == DEFAULTS_FILE:
            kind = found.defaults
        elif is_meant and path != PROJECT_FILE:
            kind = found.files
        else:
            continue
        if entry.is_symlink():
            found.findings.append(_symlink(path))
            continue
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            found.findings.append(_not_plain(path))
            continue
        kind.append(path)
        total += status.st_size
        if passed := _passed(found, total, limits):
            found.findings.append(_limit(*passed, path, limits))
            found.files.clear()
            break
    found.files.sort()
    found.defaults.sort()
    return found


def read(root: Path, path: str, limits: Limits) -> bytes | Diagnostic:
    """Return the bytes of a plain file of the project, or why they are not read."""
    try:
        descriptor = os.open(root / path, _CAREFUL)
    except OSError as error:
        return _unreadable(root, path, error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return _not_plain(path)
        with open(descriptor, "rb", closefd=False) as file:
            # One byte more shows a file that grew, or that is too large.
            data = file.read(min(status.st_size, limits.file) + 1)
    except OSError as error:
        return _unreadable(root, path, error)
    finally:
        os.close(descriptor)
    if len(data) > limits.file:
        return _limit("LIM-FILE", "file", path, limits)
    if len(data) > status.st_size:
        return _unreadable(root, path, OSError(0, "it changes while it is read"))
    return data


def _walk(
    folder: str, prefix: str, states: globs.States, findings: list[Diagnostic]
) -> Iterator[tuple[str, "os.DirEntry[str]", bool]]:
    """Yield the entries that are no folders, and whether a pattern means them."""
    try:
        with os.scandir(folder) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        findings.append(_unread_folder(prefix, error))
        return
    for entry in here:
        if entry.name.startswith("."):
            continue
        after = globs.advance(states, entry.name)
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if after:
                yield from _walk(entry.path, path + "/", after, findings)
        elif after and entry.is_symlink() and not globs.is_match(after) and entry.is_dir():
            findings.append(_symlink(path))
        else:
            yield path, entry, globs.is_match(after)


def _passed(found: Found, total: int, limits: Limits) -> tuple[str, str] | None:
    if len(found.files) + len(found.defaults) > limits.files:
        return "LIM-FILES", "files"
    return ("LIM-TOTAL", "total") if total > limits.total else None


def _limit(code: str, name: str, path: str, limits: Limits) -> Diagnostic:
    subject = {
        "LIM-FILE": "the file is too large",
        "LIM-FILES": "the project has too many files; reading stopped before this one",
        "LIM-TOTAL": "the project's files are too large together; this one passes the limit",
    }[code]
    unit = "files" if name == "files" else "bytes"
    rule = f"the limit is {getattr(limits, name)} {unit}"
    return Diagnostic(code, subject, Location(path), rule=rule, hint=raise_hint(name))


def _symlink(path: str) -> Diagnostic:
    return Diagnostic(
        "PTH-SYMLINK",
        "the path is a symbolic link",
        Location(path),
        rule="only plain files inside the project's folder are read",
        hint="put the file itself here, or leave the link out of the patterns",
    )


def _not_plain(path: str) -> Diagnostic:
    return Diagnostic(
        "PTH-KIND",
        "the path is no plain file",
        Location(path),
        rule="folders, pipes, sockets and devices are not read",
        hint="put a file here, or leave the path out of the patterns",
    )


def _unreadable(root: Path, path: str, error: OSError) -> Diagnostic:
    if (root / path).is_symlink():
        return _symlink(path)
    return Diagnostic(
        "PTH-READ",
        f"the file cannot be read: {error.strerror or 'unknown'}",
        Location(path),
        rule="every file that a pattern means is read",
        hint="make the file readable, or leave it out of the patterns",
    )


def _unread_folder(prefix: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        "PTH-READ",
        f"the folder cannot be read: {error.strerror or 'unknown'}",
        Location(prefix.rstrip("/") or "."),
        rule="every folder in which a pattern can match is read",
        hint="make the folder readable",
    )
