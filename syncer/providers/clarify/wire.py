"""Clarify's parameters and results, per API version.

In: full views of signals and items, queries, and results as JSON values. Out: parameters in the
version's spelling, and rows of checked shape; unknown members are passed over, missing optional
ones get the API's default. docs.clarify.io/api/1.1/types/views.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeAlias

from syncer.errors import TransportError
from syncer.providers.clarify.dialects import Dialect
from syncer.transport.jsonrpc import encode

Json: TypeAlias = Mapping[str, object]

PAGE_ROWS: Final = 1000  # docs.clarify.io/api/1.1/methods/admin/select-signals
_DURATIONS = ("sampleInterval", "gapDetection")
_TEXTS = {"description": "", "valueType": "numeric", "sourceType": "measurement", "engUnit": ""}
_MAPS = ("labels", "enumValues")
_SIGNAL_FIELDS: Final = ("annotations", "name", *_TEXTS, *_MAPS, *_DURATIONS)
_ITEM_FIELDS: Final = (*_SIGNAL_FIELDS, "visible")


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal as read; `fields` is its full writable view, `hash` covers the attributes."""

    id: str
    input: str
    fields: Json
    item_id: str | None
    integration_id: str | None
    hash: str
    meta: Json = field(default_factory=dict, compare=False, repr=False)  # as answered


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as read; `fields` is its full writable view."""

    id: str
    fields: Json
    hash: str
    meta: Json = field(default_factory=dict, compare=False, repr=False)  # as answered
    updated_by: str = field(default="", compare=False)  # not answered by all versions


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did to one resource; old API versions do not say whether they updated it."""

    id: str
    created: bool
    updated: bool | None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one select, still unread, and how many the whole selection has."""

    total: int
    rows: Sequence[object]


def save_params(integration: str, signals: Mapping[str, Json], *, create_only: bool) -> Json:
    """Return saveSignals' parameters; docs.clarify.io/api/1.1/methods/integration/save-signals."""
    views = {key: signal_view(fields) for key, fields in signals.items()}
    return {"integration": integration, "signalsByInput": views, "createOnly": create_only}


def publish_params(integration: str, items: Mapping[str, Json], *, create_only: bool) -> Json:
    """Return publishSignals' parameters; docs.clarify.io/api/1.1/methods/admin/publish-signals."""
    views = {key: item_view(fields) for key, fields in items.items()}
    return {"integration": integration, "itemsBySignal": views, "createOnly": create_only}


def select_params(
    spoken: Dialect, filter_: Json | None, *, limit: int, skip: int, sort: Sequence[str] = ("id",)
) -> Json:
    """Return the parameters of one page of a select, sorted by ID and counted.

    `include` stays empty: "item" is documented for signals, but the API refuses it.
    """
    query = {
        "filter": filter_ or {},
        "sort": list(sort),
        "limit": limit,
        "skip": skip,
        "total": True,
    }
    return {"query": query, "include": [], **spoken.format}


def signal_view(fields: Json) -> Json:
    """Return what a save sends of a signal: fields the API knows, both durations always."""
    return _view(fields, _SIGNAL_FIELDS)


def item_view(fields: Json) -> Json:
    """Return what a publish sends of an item: fields the API knows, both durations always."""
    return _view(fields, _ITEM_FIELDS)


def entry_size(key: str, fields: Json) -> int:
    """Return the bytes that one resource takes in the request that writes it."""
    return len(encode(key)) + len(encode(item_view(fields))) + len(":,")


def read_page(result: object) -> Page:
    """Return the rows and the total of a select's result."""
    members = read_object(result, "result")
    total = read_object(members.get("meta"), "result.meta").get("total")
    rows = members.get("data")
    if type(total) is not int or total < 0:
        _refuse("result.meta.total", "a count")
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        _refuse("result.data", "an array")
    return Page(total, rows)


def read_signal(row: object) -> SignalRow:
    """Return one row of selectSignals."""
    members, attributes, meta = _parts(row)
    key = attributes.get("input")
    if not isinstance(key, str) or not key:
        _refuse("result.data[].attributes.input", "a text that is not empty")
    fields = _fields(attributes, meta, key)
    relations = members.get("relationships") or {}
    item, integration = _related(relations, "item"), _related(relations, "integration")
    return SignalRow(_id(members), key, fields, item, integration, _hash(meta), meta)


