"""Requests and responses as plain values, so that the service needs no socket.

In: nothing. Out: the two nouns that every caller, a socket or a test, exchanges with the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response: status, headers, and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def text_response(status: int, text: str) -> Response:
    """Return a response that carries plain text."""
    return Response(status, {"content-type": "text/plain; charset=utf-8"}, text.encode())


def json_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response that carries text which is already JSON."""
    kind = {"content-type": "application/json"}
    return Response(status, kind | dict(headers or {}), text.encode())
