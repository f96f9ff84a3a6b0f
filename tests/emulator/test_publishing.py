"""Publishing: items made from signals, linked, updated and left alone."""

from typing import TYPE_CHECKING

from syncer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

FULL = {
    "name": "Money",
    "description": "in the stand",
    "valueType": "enum",
    "sourceType": "aggregation",
    "engUnit": "USD",
    "sampleInterval": "PT1M",
    "gapDetection": "PT5M",
    "labels": {"site": ["Pier"]},
    "enumValues": {"0": "none"},
    "visible": True,
}


def test_a_published_item_is_linked_to_its_signal(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    summary = clarify.publish({signal: {**FULL, "annotations": {"k": "1"}}})[signal]

    [item] = clarify.items()
    [read] = clarify.signals()
    assert (summary["created"], summary["updated"]) == (True, False)
    assert item == {
        "type": "items",
        "id": summary["id"],
        "meta": item["meta"],
        "attributes": FULL,
        "relationships": {},
    }
    assert item["meta"]["annotations"] == {"k": "1"}
    assert item["meta"]["relationshipsHash"] == "5f36b2ea290645ee34d943220a14b54ee5ea5be5"
    assert read["relationships"]["item"] == {"data": {"type": "items", "id": summary["id"]}}


def test_an_item_left_out_gets_the_defaults(clarify: "Clarify") -> None:
    signal = clarify.save({"a": {"name": "Level", "engUnit": "m"}})["a"]["id"]
    clarify.publish({signal: {}})

    assert clarify.items()[0]["attributes"] == {
        "name": "Level",
        "description": "",
        "valueType": "numeric",
        "sourceType": "measurement",
        "engUnit": "",
        "sampleInterval": None,
        "gapDetection": "PT960H",
        "labels": {},
        "enumValues": {},
        "visible": False,
    }


def test_publishing_again_replaces_and_hides(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    first = clarify.publish({signal: FULL})[signal]
    second = clarify.publish({signal: {"name": "Money"}})[signal]

    assert second == {"id": first["id"], "created": False, "updated": True}
    [item] = clarify.items()
    assert (item["attributes"]["labels"], item["attributes"]["visible"]) == ({}, False)


def test_publishing_the_same_changes_nothing(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.publish({signal: FULL})
    before = clarify.items()
    clarify.now += 1_000_000

    summary = clarify.publish({signal: FULL})[signal]

    assert (summary["created"], summary["updated"]) == (False, False)
    assert clarify.items() == before


def test_create_only_skips_signals_with_an_item(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    clarify.publish({first: FULL})
    saved = clarify.publish({first: {"name": "x"}, second: {"name": "y"}}, createOnly=True)

    assert (saved[first]["updated"], saved[second]["created"]) == (False, True)
    assert [item["attributes"]["name"] for item in clarify.items()] == ["Money", "y"]


def test_signals_that_share_an_item_write_it_in_turn(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    item = clarify.publish({first: {"labels": {"site": ["Pier"]}}})[first]["id"]
    clarify.store.link({second: item})

    saved = clarify.publish({first: {"labels": {"old": ["1"]}}, second: {"labels": {"new": ["1"]}}})

    assert {summary["id"] for summary in saved.values()} == {item}
    assert [read["attributes"]["labels"] for read in clarify.items()] == [{"new": ["1"]}]
    assert clarify.items(filter={"labels.old": "1"}) == []


def test_any_integration_of_the_organisation_can_be_published_from(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.become("c7a1bbfqfsj7mjkj0ss0")
    params = {"integration": "c618rbfqfsj7mjkj0ss0", "itemsBySignal": {signal: {}}}

    assert signal in clarify.call("admin.publishSignals", params)["itemsBySignal"]


def test_unknown_and_foreign_signals_are_refused_with_the_rest(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    [item] = (found["id"] for found in clarify.publish({signal: {}}).values())
    clarify.become("c7a1bbfqfsj7mjkj0ss0")
    [own] = clarify.save_ids("a")
    missing = "0" * 20
    views = {own: {"name": 1}, signal: {}, missing: {}, item: {}, "a": {}}

    found = clarify.refusal(
        "admin.publishSignals", {"integration": clarify.caller.id, "itemsBySignal": views}
    )

    assert found == {
        f"params.itemsBySignal.{own}.name": "must be a string",
        f"params.itemsBySignal.{signal}": "not found",
        f"params.itemsBySignal.{missing}": "not found",
        f"params.itemsBySignal.{item}": "not found",
        "params.itemsBySignal.a": "key must match ^[a-v0-9]{20}$",
    }
    assert len(clarify.items()) == 1


def test_an_unknown_integration_is_refused(clarify: "Clarify") -> None:
    params = {"integration": "0" * 20, "itemsBySignal": {}}

    found = clarify.refusal("admin.publishSignals", params)

    assert found == {"params.integration": "not found"}


def test_the_default_gap_detection_of_items_can_be_the_newer_one(clarify: "Clarify") -> None:
    clarify.use(Settings(item_gap_detection="PT1H30M"))
    [signal] = clarify.save_ids("a")
    clarify.publish({signal: {"gapDetection": None}})

    assert clarify.items()[0]["attributes"]["gapDetection"] == "PT1H30M"
