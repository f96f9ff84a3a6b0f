"""What refuses a plan that is well-formed and still looks like an accident.

Each guard takes the plan and the limits and yields findings; each finding says what was counted,
the limit, and the flag that allows it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.kinds import Action
from syncer.plan.changes import Plan
from syncer.resources import Address, Desired, DesiredState, LiveState

# An answer without signals is believed up to this many declared ones.
_FEW: Final = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What an apply may do; `max_creates` None is no limit."""

    max_creates: int | None
    allow_empty: bool = False
    is_remote: bool = True  # neither the built-in environment nor loopback
    unprotected: Collection[Address] = frozenset()


def check(
    plan: Plan, desired: DesiredState, live: LiveState, limits: Limits
) -> tuple[Diagnostic, ...]:
    """Return why the plan must not be applied as it stands, in a fixed order."""
    return (
        *_creates(plan, limits),
        *_owners(plan),
        *_protected(plan, desired.resources, limits),
        *_empty_live(desired, live, limits),
    )


def _creates(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    creates = (c.address for c in plan.changes if c.action is Action.CREATE)
    counted = Counter((address.integration, address.kind) for address in creates)
    for (integration, kind), count in sorted(counted.items()):
        if limits.max_creates is not None and count > limits.max_creates:
            yield Diagnostic(
                "PLN-CREATES",
                f"the plan creates {count} {kind} in {integration}, "
                f"and the limit is {limits.max_creates}",
                rule="a create cannot be undone and may be billed",
                hint=f"read the creates, then allow them: --allow-creates {count}",
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


def _protected(
    plan: Plan, resources: Mapping[Address, Desired], limits: Limits
) -> Iterator[Diagnostic]:
    for change in plan.changes:
        resource = resources[change.address]
        if resource.lifecycle.protected and change.address not in limits.unprotected:
            yield Diagnostic(
                "PLN-PROTECTED",
                f"{change.address} is protected, and the plan would {change.action.verb} it",
                change.location,
                rule="`lifecycle: {protected: true}` refuses every change",
                hint=f"if this change is meant: --allow-protected {change.address}",
            )


def _empty_live(desired: DesiredState, live: LiveState, limits: Limits) -> Iterator[Diagnostic]:
    if limits.allow_empty or not limits.is_remote:
        return
    answered = {address.integration for address in _signals(live.resources)}
    declared = Counter(address.integration for address in _signals(desired.resources))
    for integration, count in sorted(declared.items()):
        if count > _FEW and integration not in answered:
            yield Diagnostic(
                "PLN-EMPTY-LIVE",
                f"{integration} answers with no signals, and {count} are declared",
                rule="a wrong ID or a broken answer looks the same as a new integration",
                hint="if the integration really is new: --allow-empty",
            )


def _signals(addresses: Iterable[Address]) -> Iterator[Address]:
    return (address for address in addresses if address.kind == "signals")
