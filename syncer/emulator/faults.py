"""Faults on demand: which request goes wrong, when, and how.

In: rules and the names of each request. Out: the rule that fires, counted without clock or chance,
so that the same requests meet the same faults. `schedules` reads rules, `injecting` plays them.
"""

import threading
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from syncer.emulator.jsontext import JsonValue


class When(Enum):
    """How far a request gets before its fault."""

    BEFORE_READ = "before_read"
    """Nothing of the body is read; nothing is executed."""
    BEFORE_EXEC = "before_exec"
    """The request is read, and nothing is executed."""
    MID_EXEC = "mid_exec"
    """The first keys of a write are executed, the others are not."""
    AFTER_EXEC = "after_exec"
    """The request is executed; its answer is lost."""
    MID_BODY = "mid_body"
    """The request is executed; its answer comes in part, or slowly."""


class Claims(Enum):
    """Which keys the partialResult of a partial failure names."""

    RIGHT = "right"
    """Those that were executed."""
    WRONG = "wrong"
    """Those that were not."""
    ALL = "all"
    EMPTY = "empty"
    ABSENT = "absent"
    """There is no partialResult."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset, after so many bytes of the body, or before the status."""

    at: int | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing more is sent, and the connection stays open."""

    at: int | None = None


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer comes late; before_exec executes late, too."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """An HTTP answer, which may be no JSON-RPC at all."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None


@dataclass(frozen=True, slots=True)
class RpcFault:
    """A JSON-RPC error."""

    code: int
    message: str = ""
    data: JsonValue = None


@dataclass(frozen=True, slots=True)
class Truncate:
    """The body ends after so many bytes, whatever length was announced."""

    at: int
    has_length: bool = True


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes a few bytes at a time."""

    chunk_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PartialFailure:
    """Error -32021, with a partialResult that may be wrong."""

    claims: Claims = Claims.RIGHT


@dataclass(frozen=True, slots=True)
class Stale:
    """The answer is of the time before the last so many writes."""

    behind: int = 1


Action: TypeAlias = (
    Reset | Silence | Slow | Status | RpcFault | Truncate | Drip | PartialFailure | Stale
)

ANY = "any"


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault, and the requests that meet it."""

    when: When
    action: Action
    method: str = ANY
    """A method in any of its spellings, `rpc`, `token`, or any request."""
    nth: int = 1
    """The first request to meet it, of those that match, counted from 1."""
    times: int | None = 1
    """How many requests in a row meet it, None for all that follow."""
    after: int = 0
    """How many keys mid_exec executes."""

    def matches(self, names: AbstractSet[str]) -> bool:
        """Tell whether a request of these names is meant."""
        return self.method == ANY or self.method.lower() in names

    def is_due(self, count: int) -> bool:
        """Tell whether the request that is the `count`th to match meets the fault."""
        return self.nth <= count and (self.times is None or count < self.nth + self.times)

    @property
    def is_early(self) -> bool:
        """Tell whether the fault needs nothing of the body."""
        # What is slow is executed in the end, and needs its body for that.
        is_before = self.when is When.BEFORE_READ and not isinstance(self.action, Slow)
        return is_before and self.method.lower() in (ANY, "rpc", "token")


@dataclass(frozen=True, slots=True)
class Fired:
    """A fault that happened: which rule, and to which request."""

    rule: int
    """The rule's place in the schedule, from 0."""
    name: str
    """The method, or `token`."""


@dataclass(slots=True)
class Faults:
    """A schedule at work: every matching rule counts a request, the first that is due fires."""

    rules: tuple[Rule, ...] = ()
    fired: list[Fired] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, rules: tuple[Rule, ...]) -> None:
        """Start anew with these rules; no rules clear the schedule."""
        with self._lock:
            self.rules = rules
            self.fired.clear()
            self._counts.clear()

    def find(self, names: AbstractSet[str], name: str, *, early: bool = False) -> Rule | None:
        """Return the fault of a request; `early` asks for those that need no body."""
        with self._lock:
            self._counts += [0] * (len(self.rules) - len(self._counts))
            due: int | None = None
            for place, rule in enumerate(self.rules):
                if rule.is_early is early and rule.matches(names):
                    self._counts[place] += 1
                    if due is None and rule.is_due(self._counts[place]):
                        due = place
            if due is None:
                return None
            self.fired.append(Fired(due, name))
            return self.rules[due]
