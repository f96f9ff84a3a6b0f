"""How many calls each integration may make.

In: who calls, and when. Out: how long that one has to wait, 0 when the call may go ahead.
"""

import math
from collections import defaultdict, deque

from syncer.emulator.timestamps import MICROSECONDS


class RateLimiter:
    """At most so many calls in any window of a second, or longer for fewer than one a second."""

    def __init__(self, requests_per_second: float) -> None:
        self._most = max(1, int(requests_per_second))
        self._window = self._most / requests_per_second if requests_per_second else 0.0
        self._admitted: defaultdict[str, deque[int]] = defaultdict(deque)

    def admit(self, caller: str, now: int) -> int:
        """Return how many whole seconds the caller has to wait, counting the call when none."""
        if not self._window:
            return 0
        admitted = self._admitted[caller]
        start = now - self._window * MICROSECONDS
        while admitted and admitted[0] <= start:
            admitted.popleft()
        if len(admitted) >= self._most:
            return max(1, math.ceil((admitted[0] - start) / MICROSECONDS))
        admitted.append(now)
        return 0
