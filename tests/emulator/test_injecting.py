"""Faults in process: what was executed, and what the client hears of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from syncer.emulator.database import StoreError
from syncer.emulator.faults import Fired, Rule, Stale, When
from syncer.emulator.injecting import FaultyService
from syncer.emulator.messages import Delivery, Ending, Request, Response
from syncer.emulator.receiving import receive
from syncer.emulator.schedules import read_schedule
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import open_store
from tests.emulator.conftest import START, Clarify, basic

TOKEN = "secret"  # noqa: S105 - of a test


class Broken(Clarify):
    """The service with faults; calls go to it as to the other."""

    faulty: FaultyService

    def plan(self, *faults: Any) -> None:
        self.faulty.load(read_schedule(list(faults)))

    def send(self, method: str, params: object, version: str = "1.1") -> Response:
        body = {"jsonrpc": "2.0", "method": method, "id": 1, "params": params}
        headers = {
            "authorization": basic(self.caller.id, self.caller.password),
            "content-type": "application/json",
            "x-api-version": version,
        }
        return self.faulty.handle(Request("POST", "/v1/rpc", headers, json.dumps(body).encode()))

    def write(self, *inputs: str) -> Response:
        given = {"integration": self.caller.id, "signalsByInput": {name: {} for name in inputs}}
        return self.send("integration.saveSignals", given)

    def read(self) -> list[str]:
        response = receive(self.send("admin.selectSignals", {"integration": self.caller.id}))
        return [
            found["attributes"]["input"] for found in json.loads(response.body)["result"]["data"]
        ]

    def admin(self, verb: str, path: str = TOKEN, body: bytes = b"") -> Response:
        return self.faulty.handle(Request(verb, f"/v1/__faults/{path}", {}, body))


@pytest.fixture
def broken() -> Iterator[Broken]:
    store = open_store()
    found = Broken(store, Settings())
    found.faulty = FaultyService(found.service, path_token=TOKEN)
    yield found
    found.faulty.load(())
    store.close()


def error(response: Response) -> Any:
    return json.loads(response.body)["error"]


def test_without_a_schedule_nothing_goes_wrong(broken: Broken) -> None:
    direct = broken.post(b"{")

    assert broken.write("a").delivery is None
    assert broken.read() == ["a"]
    assert direct.status == 200
    assert broken.faulty.handle(Request("POST", "/x")).status == 404


@pytest.mark.parametrize("when", ["before_read", "before_exec"])
@pytest.mark.parametrize(
    ("do", "exception"), [("reset", ConnectionResetError), ("timeout", TimeoutError)]
)
def test_a_request_is_lost_before_it_is_executed(
    broken: Broken, when: str, do: str, exception: type[Exception]
) -> None:
    broken.plan({"match": {"method": "saveSignals"}, "when": when, "do": do})

    with pytest.raises(exception):
        receive(broken.write("a"))

    assert (broken.read(), broken.store.ledger.entries()) == ([], ())


@pytest.mark.parametrize(
    ("do", "exception"), [("reset", ConnectionResetError), ("timeout", TimeoutError)]
)
def test_an_answer_is_lost_after_execution(
    broken: Broken, do: str, exception: type[Exception]
) -> None:
    broken.plan({"match": {"method": "signals.save"}, "when": "after_exec", "do": do})

    with pytest.raises(exception):
        receive(broken.write("a"))

    assert broken.read() == ["a"]


def test_a_request_is_executed_in_part(broken: Broken) -> None:
    broken.plan({"when": "mid_exec", "do": "reset", "after": 2})

    with pytest.raises(ConnectionResetError):
        receive(broken.write("c", "b", "a"))

    assert broken.read() == ["c", "b"]


@pytest.mark.parametrize(
    ("claims", "keys"),
    [
        ("right", {"a"}),
        ("wrong", {"b", "c"}),
        ("all", {"a", "b", "c"}),
        ("empty", set()),
    ],
)
def test_a_partial_failure_may_lie(broken: Broken, claims: str, keys: set[str]) -> None:
    broken.plan({"when": "mid_exec", "do": "partial", "after": 1, "partialResult": claims})

    failure = error(broken.write("a", "b", "c"))

    assert (failure["code"], failure["message"]) == (-32021, "Partial failure")
    assert failure["data"]["partialResult"]["signalsByInput"].keys() == keys
    assert broken.read() == ["a"]


def test_a_partial_failure_may_have_no_result(broken: Broken) -> None:
    broken.plan({"when": "mid_exec", "do": "partial", "partialResult": "absent"})

    assert error(broken.write("a", "b")) == {"code": -32021, "message": "Partial failure"}


def test_inserts_are_executed_in_part(broken: Broken) -> None:
    broken.plan({"when": "mid_exec", "do": "partial", "after": 1})
    series = {"a": [1], "b": [2]}
    params = {"integration": broken.caller.id, "data": {"times": [0], "series": series}}

    failure = error(broken.send("integration.insert", params))

    assert failure["data"]["partialResult"]["signalsByInput"].keys() == {"a"}
    assert broken.read() == ["a"]


@pytest.mark.parametrize("params", [{}, [], {"integration": "x", "signalsByInput": {"a": {}}}])
def test_what_fails_anyway_keeps_its_error(broken: Broken, params: object) -> None:
    broken.plan({"when": "mid_exec", "do": "partial"})

    assert error(broken.send("integration.saveSignals", params))["code"] == -32602


def test_a_status_comes_instead_of_an_answer(broken: Broken) -> None:
    broken.plan(
        {"match": {"nth": 1}, "when": "before_exec", "do": "status", "status": 503},
        {"match": {"nth": 2}, "when": "after_exec", "do": "status", "status": 401},
        {
            "match": {"nth": 3},
            "when": "before_exec",
            "do": "status",
            "status": 429,
            "headers": {"Retry-After": ["0", "soon"], "content-type": "text/html"},
            "body": "<html>",
        },
        {"match": {"nth": 4}, "when": "before_exec", "do": "status", "status": 599},
    )

    found = [broken.write(name) for name in "abcd"]

    assert [(response.status, response.body) for response in found] == [
        (503, b"Service Unavailable"),
        (401, b'{"error":"access_denied","error_description":"Unauthorized"}'),
        (429, b"<html>"),
        (599, b""),
    ]
    assert found[2].headers == {
        "content-type": "text/html",
        "retry-after": "0",
        "RETRY-AFTER": "soon",
    }
    assert broken.read() == ["b"]


def test_an_error_comes_instead_of_a_result(broken: Broken) -> None:
    broken.plan(
        {"match": {"nth": 1}, "when": "before_exec", "do": "rpc-error", "code": -32015},
        {
            "match": {"nth": 2},
            "when": "after_exec",
            "do": "rpc-error",
            "code": 5,
            "message": "m",
            "data": {"trace": "t"},
        },
        {"match": {"nth": 3}, "when": "after_exec", "do": "rpc-error", "code": -1},
    )

    found = [json.loads(broken.write(name).body) for name in "abc"]

    assert [(answer["id"], answer["error"]) for answer in found] == [
        (1, {"code": -32015, "message": "Try again"}),
        (1, {"code": 5, "message": "m", "data": {"trace": "t"}}),
        (1, {"code": -1, "message": "Server error"}),
    ]
    assert broken.read() == ["b", "c"]


def test_a_slow_request_is_executed_late_or_answered_late(broken: Broken) -> None:
    slow = {"when": "before_exec", "do": "slow", "seconds": 9}
    broken.plan({**slow, "match": {"nth": 1}}, {**slow, "match": {"nth": 2}, "when": "after_exec"})

    before, after = broken.write("a"), broken.write("b")

    assert broken.read() == ["b"]
    assert json.loads(receive(before).body)["result"]["signalsByInput"].keys() == {"a"}
    assert after.delivery == Delivery(wait_seconds=9)
    assert receive(after).body == after.body
    assert broken.read() == ["b", "a"]


def test_a_body_ends_early(broken: Broken) -> None:
    cut = {"when": "mid_body", "do": "truncate", "at": 5}
    broken.plan(
        {**cut, "match": {"nth": 1}},
        {**cut, "match": {"nth": 2}, "contentLength": False},
        {**cut, "match": {"nth": 3}, "at": 5000},
        {"match": {"nth": 4}, "when": "mid_body", "do": "drip", "bytes": 2},
        {"match": {"nth": 5}, "when": "mid_body", "do": "reset", "at": 5},
    )

    found = [broken.write("a") for _ in range(5)]

    with pytest.raises(ConnectionError, match="early"):
        receive(found[0])
    assert receive(found[1]).body == found[1].body[:5]
    assert receive(found[2]).body == found[2].body
    assert receive(found[3]).body == found[3].body
    with pytest.raises(ConnectionResetError):
        receive(found[4])
    assert found[4].delivery == Delivery(sent_bytes=5, ending=Ending.RESET)


def test_a_stale_answer_is_of_the_time_before_the_last_writes(broken: Broken) -> None:
    stale = {"when": "before_exec", "do": "stale"}
    broken.plan(
        {**stale, "match": {"method": "selectSignals", "nth": 2}},
        {**stale, "match": {"method": "selectSignals", "nth": 3}, "behind": 2},
        {**stale, "match": {"method": "selectSignals", "nth": 1}},
    )

    assert broken.read() == []
    for name in "abc":
        broken.write(name)
    broken.send("integration.saveSignals", {})

    assert [broken.read() for _ in range(3)] == [["a", "b"], ["a"], ["a", "b", "c"]]


def test_a_token_request_can_fail(broken: Broken) -> None:
    broken.plan(
        {"match": {"method": "token"}, "when": "before_read", "do": "status", "status": 500},
        {"match": {"method": "token"}, "when": "before_exec", "do": "status", "status": 503},
    )

    statuses = [
        broken.faulty.handle(Request("POST", "/v1/oauth/token", {}, b"")).status for _ in range(3)
    ]

    assert statuses == [500, 503, 401]
    assert broken.faulty.faults.fired == [Fired(0, "token"), Fired(1, "token")]


def test_schedules_are_loaded_reported_and_cleared_by_those_who_know_the_token(
    broken: Broken,
) -> None:
    schedule = json.dumps([{"when": "after_exec", "do": "reset"}]).encode()

    loaded = broken.admin("POST", body=schedule)
    broken.write("a")
    report = broken.admin("GET")
    cleared = broken.admin("DELETE")

    assert (loaded.status, json.loads(loaded.body)) == (200, {"rules": 1})
    assert json.loads(report.body) == {
        "rules": 1,
        "fired": [{"rule": 0, "name": "integration.saveSignals"}],
    }
    assert cleared.status == 204
    assert json.loads(broken.admin("GET").body) == {"rules": 0, "fired": []}
    assert broken.write("b").delivery is None


def test_a_schedule_that_cannot_be_played_changes_nothing(broken: Broken) -> None:
    broken.plan({"when": "after_exec", "do": "reset"})

    wrong, none = broken.admin("POST", body=b'[{"do":"reset"}]'), broken.admin("POST", body=b"{")

    assert json.loads(wrong.body) == {"errors": [{"path": "schedule.0.when", "error": "required"}]}
    assert json.loads(none.body)["errors"][0]["error"].startswith("is not JSON: ")
    assert (wrong.status, none.status, broken.admin("PUT").status) == (400, 400, 405)
    assert broken.write("a").delivery is not None


def test_without_the_token_there_is_no_route(broken: Broken) -> None:
    closed = FaultyService(Service(broken.store, clock=lambda: START))

    found = [broken.admin(verb, path) for verb in ("GET", "POST") for path in ("", "x", "é")]
    found.append(closed.handle(Request("GET", "/v1/__faults/")))

    assert {(response.status, response.body) for response in found} == {(404, b"Not Found")}


def test_what_is_no_call_can_go_wrong_too(broken: Broken) -> None:
    broken.plan({"match": {"times": 3}, "when": "before_exec", "do": "status", "status": 500})
    sent = [Request("POST", "/v1/rpc", {}, body) for body in (b"{", b"[]", b'{"method": "x.y"}')]

    assert [broken.faulty.handle(request).status for request in sent] == [500, 500, 500]
    assert [found.name for found in broken.faulty.faults.fired] == ["", "", "x.y"]


def test_what_a_moment_does_not_have_changes_nothing(broken: Broken) -> None:
    broken.faulty.load((Rule(When.AFTER_EXEC, Stale()),))

    assert json.loads(broken.write("a").body)["result"]


def test_a_closed_store_cannot_be_copied() -> None:
    store = open_store()
    store.close()

    with pytest.raises(StoreError):
        store.copy()
