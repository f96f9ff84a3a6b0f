"""What refuses a plan that is well-formed and still looks like an accident.

Each guard takes the plan and the limits and yields findings; each finding says what was counted,
the limit, and the flag that allows it. Guards count per integration and kind; percentages are of
what the project owns there, and hold from 10 resources up.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Action, Kind
from syncer.plan.changes import NO_ALLOWANCES, Allowances, Change, Mover, Plan
from syncer.plan.likeness import Likeness, fold, folded
from syncer.plan.scope import chooser
from syncer.resources import Address, DesiredState, LiveState

# An answer without signals is believed up to this many declared ones.
_FEW: Final = 10
_LEAST_FOR_PERCENT: Final = 10
_MAX_BLANKED_PERCENT: Final = 5

_Group: TypeAlias = tuple[str, str]  # integration, kind


@dataclass(frozen=True, slots=True)
class Limits:
    """What an apply may do; `max_creates` None is no limit."""

    max_creates: int | None
    max_update_percent: int = 30
    max_reverts: int = 20
    max_retires: int = 0
    allowances: Allowances = NO_ALLOWANCES
    is_remote: bool = True  # neither the built-in environment nor loopback
    written: Collection[str] = frozenset()  # integrations that syncer has written to before


@dataclass(frozen=True, slots=True)
class World:
    """What the plan was made from."""

    desired: DesiredState
    live: LiveState
    kinds: Mapping[str, Kind]


def check(plan: Plan, world: World, limits: Limits) -> tuple[Diagnostic, ...]:
    """Return why the plan must not be applied as it stands, in a fixed order."""
    # By ID, because an item stands under the address of each of its signals.
    marked = {
        found.id: _group(address)
        for address, found in sorted(world.live.resources.items())
        if found.owner == world.desired.project
    }
    owned = Counter(marked.values())
    return (
        *_creates(plan, limits),
        *_new_keys(plan, world, limits),
        *_updates(plan, world, owned, limits),
        *_blanked(plan, world, owned, limits),
        *_reverts(plan, limits),
        *_hidden(plan, limits),
        *_conflicts(plan, limits),
        *_owners(plan),
        *_protected(plan, world, limits),
        *_empty_live(world, limits),
    )


def loosened(limits: Limits) -> Iterator[Diagnostic]:
    """Yield a warning for each guard that the project file sets looser than it is by itself."""
    by_itself = Limits(max_creates=100)
    for name in ("max_creates", "max_update_percent", "max_reverts", "max_retires"):
        value, usual = getattr(limits, name), getattr(by_itself, name)
        if value is not None and value > usual:
            yield Diagnostic(
                "PLN-LOOSE",
                f"syncer.yaml sets the guard {name} to {value}; by itself it is {usual}",
                rule="guards of the repository count as written",
                severity=Severity.WARNING,
            )


def _creates(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    allowed = limits.allowances.creates
    limit = limits.max_creates if allowed is None else allowed
    for group, count in _counted(plan, lambda change: change.action is Action.CREATE):
        if limit is not None and count > limit:
            yield Diagnostic(
                "PLN-CREATES",
                f"the plan creates {_told(count, group)}, and the limit is {limit}",
                rule="a create cannot be undone and may be billed",
                hint=f"read the creates, then allow them: --allow-creates {count}",
            )


def _new_keys(plan: Plan, world: World, limits: Limits) -> Iterator[Diagnostic]:
    """Yield a finding for each new signal that may be an old one under another spelling."""
    is_allowed = chooser(limits.allowances.new)
    creates = [
        change
        for change in plan.changes
        if change.action is Action.CREATE
        and not world.kinds[change.address.kind].source
        and not is_allowed(change.address)
    ]
    for integration in sorted({change.address.integration for change in creates}):
        new = [change for change in creates if change.address.integration == integration]
        live = folded(
            address.key
            for address in world.live.resources
            if address[:2] == (new[0].address.kind, integration)
        )
        orphans = Likeness(
            {
                address.key: str(world.live.resources[address].fields.get("name", ""))
                for address in plan.undeclared
                if address[:2] == (new[0].address.kind, integration)
            }
        )
        for change in new:
            yield from _resembling(change, live, orphans)


def _resembling(change: Change, live: Mapping[str, str], orphans: Likeness) -> Iterator[Diagnostic]:
    address = change.address
    same = live.get(fold(address.key))
    left = same or orphans.find(address.key, str(change.after.get("name", "")))
    if left:
        how = "differs only in case or separators" if same else "resembles one that left them"
        yield Diagnostic(
            "PLN-NEW-KEY",
            f"{address} would be created, and {address._replace(key=left)} exists: the new key "
            f"{how if same else 'in the manifests ' + how}",
            change.location,
            rule="a signal keeps its input ID for ever; under another one its data stays behind",
            hint=f"correct the key, or if it is another signal: --allow-new {address}",
        )


def _updates(
    plan: Plan, world: World, owned: Mapping[_Group, int], limits: Limits
) -> Iterator[Diagnostic]:
    allowed = limits.allowances.updates
    limit = limits.max_update_percent if allowed is None else allowed
    for group, count in _counted(plan, lambda change: _is_update_of_owned(change, world)):
        total = owned.get(group, 0)
        percent = _percent(count, total)
        if total >= _LEAST_FOR_PERCENT and percent > limit:
            yield Diagnostic(
                "PLN-UPDATES",
                f"the plan updates {_told(count, group)} of {total}, {percent} percent, "
                f"and the limit is {limit}",
                rule="a wrong default or a wrong target changes many resources at once",
                hint=f"read the updates, then allow them: --allow-updates {percent}",
            )


def _blanked(
    plan: Plan, world: World, owned: Mapping[_Group, int], limits: Limits
) -> Iterator[Diagnostic]:
    allowed = limits.allowances.updates
    limit = _MAX_BLANKED_PERCENT if allowed is None else allowed

    def blanks(change: Change) -> bool:
        fields = world.kinds[change.address.kind].fields
        return _is_update_of_owned(change, world) and any(
            not fields[a.path[0]].canonical(a.after) and fields[a.path[0]].canonical(a.before)
            for a in change.attributes
            if len(a.path) == 1 and a.path != ("visible",)
        )

    for group, count in _counted(plan, blanks):
        total = owned.get(group, 0)
        percent = _percent(count, total)
        if total >= _LEAST_FOR_PERCENT and percent > limit:
            yield Diagnostic(
                "PLN-BLANKED",
                f"the plan empties fields of {_told(count, group)} of {total}, {percent} percent, "
                f"and the limit is {limit}",
                rule="a field that is left out is kept; only an empty one in the manifests empties",
                hint=f"read the updates, then allow them: --allow-updates {percent}",
            )


def _reverts(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    allowed = limits.allowances.reverts
    limit = limits.max_reverts if allowed is None else allowed
    for group, count in _counted(plan, lambda change: Mover.LIVE in change.movers):
        if count > limit:
            yield Diagnostic(
                "PLN-REVERTS",
                f"the plan reverts what others changed in {_told(count, group)}, "
                f"and the limit is {limit}",
                rule="somebody changed these in Clarify, and Git did not",
                hint=f"keep their changes: syncer pull; or revert them: --allow-reverts {count}",
            )


def _hidden(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    allowed = limits.allowances.retires
    limit = limits.max_retires if allowed is None else allowed
    for group, count in _counted(plan, _hides):
        if count > limit:
            yield Diagnostic(
                "PLN-RETIRES",
                f"the plan hides {_told(count, group)}, and the limit is {limit}",
                rule="people no longer find what is hidden",
                hint=f"read them, then allow them: --allow-retires {count}",
            )


def _conflicts(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    is_overwritten = chooser(limits.allowances.overwrite)
    for change in plan.changes:
        if Mover.BOTH in change.movers and not is_overwritten(change.address):
            names = ", ".join(a.name for a in change.attributes if a.mover is Mover.BOTH)
            yield Diagnostic(
                "PLN-CONFLICT",
                f"{change.address}: {names} changed in the manifests and in Clarify",
                change.location,
                rule="what others changed is not overwritten unseen",
                hint=f"take theirs: syncer pull {change.address}; "
                f"or take Git's: --overwrite {change.address}",
            )


def _owners(plan: Plan) -> Iterator[Diagnostic]:
    for note in plan.notes:
        if note.owner:
            yield Diagnostic(
                "PLN-OWNER",
                f"{note.address} differs from the manifests and belongs to {note.owner}",
                note.location,
                rule="what another project or tool has marked is its to change",
                hint=f"if it is yours now: --take-ownership {note.address}",
            )


def _protected(plan: Plan, world: World, limits: Limits) -> Iterator[Diagnostic]:
    is_allowed = chooser(limits.allowances.protected)
    for change in plan.changes:
        resource = world.desired.resources.get(change.address)
        if resource and resource.lifecycle.protected and not is_allowed(change.address):
            yield Diagnostic(
                "PLN-PROTECTED",
                f"{change.address} is protected, and the plan would {change.action.verb} it",
                change.location,
                rule="`lifecycle: {protected: true}` refuses every change",
                hint=f"if this change is meant: --allow-protected {change.address}",
            )


def _empty_live(world: World, limits: Limits) -> Iterator[Diagnostic]:
    if limits.allowances.empty:
        return
    answered = {address.integration for address in _signals(world.live.resources)}
    declared = Counter(address.integration for address in _signals(world.desired.resources))
    for integration, count in sorted(declared.items()):
        was_written = integration in limits.written
        if integration not in answered and (was_written or (limits.is_remote and count > _FEW)):
            past = ", and syncer has written there before" if was_written else ""
            yield Diagnostic(
                "PLN-EMPTY-LIVE",
                f"{integration} answers with no signals, and {count} are declared{past}",
                rule="a wrong ID or a broken answer looks the same as a new integration",
                hint="if the integration really is new: --allow-empty",
            )


def _is_update_of_owned(change: Change, world: World) -> bool:
    found = world.live.resources.get(change.address)
    is_owned = found is not None and found.owner == world.desired.project
    return change.action is Action.UPDATE and is_owned


def _hides(change: Change) -> bool:
    return change.action is not Action.CREATE and any(
        a.path == ("visible",) and a.before and not a.after for a in change.attributes
    )


def _counted(plan: Plan, counts: Callable[[Change], bool]) -> Iterable[tuple[_Group, int]]:
    counted = Counter(_group(change.address) for change in plan.changes if counts(change))
    return sorted(counted.items())


def _group(address: Address) -> _Group:
    return (address.integration, address.kind)


def _percent(count: int, total: int) -> int:
    """Return the share in percent, rounded up: 1 of 1000 is more than 0."""
    return -(-100 * count // total) if total else 0


def _told(count: int, group: _Group) -> str:
    integration, kind = group
    return f"{count} {kind.removesuffix('s') if count == 1 else kind} in {integration}"


def _signals(addresses: Iterable[Address]) -> Iterator[Address]:
    return (address for address in addresses if address.kind == "signals")
