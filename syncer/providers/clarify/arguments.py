"""Arguments of the library's calls, checked and brought into one form.

In: what a program gives. Out: what the calls take. Raises InvalidInput, before anything is sent.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from syncer.providers.clarify.data_wire import Buckets, Window
from syncer.providers.clarify.filters import Filter, read_filter
from syncer.providers.clarify.listing import Selecting, Watch, unwatched
from syncer.providers.clarify.moments import (
    Duration,
    Moment,
    read_duration,
    read_moment,
    read_rollup,
)
from syncer.providers.clarify.refusals import invalid
from syncer.providers.clarify.windows import Span, longest_window
from syncer.providers.clarify.wire import Json
from syncer.sinks import quoted

_ID: Final = re.compile(r"[a-v0-9]{20}", re.ASCII)
_FIELD: Final = re.compile(r"-?[A-Za-z][\w./-]{0,150}", re.ASCII)

T = TypeVar("T")


def read_selecting(
    filter_: Filter | Json | None,
    *,
    skip: int,
    limit: int | None,
    sort: Iterable[str],
    watch: Watch = unwatched,
) -> Selecting:
    """Return the query; a negative limit means all, a negative skip none, as in the API."""
    _check_int("skip", skip)
    if limit is not None:
        _check_int("limit", limit)
    return Selecting(
        read_filter(filter_),
        None if limit is None or limit < 0 else limit,
        max(skip, 0),
        _sort(sort),
        watch,
    )


def read_span(
    window: Window, buckets: Buckets, window_size: Duration | None, *, is_evaluated: bool = False
) -> Span:
    """Return how a span of time is read; `window_size` is how long its pieces are."""
    step = read_duration(window_size, "window_size")
    if step is None:
        step = longest_window(buckets.rollup, is_evaluated=is_evaluated)
    elif step <= timedelta(0):
        raise invalid("LIB-DURATION", f"window_size: {window_size}", "it is above zero")
    span = Span(window, buckets, step)
    if span.is_too_short:
        rule = "where a bucket ends is only seen in a piece of two buckets or more"
        hint = "Give a longer window_size, or ask for shorter times."
        raise invalid("LIB-WINDOW", f"pieces of {step} are too short", rule, hint)
    return span


def read_window(gte: Moment | None, lt: Moment | None) -> Window:
    """Return a span of time; `gte` is the inclusive start, `lt` the exclusive end."""
    window = Window(
        None if gte is None else read_moment(gte, "gte"),
        None if lt is None else read_moment(lt, "lt"),
    )
    if window.gte is not None and window.lt is not None and window.gte >= window.lt:
        raise invalid("LIB-WINDOW", f"gte {gte} is not before lt {lt}", "the end is exclusive")
    return window


def read_buckets(
    rollup: Duration | None,
    *,
    time_zone: str | None,
    first_day_of_week: int | None,
    origin: Moment | None,
    last: int,
) -> Buckets:
    """Return how values are put together."""
    _check_int("last", last)
    if first_day_of_week is not None and first_day_of_week not in range(1, 8):
        summary = f"first_day_of_week: {first_day_of_week!r}"
        raise invalid("LIB-VALUE", summary, "1 is Monday, 7 is Sunday")
    if time_zone == "":
        raise invalid("LIB-VALUE", f"time_zone: {time_zone!r}", 'a name like "Europe/Oslo"')
    start = None if origin is None else read_moment(origin, "origin")
    return Buckets(read_rollup(rollup, "rollup"), time_zone, first_day_of_week, start, last)


def read_included(include: Iterable[str]) -> bool:
    """Tell whether items are to be included, which is all that can be."""
    wanted = [include] if isinstance(include, str) else list(include)
    for name in wanted:
        if name not in ("item", "items"):
            raise invalid("LIB-VALUE", f"include: {name!r}", 'only "item" can be included')
    return bool(wanted)


def read_pairs(
    keys: Sequence[str],
    values: Sequence[T],
    pairs: Mapping[str, T] | None,
    names: tuple[str, str, str],
) -> dict[str, T]:
    """Return what two lists, or a mapping, or both, say; each key once."""
    first, second, third = names
    for name, given in ((first, keys), (second, values)):
        if isinstance(given, str) or not isinstance(given, Collection):
            raise invalid("LIB-SHAPE", f"{name} is a {type(given).__name__}", "it is a list")
    if len(keys) != len(values):
        summary = f"{len(keys)} {first} and {len(values)} {second}"
        raise invalid("LIB-SHAPE", summary, "both lists have the same length")
    paired = dict(zip(keys, values, strict=True))
    if len(paired) < len(keys) or not paired.keys().isdisjoint(pairs or ()):
        summary = f"{first} and {third} name the same key twice"
        raise invalid("LIB-SHAPE", summary, "which of the two counts would not be seen")
    return {**paired, **(pairs or {})}


def check_type(pairs: Mapping[str, object], wanted: type, where: str) -> None:
    """Raise InvalidInput for a value of another class."""
    for key, value in pairs.items():
        if not isinstance(value, wanted):
            summary = f"{where}[{key!r}] is a {type(value).__name__}"
            hint = f"{wanted.__name__}(name=...)"
            raise invalid("LIB-VALUE", summary, f"it is a {wanted.__name__}", hint)


def check_ids(ids: Iterable[object], where: str) -> None:
    """Raise InvalidInput for the first text that is no ID of a signal, item or integration."""
    for each in ids:
        if not isinstance(each, str) or _ID.fullmatch(each) is None:
            summary = f"{where}: {quoted(repr(each)[:60])} is no ID"
            raise invalid("LIB-ID", summary, "an ID has 20 characters of 0-9 and a-v")


def _sort(sort: Iterable[str]) -> tuple[str, ...]:
    fields = [sort] if isinstance(sort, str) else list(sort)
    for field in fields:
        if _FIELD.fullmatch(str(field)) is None:
            rule = "a field, or a field behind a minus for the other direction"
            raise invalid("LIB-VALUE", f"sort: {quoted(repr(field)[:60])}", rule)
    # Rows that are equal otherwise would change places between two pages.
    return tuple(fields) if {"id", "-id"} & set(fields) else (*fields, "id")


def _check_int(name: str, value: object) -> None:
    if type(value) is not int:
        raise invalid("LIB-VALUE", f"{name}: {value!r}", "it is a whole number")
