"""The samples of items, read from those of the signals behind them.

In: item IDs and a window of time. Out: a `Track` per item. At one time the signal that was
created last wins (docs.clarify.io/users/admin/integrations/signal).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from syncer.emulator.database import Database

Point: TypeAlias = tuple[int, float]
"""An instant in microseconds since 1970, and a value."""

_CHUNK = 10_000
_FARTHEST = 2**63 - 1
_READABLE = "SELECT time, value FROM samples WHERE signal = ? AND readable_at <= ?"


@dataclass(frozen=True, slots=True)
class Track:
    """The samples of one item, sorted by time."""

    times: Sequence[int]
    values: Sequence[float]


class Tracks:
    """All samples that can be read, of items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def signals(self, items: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the IDs of each item's signals, in order of creation."""
        wanted = list(items)
        found: dict[str, list[str]] = {item: [] for item in wanted}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            # IDs are given out in ascending order.
            sql = f"SELECT item, id FROM resources WHERE item IN ({marks}) ORDER BY id"  # noqa: S608 - marks are question marks
            for item, signal in self._database.read(sql, *chunk):
                found[item].append(signal)
        return found

    def between(self, signals: Sequence[str], window: tuple[int, int], now: int) -> Track:
        """Return the samples from the window's start up to, and without, its end."""
        sql = f"{_READABLE} AND time >= ? AND time < ? ORDER BY time"
        start, end = map(_reach, window)
        return merge([self._database.read(sql, signal, now, start, end) for signal in signals])

    def before(self, signals: Sequence[str], instant: int, now: int) -> Sequence[Point]:
        """Return the newest sample before the instant, if there is one."""
        sql = f"{_READABLE} AND time < ? ORDER BY time DESC LIMIT 1"
        points = self._read_each(sql, signals, instant, now)
        return [max(points, key=lambda point: point[0])] if points else []

    def since(self, signals: Sequence[str], instant: int, now: int) -> Sequence[Point]:
        """Return the oldest sample at the instant or after it, if there is one."""
        sql = f"{_READABLE} AND time >= ? ORDER BY time LIMIT 1"
        points = self._read_each(sql, signals, instant, now)
        return [min(points, key=lambda point: point[0])] if points else []

    def _read_each(self, sql: str, signals: Sequence[str], instant: int, now: int) -> list[Point]:
        # The last created comes first: of samples at one time, min and max return the first.
        return [
            row
            for signal in reversed(signals)
            for row in self._database.read(sql, signal, now, _reach(instant))
        ]


def merge(parts: Sequence[Sequence[Point]]) -> Track:
    """Return the points of all parts by time; at one time the last part wins."""
    points = parts[0] if len(parts) == 1 else sorted(_overlay(parts).items())
    return Track([time for time, _ in points], [value for _, value in points])


def _reach(instant: int) -> int:
    """Return the nearest instant that SQLite can compare with."""
    return min(max(instant, -_FARTHEST), _FARTHEST)


def _overlay(parts: Sequence[Sequence[Point]]) -> Mapping[int, float]:
    merged: dict[int, float] = {}
    for part in parts:
        merged.update(part)
    return merged
