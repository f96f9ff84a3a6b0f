"""An error carries what the API said about it: its number and its trace."""

import json

import pytest

from syncer.errors import AccessDenied, SyncerError, TransportError
from syncer.redaction import Redactor, Secret
from syncer.transport.failures import ApiError, Context, Ending, OutcomeUnknown, failure
from syncer.transport.jsonrpc import decode_answer
from syncer.transport.messages import Observation, Seen
from syncer.transport.verdicts import Call, classify, decide


def ended(call: Call, status: int, code: int | None) -> SyncerError:
    """Return the error for an answer with this status and this JSON-RPC error."""
    error = {"code": code, "message": "no CANARY", "data": {"trace": "t-1"}}
    document = {"jsonrpc": "2.0", "id": 1, "error": error}
    body = b"" if code is None else json.dumps(document).encode()
    observation = Observation(Seen.ANSWERED, status, (), body)
    answer = decode_answer(body, 1)
    happening = classify(observation, answer)
    ending = Ending(happening, decide(call, happening), observation, answer)
    redactor = Redactor()
    redactor.add(Secret("CANARY"))
    return failure(ending, Context("m", "https://o", redactor))


@pytest.mark.parametrize(
    ("call", "status", "code", "kind"),
    [
        (Call.READ, 200, -32003, AccessDenied),
        (Call.READ, 403, -32003, AccessDenied),
        (Call.READ, 200, -32602, TransportError),
        (Call.READ, 404, -32601, TransportError),
        (Call.READ, 500, -32603, TransportError),
        (Call.WRITE, 200, -32021, OutcomeUnknown),
        (Call.WRITE, 413, -32600, TransportError),
    ],
)
def test_the_apis_number_and_trace_come_with_the_error(
    call: Call, status: int, code: int, kind: type[SyncerError]
) -> None:
    error = ended(call, status, code)

    assert isinstance(error, kind)
    assert isinstance(error, ApiError)
    assert (error.api_code, error.trace) == (code, "t-1")
    assert "trace t-1" in str(error)
    assert "CANARY" not in str(error)


@pytest.mark.parametrize("status", [403, 404, 500, 413])
def test_an_answer_without_them_gives_none(status: int) -> None:
    error = ended(Call.WRITE, status, None)

    assert isinstance(error, ApiError)
    assert (error.api_code, error.trace) == (None, "")
