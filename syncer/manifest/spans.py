"""Where each value of a text begins and ends, so that a writer can change it and nothing else.

For texts that the scanner has accepted: no tags, no keys but scalars.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from syncer.manifest.documents import Path
from syncer.manifest.scan import (
    ALIAS,
    DOCUMENT_START,
    LIST_END,
    LIST_START,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    Event,
    NextEvent,
    open_events,
)

_ANCHOR = re.compile(r"&[\w-]+(?:[ \t\r\n]|#[^\n]*)*", re.ASCII)
_HEADER = re.compile(r"[|>][+-]?([1-9])?[+-]?")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BLOCK_STYLES: Final = ("|", ">")


@dataclass(slots=True)
class Node:
    """A value or a key: `start` is where its anchor begins, `content` where it does itself."""

    kind: type
    start: int
    content: int
    end: int
    column: int  # of the content
    style: str = ""  # of a scalar: its opening quote, | or >; empty for a plain one
    value: str = ""  # of a scalar; the name that an alias repeats
    anchor: str = ""
    is_flow: bool = False  # a collection in brackets
    entries: "list[Entry]" = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Whether it is a collection that indentation holds together."""
        return self.kind in COLLECTIONS and not self.is_flow

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, "Node"]]:
        """Yield this value and all below it with their paths; keys are not among them."""
        yield path, self
        for index, entry in enumerate(self.entries):
            step = index if entry.key is None else entry.key.value
            yield from entry.value.walk((*path, step))

    def leaves(self) -> Iterator["Node"]:
        """Yield the scalars and aliases in the order of the text, keys too."""
        if self.kind not in COLLECTIONS:
            yield self
        for entry in self.entries:
            if entry.key is not None:
                yield entry.key
            yield from entry.value.leaves()


@dataclass(slots=True)
class Entry:
    """A pair of a mapping or an entry of a list; `start` is where its key or dash stands."""

    start: int
    key: Node | None
    value: Node


COLLECTIONS: Final = (MAPPING_START, LIST_START)


def read_spans(text: str) -> Node | None:
    """Return the outermost value of a text that the scanner accepted; None when it has none."""
    return _Reader(text).read()


def skip_space(text: str, offset: int) -> int:
    """Return where the blanks, line breaks and comments that begin at an offset end."""
    found = _SPACE.match(text, offset)
    return offset if found is None else found.end()


def is_kept(header: str) -> bool:
    """Whether a block scalar's first line keeps the empty lines at its end."""
    return "+" in header.partition("#")[0]


def content_column(header: str, lines: list[str], parent: int) -> int:
    """Return at which column the lines of a block scalar begin.

    `parent` is the column of the block around it, which an indicator in the header counts from.
    """
    found = _HEADER.match(header)
    if found is not None and found.group(1):
        return max(parent, 0) + int(found.group(1))
    first = next((line for line in lines if line.strip(" ")), None)
    if first is None:
        return max(map(len, lines), default=0)
    return len(first) - len(first.lstrip(" "))


def block_end(text: str, node: Node, parent: int) -> int:
    """Return where the last line of a block scalar ends, without the empty ones that it drops."""
    header, *lines = written = text[node.content : node.end].split("\n")
    kept = [line.removesuffix("\r") for line in lines]
    column = content_column(header, kept, parent)
    if is_kept(header):
        kept = kept[: len(kept) - (kept[-1:] == [""])]
    else:
        while kept and len(kept[-1]) <= column and not kept[-1].strip(" "):
            kept.pop()
    end = node.content + len("\n".join(written[: len(kept) + 1]))
    return end - text.endswith("\r", 0, end)


class _Reader:
    """Turns the events of one text into nodes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: NextEvent = open_events(text.encode())
        self._last = 0  # where the last thing that was read ends

    def read(self) -> Node | None:
        self._next()  # the stream's start
        event = self._next()
        if type(event) is not DOCUMENT_START:
            return None
        self._last = event.end_mark.index
        return self._node(self._next())

    def _node(self, event: Event, *, in_flow: bool = False) -> Node:
        kind = type(event)
        start, end = event.start_mark.index, event.end_mark.index
        content = start
        if kind is not ALIAS and event.anchor:
            found = _ANCHOR.match(self._text, start)
            content = start if found is None else found.end()
        if kind in COLLECTIONS:
            has_bracket = self._text[content : content + 1] in ("[", "{")
            node = Node(kind, start, content, end, self._column(content), anchor=event.anchor or "")
            node.is_flow = in_flow or has_bracket
            self._last = content + has_bracket
            self._read_entries(node, has_bracket=has_bracket)
            return node
        content = min(content, end)
        self._last = end
        node = Node(kind, start, content, end, self._column(content), anchor=event.anchor or "")
        if kind is SCALAR:
            node.style, node.value = event.style or "", event.value
        else:
            node.value, node.anchor = event.anchor or "", ""
        return node

    def _read_entries(self, node: Node, *, has_bracket: bool) -> None:
        in_flow = node.is_flow
        while type(event := self._next()) not in (MAPPING_END, LIST_END):
            if node.kind is MAPPING_START:
                key = self._node(event, in_flow=in_flow)
                value = self._node(self._next(), in_flow=in_flow)
                node.entries.append(Entry(key.start, key, value))
            else:
                # The event of an entry in block style begins behind its dash.
                dash = event.start_mark.index if in_flow else skip_space(self._text, self._last)
                node.entries.append(Entry(dash, None, self._node(event, in_flow=in_flow)))
        if has_bracket:
            self._last = event.end_mark.index
        node.end = self._last

    def _column(self, offset: int) -> int:
        return offset - (self._text.rfind("\n", 0, offset) + 1)
