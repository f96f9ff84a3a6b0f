"""Saving signals: replace attributes, merge annotations, count what happened."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.emulator.views import merge_annotations

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

DEFAULTS: dict[str, object] = {
    "name": "a",
    "description": "",
    "valueType": "numeric",
    "sourceType": "measurement",
    "engUnit": "",
    "sampleInterval": None,
    "gapDetection": None,
    "labels": {},
    "enumValues": {},
    "input": "a",
}
FULL = {
    "name": "Level",
    "description": "in the tank",
    "valueType": "enum",
    "sourceType": "prediction",
    "engUnit": "m",
    "sampleInterval": "PT1M",
    "gapDetection": "PT2H",
    "labels": {"site": ["Pier", "Yacht"]},
    "enumValues": {"0": "off", "10": "on", "2": "broken"},
}


def test_a_signal_begins_with_the_defaults(clarify: "Clarify") -> None:
    summary = clarify.save({"a": {}})["a"]

    assert (summary["created"], summary["updated"]) == (True, False)
    [signal] = clarify.signals()
    assert signal == {
        "type": "signals",
        "id": summary["id"],
        "meta": {
            "annotations": {},
            "attributesHash": signal["meta"]["attributesHash"],
            "relationshipsHash": signal["meta"]["relationshipsHash"],
            "createdAt": "2023-11-14T22:13:20.000Z",
            "updatedAt": "2023-11-14T22:13:20.000Z",
        },
        "attributes": DEFAULTS,
        "relationships": {
            "integration": {"data": {"type": "integrations", "id": clarify.caller.id}},
            "item": {"data": None},
        },
    }


def test_every_attribute_is_kept_as_sent(clarify: "Clarify") -> None:
    clarify.save({"a": FULL})

    [signal] = clarify.signals()
    assert signal["attributes"] == FULL | {"input": "a"}


def test_an_omitted_attribute_goes_back_to_its_default(clarify: "Clarify") -> None:
    clarify.save({"a": FULL})
    summary = clarify.save({"a": {}})["a"]

    [signal] = clarify.signals()
    assert (summary["created"], summary["updated"]) == (False, True)
    assert signal["attributes"] == DEFAULTS


def test_annotations_are_merged_and_an_empty_text_deletes(clarify: "Clarify") -> None:
    clarify.save({"a": {"annotations": {"keep": "1", "change": "1", "drop": "1"}}})
    clarify.save({"a": {"annotations": {"change": "2", "drop": "", "never": ""}}})

    [signal] = clarify.signals()
    assert signal["meta"]["annotations"] == {"change": "2", "keep": "1"}


def test_a_save_that_changes_nothing_says_so(clarify: "Clarify") -> None:
    clarify.save({"a": FULL | {"annotations": {"k": "1"}}})
    before = clarify.signals()
    clarify.now += 1_000_000

    summary = clarify.save({"a": FULL})["a"]

    assert (summary["created"], summary["updated"]) == (False, False)
    assert clarify.signals() == before


def test_a_change_moves_updated_at_only(clarify: "Clarify") -> None:
    clarify.save({"a": {}})
    clarify.now += 1_234_567
    clarify.save({"a": {"annotations": {"k": "1"}}})

    [signal] = clarify.signals()
    assert signal["meta"]["createdAt"] == "2023-11-14T22:13:20.000Z"
    assert signal["meta"]["updatedAt"] == "2023-11-14T22:13:21.234Z"


def test_an_annotation_does_not_alter_the_attributes_hash(clarify: "Clarify") -> None:
    clarify.save({"a": {}})
    [before] = clarify.signals()
    clarify.save({"a": {"annotations": {"k": "1"}}})
    [after] = clarify.signals()

    assert after["meta"]["attributesHash"] == before["meta"]["attributesHash"]


def test_create_only_skips_what_exists_and_creates_the_rest(clarify: "Clarify") -> None:
    clarify.save({"a": FULL})
    saved = clarify.save({"a": {}, "b": {}}, createOnly=True)

    flags = {key: (value["created"], value["updated"]) for key, value in saved.items()}
    assert flags == {"a": (False, False), "b": (True, False)}
    assert clarify.signals()[0]["attributes"] == FULL | {"input": "a"}


def test_ids_follow_the_order_of_the_request(clarify: "Clarify") -> None:
    saved = clarify.save({name: {} for name in ("c", "a", "b")})

    ids = [summary["id"] for summary in saved.values()]
    assert list(saved) == ["c", "a", "b"]
    assert ids == sorted(ids)


def test_the_same_input_of_two_integrations_is_two_signals(clarify: "Clarify") -> None:
    first = clarify.save({"a": {"name": "mine"}})["a"]["id"]
    clarify.become("c7a1bbfqfsj7mjkj0ss0")
    second = clarify.save({"a": {"name": "theirs"}})["a"]["id"]

    assert first != second
    assert [signal["attributes"]["name"] for signal in clarify.signals()] == ["theirs"]


def test_another_integrations_signals_cannot_be_saved(clarify: "Clarify") -> None:
    for name in ("integration.saveSignals", "integration.insert"):
        answer = clarify.answer(name, {"integration": "c7a1bbfqfsj7mjkj0ss0"})
        assert answer["error"] == {"code": -32003, "message": "Forbidden"}


def test_an_empty_map_is_no_error(clarify: "Clarify") -> None:
    assert clarify.save({}) == {}


@pytest.mark.parametrize("member", ["valueType", "sourceType", "name"])
def test_an_empty_text_means_the_default(clarify: "Clarify", member: str) -> None:
    clarify.save({"a": {member: ""}})

    assert clarify.signals()[0]["attributes"] == DEFAULTS


KEY_RULE = "key must match ^[A-Za-z0-9-_/]{1,128}$"
DURATION_RULE = "must be null or a fixed RFC 3339 duration"


@pytest.mark.parametrize(
    ("member", "value", "path", "message"),
    [
        ("name", 1, "name", "must be a string"),
        ("name", None, "name", "must be a string"),
        ("name", "x" * 129, "name", "must have at most 128 characters"),
        ("description", "x" * 1001, "description", "must have at most 1000 characters"),
        ("engUnit", "x" * 256, "engUnit", "must have at most 255 characters"),
        ("valueType", "text", "valueType", "must be one of numeric, enum"),
        (
            "sourceType",
            "aggregate",
            "sourceType",
            "must be one of measurement, aggregation, prediction",
        ),
        ("sampleInterval", "P1M", "sampleInterval", DURATION_RULE),
        ("sampleInterval", 60, "sampleInterval", DURATION_RULE),
        ("gapDetection", "", "gapDetection", DURATION_RULE),
        ("labels", None, "labels", "must be an object"),
        ("labels", {"a b": []}, "labels.a b", KEY_RULE),
        ("labels", {"é": []}, "labels.é", KEY_RULE),
        ("labels", {"a\n": []}, "labels.a\n", KEY_RULE),
        ("labels", {"a": "x"}, "labels.a", "must be an array of strings"),
        ("labels", {"a": ["x", 1]}, "labels.a", "must be an array of strings"),
        ("annotations", {"": "x"}, "annotations.", KEY_RULE),
        ("annotations", {"a": None}, "annotations.a", "must be a string"),
        ("annotations", None, "annotations", "must be an object"),
        ("enumValues", {"01": "x"}, "enumValues.01", "key must be an integer from 0 to 9999"),
        ("enumValues", {"10000": "x"}, "enumValues.10000", "key must be an integer from 0 to 9999"),
        ("enumValues", {"1": ""}, "enumValues.1", "must be a string of 1 to 128 characters"),
        ("enumValues", {"1": 1}, "enumValues.1", "must be a string of 1 to 128 characters"),
        ("input", "a", "input", "unknown parameter"),
        ("visible", True, "visible", "unknown parameter"),
    ],
)
def test_a_value_outside_the_rules_is_refused(
    clarify: "Clarify", member: str, value: object, path: str, message: str
) -> None:
    params = {"integration": clarify.caller.id, "signalsByInput": {"a": {member: value}}}

    found = clarify.refusal("integration.saveSignals", params)

    assert found == {f"params.signalsByInput.a.{path}": message}
    assert clarify.signals() == []


def test_all_problems_of_a_request_are_told_and_nothing_is_saved(clarify: "Clarify") -> None:
    params = {
        "integration": clarify.caller.id,
        "signalsByInput": {"ok": {}, "a b": {"name": 1}, "c": []},
        "createOnly": "yes",
        "groups": 1,
    }

    assert clarify.refusal("integration.saveSignals", params) == {
        "params.createOnly": "must be a boolean",
        "params.signalsByInput.a b": "key must match ^[a-zA-Z0-9-_:.#+/]{1,128}$",
        "params.signalsByInput.a b.name": "must be a string",
        "params.signalsByInput.c": "must be an object",
        "params.groups": "unknown parameter",
    }
    assert clarify.signals() == []


def test_missing_parameters_are_told(clarify: "Clarify") -> None:
    assert clarify.refusal("integration.saveSignals", {}) == {
        "params.integration": "required",
        "params.signalsByInput": "required",
    }


def test_a_malformed_integration_is_told(clarify: "Clarify") -> None:
    params = {"integration": "C618", "signalsByInput": {}}

    found = clarify.refusal("integration.saveSignals", params)

    assert found == {"params.integration": "must match ^[a-v0-9]{20}$"}


TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2"]))


@pytest.mark.property
@given(TEXTS, TEXTS, TEXTS)
def test_merging_is_last_writer_wins(
    first: dict[str, str], second: dict[str, str], third: dict[str, str]
) -> None:
    """Merging one after the other is merging once what both say, less the empty texts."""
    step_by_step = merge_annotations(merge_annotations(first, second), third)
    at_once = {key: text for key, text in (first | second | third).items() if text}

    assert step_by_step == at_once
    assert list(step_by_step) == sorted(at_once)


VIEWS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=10),
        "labels": st.dictionaries(st.sampled_from("ab"), st.lists(st.text(max_size=3), max_size=2)),
        "gapDetection": st.sampled_from([None, "PT1M", "P1D"]),
        "annotations": TEXTS,
    },
)


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("xyz", min_size=1), st.lists(VIEWS, min_size=1, max_size=4))
def test_saving_again_changes_nothing(
    clarify: "Clarify", name: str, views: list[dict[str, object]]
) -> None:
    """After any saves, repeating the last one is neither a creation nor an update."""
    for view in views:
        clarify.save({name: view})
    before = clarify.signals(filter={"input": name})

    again = clarify.save({name: views[-1]})[name]

    after = clarify.signals(filter={"input": name})
    assert (again["created"], again["updated"], after) == (False, False, before)
