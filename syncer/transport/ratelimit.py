"""Pacing, backoff and the budget of retries, as arithmetic on given instants.

In: instants in seconds of a monotonic clock. Out: how long to wait, and the state for the next
call. Nothing here waits.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

MAX_ATTEMPTS: Final = 6
LONGEST_BACKOFF: Final = 30.0
LONGEST_RETRY_AFTER: Final = 120.0
_SECONDS = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pace:
    """A token bucket: `rate` calls a second after a first `burst`; rate 0 is unpaced."""

    rate: float
    burst: int = 1
    free_at: float = 0.0  # when the bucket is full again

    def take(self, now: float) -> tuple["Pace", float]:
        """Return the state after one call, and the seconds to wait before making it."""
        if self.rate <= 0:
            return self, 0.0
        interval = 1 / self.rate
        full_at = max(self.free_at, now)
        wait = max(0.0, full_at - (self.burst - 1) * interval - now)
        return replace(self, free_at=full_at + interval), wait


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """What a run may spend on retries, so that an outage does not multiply the load."""

    tokens: int = 100
    most: int = 100

    def spend(self, *, timed_out: bool) -> "RetryBudget | None":
        """Return what is left after one retry, or None when it is not enough."""
        left = self.tokens - (10 if timed_out else 5)
        return replace(self, tokens=left) if left >= 0 else None

    def earn(self) -> "RetryBudget":
        """Return the budget after a call that succeeded."""
        return replace(self, tokens=min(self.tokens + 1, self.most))


def longest_backoff(attempt: int) -> float:
    """Return the upper bound of the wait after an attempt, the first being 0; full jitter."""
    return min(LONGEST_BACKOFF, 2.0 ** min(attempt, 10))


def longest_retries(attempts: int) -> float:
    """Return the upper bound of the waits that are still to come after this many attempts."""
    return sum(longest_backoff(attempt) for attempt in range(attempts, MAX_ATTEMPTS - 1))


def retry_after(values: tuple[str, ...], dates: tuple[str, ...]) -> float | None:
    """Return the seconds that `Retry-After` asks for, at most 120, or None for garbage.

    A date counts against the answer's own `Date`, so the local clock does not matter.
    """
    if len(values) != 1:
        return None
    value = values[0].strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST_RETRY_AFTER)
    until, since = _instant(value), _instant(dates[0]) if len(dates) == 1 else None
    if until is None or since is None:
        return None
    return min(max((until - since).total_seconds(), 0.0), LONGEST_RETRY_AFTER)


def _instant(text: str) -> datetime | None:
    # Here, because it loads a tenth of the program and hardly ever is needed.
    from email.utils import parsedate_to_datetime

    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
