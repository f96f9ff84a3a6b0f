"""What a fault makes of an answer.

In: an action, the request and the answer that it had, or a blank one. Out: the response to send
instead, and how.
"""

from dataclasses import replace
from http.client import responses

from syncer.emulator.faults import (
    Action,
    Drip,
    PartialFailure,
    Reset,
    RpcFault,
    Silence,
    Slow,
    Stale,
    Status,
    Truncate,
)
from syncer.emulator.jsontext import write_json
from syncer.emulator.messages import Delivery, Ending, Request, Response, json_response
from syncer.emulator.partway import read_envelope
from syncer.emulator.problems import Fault
from syncer.emulator.service import UNAUTHORIZED


def act_after(action: Action, request: Request, answer: Response) -> Response:
    """Return the response of an action that needs no further execution."""
    match action:
        case Reset(at):
            return replace(answer, delivery=_cut(at, Ending.RESET))
        case Silence(at):
            return replace(answer, delivery=_cut(at, Ending.SILENT))
        case Slow(seconds):
            return replace(answer, delivery=Delivery(wait_seconds=seconds))
        case Status():
            return _make_response(action)
        case RpcFault():
            return _make_error(action, request)
        case Truncate(at, has_length):
            cut = Delivery(sent_bytes=at, has_length=has_length, ending=Ending.CLOSED)
            return replace(answer, delivery=cut)
        case Drip(size, seconds):
            return replace(answer, delivery=Delivery(chunk_bytes=size, chunk_seconds=seconds))
        case PartialFailure() | Stale():
            return answer


def _cut(at: int | None, ending: Ending) -> Delivery:
    return Delivery(has_head=at is not None, sent_bytes=at or 0, ending=ending)


def _make_response(action: Status) -> Response:
    if action.body is not None:
        body = action.body
    elif action.status == 401:
        body = UNAUTHORIZED
    else:
        body = responses.get(action.status, "")
    kind = "application/json" if body.startswith("{") else "text/plain; charset=utf-8"
    headers = {"content-type": kind}
    for name, text in action.headers:
        # What is given twice is sent twice: names that differ in case are the same in HTTP.
        spellings = (name.lower(), name.upper(), name.title())
        free = [spelling for spelling in spellings if spelling not in headers]
        headers[free[0] if free and name.lower() != "content-type" else name.lower()] = text
    return Response(action.status, headers, body.encode())


def _make_error(action: RpcFault, request: Request) -> Response:
    messages = dict(fault.value for fault in Fault)
    error: dict[str, object] = {
        "code": action.code,
        "message": action.message or messages.get(action.code, "Server error"),
    }
    if action.data is not None:
        error["data"] = action.data
    told = {"jsonrpc": "2.0", "id": read_envelope(request).get("id"), "error": error}
    return json_response(200, write_json(told))
