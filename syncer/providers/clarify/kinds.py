"""Signals and items as kinds: their fields, defaults and comparers.

Defaults are what a save sets when it leaves a field out (docs.clarify.io/api/1.1/types/views).
"""

from collections.abc import Mapping
from typing import Final

from syncer.kinds import Field, Kind
from syncer.providers.clarify.compare import (
    same_choice,
    same_duration,
    same_enum_texts,
    same_flag,
    same_gap_detection,
    same_members,
    same_text,
)
from syncer.resources import OWNER_ANNOTATION, Value

# The mark of clarify-go's automation, which publishes items of its own.
_ROUTINE: Final = "clarify/clarify-go/publisher/name"
_NO_KEYS: Final[Mapping[str, object]] = {}

_COMMON: Final = (
    Field("name", "", same_text),
    Field("description", "", same_text),
    Field("engUnit", "", same_text, has_meaning=True),
    Field("labels", _NO_KEYS, same_members, is_keyed=True),
    Field("annotations", _NO_KEYS, same_text, is_keyed=True, is_merged=True),
    Field("valueType", "numeric", same_choice("numeric"), has_meaning=True),
    Field("sourceType", "measurement", same_choice("measurement")),
    Field("enumValues", _NO_KEYS, same_enum_texts, has_meaning=True),
    Field("sampleInterval", None, same_duration),
)


def owner(view: Mapping[str, Value]) -> str:
    """Return the project or the tool that has marked the resource; empty when nobody did."""
    annotations = view.get("annotations")
    if not isinstance(annotations, Mapping) or not annotations:
        return ""
    project = annotations.get(OWNER_ANNOTATION)
    if project:
        return str(project)
    routine = annotations.get(_ROUTINE)
    return f"clarify-go's {routine}" if routine else ""


SIGNALS: Final = Kind(
    name="signals",
    type="clarify_signal",
    noun="signal",
    fields={f.name: f for f in (*_COMMON, Field("gapDetection", None, same_duration))},
    owner=owner,
)

ITEMS: Final = Kind(
    name="items",
    type="clarify_item",
    noun="item",
    fields={
        f.name: f
        for f in (
            *_COMMON,
            Field("gapDetection", None, same_gap_detection),
            Field("visible", False, same_flag),
        )
    },
    source="signals",
    owner=owner,
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (SIGNALS, ITEMS)}
