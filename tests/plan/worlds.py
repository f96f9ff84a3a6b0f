"""Small worlds: desired and live resources from a few words."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from syncer.diagnostics import Location
from syncer.plan import planner
from syncer.plan.changes import Mover, Plan, Target
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


def stand(address: Address, fields: Mapping[str, object]) -> Live:
    """Like `have`, from fields that stand in a mapping."""
    bare = have(address)
    return replace(bare, fields={**bare.fields, **fields})


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


def movers(made: Plan) -> dict[str, Mover]:
    """Return who moved each field, of a plan with one change."""
    (change,) = made.changes
    return {attribute.name: attribute.mover for attribute in change.attributes}


def applied(desired: DesiredState, live: LiveState) -> LiveState:
    """Return live state once the whole plan was made, as the API would have it."""
    resources = dict(live.resources)
    for change in plan(desired, live).changes:
        annotations = change.after["annotations"]
        assert isinstance(annotations, Mapping)
        view = {**change.after, "annotations": {k: v for k, v in annotations.items() if v}}
        remote = f"id-{change.address.kind}-{change.address.key}"
        resources[change.address] = Live(change.address, remote, view, desired.project)
    return LiveState(resources)


def edited(live: LiveState, address: Address, **fields: object) -> LiveState:
    """Return live state after somebody has written these fields in Clarify."""
    found = live.resources[address]
    view = {**found.fields, **fields}
    for name in ("labels", "annotations"):
        if name in fields:  # other keys stay, and an empty one goes
            before, keys = found.fields[name], fields[name]
            assert isinstance(before, Mapping)
            assert isinstance(keys, Mapping)
            view[name] = {k: v for k, v in {**before, **keys}.items() if v}
    return LiveState({**live.resources, address: replace(found, fields=view)})
