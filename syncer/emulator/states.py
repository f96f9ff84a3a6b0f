"""Enum rollups: how long each state lasted in each bucket.

In: a track and a grid. Out: microseconds per state, by the start of the bucket.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncer.emulator.aggregates import Column
from syncer.emulator.buckets import Grid
from syncer.emulator.tracks import Track

HIGHEST_STATE = 9999
MOST_BUCKETS = 1_000_000
"""The most rows that an answer makes up where there are no samples."""

SECOND = 1_000_000


class TooManyBucketsError(Exception):
    """The window has too many buckets to be told one by one."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A state that lasted from `start` to `end`."""

    state: int
    start: int
    end: int


def hold_states(
    track: Track, window: tuple[int, int], *, gap: int | None, now: int
) -> Iterator[Holding]:
    """Yield how long each sample's state lasted within the window."""
    # assumed: a state lasts until the next sample, at most as long as the item's gapDetection,
    # and the newest one until now; a value that is no state ends the one before.
    ends = [*track.times[1:], *(max(time, now) for time in track.times[-1:])]
    for time, value, following in zip(track.times, track.values, ends, strict=True):
        start = max(time, window[0])
        end = min(following, window[1], following if gap is None else time + gap)
        if start < end and value.is_integer() and 0 <= value <= HIGHEST_STATE:
            yield Holding(int(value), start, end)


def sum_states(holdings: Iterator[Holding], grid: Grid) -> Mapping[int, Mapping[int, int]]:
    """Return microseconds by bucket and state; raises TooManyBucketsError."""
    sums: dict[int, dict[int, int]] = {}
    for holding in holdings:
        start = holding.start
        while start < holding.end:
            bucket = grid.find(start)
            end = min(bucket.end, holding.end)
            states = sums.setdefault(bucket.start, {})
            states[holding.state] = states.get(holding.state, 0) + end - start
            start = end
            if len(sums) > MOST_BUCKETS:
                raise TooManyBucketsError
    return sums


def seconds_of(sums: Mapping[int, Mapping[int, int]], state: int) -> Column:
    """Return the seconds of one state; 0 where only other states lasted."""
    return {start: states.get(state, 0) / SECOND for start, states in sums.items()}


def shares_of(
    sums: Mapping[int, Mapping[int, int]], state: int, grid: Grid, window: tuple[int, int]
) -> Column:
    """Return the share, 0 to 1, that one state has of the bucket within the window."""
    # assumed: of the whole bucket, also where no state is known.
    shares: dict[int, float] = {}
    for start, states in sums.items():
        length = min(grid.find(start).end, window[1]) - max(start, window[0])
        shares[start] = states.get(state, 0) / length
    return shares
