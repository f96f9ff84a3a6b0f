"""Times and durations: Python's own values, and the texts of the API.

In: aware datetimes, timedeltas, RFC 3339 texts. Out: datetimes in UTC and timedeltas, exact to the
microsecond, which is what the service keeps (docs.clarify.io/api/1.1/types/fields).
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from syncer import durations
from syncer.providers.clarify.refusals import InvalidInput, invalid
from syncer.sinks import quoted

Moment: TypeAlias = datetime | str
Duration: TypeAlias = timedelta | str

WHOLE_WINDOW: Final = "window"
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?P<zone>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_CALENDAR: Final = re.compile(r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?", re.ASCII)
_ZONE_RULE: Final = "a time without a zone is another instant on every machine"
_ZONE_HINT: Final = "datetime(2026, 1, 31, tzinfo=UTC), or 2026-01-31T00:00:00Z"


def read_moment(value: object, where: str) -> datetime:
    """Return an instant in UTC. Raises InvalidInput for a time without zone, and for no time."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise _no_zone(str(value), where)
        return _plain(value.astimezone(UTC))
    found = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _no_time(value, where)
    if not found["zone"]:
        raise _no_zone(found[0], where)
    return _parsed(found[0], where)


def read_moments(values: Iterable[object], where: str) -> tuple[datetime, ...]:
    """Return instants in UTC, in the given order; raises InvalidInput as `read_moment` does."""
    return tuple(read_moment(value, f"{where}[{at}]") for at, value in enumerate(values))


def moment_text(moment: datetime) -> str:
    """Return an instant as the API takes it: `2026-01-31T10:00:00.000001Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_duration(value: object, where: str) -> timedelta | None:
    """Return a fixed duration, None for unset. Raises InvalidInput for anything else."""
    if value is None or isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise _no_duration(value, where)
    try:
        nanoseconds = durations.parse(value)
    except ValueError as error:
        raise invalid("LIB-DURATION", f"{where}: {quoted(value)}", str(error)) from None
    return timedelta(microseconds=nanoseconds // 1000)


def duration_text(duration: timedelta) -> str:
    """Return a duration as the API answers it: `PT15M`, `PT960H`, `PT0.5S`."""
    return durations.canonical(duration // timedelta(microseconds=1) * 1000)


def read_rollup(value: object, where: str) -> str | None:
    """Return a rollup as the API takes it: a duration, years and months, `window`, or None."""
    if isinstance(value, str) and (value == WHOLE_WINDOW or _months(value)):
        return value
    duration = read_duration(value, where)
    if duration is None:
        return None
    if duration <= timedelta(0):
        raise invalid("LIB-DURATION", f"{where}: {quoted(str(value))}", "a rollup is above zero")
    return duration_text(duration)


def rollup_length(rollup: str) -> timedelta:
    """Return how long a rollup's buckets are, a month counting as 30 days."""
    months = _months(rollup)
    if months:
        return timedelta(days=30 * months)
    return timedelta(microseconds=durations.parse(rollup) // 1000)


def _plain(moment: datetime) -> datetime:
    # pandas' own class keeps nanoseconds, which the service does not.
    if type(moment) is datetime:
        return moment
    date = (moment.year, moment.month, moment.day)
    return datetime(
        *date, moment.hour, moment.minute, moment.second, moment.microsecond, tzinfo=UTC
    )


def _months(text: str) -> int:
    found = _CALENDAR.fullmatch(text)
    return 12 * int(found["years"] or 0) + int(found["months"] or 0) if found else 0


def _parsed(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # 31 February, or the last hour of the year 9999
        raise _no_time(text, where) from None


def _no_zone(text: str, where: str) -> InvalidInput:
    return invalid("LIB-TIME", f"{where}: {quoted(text)} has no zone", _ZONE_RULE, _ZONE_HINT)


def _no_time(value: object, where: str) -> InvalidInput:
    rule = "a time is a datetime with a zone, or an RFC 3339 text"
    return invalid("LIB-TIME", f"{where}: {_shown(value)} is no time", rule, _ZONE_HINT)


def _no_duration(value: object, where: str) -> InvalidInput:
    rule = "a duration is a timedelta, or a text like PT15M"
    return invalid("LIB-DURATION", f"{where}: {_shown(value)} is no duration", rule)


def _shown(value: object) -> str:
    return quoted(repr(value)[:60])
