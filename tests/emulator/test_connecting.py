"""Connecting signals to items, and what that does to publishing."""

from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.records import Effect
from syncer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

CONNECT = "admin.signals.connect"
DISCONNECT = "admin.signals.disconnect"


def publish_item(clarify: "Clarify", signal: str) -> str:
    item: str = clarify.publish({signal: {"name": signal}})[signal]["id"]
    return item


def connect(clarify: "Clarify", item: str, **params: object) -> Any:
    given = {"integration": clarify.caller.id, "item": item} | params
    return clarify.call(CONNECT, given, "1.2")


def disconnect(clarify: "Clarify", **params: object) -> Any:
    given = {"integration": clarify.caller.id} | params
    return clarify.call(DISCONNECT, given, "1.2")


def links(clarify: "Clarify") -> list[str | None]:
    data = [
        signal["relationships"]["item"]["data"]
        for signal in clarify.signals(sort=["input"], limit=1000)
    ]
    return [found and found["id"] for found in data]


def by_input(*inputs: str) -> dict[str, object]:
    return {"filter": {"input": {"$in": list(inputs)}}}


def test_connected_signals_are_shown_with_their_item(clarify: "Clarify") -> None:
    first, *_ = clarify.save_ids("a", "b", "c")
    item = publish_item(clarify, first)

    result = connect(clarify, item, query=by_input("b", "c") | {"total": True})

    assert result["meta"]["total"] == 2
    assert [signal["attributes"]["input"] for signal in result["data"]] == ["b", "c"]
    assert result["data"] == [signal for signal in clarify.signals("1.2") if signal["id"] != first]
    assert links(clarify) == [item, item, item]


def test_a_dry_run_shows_and_changes_nothing(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    item = publish_item(clarify, first)
    before = clarify.store.ledger.entries()

    [shown] = connect(clarify, item, query=by_input("b"), dryRun=True)["data"]
    [parted] = disconnect(clarify, query=by_input("a"), dryRun=True)["data"]

    assert shown["relationships"]["item"]["data"] == {"type": "items", "id": item}
    assert (shown["id"], parted["relationships"]["item"]) == (second, {"data": None})
    assert (links(clarify), clarify.store.ledger.entries()) == ([item, None], before)


def test_publishing_a_connected_signal_saves_its_item(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    item = publish_item(clarify, first)
    connect(clarify, item, query=by_input("b"))

    summary = clarify.publish({second: {"name": "shared"}})[second]

    assert summary == {"id": item, "created": False, "updated": True}
    assert [found["attributes"]["name"] for found in clarify.items()] == ["shared"]


def test_publishing_a_disconnected_signal_makes_a_new_item(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    item = publish_item(clarify, signal)

    [shown] = disconnect(clarify)["data"]
    summary = clarify.publish({signal: {"name": "new"}})[signal]

    assert shown["relationships"]["item"] == {"data": None}
    assert summary["created"]
    assert [found["id"] for found in clarify.items(sort=["id"])] == [item, summary["id"]]


def test_only_the_relationships_hash_changes(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    item = publish_item(clarify, signal)
    [before] = clarify.signals()

    disconnect(clarify)
    [between] = clarify.signals()
    connect(clarify, item)
    [after] = clarify.signals()

    changed = {key for key in before["meta"] if before["meta"][key] != between["meta"][key]}
    assert (changed, after) == ({"relationshipsHash"}, before)


def test_a_connected_signal_moves(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    item, other = publish_item(clarify, first), publish_item(clarify, second)

    connect(clarify, item, query=by_input("b"))

    assert (links(clarify), len(clarify.items())) == ([item, item], 2)
    assert item != other


def test_a_connected_signal_can_be_refused(clarify: "Clarify") -> None:
    clarify.use(Settings(moves_connected=False))
    first, second = clarify.save_ids("a", "b")
    item, other = publish_item(clarify, first), publish_item(clarify, second)

    refused = clarify.refusal(CONNECT, {"integration": clarify.caller.id, "item": item}, "1.2")
    again = connect(clarify, item, query=by_input("a"))

    assert refused == {"params.query": f"signal {second} is connected to item {other}"}
    assert (links(clarify), len(again["data"])) == ([item, other], 1)


def test_a_page_is_connected_and_no_more(clarify: "Clarify") -> None:
    ids = clarify.save_ids(*(f"s{number:02}" for number in range(25)))
    item = publish_item(clarify, ids[0])

    connect(clarify, item)
    connect(clarify, item, query={"limit": 2, "skip": 22})

    assert links(clarify) == [item] * 20 + [None] * 2 + [item] * 2 + [None]


def test_items_are_included_where_that_is_taken(clarify: "Clarify") -> None:
    clarify.use(Settings(accepts_include=True))
    item = publish_item(clarify, clarify.save_ids("a", "b")[0])

    result = connect(clarify, item, include=["item"], format={"groupIncludedByType": True})

    assert [found["id"] for found in result["included"]["items"]] == [item]


@pytest.mark.parametrize(
    ("params", "problems"),
    [
        ({}, {"params.item": "required"}),
        ({"item": "x"}, {"params.item": "must match ^[a-v0-9]{20}$"}),
        ({"item": 1}, {"params.item": "must match ^[a-v0-9]{20}$"}),
        ({"item": "c0000000000000000000"}, {"params.item": "not found"}),
        (
            {"item": "c0000000000000000000", "x": 1, "dryRun": 1, "query": {"limit": 1001}},
            {
                "params.item": "not found",
                "params.dryRun": "must be a boolean",
                "params.query.limit": "must be at most 1000",
                "params.x": "unknown parameter",
            },
        ),
    ],
)
def test_what_cannot_be_connected_is_refused(
    clarify: "Clarify", params: dict[str, object], problems: dict[str, str]
) -> None:
    given = {"integration": clarify.caller.id} | params

    assert clarify.refusal(CONNECT, given, "1.2") == problems


def test_a_signal_is_no_item(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    given = {"integration": clarify.caller.id, "item": signal}

    assert clarify.refusal(CONNECT, given, "1.2") == {"params.item": "not found"}


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("admin.signals.connect", {"1.2"}),
        ("Admin.Signals.Disconnect", {"1.2"}),
        ("admin.connectSignals", {"1.2alpha1", "1.2beta1", "1.2"}),
        ("admin.disconnectSignals", {"1.2alpha1", "1.2beta1", "1.2"}),
        ("admin.signals.annotate", {"1.2alpha1", "1.2beta1", "1.2"}),
    ],
)
def test_the_methods_exist_from_1_2(clarify: "Clarify", name: str, versions: set[str]) -> None:
    known = ("1.0", "1.1beta1", "1.1beta2", "1.1rc1", "1.1", "1.2alpha1", "1.2beta1", "1.2")

    codes = {version: clarify.answer(name, {}, version)["error"]["code"] for version in known}

    assert {version for version, code in codes.items() if code == -32602} == versions
    assert set(codes.values()) == {-32601, -32602}


def test_the_ledger_tells_what_was_linked(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    item = publish_item(clarify, first)
    start = len(clarify.store.ledger.entries())

    connect(clarify, item)
    disconnect(clarify, query=by_input("a"))
    clarify.answer(CONNECT, {"integration": clarify.caller.id}, "1.2")

    entries = clarify.store.ledger.entries()[start:]
    assert [(entry.key, entry.resource, entry.effect) for entry in entries] == [
        (first, item, Effect.UNCHANGED),
        (second, item, Effect.UPDATED),
        (first, item, Effect.UPDATED),
        ("", "", Effect.REFUSED),
    ]
    assert [entry.before == entry.after for entry in entries] == [True, False, False, True]
