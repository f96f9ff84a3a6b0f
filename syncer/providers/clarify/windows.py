"""Spans of time that are longer than one request may ask for, read piece by piece.

In: a function that reads one span. Out: frames whose rows are the whole span's. Limits are those of
docs.clarify.io/api/1.1/methods/clarify/data-frame.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syncer.providers.clarify.data_wire import Buckets, Window
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.moments import WHOLE_WINDOW, rollup_length

_RAW_DAYS: Final = 40
# From this length of a bucket on, so many days.
_LONGEST_DAYS: Final = (
    (timedelta(minutes=1), 400),
    (timedelta(hours=24), 1900),
    (timedelta(days=30), 3660),
)

Read = Callable[[Window], DataFrame]


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time, how values are put together in it, and how long a request's piece may be."""

    window: Window
    buckets: Buckets
    step: timedelta | None

    @property
    def is_split(self) -> bool:
        """Whether several requests are needed; never without both bounds."""
        gte, lt = self.window.gte, self.window.lt
        if gte is None or lt is None or self.step is None:
            return False
        return lt - gte > self.step

    @property
    def is_too_short(self) -> bool:
        """Whether a piece may lie inside of one bucket, so that its end is not to be seen."""
        rollup = self.buckets.rollup
        if self.step is None or rollup is None or rollup == WHOLE_WINDOW:
            return False
        return self.is_split and self.step < 2 * rollup_length(rollup)


def longest_window(rollup: str | None, *, is_evaluated: bool = False) -> timedelta | None:
    """Return the longest span of one request, None when there is no limit.

    40 days without a rollup or below PT1M, 400 days from PT1M, 1900 from PT24H, and of a data
    frame, not of evaluate, 3660 from P30D.
    """
    if rollup == WHOLE_WINDOW:
        return None
    length = timedelta(0) if rollup is None else rollup_length(rollup)
    limits = _LONGEST_DAYS[:-1] if is_evaluated else _LONGEST_DAYS
    days = [_RAW_DAYS, *(days for least, days in limits if length >= least)]
    return timedelta(days=days[-1])


def read_windows(read: Read, span: Span) -> Iterator[DataFrame]:
    """Yield the frames of a span, in order; no time is in two of them.

    A bucket that a piece's end cuts in two is read whole with the next piece: where buckets begin
    is the API's to say, by time zone, origin and first day of the week, and its answers say it.
    """
    gte, lt, step = span.window.gte, span.window.lt, span.step
    if step is None or gte is None or lt is None:
        yield read(span.window)
        return
    while lt - gte > step:
        end = gte + step
        frame = read(Window(gte, end))
        cut = _last_bucket(frame, gte, end) if span.buckets.rollup else end
        yield frame.rows(0, sum(time < cut for time in frame.times))
        gte = cut
    yield read(Window(gte, lt))


def _last_bucket(frame: DataFrame, gte: datetime, end: datetime) -> datetime:
    """Return where the last bucket begins; where none begins inside, the span can be cut."""
    last = max(frame.times, default=gte)
    return last if gte < last < end else end
