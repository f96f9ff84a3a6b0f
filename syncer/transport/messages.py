"""One request, and what came of it, as data.

In: what a caller wants sent. Out: an `Observation`, which says what happened and judges nothing;
`verdicts` does that.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
Handle: TypeAlias = Callable[
    [str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]
]


@dataclass(frozen=True, slots=True)
class Request:
    """A request; its `repr` shows neither headers nor body, which carry secrets.

    `seconds` is how long sending it may take, where that is less than the transport allows.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float = math.inf


class Seen(Enum):
    """How far a request got, as far as the sender can know."""

    OVERDUE = "the run's time is over, so nothing was sent"
    STOPPED = "a stop was asked for, so nothing more was sent"
    NOT_SENT = "the host could not be reached"
    UNTRUSTED = "the host's TLS certificate or protocol was refused"
    LOST = "the connection broke before an answer came"
    TIMED_OUT = "no complete answer came in time"
    BROKEN = "the answer broke off or could not be decoded"
    OVERSIZE = "the answer is larger than allowed"
    ANSWERED = "the host answered"


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of one request; header names are in lower case, repeated ones stay apart."""

    seen: Seen
    status: int = 0
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    detail: str = ""  # never a text from the wire: the name of an exception, or a word

    def header(self, name: str) -> tuple[str, ...]:
        """Return every value that the answer has under a lower-case name."""
        return tuple(value for key, value in self.headers if key == name)


class Transport(Protocol):
    """Sends one request, once; never raises for what the network does."""

    def send(self, request: Request) -> Observation:
        """Return what came of the request."""
