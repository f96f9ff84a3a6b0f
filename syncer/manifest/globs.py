"""Patterns of files inside the project, matched one path segment at a time.

A pattern comes from the repository, so it is split before it is matched: a segment's `*` cannot
leave its folder, and a walk goes only where a pattern can still match.
"""

from fnmatch import fnmatchcase
from typing import Final, TypeAlias

Pattern: TypeAlias = tuple[str, ...]
States: TypeAlias = frozenset[tuple[Pattern, int]]  # patterns, each with its next segment

LONGEST: Final = 256
_ANY_FOLDERS: Final = "**"


def refuse(glob: str) -> tuple[str, str] | None:
    """Return code and reason when a pattern may not be used; None for one that may."""
    if "://" in glob or glob.startswith("file:"):
        return "PTH-REMOTE", "files are read from the project's folder, never from a URL"
    if glob.startswith(("/", "~", "\\")) or glob[1:2] == ":" or ".." in glob.split("/"):
        return "PTH-ESCAPE", "a pattern stays inside the project's folder"
    if not _split(glob) or len(glob) > LONGEST or "\0" in glob:
        return "PTH-ESCAPE", f"a pattern names files, in at most {LONGEST} characters"
    return None


def begin(globs: tuple[str, ...]) -> States:
    """Return the states in which a walk of the project folder begins."""
    return _close(frozenset((_split(glob), 0) for glob in globs))


def advance(states: States, name: str) -> States:
    """Return the states after stepping into a file or folder; empty when nothing can match."""
    after = set()
    for pattern, index in states:
        if index == len(pattern):
            continue
        if pattern[index] == _ANY_FOLDERS:
            after.add((pattern, index))
        elif fnmatchcase(name, pattern[index]):
            after.add((pattern, index + 1))
    return _close(frozenset(after))


def is_match(states: States) -> bool:
    """Whether a pattern has been used up: the path is one it means."""
    return any(index == len(pattern) for pattern, index in states)


def _close(states: States) -> States:
    """Add what `**` means when it stands for no folder at all."""
    closed = set(states)
    for pattern, index in states:
        while index < len(pattern) and pattern[index] == _ANY_FOLDERS:
            index += 1
            closed.add((pattern, index))
    return frozenset(closed)


def _split(glob: str) -> Pattern:
    return tuple(part for part in glob.split("/") if part not in ("", "."))
