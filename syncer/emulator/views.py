"""Save views: what a client may write, read into attributes.

In: the JSON object of one signal or item. Out: a `View` with every default filled in, because a
save replaces all attributes and merges annotations (docs.clarify.io/api/1.1/types/views).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from syncer.emulator import formats
from syncer.emulator.durations import parse_duration, write_duration
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue, write_json
from syncer.emulator.problems import Problems
from syncer.emulator.records import Attributes, Kind
from syncer.emulator.settings import DEFAULT_SETTINGS, Settings
from syncer.emulator.versions import Version


@dataclass(frozen=True, slots=True)
class View:
    """One save view: the attributes to store, and the annotations to merge."""

    attributes: Attributes
    annotations: Mapping[str, str]


EMPTY_ATTRIBUTES = Attributes("", "", "numeric", "measurement", "", None, None, {}, {})


def read_view(value: JsonValue, path: str, problems: Problems, *, reads: "Reading") -> View:
    """Return the view in a JSON object, noting whatever it may not hold."""
    if reads.settings.accepts_null_fields and isinstance(value, dict):
        value = {name: value[name] for name in value if value[name] is not None}
    fields = Fields(value, path, problems)
    attributes = Attributes(
        name=fields.text("name", formats.LONGEST_NAME),
        description=fields.text("description", formats.LONGEST_DESCRIPTION),
        value_type=_read_value_type(fields, reads.version),
        source_type=_read_enum(fields, "sourceType", formats.SOURCE_TYPES),
        eng_unit=fields.text("engUnit", formats.LONGEST_UNIT),
        sample_interval=_read_duration(fields, "sampleInterval"),
        gap_detection=_read_duration(fields, "gapDetection"),
        labels=_read_labels(fields, sorts=reads.settings.sorts_labels),
        enum_values=_read_enum_values(fields),
        visible=fields.flag("visible") if reads.kind is Kind.ITEM else False,
    )
    annotations = read_annotations(fields)
    fields.close()
    return View(attributes, annotations)


@dataclass(frozen=True, slots=True)
class Reading:
    """How views are read: for which kind, by the rules of which version."""

    kind: Kind
    version: Version
    settings: Settings = DEFAULT_SETTINGS


def default_name(attributes: Attributes, name: str) -> Attributes:
    """Return the attributes with the name, unless they have one."""
    # clarify-go always sends "" for a name that is not set (measured with v0.4.0).
    return attributes if attributes.name else replace(attributes, name=name)


def encode_attributes(attributes: Attributes, *, last: tuple[str, str | bool]) -> str:
    """Return the attributes as Go writes them; `last` is input or visibility."""
    # The order of the members is part of the hash (computed over recorded answers).
    return write_json(
        {
            "name": attributes.name,
            "description": attributes.description,
            "valueType": attributes.value_type,
            "sourceType": attributes.source_type,
            "engUnit": attributes.eng_unit,
            "sampleInterval": _encode_duration(attributes.sample_interval),
            "gapDetection": _encode_duration(attributes.gap_detection),
            "labels": {key: list(attributes.labels[key]) for key in sorted(attributes.labels)},
            "enumValues": {
                key: attributes.enum_values[key] for key in sorted(attributes.enum_values)
            },
            last[0]: last[1],
        }
    )


def hash_text(text: str) -> str:
    """Return the SHA-1 of a line; Go's JSON encoder ends with a newline."""
    return hashlib.sha1(f"{text}\n".encode(), usedforsecurity=False).hexdigest()


def merge_annotations(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return the annotations after a save, sorted; an empty value deletes its key."""
    merged = {**old, **new}
    return {key: merged[key] for key in sorted(merged) if merged[key]}


def _encode_duration(length: int | None) -> str | None:
    return None if length is None else write_duration(length)


def _read_value_type(fields: Fields, version: Version) -> str:
    # The field was called `type` before 1.1beta2; 1.1 still takes that name.
    names = ["type"] if version <= Version.V1_1_BETA1 else ["valueType"]
    if Version.V1_1_BETA2 <= version <= Version.V1_1:
        names.append("type")
    given = [name for name in names if fields.has(name)]
    values = [_read_enum(fields, name, formats.VALUE_TYPES) for name in given]
    if len(given) > 1:
        fields.note("type", "must not be given beside valueType")
    return values[0] if values else formats.VALUE_TYPES[0]


def _read_enum(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    # clarify-go sends "" for the default (measured with v0.4.0).
    value = fields.text(name) or allowed[0]
    if value not in allowed:
        fields.note(name, f"must be one of {', '.join(allowed)}")
    return value


def _read_duration(fields: Fields, name: str) -> int | None:
    value = fields.value(name)
    if value is None:
        return None
    length = parse_duration(value) if isinstance(value, str) else None
    if length is None:
        fields.note(name, "must be null or a fixed RFC 3339 duration")
    return length


def _read_labels(fields: Fields, *, sorts: bool) -> Mapping[str, tuple[str, ...]]:
    labels = {key: _read_texts(fields, key, value) for key, value in _keyed(fields, "labels")}
    return {key: tuple(sorted(set(labels[key]))) for key in labels} if sorts else labels


def _read_texts(fields: Fields, key: str, value: JsonValue) -> tuple[str, ...]:
    # assumed: the server keeps order and repetition as sent, unless the settings say otherwise.
    if not isinstance(value, list):
        fields.note(f"labels.{key}", "must be an array of strings")
        return ()
    texts = tuple(element for element in value if isinstance(element, str))
    if len(texts) < len(value):
        fields.note(f"labels.{key}", "must be an array of strings")
    return texts


def _read_enum_values(fields: Fields) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for key, value in fields.members("enumValues").items():
        if not formats.is_state(key):
            fields.note(f"enumValues.{key}", "key must be an integer from 0 to 9999")
        if not isinstance(value, str) or not 1 <= len(value) <= formats.LONGEST_ENUM_TEXT:
            fields.note(f"enumValues.{key}", "must be a string of 1 to 128 characters")
        else:
            texts[key] = value
    return texts


def read_annotations(fields: Fields) -> Mapping[str, str]:
    """Return the member annotations, noting whatever it may not hold."""
    texts: dict[str, str] = {}
    for key, value in _keyed(fields, "annotations"):
        if isinstance(value, str):
            texts[key] = value
        else:
            fields.note(f"annotations.{key}", "must be a string")
    return texts


def _keyed(fields: Fields, name: str) -> Iterator[tuple[str, JsonValue]]:
    for key, value in fields.members(name).items():
        if not formats.is_key(key):
            fields.note(f"{name}.{key}", "key must match ^[A-Za-z0-9-_/]{1,128}$")
        yield key, value
