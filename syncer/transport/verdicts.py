"""What to do about the outcome of a call: one table.

In: the kind of call, what was observed, and the answer if one was decoded. Out: a verdict. A write
is sent again only when it certainly was not executed; any doubt means reading first.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from syncer.transport.jsonrpc import Answer, Malformed, Result, RpcError
from syncer.transport.messages import Observation, Seen


class Call(Enum):
    """Kinds of calls: a read changes nothing, a write may, a token call gets a token."""

    READ = 0
    WRITE = 1
    TOKEN = 2


class Verdict(Enum):
    """What the caller does next."""

    DONE = "done"
    RETRY = "retry"
    REFRESH = "refresh the token, then retry once"
    RE_READ = "read the resources, then decide"
    STOP_AUTH = "stop: access denied"
    STOP = "stop"
    HALVE = "halve the batch"


class Happening(Enum):
    """What happened to a call: the rows of the table."""

    SUCCEEDED = auto()
    OVERDUE = auto()
    STOPPED = auto()
    NOT_SENT = auto()
    UNTRUSTED = auto()
    LOST = auto()
    TIMED_OUT = auto()
    OVERSIZE = auto()
    MALFORMED = auto()
    EMPTY = auto()
    REDIRECTED = auto()
    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    REJECTED = auto()
    ABSENT = auto()
    TOO_LARGE = auto()
    THROTTLED = auto()
    FAILED = auto()
    TRY_AGAIN = auto()
    CONFLICT = auto()
    INVALID_RESOURCE = auto()
    PARTIAL = auto()
    UNLISTED = auto()


_DONE, _RETRY, _REFRESH = Verdict.DONE, Verdict.RETRY, Verdict.REFRESH
_READ, _AUTH, _STOP, _HALVE = Verdict.RE_READ, Verdict.STOP_AUTH, Verdict.STOP, Verdict.HALVE

TABLE: Final[Mapping[Happening, tuple[Verdict, Verdict, Verdict]]] = {
    #                            read      write    token
    Happening.SUCCEEDED:        (_DONE,    _DONE,    _DONE),
    Happening.OVERDUE:          (_STOP,    _STOP,    _STOP),
    Happening.STOPPED:          (_STOP,    _STOP,    _STOP),
    Happening.NOT_SENT:         (_RETRY,   _RETRY,   _RETRY),
    Happening.UNTRUSTED:        (_STOP,    _STOP,    _STOP),
    Happening.LOST:             (_RETRY,   _READ,    _RETRY),
    Happening.TIMED_OUT:        (_RETRY,   _READ,    _RETRY),
    Happening.OVERSIZE:         (_RETRY,   _READ,    _RETRY),
    Happening.MALFORMED:        (_RETRY,   _READ,    _RETRY),
    # A server that took the request for a notification answers nothing.
    Happening.EMPTY:            (_RETRY,   _READ,    _RETRY),
    # Following would carry the token, and a 307 the body, to another host.
    Happening.REDIRECTED:       (_STOP,    _STOP,    _STOP),
    Happening.UNAUTHORIZED:     (_REFRESH, _REFRESH, _AUTH),
    Happening.FORBIDDEN:        (_AUTH,    _AUTH,    _AUTH),
    # Token servers report bad credentials as 400 too; RFC 6749, section 5.2.
    Happening.REJECTED:         (_STOP,    _STOP,    _AUTH),
    # Nothing of Clarify's is there, so apiUrl is wrong, and not the secret.
    Happening.ABSENT:           (_STOP,    _STOP,    _STOP),
    Happening.TOO_LARGE:        (_STOP,    _HALVE,   _STOP),
    # By convention not executed, but only a convention.
    Happening.THROTTLED:        (_RETRY,   _READ,    _RETRY),
    Happening.FAILED:           (_RETRY,   _READ,    _RETRY),
    Happening.TRY_AGAIN:        (_RETRY,   _READ,    _STOP),
    Happening.CONFLICT:         (_RETRY,   _READ,    _STOP),
    Happening.INVALID_RESOURCE: (_STOP,    _READ,    _STOP),
    Happening.PARTIAL:          (_RETRY,   _READ,    _STOP),
    Happening.UNLISTED:         (_STOP,    _READ,    _STOP),
}  # fmt: skip

# Retries beyond the first attempt, where fewer than for the others.
FEW_RETRIES: Final[Mapping[Happening, int]] = {Happening.EMPTY: 1}

_BY_SEEN: Final = {
    Seen.OVERDUE: Happening.OVERDUE,
    Seen.STOPPED: Happening.STOPPED,
    Seen.NOT_SENT: Happening.NOT_SENT,
    Seen.UNTRUSTED: Happening.UNTRUSTED,
    Seen.LOST: Happening.LOST,
    Seen.TIMED_OUT: Happening.TIMED_OUT,
    Seen.BROKEN: Happening.MALFORMED,
    Seen.OVERSIZE: Happening.OVERSIZE,
}
_BY_STATUS: Final = {
    204: Happening.EMPTY,
    400: Happening.REJECTED,
    401: Happening.UNAUTHORIZED,
    403: Happening.FORBIDDEN,
    404: Happening.ABSENT,
    405: Happening.ABSENT,
    407: Happening.REJECTED,
    408: Happening.FAILED,
    413: Happening.TOO_LARGE,
    415: Happening.REJECTED,
    429: Happening.THROTTLED,
    503: Happening.THROTTLED,
}
# Codes: docs.clarify.io/api/1.0/jsonrpc/response and jsonrpc/error.go of clarify-go.
_BY_CODE: Final = {
    -32700: Happening.REJECTED,
    -32600: Happening.REJECTED,
    -32601: Happening.REJECTED,
    -32602: Happening.REJECTED,
    -32603: Happening.FAILED,
    -32000: Happening.FAILED,
    -32001: Happening.INVALID_RESOURCE,
    -32002: Happening.INVALID_RESOURCE,
    -32003: Happening.FORBIDDEN,
    -32009: Happening.CONFLICT,
    -32015: Happening.TRY_AGAIN,
    -32021: Happening.PARTIAL,
}


def decide(call: Call, happening: Happening) -> Verdict:
    """Return what to do when this happened to such a call."""
    return TABLE[happening][call.value]


def classify(observation: Observation, answer: Answer | None) -> Happening:
    """Return what happened, for any observation and whatever answer was decoded from it."""
    status = observation.status
    # An error status says enough, even when its body broke off.
    if status in (0, 200) and observation.seen in _BY_SEEN:
        return _BY_SEEN[observation.seen]
    if status == 200:
        return _classify_answer(observation, answer)
    if 300 <= status < 400:
        return Happening.REDIRECTED
    if status >= 500 and status not in _BY_STATUS:
        return Happening.FAILED
    return _BY_STATUS.get(status, Happening.UNLISTED)


def _classify_answer(observation: Observation, answer: Answer | None) -> Happening:
    if not observation.body:
        return Happening.EMPTY
    match answer:
        case Result():
            return Happening.SUCCEEDED
        case RpcError(code):
            return _BY_CODE.get(code, Happening.UNLISTED)
        case Malformed() | None:
            return Happening.MALFORMED
