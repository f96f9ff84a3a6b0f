"""API versions: which methods, parameters and members each of them knows."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

VERSIONS = ["1.0", "1.1beta1", "1.1beta2", "1.1rc1", "1.1", "1.2alpha1", "1.2beta1", "1.2"]
OLD = VERSIONS[:2]
SINCE_1_2 = VERSIONS[5:]


def save_params(clarify: "Clarify", member: str, **view: object) -> dict[str, object]:
    return {"integration": clarify.caller.id, member: {"a": view}}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_selector_is_echoed(clarify: "Clarify", version: str) -> None:
    response = clarify.post({"jsonrpc": "2.0", "id": 1, "method": "x"}, x_api_version=version)

    assert (response.status, response.headers["x-api-version"]) == (200, version)


def test_without_a_selector_the_version_is_1_1(clarify: "Clarify") -> None:
    response = clarify.post({"jsonrpc": "2.0", "id": 1, "method": "x"})

    assert response.headers["x-api-version"] == "1.1"


@pytest.mark.parametrize("version", ["2.0", "1.1.2", "v1.1", "1.3beta1", " "])
def test_an_unknown_selector_is_refused(clarify: "Clarify", version: str) -> None:
    response = clarify.post({"jsonrpc": "2.0", "id": 1, "method": "x"}, x_api_version=version)

    assert response.status == 400
    assert response.body == b"Version matching X-API-Version header not found"


@pytest.mark.parametrize("version", VERSIONS)
def test_saving_takes_the_versions_parameter(clarify: "Clarify", version: str) -> None:
    member, other = ("inputs", "signalsByInput") if version in OLD else ("signalsByInput", "input")

    saved = clarify.call("integration.saveSignals", save_params(clarify, member), version)
    refused = clarify.refusal("integration.saveSignals", save_params(clarify, other), version)

    flags = {"created"} if version in OLD else {"created", "updated"}
    assert saved["signalsByInput"]["a"].keys() == {"id"} | flags
    assert refused == {f"params.{member}": "required", f"params.{other}": "unknown parameter"}


def test_inputs_is_an_alias_that_cannot_be_given_twice(clarify: "Clarify") -> None:
    alias = save_params(clarify, "inputs")

    assert clarify.call("integration.saveSignals", alias)["signalsByInput"].keys() == {"a"}
    found = clarify.refusal("integration.saveSignals", alias | {"signalsByInput": {}})
    assert found == {"params.inputs": "unknown parameter"}


@pytest.mark.parametrize(
    ("version", "member", "is_known"),
    [
        ("1.0", "type", True),
        ("1.0", "valueType", False),
        ("1.1beta1", "type", True),
        ("1.1beta2", "type", True),
        ("1.1beta2", "valueType", True),
        ("1.1", "type", True),
        ("1.2", "type", False),
        ("1.2", "valueType", True),
    ],
)
def test_the_value_type_is_named_by_version(
    clarify: "Clarify", version: str, member: str, is_known: bool
) -> None:
    name = "inputs" if version in OLD else "signalsByInput"
    params = save_params(clarify, name, **{member: "enum"})

    answer = clarify.answer("integration.saveSignals", params, version)

    assert ("result" in answer) is is_known
    assert [signal["attributes"]["valueType"] for signal in clarify.signals()] == [
        "enum"
    ] * is_known


def test_the_value_type_cannot_be_given_twice(clarify: "Clarify") -> None:
    params = save_params(clarify, "signalsByInput", type="enum", valueType="enum")

    assert clarify.refusal("integration.saveSignals", params) == {
        "params.signalsByInput.a.type": "must not be given beside valueType"
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_version_1_0_has_the_integration_namespace_only(clarify: "Clarify", version: str) -> None:
    found = {
        name: clarify.answer(name, {}, version).get("error", {}).get("code")
        for name in ("integration.Insert", "integration.SaveSignals", "clarify.selectItems")
    }

    selected = -32601 if version == "1.0" else None
    assert list(found.values()) == [-32602, -32602, selected]


@pytest.mark.parametrize(
    "name", ["clarify.selectItems", "clarify.SelectItems", "CLARIFY.SELECTITEMS"]
)
def test_method_names_match_in_any_case(clarify: "Clarify", name: str) -> None:
    assert clarify.call(name, {})["data"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_names_of_1_2_are_known_to_1_2_only(clarify: "Clarify", version: str) -> None:
    codes = {
        clarify.answer(name, {"nothing": 1}, version)["error"]["code"]
        for name in (
            "integration.signals.save",
            "admin.signals.select",
            "admin.Signals.Publish",
            "clarify.items.select",
        )
    }

    assert codes == {-32602 if version == "1.2" else -32601}


@pytest.mark.parametrize("version", VERSIONS[2:])
def test_saves_take_result_include_and_format_since_1_2(clarify: "Clarify", version: str) -> None:
    options = {"result": "summary", "include": None, "format": {"dataAsArray": True}}
    params = save_params(clarify, "signalsByInput") | options
    empty = {"integration": clarify.caller.id, "itemsBySignal": {}} | options

    answers = [
        clarify.answer("integration.saveSignals", params, version),
        clarify.answer("admin.publishSignals", empty, version),
    ]

    assert ["result" in answer for answer in answers] == [version in SINCE_1_2] * 2


def test_other_results_of_saves_are_refused(clarify: "Clarify") -> None:
    options = {"result": "resources", "include": ["item"], "format": {"x": 1}}
    params = save_params(clarify, "signalsByInput") | options

    assert clarify.refusal("integration.saveSignals", params, "1.2") == {
        "params.result": "no enum values registered",
        "params.include.0": "no enum values registered",
        "params.format.x": "unknown parameter",
    }


def test_parameters_can_be_positional(clarify: "Clarify") -> None:
    saved = clarify.call("integration.saveSignals", [clarify.caller.id, {"a": {}}, True])
    inserted = clarify.call("integration.insert", [clarify.caller.id, {"times": [], "series": {}}])

    assert (list(saved["signalsByInput"]), inserted) == (["a"], {"signalsByInput": {}})
    assert json.dumps(clarify.refusal("clarify.selectItems", [{}, [], {}, 1])) == (
        '{"params": "too many parameters"}'
    )
