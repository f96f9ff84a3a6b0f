"""Where a desired value came from: the layers it was made of, asked only when somebody wants it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncer.diagnostics import Location
from syncer.manifest.documents import Document, Path
from syncer.resources import Desired, FieldPath


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that says values: a section of a document, and what was judged good in it."""

    document: Document
    path: Path
    value: Mapping[str, Any]

    def section(self, name: str) -> "Layer | None":
        """Return the layer of a section below; None where the document says nothing."""
        value = self.value.get(name)
        return None if value is None else Layer(self.document, (*self.path, name), value)


@dataclass(frozen=True, slots=True)
class Said:
    """Where exactly a value is said: by the resource itself, or by a default that others share."""

    document: Document
    path: Path
    is_own: bool

    @property
    def place(self) -> Location:
        """The place of the value."""
        return self.document.locate(self.path)


class Origin:
    """The places of one resource's values; called with a field's path it tells the place."""

    __slots__ = ("_defaults", "_key", "_section")

    def __init__(self, section: Layer, key: str, defaults: tuple[Layer, ...]) -> None:
        self._section = section
        self._key = key
        self._defaults = defaults

    def __call__(self, path: FieldPath) -> Location:
        """Return the place of a field's or key's value; of the resource's key for ()."""
        layer, path = self._find(path)
        return layer.document.locate((*layer.path, *path), at_key=not path)

    def entry(self, path: FieldPath, index: int) -> Location:
        """Return the place of one entry of a list."""
        layer, path = self._find(path)
        return layer.document.locate((*layer.path, *path, index))

    def key(self, path: FieldPath) -> Location:
        """Return the place of a field's or key's name instead of its value."""
        layer, path = self._find(path)
        return layer.document.locate((*layer.path, *path), at_key=True)

    def said(self, path: FieldPath) -> Said | None:
        """Return where a field's or key's value is said; None where nothing says it."""
        layer, found = self._find(path)
        if found != path:
            return None
        own = self.own
        is_own = layer.document is own.document and layer.path == own.path
        return Said(layer.document, (*layer.path, *path), is_own)

    @property
    def own(self) -> Layer:
        """The resource's own place, where values that no default says can be put."""
        return Layer(self._section.document, (*self._section.path, self._key), {})

    def _find(self, path: FieldPath) -> tuple[Layer, FieldPath]:
        """Return the layer that says the value, or the nearest value around it."""
        own = self.own
        while path:
            for layer in (own, *reversed(self._defaults)):
                if layer.document.has((*layer.path, *path)):
                    return layer, path
                if _stops(layer, path):
                    break
            path = path[:-1]
        return own, ()


def _stops(layer: Layer, path: FieldPath) -> bool:
    """Whether the layer says the parent as empty, so that nothing below it shines through."""
    parent = (*layer.path, *path[:-1])
    value = layer.document.get(parent) if len(path) > 1 and layer.document.has(parent) else None
    return isinstance(value, Mapping) and not value


def entry_place(desired: Desired, path: FieldPath, index: int) -> Location:
    """Return the place of one entry of a list that a manifest says."""
    locate = desired.locate
    return locate.entry(path, index) if isinstance(locate, Origin) else locate(path)


def key_place(desired: Desired, path: FieldPath) -> Location:
    """Return the place of a key's name."""
    locate = desired.locate
    return locate.key(path) if isinstance(locate, Origin) else locate(path)
