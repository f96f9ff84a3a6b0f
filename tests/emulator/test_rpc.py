"""The JSON-RPC envelope: ids, notifications, refusals, and whatever else a body may hold."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.emulator.messages import Request
from syncer.emulator.methods import MEBIBYTE, METHODS
from syncer.emulator.versions import SELECTORS

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

CALL = {"jsonrpc": "2.0", "method": "clarify.selectItems", "params": {}}


@pytest.mark.parametrize("identity", ["1", 1, 0, "", 1.5, True, {"a": [1]}, [None], 10**30])
def test_an_id_comes_back_as_it_was_sent(clarify: "Clarify", identity: object) -> None:
    answer = json.loads(clarify.post(CALL | {"id": identity}).body)

    assert answer.keys() == {"jsonrpc", "id", "result"}
    assert (answer["id"], type(answer["id"])) == (identity, type(identity))


@pytest.mark.parametrize("identity", [{}, {"id": None}])
def test_a_notification_is_executed_and_not_answered(
    clarify: "Clarify", identity: dict[str, None]
) -> None:
    params = {"integration": clarify.caller.id, "signalsByInput": {"a": {}}}
    call = {"jsonrpc": "2.0", "method": "integration.saveSignals", "params": params}

    response = clarify.post(call | identity)

    assert (response.status, response.body) == (204, b"")
    assert clarify.inputs() == ["a"]


def test_a_refused_notification_is_not_answered(clarify: "Clarify") -> None:
    response = clarify.post({"jsonrpc": "2.0", "method": "nothing"})

    assert (response.status, response.body) == (204, b"")


def test_params_may_be_left_out(clarify: "Clarify") -> None:
    call = {"jsonrpc": "2.0", "method": "clarify.selectItems", "id": 1}

    assert json.loads(clarify.post(call).body)["result"]["data"] == []


def test_an_unknown_method_is_not_found(clarify: "Clarify") -> None:
    answer = clarify.answer("clarify.dropItems", {})

    assert answer == {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {"code": -32601, "message": "Method not found"},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"id": 1, "id": 2}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": {"a": {"b": 1, "b": 2}}}',
        b'{"id": NaN}',
        b'{"id": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        '{"id": "é'.encode("latin-1") + b'"}',
    ],
)
def test_a_body_that_is_not_json_is_a_parse_error(clarify: "Clarify", body: bytes) -> None:
    response = clarify.post(body)

    assert response.status == 200
    assert json.loads(response.body) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32700, "message": "Parse error"},
    }


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        ([CALL | {"id": 1}], None),
        ([], None),
        ("text", None),
        (None, None),
        ({"jsonrpc": "1.0", "method": "x", "id": 7}, 7),
        ({"method": "x", "id": 7}, 7),
        ({"jsonrpc": "2.0", "id": "7"}, "7"),
        ({"jsonrpc": "2.0", "method": 1, "id": 7}, 7),
        (CALL | {"params": None, "id": 7}, 7),
        (CALL | {"params": "x", "id": 7}, 7),
        (CALL | {"id": json.loads("[" * 40 + "]" * 40)}, None),
    ],
)
def test_other_json_is_an_invalid_request(
    clarify: "Clarify", body: object, identity: object
) -> None:
    assert json.loads(clarify.post(body).body) == {
        "jsonrpc": "2.0",
        "id": identity,
        "error": {"code": -32600, "message": "Invalid request"},
    }


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(clarify: "Clarify", kind: str) -> None:
    assert clarify.post(CALL | {"id": 1}, content_type=kind).status == 415


def test_a_content_type_may_name_its_charset(clarify: "Clarify") -> None:
    kind = "Application/JSON; charset=utf-8"

    assert clarify.post(CALL | {"id": 1}, content_type=kind).status == 200


@pytest.mark.parametrize(("path", "status"), [("/v1/rpc", 200), ("/rpc", 200), ("/a/b/rpc", 200)])
def test_any_prefix_will_do(clarify: "Clarify", path: str, status: int) -> None:
    sent = clarify.post(CALL | {"id": 1})
    assert sent.status == status
    headers = {"Authorization": "", "content-type": "application/json"}

    assert clarify.service.handle(Request("POST", path, headers)).status == 401


def test_other_paths_and_verbs_are_refused(clarify: "Clarify") -> None:
    handle = clarify.service.handle
    refused = handle(Request("GET", "/v1/rpc"))

    assert handle(Request("POST", "/v1/other")).status == 404
    assert handle(Request("GET", "/v1/oauth/token")).status == 405
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


def test_a_namespace_that_was_not_granted_is_forbidden(clarify: "Clarify") -> None:
    clarify.store.ensure_integration(clarify.caller.id, "stand", grants=frozenset({"clarify"}))
    clarify.become(clarify.caller.id)
    params = {"integration": clarify.caller.id}

    for name in ("admin.selectSignals", "admin.publishSignals"):
        error = clarify.answer(name, params)["error"]
        assert error == {"code": -32003, "message": "Forbidden"}
    assert clarify.items() == []
    assert clarify.save({}) == {}


@pytest.mark.parametrize(("name", "mebibytes"), [("insert", 8), ("saveSignals", 9)])
def test_requests_end_at_the_documented_size(clarify: "Clarify", name: str, mebibytes: int) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": f"integration.{name}", "params": {}}
    text = json.dumps(call)
    size = mebibytes * MEBIBYTE

    assert clarify.post(text.ljust(size).encode()).status == 200
    assert clarify.post(text.ljust(size + 1).encode()).status == 413


def test_a_store_that_cannot_be_read_is_unavailable(clarify: "Clarify") -> None:
    clarify.store.close()

    assert clarify.post(CALL | {"id": 1}).status == 503


def test_unpaired_surrogates_are_replaced_as_go_does(clarify: "Clarify") -> None:
    body = (
        rb'{"jsonrpc":"2.0","id":1,"method":"integration.saveSignals","params":{"integration":'
        rb'"c618rbfqfsj7mjkj0ss0","signalsByInput":{"a":{"name":"\ud83d\ude00 \ud800",'
        rb'"labels":{"k":["\udc00"]},"enumValues":{}}}}}'
    )

    assert b'"result"' in clarify.post(body).body
    [signal] = clarify.signals()
    assert signal["attributes"]["name"] == "😀 \ufffd"
    assert signal["attributes"]["labels"] == {"k": ["\ufffd"]}


MEMBERS = [
    *("a", "name", "labels", "labels.a", "annotations", "enumValues", "valueType", "visible"),
    *("filter", "query", "sort", "limit", "times", "series", "$and", "$or", "$in", "$regex"),
    *("input", "gapDetection", "createdAt", "dataAsArray"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["c618rbfqfsj7mjkj0ss0", "2024-01-01T00:00:00Z", "PT1M", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "integration": st.just("c618rbfqfsj7mjkj0ss0") | JSON,
        **dict.fromkeys(
            ("signalsByInput", "inputs", "itemsBySignal", "data", "query", "include"), JSON
        ),
        **dict.fromkeys(("format", "createOnly", "result", "signals", "items", "x"), JSON),
    },
)


@pytest.mark.property
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from([method.name for method in METHODS]),
    version=st.sampled_from(sorted(SELECTORS)),
    params=PARAMS | JSON,
)
def test_any_params_get_a_result_or_a_documented_error(
    clarify: "Clarify", name: str, version: str, params: Any
) -> None:
    """Whatever the parameters are, the answer is HTTP 200 with a result or a client's error."""
    answer = clarify.answer(name, params, version)

    code = answer.get("error", {}).get("code")
    assert code in (None, -32600, -32601, -32602, -32003), answer


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_gets_an_answer(clarify: "Clarify", body: bytes) -> None:
    """Whatever the body is, the answer is a JSON-RPC error or nothing."""
    response = clarify.post(body)

    assert response.status in (200, 204)
    assert b'"result"' not in response.body
