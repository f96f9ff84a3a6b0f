"""Calls made by the table of verdicts: paced, waited for, retried within a budget. Shell.

In: what one attempt does. Out: the `Ending` of the last attempt; what it means to the caller is
said by `failures`.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from syncer.seams import Clock, Rng
from syncer.transport.failures import Ending
from syncer.transport.jsonrpc import Answer
from syncer.transport.messages import Observation, Seen, Transport
from syncer.transport.ratelimit import (
    MAX_ATTEMPTS,
    Pace,
    RetryBudget,
    longest_backoff,
    retry_after,
)
from syncer.transport.verdicts import FEW_RETRIES, Call, Happening, Verdict, classify, decide

Attempt: TypeAlias = Callable[[Transport], tuple[Observation, Answer | None]]


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls that share one pace; `rate` is calls a second, 0 is unpaced."""

    name: str
    rate: float


class Caller:
    """Makes calls over one transport; its lanes and its retry budget hold for all of them.

    `deadline` is an instant of the clock's monotonic seconds after which nothing is waited for.
    """

    def __init__(
        self, transport: Transport, clock: Clock, rng: Rng, *, deadline: float = math.inf
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._rng = rng
        self._deadline = deadline
        self._budget = RetryBudget()
        self._paces: dict[str, Pace] = {}
        self._held_until = -math.inf
        self._lock = threading.Lock()

    def call(
        self,
        kind: Call,
        attempt: Attempt,
        *,
        lane: Lane | None = None,
        renew: Callable[[], None] | None = None,
    ) -> Ending:
        """Return how the call ended; `renew` is called once when the token is refused."""
        attempts = 0
        while True:
            if not self._wait(self._turn(lane)):
                return _overdue(kind, attempts)
            observation, answer = attempt(self._transport)
            attempts += 1
            happening = classify(observation, answer)
            ending = Ending(happening, decide(kind, happening), observation, answer, attempts)
            if ending.verdict is Verdict.REFRESH and renew is not None:
                renew()
                renew = None
            elif not self._goes_on(ending):
                return ending

    def _goes_on(self, ending: Ending) -> bool:
        match ending.verdict:
            case Verdict.RETRY:
                return self._may_retry(ending) and self._wait(self._pause(ending))
            case Verdict.RE_READ:
                self._hold(ending)
                return False
            case Verdict.DONE:
                with self._lock:
                    self._budget = self._budget.earn()
                return False
            case Verdict.REFRESH | Verdict.STOP_AUTH | Verdict.STOP | Verdict.HALVE:
                return False

    def _may_retry(self, ending: Ending) -> bool:
        if ending.attempts > FEW_RETRIES.get(ending.happening, MAX_ATTEMPTS - 1):
            return False
        with self._lock:
            left = self._budget.spend(timed_out=ending.happening is Happening.TIMED_OUT)
            self._budget = left or self._budget
        return left is not None

    def _pause(self, ending: Ending) -> float:
        observation = ending.observation
        asked = None
        if ending.happening is Happening.THROTTLED:
            asked = retry_after(observation.header("retry-after"), observation.header("date"))
        if asked is not None:
            return asked
        return self._rng.uniform(0.0, longest_backoff(ending.attempts - 1))

    def _hold(self, ending: Ending) -> None:
        # What the caller sends next is a read, so it is that read that has to wait.
        if ending.happening in (Happening.THROTTLED, Happening.TRY_AGAIN):
            self._held_until = self._clock.monotonic() + self._pause(ending)

    def _turn(self, lane: Lane | None) -> float:
        now = self._clock.monotonic()
        wait = 0.0
        if lane is not None:
            with self._lock:
                pace = self._paces.get(lane.name, Pace(lane.rate, free_at=now))
                self._paces[lane.name], wait = pace.take(now)
        return max(wait, self._held_until - now)

    def _wait(self, seconds: float) -> bool:
        if seconds <= 0:
            return True
        if self._clock.monotonic() + seconds > self._deadline:
            return False
        self._clock.sleep(seconds)
        return True


def _overdue(kind: Call, attempts: int) -> Ending:
    happening = Happening.OVERDUE
    return Ending(happening, decide(kind, happening), Observation(Seen.OVERDUE), None, attempts)
