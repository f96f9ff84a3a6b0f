"""Desired and live state in, the plan out.

Signals are decided first, so that an item knows what its signal will be after this plan.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from syncer.kinds import Action, Field, Kind
from syncer.plan import base, remarks
from syncer.plan.base import NO_BASE, Base
from syncer.plan.changes import AttributeChange, Change, Note, NoteKind, Plan, Release, Target
from syncer.plan.diff import compare
from syncer.plan.merge import differing, first_view
from syncer.plan.order import LEVELS, ordered
from syncer.plan.undeclared import retirements, undeclared
from syncer.resources import (
    Address,
    Desired,
    DesiredState,
    Live,
    LiveState,
    Manage,
    Value,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows a plan, or allows what it would refuse."""

    scope: Collection[Address] | None = None  # None is every declared resource
    create_only: bool = False
    take_ownership: Collection[Address] = frozenset()
    retire: Collection[Address] = frozenset()  # undeclared items to hide


EVERYTHING: Final = Options()


def view_after(
    address: Address, changes: Mapping[Address, Change], live: Mapping[Address, Live]
) -> Mapping[str, Value] | None:
    """Return what a resource will be after these changes; None when it will not exist."""
    change = changes.get(address)
    if change is not None:
        return change.after
    found = live.get(address)
    return None if found is None else found.fields


@dataclass(frozen=True, slots=True)
class _World:
    project: str
    live: Mapping[Address, Live]
    kinds: Mapping[str, Kind]
    options: Options
    changes: dict[Address, Change]

    def view_after(self, address: Address) -> Mapping[str, Value] | None:
        return view_after(address, self.changes, self.live)

    def source_after(self, address: Address) -> Mapping[str, Value] | None:
        """Return what the resource's source will be; None for a kind without one, too."""
        kind = self.kinds[address.kind]
        return self.view_after(address._replace(kind=kind.source)) if kind.source else None


def plan(
    desired: DesiredState,
    live: LiveState,
    kinds: Mapping[str, Kind],
    target: Target,
    options: Options = EVERYTHING,
) -> Plan:
    """Return the changes that bring live state to the desired state, and what is only noted."""
    world = _World(desired.project, live.resources, kinds, options, {})
    scope = options.scope
    chosen = [r for a, r in sorted(desired.resources.items()) if scope is None or a in scope]
    notes: list[Note] = []
    findings = list(remarks.ambiguous(chosen, live))
    untouchable = {address for address, _ in findings}
    for resource in sorted(chosen, key=lambda resource: LEVELS[resource.address.kind]):
        if resource.address in untouchable:
            continue
        decision = _decide(resource, world)
        if isinstance(decision, Change):
            world.changes[resource.address] = decision
        elif decision is not None:
            notes.append(decision)
    left = undeclared(desired, live)
    hidden = retirements([a for a in left if a in options.retire], live, kinds)
    return Plan(
        target=target,
        changes=ordered((*world.changes.values(), *hidden)),
        notes=tuple(sorted(notes, key=lambda note: note.address)),
        refusals=tuple(finding for _, finding in findings),
        warnings=tuple(remarks.warnings(chosen, kinds, live, world.view_after)),
        released=tuple(_released(chosen, world)),
        undeclared=left,
    )


def _decide(resource: Desired, world: _World) -> Change | Note | None:
    kind = world.kinds[resource.address.kind]
    live = world.live.get(resource.address)
    source = world.source_after(resource.address)
    if kind.source and source is None:
        reason = f"its signal {_signal_of(resource.address, kind)} does not exist yet"
        return Note(NoteKind.WAITING, resource.address, reason, resource.locate(()))
    if live is None:
        return _creation(resource, kind, source, world)
    changed = differing(resource, kind, live.fields, source)
    if not changed:
        return None
    after = {**live.fields, **changed}
    known = base.read(live.fields, world.project)
    attributes = _told(resource, kind.fields, known, compare(kind, live.fields, after))
    note = _obstacle(resource, kind, live, world)
    if note is not None:
        return replace(note, attributes=attributes)
    return Change(
        Action.UPDATE,
        resource.address,
        before=live.fields,
        after=base.marked(after, world.project, base.after(resource, kind, after, source, known)),
        attributes=attributes,
        reason=_update_reason(attributes),
        location=resource.locate(()),
    )


