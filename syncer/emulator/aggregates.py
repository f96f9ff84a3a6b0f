"""Numeric rollups: the samples of each bucket, made one number.

In: a track and a grid. Out: columns, which map the start of a bucket to its number; a bucket
without samples has none.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from syncer.emulator.buckets import Grid
from syncer.emulator.tracks import Track

Column: TypeAlias = Mapping[int, float]
"""Values by instant, in order of time."""

Aggregate: TypeAlias = Callable[[Sequence[float]], float]


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


ROLLUPS: Mapping[str, Aggregate] = {
    "avg": _average,
    "count": lambda values: float(len(values)),
    "max": max,
    "min": min,
    "sum": sum,
}
"""What a rollup without a choice tells of numeric items."""

AGGREGATES: Mapping[str, Aggregate] = {
    **ROLLUPS,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}


def split(track: Track, grid: Grid) -> Iterator[tuple[int, Sequence[float]]]:
    """Yield the start and the values of each bucket that has samples."""
    position = 0
    while position < len(track.times):
        bucket = grid.find(track.times[position])
        stop = bisect_left(track.times, bucket.end, position)
        yield bucket.start, track.values[position:stop]
        position = stop


def roll_up(track: Track, grid: Grid, names: Sequence[str]) -> Mapping[str, Column]:
    """Return a column per aggregate."""
    parts = list(split(track, grid))
    return {name: aggregate(parts, name) for name in names}


def aggregate(parts: Sequence[tuple[int, Sequence[float]]], name: str) -> Column:
    """Return one number for the values of each part."""
    reduce = AGGREGATES[name]
    numbers = ((start, reduce(values)) for start, values in parts)
    # A sum can be beyond what JSON can say.
    return {start: number for start, number in numbers if math.isfinite(number)}
