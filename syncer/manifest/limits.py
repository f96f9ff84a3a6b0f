"""Limits on what is read: defaults, hard maxima, and the operator's `SYNCER_LIMIT_*` values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from syncer.errors import Misuse

_PREFIX = "SYNCER_LIMIT_"
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a project may hold; sizes in bytes, a scalar's in characters."""

    file: int = 16 * _MEBIBYTE
    total: int = 256 * _MEBIBYTE
    files: int = 100_000
    globs: int = 64
    nodes: int = 2_000_000
    depth: int = 32
    scalar: int = 64 * 1024
    aliases: int = 100
    anchors: int = 1_000
    expanded: int = 50_000


# Depth bounds the recursion of every walk; the sizes, what fits the memory of a small machine.
_HARD: Final = Limits(
    file=1024 * _MEBIBYTE,
    total=16 * 1024 * _MEBIBYTE,
    files=10_000_000,
    globs=10_000,
    nodes=200_000_000,
    depth=100,
    scalar=16 * _MEBIBYTE,
    aliases=100_000,
    anchors=100_000,
    expanded=10_000_000,
)


def read_limits(environment: Mapping[str, str]) -> Limits:
    """Return the limits with the operator's changes, `SYNCER_LIMIT_FILE=33554432` for one.

    Raises Misuse for a value that is no number or lies beyond the hard maximum.
    """
    changes = {}
    for field in fields(Limits):
        text = environment.get(variable(field.name))
        if text is not None:
            changes[field.name] = _number(field.name, text)
    return replace(Limits(), **changes)


def variable(limit: str) -> str:
    """Return the environment variable that raises a limit."""
    return _PREFIX + limit.upper()


def raise_hint(limit: str) -> str:
    """Return the hint that names the variable which raises a limit."""
    return f"the operator may raise the limit with {variable(limit)}"


def _number(limit: str, text: str) -> int:
    hard: int = getattr(_HARD, limit)
    if text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= hard:
        return int(text)
    raise Misuse.of(
        "CLI-LIMIT",
        f"{variable(limit)} is not a whole number from 1 to {hard}",
        hint="leave the variable unset for the default",
    )
