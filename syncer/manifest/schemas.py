"""JSON Schemas of the project file and of manifests, for editors; made from the models.

Drafts are 2020-12. Descriptions are the docstrings below the models' fields: they are read from
the source here, when somebody asks, and cost nothing when the models are used.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any, Final

from pydantic import TypeAdapter

from syncer.manifest import models, project

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_BASE: Final = "urn:clarify-syncer:schema"


def project_schema() -> dict[str, object]:
    """Return the schema of syncer.yaml."""
    return _schema("project", project.project_adapter(), project, "ProjectSection")


def manifest_schema() -> dict[str, object]:
    """Return the schema of a manifest."""
    return _schema("manifest", models.manifest_adapter(), models, "Manifest")


def defaults_schema() -> dict[str, object]:
    """Return the schema of a `_defaults.yaml`."""
    return _schema("defaults", models.defaults_adapter(), models, "DefaultsFile")


@cache
def describe_fields() -> Mapping[str, str]:
    """Return what each field of signals and items means, by its name in manifests."""
    told = _docstrings(models)
    return {name: text for owner in ("Signal", "Item") for name, text in told[owner].items()}


def _schema(
    name: str, adapter: TypeAdapter[Any], module: ModuleType, root: str
) -> dict[str, object]:
    made = adapter.json_schema()
    told = _docstrings(module)
    sections = {root: made, **made.get("$defs", {})}
    for title, section in sections.items():
        _describe(section, told.get(title, {}))
    return {
        "$schema": _DIALECT,
        "$id": f"{_BASE}:{name}",
        "title": f"syncer {name}",
        **{key: _tidy(value) for key, value in made.items() if key != "title"},
    }


def _describe(section: dict[str, Any], told: Mapping[str, str]) -> None:
    for name, entry in section.get("properties", {}).items():
        text = told.get("schema_" if name == "$schema" else name)
        if text is not None:
            entry["description"] = text


def _tidy(value: object, *, is_properties: bool = False) -> object:
    """Drop pydantic's titles, close mappings by pattern, and write nullable types in short."""
    if isinstance(value, list):
        return [_tidy(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    tidied = {
        key: _tidy(entry, is_properties=key in ("properties", "$defs", "patternProperties"))
        for key, entry in value.items()
        if is_properties or key != "title"
    }
    if is_properties:
        return tidied
    if "patternProperties" in tidied:
        tidied["additionalProperties"] = False
    return _shorten(tidied)


def _shorten(schema: dict[str, Any]) -> dict[str, Any]:
    """Write `anyOf: [{type: string}, {type: null}]` as `type: [string, null]`."""
    choices = schema.get("anyOf", ())
    if len(choices) == 2 and choices[1] == {"type": "null"} and "type" in choices[0]:
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**choices[0], "type": [choices[0]["type"], "null"], **rest}
    return schema


@cache
def _docstrings(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings below the fields of each class, a base's before its own."""
    told: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
            told[node.name] = {
                **{name: text for base in bases for name, text in told.get(base, {}).items()},
                **_fields(node),
            }
    return told


def _fields(node: ast.ClassDef) -> dict[str, str]:
    fields = {}
    for before, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            fields[before.target.id] = after.value.value
    return fields
