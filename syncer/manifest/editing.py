"""One value of a text changed in place; every other character stays as it is.

In: a text, and edits by the place of the value, as `Desired.locate` tells it. Out: the new text,
which was read back and is the edited document, and a finding for each edit that was not made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic, Location
from syncer.manifest.characters import Lines
from syncer.manifest.documents import Path
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.manifest.rewriting import Around, Change, Unwritable, change_text, rewrite
from syncer.manifest.scan import ALIAS
from syncer.manifest.spans import Node, read_spans
from syncer.resources import Value

_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value for a place: a text, a boolean, null, a list of texts, or texts by key."""

    location: Location
    value: Value


@dataclass(frozen=True, slots=True)
class Edited:
    """The text with every edit that could be made, and why others were not."""

    text: str
    findings: tuple[Diagnostic, ...] = ()


def edit(text: str, edits: Sequence[Edit], limits: Limits) -> Edited:
    """Return the text with the edits made; what cannot be edited where it stands is a finding."""
    file = edits[0].location.file if edits else ""
    before = scan(file, text.encode(), limits)
    if before.document is None or before.findings:
        return Edited(text, before.findings)
    tree = _Tree(file, before.document.text)
    changes: list[Change] = []
    expected = before.document.value
    findings: list[Diagnostic] = []
    for wanted in edits:
        found = tree.find(wanted, changes)
        if isinstance(found, Diagnostic):
            findings.append(found)
        else:
            path, made = found
            changes += made
            expected = _set(expected, path, wanted.value)
    after = change_text(before.document.text, changes)
    read = scan(file, after.encode(), limits)
    if read.document is None or read.findings or not is_same(read.document.value, expected):
        why = "the text would be read as something else"
        return Edited(text, tuple(_unplaced(wanted, why) for wanted in edits))
    return Edited(_MARK + after if text.startswith(_MARK) else after, tuple(findings))


def is_same(one: object, other: object) -> bool:
    """Whether two documents are equal, the kinds of their scalars too: 1 is neither true nor 1.0.

    The order of keys means nothing.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    node: Node
    around: Around
    is_shared: bool


class _Tree:
    """The values of a text by place, and which of them an alias repeats."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self._lines = Lines(file, text)
        self._places: dict[tuple[int, int], _Place] = {}
        root = read_spans(text)
        if root is not None:
            self._repeated = {node.value for _, node in root.walk() if node.kind is ALIAS}
            self._note(_Place((), root, Around(), is_shared=False))

    def _note(self, place: _Place) -> None:
        node = place.node
        location = self._lines.locate(node.start)
        self._places[location.line, location.column] = place
        is_shared = place.is_shared or node.anchor in self._repeated
        for index, entry in enumerate(node.entries):
            step = index if entry.key is None else entry.key.value
            around = place.around.inside(node, entry)
            self._note(_Place((*place.path, step), entry.value, around, is_shared))

    def find(
        self, wanted: Edit, others: Sequence[Change]
    ) -> tuple[Path, list[Change]] | Diagnostic:
        """Return the path of the value at a place, and what has to change in the text."""
        place = self._places.get((wanted.location.line, wanted.location.column))
        if place is None:
            return _unplaced(wanted, "no value begins here")
        anchors = {node.anchor for _, node in place.node.walk()}
        if place.is_shared or place.node.kind is ALIAS or anchors & self._repeated:
            return _shared(wanted)
        try:
            made = list(rewrite(self._text, place.node, place.around, wanted.value))
        except Unwritable as unwritable:
            return _unplaced(wanted, str(unwritable))
        if any(_overlap(one, other) for one in made for other in others):
            return _unplaced(wanted, "another edit is about the same text")
        return place.path, made


def _overlap(one: Change, other: Change) -> bool:
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def _set(value: object, path: Path, new: Value) -> object:
    """Return the document with one value replaced."""
    if not path:
        return _plain(new)
    step = path[0]
    if isinstance(value, dict):
        return {**value, step: _set(value[step], path[1:], new)}
    entries = value if isinstance(value, list) else []
    return [_set(v, path[1:], new) if index == step else v for index, v in enumerate(entries)]


def _plain(value: Value) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _shared(wanted: Edit) -> Diagnostic:
    return Diagnostic(
        "PUL-SHARED",
        "the value cannot be changed here: other places of the file repeat it",
        wanted.location,
        rule="an anchor and its aliases are one value, so all of them would change",
        hint="write the value out where it is to differ",
    )


def _unplaced(wanted: Edit, why: str) -> Diagnostic:
    return Diagnostic(
        "PUL-PLACE",
        f"the value cannot be changed here: {why}",
        wanted.location,
        rule="a value is changed in place only where nothing else changes with it",
        hint="change it by hand",
    )
