"""The published schemas and the models accept and refuse the same examples."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from syncer.manifest.models import Item, Signal, defaults_adapter, manifest_adapter
from syncer.manifest.project import project_adapter
from syncer.manifest.schemas import (
    defaults_schema,
    describe_fields,
    manifest_schema,
    project_schema,
)

_ID = "c618rbfqfsj7mjkj0ss0"
_PROJECT = {"version": 1, "project": "p", "integrations": ["stand"]}


def _signal(**fields: object) -> dict[str, object]:
    return {"signals": {"pump": fields}}


def _item(**fields: object) -> dict[str, object]:
    return {"items": {"pump": fields}}


_MANIFESTS: list[object] = [
    {},
    {"$schema": "x", "integration": "stand", "defaults": {"signals": {}, "items": {}}},
    {"$schema": 1, "signals": {}, "items": {}, "labels": {}, "filters": {}},
    {"integration": "Stand"},
    {"unknown": 1},
    {"sources": []},
    {"signals": {"a b": {}}},
    {"signals": {"a": None}},
    {"signals": {"a/b:c.d#e+f_g-h": {}}},
    {"signals": {"x" * 128: {}}},
    {"signals": {"x" * 129: {}}},
    _signal(name="x" * 128, description="", engUnit="", labels={}, annotations={}, enumValues={}),
    _signal(name=""),
    _signal(name="x" * 129),
    _signal(description="x" * 1001),
    _signal(engUnit="x" * 256),
    _signal(name=1.1),
    _signal(name=None),
    _signal(labels={"site": ["a"]}, annotations={"a/b": ""}),
    _signal(labels={"site": "a"}),
    _signal(labels={"a b": []}),
    _signal(annotations={"a": 1}),
    _signal(enumValues={"0": "a", "9999": "b"}),
    _signal(enumValues={"01": "a"}),
    _signal(enumValues={"1": ""}),
    _signal(valueType="enum", sourceType="prediction"),
    _signal(valueType=""),
    _signal(gapDetection=None, sampleInterval="P1DT0H1M0.000000S"),
    _signal(gapDetection="P1Y"),
    _signal(gapDetection="PT"),
    _signal(createOnly=True, lifecycle={"manage": "full", "ignore": ["name", "labels.a"]}),
    _signal(createOnly="yes"),
    _signal(lifecycle={"exact": ["name"]}),
    _signal(lifecycle={"ignore": ["lables"]}),
    _signal(visible=True),
    _signal(nmae="x"),
    _item(visible=False, follow="all", signals=["signals/a/b"]),
    _item(follow=["name", "enumValues"]),
    _item(follow=["visible"]),
    _item(follow="none"),
    _item(follow=1),
    _item(signals=["items/a/b"]),
    {"labels": {"*": {"deny": True}, "site": {"values": [], "required": ["items"]}}},
    {"labels": {"site": {"required": ["labels"]}}},
    {"labels": {"a b": {}}},
    {"filters": {"hot": {"name": {"$regex": "x"}}}},
    {"filters": {"hot": []}},
]
_PROJECTS: list[object] = [
    _PROJECT,
    {},
    {**_PROJECT, "version": 2},
    {**_PROJECT, "integrations": []},
    {**_PROJECT, "project": "a b"},
    {**_PROJECT, "manifests": ["*.yaml"], "policies": [], "default_environment": "dev"},
    {**_PROJECT, "guards": {"max_creates": 0, "max_update_percent": 100}},
    {**_PROJECT, "guards": {"max_update_percent": 101}},
    {**_PROJECT, "guards": {"max_creates": -1}},
    {**_PROJECT, "environments": {"dev": {"integrations": {"stand": {"id": _ID}}}}},
    {**_PROJECT, "environments": {"dev": {"integrations": {"stand": {"id": "short"}}}}},
    {**_PROJECT, "environments": {"dev": {"integrations": {"stand": {}}}}},
    {**_PROJECT, "environments": {"dev": {}}},
    {**_PROJECT, "environments": {"dev": {"integrations": {}, "admin": {}}}},
    {**_PROJECT, "environments": {"dev": {"integrations": {}, "api_version": "2.0"}}},
    {**_PROJECT, "environments": {"Dev": {"integrations": {}}}},
    {
        **_PROJECT,
        "environments": {
            "dev": {"integrations": {}, "admin": {"credentials_env": "{}"}, "exclude": ["*"]}
        },
    },
]
_DEFAULTS: list[object] = [
    {},
    {"signals": {"engUnit": "bar"}},
    {"defaults": {}},
    {"items": {"a": {}}},
]


def _accepts(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("value", _MANIFESTS, ids=str)
def test_schema_and_model_agree_on_manifests(value: object) -> None:
    is_valid = Draft202012Validator(manifest_schema()).is_valid(value)

    assert is_valid == _accepts(manifest_adapter(), value)


@pytest.mark.parametrize("value", _PROJECTS, ids=str)
def test_schema_and_model_agree_on_projects(value: object) -> None:
    is_valid = Draft202012Validator(project_schema()).is_valid(value)

    assert is_valid == _accepts(project_adapter(), value)


@pytest.mark.parametrize("value", _DEFAULTS, ids=str)
def test_schema_and_model_agree_on_defaults(value: object) -> None:
    is_valid = Draft202012Validator(defaults_schema()).is_valid(value)

    assert is_valid == _accepts(defaults_adapter(), value)


@pytest.mark.parametrize("schema", [manifest_schema(), project_schema(), defaults_schema()])
def test_schemas_are_valid_closed_and_described(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)

    for section in (schema, *schema["$defs"].values()):
        assert section["additionalProperties"] is False
        assert "title" not in section or section is schema
        for entry in section["properties"].values():
            assert entry["description"].endswith(".")


def test_nullable_fields_are_written_in_short() -> None:
    signal: Any = manifest_schema()["$defs"]

    assert signal["Signal"]["properties"]["gapDetection"]["type"] == ["string", "null"]


def test_every_field_can_be_described() -> None:
    assert set(describe_fields()) == {*Signal.__annotations__, *Item.__annotations__}
