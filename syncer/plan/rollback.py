"""Taking back what a run changed: an ordinary plan, made from what the run noted.

What was updated or hidden gets its earlier values again, field by field. A field that somebody has
changed since stays as it is; a create cannot be undone; both are noted. The manifests may still
declare what was taken back: that is said too, because the next apply would set it again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Action, Kind
from syncer.plan import base
from syncer.plan.changes import AttributeChange, Change, Mover, Note, NoteKind, Plan, Target
from syncer.plan.merge import differing, rebase
from syncer.plan.order import ordered
from syncer.plan.planner import is_foreign, view_after
from syncer.plan.undeclared import NOWHERE
from syncer.resources import Address, DesiredState, FieldPath, Live, LiveState, Value, value_at


@dataclass(frozen=True, slots=True)
class Deed:
    """What a run did to one resource: its changed fields, before and after."""

    address: Address
    action: Action
    changed: tuple[tuple[FieldPath, Value, Value], ...]


def plan(
    deeds: Iterable[Deed],
    desired: DesiredState,
    live: LiveState,
    kinds: Mapping[str, Kind],
    target: Target,
    undoes: str,
) -> Plan:
    """Return the plan that takes the deeds back, as far as they can be."""
    changes: list[Change] = []
    notes: list[Note] = []
    for deed in sorted(deeds, key=lambda deed: deed.address):
        found = live.resources.get(deed.address)
        made, note = _undo(deed, found, kinds[deed.address.kind], desired.project)
        changes += [made] if made else []
        notes += [note] if note else []
    return Plan(
        target,
        changes=ordered(changes),
        notes=tuple(notes),
        warnings=tuple(_still_declared(changes, desired, live, kinds)),
        undoes=undoes,
    )


def _undo(
    deed: Deed, found: Live | None, kind: Kind, project: str
) -> tuple[Change | None, Note | None]:
    """Return the change that takes the deed back, and what is to be said of the rest of it."""

    def note(reason: str, owner: str = "") -> Note:
        return Note(NoteKind.SKIP, deed.address, reason, NOWHERE, owner=owner)

    if deed.action is Action.CREATE:
        return None, note("was created, and a create cannot be undone")
    if deed.action is Action.ADOPT:
        return None, note("was adopted, and keeps its marker")
    if found is None:
        return None, note("is not in Clarify any more")
    if is_foreign(found, project):
        return None, note(f"belongs to {found.owner}", found.owner)
    taken: list[tuple[FieldPath, Value, Value]] = []
    left: list[str] = []
    for path, before, after in deed.changed:
        same, now = kind.fields[path[0]].same, value_at(found.fields, path)
        if same(after, now):
            taken.append((path, before, after))
        elif not same(before, now):
            left.append(".".join(path))
    said = note(f"{', '.join(left)} changed since, and stays") if left else None
    if not taken:
        return None, said
    return _restored(deed.address, found, taken, kind, project), said


def _restored(
    address: Address,
    found: Live,
    taken: list[tuple[FieldPath, Value, Value]],
    kind: Kind,
    project: str,
) -> Change | None:
    hashes = {
        ".".join(path): base.digest(kind.fields[path[0]], before) for path, before, _ in taken
    }
    known = base.read(found.fields, project)
    change = Change(
        Action.UPDATE,
        address,
        before=found.fields,
        # The earlier values become the base, so that they do not look like somebody's edit.
        after=base.marked(found.fields, project, {**known, **hashes}),
        attributes=tuple(
            AttributeChange(
                path,
                value_at(found.fields, path),  # as the API spells it, which the run did not know
                before,
                kind.fields[path[0]].has_meaning,
                mover=Mover.GIT,
            )
            for path, before, _ in taken
        ),
        reason="is as the run left it",
        location=NOWHERE,
    )
    return rebase(change, found.fields, kind)


def _still_declared(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, kinds: Mapping[str, Kind]
) -> Iterator[Diagnostic]:
    restored = {change.address: change for change in changes}
    for address, change in restored.items():
        resource = desired.resources.get(address)
        if resource is None:
            continue
        kind = kinds[address.kind]
        signal = address._replace(kind=kind.source)
        source = view_after(signal, restored, live.resources) if kind.source else None
        again = differing(resource, kind, change.after, source)
        for attribute in change.attributes:
            name = attribute.path[0]
            same = kind.fields[name].same
            if name in again and not same(value_at(again, attribute.path), attribute.after):
                yield Diagnostic(
                    "PLN-STILL-DECLARED",
                    f"{address}: the manifests still declare {attribute.name}",
                    resource.locate(attribute.path),
                    rule="the next apply sets again what the manifests declare",
                    hint="revert the manifests too",
                    severity=Severity.WARNING,
                )
