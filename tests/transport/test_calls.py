"""Calls follow the table: paced, retried within bounds, never beyond the deadline."""

import math
from typing import ClassVar

import pytest

from syncer.transport.calls import Caller, Lane
from syncer.transport.failures import Ending
from syncer.transport.jsonrpc import Answer, decode_answer
from syncer.transport.messages import Observation, Request, Seen, Transport
from syncer.transport.verdicts import Call, Happening, Verdict, decide
from tests.transport.fakes import Highest, Script, Step, VirtualClock, answered, ok, rpc_error, seen


class Line:
    """A caller over scripted steps."""

    last: ClassVar[VirtualClock]

    def __init__(
        self, *steps: Step, deadline: float = math.inf, clock: VirtualClock | None = None
    ) -> None:
        self.clock = Line.last = clock or VirtualClock()
        self.script = Script(list(steps))
        self.told: list[str] = []
        self.caller = Caller(
            self.script, self.clock, Highest(), deadline=deadline, tell=self.told.append
        )
        self.renewed = 0

    def call(self, kind: Call = Call.READ, lane: Lane | None = None) -> Ending:
        return self.caller.call(kind, _attempt, lane=lane, renew=self._renew)

    def _renew(self) -> None:
        self.renewed += 1


def slow(step: Step, seconds: float) -> Step:
    """A step that takes its time; the clock is that of the script's last line."""

    def wait(request: Request) -> Observation:
        Line.last.at += seconds
        return step(request)

    return wait


def _attempt(transport: Transport) -> tuple[Observation, Answer | None]:
    observation = transport.send(Request("POST", "http://x/rpc", {}, b'{"id":1}'))
    return observation, decode_answer(observation.body, 1)


def test_a_read_is_retried_with_growing_waits() -> None:
    line = Line(answered(500), seen(Seen.LOST), rpc_error(-32015), ok({}))

    ending = line.call()

    assert (ending.verdict, ending.attempts) == (Verdict.DONE, 4)
    assert line.clock.slept == [1.0, 2.0, 4.0]


def test_a_read_gives_up_after_six_attempts() -> None:
    line = Line(answered(500))

    ending = line.call()

    assert (ending.happening, ending.attempts) == (Happening.FAILED, 6)
    assert line.clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_an_empty_answer_is_asked_for_once_more() -> None:
    assert Line(answered(204)).call().attempts == 2


def test_a_write_goes_out_again_only_when_it_was_not_sent() -> None:
    line = Line(seen(Seen.NOT_SENT), seen(Seen.NOT_SENT), seen(Seen.LOST))

    ending = line.call(Call.WRITE)

    assert (ending.verdict, ending.attempts) == (Verdict.RE_READ, 3)


def test_an_outage_spends_the_budget_and_then_fails_at_once() -> None:
    line = Line(answered(500))
    attempts = [line.call().attempts for _ in range(100)]

    assert sum(attempts) == 120
    assert attempts[-1] == 1


def test_timeouts_cost_twice_as_much() -> None:
    line = Line(seen(Seen.TIMED_OUT))

    assert sum(line.call().attempts for _ in range(50)) == 60


