"""Small worlds: desired and live resources from a few words."""

from collections.abc import Collection, Mapping

from syncer.diagnostics import Location
from syncer.plan import planner
from syncer.plan.changes import Plan, Target
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import PLAIN, Address, Desired, DesiredState, Lifecycle, Live, LiveState

PROJECT = "stand"
EVERYTHING = planner.Options()
PLACE = Location("stand.yaml", 3, 3)
TARGET = Target("dev", "https://api.clarify.io", {"pier": "c618rbfqfsj7mjkj0ss0"})


def signal(key: str = "a") -> Address:
    return Address("signals", "pier", key)


def item(key: str = "a") -> Address:
    return Address("items", "pier", key)


def want(
    address: Address,
    lifecycle: Lifecycle = PLAIN,
    follow: Collection[str] = (),
    links: tuple[Address, ...] = (),
    **fields: object,
) -> Desired:
    return Desired(address, fields, lambda path: PLACE, lifecycle, frozenset(follow), links)


def declare(address: Address, fields: Mapping[str, object]) -> Desired:
    """Like `want`, from fields that stand in a mapping."""
    return Desired(address, fields, lambda path: PLACE)


def have(address: Address, owner: str = "", remote: str = "", **fields: object) -> Live:
    kind = KINDS[address.kind]
    view = {name: field.default for name, field in kind.fields.items()}
    view |= {"name": address.key} if address.kind == "signals" else {"gapDetection": "PT960H"}
    return Live(address, remote or f"id-{address.kind}-{address.key}", view | fields, owner)


def wanted(*resources: Desired, filters: Mapping[str, Mapping[str, object]] = {}) -> DesiredState:
    ordered = sorted(resources, key=lambda resource: resource.address)
    return DesiredState(PROJECT, {r.address: r for r in ordered}, filters)


def found(*resources: Live) -> LiveState:
    return LiveState({resource.address: resource for resource in resources})


def plan(desired: DesiredState, live: LiveState, options: planner.Options = EVERYTHING) -> Plan:
    return planner.plan(desired, live, KINDS, TARGET, options)


def edits(made: Plan) -> dict[str, dict[str, tuple[object, object]]]:
    """Return what the plan changes: address -> field -> before and after."""
    return {
        str(change.address): {a.name: (a.before, a.after) for a in change.attributes}
        for change in made.changes
    }
