"""The parameter `data`: which window of time, cut into which buckets, and which series.

In: the members of a data query. Out: a `DataQuery`, or findings. Source:
docs.clarify.io/api/1.1/methods/clarify/data-frame.
"""

import re
from dataclasses import dataclass

from syncer.emulator.buckets import MONTHS_PER_YEAR, Grid, make_months, make_steps, make_window
from syncer.emulator.calls import Call
from syncer.emulator.durations import parse_duration
from syncer.emulator.fields import Fields
from syncer.emulator.timestamps import parse_timestamp
from syncer.emulator.versions import Version
from syncer.emulator.zones import DAY, EARLIEST, UTC_ZONE, Zone, find_zone

WEEK = 7 * DAY
WINDOW = "window"

# Wall times of Saturday 2000-01-01, which months count from, and of the Monday after it.
_FIRST_OF_MONTHS = 10_957 * DAY
_FIRST_MONDAY = _FIRST_OF_MONTHS + 2 * DAY
_MINUTE = 60_000_000
_MONTH = 30 * DAY
_MONTHS = re.compile(r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?", re.ASCII)
# The longest windows by the shortest rollup that they are for.
_WINDOWS = ((_MONTH, 3660 * DAY), (DAY, 1900 * DAY), (_MINUTE, 400 * DAY), (0, 40 * DAY))


@dataclass(frozen=True, slots=True)
class DataQuery:
    """A window of time and how it is read; instants in microseconds since 1970."""

    start: int
    end: int
    grid: Grid | None
    """None for samples as they are."""
    series: frozenset[str] | None
    """The keys of the series to return, None for all."""
    last: int
    """How many of the newest rows of each series to return, all of them unless positive."""
    has_outside: bool
    """Whether the samples next to the window come along."""

    def wants(self, key: str) -> bool:
        """Tell whether the series is to be returned."""
        return self.series is None or key in self.series


@dataclass(frozen=True, slots=True)
class _Rollup:
    """The parameter `rollup`: a length in microseconds, a number of months, or the window."""

    length: int = 0
    months: int = 0
    is_window: bool = False


def read_data_query(fields: Fields, call: Call, *, is_evaluated: bool = False) -> DataQuery:
    """Return the data query in the members of `data`; evaluating needs a rollup."""
    inner = fields.inner("filter")
    start, end = _read_window(inner.inner("times"), call.now)
    series = _read_series(inner.inner("series"))
    inner.close()
    rollup = _read_rollup(fields, call.version)
    if rollup is None and is_evaluated:
        fields.note("rollup", "required")
    query = DataQuery(
        start=start,
        end=end,
        grid=_read_grid(fields, call.version, rollup, (start, end)),
        series=series,
        last=fields.whole("last", -1),
        has_outside=fields.flag("outsidePoints") if call.version >= Version.V1_1 else False,
    )
    fields.close()
    if call.settings.limits_windows:
        _check_window(fields, rollup, end - start, is_evaluated=is_evaluated)
    return query


def read_old_query(fields: Fields, call: Call) -> DataQuery:
    """Return the data query of API 1.1beta1."""
    start, end = _complete(
        _read_bound(fields, "notBefore"), _read_bound(fields, "before"), call.now
    )
    rollup = _read_rollup(fields, call.version)
    grid = _read_grid(fields, call.version, rollup, (start, end))
    fields.close()
    return DataQuery(start, end, grid, series=None, last=-1, has_outside=False)


def _read_window(times: Fields, now: int) -> tuple[int, int]:
    start, end = _read_bound(times, "$gte"), _read_bound(times, "$lt")
    times.close()
    return _complete(start, end, now)


def _read_bound(fields: Fields, name: str) -> int | None:
    value = fields.value(name)
    if value is None:
        return None
    instant = parse_timestamp(value)
    if instant is None:
        fields.note(name, "must be an RFC 3339 timestamp or UNIX seconds")
    # assumed: Go's zero time, which clarify-go sends for a time that is not set, means none.
    return None if instant == EARLIEST else instant


def _complete(start: int | None, end: int | None, now: int) -> tuple[int, int]:
    if start is None:
        start = now - WEEK if end is None else end - 2 * WEEK
    return start, start + 2 * WEEK if end is None else end


def _read_series(fields: Fields) -> frozenset[str] | None:
    if not fields.has("$in"):
        fields.close()
        return None
    keys = fields.array("$in")
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) < len(keys):
        fields.note("$in", "must be an array of strings")
    fields.close()
    return frozenset(texts)


