"""Samples cut into pieces that one request can carry.

In: samples, and how many bytes a request may have. Out: pieces that hold the same values, each
once. Cut by time where series share their times, and by series where each has its own: a frame
has a place for every series at every time, filled or not. Core.
"""

import json
from collections.abc import Iterator
from typing import Final

from syncer.samples.model import Samples, Series

MAX_BYTES: Final = (8 << 20) - 4096  # 8 MiB an insert, with room for what stands around it
_TIME_BYTES: Final = 30
_NULL_BYTES: Final = 5
_LEAST_BYTES: Final = 2  # of a value, with its comma


def cut(samples: Samples, *, max_bytes: int = MAX_BYTES) -> Iterator[Samples]:
    """Yield the samples in pieces of at most so many encoded bytes; one value is never cut."""
    if not samples.series:
        return
    if _fits(samples, max_bytes):
        yield samples
        return
    for half in halve(samples):
        yield from cut(half, max_bytes=max_bytes)


def halve(samples: Samples) -> tuple[Samples, ...]:
    """Return two halves; nothing for a single value."""
    times = samples.times
    middle = times[len(times) // 2]
    by_series, by_time = _halve_series(samples), _halve_time(samples, middle)
    if len(times) == 1:
        return by_series
    if not by_series or _cells_bytes(by_time) <= _cells_bytes(by_series):
        return by_time
    return by_series


def encode(samples: Samples) -> bytes:
    """Return the data frame as compact JSON, which the pieces are measured by."""
    return json.dumps(samples.to_json(), separators=(",", ":")).encode()


def _fits(samples: Samples, max_bytes: int) -> bool:
    times, series = samples.time_count, len(samples.series)
    if times * series == 1:
        return True
    empty = times * series - samples.count
    # A frame may have so many empty places that it is too large to be written out at all.
    if empty * _NULL_BYTES + samples.count * _LEAST_BYTES > max_bytes:
        return False
    return len(encode(samples)) <= max_bytes


def _halve_time(samples: Samples, middle: int) -> tuple[Samples, ...]:
    earlier: dict[str, Series] = {}
    later: dict[str, Series] = {}
    for key, values in samples.series.items():
        before = {time: value for time, value in values.items() if time < middle}
        after = {time: value for time, value in values.items() if time >= middle}
        earlier |= {key: before} if before else {}
        later |= {key: after} if after else {}
    return Samples(earlier), Samples(later)


def _halve_series(samples: Samples) -> tuple[Samples, ...]:
    if len(samples.series) == 1:
        return ()
    # Series that share their times stay together.
    ranked = sorted(samples.series.items(), key=_rank)
    middle = len(ranked) // 2
    return tuple(Samples(dict(sorted(half))) for half in (ranked[:middle], ranked[middle:]))


def _rank(entry: tuple[str, Series]) -> tuple[int, int, int, str]:
    key, values = entry
    return next(iter(values)), len(values), next(reversed(list(values))), key


def _cells_bytes(halves: tuple[Samples, ...]) -> int:
    """Return about how many bytes these frames have, with every place empty."""
    return sum(len(half.times) * (_TIME_BYTES + _NULL_BYTES * len(half.series)) for half in halves)
