"""Fixed durations, as RFC 3339 texts and as whole nanoseconds.

In: any form that the SDKs send, `P0DT0H1M0.000000S` too (measured with pyclarify 0.7.0).
Out: nanoseconds, or text as Go writes it, with hours as the largest unit.
"""

import re

NANOSECONDS = 1_000_000_000
_LIMIT = 2**63
_FORM = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<part>\d{1,9}))?S)?)?",
    re.ASCII,
)
_SECONDS_IN = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_LONGEST_TEXT = 200


def parse_duration(text: str) -> int | None:
    """Return nanoseconds of 64 bits, or None for any other text."""
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if found is None:
        return None
    seconds = sum(int(found[unit] or 0) * size for unit, size in _SECONDS_IN.items())
    length = seconds * NANOSECONDS + int((found["part"] or "").ljust(9, "0"))
    length = -length if found["sign"] else length
    return length if -_LIMIT < length < _LIMIT else None


def write_duration(length: int) -> str:
    """Return nanoseconds in Go's style: `PT960H`, `PT1H30M`, `PT49H0.5S`, `PT0S`."""
    whole, part = divmod(abs(length), NANOSECONDS)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}H" if hours else ""
    text += f"{minutes}M" if minutes else ""
    if part:
        text += f"{seconds}.{part:09d}".rstrip("0") + "S"
    elif seconds or not text:
        text += f"{seconds}S"
    return ("-PT" if length < 0 else "PT") + text
