"""Selections: their shape by format and version, and what they include."""

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from syncer.emulator.settings import Settings, UnsetDuration

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

INCLUDE_RULE = "no enum values registered"


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - what the API is defined by


def test_the_attributes_hash_is_that_of_gos_json(clarify: "Clarify") -> None:
    clarify.save(
        {
            "a": {
                "name": "A & B <°C>\u2028",
                "gapDetection": "P40D",
                "labels": {"b": ["x"], "a": ["z", "y"]},
                "enumValues": {"2": "two", "10": "ten"},
            }
        }
    )

    [signal] = clarify.signals()
    assert signal["meta"]["attributesHash"] == sha1(
        '{"name":"A \\u0026 B \\u003c°C\\u003e\\u2028","description":"","valueType":"numeric",'
        '"sourceType":"measurement","engUnit":"","sampleInterval":null,"gapDetection":"PT960H",'
        '"labels":{"a":["z","y"],"b":["x"]},"enumValues":{"10":"ten","2":"two"},"input":"a"}\n'
    )


def test_the_relationships_hash_is_that_of_gos_json(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    item = clarify.publish({signal: {}})[signal]["id"]

    [newer], [older] = clarify.signals(), clarify.signals("1.1beta2")
    link = f'"item":{{"data":{{"type":"items","id":"{item}"}}}}'
    owner = '"integration":{"data":{"type":"integrations","id":"c618rbfqfsj7mjkj0ss0"}}'
    assert newer["meta"]["relationshipsHash"] == sha1(f"{{{owner},{link}}}\n")
    assert older["meta"]["relationshipsHash"] == sha1(f"{{{link}}}\n")


def test_total_is_counted_when_asked_for(clarify: "Clarify") -> None:
    clarify.save_ids("a", "b", "c")
    params = {"integration": clarify.caller.id, "query": {"limit": 1, "total": True}}

    counted = clarify.call("admin.selectSignals", params)
    uncounted = clarify.call("admin.selectSignals", {"integration": clarify.caller.id})

    assert (counted["meta"]["total"], len(counted["data"])) == (3, 1)
    assert (uncounted["meta"]["total"], len(uncounted["data"])) == (-1, 3)


def test_data_can_be_an_object_by_id(clarify: "Clarify") -> None:
    ids = clarify.save_ids("a", "b")
    layout = {"dataAsArray": False, "includeResourceHashFields": False}
    params = {"integration": clarify.caller.id, "format": layout}

    result = clarify.call("admin.selectSignals", params)

    assert list(result["data"]) == ids
    assert result["data"][ids[0]]["meta"].keys() == {"annotations", "createdAt", "updatedAt"}
    assert result["meta"]["format"] == {
        "dataAsArray": False,
        "groupIncludedByType": False,
        "flattenResourceFields": False,
        "includeResourceHashFields": False,
    }


def test_resources_can_be_flat(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.publish({signal: {}})
    layout = {"flattenResourceFields": True}
    params = {"integration": clarify.caller.id, "format": layout}

    [flat] = clarify.call("admin.selectSignals", params)["data"]
    [item] = clarify.call("clarify.selectItems", {"format": layout})["data"]

    [nested], [nested_item] = clarify.signals(), clarify.items()
    for found, expected in ((flat, nested), (item, nested_item)):
        assert found == {
            "type": expected["type"],
            "id": expected["id"],
            **expected["meta"],
            **expected["attributes"],
            **expected["relationships"],
        }


def test_version_1_2_shows_the_organization(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.publish({signal: {}})

    [read], [item] = clarify.signals(version="1.2"), clarify.items(version="1.2")
    assert read["relationships"].keys() == {"integration", "item", "organization"}
    organization = read["relationships"]["organization"]["data"]
    assert organization == {"type": "organizations", "id": organization["id"]}
    assert item["relationships"] == {"organization": {"data": organization}}


def test_version_1_1beta2_groups_at_the_top(clarify: "Clarify") -> None:
    clarify.save_ids("a")
    params = {"integration": clarify.caller.id, "groupIncludedByType": True}

    result = clarify.call("admin.selectSignals", params, "1.1beta2")

    assert result["meta"] == {"total": -1, "groupIncludedByType": True}
    assert result["data"][0]["relationships"] == {"item": {"data": None}}


def test_version_1_1beta1_answers_with_maps(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    item = clarify.publish({signal: {"visible": True}})[signal]["id"]
    params = {
        "integration": clarify.caller.id,
        "signals": {"include": True, "filter": {"name": "a"}, "limit": 5, "skip": 0},
        "items": {"include": True},
    }

    result = clarify.call("admin.selectSignals", params, "1.1beta1")
    items = clarify.call("clarify.selectItems", {"items": {"include": True}}, "1.1beta1")

    assert {name: list(found) for name, found in result.items()} == {
        "signals": [signal],
        "items": [item],
    }
    assert items == {"items": result["items"]}
    read = result["signals"][signal]
    assert read.keys() == {"type", "id", "meta", "attributes"}
    assert read["attributes"]["type"] == "numeric"
    assert read["meta"].keys() == {"annotations", "contentHash", "createdAt", "updatedAt"}


def test_version_1_1beta1_shows_what_is_included(clarify: "Clarify") -> None:
    clarify.save_ids("a")
    params = {"integration": clarify.caller.id}

    assert clarify.call("admin.selectSignals", params, "1.1beta1") == {"signals": {}}
    assert clarify.call("clarify.selectItems", {}, "1.1beta1") == {"items": {}}


def test_including_items_is_refused_by_default(clarify: "Clarify") -> None:
    params = {"integration": clarify.caller.id, "include": ["item"]}

    assert clarify.refusal("admin.selectSignals", params) == {"params.include.0": INCLUDE_RULE}
    found = clarify.refusal("clarify.selectItems", {"include": ["item"]})
    assert found == {"params.include.0": INCLUDE_RULE}


@pytest.mark.parametrize("name", ["item", "items"])
def test_including_items_can_be_accepted(clarify: "Clarify", name: str) -> None:
    clarify.use(Settings(accepts_include=True))
    first, second, _ = clarify.save_ids("a", "b", "c")
    clarify.publish({second: {}, first: {}})
    params = {"integration": clarify.caller.id, "include": [name]}
    grouped = params | {"format": {"groupIncludedByType": True}}

    flat_result = clarify.call("admin.selectSignals", params)
    grouped_result = clarify.call("admin.selectSignals", grouped)

    assert flat_result["included"] == clarify.items()
    assert grouped_result["included"] == {"items": clarify.items()}
    found = clarify.refusal("admin.selectSignals", params | {"include": ["item", "signal", 1]})
    assert found == {"params.include.1": INCLUDE_RULE, "params.include.2": INCLUDE_RULE}


def test_an_unset_duration_can_read_as_zero(clarify: "Clarify") -> None:
    clarify.save({"a": {"name": '"sampleInterval":null', "gapDetection": "PT1M"}})
    [before] = clarify.signals()
    clarify.use(Settings(unset_duration=UnsetDuration.ZERO))

    [signal] = clarify.signals()

    expected = before["attributes"] | {"sampleInterval": "PT0S"}
    text = json.dumps(expected, separators=(",", ":"))
    assert signal["attributes"] == expected
    assert signal["meta"]["attributesHash"] == sha1(text + "\n")


def test_unknown_parameters_are_refused(clarify: "Clarify") -> None:
    params = {
        "integration": clarify.caller.id,
        "groups": [],
        "query": {"total": 1, "limit": 1.0, "skip": "1", "sort": "id", "fields": []},
        "include": "item",
        "format": {"dataAsArray": None, "x": 1},
    }

    assert clarify.refusal("admin.selectSignals", params) == {
        "params.include": "must be an array",
        "params.query.sort": "must be an array",
        "params.query.limit": "must be an integer",
        "params.query.skip": "must be an integer",
        "params.query.total": "must be a boolean",
        "params.query.fields": "unknown parameter",
        "params.format.dataAsArray": "must be a boolean",
        "params.format.x": "unknown parameter",
        "params.groups": "unknown parameter",
    }


def test_select_items_tolerates_an_integration_and_a_null_include(clarify: "Clarify") -> None:
    params = {"integration": clarify.caller.id, "include": None}

    assert clarify.call("clarify.selectItems", params)["data"] == []


def test_signals_of_any_integration_can_be_selected(clarify: "Clarify") -> None:
    [signal] = clarify.save_ids("a")
    clarify.become("c7a1bbfqfsj7mjkj0ss0")
    params = {"integration": "c618rbfqfsj7mjkj0ss0"}

    assert [found["id"] for found in clarify.call("admin.selectSignals", params)["data"]] == [
        signal
    ]
    found = clarify.refusal("admin.selectSignals", {"integration": "0" * 20})
    assert found == {"params.integration": "not found"}
