"""What the shell takes from the machine: time, waiting and chance, each replaceable in tests."""

import random
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the program sees it."""

    def now(self) -> datetime:
        """Return the wall time, with its time zone; for display and records only."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards; for waits and deadlines."""

    def sleep(self, seconds: float) -> bool:
        """Wait for this many seconds; False when a stop was asked for, which ends the wait."""


class Stopping(Protocol):
    """A wish to stop, which may come while somebody waits."""

    def wait(self, seconds: float) -> bool:
        """Return whether a stop was asked for, at once if so, else after this many seconds."""


class Rng(Protocol):
    """Chance, for the jitter of retries."""

    def uniform(self, low: float, high: float, /) -> float:
        """Return a number between both bounds."""


class SystemClock:
    """The machine's own clock; a stop, where one is given, ends its waits."""

    def __init__(self, stop: Stopping | None = None) -> None:
        self._stop = stop

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this module owns the clock

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> bool:
        """Wait for this many seconds; False when a stop was asked for, which ends the wait."""
        if self._stop is not None:
            return not self._stop.wait(seconds)
        time.sleep(seconds)  # noqa: TID251 - this module owns the clock
        return True


def system_rng() -> Rng:
    """Return the machine's random numbers; they decide nothing but waiting times."""
    return random.SystemRandom()
