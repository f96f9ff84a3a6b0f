"""A fault schedule as JSON.

In: `[{"match": {"method": "saveSignals", "nth": 3}, "when": "after_exec", "do": "reset"}]`.
Out: rules, or ScheduleError with every finding.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from syncer.emulator.faults import (
    ANY,
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
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue
from syncer.emulator.methods import SPELLINGS
from syncer.emulator.problems import Problem, Problems, join_problems

LONGEST_WAIT_SECONDS = 3600
MOST_RULES = 1000

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_HEADER_TEXT = re.compile(r"[ -~]*", re.ASCII)
_MOMENTS: Mapping[When, tuple[str, ...]] = {
    When.BEFORE_READ: ("reset", "timeout", "slow", "status"),
    When.BEFORE_EXEC: ("reset", "timeout", "slow", "status", "rpc-error", "stale"),
    When.MID_EXEC: ("reset", "timeout", "status", "rpc-error", "partial"),
    When.AFTER_EXEC: ("reset", "timeout", "slow", "status", "rpc-error"),
    When.MID_BODY: ("reset", "timeout", "truncate", "drip"),
}


class ScheduleError(ValueError):
    """A schedule that cannot be played."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(join_problems(problems))
        self.problems = problems


def read_schedule(value: JsonValue) -> tuple[Rule, ...]:
    """Return the rules of a schedule; raises ScheduleError."""
    problems = Problems()
    if not isinstance(value, list) or len(value) > MOST_RULES:
        problems.note("schedule", f"must be an array of at most {MOST_RULES} faults")
        raise ScheduleError(problems.found)
    rules = [
        _read_rule(Fields(entry, f"schedule.{place}", problems))
        for place, entry in enumerate(value)
    ]
    if problems.found:
        raise ScheduleError(problems.found)
    return tuple(rule for rule in rules if rule)


def _read_rule(fields: Fields) -> Rule | None:
    match = fields.inner("match")
    method = _read_method(match)
    nth = _read_whole(match, "nth", 1, least=1)
    times = None if match.value("times") == "always" else _read_whole(match, "times", 1, least=1)
    match.close()
    when = _read_choice(fields, "when", [moment.value for moment in When])
    allowed = _MOMENTS[When(when)] if when else tuple(_ACTIONS)
    do = _read_choice(fields, "do", allowed)
    is_partway = when == When.MID_EXEC.value
    after = _read_whole(fields, "after", 1, least=0) if is_partway else 0
    action = _ACTIONS[do](fields) if do else None
    if do:
        fields.close()
    if action is None or not when:
        return None
    return Rule(When(when), action, method, nth, times, after)


def _read_method(match: Fields) -> str:
    if not match.has("method"):
        return ANY
    method = match.text("method")
    known = [ANY, "rpc", "token", *SPELLINGS]
    if method.lower() not in {name.lower() for name in known}:
        near = get_close_matches(method, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "give a method, 'rpc', 'token' or 'any'"
        match.note("method", f"{method!r} is no method; {hint}")
    return method


def _read_choice(fields: Fields, name: str, allowed: tuple[str, ...] | list[str]) -> str:
    value = fields.text(name) if fields.require(name) else ""
    if not fields.has(name) or value in allowed:
        return value
    near = get_close_matches(value, allowed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    fields.note(name, f"{value!r} is not one of {', '.join(allowed)}{hint}")
    return ""


def _read_whole(fields: Fields, name: str, default: int, *, least: int) -> int:
    value = fields.whole(name, default)
    if value < least:
        fields.note(name, f"must be at least {least}")
    return value


def _read_seconds(fields: Fields, name: str, default: float | None = None) -> float:
    if default is not None and not fields.has(name):
        return default
    value = fields.value(name) if fields.require(name) else 0
    if isinstance(value, int | float) and 0 <= value <= LONGEST_WAIT_SECONDS:
        return float(value)
    fields.note(name, f"must be a number from 0 to {LONGEST_WAIT_SECONDS}")
    return 0.0


def _read_at(fields: Fields) -> int | None:
    is_partial = fields.value("when") == When.MID_BODY.value
    return _read_whole(fields, "at", 0, least=0) if is_partial else None


def _read_status(fields: Fields) -> Status:
    fields.require("status")
    status = fields.whole("status", 200)
    if not 200 <= status <= 599:
        fields.note("status", "must be from 200 to 599")
    return Status(
        status, _read_headers(fields), fields.text("body") if fields.has("body") else None
    )


def _read_headers(fields: Fields) -> tuple[tuple[str, str], ...]:
    headers = [
        (name, text)
        for name, value in fields.members("headers").items()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]
    for name, value in fields.members("headers").items():
        given = value if isinstance(value, list) else [value]
        is_text = all(isinstance(text, str) and _HEADER_TEXT.fullmatch(text) for text in given)
        if not _HEADER_NAME.fullmatch(name) or not is_text:
            fields.note(f"headers.{name}", "must be printable ASCII, or an array of that")
    return tuple(headers)


def _read_error(fields: Fields) -> RpcFault:
    fields.require("code")
    return RpcFault(fields.whole("code", 0), fields.text("message"), fields.value("data"))


def _read_truncation(fields: Fields) -> Truncate:
    fields.require("at")
    at = _read_whole(fields, "at", 0, least=0)
    return Truncate(at, has_length=fields.flag("contentLength", default=True))


def _read_drip(fields: Fields) -> Drip:
    size = _read_whole(fields, "bytes", 1, least=1)
    return Drip(size, _read_seconds(fields, "seconds", 0.1))


def _read_partial(fields: Fields) -> PartialFailure:
    if not fields.has("partialResult"):
        return PartialFailure()
    claims = _read_choice(fields, "partialResult", [claim.value for claim in Claims])
    return PartialFailure(Claims(claims)) if claims else PartialFailure()


_ACTIONS: Mapping[str, Callable[[Fields], Action]] = {
    "reset": lambda fields: Reset(_read_at(fields)),
    "timeout": lambda fields: Silence(_read_at(fields)),
    "slow": lambda fields: Slow(_read_seconds(fields, "seconds")),
    "status": _read_status,
    "rpc-error": _read_error,
    "truncate": _read_truncation,
    "drip": _read_drip,
    "partial": _read_partial,
    "stale": lambda fields: Stale(_read_whole(fields, "behind", 1, least=1)),
}