def _read_rollup(fields: Fields, version: Version) -> _Rollup | None:
    value = fields.value("rollup")
    if value is None:
        return None
    rollup = _parse_rollup(value, version) if isinstance(value, str) else None
    if rollup is None:
        fields.note("rollup", _describe_rollups(version))
    return rollup


def _parse_rollup(text: str, version: Version) -> _Rollup | None:
    if text == WINDOW:
        return _Rollup(is_window=True) if version > Version.V1_1_BETA1 else None
    length = (parse_duration(text) or 0) // 1000
    if length > 0:
        return _Rollup(length)
    found = _MONTHS.fullmatch(text) if version >= Version.V1_1 else None
    years, months = (int(part or 0) for part in found.groups()) if found else (0, 0)
    total = years * MONTHS_PER_YEAR + months
    return _Rollup(months=total) if total else None


def _describe_rollups(version: Version) -> str:
    if version <= Version.V1_1_BETA1:
        return "must be null or a positive RFC 3339 duration"
    kind = "RFC 3339 duration" if version >= Version.V1_1 else "fixed RFC 3339 duration"
    return f'must be null, "{WINDOW}" or a positive {kind}'


def _read_grid(
    fields: Fields, version: Version, rollup: _Rollup | None, window: tuple[int, int]
) -> Grid | None:
    zone, first_day, origin = UTC_ZONE, 1, None
    if version >= Version.V1_1:
        zone, first_day = _read_zone(fields), _read_first_day(fields)
        origin = _read_bound(fields, "origin")
    if rollup is None:
        return None
    if rollup.is_window:
        return make_window(*window)
    wall = None if origin is None else origin + zone.offset(origin)
    if rollup.months:
        return make_months(rollup.months, _FIRST_OF_MONTHS if wall is None else wall, zone)
    return make_steps(rollup.length, _find_origin(rollup, first_day, wall), zone)


def _find_origin(rollup: _Rollup, first_day: int, wall: int | None) -> int:
    if wall is not None:
        return wall
    # assumed: whole weeks begin on the first such day of 2000, and nothing else depends on it.
    days = (first_day - 1 if rollup.length % WEEK == 0 else 0) * DAY
    later = _FIRST_MONDAY + days
    return later if later < _FIRST_OF_MONTHS + WEEK else later - WEEK


def _read_zone(fields: Fields) -> Zone:
    if fields.value("timeZone") is None:
        return UTC_ZONE
    name = fields.text("timeZone")
    zone = find_zone(name)
    if zone is None:
        fields.note("timeZone", "unknown time zone")
    return zone or UTC_ZONE


def _read_first_day(fields: Fields) -> int:
    if fields.value("firstDayOfWeek") is None:
        return 1
    day = fields.whole("firstDayOfWeek", 1)
    if not 1 <= day <= WEEK // DAY:
        fields.note("firstDayOfWeek", "must be from 1 to 7")
        return 1
    return day


def _check_window(
    fields: Fields, rollup: _Rollup | None, length: int, *, is_evaluated: bool
) -> None:
    if rollup and rollup.is_window:
        return
    shortest = (rollup.length + rollup.months * _MONTH) if rollup else 0
    # The longest one is for clarify.dataFrame only.
    windows = _WINDOWS[1:] if is_evaluated else _WINDOWS
    most = next(most for least, most in windows if shortest >= least)
    if length > most:
        fields.note("filter.times", f"must be at most {most // DAY} days")
