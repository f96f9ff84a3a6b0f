"""Schedules as JSON: what they say, and what is wrong with them."""

import pytest

from syncer.emulator.faults import (
    Action,
    Claims,
    Drip,
    PartialFailure,
    Reset,
    RpcFault,
    Rule,
    Silence,
    Slow,
    Stale,
    Status,
    Truncate,
    When,
)
from syncer.emulator.jsontext import JsonValue
from syncer.emulator.schedules import MOST_RULES, ScheduleError, read_schedule


@pytest.mark.parametrize(
    ("when", "given", "action"),
    [
        ("before_read", {"do": "reset"}, Reset()),
        ("before_exec", {"do": "timeout"}, Silence()),
        ("before_exec", {"do": "slow", "seconds": 1.5}, Slow(1.5)),
        ("before_exec", {"do": "stale"}, Stale(1)),
        ("before_exec", {"do": "stale", "behind": 3}, Stale(3)),
        ("after_exec", {"do": "status", "status": 401}, Status(401)),
        (
            "before_exec",
            {"do": "status", "status": 429, "headers": {"retry-after": ["2", "abc"]}, "body": ""},
            Status(429, (("retry-after", "2"), ("retry-after", "abc")), ""),
        ),
        ("after_exec", {"do": "rpc-error", "code": -32015}, RpcFault(-32015)),
        (
            "after_exec",
            {"do": "rpc-error", "code": 1, "message": "m", "data": [1]},
            RpcFault(1, "m", [1]),
        ),
        ("mid_body", {"do": "truncate", "at": 3}, Truncate(3)),
        (
            "mid_body",
            {"do": "truncate", "at": 0, "contentLength": False},
            Truncate(0, has_length=False),
        ),
        ("mid_body", {"do": "drip"}, Drip(1, 0.1)),
        ("mid_body", {"do": "drip", "bytes": 7, "seconds": 0}, Drip(7, 0)),
        ("mid_body", {"do": "reset", "at": 9}, Reset(9)),
        ("mid_body", {"do": "timeout"}, Silence(0)),
    ],
)
def test_a_fault_is_read(when: str, given: dict[str, JsonValue], action: Action) -> None:
    assert read_schedule([{"when": when, **given}]) == (Rule(When(when), action),)


def test_what_happens_in_between_says_after_how_many_keys() -> None:
    partial: JsonValue = {"when": "mid_exec", "do": "partial"}
    lost: JsonValue = {"when": "mid_exec", "do": "reset", "after": 5}
    wrong: JsonValue = {"when": "mid_exec", "do": "partial", "after": 0, "partialResult": "wrong"}

    assert read_schedule([partial, lost, wrong]) == (
        Rule(When.MID_EXEC, PartialFailure(), after=1),
        Rule(When.MID_EXEC, Reset(), after=5),
        Rule(When.MID_EXEC, PartialFailure(Claims.WRONG), after=0),
    )


@pytest.mark.parametrize(
    "method",
    [
        "any",
        "rpc",
        "token",
        "saveSignals",
        "integration.SaveSignals",
        "signals.save",
        "admin.signals.connect",
        "clarify.items.select",
    ],
)
def test_a_method_goes_by_every_name(method: str) -> None:
    [rule] = read_schedule(
        [{"match": {"method": method, "nth": 3, "times": 2}, "when": "after_exec", "do": "reset"}]
    )

    assert rule == Rule(When.AFTER_EXEC, Reset(), method, nth=3, times=2)


def test_a_fault_may_last_always() -> None:
    [rule] = read_schedule([{"match": {"times": "always"}, "when": "after_exec", "do": "reset"}])

    assert rule.times is None


WHENS = "before_read, before_exec, mid_exec, after_exec, mid_body"


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, {"when": "required", "do": "required"}),
        (1, {"": "must be an object", "when": "required", "do": "required"}),
        (
            {"when": "after_exe", "do": "reset"},
            {"when": f"'after_exe' is not one of {WHENS}; did you mean 'after_exec'?"},
        ),
        (
            {"when": "after_exec", "do": "xyzzy"},
            {"do": "'xyzzy' is not one of reset, timeout, slow, status, rpc-error"},
        ),
        (
            {"when": "mid_body", "do": "status"},
            {"do": "'status' is not one of reset, timeout, truncate, drip"},
        ),
        ({"when": "after_exec", "do": "slow"}, {"seconds": "required"}),
        (
            {"when": "after_exec", "do": "slow", "seconds": "1"},
            {"seconds": "must be a number from 0 to 3600"},
        ),
        (
            {"when": "after_exec", "do": "slow", "seconds": -1},
            {"seconds": "must be a number from 0 to 3600"},
        ),
        ({"when": "after_exec", "do": "reset", "at": 1}, {"at": "unknown parameter"}),
        ({"when": "mid_body", "do": "reset", "at": -1}, {"at": "must be at least 0"}),
        ({"when": "mid_body", "do": "truncate"}, {"at": "required"}),
        ({"when": "after_exec", "do": "status"}, {"status": "required"}),
        (
            {"when": "after_exec", "do": "status", "status": 100},
            {"status": "must be from 200 to 599"},
        ),
        (
            {"when": "after_exec", "do": "status", "status": 200, "headers": {"a b": "", "c": 1}},
            {
                "headers.a b": "must be printable ASCII, or an array of that",
                "headers.c": "must be printable ASCII, or an array of that",
            },
        ),
        (
            {"when": "after_exec", "do": "status", "status": 200, "headers": {"x": "a\r\nb"}},
            {"headers.x": "must be printable ASCII, or an array of that"},
        ),
        ({"when": "after_exec", "do": "rpc-error"}, {"code": "required"}),
        ({"when": "before_exec", "do": "stale", "behind": 0}, {"behind": "must be at least 1"}),
        ({"when": "mid_exec", "do": "partial", "after": -1}, {"after": "must be at least 0"}),
        (
            {"when": "mid_exec", "do": "partial", "partialResult": "nothing"},
            {"partialResult": "'nothing' is not one of right, wrong, all, empty, absent"},
        ),
        (
            {"when": "after_exec", "do": "reset", "match": {"nth": 0, "times": 0, "key": "a"}},
            {
                "match.nth": "must be at least 1",
                "match.times": "must be at least 1",
                "match.key": "unknown parameter",
            },
        ),
        (
            {"when": "after_exec", "do": "reset", "match": {"method": "saveSignal"}},
            {"match.method": "'saveSignal' is no method; did you mean 'saveSignals'?"},
        ),
        (
            {"when": "after_exec", "do": "reset", "match": {"method": "zzz"}},
            {"match.method": "'zzz' is no method; give a method, 'rpc', 'token' or 'any'"},
        ),
    ],
)
def test_what_cannot_be_played_is_told(given: JsonValue, problems: dict[str, str]) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_schedule([{"when": "after_exec", "do": "reset"}, given])

    found = {problem.path: problem.message for problem in caught.value.problems}
    assert found == {f"schedule.1.{path}".rstrip("."): text for path, text in problems.items()}
    assert str(caught.value).startswith("schedule.1")


@pytest.mark.parametrize("value", [{}, None, "x", [{}] * (MOST_RULES + 1)])
def test_a_schedule_is_a_bounded_array(value: JsonValue) -> None:
    with pytest.raises(ScheduleError, match="must be an array of at most 1000 faults"):
        read_schedule(value)
