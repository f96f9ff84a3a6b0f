"""Requests and responses as plain values, so that the service needs no socket.

In: nothing. Out: the two nouns that every caller, a socket or a test, exchanges with the service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: verb, URL path without query, headers, and the whole body."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the header's value whatever its case, or an empty text."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


class Ending(Enum):
    """What becomes of the connection after what is sent."""

    KEPT = "kept"
    CLOSED = "closed"
    RESET = "reset"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a response is sent, when not whole and at once."""

    wait_seconds: float = 0.0
    """How long nothing is sent at first."""
    late: "Callable[[], Response] | None" = None
    """Makes the response to send after that wait, in place of this one."""
    has_head: bool = True
    """Whether anything is sent, status and headers at least."""
    sent_bytes: int | None = None
    """How much of the body is sent, None for all."""
    has_length: bool = True
    """Whether the whole body's length is announced; else closing ends the body."""
    chunk_bytes: int = 0
    """How much is sent at a time, 0 for all."""
    chunk_seconds: float = 0.0
    ending: Ending = Ending.KEPT


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response: status, headers, and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delivery: Delivery | None = None


def text_response(status: int, text: str) -> Response:
    """Return a response that carries plain text."""
    return Response(status, {"content-type": "text/plain; charset=utf-8"}, text.encode())


def json_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response that carries text which is already JSON."""
    kind = {"content-type": "application/json"}
    return Response(status, kind | dict(headers or {}), text.encode())
