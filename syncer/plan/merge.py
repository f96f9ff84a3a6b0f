"""Which fields of a view must change, and to what.

A save replaces every attribute, so what is not managed travels along: only the fields that differ
from what the manifests want are given new values, and values that already equal it keep the API's
own spelling.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from syncer.kinds import Field, Kind
from syncer.plan.changes import Change
from syncer.resources import BOOKKEEPING_PREFIX, Desired, FieldPath, Manage, Value

# In a path, all keys of the field that nobody declares; no label or annotation key may be it.
OTHERS: Final = "*"

_Keys = Mapping[str, Value]
_NOTHING: Final[_Keys] = {}
# Left out under `manage: full`, these stay: their default hides an item or is not a fixed value.
_NEVER_DEFAULTED: Final = frozenset({"visible", "annotations"})
_NEVER_DEFAULTED_ON_ITEMS: Final = frozenset({"name", "gapDetection"})


def first_view(desired: Desired, kind: Kind, source: _Keys | None) -> dict[str, Value]:
    """Return the full view of a resource that does not exist yet.

    What is left out is the API's default; an item copies it from `source`, its signal's view.
    """
    base = {name: field.default for name, field in kind.fields.items()}
    if source is None:
        base["name"] = desired.address.key
    else:
        base |= {name: _shared(source, name) for name in base if name in source}
        base["visible"] = True
    return base | differing(desired, kind, base, source, heeds_ignore=False)


def differing(
    desired: Desired,
    kind: Kind,
    live: _Keys,
    source: _Keys | None = None,
    *,
    heeds_ignore: bool = True,
) -> dict[str, Value]:
    """Return the new whole value of each managed field that differs from `live`.

    `source` is the view that an item's signal has after this plan, for the fields that follow it.
    """
    lifecycle = desired.lifecycle
    ignore = lifecycle.ignore if heeds_ignore else frozenset()
    changed: dict[str, Value] = {}
    for name in _managed_names(desired, kind):
        field = kind.fields[name]
        if name in ignore:
            continue
        if field.is_keyed:
            keys = _wanted_keys(desired, field, _keys(live.get(name)), source, ignore)
            if keys is not None:
                changed[name] = keys
        else:
            value = wanted_value(desired, field, source)
            if not field.same(value, live.get(name)):
                changed[name] = value
    return changed


def managed_paths(
    desired: Desired, kind: Kind, source: _Keys | None = None
) -> Iterator[tuple[FieldPath, bool]]:
    """Yield each path that the resource manages, and whether its lifecycle ignores it.

    A keyed field is managed key by key; `(field, "*")` stands for the keys that nobody declares,
    where those are removed.
    """
    ignore = desired.lifecycle.ignore
    for name in _managed_names(desired, kind):
        field = kind.fields[name]
        if not field.is_keyed:
            yield (name,), name in ignore
            continue
        for key in _said_keys(desired, field, source):
            yield (name, key), name in ignore or f"{name}.{key}" in ignore
        if _drops_others(desired, field):
            yield (name, OTHERS), name in ignore


def wanted_value(desired: Desired, field: Field, source: _Keys | None) -> Value:
    """Return what a managed field that has no keys should be."""
    if field.name in desired.fields:
        return desired.fields[field.name]
    if field.name in desired.follow and source is not None:
        return source.get(field.name, field.default)
    return desired.address.key if field.name == "name" else field.default


def rebase(change: Change, live: _Keys, kind: Kind) -> Change | None:
    """Return the change over a view that moved on; None when its owner or a field of it moved.

    What the change does not manage is carried through as it is now.
    """
    if kind.owner(live) != kind.owner(change.before or {}):
        return None
    view = dict(live)
    for attribute in change.attributes:
        name, *keys = attribute.path
        field = kind.fields[name]
        current = _keys(view[name]).get(keys[0]) if keys else view[name]
        if not field.same(attribute.before, current):
            return None
        if not keys:
            view[name] = attribute.after
        elif attribute.after:
            view[name] = {**_keys(view[name]), keys[0]: attribute.after}
        else:
            view[name] = {k: v for k, v in _keys(view[name]).items() if k != keys[0]}
    marks = {
        key: text
        for key, text in _keys(change.after.get("annotations")).items()
        if key.startswith(BOOKKEEPING_PREFIX)
    }
    after = {**view, "annotations": {**_keys(view.get("annotations")), **marks}}
    return replace(change, before=live, after=after)


def is_bookkeeping(field: Field, key: str) -> bool:
    """Whether syncer writes this key for itself: an annotation, never a label."""
    return field.is_merged and key.startswith(BOOKKEEPING_PREFIX)


def _managed_names(desired: Desired, kind: Kind) -> list[str]:
    if desired.lifecycle.manage is Manage.FULL:
        left_alone = _NEVER_DEFAULTED | (_NEVER_DEFAULTED_ON_ITEMS if kind.source else set())
        managed = desired.fields.keys() | desired.follow | (kind.fields.keys() - left_alone)
        return [name for name in kind.fields if name in managed]
    if desired.follow or desired.lifecycle.exact:
        managed = desired.fields.keys() | desired.follow | desired.lifecycle.exact
        return [name for name in kind.fields if name in managed]
    return list(desired.fields)


def _wanted_keys(
    desired: Desired, field: Field, live: _Keys, source: _Keys | None, ignore: frozenset[str]
) -> dict[str, Value] | None:
    """Return the field's keys as they should be, or None when they are so already."""
    name = field.name
    wanted = _said_keys(desired, field, source)
    if _drops_others(desired, field):
        wanted = {key: "" for key in live if not is_bookkeeping(field, key)} | wanted
    keys = dict(live)
    differs = False
    for key, value in wanted.items():
        if f"{name}.{key}" in ignore or field.same(value, live.get(key)):
            continue
        differs = True
        if value:
            keys[key] = value
        else:
            del keys[key]
    return keys if differs else None


def _said_keys(desired: Desired, field: Field, source: _Keys | None) -> dict[str, Value]:
    """Return the keys that the manifests name, and those that follow the signal's."""
    name = field.name
    said = desired.fields.get(name)
    wanted = dict(_keys(said))
    is_emptied = name in desired.fields and not said
    if name in desired.follow and source is not None and not is_emptied:
        wanted = {**_keys(_shared(source, name)), **wanted}
    return wanted


def _drops_others(desired: Desired, field: Field) -> bool:
    """Whether keys that nobody declares are removed."""
    name, lifecycle = field.name, desired.lifecycle
    is_emptied = name in desired.fields and not desired.fields[name]
    follows = name in desired.follow and not field.is_merged
    is_full = lifecycle.manage is Manage.FULL and not field.is_merged
    return is_emptied or follows or is_full or name in lifecycle.exact


def _shared(source: _Keys, name: str) -> Value:
    """Return what an item takes over from its signal's field: all but syncer's own annotations."""
    value = source[name]
    if name == "annotations":
        keys = _keys(value).items()
        return {key: text for key, text in keys if not key.startswith(BOOKKEEPING_PREFIX)}
    return value


def _keys(value: Value) -> _Keys:
    return value if isinstance(value, Mapping) else _NOTHING
