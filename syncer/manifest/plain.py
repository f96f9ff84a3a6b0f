"""Events of an ordinary text to its values, fast: no places, and anything unusual is left alone.

Nearly every manifest has no anchors, tags, escapes or errors. Such a text needs only this reader;
for any other it raises Unusual, and `builder` reads the text again with every check. Whatever this
reader accepts, `builder` accepts too, with the same values.
"""

import math
import re
from typing import Final

from syncer.manifest.characters import BIDI, Text
from syncer.manifest.limits import Limits
from syncer.manifest.scalars import TYPED_START, resolve
from syncer.manifest.scan import (
    DOCUMENT_START,
    LIST_END,
    LIST_START,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    STREAM_END,
    Event,
    NextEvent,
    YAMLError,
    open_events,
)

# The beginnings of anchors, aliases, tags and explicit keys never follow a letter or a digit.
_LONGEST_KEY: Final = 1024  # libyaml's limit for a key without the sign of explicit keys
_SIGNS: Final = "&*!?"
_PROPERTY: Final = re.compile(r"(?<![0-9A-Za-z])[&*!?]")


class Unusual(Exception):  # noqa: N818 - no error: the other reader has to judge
    """The text needs the checks of `builder`."""


def read_plain(text: Text, data: bytes, limits: Limits) -> object:
    """Return the values of a text. Raises Unusual for one that may need a closer look."""
    if _is_unusual(text, data, limits):
        raise Unusual
    try:
        return _Reader(data, limits).read()
    except (YAMLError, OverflowError):
        raise Unusual from None


def _is_unusual(text: Text, data: bytes, limits: Limits) -> bool:
    content = text.text
    return (
        text.has_escapes
        or limits.scalar < _LONGEST_KEY
        or BIDI.search(text.foreign) is not None
        or (any(sign in content for sign in _SIGNS) and _PROPERTY.search(content) is not None)
        or (len(data) > limits.nodes and _most_nodes(data) > limits.nodes)
    )


def _most_nodes(data: bytes) -> int:
    """Return a bound: one of these signs introduces each pair and each entry."""
    return 2 * (len(data) - len(data.translate(None, b":,{-["))) + 2


class _Reader:
    """Builds the values of one text; most of loading is spent in its loops."""

    __slots__ = ("_depth", "_longest", "_next")

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._next: NextEvent = open_events(data)
        self._longest = limits.scalar
        self._depth = limits.depth

    def read(self) -> object:
        self._next()  # the stream's start
        event = self._next()
        if type(event) is STREAM_END:
            return None
        if type(event) is not DOCUMENT_START or event.version or event.tags:
            raise Unusual
        if type(self._next()) is not MAPPING_START:
            raise Unusual
        value = self._mapping(1)
        self._next()  # the document's end
        if type(self._next()) is not STREAM_END:
            raise Unusual
        return value

    def _mapping(self, depth: int) -> dict[str, object]:
        if depth > self._depth:
            raise Unusual
        next_event, longest = self._next, self._longest
        mapping: dict[str, object] = {}
        pairs = 0
        while type(event := next_event()) is SCALAR:
            key = event.value
            event = next_event()
            kind = type(event)
            if kind is SCALAR:
                value = event.value
                if value and value[0] not in TYPED_START and len(value) <= longest:
                    mapping[key] = value
                else:
                    mapping[key] = self._resolve(event)
            elif kind is MAPPING_START:
                mapping[key] = self._mapping(depth + 1)
            else:
                mapping[key] = self._list(depth + 1)
            pairs += 1
        if type(event) is not MAPPING_END or len(mapping) != pairs:
            raise Unusual
        if "" in mapping or "~" in mapping or "<<" in mapping:
            raise Unusual
        return mapping

    def _list(self, depth: int) -> list[object]:
        if depth > self._depth:
            raise Unusual
        next_event, longest = self._next, self._longest
        values: list[object] = []
        while (kind := type(event := next_event())) is not LIST_END:
            if kind is SCALAR:
                value = event.value
                if value and value[0] not in TYPED_START and len(value) <= longest:
                    values.append(value)
                else:
                    values.append(self._resolve(event))
            elif kind is MAPPING_START:
                values.append(self._mapping(depth + 1))
            elif kind is LIST_START:
                values.append(self._list(depth + 1))
            else:
                raise Unusual
        return values

    def _resolve(self, event: Event) -> object:
        if len(event.value) > self._longest:
            raise Unusual
        if event.style:  # quoted, or a block
            return event.value
        value = resolve(event.value)
        if isinstance(value, float) and not math.isfinite(value):
            raise Unusual
        return value
