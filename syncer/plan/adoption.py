"""Adopting: the ownership marker alone, for resources that exist and that nobody else owns.

The marker holds the base. Where live state and the manifests came to the same value on their own,
as after a pull, the base is behind; adopting what the project owns already brings it up.
"""

from collections.abc import Collection, Mapping

from syncer.kinds import Action, Kind
from syncer.plan import base
from syncer.plan.base import NO_BASE, Base
from syncer.plan.changes import Change, Note, NoteKind, Plan, Target
from syncer.plan.merge import differing
from syncer.plan.order import ordered
from syncer.plan.planner import is_foreign
from syncer.plan.undeclared import NOWHERE
from syncer.resources import Address, Desired, DesiredState, Live, LiveState, Value


def plan(
    desired: DesiredState,
    live: LiveState,
    kinds: Mapping[str, Kind],
    target: Target,
    addresses: Collection[Address],
    take_ownership: Collection[Address] = frozenset(),
) -> Plan:
    """Return the plan that marks these live resources as the project's; no field changes.

    What another project or tool owns is noted with its owner, unless it is to be taken.
    """
    changes: dict[str, Change] = {}
    notes: dict[str, Note] = {}
    # An item stands under the address of each of its signals; the declared one comes first.
    for address in sorted(addresses, key=lambda each: (each not in desired.resources, each)):
        found = live.resources[address]
        if found.id in changes | notes:
            continue
        if is_foreign(found, desired.project) and address not in take_ownership:
            reason = f"belongs to {found.owner}"
            notes[found.id] = Note(NoteKind.SKIP, address, reason, NOWHERE, owner=found.owner)
            continue
        resource = desired.resources.get(address)
        known = base.read(found.fields, desired.project)
        agreed = NO_BASE if resource is None else _agreed(resource, found, kinds, live)
        if found.owner == desired.project and agreed.items() <= known.items():
            continue
        changes[found.id] = Change(
            Action.ADOPT,
            address,
            before=found.fields,
            after=base.marked(found.fields, desired.project, {**known, **agreed}),
            attributes=(),
            reason=_reason(found.owner, desired.project),
            location=NOWHERE if resource is None else resource.locate(()),
        )
    return Plan(
        target,
        changes=ordered(changes.values()),
        notes=tuple(sorted(notes.values(), key=lambda note: note.address)),
    )


def _reason(owner: str, project: str) -> str:
    if not owner:
        return "nobody has marked it"
    return "its base is behind" if owner == project else f"belonged to {owner}"


def _agreed(resource: Desired, found: Live, kinds: Mapping[str, Kind], live: LiveState) -> Base:
    """Return the base of those fields in which live state is as the manifests want it."""
    kind = kinds[resource.address.kind]
    source = _source(resource.address, kind, live)
    differs = differing(resource, kind, found.fields, source)
    same = base.after(resource, kind, found.fields, source, NO_BASE)
    return {path: hashed for path, hashed in same.items() if path.partition(".")[0] not in differs}


def _source(address: Address, kind: Kind, live: LiveState) -> Mapping[str, Value] | None:
    found = live.resources.get(address._replace(kind=kind.source))
    return None if found is None else found.fields