def read_item(row: object) -> ItemRow:
    """Return one row of selectItems."""
    members, attributes, meta = _parts(row)
    fields = _fields(attributes, meta, "")
    visible = attributes.get("visible", False)
    if not isinstance(visible, bool):
        _refuse("result.data[].attributes.visible", "true or false")
    fields["visible"] = visible
    updated_by = _updater(members.get("relationships"))
    return ItemRow(_id(members), fields, _hash(meta), meta, updated_by)


def read_saved(result: object, name: str) -> dict[str, Saved]:
    """Return the summaries in `signalsByInput` or `itemsBySignal`, by key."""
    path = f"result.{name}"
    summaries = read_object(read_object(result, "result").get(name, {}), path)
    return {key: _saved(summary, path) for key, summary in summaries.items()}


def _view(fields: Json, names: tuple[str, ...]) -> Json:
    # Only a duration may be null; a field that is left out goes back to its default.
    view = {name: fields[name] for name in names if fields.get(name) is not None}
    view.update({name: fields.get(name) for name in _DURATIONS})
    return view


def _parts(row: object) -> tuple[Json, Json, Json]:
    members = read_object(row, "result.data[]")
    attributes = read_object(members.get("attributes"), "result.data[].attributes")
    return members, attributes, read_object(members.get("meta", {}), "result.data[].meta")


def _fields(attributes: Json, meta: Json, name: str) -> dict[str, object]:
    fields: dict[str, object] = {"name": _text(attributes, "name", name)}
    for key, default in _TEXTS.items():
        fields[key] = _text(attributes, key, default)
    for key in _DURATIONS:
        value = attributes.get(key)
        if value is not None and not isinstance(value, str):
            _refuse(f"result.data[].attributes.{key}", "a duration or null")
        fields[key] = value
    fields["labels"] = _labels(attributes.get("labels"))
    fields["enumValues"] = _texts(attributes.get("enumValues"), "attributes.enumValues")
    fields["annotations"] = _texts(meta.get("annotations"), "meta.annotations")
    return fields


def _text(attributes: Json, name: str, default: str) -> str:
    value = attributes.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        _refuse(f"result.data[].attributes.{name}", "a text")
    return value


def _labels(value: object) -> Json:
    if not value:
        return {}
    labels = read_object(value, "result.data[].attributes.labels")
    for values in labels.values():
        if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
            _refuse("result.data[].attributes.labels.*", "an array of texts")
    return labels


def _texts(value: object, path: str) -> Json:
    if not value:
        return {}
    texts = read_object(value, f"result.data[].{path}")
    if not all(isinstance(text, str) for text in texts.values()):
        _refuse(f"result.data[].{path}.*", "a text")
    return texts


def _related(relations: object, name: str) -> str | None:
    path = f"result.data[].relationships.{name}"
    data = read_object(read_object(relations, path).get(name) or {}, path).get("data")
    return None if data is None else _id(read_object(data, path))


def read_updated(meta: Json) -> str:
    """Return when a resource was updated, as the API wrote it; empty where it does not say."""
    value = meta.get("updatedAt")
    return value if isinstance(value, str) else ""


def _updater(value: object) -> str:
    """Return the ID of who updated a resource; empty where the API does not say, or otherwise."""
    for name in ("updatedBy", "data", "id"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _hash(meta: Json) -> str:
    value = meta.get("attributesHash")
    return value if isinstance(value, str) else ""


def _saved(summary: object, path: str) -> Saved:
    members = read_object(summary, f"{path}.*")
    created, updated = members.get("created"), members.get("updated")
    if not isinstance(created, bool):
        _refuse(f"{path}.*.created", "true or false")
    return Saved(_id(members), created, updated if isinstance(updated, bool) else None)


def _id(members: Json) -> str:
    value = members.get("id")
    if not isinstance(value, str) or not value:
        _refuse("the result's id", "a text")
    return value


def read_object(value: object, path: str) -> Json:
    """Return an answer's object; raises TransportError (API-SHAPE) for anything else."""
    if not isinstance(value, dict):
        _refuse(path, "an object")
    return value


def _refuse(path: str, wanted: str) -> NoReturn:
    raise TransportError.of("API-SHAPE", f"the API's answer: {path} is not {wanted}")
