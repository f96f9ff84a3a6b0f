"""Buckets of time: the parts that a rollup cuts a window into.

In: a length, an origin and a time zone. Out: a `Grid`, which tells the bucket of any instant.
Buckets follow the zone's clocks: days and months begin when the clocks say so, and an hour that
the clocks show twice makes two buckets. Source: docs.clarify.io/api/1.1/types/fields.
"""

from abc import ABC, abstractmethod
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from syncer.emulator.zones import DAY, EARLIEST, LATEST, UTC_ZONE, Zone, read_wall, write_wall

# assumed: parts of a day, too, keep to the clocks, and a bucket is told by its own start, also
# when the window begins later. Only the origins are public.
MONTHS_PER_YEAR = 12
_FIRST_MONTH = MONTHS_PER_YEAR
_LAST_MONTH = 9_999 * MONTHS_PER_YEAR + 11


@dataclass(frozen=True, slots=True)
class Bucket:
    """The instants from `start` up to, and without, `end`."""

    start: int
    end: int


class Grid(Protocol):
    """A way to cut all time into buckets."""

    def find(self, instant: int) -> Bucket:
        """Return the bucket of the instant."""

    def shift(self, start: int, count: int) -> int:
        """Return the start of the bucket so many buckets after the one that starts there."""


def make_steps(length: int, origin: int, zone: Zone) -> Grid:
    """Return buckets of a fixed length; `origin` is the wall time that one starts at."""
    if length < DAY:
        return _Steps(length, origin, zone)
    return _Days(length, origin, zone)


def make_months(count: int, origin: int, zone: Zone) -> Grid:
    """Return buckets of so many months."""
    return _Months(count, read_wall(origin), zone)


def make_window(start: int, end: int) -> Grid:
    """Return the grid that has the window as one of its buckets."""
    return _Steps(max(end - start, 1), start, UTC_ZONE)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Parts of a day. Where the clocks change, the bucket ends where they say so."""

    length: int
    origin: int
    zone: Zone

    def find(self, instant: int) -> Bucket:
        offset = self.zone.offset(instant)
        wall = self._floor(instant + offset)
        return Bucket(self._start(instant, wall, offset), self._end(instant, wall, offset))

    def shift(self, start: int, count: int) -> int:
        # From the middle of the bucket, so that a changed clock leads to the same neighbour.
        middle = start + count * self.length + self.length // 2
        return start if count == 0 else self.find(middle).start

    def _start(self, instant: int, wall: int, offset: int) -> int:
        start = wall - offset
        before = self.zone.offset(start)
        if before == offset:
            return start
        change = self.zone.find_change(start, instant)
        if wall >= change + before:
            return change
        return self._floor(change + before - 1) - before

    def _end(self, instant: int, wall: int, offset: int) -> int:
        end = wall + self.length - offset
        if self.zone.offset(end - 1) == offset:
            return end
        change = self.zone.find_change(instant, end - 1)
        after = self.zone.offset(change)
        first = self._ceil(min(change + offset, change + after))
        if first <= change + after:
            return change
        return self._ceil(change + after) - after

    def _floor(self, wall: int) -> int:
        return wall - (wall - self.origin) % self.length

    def _ceil(self, wall: int) -> int:
        return wall + (self.origin - wall) % self.length


class _Edges(ABC):
    """Buckets that are found by counting their edges."""

    def find(self, instant: int) -> Bucket:
        number = self._find_number(instant)
        return Bucket(self._edge(number), self._edge(number + 1))

    def shift(self, start: int, count: int) -> int:
        return self._edge(self._find_number(start) + count)

    def _find_number(self, instant: int) -> int:
        number = self._guess(instant)
        while self._edge(number) > instant:
            number -= 1
        while self._edge(number + 1) <= instant:
            number += 1
        return number

    @abstractmethod
    def _guess(self, instant: int) -> int:
        """Return the number of the bucket, or of one nearby."""

    @abstractmethod
    def _edge(self, number: int) -> int:
        """Return the start of the bucket of the number."""


@dataclass(frozen=True, slots=True)
class _Days(_Edges):
    """A day or longer, counted on the zone's clocks."""

    length: int
    origin: int
    zone: Zone

    def _guess(self, instant: int) -> int:
        return (instant + self.zone.offset(instant) - self.origin) // self.length

    def _edge(self, number: int) -> int:
        return self.zone.instant(self.origin + number * self.length)


@dataclass(frozen=True, slots=True)
class _Months(_Edges):
    """Months, counted on the zone's clocks."""

    count: int
    origin: datetime
    zone: Zone

    def _guess(self, instant: int) -> int:
        moment = read_wall(instant + self.zone.offset(instant))
        return (_count_months(moment) - _count_months(self.origin)) // self.count

    def _edge(self, number: int) -> int:
        months = _count_months(self.origin) + number * self.count
        year, month = divmod(months, MONTHS_PER_YEAR)
        # Beyond the calendar only the order matters.
        if months < _FIRST_MONTH:
            return EARLIEST - (_FIRST_MONTH - months) * DAY
        if months > _LAST_MONTH:
            return LATEST + (months - _LAST_MONTH) * DAY
        day = min(self.origin.day, monthrange(year, month + 1)[1])
        return self.zone.instant(
            write_wall(self.origin.replace(year=year, month=month + 1, day=day))
        )


def _count_months(moment: datetime) -> int:
    return moment.year * MONTHS_PER_YEAR + moment.month - 1
