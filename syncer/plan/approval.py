"""Whether a saved plan still is what would be done.

The saved plan and one made just now go in. Each saved change must come out the same: action, owner
and managed fields before and after. One that was made already counts as done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from syncer.diagnostics import Diagnostic
from syncer.kinds import Action, Kind
from syncer.plan import planfile
from syncer.plan.changes import AttributeChange, Change, Plan, Target
from syncer.resources import Address, Live, value_at


@dataclass(frozen=True, slots=True)
class Approval:
    """What a saved plan allows now: the fresh plan of its changes, or why it is refused."""

    plan: Plan
    done: tuple[Address, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def approve(
    saved: Plan, fresh: Plan, live: Mapping[Address, Live], kinds: Mapping[str, Kind]
) -> Approval:
    """Return the fresh changes that the saved plan approves, or what moved."""
    # The same road through JSON, so that both sides hold the same types.
    changes = {change.address: change for change in planfile.loads(planfile.dumps(fresh)).changes}
    done = tuple(
        change.address
        for change in saved.changes
        if change.address not in changes and _is_done(change, live.get(change.address), kinds)
    )
    findings = tuple(
        finding
        for change in saved.changes
        if change.address not in done
        for finding in _moved(change, changes.get(change.address), kinds[change.address.kind])
    )
    approved = {change.address for change in saved.changes}
    kept = tuple(change for change in fresh.changes if change.address in approved)
    return Approval(replace(fresh, changes=kept), done, findings)


def same_target(saved: Target, current: Target) -> Iterator[Diagnostic]:
    """Yield a finding for each part of the target that is not the saved plan's own."""
    if saved.origin != current.origin:
        yield _refusal(
            "PLN-TARGET",
            f"the plan was made for {saved.origin}, and {current.environment} is {current.origin}",
        )
    for alias, remote in saved.integrations.items():
        if current.integrations.get(alias) != remote:
            yield _refusal(
                "PLN-TARGET",
                f"the plan was made for integration {alias} = {remote}, "
                f"and {current.environment} has {current.integrations.get(alias, 'none')}",
            )


def _is_done(change: Change, live: Live | None, kinds: Mapping[str, Kind]) -> bool:
    """Whether live state already holds everything that the change would set."""
    if live is None:
        return False
    kind = kinds[change.address.kind]
    if change.action is Action.ADOPT and live.owner != kind.owner(change.after):
        return False
    fields = kind.fields
    return all(
        attribute.path[0] in fields
        and fields[attribute.path[0]].same(attribute.after, value_at(live.fields, attribute.path))
        for attribute in change.attributes
    )


def _moved(saved: Change, fresh: Change | None, kind: Kind) -> Iterator[Diagnostic]:
    if fresh is None:
        yield _refusal("PLN-STALE", f"{saved.address} would no longer be changed")
    elif fresh.action is not saved.action:
        yield _refusal(
            "PLN-STALE",
            f"{saved.address} would now be {_done(fresh.action)}, not {_done(saved.action)}",
        )
    elif kind.owner(fresh.before or {}) != kind.owner(saved.before or {}):
        yield _refusal("PLN-STALE", f"{saved.address} has another owner than when planned")
    elif kind.owner(fresh.after) != kind.owner(saved.after):
        yield _refusal(
            "PLN-STALE",
            f"{saved.address} would now be marked as {kind.owner(fresh.after)}'s, "
            f"not as {kind.owner(saved.after)}'s",
        )
    else:
        current = {attribute.name: attribute for attribute in fresh.attributes}
        names = sorted({attribute.name for attribute in saved.attributes} ^ current.keys()) or [
            before.name
            for before in saved.attributes
            if not _is_same(before, current[before.name], kind)
        ]
        if names:
            yield _refusal(
                "PLN-STALE", f"{saved.address} comes out differently now: {', '.join(names)}"
            )


def _done(action: Action) -> str:
    return "adopted" if action is Action.ADOPT else f"{action.verb}d"


def _is_same(saved: AttributeChange, fresh: AttributeChange, kind: Kind) -> bool:
    same = kind.fields[saved.path[0]].same
    return (
        saved.mover is fresh.mover
        and same(saved.before, fresh.before)
        and same(saved.after, fresh.after)
    )


def _refusal(code: str, summary: str) -> Diagnostic:
    return Diagnostic(
        code,
        summary,
        rule="a saved plan runs exactly as it was reviewed, or not at all",
        hint="make the plan again and have it reviewed: syncer plan --out FILE",
    )
