"""A new value over an old one: what has to change in the text, and nothing else.

A scalar keeps its quotes, or its block style, where the new text allows it. Entries of a list or a
mapping that stay keep their spelling, their line and its comment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from syncer.manifest.formatting import STEP
from syncer.manifest.quoting import quote, quote_singly, write_inline, write_key, write_text
from syncer.manifest.scan import ALIAS, LIST_START, MAPPING_START, SCALAR
from syncer.manifest.spans import (
    BLOCK_STYLES,
    Entry,
    Node,
    block_end,
    content_column,
    is_kept,
)
from syncer.resources import Value

Change: TypeAlias = tuple[int, int, str]  # start and end in the text, and what comes there
_Step: TypeAlias = tuple[str, int, int]  # what happens, where in the old list, where in the new
_COMMENTS: Final = "comments inside it would be lost"


class Unwritable(Exception):  # noqa: N818 - no error: it becomes a finding
    """The value cannot be changed where it stands; the text says why."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a value stands in."""

    in_flow: bool = False
    column: int = -STEP  # of the block around it
    entry: Entry | None = None

    def inside(self, node: Node, entry: Entry | None) -> "Around":
        """Return what an entry of this collection stands in."""
        return Around(node.is_flow, self.column if node.is_flow else node.column, entry)


def rewrite(text: str, node: Node, around: Around, value: Value) -> Iterator[Change]:
    """Yield what has to change so that the node has the value; raises Unwritable."""
    return _Writer(text, around).replace(node, value)


def change_text(text: str, changes: Sequence[Change]) -> str:
    """Return the text with the changes made; of two at one place the first comes first."""
    order = sorted(enumerate(changes), key=lambda each: (*each[1][:2], each[0]))
    pieces, last = [], 0
    for _, (start, end, written) in order:
        pieces += [text[last:start], written]
        last = end
    return "".join((*pieces, text[last:]))


