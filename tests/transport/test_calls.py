"""Calls follow the table: paced, retried within bounds, never beyond the deadline."""

import math

import pytest

from syncer.transport.calls import Caller, Lane
from syncer.transport.failures import Ending
from syncer.transport.jsonrpc import Answer, decode_answer
from syncer.transport.messages import Observation, Request, Seen, Transport
from syncer.transport.verdicts import Call, Happening, Verdict
from tests.transport.fakes import Highest, Script, Step, VirtualClock, answered, ok, rpc_error, seen


class Line:
    """A caller over scripted steps."""

    def __init__(self, *steps: Step, deadline: float = math.inf) -> None:
        self.clock = VirtualClock()
        self.script = Script(list(steps))
        self.caller = Caller(self.script, self.clock, Highest(), deadline=deadline)
        self.renewed = 0

    def call(self, kind: Call = Call.READ, lane: Lane | None = None) -> Ending:
        return self.caller.call(kind, _attempt, lane=lane, renew=self._renew)

    def _renew(self) -> None:
        self.renewed += 1


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
