"""One item as a feed of data: its samples, and how long its states lasted.

In: an item's row and a window. Out: a track, or holdings, of what can be read by now.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.emulator.calls import Call
from syncer.emulator.durations import parse_duration
from syncer.emulator.records import Row
from syncer.emulator.states import Holding, hold_states
from syncer.emulator.tracks import Point, Track, Tracks


@dataclass(frozen=True, slots=True)
class Feed:
    """An item's data."""

    item: str
    is_enum: bool
    gap: int | None
    """The longest time between two samples that belong together, in microseconds."""
    signals: Sequence[str]
    tracks: Tracks
    now: int

    def read(self, window: tuple[int, int]) -> Track:
        """Return the samples of the window."""
        return self.tracks.between(self.signals, window, self.now)

    def surround(self, track: Track, window: tuple[int, int]) -> Track:
        """Return the window's track with the samples next to it."""
        before = self.tracks.before(self.signals, window[0], self.now)
        after = self.tracks.since(self.signals, max(window), self.now)
        return _extend(before, track, after)

    def hold(self, window: tuple[int, int]) -> Iterator[Holding]:
        """Yield how long each state lasted within the window."""
        track = self.surround(self.read(window), window)
        return hold_states(track, window, gap=self.gap, now=self.now)


def open_feeds(call: Call, rows: Sequence[Row]) -> Sequence[Feed]:
    """Return the data of the items."""
    signals = call.store.tracks.signals(row.id for row in rows)
    return [_open_feed(call, row, signals[row.id]) for row in rows]


def _open_feed(call: Call, row: Row, signals: Sequence[str]) -> Feed:
    attributes = json.loads(row.attributes)
    gap = parse_duration(attributes["gapDetection"] or "")
    return Feed(
        item=row.id,
        is_enum=attributes["valueType"] == "enum",
        gap=None if gap is None else gap // 1000,
        signals=signals,
        tracks=call.store.tracks,
        now=call.now,
    )


def _extend(before: Sequence[Point], track: Track, after: Sequence[Point]) -> Track:
    points = [*before, *zip(track.times, track.values, strict=True), *after]
    return Track([time for time, _ in points], [value for _, value in points])
