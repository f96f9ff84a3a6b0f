"""The canonical form of a manifest: its text with other blanks and quotes, and nothing else.

Comments, keys, their order and every value stay. Blocks are indented by two columns, entries of
lists too; one blank stands behind `:`, `-` and `,` and none inside brackets; runs of empty lines
become one; lines end in LF without blanks before it. A text that other readers of YAML take for a
number, a boolean or a date gets double quotes, and single quotes become double ones where nothing
needs an escape. Quotes are never removed. A text with the sign of explicit keys (`?`) stays as it
is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from syncer.manifest.quoting import is_read_otherwise, is_text, quote, quote_singly
from syncer.manifest.scan import ALIAS, MAPPING_START
from syncer.manifest.spans import (
    BLOCK_STYLES,
    COLLECTIONS,
    Node,
    block_end,
    content_column,
    read_spans,
)

STEP: Final = 2
_INDICATOR: Final = re.compile(r"[|>][+-]?([1-9])")
_STRIPPED: Final = re.compile(r"^([|>])[+]?([1-9]?)[+]?(?!-)")
_BLANK: Final = " \t"


def canonical(text: str) -> str:
    """Return the canonical form of a text that the scanner accepted."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root = read_spans(text)
    if root is None:
        return _Printer(text, _Layout()).print()
    if root.kind is not MAPPING_START:
        return text
    layout = _Layout()
    layout.place(root, 0)
    if any("?" in _code(gap) for gap in layout.gaps(text)):
        return text
    return _Printer(text, layout).print()


@dataclass(frozen=True, slots=True)
class _Solid:
    """A scalar, an alias or an anchor: text whose inside is no layout."""

    start: int
    end: int
    node: Node
    column: int  # that its further lines get
    is_key: bool
    is_anchor: bool = False
    parent: int = 0  # the old column of the block around it


@dataclass(slots=True)
class _Layout:
    """Which column each beginning of a block, a key, an entry or a value gets."""

    blocks: dict[int, int] = field(default_factory=dict)  # offset of a key or dash -> new column
    own: dict[int, int] = field(default_factory=dict)  # of a value, if on a line of its own
    solids: list[_Solid] = field(default_factory=list)
    flows: list[tuple[int, int]] = field(default_factory=list)  # the outermost ones

    def place(self, node: Node, column: int) -> None:
        """Take in a collection in block style, or the outermost value."""
        if node.is_flow:
            self._place_value(node, column - STEP, 0, is_key=False)
            return
        self._note_anchor(node, column, node.column)
        for entry in node.entries:
            self.blocks[entry.start] = column
            if entry.key is not None:
                self._place_value(entry.key, column, node.column, is_key=True)
            value = entry.value
            self.own[value.start] = self.own[value.content] = column + STEP
            if value.is_block:
                self.place(value, column + STEP)
            else:
                self._place_value(value, column, node.column, is_key=False)

    def gaps(self, text: str) -> Iterator[str]:
        """Yield what stands before, between and after the solids."""
        last = 0
        for solid in self.solids:
            yield text[last : solid.start]
            last = solid.end
        yield text[last:]

    def is_in_flow(self, offset: int) -> bool:
        """Whether the offset lies within brackets."""
        index = bisect_right(self.flows, (offset, 0)) - 1
        return index >= 0 and offset < self.flows[index][1]

    def _place_value(self, node: Node, column: int, parent: int, *, is_key: bool) -> None:
        self._note_anchor(node, column, parent)
        if node.kind not in COLLECTIONS:
            if node.end > node.content:
                self.solids.append(
                    _Solid(
                        node.content, node.end, node, column + STEP, is_key=is_key, parent=parent
                    )
                )
            return
        if not self.flows or node.content >= self.flows[-1][1]:
            self.flows.append((node.content, node.end))
        for entry in node.entries:
            if entry.key is not None:
                self._place_value(entry.key, column, parent, is_key=True)
            self._place_value(entry.value, column, parent, is_key=False)

    def _note_anchor(self, node: Node, column: int, parent: int) -> None:
        if node.anchor:
            end = node.start + 1 + len(node.anchor)
            anchor = _Solid(node.start, end, node, column + STEP, is_key=False, is_anchor=True)
            self.solids.append(anchor)


