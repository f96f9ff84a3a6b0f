"""Texts of cells to numbers and instants, or to why they are none.

In: a cell's text without the spaces around it. Out: a value, or a `Refusal` with the four parts of
a message. Core.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from syncer.samples.model import Number, read_instant
from syncer.sinks import quoted

_SHOWN: Final = 60
_USUAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_NO_SAMPLE: Final = frozenset({"", "nan"})
_INFINITE: Final = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
_EXACT: Final = 2**53  # whole numbers up to here are the same in every program
_LONGEST: Final = 400
_MOMENT: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.(?P<part>\d{1,18}))?"
    r"(?P<zone> ?[Zz]| ?[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_UNIX: Final = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)
_TIME_RULE: Final = "a time is RFC 3339, a date and a clock time: 2026-01-31T10:00:00Z"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is no value: the code, what is wrong, the rule, the remedy."""

    code: str
    summary: str
    rule: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Instant:
    """A time in microseconds since 1970; `is_cut` when the text was finer than that."""

    microseconds: int
    is_cut: bool = False


def read_number(text: str, *, has_comma: bool = False) -> Number | Refusal | None:
    """Return the number; None for no sample, which an empty cell and NaN mean.

    `has_comma` says that a comma stands before the decimals.
    """
    usual = None if has_comma else _USUAL.fullmatch(text)
    if usual is not None:  # nearly every cell
        return int(text) if usual.lastindex is None else _shorten_float(float(text))
    plain = text.replace(",", ".") if has_comma and "." not in text else text
    if _NUMBER.fullmatch(plain) and len(plain) <= _LONGEST and (plain is text or "," in text):
        if has_comma and "." in text:
            return _refuse_number(text, has_comma=True)
        value = float(plain)
        if not math.isfinite(value):
            rule = "the largest number is about 1.8e308"
            return Refusal("DAT-NUMBER", f"{shorten(text)} is too large", rule)
        return _shorten_float(value)
    if text.lower() in _NO_SAMPLE:
        return None
    return _refuse_number(text, has_comma=has_comma)


def read_time(text: str, zone: tzinfo | None) -> Instant | Refusal:
    """Return the instant; a time without a zone is one of `zone`, or refused without that."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        hint = "write seconds since 1970 as a date" if _UNIX.fullmatch(text) else ""
        return Refusal("DAT-TIME", f"{shorten(text)} is no time", _TIME_RULE, hint)
    day, clock, offset = found["day"], found["clock"] or "00:00:00", found["zone"]
    part = (found["part"] or "").rstrip("0")
    written = f"{day}T{clock}{'' if clock.count(':') == 2 else ':00'}.{part[:6]:0<6}"
    try:
        moment = datetime.fromisoformat(written + (offset or "").strip().upper())
    except ValueError as error:
        return Refusal("DAT-TIME", f"{shorten(text)} is no time: {error}", _TIME_RULE)
    placed = moment if offset else _place(moment, zone, text)
    if isinstance(placed, Refusal):
        return placed
    try:
        return Instant(read_instant(placed.astimezone(UTC)), len(part) > 6)
    except OverflowError:
        rule = "times are of the years 1 to 9999 in UTC"
        return Refusal("DAT-TIME", f"{shorten(text)} is out of range", rule)


def shorten(text: str) -> str:
    """Return a text in quotes, cut where it gets too long for a message."""
    return quoted(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _shorten_float(value: float) -> Number:
    """Return a whole number without its `.0`, where every program reads both alike."""
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _refuse_number(text: str, *, has_comma: bool) -> Refusal:
    rule = "a value is a finite decimal number; an empty cell or NaN is no sample"
    hint = ""
    if text.lower() in _INFINITE:
        hint = "leave the cell empty"
    elif has_comma and "." in text:
        rule = "with --decimal-comma the decimals follow a comma"
        hint = "write numbers without thousands separators" if "," in text else ""
    elif not has_comma and "," in text and _NUMBER.fullmatch(text.replace(",", ".")):
        hint = "are these decimal commas? --decimal-comma"
    elif _GROUPED.fullmatch(text):
        hint = "write numbers without thousands separators"
    return Refusal("DAT-NUMBER", f"{shorten(text)} is no number", rule, hint)


def _place(moment: datetime, zone: tzinfo | None, text: str) -> datetime | Refusal:
    """Return the naive time in the zone; a clock shows some times twice a year, and some never."""
    if zone is None:
        rule = "a time without a zone is another instant on every machine"
        hint = "name the zone that they are in: --timezone Europe/Oslo, or --timezone UTC"
        return Refusal("DAT-ZONE", f"{shorten(text)} has no zone", rule, hint)
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    if before == after or before is None or after is None:
        return first
    if before > after:
        both = " or ".join(each.isoformat() for each in (first, second))
        summary = f"{shorten(text)} is twice in {zone}, when clocks are put back"
        return Refusal("DAT-ZONE", summary, "a time is one instant", f"write {both}")
    summary = f"{shorten(text)} is never in {zone}: clocks are put forward over it"
    return Refusal("DAT-ZONE", summary, "a time is one instant", "write it with its offset, or Z")
