"""Fixed durations: RFC 3339 text in, whole nanoseconds out, and back.

Weeks to fractions of a second; years and months have no fixed length and are refused
(docs.clarify.io/api/1.1/types/fields).
"""

import re
from typing import Final

NANOSECONDS: Final = 1_000_000_000
_LIMIT = 2**63  # the service counts nanoseconds in 64 bits
_LONGEST_TEXT = 200
_FORM = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<part>\d{1,9}))?S)?)?",
    re.ASCII,
)
_CALENDAR = re.compile(r"-?P\d*[YM\d]*\d+[YM]", re.ASCII)
_SECONDS_IN = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def parse(text: str) -> int:
    """Return the exact nanoseconds. Raises ValueError, in a user's words, for any other text."""
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if found is None or text[-1] in "PT":
        raise ValueError(_explain(text))
    seconds = sum(int(found[unit] or 0) * size for unit, size in _SECONDS_IN.items())
    nanoseconds = seconds * NANOSECONDS + int((found["part"] or "").ljust(9, "0"))
    if nanoseconds >= _LIMIT:
        raise ValueError("a duration is shorter than 292 years")
    return -nanoseconds if found["sign"] else nanoseconds


def canonical(nanoseconds: int) -> str:
    """Return the text that the service answers with: `PT960H`, `PT1H30M`, `PT49H0.5S`, `PT0S`."""
    whole, part = divmod(abs(nanoseconds), NANOSECONDS)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if part:
        text += f"{seconds}.{part:09d}".rstrip("0") + "S"
    elif seconds or not text:
        text += f"{seconds}S"
    return ("-PT" if nanoseconds < 0 else "PT") + text


def _explain(text: str) -> str:
    if _CALENDAR.match(text):
        return "years and months have no fixed length; write weeks, days, hours, minutes, seconds"
    if text and re.fullmatch(r"-?P(?:\d+[WD])*\d+[HS](?:\d+[HMS])*", text, re.ASCII):
        return "hours, minutes and seconds follow a T"
    return "a duration is written like PT15M, PT1H30M, P1DT12H or PT0.5S"
