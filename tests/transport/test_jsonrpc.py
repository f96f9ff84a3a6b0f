"""Requests are strict, answers are distrusted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.redaction import Redactor, Secret
from syncer.transport.jsonrpc import (
    InvalidResource,
    Malformed,
    Result,
    RpcError,
    decode_answer,
    encode,
    encode_request,
    show_server_text,
)


def answer(**members: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 7, **members}).encode()


def test_a_request_is_compact_utf_8() -> None:
    body = encode_request("admin.selectSignals", {"unit": "°C"}, 7)

    expected = '{"jsonrpc":"2.0","method":"admin.selectSignals","id":7,"params":{"unit":"°C"}}'
    assert body.decode() == expected


def test_a_lone_surrogate_travels_as_an_escape() -> None:
    assert encode({"a": "\ud800"}) == b'{"a":"\\ud800"}'


def test_a_result_is_read() -> None:
    assert decode_answer(answer(result={"a": [1]}, method="x"), 7) == Result({"a": [1]})
    assert decode_answer(answer(result={}, error=None), 7) == Result({})


def test_an_error_is_read_with_all_its_parts() -> None:
    data = {
        "trace": "t1",
        "params": {"integration": ["required"], "x": "odd"},
        "pathErrors": [
            {"path": "params.groups", "error": "unknown parameter"},
            {"path": "params.groups", "error": "again"},
            "odd",
        ],
        "invalidResources": [
            {"id": "a", "type": "signals", "message": "m", "invalidFields": {"name": ["long"]}}
        ],
        "partialResult": {"signalsByInput": {}},
    }

    error = decode_answer(answer(error={"code": -32602, "message": "Bad", "data": data}), 7)

    assert error == RpcError(
        -32602,
        "Bad",
        "t1",
        {"integration": ("required",), "x": ("odd",)},
        {"params.groups": ("unknown parameter", "again")},
        (InvalidResource("a", "signals", "m", {"name": ("long",)}),),
        {"signalsByInput": {}},
    )
    assert error.details == {
        "integration": ("required",),
        "x": ("odd",),
        "groups": ("unknown parameter", "again"),
    }


@pytest.mark.parametrize("data", [None, "text", [], {"params": 1, "pathErrors": {}}, 7])
def test_error_data_of_any_shape_is_tolerated(data: object) -> None:
    found = decode_answer(answer(error={"code": -32000, "message": 5, "data": data}), 7)

    assert found == RpcError(-32000)


def test_a_server_that_could_not_read_the_request_has_no_id() -> None:
    error = {"code": -32700, "message": "Parse error"}

    assert decode_answer(answer(id=None, error=error), 7) == RpcError(-32700, "Parse error")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"jsonrpc":"2.0","id":7,"result":{},"result":{"signalsByInput":{}}}', "API-DUP-MEMBER"),
        (b'{"jsonrpc":"2.0","id":7,"result":{"a":{"b":1,"b":2}}}', "API-DUP-MEMBER"),
        (answer(result={}, id="7"), "API-ID"),
        (answer(result={}, id=7.0), "API-ID"),
        (answer(result={}, id=True), "API-ID"),
        (answer(result={}, id=8), "API-ID"),
        (answer(result={}, id=None), "API-ID"),
        (answer(error={"code": -32602}, id=None), "API-ID"),
        (b'{"jsonrpc":"2.0","result":{}}', "API-ID"),
        (answer(result={}, jsonrpc="1.0"), "API-SHAPE"),
        (answer(result={}, error={"code": 1}), "API-SHAPE"),
        (answer(), "API-SHAPE"),
        (answer(result=None), "API-SHAPE"),
        (answer(error="no"), "API-SHAPE"),
        (answer(error={"code": "x"}), "API-SHAPE"),
        (answer(error={"code": True}), "API-SHAPE"),
        (b"<html>", "API-SHAPE"),
        (b"", "API-SHAPE"),
        (b"\xff\xfe", "API-SHAPE"),
        (b"[]", "API-SHAPE"),
        (b"[" * 100_000, "API-SHAPE"),
        (b'{"jsonrpc":"2.0","id":7,"result":NaN}', "API-SHAPE"),
        (b'{"jsonrpc":"2.0","id":7,"result":-Infinity}', "API-SHAPE"),
        (b'{"jsonrpc":"2.0","id":7,"result":' + b"1" * 5000 + b"}", "API-SHAPE"),
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes, code: str) -> None:
    found = decode_answer(body, 7)

    assert isinstance(found, Malformed)
    assert found.code == code


def test_half_an_answer_is_never_accepted() -> None:
    whole = answer(result={"signalsByInput": {"a": {"id": "x", "created": True}}})

    cut = [decode_answer(whole[:length], 7) for length in range(len(whole))]

    assert all(isinstance(found, Malformed) for found in cut)


@pytest.mark.property
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_an_answer_or_malformed(body: bytes) -> None:
    """Decoding is total."""
    assert isinstance(decode_answer(body, 7), Malformed)


def test_server_text_is_redacted_cut_and_escaped() -> None:
    redactor = Redactor()
    redactor.add(Secret("CANARY-secret"))

    assert show_server_text(
        "bad CANARY-secret \x1b[2J", redactor
    ) == '"bad *** \\\\x1b[2J"'.replace("\\\\", "\\")
    assert len(show_server_text("x" * 195 + "CANARY-secret" * 9, redactor)) == 202
    assert "CAN" not in show_server_text("x" * 195 + "CANARY-secret", redactor)
