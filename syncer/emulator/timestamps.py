"""Instants, as RFC 3339 texts and as whole microseconds since 1970.

In: texts with any offset, or UNIX seconds. Out: microseconds, or text in UTC with milliseconds.
Source: docs.clarify.io/api/1.0 (Timestamp).
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = -62_135_596_800
_LATEST = 253_402_300_799
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,20}))?(Z|[+-]\d\d:\d\d)", re.ASCII)


def parse_timestamp(value: object) -> int | None:
    """Return microseconds of an RFC 3339 text or of integer seconds, or None."""
    if isinstance(value, str):
        return _parse_text(value)
    if type(value) is int and _EARLIEST <= value <= _LATEST:
        return value * MICROSECONDS
    return None


@lru_cache(maxsize=4096)
def write_timestamp(instant: int) -> str:
    """Return the instant in UTC, cut to milliseconds: `2024-01-01T00:00:00.000Z`."""
    moment = _EPOCH + timedelta(microseconds=instant)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def write_instant(instant: int) -> str:
    """Return the instant in UTC as Go writes it: `2024-01-01T00:00:00.123456Z`."""
    latest = (_LATEST + 1) * MICROSECONDS - 1
    inside = min(max(instant, _EARLIEST * MICROSECONDS), latest)
    text = (_EPOCH + timedelta(microseconds=inside)).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _parse_text(text: str) -> int | None:
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00"))
    except ValueError:
        return None
    whole = (moment - _EPOCH) // _MICROSECOND
    # An offset can lead out of the calendar that timestamps are written in.
    if not _EARLIEST <= whole // MICROSECONDS <= _LATEST:
        return None
    fraction = (found[2] or "")[:6].ljust(6, "0")
    return whole + int(fraction)
