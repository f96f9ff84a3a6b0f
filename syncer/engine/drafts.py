"""Live resources as manifests would declare them: which ones, and what of them is said.

In: live state and what is declared. Out: drafts, which hold nothing but what differs from what a
create would give, so that a plan over them is empty.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from syncer.diagnostics import Location
from syncer.errors import Misuse
from syncer.kinds import Kind
from syncer.manifest.quoting import is_writable
from syncer.plan.merge import first_view, is_bookkeeping
from syncer.plan.planner import is_foreign
from syncer.plan.scope import chooser
from syncer.resources import Address, Desired, DesiredState, FieldPath, Live, LiveState, Value

_DURATIONS = ("sampleInterval", "gapDetection")


@dataclass(frozen=True, slots=True)
class Found:
    """What the patterns match: what can be declared, what is already, and what is not ours."""

    chosen: tuple[Live, ...]
    declared: int
    foreign: tuple[Live, ...]


@dataclass(slots=True)
class Draft:
    """A resource as it will be declared."""

    live: Live
    kind: Kind
    fields: dict[str, Value]
    unwritable: set[FieldPath] = field(default_factory=set)  # what no manifest can hold

    @property
    def address(self) -> Address:
        """What the resource is called."""
        return self.live.address

    def say(self, path: FieldPath) -> bool:
        """Say the live value of a field or key; False if that is not possible, or done."""
        if path in self.unwritable or path[:1] in self.unwritable or self._says(path):
            return False
        value = self.live.fields.get(path[0])
        if len(path) == 1:
            self.fields[path[0]] = said(path[0], value, self.kind)
        else:
            keys = value if isinstance(value, Mapping) else {}
            own = self.fields.get(path[0])
            known = own if isinstance(own, Mapping) else {}
            self.fields[path[0]] = {**known, path[1]: said(path[0], keys.get(path[1]), self.kind)}
        return True

    def _says(self, path: FieldPath) -> bool:
        own = self.fields.get(path[0])
        return path[0] in self.fields and (
            len(path) == 1 or (isinstance(own, Mapping) and path[1] in own)
        )

    def leave_out(self, path: FieldPath) -> None:
        """Say a field or key no more, nor ever again."""
        self.unwritable.add(path)
        own = self.fields.get(path[0])
        if len(path) == 1 or not isinstance(own, Mapping):
            self.fields.pop(path[0], None)
            return
        self.fields[path[0]] = {key: value for key, value in own.items() if key != path[1]}
        if not self.fields[path[0]]:
            del self.fields[path[0]]


def choose(
    live: LiveState, desired: DesiredState, patterns: Sequence[str], excludes: Collection[str]
) -> Found:
    """Return the live resources that address globs match; raises Misuse for one without any.

    An item that several signals lead to is taken once, under the first of its addresses.
    """
    is_excluded = chooser(excludes)
    for pattern in patterns:
        is_meant = chooser((pattern,))
        if not any(is_meant(address) for address in live.resources):
            raise Misuse.of(
                "CLI-TARGET",
                f"{pattern!r} matches nothing in Clarify",
                rule="what is imported is named by address globs",
                hint='`*` matches any text: syncer import "signals/stand/*"',
            )
    is_meant = chooser(patterns)
    declared = {live.resources[a].id for a in desired.resources if a in live.resources}
    declared |= _linked(live, desired)
    chosen: dict[str, Live] = {}
    for address, found in sorted(live.resources.items()):
        if is_meant(address) and not is_excluded(address):
            chosen.setdefault(f"{address.kind} {found.id}", found)
    left = [found for found in chosen.values() if found.id not in declared]
    foreign = tuple(found for found in left if is_foreign(found, desired.project))
    own = tuple(found for found in left if not is_foreign(found, desired.project))
    return Found(own, len(chosen) - len(left), foreign)


def draft(
    found: Live, live: LiveState, kinds: Mapping[str, Kind], fields: Collection[str]
) -> Draft:
    """Return a resource as it will be declared; of `fields` alone, if there are any."""
    kind = kinds[found.address.kind]
    nothing = Desired(found.address, {}, lambda path: Location(""))
    source = live.resources.get(found.address._replace(kind=kind.source)) if kind.source else None
    made = first_view(nothing, kind, source.fields if source is not None else None)
    drafted = Draft(found, kind, {})
    for path in _differing(kind, made, found.fields):
        if not fields or path[0] in fields:
            drafted.say(path)
    return drafted


def said(name: str, value: Value, kind: Kind) -> Value:
    """Return a live value as a manifest says it."""
    if name in _DURATIONS:
        return value or None
    default = kind.fields[name].default
    if name == "labels":
        return list(value) if isinstance(value, list | tuple) else []
    if kind.fields[name].is_keyed:
        return value or ""
    return default if value is None else value


def unwritable(draft: Draft, longest: int) -> Iterator[FieldPath]:
    """Yield the fields and keys of a draft with texts that no spelling brings into a manifest."""

    def has_place(value: Value) -> bool:
        return all(is_writable(text) and len(text) <= longest for text in _texts(value))

    for name, value in draft.fields.items():
        if name in ("labels", "annotations") and isinstance(value, Mapping):
            for key, entry in value.items():
                if not has_place({key: entry}):
                    yield name, key
        elif not has_place(value):
            yield (name,)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield key
            yield from _texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts(entry)


def _differing(
    kind: Kind, made: Mapping[str, Value], live: Mapping[str, Value]
) -> Iterator[FieldPath]:
    """Yield the fields and keys in which the live view is not what a create would make."""
    for name, each in kind.fields.items():
        new, old = made.get(name), live.get(name)
        if not each.is_keyed:
            if not each.same(new, old):
                yield (name,)
            continue
        new_keys = new if isinstance(new, Mapping) else {}
        old_keys = old if isinstance(old, Mapping) else {}
        for key in sorted(new_keys.keys() | old_keys.keys()):
            if not is_bookkeeping(each, key) and not each.same(
                new_keys.get(key), old_keys.get(key)
            ):
                yield name, key


def _linked(live: LiveState, desired: DesiredState) -> set[str]:
    """Return the items whose signals are links of declared ones: nobody else may declare them."""
    links = {link for resource in desired.resources.values() for link in resource.links}
    items = (link._replace(kind="items") for link in links)
    return {live.resources[item].id for item in items if item in live.resources}
