"""Signals and items as kinds: their fields, defaults and comparers.

Defaults are what a save sets when it leaves a field out (docs.clarify.io/api/1.1/types/views).
"""

from collections.abc import Mapping
from typing import Final

from syncer.kinds import Field, Kind
from syncer.providers.clarify.compare import (
    choice_form,
    duration_form,
    enum_texts_form,
    flag_form,
    members_form,
    same_choice,
    same_duration,
    same_enum_texts,
    same_flag,
    same_gap_detection,
    same_members,
    same_text,
    text_form,
)
from syncer.resources import OWNER_ANNOTATION, Value

# The mark of clarify-go's automation, which publishes items of its own.
_ROUTINE: Final = "clarify/clarify-go/publisher/name"
_NO_KEYS: Final[Mapping[str, object]] = {}

_COMMON: Final = (
    Field("name", "", same_text, text_form),
    Field("description", "", same_text, text_form),
    Field("engUnit", "", same_text, text_form, has_meaning=True),
    Field("labels", _NO_KEYS, same_members, members_form, is_keyed=True),
    Field("annotations", _NO_KEYS, same_text, text_form, is_keyed=True, is_merged=True),
    Field("valueType", "numeric", same_choice("numeric"), choice_form("numeric"), has_meaning=True),
    Field("sourceType", "measurement", same_choice("measurement"), choice_form("measurement")),
    Field("enumValues", _NO_KEYS, same_enum_texts, enum_texts_form, has_meaning=True),
    Field("sampleInterval", None, same_duration, duration_form),
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
    fields={
        f.name: f for f in (*_COMMON, Field("gapDetection", None, same_duration, duration_form))
    },
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
            Field("gapDetection", None, same_gap_detection, duration_form),
            Field("visible", False, same_flag, flag_form),
        )
    },
    source="signals",
    owner=owner,
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (SIGNALS, ITEMS)}
