"""Bounds of a time span as people write them: RFC 3339, or relative to now.

In: `2026-01-31T10:00:00Z`, `2026-01-31`, `now`, `-7d`, `+1h30m`. Out: an instant, or a `Refusal`.
Core.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from syncer.samples.model import write_instant
from syncer.samples.values import Refusal, read_time, shorten

_RELATIVE: Final = re.compile(r"(?P<sign>[+-])(?P<parts>(?:\d{1,7}[smhdw])+)", re.ASCII)
_PART: Final = re.compile(r"(\d+)([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_RULE: Final = (
    "a bound is RFC 3339 (2026-01-31T10:00:00Z), or relative to now in w, d, h, m and s"
    " (-7d, -1h30m, now)"
)


def read_bound(text: str, now: datetime, zone: tzinfo | None) -> datetime | Refusal:
    """Return the instant in UTC; a time without a zone is one of `zone`."""
    if text == "now":
        return now.astimezone(UTC)
    found = _RELATIVE.fullmatch(text)
    if found is not None:
        try:
            return now.astimezone(UTC) + _length(found["parts"], found["sign"])
        except OverflowError:
            return Refusal("DAT-TIME", f"{shorten(text)} is out of range", _RULE)
    instant = read_time(text, zone)
    if isinstance(instant, Refusal):
        rule = _RULE if instant.code == "DAT-TIME" else instant.rule
        return Refusal(instant.code, instant.summary, rule, instant.hint)
    return datetime.fromisoformat(write_instant(instant.microseconds))


def _length(parts: str, sign: str) -> timedelta:
    lengths = (timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(parts))
    total = sum(lengths, timedelta())
    return -total if sign == "-" else total
