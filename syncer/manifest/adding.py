"""Fields added to resources of a text; every other character stays as it is.

In: a text, and what each resource is to say that it does not say yet. Out: the new text, which was
read back and is the old document with these additions, and a finding for each that was not made.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from syncer.diagnostics import Diagnostic, Location
from syncer.manifest.characters import Lines
from syncer.manifest.documents import Path
from syncer.manifest.editing import is_same
from syncer.manifest.limits import Limits
from syncer.manifest.quoting import write_inline, write_key
from syncer.manifest.reading import scan
from syncer.manifest.rewriting import Change, change_text
from syncer.manifest.scan import ALIAS, MAPPING_START
from syncer.manifest.spans import BLOCK_STYLES, Node, block_end, read_spans
from syncer.resources import FieldPath, Value

_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Addition:
    """A value that a resource is to say: for a field, or for a key of a keyed field."""

    resource: Path
    field: FieldPath
    value: Value


@dataclass(frozen=True, slots=True)
class Added:
    """The text with every addition that could be made, and why others were not."""

    text: str
    refused: Mapping[int, Diagnostic]  # by the number of the addition


class _Refused(Exception):  # noqa: N818 - no error: it becomes a finding
    """The addition cannot be made; the finding says why."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.summary)
        self.finding = finding


def add(file: str, text: str, additions: Sequence[Addition], limits: Limits) -> Added:
    """Return the text in which the resources say more; what cannot be added is a finding."""
    before = scan(file, text.encode(), limits)
    if before.document is None or before.findings:
        unread = _unplaced(Location(file), "the file cannot be read")
        return Added(text, dict.fromkeys(range(len(additions)), unread))
    tree = _Tree(file, before.document.text)
    expected = deepcopy(before.document.value)
    refused: dict[int, Diagnostic] = {}
    new: dict[Path, dict[str, Value]] = {}
    for number, addition in enumerate(additions):
        try:
            tree.check(addition)
        except _Refused as error:
            refused[number] = error.finding
            continue
        path = (*addition.resource, *addition.field)
        _put(expected, path, addition.value)
        _collect(new, tree, addition)
    changes = [tree.insert(path, entries) for path, entries in new.items()]
    after = change_text(before.document.text, changes)
    read = scan(file, after.encode(), limits)
    if read.document is None or read.findings or not is_same(read.document.value, expected):
        why = _unplaced(Location(file), "the text would be read as something else")
        return Added(text, dict.fromkeys(range(len(additions)), why))
    return Added(_MARK + after if text.startswith(_MARK) else after, refused)


def _collect(new: dict[Path, dict[str, Value]], tree: "_Tree", addition: Addition) -> None:
    """Note a value under the innermost mapping that is there; what is missing is made with it."""
    *outer, name = addition.field
    path = (*addition.resource, *outer)
    if tree.has(path):
        new.setdefault(path, {})[name] = addition.value
        return
    made = new.setdefault(addition.resource, {})
    known = made.get(outer[0])
    made[outer[0]] = {**(known if isinstance(known, Mapping) else {}), name: addition.value}


class _Tree:
    """The mappings of a text by path, and which of them are repeated elsewhere."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._lines = Lines(file, text)
        root = read_spans(text)
        nodes = [] if root is None else list(root.walk())
        repeated = {node.value for _, node in nodes if node.kind is ALIAS}
        self._nodes = dict(nodes)
        self._shared = {path for path, node in nodes if node.anchor in repeated}

    def has(self, path: Path) -> bool:
        """Whether something stands at the path."""
        return path in self._nodes

    def check(self, addition: Addition) -> None:
        """Raise _Refused where nothing may be added: in what others repeat, over what is there."""
        path = (*addition.resource, *addition.field)
        for length in range(len(path)):
            node = self._nodes.get(path[:length])
            if node is None:
                return
            place = self._lines.locate(node.start)
            if node.kind is ALIAS or path[:length] in self._shared:
                raise _Refused(_shared(place))
            if node.kind is not MAPPING_START:
                raise _Refused(_unplaced(place, "something else is said here"))
        if path in self._nodes:
            place = self._lines.locate(self._nodes[path].start)
            raise _Refused(_unplaced(place, "a value is said already"))

    def insert(self, path: Path, entries: Mapping[str, Value]) -> Change:
        """Return the change that adds pairs at the end of a mapping."""
        node = self._nodes[path]
        pairs = [f"{write_key(key)}: {write_inline(value)}" for key, value in entries.items()]
        if node.is_flow:
            written = ", ".join(pairs)
            if not node.entries:
                return node.content + 1, node.content + 1, written
            end = node.entries[-1].value.end
            return end, end, f", {written}"
        pad = " " * node.column
        end = self._end(node)
        line = self._text.find("\n", end)
        if line < 0:
            written = "".join(self._newline + pad + pair for pair in pairs)
            return len(self._text), len(self._text), written
        written = "".join(pad + pair + self._newline for pair in pairs)
        return line + 1, line + 1, written

    def _end(self, node: Node) -> int:
        """Return where the last value in a block ends."""
        column = node.column
        while node.is_block:
            column = node.column
            node = node.entries[-1].value
        if node.style in BLOCK_STYLES:
            # The line break that ends it is part of it.
            return block_end(self._text, node, column) - 1
        return node.end


def _put(document: Any, path: Path, new: Value) -> None:
    """Put a value at a path of a document, with the mappings on the way to it."""
    *outer, name = path
    for step in outer:
        document = document.setdefault(step, {})
    document[name] = _plain(new)


def _plain(value: Value) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _shared(place: Location) -> Diagnostic:
    return Diagnostic(
        "PUL-SHARED",
        "nothing can be added here: other places of the file repeat it",
        place,
        rule="an anchor and its aliases are one value, so all of them would change",
        hint="write the resource out where it is to differ",
    )


def _unplaced(place: Location, why: str) -> Diagnostic:
    return Diagnostic(
        "PUL-PLACE",
        f"nothing can be added here: {why}",
        place,
        rule="a value is written only where nothing else changes with it",
        hint="write it by hand",
    )