class _Writer:
    """Writes over the values of one collection."""

    def __init__(self, text: str, around: Around) -> None:
        self._text = text
        self._around = around
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def replace(self, node: Node, value: Value) -> Iterator[Change]:
        """Yield what has to change so that the node has the value."""
        if isinstance(value, list | tuple) and node.kind is LIST_START:
            yield from self._list(node, [str(each) for each in value])
        elif isinstance(value, Mapping) and node.kind is MAPPING_START:
            yield from self._mapping(node, {key: str(each) for key, each in value.items()})
        elif node.is_block:
            yield self._collapse(node, write_inline(value))
        elif isinstance(value, str) and node.kind is SCALAR:
            yield self._scalar(node, value)
        else:
            self._check_bare(node)
            yield self._put(node, write_inline(value))

    # -- scalars

    def _scalar(self, node: Node, value: str) -> Change:
        written = quote(value)
        if node.style in BLOCK_STYLES:
            written = self._block_scalar(node, value) or written
        elif node.style == "'":
            written = quote_singly(value) or written
        elif not node.style:
            written = write_text(value, in_flow=self._around.in_flow)
        return self._put(node, written)

    def _put(self, node: Node, written: str) -> Change:
        """Return the change that writes something where a scalar stood."""
        start, end = node.content, node.end
        if node.style in BLOCK_STYLES:
            end = block_end(self._text, node, self._around.column)
            if written[0] not in BLOCK_STYLES:
                written += _comment(self._text[start:end].partition("\n")[0])
        if start == end and self._text[start - 1 : start] not in (" ", "\n"):
            written = " " + written  # nothing stood there, so the key's colon or a dash is next
        return start, end, written

    def _block_scalar(self, node: Node, value: str) -> str | None:
        """Return a text in block style; None for one that would not be shown as it is."""
        body = value.rstrip("\n")
        lines, ends = body.split("\n"), len(value) - len(body)
        header, *old = self._text[node.content : node.end].replace("\r", "").split("\n")
        is_shown = quote_singly(body.replace("\n", "")) is not None
        if not body.strip() or not is_shown or (ends > 1 and not is_kept(header)):
            return None
        is_folded = node.style == ">" and len(lines) == 1 and not body.startswith(" ")
        style, comment = ">" if is_folded else "|", _comment(header)
        column = self._around.column
        indentation, digit = content_column(header, old, column), ""
        if indentation <= max(column, -1) or body.lstrip("\n").startswith(" "):
            indentation, digit = max(column, 0) + STEP, str(STEP)
        chomp = "-" if ends == 0 else "" if ends == 1 else "+"
        first = f"{style}{digit}{chomp}{comment}"
        moved = (" " * indentation + line if line else "" for line in lines)
        text = self._newline.join((first, *moved, *[""] * (ends - 1)))
        is_last = block_end(self._text, node, column) == len(self._text)
        return text + self._newline if is_last and ends else text

    # -- lists

    def _list(self, node: Node, wanted: list[str]) -> Iterator[Change]:
        steps = _steps([_text_of(entry.value) for entry in node.entries], wanted)
        if all(tag in ("equal", "replace") for tag, *_ in steps):
            yield from self._entries(node, steps, wanted)
        elif node.is_flow:
            self._check_bare(node)
            parts = (self._part(node, step, wanted) for step in steps if step[0] != "delete")
            yield node.content, node.end, f"[{', '.join(parts)}]"
        elif not wanted:
            yield self._collapse(node, "[]")
        else:
            yield from self._entries(node, steps, wanted)

    def _part(self, node: Node, step: _Step, wanted: Sequence[str]) -> str:
        """Return an entry of a list in brackets; one that stays keeps its spelling."""
        tag, index, at = step
        if tag != "equal":
            return write_text(wanted[at], in_flow=True)
        value = node.entries[index].value
        return self._text[value.start : value.end]

    def _entries(
        self, node: Node, steps: Sequence[_Step], wanted: Sequence[str]
    ) -> Iterator[Change]:
        for tag, index, at in steps:
            if tag == "replace":
                yield from self._entry(node, index, wanted[at])
            elif tag == "delete":
                yield self._delete(node, index)
            elif tag == "insert":
                line = f"- {write_text(wanted[at], in_flow=False)}"
                yield self._insert(node, index, line)

    def _entry(self, node: Node, index: int, value: str) -> Iterator[Change]:
        entry = node.entries[index]
        if entry.value.kind is ALIAS:
            yield entry.value.start, entry.value.end, write_text(value, in_flow=node.is_flow)
        else:
            yield from rewrite(self._text, entry.value, self._around.inside(node, entry), value)

    # -- mappings

    def _mapping(self, node: Node, wanted: Mapping[str, str]) -> Iterator[Change]:
        keys = [entry.key.value for entry in node.entries if entry.key is not None]
        added = [key for key in wanted if key not in keys]
        if not added and wanted.keys() == set(keys):
            yield from self._pairs(node, keys, wanted)
        elif node.is_flow:
            self._check_bare(node)
            parts = [self._pair(entry, wanted) for entry in node.entries]
            parts += [_pair(key, wanted[key], in_flow=True) for key in added]
            yield node.content, node.end, "{" + ", ".join(filter(None, parts)) + "}"
        elif not wanted:
            yield self._collapse(node, "{}")
        else:
            yield from self._pairs(node, keys, wanted)
            for key in added:
                yield self._insert(node, len(keys), _pair(key, wanted[key], in_flow=False))

    def _pairs(
        self, node: Node, keys: Sequence[str], wanted: Mapping[str, str]
    ) -> Iterator[Change]:
        for index, key in enumerate(keys):
            if key not in wanted:
                yield self._delete(node, index)
            elif _text_of(node.entries[index].value) != wanted[key]:
                yield from self._entry(node, index, wanted[key])

    def _pair(self, entry: Entry, wanted: Mapping[str, str]) -> str:
        """Return a pair of a mapping in brackets, empty for one that goes."""
        if entry.key is None or entry.key.value not in wanted:
            return ""
        new = wanted[entry.key.value]
        if _text_of(entry.value) == new:
            return self._text[entry.start : entry.value.end]
        return f"{self._text[entry.start : entry.key.end]}: {write_text(new, in_flow=True)}"

    # -- lines of a block

    def _delete(self, node: Node, index: int) -> Change:
        """Return the change that takes an entry and its line away."""
        entry = node.entries[index]
        begin = self._text.rfind("\n", 0, entry.start) + 1
        if self._text[begin : entry.start].strip(" "):
            raise Unwritable("the entry shares its line with something else")
        return begin, self._after(entry.value), ""

    def _insert(self, node: Node, index: int, line: str) -> Change:
        """Return the change that writes a line before an entry, or behind the last one."""
        pad = " " * node.column
        if index < len(node.entries):
            begin = node.entries[index].start
            return begin, begin, line + self._newline + pad
        after = self._after(node.entries[-1].value)
        if self._text.endswith("\n", 0, after):
            return after, after, pad + line + self._newline
        return after, after, self._newline + pad + line

    def _after(self, node: Node) -> int:
        """Return where the next line begins behind a value."""
        end = node.end
        if node.style in BLOCK_STYLES:
            end = block_end(self._text, node, node.column)
        found = self._text.find("\n", end)
        return len(self._text) if found < 0 else found + 1

    # -- collections as a whole

    def _collapse(self, node: Node, written: str) -> Change:
        """Return the change that writes something on one line instead of a block."""
        self._check_bare(node)
        entry = self._around.entry
        key = entry.key if entry is not None else None
        if key is not None and self._text[key.end : node.content].strip() == ":":
            return key.end, node.end, f": {written}"
        return node.content, node.end, written

    def _check_bare(self, node: Node) -> None:
        """Raise Unwritable when comments stand inside, which would be lost."""
        last = node.content
        for leaf in node.leaves():
            if "#" in self._text[last : leaf.start] or (
                leaf.style in BLOCK_STYLES and node.kind is not SCALAR
            ):
                raise Unwritable(_COMMENTS)
            last = leaf.end
        if "#" in self._text[last : node.end]:
            raise Unwritable(_COMMENTS)


def _comment(header: str) -> str:
    """Return the comment behind the sign of a block scalar, with the blanks before it."""
    sign, is_there, comment = header.partition("#")
    blanks = sign[len(sign.rstrip(" \t")) :]
    return f"{blanks}#{comment.rstrip()}" if is_there else ""


def _steps(old: Sequence[str | None], new: Sequence[str]) -> list[_Step]:
    """Return how one list becomes the other, entry by entry."""
    steps: list[_Step] = []
    matcher = SequenceMatcher(None, list(old), list(new), autojunk=False)
    for tag, first, last, begin, end in matcher.get_opcodes():
        common = min(last - first, end - begin)
        steps += [(tag, first + n, begin + n) for n in range(common)]
        steps += [("delete", index, end) for index in range(first + common, last)]
        steps += [("insert", last, at) for at in range(begin + common, end)]
    return steps


def _text_of(node: Node) -> str | None:
    """Return a scalar's text; None for what is no text of its own."""
    return node.value if node.kind is SCALAR else None


def _pair(key: str, value: str, *, in_flow: bool) -> str:
    return f"{write_key(key)}: {write_text(value, in_flow=in_flow)}"