def test_a_success_earns_a_retry_back() -> None:
    line = Line(*[answered(500)] * 24, *[ok({})] * 5, answered(500), ok({}))
    for _ in range(4):
        line.call()
    assert line.call().attempts == 1

    for _ in range(4):
        line.call()
    assert line.call().attempts == 2


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "0"}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "99999"}, 120.0),
        ({"retry-after": "-1"}, 1.0),
        ({"retry-after": "abc"}, 1.0),
        (
            {
                "retry-after": "Sun, 06 Nov 1994 12:00:09 GMT",
                "date": "Sun, 06 Nov 1994 12:00:00 GMT",
            },
            9.0,
        ),
        ({}, 1.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_within_bounds(
    status: int, headers: dict[str, str], wait: float | None
) -> None:
    line = Line(answered(status, b"", headers), ok({}))

    assert line.call().verdict is Verdict.DONE
    assert line.clock.slept == ([] if wait is None else [wait])


def test_a_throttled_write_makes_the_next_call_wait() -> None:
    line = Line(answered(429, b"", {"retry-after": "7"}), ok({}))

    assert line.call(Call.WRITE).verdict is Verdict.RE_READ
    assert line.clock.slept == []
    line.call()
    assert line.clock.slept == [7.0]


@pytest.mark.parametrize("how", [seen(Seen.LOST), answered(500), answered(204), rpc_error(-32021)])
def test_what_follows_a_write_of_unknown_outcome_waits_longer_each_time(how: Step) -> None:
    line = Line(how, ok({}), how, ok({}), how, ok({}), ok({}), how, ok({}))

    for kind in (Call.WRITE, Call.READ) * 3:
        line.call(kind)
    assert line.clock.slept == [1.0, 2.0, 4.0]

    for kind in (Call.WRITE, Call.WRITE, Call.READ):
        line.call(kind)
    assert line.clock.slept == [1.0, 2.0, 4.0, 1.0]


@pytest.mark.parametrize("code", [-32001, -32002, -32009])
def test_what_the_api_says_of_the_resources_themselves_is_not_waited_for(code: int) -> None:
    line = Line(*[rpc_error(code)] * 30, ok({}))

    assert all(line.call(Call.WRITE).may_resend for _ in range(30))
    line.call()
    assert line.clock.slept == []


def test_a_write_may_be_resent_as_long_as_there_are_retries_left() -> None:
    line = Line(seen(Seen.LOST))

    assert [line.call(Call.WRITE).may_resend for _ in range(22)] == [True] * 20 + [False] * 2
    assert line.call(Call.READ).attempts == 1


def test_a_long_wait_that_a_throttled_write_asks_for_is_told() -> None:
    line = Line(answered(429, b"", {"retry-after": "77"}), ok({}))

    line.call(Call.WRITE)

    assert line.told == ["the API asks to wait (HTTP 429); trying again in 77 s"]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    line = Line(answered(429, b"", {"retry-after": "60"}), deadline=1030.0)

    ending = line.call()

    assert (ending.happening, ending.attempts) == (Happening.THROTTLED, 1)
    assert line.clock.slept == []


def test_a_turn_beyond_the_deadline_sends_nothing() -> None:
    line = Line(ok({}), deadline=1000.5)
    lane = Lane("write x", 1.0)
    line.call(Call.WRITE, lane)

    ending = line.call(Call.WRITE, lane)

    assert (ending.happening, ending.verdict) == (Happening.OVERDUE, Verdict.STOP)
    assert len(line.script.sent) == 1


def test_nothing_is_begun_after_the_deadline() -> None:
    line = Line(slow(ok({}), 30.0), deadline=1030.0)
    line.clock.at += 500  # nobody calls yet

    assert line.call().verdict is Verdict.DONE
    line.clock.at += 500
    assert line.call().happening is Happening.OVERDUE
    assert len(line.script.sent) == 1


def test_an_attempt_ends_with_the_deadline() -> None:
    line = Line(slow(answered(500), 5.0), ok({}), deadline=1010.0)

    line.call()

    assert [request.seconds for request in line.script.sent] == [10.0, 4.0]


def test_time_in_which_nobody_calls_moves_the_deadline_on() -> None:
    line = Line(slow(answered(400), 4.0), deadline=1010.0)

    for _ in range(2):
        assert line.call().happening is Happening.REJECTED
        line.clock.at += 1000
    assert [request.seconds for request in line.script.sent] == [10.0, 6.0]


def test_a_call_within_a_call_does_not_move_the_deadline() -> None:
    line = Line(ok({}), deadline=1010.0)

    def nested(transport: Transport) -> tuple[Observation, Answer | None]:
        line.clock.at += 4
        line.call()
        return _attempt(transport)

    line.caller.call(Call.READ, nested)

    assert [request.seconds for request in line.script.sent] == [6.0, 10.0]


class Stopped(VirtualClock):
    """A clock in whose waits a stop is asked for, after so many of them."""

    def __init__(self, waits: int = 0) -> None:
        super().__init__()
        self.waits = waits

    def sleep(self, seconds: float) -> bool:
        super().sleep(seconds)
        return len(self.slept) <= self.waits


@pytest.mark.parametrize("kind", Call)
@pytest.mark.parametrize("waits", [0, 2])
def test_a_stop_ends_a_wait_without_another_attempt(kind: Call, waits: int) -> None:
    line = Line(seen(Seen.NOT_SENT), clock=Stopped(waits))

    ending = line.call(kind)

    assert (ending.happening, ending.attempts) == (Happening.STOPPED, waits + 1)
    assert ending.verdict is decide(kind, Happening.OVERDUE)
    assert len(line.script.sent) == waits + 1


def test_a_stop_ends_the_wait_for_a_turn() -> None:
    line = Line(ok({}), clock=Stopped())
    lane = Lane("write x", 1.0)
    line.call(Call.WRITE, lane)

    ending = line.call(Call.WRITE, lane)

    assert (ending.happening, ending.attempts) == (Happening.STOPPED, 0)
    assert len(line.script.sent) == 1


def test_a_stop_after_an_unknown_write_leaves_it_unknown() -> None:
    line = Line(seen(Seen.LOST), clock=Stopped())

    assert line.call(Call.WRITE).verdict is Verdict.RE_READ


def test_an_outage_is_told_once() -> None:
    down = seen(Seen.NOT_SENT)
    line = Line(down, down, down, ok({}), answered(503), ok({}), answered(503), ok({}))

    for _ in range(3):
        assert line.call().verdict is Verdict.DONE

    assert line.told == [
        "the host could not be reached; trying up to 5 more times, with up to 31 s of waiting",
        "the API asks to wait (HTTP 503); trying again in 1 s",
        "the API asks to wait (HTTP 503); trying again in 1 s",
    ]


def test_a_hiccup_is_not_told() -> None:
    class Short(Highest):
        def uniform(self, low: float, high: float, /) -> float:
            return high / 2

    line = Line(answered(500), ok({}), answered(500), answered(500), ok({}))
    caller = Caller(line.script, line.clock, Short(), tell=line.told.append)
    caller.call(Call.READ, _attempt)
    assert line.told == []

    caller.call(Call.READ, _attempt)
    assert line.told == [
        "the API failed (HTTP 500); trying up to 4 more times, with up to 29 s of waiting"
    ]


def test_a_wait_that_is_not_begun_is_not_told() -> None:
    line = Line(answered(429, b"", {"retry-after": "60"}), deadline=1030.0)

    line.call()

    assert line.told == []


def test_an_empty_answer_is_told_as_asked_for_once_more() -> None:
    line = Line(answered(204), ok({}))

    line.call()

    assert line.told[0].startswith("the answer is empty (HTTP 204); trying once more, ")


def test_backoff_is_full_jitter() -> None:
    bounds: list[tuple[float, float]] = []

    class Noting:
        def uniform(self, low: float, high: float, /) -> float:
            bounds.append((low, high))
            return low

    clock = VirtualClock()
    Caller(Script([answered(500)]), clock, Noting()).call(Call.READ, _attempt)

    assert bounds == [(0.0, 1.0), (0.0, 2.0), (0.0, 4.0), (0.0, 8.0), (0.0, 16.0)]
    assert clock.slept == []


def test_the_longer_of_two_requested_waits_counts() -> None:
    line = Line(
        answered(429, b"", {"retry-after": "9"}), answered(429, b"", {"retry-after": "1"}), ok({})
    )
    line.call(Call.WRITE)
    line.call(Call.WRITE)
    line.call()

    assert line.clock.slept == [9.0, 1.0]


def test_each_lane_has_its_own_pace() -> None:
    line = Line(ok({}))
    for name in ("a", "a", "b", "a"):
        line.call(lane=Lane(name, 1.0))

    assert line.clock.slept == [1.0, 1.0]


def test_a_refused_token_is_renewed_once() -> None:
    line = Line(answered(401), ok({}))
    assert line.call(Call.WRITE).verdict is Verdict.DONE
    assert line.renewed == 1

    line = Line(answered(401))
    assert line.call().verdict is Verdict.REFRESH
    assert (line.renewed, len(line.script.sent)) == (1, 2)