class _Printer:
    """Writes a text once more, in its layout."""

    def __init__(self, text: str, layout: _Layout) -> None:
        self._text = text
        self._layout = layout
        self._out: list[str] = []
        self._columns: dict[int, int] = {}  # of the blocks that are open: old -> new
        self._shift = 0  # of the last line that did not begin within brackets
        self._has_begun = False
        self._is_below_text = False
        starts = sorted({**layout.own, **layout.blocks}.items())
        self._leads = [(o, column) for o, column in starts if self._begins_line(o)]
        self._blocks = sorted(layout.blocks.items())
        self._next_block = 0

    def print(self) -> str:
        """Return the whole text."""
        last = 0
        for solid in self._layout.solids:
            end = self._end(solid)
            self._gap(last, solid.start, is_last=False)
            self._out.append(self._solid(solid, end))
            self._is_below_text = solid.node.style in BLOCK_STYLES
            last = end
        self._gap(last, len(self._text), is_last=True)
        text = "".join(self._out)
        return text + "\n" if text else ""

    # -- what stands between

    def _gap(self, start: int, end: int, *, is_last: bool) -> None:
        pieces = self._text[start:end].split("\n")
        offset, is_empty = start, False
        for index, piece in enumerate(pieces):
            begins = index > 0 or start == 0
            ends = is_last or index < len(pieces) - 1
            if begins and ends and not piece.strip(_BLANK):
                is_empty = True
            else:
                if index and self._has_begun:
                    self._out.append("\n\n" if is_empty else "\n")
                if begins:
                    self._out.append(" " * self._indentation(offset, piece))
                self._open_blocks(offset + len(piece))
                self._out.append(_tidy(piece, begins=begins, ends=ends))
                is_empty, self._has_begun = False, True
            offset += len(piece) + 1

    def _indentation(self, offset: int, piece: str) -> int:
        """Return the new indentation of a line."""
        old = len(piece) - len(piece.lstrip(_BLANK))
        begin = offset + old
        if self._layout.is_in_flow(begin):
            return max(old + self._shift, 0)
        if self._text.startswith("#", begin):
            return self._comment(begin, old)
        new = self._layout.blocks.get(begin, self._layout.own.get(begin, old))
        self._shift = new - old
        return new

    def _comment(self, begin: int, old: int) -> int:
        """Return the column of the block that a comment on its own line belongs to."""
        columns, default = self._columns, 0
        index = bisect_right(self._leads, (begin, 0))
        if index < len(self._leads):
            offset, default = self._leads[index]
            ahead = self._column(offset)
            if ahead == old:
                return default
            columns = {ahead: default, **columns}
        nearest = max((column for column in columns if column <= old), default=None)
        if nearest is None:
            return default
        # Below a block scalar, what is indented further would become a part of it.
        is_deeper = old > nearest and nearest in self._columns and not self._is_below_text
        return columns[nearest] + (STEP if is_deeper else 0)

    def _open_blocks(self, end: int) -> None:
        """Note the blocks that begin or go on before this offset."""
        while self._next_block < len(self._blocks) and self._blocks[self._next_block][0] <= end:
            offset, new = self._blocks[self._next_block]
            column = self._column(offset)
            self._columns = {old: to for old, to in self._columns.items() if old < column}
            self._columns[column] = new
            self._next_block += 1

    # -- scalars, aliases and anchors

    def _end(self, solid: _Solid) -> int:
        """Return where a solid ends, without the empty lines that a block scalar drops."""
        if solid.is_anchor or solid.node.style not in BLOCK_STYLES:
            return solid.end
        return block_end(self._text, solid.node, solid.parent)

    def _solid(self, solid: _Solid, end: int) -> str:
        text, node = self._text[solid.start : end], solid.node
        if solid.is_anchor or node.kind is ALIAS:
            return text
        if node.style in BLOCK_STYLES:
            return self._block_scalar(solid, text)
        if "\n" in text:
            return self._lines(solid, text)
        return _requoted(node, text, is_key=solid.is_key)

    def _block_scalar(self, solid: _Solid, text: str) -> str:
        header, *lines = text.split("\n")
        old, new = content_column(header, lines, solid.parent), solid.column
        if digit := _INDICATOR.match(header):
            new += int(digit.group(1)) - STEP
        if solid.end == len(self._text) and not self._text.endswith("\n"):
            # The line break that is added at the end must not become a part of the value.
            header = _STRIPPED.sub(r"\1\2-", header)
        moved = (
            "" if len(line) <= old and not line.strip(" ") else " " * new + line[old:]
            for line in lines
        )
        return "\n".join((header.rstrip(_BLANK), *moved))

    def _lines(self, solid: _Solid, text: str) -> str:
        """Return a scalar of several lines; blanks around its line breaks mean nothing."""
        is_flow = self._layout.is_in_flow(solid.start)
        first, *lines = text.split("\n")
        moved = [_right(first, solid.node.style)]
        for line in lines:
            content = _right(line.lstrip(_BLANK), solid.node.style)
            old = len(line) - len(line.lstrip(_BLANK))
            column = max(old + self._shift, 0) if is_flow else solid.column
            moved.append(" " * column + content if content else "")
        return "\n".join(moved)

    # -- places

    def _column(self, offset: int) -> int:
        return offset - (self._text.rfind("\n", 0, offset) + 1)

    def _begins_line(self, offset: int) -> bool:
        begin = self._text.rfind("\n", 0, offset) + 1
        return not self._text[begin:offset].strip(_BLANK)


def _requoted(node: Node, text: str, *, is_key: bool) -> str:
    if node.style == "'":
        plainly = "\\" not in node.value and '"' not in node.value
        return quote(node.value) if plainly and quote_singly(node.value) == text else text
    if node.style or is_key or not is_read_otherwise(text):
        return text
    return quote(text) if is_text(text) else text


def _right(line: str, style: str) -> str:
    """Return a line of a scalar without blanks at its end, unless one of them is escaped."""
    bare = line.rstrip(_BLANK)
    escapes = len(bare) - len(bare.rstrip("\\"))
    return line if style == '"' and escapes % 2 else bare


def _code(gap: str) -> str:
    """Return what stands between solids without the comments."""
    return re.sub(r"#[^\n]*", "", gap)


def _tidy(piece: str, *, begins: bool, ends: bool) -> str:
    """Return the part of a line between solids: indicators, blanks, perhaps a comment."""
    code, sign, comment = piece.partition("#")
    if code.lstrip(_BLANK).startswith(("---", "...")):
        tidied = code.strip(_BLANK)
    else:
        tidied = re.sub(r"([,:-])", r"\1 ", re.sub(r"[ \t]+", "", code))
    if not begins and code[:1] in (" ", "\t") and tidied.startswith(("[", "{")):
        tidied = " " + tidied  # behind an anchor
    if sign:
        tidied = tidied.rstrip(" ")
        space = code[len(code.rstrip(_BLANK)) :].expandtabs(1)
        return tidied + ("" if begins and not tidied else space or " ") + sign + comment.rstrip()
    if ends:
        return tidied.rstrip(" ")
    return tidied or ("" if begins or not code else " ")