def _creation(
    resource: Desired, kind: Kind, source: Mapping[str, Value] | None, world: _World
) -> Change | Note:
    place = resource.locate(())
    if resource.lifecycle.manage is Manage.OBSERVE:
        return Note(NoteKind.SKIP, resource.address, "does not exist, and is only observed", place)
    view = first_view(resource, kind, source)
    unknown: tuple[str, ...] = ()
    reason = "declared, and not in Clarify yet"
    if kind.source:
        signal = world.changes.get(_signal_of(resource.address, kind))
        reason = "declared, and its signal has no item yet"
        if signal is not None and signal.action is Action.CREATE:
            unknown = ("signal",)
            reason = "declared, and its signal is created by this plan"
    return Change(
        Action.CREATE,
        resource.address,
        before=None,
        after=base.marked(view, world.project, base.after(resource, kind, view, source, NO_BASE)),
        attributes=_told(resource, kind.fields, NO_BASE, _first_values(resource, kind, view)),
        reason=reason,
        location=place,
        after_unknown=unknown,
    )


def _obstacle(resource: Desired, kind: Kind, live: Live, world: _World) -> Note | None:
    """Return why an existing resource is left alone although it differs, if it is."""
    note = Note(NoteKind.SKIP, resource.address, "", resource.locate(()))
    if resource.lifecycle.manage is Manage.OBSERVE:
        return replace(note, reason="differs, and is only observed")
    only_creates = resource.lifecycle.create_only or world.options.create_only
    if only_creates and not is_empty(live, kind):
        return replace(note, reason="exists, and is only created, never updated")
    if is_foreign(live, world.project) and live.address not in world.options.take_ownership:
        return replace(note, reason=f"belongs to {live.owner}", owner=live.owner)
    return None


def is_foreign(live: Live, project: str) -> bool:
    """Whether another project, or another tool, has marked this resource as its own."""
    return bool(live.owner) and live.owner != project


def is_empty(live: Live, kind: Kind) -> bool:
    """Whether this is a signal as `insert` makes it: all at its default, without annotations."""
    if kind.source or live.fields.get("annotations"):
        return False
    defaults = {name: field.default for name, field in kind.fields.items()}
    defaults["name"] = live.address.key
    return not compare(kind, live.fields, defaults)


def _signal_of(address: Address, kind: Kind) -> Address:
    return address._replace(kind=kind.source)


def _first_values(
    resource: Desired, kind: Kind, view: Mapping[str, Value]
) -> Iterator[AttributeChange]:
    """Yield what the manifests say of a new resource, not what it copies or defaults to."""
    for name, field in kind.fields.items():
        said = resource.fields.get(name)
        follows = name in resource.follow
        if field.is_keyed:
            keys, declared = _keys(view[name]), _keys(said)
            shown = [k for k in sorted(keys) if k in declared or follows]
            yield from (AttributeChange((name, key), None, keys[key]) for key in shown)
        elif name in resource.fields or (follows and not field.same(view[name], field.default)):
            yield AttributeChange((name,), None, view[name], field.has_meaning)


def _keys(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _told(
    resource: Desired,
    fields: Mapping[str, Field],
    known: Base,
    attributes: Iterable[AttributeChange],
) -> tuple[AttributeChange, ...]:
    """Return the attributes with their places in the manifests, and who moved each."""
    return tuple(
        replace(
            attribute,
            location=resource.locate(path) if path[0] in resource.fields else None,
            mover=base.mover(known, fields[path[0]], path, attribute.before, attribute.after),
        )
        for attribute in attributes
        for path in (attribute.path,)
    )


def _released(chosen: Iterable[Desired], world: _World) -> Iterator[Release]:
    for resource in chosen:
        address = resource.address
        live = world.live.get(address)
        known = NO_BASE if live is None else base.read(live.fields, world.project)
        kind, source = world.kinds[address.kind], world.source_after(address)
        names = base.released(resource, kind, source, known) if known else ()
        if names:
            yield Release(address, names)


def _update_reason(attributes: tuple[AttributeChange, ...]) -> str:
    names = [attribute.name for attribute in attributes]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{shown} {'differs' if len(names) == 1 else 'differ'} from the manifests"
