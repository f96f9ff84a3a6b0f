"""Events to values and places, with every check; what is refused is recorded, the rest goes on."""

import math
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.manifest.characters import BIDI, CONTROL, Lines, Text
from syncer.manifest.documents import Nodes
from syncer.manifest.limits import Limits
from syncer.manifest.refusals import REFUSALS, limit_of
from syncer.manifest.scalars import LONGEST_NUMBER, TYPED_START, resolve
from syncer.manifest.scan import (
    ALIAS,
    DOCUMENT_START,
    LIST_END,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    Event,
    open_events,
)
from syncer.sinks import quoted

MOST_FINDINGS: Final = 1_000  # of one file; a generated file may have one on every line


class Ended(Exception):  # noqa: N818 - no error: a finding has been recorded
    """A limit was passed: the rest of the file is not read."""


@dataclass(slots=True)
class _Anchor:
    """A value that aliases may repeat; its size is -1 while it is still open."""

    node: int
    value: object = ""
    size: int = -1
    height: int = 0


class Builder:
    """Builds the values of one text and records where each stands."""

    def __init__(self, text: Text, limits: Limits) -> None:
        self.nodes = Nodes()
        self.findings: list[Diagnostic] = []
        self.lines = Lines(text.file, text.text)
        self._limits = limits
        self._next = open_events(text.text.encode())
        self._is_turned = BIDI.search(text.foreign) is not None
        self._checks_texts = text.has_escapes or self._is_turned
        self._anchors: dict[str, _Anchor] = {}
        self._aliases = 0
        self._expanded = 0
        self._reached = 0
        self._turned_spans: list[tuple[int, int]] = []

    def build(self) -> object:
        """Return the value of the only document; None for a text without any."""
        self._next()  # the stream's start
        event = self._next()
        if type(event) is not DOCUMENT_START:
            return None
        if event.version is not None or event.tags is not None:
            self._refuse("YML-DIRECTIVE", "the file begins with a directive", event)
        value = self._node(self._next(), 1, "")
        self._next()  # the document's end
        event = self._next()
        if type(event) is DOCUMENT_START:
            self._refuse("YML-MULTIDOC", "a second document begins here", event)
        return value

    def _node(self, event: Event, depth: int, name: str) -> object:
        kind = type(event)
        self.nodes.starts.append(event.start_mark.index)
        if kind is ALIAS:
            return self._alias(event, depth)
        self._inspect(event)
        if kind is SCALAR:
            value: object = self._scalar(event)
            if event.anchor is not None:
                self._keep(event.anchor, value, 1, 0)
            return value
        if depth > self._limits.depth:
            self._end("LIM-DEPTH", "the values are nested too deeply", event)
        if event.anchor is None:
            return self._collection(kind, depth, name)
        return self._anchored(event.anchor, kind, depth, name)

    def _collection(self, kind: type, depth: int, name: str) -> object:
        node = len(self.nodes.starts) - 1
        self._reached = max(self._reached, depth)
        value: object = (
            self._mapping(depth + 1, name) if kind is MAPPING_START else self._list(depth + 1)
        )
        self.nodes.ends[node] = len(self.nodes.starts)
        return value

    def _mapping(self, depth: int, name: str) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while type(event := self._next()) is not MAPPING_END:
            if self._accept_key(event, mapping, depth, name):
                self.nodes.starts.append(event.start_mark.index)
                mapping[event.value] = self._node(self._next(), depth, event.value)
            self._count_nodes(event)
        return mapping

    def _list(self, depth: int) -> list[object]:
        values: list[object] = []
        while type(event := self._next()) is not LIST_END:
            values.append(self._node(event, depth, ""))
            self._count_nodes(event)
        return values

    def _count_nodes(self, event: Event) -> None:
        if len(self.nodes.starts) > self._limits.nodes:
            self._end("LIM-NODES", "the file holds too many values", event)

    def _scalar(self, event: Event) -> object:
        text = event.value
        if len(text) > self._limits.scalar:
            self._end("LIM-SCALAR", f"a text of {len(text)} characters", event)
        if event.style or event.tag or (text and text[0] not in TYPED_START):
            return text
        try:
            value = resolve(text)
        except OverflowError:
            self._add("LIM-SCALAR", f"a number of {len(text)} digits", event, *_NUMBER)
            return text
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse("MAN-TYPE", f"{text[:40]} is not a finite number", event)
            return text
        if not isinstance(value, str):
            self.nodes.written[len(self.nodes.starts) - 1] = text
        return value

    # -- keys

    def _accept_key(self, event: Event, mapping: dict[str, object], depth: int, name: str) -> bool:
        """Tell whether the key may stand here; else its value has been read and dropped."""
        if type(event) is not SCALAR:
            self._refuse("YML-KEYTYPE", "a list, a mapping or an alias is used as a key", event)
        elif not event.style and event.value in ("", "~"):
            self._refuse("YML-KEYTYPE", "an empty key", event)
        elif not event.style and event.value == "<<":
            self._refuse("YML-MERGE", "a merge key", event)
        elif event.value in mapping:
            code = "MAN-ENUM-DUP" if name == "enumValues" else "YML-DUP-KEY"
            self._refuse(code, f"the key {quoted(event.value[:200])} stands here twice", event)
        elif len(event.value) > self._limits.scalar:
            self._end("LIM-SCALAR", f"a key of {len(event.value)} characters", event)
        else:
            self._inspect(event)
            if event.anchor is not None:
                # The key's own node is written next.
                self._anchors[event.anchor] = _Anchor(len(self.nodes.starts), event.value, 1)
            return True
        first = len(self.nodes.starts)
        self._node(event, depth, "")
        self._node(self._next(), depth, "")
        self.nodes.skips[first] = len(self.nodes.starts)
        return False

    # -- anchors and aliases

    def _anchored(self, name: str, kind: type, depth: int, key: str) -> object:
        node, reached = len(self.nodes.starts) - 1, self._reached
        repeated = self._expanded - self._aliases
        self._reached = depth
        value = self._collection(kind, depth, key)
        # An alias inside counts as what it repeats, not as a node of its own.
        size = len(self.nodes.starts) - node + (self._expanded - self._aliases - repeated)
        self._keep(name, value, size, self._reached - depth + 1)
        self._reached = max(reached, self._reached)
        return value

    def _keep(self, name: str, value: object, size: int, height: int) -> None:
        anchor = self._anchors[name]
        anchor.value, anchor.size, anchor.height = value, size, height

    def _alias(self, event: Event, depth: int) -> object:
        anchor = self._anchors.get(event.anchor or "")
        self._aliases += 1
        if self._aliases > self._limits.aliases:
            self._end("LIM-ALIASES", "the file repeats values too often", event)
        if anchor is None:
            self._refuse("YML-ALIAS", f"no anchor {quoted(event.anchor or '')} above", event)
            return ""
        if anchor.size < 0:
            self._refuse("YML-ALIAS-CYCLE", "an alias stands inside its own anchor", event)
            return ""
        self._expanded += anchor.size
        if self._expanded > self._limits.expanded:
            self._end("LIM-ALIAS", "the aliases repeat too much", event)
        if depth - 1 + anchor.height > self._limits.depth:
            self._end("LIM-DEPTH", "the values are nested too deeply", event)
        self._reached = max(self._reached, depth - 1 + anchor.height)
        node = len(self.nodes.starts) - 1
        self.nodes.aliases[node] = anchor.node
        if anchor.node in self.nodes.written:
            self.nodes.written[node] = self.nodes.written[anchor.node]
        return anchor.value

    def _inspect(self, event: Event) -> None:
        if event.tag is not None:
            self._refuse("YML-TAG", f"the tag {quoted(event.tag[:200])}", event)
        if event.anchor is not None:
            if event.anchor in self._anchors:
                self._refuse("YML-ANCHOR", f"a second anchor {quoted(event.anchor)}", event)
            self._anchors[event.anchor] = _Anchor(len(self.nodes.starts) - 1)
            if len(self._anchors) > self._limits.anchors:
                self._end("LIM-ANCHORS", "the file has too many anchors", event)
        if self._checks_texts and type(event) is SCALAR:
            self._check_text(event)

    # -- characters

    def _check_text(self, event: Event) -> None:
        for code, pattern, effect in (
            ("YML-CTRL", CONTROL, "has no place in a text"),
            ("YML-BIDI", BIDI, "turns the writing direction"),
        ):
            found = pattern.search(event.value)
            if found is not None:
                character = f"char {found.start()} U+{ord(found.group()):04X}"
                self._refuse(code, f"{character} {effect}", event)
                self._turned_spans.append((event.start_mark.index, event.end_mark.index))

    def find_turned_comments(self) -> None:
        """Report what turns the writing direction outside of all texts: in comments."""
        if not self._is_turned:
            return
        for found in BIDI.finditer(self.lines.text):
            offset = found.start()
            if not any(start <= offset < end for start, end in self._turned_spans):
                summary = f"U+{ord(found.group()):04X} turns the writing direction"
                self._add_at("YML-BIDI", summary, offset, *REFUSALS["YML-BIDI"])

    # -- findings

    def _refuse(self, code: str, summary: str, event: Event) -> None:
        self._add(code, summary, event, *REFUSALS[code])

    def _end(self, code: str, summary: str, event: Event) -> None:
        self._add(code, summary, event, *limit_of(code, self._limits))
        raise Ended

    def _add(self, code: str, summary: str, event: Event, rule: str, hint: str) -> None:
        self._add_at(code, summary, event.start_mark.index, rule, hint)

    def _add_at(self, code: str, summary: str, offset: int, rule: str, hint: str) -> None:
        place = self.lines.locate(offset)
        self.findings.append(Diagnostic(code, summary, place, rule=rule, hint=hint))
        if len(self.findings) >= MOST_FINDINGS:
            raise Ended


_NUMBER: Final = (
    f"a number has at most {LONGEST_NUMBER} characters",
    "write a text in quotes",
)
