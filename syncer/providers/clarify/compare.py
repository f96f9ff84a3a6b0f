"""When two values are equal as Clarify means them.

The wanted value comes first, the live one second. The server rewrites durations and unset values
(docs.clarify.io/api/1.1/types/fields), so texts are never compared as they stand.
"""

from collections.abc import Callable, Mapping
from typing import Final

from syncer import durations
from syncer.resources import Value

# What the server puts in place of an item's unset gap detection: 40 days, or 1.5 hours since 1.2.
_ITEM_GAP_DEFAULTS: Final = frozenset({durations.parse("PT960H"), durations.parse("PT1H30M")})

_LONGEST_NUMBER: Final = 20  # digits; enum texts have numbers up to 9999


def text_form(value: Value) -> Value:
    """Return a text's one form; an absent one is the empty text."""
    return value or ""


def choice_form(default: str) -> Callable[[Value], Value]:
    """Return what gives a choice's one form; an absent or empty one is the default."""
    return lambda value: value or default


def flag_form(value: Value) -> Value:
    """Return a flag's one form; an absent one is false."""
    return bool(value)


def duration_form(value: Value) -> Value:
    """Return a duration in nanoseconds; null when it is unset."""
    return _length(value)


def members_form(value: Value) -> Value:
    """Return one label key's values, sorted, each once."""
    return sorted(map(str, _members(value)))


def enum_texts_form(value: Value) -> Value:
    """Return the texts with their numbers, sorted, however the numbers are written."""
    return sorted([str(number), text] for number, text in _texts(value).items())


def same_text(wanted: Value, live: Value) -> bool:
    """Whether two texts are equal; an absent one is the empty text."""
    return wanted == live or (wanted or "") == (live or "")


def same_choice(default: str) -> Callable[[Value, Value], bool]:
    """Return a comparer for which an absent or empty choice is the default one."""

    def same(wanted: Value, live: Value) -> bool:
        return wanted == live or (wanted or default) == (live or default)

    return same


def same_flag(wanted: Value, live: Value) -> bool:
    """Whether two flags are equal; an absent one is false."""
    return bool(wanted) is bool(live)


def same_duration(wanted: Value, live: Value) -> bool:
    """Whether two durations are the same length; null, empty and zero are all unset."""
    return wanted == live or _length(wanted) == _length(live)


def same_gap_detection(wanted: Value, live: Value) -> bool:
    """Whether an item's gap detection is as wanted; unset gives the server's default."""
    if same_duration(wanted, live):
        return True
    return _length(wanted) is None and _length(live) in _ITEM_GAP_DEFAULTS


def same_members(wanted: Value, live: Value) -> bool:
    """Whether one label key has the same values, in any order; no values is an absent key."""
    return wanted == live or _members(wanted) == _members(live)


def same_enum_texts(wanted: Value, live: Value) -> bool:
    """Whether each number has the same text, however the number is written."""
    return wanted == live or _texts(wanted) == _texts(live)


def _length(value: Value) -> object:
    """Return the length as a number, None for unset, or the text itself if it is no duration."""
    if not value:
        return None
    try:
        return durations.parse(str(value)) or None
    except ValueError:
        return value


def _members(value: Value) -> frozenset[object]:
    return frozenset(value) if isinstance(value, list | tuple) else frozenset()


def _texts(value: Value) -> dict[object, object]:
    keys = value if isinstance(value, Mapping) else {}
    # In the order of the keys, so that of two spellings of a number always the same one counts.
    return {_number(key): keys[key] for key in sorted(keys)}


def _number(key: str) -> object:
    """Return the key as a number; other texts, and endless ones, stay as they are."""
    return int(key) if key.isascii() and key.isdigit() and len(key) <= _LONGEST_NUMBER else key
