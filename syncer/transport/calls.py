"""Calls made by the table of verdicts: paced, waited for, retried within a budget. Shell.

In: what one attempt does. Out: the `Ending` of the last attempt; what it means to the caller is
said by `failures`. Nothing else in the program tries a call again.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from syncer.seams import Clock, Rng
from syncer.transport.failures import Ending, waiting
from syncer.transport.jsonrpc import Answer
from syncer.transport.messages import Observation, Request, Seen, Transport
from syncer.transport.ratelimit import (
    MAX_ATTEMPTS,
    Pace,
    RetryBudget,
    longest_backoff,
    retry_after,
)
from syncer.transport.verdicts import FEW_RETRIES, Call, Happening, Verdict, classify, decide

Attempt: TypeAlias = Callable[[Transport], tuple[Observation, Answer | None]]
_HICCUP: Final = 1.0  # seconds; a first wait that is shorter is not worth a word
# What the API says of the resources themselves: waiting changes nothing.
_SETTLED: Final = (Happening.CONFLICT, Happening.INVALID_RESOURCE)


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls that share one pace; `rate` is calls a second, 0 is unpaced."""

    name: str
    rate: float


class Caller:
    """Makes calls over one transport; its lanes and its retry budget hold for all of them.

    `deadline` is an instant of the clock's monotonic seconds: nothing is begun after it, and no
    attempt lasts beyond it. Time in which nobody calls moves it on, so that a person may think.
    `tell` hears once per outage what is being waited for, and for how long.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        rng: Rng,
        *,
        deadline: float = math.inf,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._rng = rng
        self._deadline = deadline
        self._tell = tell
        self._budget = RetryBudget()
        self._paces: dict[str, Pace] = {}
        self._held_until = -math.inf
        self._doubts = 0  # writes in a row that may or may not have been executed
        self._calls = 0  # that are under way
        self._idle_since = clock.monotonic()
        self._is_outage_told = False
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
        with self._counted():
            return self._call(kind, attempt, lane, renew)

    def _call(
        self, kind: Call, attempt: Attempt, lane: Lane | None, renew: Callable[[], None] | None
    ) -> Ending:
        attempts = 0
        while True:
            cut_short = self._wait(self._turn(lane))
            if cut_short is not None:
                return _unsent(kind, cut_short, attempts)
            within = _Within(self._transport, self._left())
            observation, answer = attempt(within)
            attempts += 1
            happening = classify(observation, answer)
            ending = Ending(happening, decide(kind, happening), observation, answer, attempts)
            if ending.verdict is Verdict.RE_READ:
                return self._doubted(ending)
            if ending.verdict is Verdict.REFRESH and renew is not None:
                renew()
                renew = None
                continue
            if not self._may_go_on(kind, ending):
                return ending
            pause = self._pause(ending, ending.attempts - 1)
            cut_short = self._wait(self._announced(pause, ending))
            if cut_short is not None:
                stopped = cut_short is Seen.STOPPED
                return _unsent(kind, cut_short, attempts) if stopped else ending

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            if self._calls == 0:
                self._deadline += self._clock.monotonic() - self._idle_since
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1
                self._idle_since = self._clock.monotonic()

    def _may_go_on(self, kind: Call, ending: Ending) -> bool:
        match ending.verdict:
            case Verdict.RETRY:
                return self._may_retry(ending)
            case Verdict.DONE:
                with self._lock:
                    self._budget = self._budget.earn()
                    self._is_outage_told = False
                    self._doubts = 0 if kind is Call.WRITE else self._doubts
            case (
                Verdict.RE_READ | Verdict.REFRESH | Verdict.STOP_AUTH | Verdict.STOP | Verdict.HALVE
            ):
                pass
        return False

    def _may_retry(self, ending: Ending) -> bool:
        if ending.attempts > FEW_RETRIES.get(ending.happening, MAX_ATTEMPTS - 1):
            return False
        return self._spend(ending)

    def _spend(self, ending: Ending) -> bool:
        """Return whether the budget had a retry left, which is taken from it."""
        with self._lock:
            left = self._budget.spend(timed_out=ending.happening is Happening.TIMED_OUT)
            self._budget = left or self._budget
        return left is not None

    def _pause(self, ending: Ending, retries: int) -> float:
        observation = ending.observation
        asked = None
        if ending.happening is Happening.THROTTLED:
            asked = retry_after(observation.header("retry-after"), observation.header("date"))
        if asked is not None:
            return asked
        return self._rng.uniform(0.0, longest_backoff(retries))

    def _announced(self, pause: float, ending: Ending) -> float:
        """Return the pause, of which somebody is told who would wonder about the silence."""
        is_hiccup = ending.attempts == 1 and pause < _HICCUP
        with self._lock:
            if is_hiccup or self._is_outage_told or pause >= self._left():
                return pause
            self._is_outage_told = True
        self._tell(waiting(ending, pause))
        return pause

    def _doubted(self, ending: Ending) -> Ending:
        """Return the ending of a write that may have been executed, and whether it may be resent.

        A resend is a retry like any other: it waits, longer each time, and takes from the budget.
        """
        if ending.happening in _SETTLED:
            return ending
        may_resend = self._spend(ending)
        with self._lock:
            doubts = self._doubts
            self._doubts += 1
        # What the caller sends next is a read, and waiting between it and the write would make it
        # old: so it is the read that has to wait.
        pause = self._pause(ending, doubts)
        if ending.happening is Happening.THROTTLED:
            self._announced(pause, ending)
        with self._lock:
            self._held_until = max(self._held_until, self._clock.monotonic() + pause)
        return replace(ending, may_resend=may_resend)

    def _turn(self, lane: Lane | None) -> float:
        now = self._clock.monotonic()
        wait = 0.0
        with self._lock:
            if lane is not None:
                pace = self._paces.get(lane.name, Pace(lane.rate, free_at=now))
                self._paces[lane.name], wait = pace.take(now)
            return max(wait, self._held_until - now)

    def _left(self) -> float:
        return self._deadline - self._clock.monotonic()

    def _wait(self, seconds: float) -> Seen | None:
        """Return None after this time, else why it was not waited for."""
        if seconds >= self._left():
            return Seen.OVERDUE
        return None if seconds <= 0 or self._clock.sleep(seconds) else Seen.STOPPED


@dataclass(frozen=True, slots=True)
class _Within:
    """The transport, with requests that end in time."""

    transport: Transport
    seconds: float

    def send(self, request: Request) -> Observation:
        return self.transport.send(replace(request, seconds=self.seconds))


def _unsent(kind: Call, seen: Seen, attempts: int) -> Ending:
    happening = classify(Observation(seen), None)
    return Ending(happening, decide(kind, happening), Observation(seen), None, attempts)
