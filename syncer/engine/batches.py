"""Ordered entries cut into batches that a provider's limits allow.

In: entries, their encoded sizes, and the limits. Out: batches that hold the same entries in the
same order, as few as that order allows.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from syncer import sinks
from syncer.errors import PlanRefused

MAX_COUNT: Final = 500  # what clarify-go publishes in one call
MAX_BYTES: Final = 8 << 20  # below the documented 8 MiB to 9 MiB of a request
_ENVELOPE_BYTES: Final = 4096  # of the request around its entries

T = TypeVar("T")


def batches(
    entries: Iterable[T],
    size: Callable[[T], int],
    *,
    max_count: int = MAX_COUNT,
    max_bytes: int = MAX_BYTES,
    name: Callable[[T], str] = str,
) -> tuple[tuple[T, ...], ...]:
    """Return the entries in batches of at most so many entries and encoded bytes.

    Raises PlanRefused (API-OVERSIZE) when one entry alone is too large.
    """
    room = max_bytes - _ENVELOPE_BYTES
    cut: list[list[T]] = []
    filled = 0
    for entry in entries:
        needed = size(entry)
        if needed > room:
            raise PlanRefused.of(
                "API-OVERSIZE",
                f"{sinks.quoted(name(entry))} takes {needed} bytes; a request may have {room}",
                hint="Shorten its description, labels, annotations or enum texts.",
            )
        if not cut or filled + needed > room or len(cut[-1]) >= max_count:
            cut.append([])
            filled = 0
        cut[-1].append(entry)
        filled += needed
    return tuple(map(tuple, cut))


def halve(batch: tuple[T, ...]) -> tuple[tuple[T, ...], ...]:
    """Return a batch that was too large as two, or none when it cannot be cut."""
    middle = len(batch) // 2
    return (batch[:middle], batch[middle:]) if middle else ()
