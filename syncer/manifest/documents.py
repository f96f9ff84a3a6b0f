"""A file's values, and the place of each key and value.

Most files are never asked for a place, so places are found by reading the text again when the first
one is wanted: one offset per node, in the order of the text.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from syncer.diagnostics import Location
from syncer.manifest.characters import Lines

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


@dataclass(slots=True)
class Nodes:
    """The nodes of a text in order: a collection, then its keys and values, depth first."""

    starts: "array[int]" = field(default_factory=lambda: array("I"))  # offsets into the text
    ends: dict[int, int] = field(default_factory=dict)  # collection -> the node after it
    aliases: dict[int, int] = field(default_factory=dict)  # alias -> the node it stands for
    skips: dict[int, int] = field(default_factory=dict)  # refused key -> the node after its value
    written: dict[int, str] = field(default_factory=dict)  # what is no text -> as written


class Document:
    """The values of one file; `locate` finds the place of any of them."""

    __slots__ = ("_children", "_find_nodes", "_found", "_lines", "file", "text", "value")

    def __init__(
        self, file: str, text: str, value: object, find_nodes: Callable[[], Nodes]
    ) -> None:
        self.file = file
        self.text = text
        self.value = value
        self._find_nodes = find_nodes
        self._found: Nodes | None = None
        self._lines = Lines(file, text)
        self._children: dict[int, dict[Step, tuple[int, int]]] = {}

    def locate(self, path: Sequence[Step], *, at_key: bool = False) -> Location:
        """Return the place of a value, or of its key; steps that the file lacks are passed over."""
        return self._lines.locate(self._start(path, at_key=at_key))

    def width(self, path: Sequence[Step], *, at_key: bool = False) -> int:
        """Return how many code points to underline there, on the first line."""
        start = self._start(path, at_key=at_key)
        line = self.text[start : start + 200].split("\n", 1)[0]
        value = path[-1] if at_key and path else self.get(path)
        shown = value if isinstance(value, str) else self.written(path) or ""
        for opening in ("", '"', "'"):
            if line.startswith(opening + shown + opening):
                return max(len(shown) + 2 * len(opening), 1)
        return 1

    def written(self, path: Sequence[Step]) -> str | None:
        """Return a number, boolean or null as the file writes it; None for anything else."""
        return self._nodes.written.get(self._find(path)[1])

    def get(self, path: Sequence[Step]) -> object:
        """Return the value at a path; steps that the file lacks are passed over."""
        value = self.value
        for step in path:
            value = _child(value, step, value)
        return value

    def has(self, path: Sequence[Step]) -> bool:
        """Whether the file says a value at exactly this path."""
        value = self.value
        for step in path:
            value = _child(value, step, _MISSING)
            if value is _MISSING:
                return False
        return True

    def mask(self, paths: Iterable[Sequence[Step]]) -> str:
        """Return the text with the values at these paths made unreadable, lines kept."""
        text = self.text
        for path in paths:
            starts = self._nodes.starts
            node = self._find(path)[1]
            after = self._after(node)
            end = starts[after] if after < len(starts) else len(text)
            masked = _SHOWN.sub("*", text[starts[node] : end])
            text = text[: starts[node]] + masked + text[end:]
        return text

    @property
    def _nodes(self) -> Nodes:
        if self._found is None:
            self._found = self._find_nodes()
        return self._found

    def _start(self, path: Sequence[Step], *, at_key: bool) -> int:
        if not self._nodes.starts:  # a text without any node
            return 0
        key, node = self._find(path)
        return self._nodes.starts[key if at_key else node]

    def _find(self, path: Sequence[Step]) -> tuple[int, int]:
        key = node = 0
        value = self.value
        for step in path:
            children = self._children_of(node, value)
            if step in children:
                key, node = children[step]
                value = _child(value, step, value)
        return key, node

    def _children_of(self, node: int, value: object) -> dict[Step, tuple[int, int]]:
        node = self._nodes.aliases.get(node, node)
        children = self._children.get(node)
        if children is None:
            children = self._children[node] = self._list_children(node, value)
        return children

    def _list_children(self, node: int, value: object) -> dict[Step, tuple[int, int]]:
        children: dict[Step, tuple[int, int]] = {}
        child = node + 1
        if isinstance(value, Mapping):
            for key in value:
                while child in self._nodes.skips:
                    child = self._nodes.skips[child]
                children[key] = (child, child + 1)
                child = self._after(child + 1)
        elif isinstance(value, list):
            for index in range(len(value)):
                children[index] = (child, child)
                child = self._after(child)
        return children

    def _after(self, node: int) -> int:
        return self._nodes.ends.get(node, node + 1)


_MISSING = object()
_SHOWN = re.compile(r"\S")


def _child(value: object, step: Step, default: object) -> object:
    if isinstance(value, dict):
        return value.get(step, default)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return default
