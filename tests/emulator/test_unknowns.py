"""Both values of each setting for what is unknown about the service."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.records import Effect
from syncer.emulator.settings import ErrorStyle, SaveAtomicity, Settings, Throttle

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

SECOND = 1_000_000
PARTIAL = Settings(save_atomicity=SaveAtomicity.PARTIAL)


def save_params(clarify: "Clarify", **signals: object) -> dict[str, object]:
    return {"integration": clarify.caller.id, "signalsByInput": signals}


def test_an_invalid_entry_refuses_the_whole_save(clarify: "Clarify") -> None:
    params = save_params(clarify, good={}, bad={"name": 1})

    refused = clarify.refusal("integration.saveSignals", params)

    assert refused == {"params.signalsByInput.bad.name": "must be a string"}
    assert clarify.inputs() == []


def test_an_invalid_entry_can_refuse_itself_only(clarify: "Clarify") -> None:
    clarify.use(PARTIAL)
    params = save_params(clarify, good={}, bad={"name": 1, "x": 2})

    error = clarify.answer("integration.saveSignals", params)["error"]

    [signal] = clarify.signals()
    summary = {"id": signal["id"], "created": True, "updated": False}
    assert error == {
        "code": -32021,
        "message": "Partial failure",
        "data": {
            "partialResult": {"signalsByInput": {"good": summary}},
            "invalidResources": [
                {
                    "type": "signals",
                    "message": "invalid",
                    "invalidFields": {
                        "signalsByInput.bad.name": ["must be a string"],
                        "signalsByInput.bad.x": ["unknown parameter"],
                    },
                }
            ],
        },
    }
    entries = clarify.store.ledger.entries()
    assert [(entry.key, entry.effect) for entry in entries] == [
        ("good", Effect.CREATED),
        ("bad", Effect.REFUSED),
    ]
    assert entries[1].error == (
        "params.signalsByInput.bad.name: must be a string; "
        "params.signalsByInput.bad.x: unknown parameter"
    )


def test_publishing_can_fail_in_part(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.use(PARTIAL)
    items: dict[str, object] = {signal: {}, "x": {}, "c0000000000000000000": {}}
    params = {"integration": clarify.caller.id, "itemsBySignal": items}

    data = clarify.answer("admin.publishSignals", params)["error"]["data"]

    [item] = clarify.items()
    assert data["partialResult"]["itemsBySignal"][signal]["id"] == item["id"]
    assert [found["invalidFields"] for found in data["invalidResources"]] == [
        {"itemsBySignal.x": ["key must match ^[a-v0-9]{20}$"]},
        {"itemsBySignal.c0000000000000000000": ["not found"]},
    ]


def test_a_save_without_a_valid_entry_is_refused_wholly(clarify: "Clarify") -> None:
    clarify.use(PARTIAL)

    refused = clarify.refusal("integration.saveSignals", save_params(clarify, bad={"name": 1}))

    assert refused == {"params.signalsByInput.bad.name": "must be a string"}


@pytest.mark.parametrize("updates", [False, True])
def test_a_save_that_changes_nothing_may_say_updated(clarify: "Clarify", updates: bool) -> None:
    clarify.use(Settings(updated_without_change=updates))
    clarify.save_ids("a")

    assert clarify.save({"a": {}})["a"]["updated"] is updates


@pytest.mark.parametrize("lists", [False, True])
def test_skipped_entries_may_be_left_out(clarify: "Clarify", lists: bool) -> None:
    clarify.use(Settings(lists_skipped=lists))
    [signal] = clarify.save_ids("a")
    clarify.publish({signal: {}})

    saved = clarify.save({"a": {"name": "new"}, "b": {}}, createOnly=True)
    published = clarify.publish({signal: {"name": "new"}}, createOnly=True)
    data = {"times": [0], "series": {"a": [1]}}
    inserted = clarify.call("integration.insert", {"integration": clarify.caller.id, "data": data})

    assert list(saved) == (["a", "b"] if lists else ["b"])
    assert list(published) == ([signal] if lists else [])
    assert list(inserted["signalsByInput"]) == ["a"]


def test_a_null_or_is_refused_or_matches_everything(clarify: "Clarify") -> None:
    clarify.save_ids("a", "b")
    params = {"integration": clarify.caller.id, "query": {"filter": {"$or": None, "input": "a"}}}

    assert clarify.refusal("admin.selectSignals", params) == {
        "params.query.filter.$or": "must be an array of filters"
    }
    clarify.use(Settings(accepts_null_or=True))
    assert clarify.inputs(filter={"$or": None}) == ["a", "b"]
    assert clarify.inputs(filter={"$or": None, "input": "a"}) == ["a"]
    assert clarify.refusal("admin.selectSignals", {**params, "query": {"filter": {"$and": None}}})


@pytest.mark.parametrize("differs", [False, True])
@pytest.mark.parametrize("operator", [{"$ne": "x"}, {"$nin": ["x"]}])
def test_a_missing_value_differs_or_not(
    clarify: "Clarify", operator: dict[str, object], differs: bool
) -> None:
    clarify.use(Settings(missing_differs=differs))
    clarify.save({"a": {"labels": {"l": ["x"]}}, "b": {"labels": {"l": ["y"]}}, "c": {}})

    assert clarify.inputs(filter={"labels.l": operator}) == (["b", "c"] if differs else ["b"])
    assert clarify.inputs(filter={"labels.l": {"$ne": None}}) == ["a", "b"]


def test_null_is_refused_or_means_the_default(clarify: "Clarify") -> None:
    nulls = dict.fromkeys(("name", "labels", "enumValues", "annotations", "valueType", "engUnit"))

    assert len(clarify.refusal("integration.saveSignals", save_params(clarify, a=nulls))) == 6
    clarify.use(Settings(accepts_null_fields=True))
    clarify.save({"a": nulls, "b": {}})
    first, second = (signal["attributes"] for signal in clarify.signals())
    assert first == second | {"name": "a", "input": "a"}
    assert clarify.refusal("integration.saveSignals", save_params(clarify, a=None)) == {
        "params.signalsByInput.a": "must be an object"
    }


@pytest.mark.parametrize(("sorts", "kept"), [(False, ["b", "a", "b"]), (True, ["a", "b"])])
def test_label_values_are_kept_or_sorted(clarify: "Clarify", sorts: bool, kept: list[str]) -> None:
    clarify.use(Settings(sorts_labels=sorts))
    clarify.save({"a": {"labels": {"l": ["b", "a", "b"]}}})

    [signal] = clarify.signals()
    assert signal["attributes"]["labels"] == {"l": kept}


@pytest.mark.parametrize(("counts", "total"), [(False, -1), (True, 2)])
def test_a_selection_may_be_counted_unasked(clarify: "Clarify", counts: bool, total: int) -> None:
    clarify.use(Settings(always_counts=counts))
    clarify.save_ids("a", "b")
    params = {"integration": clarify.caller.id, "query": {"limit": 1}}

    assert clarify.call("admin.selectSignals", params)["meta"]["total"] == total


def select(clarify: "Clarify", **changes: object) -> tuple[int, Any, dict[str, str]]:
    body = {"jsonrpc": "2.0", "id": 7, "method": "clarify.selectItems", "params": {}} | changes
    response = clarify.post(body)
    text = response.body
    return response.status, text and json.loads(text), dict(response.headers)


def test_calls_are_not_limited_by_default(clarify: "Clarify") -> None:
    assert {select(clarify)[0] for _ in range(50)} == {200}


def test_a_call_above_the_limit_is_told_to_wait(clarify: "Clarify") -> None:
    clarify.use(Settings(requests_per_second=2))
    statuses = []
    for step in (0, SECOND // 4, SECOND // 4, SECOND // 2, 0):
        clarify.now += step
        body = {"jsonrpc": "2.0", "id": 1, "method": "clarify.selectItems", "params": {}}
        statuses.append(clarify.post(body))

    assert [found.status for found in statuses] == [200, 200, 429, 200, 429]
    assert statuses[2].headers["retry-after"] == "1"
    assert (statuses[2].body, statuses[2].headers["x-api-version"]) == (b"Too Many Requests", "1.1")
    clarify.become("c7a1bbfqfsj7mjkj0ss0")
    assert select(clarify)[0] == 200


def test_a_limit_below_one_a_second_waits_longer(clarify: "Clarify") -> None:
    clarify.use(Settings(requests_per_second=0.1))
    body = {"jsonrpc": "2.0", "id": 1, "method": "integration.insert", "params": {}}
    clarify.post(body)

    refused = clarify.post(body)
    clarify.post(body | {"method": "nothing.known"})

    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert clarify.store.ledger.entries()[-1].error == "Too Many Requests"


def test_a_call_above_the_limit_can_be_told_to_try_again(clarify: "Clarify") -> None:
    clarify.use(Settings(requests_per_second=1, throttle=Throttle.TRY_AGAIN))
    select(clarify)

    assert select(clarify)[:2] == (
        200,
        {"jsonrpc": "2.0", "id": 7, "error": {"code": -32015, "message": "Try again"}},
    )
    assert select(clarify, id=None)[:2] == (204, b"")


def test_api_1_0_inserts_without_data_as_in_its_example(clarify: "Clarify") -> None:
    params = {"integration": clarify.caller.id, "times": [0], "series": {"a": [1.5]}}

    clarify.call("integration.Insert", params, "1.0")

    [signal] = clarify.signals()
    assert [found.value for found in clarify.store.samples(signal["id"], clarify.now)] == [1.5]
    wrong = clarify.refusal("integration.Insert", params | {"x": 1, "times": [0, 1]}, "1.0")
    assert wrong == {"params.series.a": "not same length as times", "params.x": "unknown parameter"}
    assert "params.data" in clarify.refusal("integration.insert", params, "1.1")
    assert [entry.key for entry in clarify.store.ledger.entries()] == ["a", "a", "a"]


def test_errors_can_be_documented_while_saves_fail_in_part(clarify: "Clarify") -> None:
    clarify.use(
        Settings(
            save_atomicity=SaveAtomicity.PARTIAL,
            error_style=ErrorStyle.TRACE_AND_PARAMS,
        )
    )
    error = clarify.answer("integration.saveSignals", save_params(clarify, a={}, b=1))["error"]

    assert error["data"].keys() == {"partialResult", "invalidResources"}
