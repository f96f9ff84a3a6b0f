"""The ledger: every accepted and every refused write, key by key."""

from typing import TYPE_CHECKING

from syncer.emulator.methods import MEBIBYTE
from syncer.emulator.records import Effect, LedgerEntry

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

NOW = "2023-11-14T22:13:20.000Z"


def effects(clarify: "Clarify") -> list[tuple[str, str, Effect]]:
    return [(entry.method, entry.key, entry.effect) for entry in clarify.store.ledger.entries()]


def test_an_accepted_write_is_an_entry_per_key(clarify: "Clarify") -> None:
    identity = clarify.save({"a": {}})["a"]["id"]
    [before] = clarify.signals()
    clarify.save({"a": {"name": "new"}})
    [after] = clarify.signals()

    first = LedgerEntry(
        time=NOW,
        method="integration.saveSignals",
        integration=clarify.caller.id,
        key="a",
        resource=identity,
        effect=Effect.CREATED,
        before="",
        after=before["meta"]["attributesHash"],
    )
    second = LedgerEntry(
        time=NOW,
        method="integration.saveSignals",
        integration=clarify.caller.id,
        key="a",
        resource=identity,
        effect=Effect.UPDATED,
        before=before["meta"]["attributesHash"],
        after=after["meta"]["attributesHash"],
    )
    assert clarify.store.ledger.entries() == (first, second)


def test_each_effect_is_told_apart(clarify: "Clarify") -> None:
    signal = clarify.save({"a": {}})["a"]["id"]
    clarify.save({"a": {}})
    clarify.save({"a": {"name": "b"}}, createOnly=True)
    clarify.publish({signal: {}})
    insert = {"integration": clarify.caller.id}
    for value in (1, None):
        data = {"times": [0], "series": {"a": [value]}}
        clarify.call("integration.insert", insert | {"data": data})

    assert effects(clarify) == [
        ("integration.saveSignals", "a", Effect.CREATED),
        ("integration.saveSignals", "a", Effect.UNCHANGED),
        ("integration.saveSignals", "a", Effect.SKIPPED),
        ("admin.publishSignals", signal, Effect.CREATED),
        ("integration.insert", "a", Effect.UPDATED),
        ("integration.insert", "a", Effect.UNCHANGED),
    ]


def test_a_refused_write_is_an_entry_per_key_that_was_named(clarify: "Clarify") -> None:
    params = {"integration": clarify.caller.id, "signalsByInput": {"a": {}, "b": {"name": 1}}}
    clarify.refusal("integration.saveSignals", params)

    error = "Invalid params: params.signalsByInput.b.name: must be a string"
    blank = {"resource": "", "effect": Effect.REFUSED, "before": "", "after": "", "error": error}
    assert [
        {name: getattr(entry, name) for name in blank} for entry in clarify.store.ledger.entries()
    ] == [
        blank,
        blank,
    ]
    assert [entry.key for entry in clarify.store.ledger.entries()] == ["a", "b"]


def test_a_refused_write_without_keys_is_an_entry_all_the_same(clarify: "Clarify") -> None:
    clarify.answer("integration.saveSignals", {"integration": "c7a1bbfqfsj7mjkj0ss0"})
    clarify.answer("integration.insert", [1, 2, 3])
    clarify.answer("integration.insert", {"data": {"series": {"s": []}}})
    call = b'{"jsonrpc":"2.0","id":1,"method":"integration.insert"}'
    clarify.post(call.ljust(8 * MEBIBYTE + 1))

    assert [
        (entry.key, entry.error.partition(":")[0]) for entry in clarify.store.ledger.entries()
    ] == [
        ("", "Forbidden"),
        ("", "Invalid params"),
        ("s", "Invalid params"),
        ("", "larger than 8388608 bytes"),
    ]


def test_reads_leave_no_entry(clarify: "Clarify") -> None:
    clarify.signals()
    clarify.answer("admin.selectSignals", {})

    assert clarify.store.ledger.entries() == ()


def test_a_store_that_cannot_be_written_is_a_server_error(clarify: "Clarify") -> None:
    connection = clarify.store._database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    full = {f"s{number}": {"description": "x" * 1000} for number in range(100)}
    params = {"integration": clarify.caller.id, "signalsByInput": full}

    saved = clarify.answer("integration.saveSignals", params)
    refused = clarify.answer("integration.saveSignals", params | {"createOnly": 1})

    assert saved["error"] == {"code": -32000, "message": "Server error"}
    assert refused["error"]["code"] == -32602
    connection.execute("PRAGMA max_page_count = 1000000")
    assert (clarify.signals(), clarify.store.ledger.entries()) == ([], ())
