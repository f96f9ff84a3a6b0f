"""The experimental method that changes annotations alone."""

from typing import TYPE_CHECKING, Any

from syncer.emulator.records import Effect
from syncer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

ANNOTATE = "admin.signals.annotate"


def annotate(clarify: "Clarify", *entries: object, **params: object) -> Any:
    given = {"integration": clarify.caller.id, "data": list(entries)} | params
    return clarify.call(ANNOTATE, given, "1.2alpha1")


def test_annotations_are_merged_and_emptied(clarify: "Clarify") -> None:
    signal = clarify.save({"a": {"annotations": {"k": "1", "gone": "x"}}})["a"]["id"]
    clarify.now += 5_000_000
    [before] = clarify.signals()

    [shown] = annotate(clarify, {"id": signal, "annotations": {"new": "2", "gone": ""}})["data"]

    [after] = clarify.signals("1.2beta1", filter={"annotations.new": "2"})
    assert shown == after
    assert after["meta"]["annotations"] == {"k": "1", "new": "2"}
    assert after["attributes"] == before["attributes"]
    assert after["meta"]["attributesHash"] == before["meta"]["attributesHash"]
    assert after["meta"]["updatedAt"] > before["meta"]["updatedAt"]
    assert clarify.inputs(filter={"annotations.gone": "x"}) == []


def test_the_same_annotations_change_nothing(clarify: "Clarify") -> None:
    first, second = clarify.save_ids("a", "b")
    clarify.now += 5_000_000

    annotate(clarify, {"id": second, "annotations": {}}, {"id": first, "annotations": {"k": "v"}})

    entries = clarify.store.ledger.entries()[2:]
    assert [(entry.key, entry.effect) for entry in entries] == [
        (second, Effect.UNCHANGED),
        (first, Effect.UPDATED),
    ]
    touched = [signal["meta"]["updatedAt"] for signal in clarify.signals(sort=["input"])]
    assert touched[0] > touched[1]


def test_the_answer_takes_a_format(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")

    result = annotate(clarify, {"id": signal}, format={"dataAsArray": False})

    assert list(result["data"]) == [signal]


def test_what_cannot_be_annotated_is_refused(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    entries = [
        {"id": signal},
        {"id": signal},
        {"id": "x"},
        {},
        1,
        {"id": "c0000000000000000000", "annotations": {"k": 1, "a b": ""}, "name": ""},
    ]
    given = {"integration": clarify.caller.id, "data": entries}

    assert clarify.refusal(ANNOTATE, given, "1.2") == {
        "params.data.1.id": "must not repeat",
        "params.data.2.id": "must match ^[a-v0-9]{20}$",
        "params.data.3.id": "required",
        "params.data.4": "must be an object",
        "params.data.4.id": "required",
        "params.data.5.annotations.k": "must be a string",
        "params.data.5.annotations.a b": "key must match ^[A-Za-z0-9-_/]{1,128}$",
        "params.data.5.name": "unknown parameter",
        "params.data.c0000000000000000000": "not found",
    }


def test_signals_of_another_integration_are_not_found(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    given = {"integration": "c7a1bbfqfsj7mjkj0ss0", "data": [{"id": signal}]}

    assert clarify.refusal(ANNOTATE, given, "1.2") == {f"params.data.{signal}": "not found"}


def test_the_method_can_be_missing(clarify: "Clarify") -> None:
    clarify.use(Settings(serves_annotate=False))

    assert clarify.answer(ANNOTATE, {}, "1.2")["error"]["code"] == -32601
