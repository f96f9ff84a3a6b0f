"""The base: what syncer last applied, as a short hash per managed field or key.

It travels with the resource, in an annotation that a save merges, so a laptop and a CI runner see
the same one and it costs no request. Live, base and manifests together tell who moved a value.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from syncer.kinds import Field, Kind
from syncer.plan.changes import Mover
from syncer.plan.merge import OTHERS, managed_paths, wanted_value
from syncer.resources import BASE_ANNOTATION, OWNER_ANNOTATION, Desired, FieldPath, Value, value_at

# Paths as manifests write them, `engUnit` or `labels.site`, and the hash of the value there.
Base: TypeAlias = Mapping[str, str]
NO_BASE: Final[Base] = {}
_DIGITS: Final = 8  # of the hash: a chance of one in four thousand million to miss a move
_HASH: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)

_View: TypeAlias = Mapping[str, Value]
_Shape: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def read(view: _View, project: str) -> Base:
    """Return the base that this project left in the view; none when it cannot be read."""
    annotations = view.get("annotations")
    if not isinstance(annotations, Mapping) or annotations.get(OWNER_ANNOTATION) != project:
        return NO_BASE
    text = annotations.get(BASE_ANNOTATION)
    if not isinstance(text, str):
        return NO_BASE
    # What else somebody wrote there is passed over.
    entries = (entry.rpartition("=") for entry in text.split())
    return {path: hashed for path, _, hashed in entries if path and _HASH.fullmatch(hashed)}


def marked(view: _View, project: str, base: Base) -> dict[str, Value]:
    """Return the view with the marks of its owner: the project, and its base."""
    annotations = view.get("annotations")
    keys = annotations if isinstance(annotations, Mapping) else {}
    text = " ".join(f"{path}={base[path]}" for path in sorted(base))
    return {**view, "annotations": {**keys, OWNER_ANNOTATION: project, BASE_ANNOTATION: text}}


def after(desired: Desired, kind: Kind, view: _View, source: _View | None, earlier: Base) -> Base:
    """Return the base once the resource is this view; ignored paths keep their earlier hash."""
    base: dict[str, str] = {}
    for path, is_ignored in managed_paths(desired, kind, source):
        name = ".".join(path)
        field = kind.fields[path[0]]
        if not is_ignored:
            # Of an unset field what the manifests want, not what the API put in its place.
            value = value_at(view, path) if field.is_keyed else wanted_value(desired, field, source)
            base[name] = digest(field, value)
        elif name in earlier:
            base[name] = earlier[name]
    return base


def released(desired: Desired, kind: Kind, source: _View | None, base: Base) -> tuple[str, ...]:
    """Return the paths that syncer wrote and that the manifests name no more, sorted."""
    if base.keys() <= _said_paths(_shape(desired.fields)):  # as nearly always
        return ()
    managed = {".".join(path) for path, _ in managed_paths(desired, kind, source)}
    named = managed | desired.lifecycle.ignore
    left: list[str] = []
    for path in base.keys() - named:
        name, _, key = path.partition(".")
        field = kind.fields.get(name)
        # No field has this path, so it was not syncer that wrote it.
        if field is None or field.is_keyed is not bool(key) or key == OTHERS:
            continue
        # Where undeclared keys are removed, every key is still managed.
        if name not in named and f"{name}.{OTHERS}" not in managed:
            left.append(path)
    return tuple(sorted(left))


def _shape(fields: _View) -> _Shape:
    """Return which fields and keys the manifests say; the same for most resources of a kind."""
    return tuple(
        (name, tuple(value) if isinstance(value, Mapping) else ()) for name, value in fields.items()
    )


@lru_cache(maxsize=4096)
def _said_paths(shape: _Shape) -> frozenset[str]:
    keys = (f"{name}.{key}" for name, keys in shape for key in keys)
    return frozenset((*keys, *(name for name, _ in shape)))


def mover(base: Base, field: Field, path: FieldPath, live: Value, wanted: Value) -> Mover:
    """Return who left the base, for a path whose live value is not the wanted one."""
    known = hash_at(base, field, path)
    if known is None:
        return Mover.FIRST
    if _is_value(known, field, live):
        return Mover.GIT
    return Mover.LIVE if _is_value(known, field, wanted) else Mover.BOTH


def hash_at(base: Base, field: Field, path: FieldPath) -> str | None:
    """Return the hash of what was last applied at a path; None where nothing was."""
    known = base.get(".".join(path))
    if known is None and field.is_keyed:
        return base.get(f"{field.name}.{OTHERS}")
    return known


def digest(field: Field, value: Value) -> str:
    """Return the short hash of a value; all spellings of one value have the same."""
    text = json.dumps(field.canonical(value), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _is_value(known: str, field: Field, value: Value) -> bool:
    """Whether this is the value of the hash, or what the API puts in its place when it is unset."""
    if known == digest(field, value):
        return True
    return known == digest(field, None) and field.same(None, value)
