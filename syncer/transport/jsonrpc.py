"""JSON-RPC 2.0 bodies, written strictly and read with suspicion.

In: a method with parameters, or the bytes of an answer. Out: bytes, or a `Result`, an `RpcError`
or `Malformed`; nothing raises for what a server sends. docs.clarify.io/api/1.1/protocol/jsonrpc.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeAlias

from syncer import sinks
from syncer.redaction import Redactor

_SHOWN_LENGTH: Final = 200
# A server that could not read a request cannot know its id; JSON-RPC 2.0, section 5.
_WITHOUT_ID: Final = frozenset({-32700, -32600})


@dataclass(frozen=True, slots=True)
class Result:
    """A call succeeded; `value` is what the server returned."""

    value: object


@dataclass(frozen=True, slots=True)
class InvalidResource:
    """A resource that the server finds invalid."""

    id: str
    type: str
    message: str
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RpcError:
    """A call failed; every text is the server's own, to be shown by `show_server_text` only."""

    code: int
    message: str = ""
    trace: str = ""
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path_errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invalid_resources: tuple[InvalidResource, ...] = ()
    partial_result: object = None

    @property
    def details(self) -> Mapping[str, tuple[str, ...]]:
        """Messages by path below `params`, whichever of its two shapes the server used."""
        prefix = "params."
        shortened = {path.removeprefix(prefix): said for path, said in self.path_errors.items()}
        return {**self.params, **shortened}


@dataclass(frozen=True, slots=True)
class Malformed:
    """An answer that is none; `reason` is our text, never the server's."""

    code: str
    reason: str


Answer: TypeAlias = Result | RpcError | Malformed


def encode_request(method: str, params: Mapping[str, object], request_id: int) -> bytes:
    """Return the body of a request, compact UTF-8."""
    return encode({"jsonrpc": "2.0", "method": method, "id": request_id, "params": params})


def encode(value: object) -> bytes:
    """Return a JSON value as compact UTF-8."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can only carry as an escape
        return json.dumps(value, separators=(",", ":")).encode()


def decode_answer(body: bytes, request_id: int) -> Answer:
    """Return what the server answered to the request of this id."""
    document = load_json(body)
    if isinstance(document, Malformed):
        return document
    answer = document.value
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
        return Malformed("API-SHAPE", "the answer is not JSON-RPC 2.0")
    error, result = answer.get("error"), answer.get("result")
    if (error is None) == (result is None):
        return Malformed("API-SHAPE", "the answer has neither or both of result and error")
    reply: Answer = Result(result) if error is None else _read_error(error)
    if not _is_reply(answer.get("id"), request_id, reply):
        return Malformed("API-ID", "the answer belongs to another request")
    return reply


def load_json(body: bytes) -> Result | Malformed:
    """Return a JSON value in which no member occurs twice and every number is one."""
    try:
        return Result(
            json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
        )
    except _DuplicateMemberError:
        return Malformed("API-DUP-MEMBER", "the answer has a member twice")
    except RecursionError:
        return Malformed("API-SHAPE", "the answer is nested too deeply")
    except ValueError:
        return Malformed("API-SHAPE", "the answer is not JSON")


def show_server_text(text: str, redactor: Redactor) -> str:
    """Return untrusted text quoted, redacted, escaped and cut to 200 characters."""
    # Redacted first: a secret that is cut in two would not be recognised.
    shown = redactor.redact(text)
    return sinks.quoted(shown if len(shown) <= _SHOWN_LENGTH else shown[: _SHOWN_LENGTH - 1] + "…")


class _DuplicateMemberError(Exception):
    """The text has an object with the same member twice."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateMemberError
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity, which Python reads and JSON does not have


def _is_reply(answered: object, request_id: int, reply: Answer) -> bool:
    if answered is None:
        return isinstance(reply, RpcError) and reply.code in _WITHOUT_ID
    return type(answered) is int and answered == request_id


def _read_error(error: object) -> RpcError | Malformed:
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(error, dict) or type(code) is not int:
        return Malformed("API-SHAPE", "the answer's error has no code")
    data = error.get("data")
    members = data if isinstance(data, dict) else {}
    return RpcError(
        code,
        _text(error.get("message")),
        _text(members.get("trace")),
        _messages(members.get("params")),
        _path_errors(members.get("pathErrors")),
        tuple(_invalid(entry) for entry in _objects(members.get("invalidResources"))),
        members.get("partialResult"),
    )


def _path_errors(value: object) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in _objects(value):
        path = _text(entry.get("path"))
        found[path] = (*found.get(path, ()), _text(entry.get("error")))
    return found


def _invalid(entry: Mapping[str, object]) -> InvalidResource:
    return InvalidResource(
        _text(entry.get("id")),
        _text(entry.get("type")),
        _text(entry.get("message")),
        _messages(entry.get("invalidFields")),
    )


def _messages(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        return {}
    return {
        path: tuple(_text(text) for text in (said if isinstance(said, list) else [said]))
        for path, said in value.items()
    }


def _objects(value: object) -> list[Mapping[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
