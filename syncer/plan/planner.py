"""Desired and live state in, the plan out.

Signals are decided first, so that an item knows what its signal will be after this plan.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Action, Kind
from syncer.plan.changes import AttributeChange, Change, Note, NoteKind, Plan, Target
from syncer.plan.diff import compare
from syncer.plan.merge import differing, first_view
from syncer.plan.order import LEVELS, ordered
from syncer.resources import (
    OWNER_ANNOTATION,
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
    findings = list(_ambiguous(chosen, live))
    untouchable = {address for address, _ in findings}
    for resource in sorted(chosen, key=lambda resource: LEVELS[resource.address.kind]):
        if resource.address in untouchable:
            continue
        decision = _decide(resource, world)
        if isinstance(decision, Change):
            world.changes[resource.address] = decision
        elif decision is not None:
            notes.append(decision)
    return Plan(
        target=target,
        changes=ordered(world.changes.values()),
        notes=tuple(sorted(notes, key=lambda note: note.address)),
        refusals=tuple(finding for _, finding in findings),
        warnings=tuple(_warnings(chosen, world)),
    )


def _decide(resource: Desired, world: _World) -> Change | Note | None:
    kind = world.kinds[resource.address.kind]
    live = world.live.get(resource.address)
    source = None
    if kind.source:
        signal = _signal_of(resource.address, kind)
        source = world.view_after(signal)
        if source is None:
            reason = f"its signal {signal} does not exist yet"
            return Note(NoteKind.WAITING, resource.address, reason, resource.locate(()))
    if live is None:
        return _creation(resource, kind, source, world)
    changed = differing(resource, kind, live.fields, source)
    if not changed:
        return None
    after = {**live.fields, **changed}
    attributes = _placed(resource, compare(kind, live.fields, after))
    note = _obstacle(resource, kind, live, world)
    if note is not None:
        return replace(note, attributes=attributes)
    return Change(
        Action.UPDATE,
        resource.address,
        before=live.fields,
        after=_marked(after, world.project),
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
        after=_marked(view, world.project),
        attributes=_placed(resource, _first_values(resource, kind, view)),
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


def _marked(view: Mapping[str, Value], project: str) -> dict[str, Value]:
    keys = _keys(view.get("annotations"))
    return {**view, "annotations": {**keys, OWNER_ANNOTATION: project}}


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


def _placed(
    resource: Desired, attributes: Iterable[AttributeChange]
) -> tuple[AttributeChange, ...]:
    fields = resource.fields
    return tuple(
        replace(attribute, location=resource.locate(attribute.path))
        if attribute.path[0] in fields
        else attribute
        for attribute in attributes
    )


def _update_reason(attributes: tuple[AttributeChange, ...]) -> str:
    names = [attribute.name for attribute in attributes]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{shown} {'differs' if len(names) == 1 else 'differ'} from the manifests"


def _ambiguous(chosen: Iterable[Desired], live: LiveState) -> Iterator[tuple[Address, Diagnostic]]:
    """Yield a finding for each declaration whose live item another one declares too."""
    declared: dict[str, list[Desired]] = {}
    for resource in chosen:
        found = live.resources.get(resource.address)
        if found is not None:
            declared.setdefault(found.id, []).append(resource)
    for remote, resources in sorted(declared.items()):
        for resource in resources if len(resources) > 1 else ():
            others = ", ".join(str(r.address) for r in resources if r is not resource)
            yield (
                resource.address,
                Diagnostic(
                    "PLN-AMBIGUOUS",
                    f"{resource.address} and {others} are one item in Clarify ({remote})",
                    resource.locate(()),
                    rule="an item may be declared once, through one of its signals",
                    hint="keep one of the declarations and name the other signal in its `signals`",
                ),
            )


def _warnings(chosen: Iterable[Desired], world: _World) -> Iterator[Diagnostic]:
    for resource in chosen:
        kind = world.kinds[resource.address.kind]
        if not kind.source:
            continue
        item = world.view_after(resource.address)
        signal = world.view_after(_signal_of(resource.address, kind))
        if item is not None and signal is not None:
            yield from _differing_meaning(resource, kind, item, signal)
        for link in resource.links:
            if not _are_linked(resource.address, link, world):
                yield _unlinked(resource, link)


def _differing_meaning(
    resource: Desired, kind: Kind, item: Mapping[str, Value], signal: Mapping[str, Value]
) -> Iterator[Diagnostic]:
    for name, field in kind.fields.items():
        if field.has_meaning and not field.same(item.get(name), signal.get(name)):
            yield Diagnostic(
                "PLN-MEANING",
                f"{resource.address} has another {name} than its signal",
                resource.locate((name,)),
                rule="stored values are shown under the item's unit and texts, not converted",
                hint=f"let the item follow its signal: `follow: [{name}]`",
                severity=Severity.WARNING,
            )


def _are_linked(item: Address, signal: Address, world: _World) -> bool:
    here, there = world.live.get(item), world.live.get(signal._replace(kind=item.kind))
    return here is not None and there is not None and here.id == there.id


def _unlinked(resource: Desired, link: Address) -> Diagnostic:
    return Diagnostic(
        "PLN-LINK",
        f"{resource.address} names {link} as a further signal, and syncer does not link it",
        resource.locate(("signals",)),
        rule="API 1.1 cannot connect a signal to an existing item",
        hint="link the signal in Clarify's admin panel",
        severity=Severity.WARNING,
    )
