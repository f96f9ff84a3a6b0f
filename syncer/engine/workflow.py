"""From manifests and live state to a plan that may be applied (shell)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from syncer import filters
from syncer.diagnostics import Diagnostic, Severity
from syncer.engine import journal
from syncer.engine.journal import Broken
from syncer.engine.memory import Memory
from syncer.engine.records import RunRecord
from syncer.errors import AccessDenied, ManifestError, Misuse, StalePlan
from syncer.kinds import Action
from syncer.plan import approval, guards, planfile, planner, scope
from syncer.plan.changes import NO_ALLOWANCES, Allowances, Plan, Target
from syncer.plan.undeclared import undeclared
from syncer.providers.base import Reconciler
from syncer.resources import Address, DesiredState, LiveState


@dataclass(frozen=True, slots=True)
class Session:
    """An environment that is ready to be talked to."""

    target: Target
    reconciler: Reconciler
    memory: Memory
    limits: guards.Limits
    excludes: tuple[str, ...] = ()  # address globs that the environment leaves out
    where: str = ""  # what locks are of, when it is not the target's origin

    def places(self, integrations: Collection[str]) -> tuple[str, ...]:
        """Return what an apply to these integrations locks."""
        ids = self.target.integrations
        return tuple(f"{self.where or self.target.origin} {ids[a]}" for a in sorted(integrations))

    def unfinished(self) -> tuple[RunRecord | Broken, ...]:
        """Return the runs that wrote here and did not end."""
        ids = self.target.integrations.values()
        return journal.unfinished(self.memory.state, self.target.origin, list(ids))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line narrows or allows; targets and excludes are globs, files, folders."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    filter: str | None = None
    create_only: bool = False
    retire: tuple[str, ...] = ()  # address globs of undeclared items to hide
    allowances: Allowances = NO_ALLOWANCES


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the live state it was made from, and what a saved plan leaves aside."""

    plan: Plan
    live: LiveState
    done: tuple[Address, ...] = ()  # changes of a saved plan that were made already
    pending: tuple[Address, ...] = ()  # changes that a saved plan does not hold
    is_blind: bool = False  # live state cannot be read: creates only, nothing is verified
    unfinished: tuple[RunRecord | Broken, ...] = ()  # earlier runs that did not end
    digest: str = ""  # of the saved plan that this one was approved as


def make_plan(desired: DesiredState, session: Session, wishes: Wishes) -> Planned:
    """Return what an apply would do now; reads live state, writes nothing."""
    addresses = _narrow(desired, session, wishes)
    try:
        live = session.reconciler.read(
            integrations_of(desired, session, wishes), needs={a.kind for a in addresses}
        )
    except AccessDenied as denied:
        if wishes.create_only and any(f.code == "CRD-NAMESPACE" for f in denied.findings):
            return _plan_blindly(desired, session, wishes, addresses)
        raise
    exists = live.resources.__contains__
    options = planner.Options(
        scope=_narrow(desired, session, wishes, exists=exists) if wishes.targets else addresses,
        create_only=wishes.create_only,
        take_ownership=_chosen(wishes.allowances.take_ownership, live),
        retire=_retired(wishes.retire, desired, live),
    )
    plan = _plan(desired, live, session, options)
    if wishes.filter is not None:
        chosen = _filtered(wishes.filter, desired, plan, live)
        narrowed = _narrow(desired, session, wishes, keep=chosen.__contains__, exists=exists)
        plan = _plan(desired, live, session, replace(options, scope=narrowed))
    plan = replace(
        plan,
        warnings=(*plan.warnings, *guards.loosened(session.limits)),
        allowances=wishes.allowances,
    )
    # What is excluded is not told, and still is what a new key may have been called before.
    plan = guarded(plan, desired, live, session)
    plan = replace(plan, undeclared=_left(plan.undeclared, session, wishes))
    return Planned(plan, live, unfinished=session.unfinished())


def _plan_blindly(
    desired: DesiredState, session: Session, wishes: Wishes, addresses: Collection[Address]
) -> Planned:
    """Return a plan that sends every declared signal with createOnly, for want of live state."""
    signals = frozenset(address for address in addresses if address.kind == "signals")
    options = planner.Options(scope=signals, create_only=True)
    plan = _plan(desired, LiveState(), session, options)
    warning = Diagnostic(
        "PLN-BLIND",
        "live state cannot be read, so every declared signal counts as a create, and no item "
        "is published",
        rule="the credentials lack the admin namespace",
        hint="signals that exist are left as they are",
        severity=Severity.WARNING,
    )
    plan = replace(plan, warnings=(warning,), allowances=wishes.allowances)
    plan = guarded(plan, desired, LiveState(), session, believes_empty=True)
    return Planned(plan, LiveState(), is_blind=True)


def approve_plan(saved: Plan, desired: DesiredState, session: Session, wishes: Wishes) -> Planned:
    """Return the saved plan as it comes out now; raises StalePlan when it is not the same."""
    moved = tuple(approval.same_target(saved.target, session.target))
    if moved:
        raise StalePlan(*moved)
    allowances = saved.allowances.joined(wishes.allowances)
    changed = frozenset(change.address for change in saved.changes)
    refused = frozenset(note.address for note in saved.notes if note.owner)
    aliases = {address.integration for address in changed | refused}
    live = session.reconciler.read(aliases, needs={address.kind for address in changed})
    hidden = frozenset(c.address for c in saved.changes if c.action is Action.RETIRE)
    options = planner.Options(
        scope=changed | refused,
        take_ownership=_chosen(allowances.take_ownership, live),
        retire=hidden,
    )
    fresh = replace(_plan(desired, live, session, options), allowances=allowances)
    approved = approval.approve(saved, fresh, live.resources, session.reconciler.kinds)
    if approved.findings:
        raise StalePlan(*approved.findings)
    within = {a for a in desired.resources if a.integration in aliases} - _matching(
        session.excludes, desired
    )
    everything = _plan(desired, live, session, planner.Options(scope=within))
    pending = (c.address for c in everything.changes if c.address not in changed)
    digest = planfile.digest(saved)
    if approved.plan.changes:
        _refuse_replay(digest, session)
    # What no flag allows stays refused, also when it stands among what is not changed.
    kept = tuple(finding for finding in saved.refusals if finding.code == "PLN-AMBIGUOUS")
    plan = replace(approved.plan, refusals=(*kept, *approved.plan.refusals))
    plan = guarded(plan, desired, live, session)
    return Planned(
        plan,
        live,
        approved.done,
        tuple(pending),
        unfinished=session.unfinished(),
        digest=digest,
    )


def _refuse_replay(digest: str, session: Session) -> None:
    """Raise StalePlan for a plan that a run has carried out already: it was approved for once."""
    for run in journal.runs_of_plan(session.memory.state, digest):
        if run.end is not None and run.end.status == "complete":
            raise StalePlan.of(
                "PLN-REPLAYED",
                f"run {run.begin.run} has carried out this plan, and Clarify has changed since",
                rule="an approval is for one apply",
                hint="make the plan again and have it reviewed: syncer plan --out FILE",
            )


def integrations_of(desired: DesiredState, session: Session, wishes: Wishes) -> frozenset[str]:
    """Return the integrations that a plan with these wishes reads: all, unless it is narrowed."""
    if wishes.targets:
        return frozenset(address.integration for address in _narrow(desired, session, wishes))
    is_excluded = scope.chooser((*session.excludes, *wishes.excludes))
    return frozenset(
        alias
        for alias in session.target.integrations
        if not is_excluded(Address("signals", alias, ""))
    )


def guarded(
    plan: Plan,
    desired: DesiredState,
    live: LiveState,
    session: Session,
    *,
    believes_empty: bool = False,
) -> Plan:
    """Return the plan with what refuses it; nothing is concluded from an empty answer if told."""
    read = {address.integration for address in live.resources}
    read |= {change.address.integration for change in plan.changes}
    within = {a: r for a, r in desired.resources.items() if a.integration in read}
    answered = {address.integration for address in live.resources}
    allowances = plan.allowances
    if believes_empty:
        allowances = replace(allowances, empty=True)
    limits = replace(session.limits, allowances=allowances)
    if {address.integration for address in within} - answered:
        # Only then is it worth reading what earlier runs wrote.
        limits = replace(limits, written=_written(session))
    world = guards.World(replace(desired, resources=within), live, session.reconciler.kinds)
    return replace(plan, refusals=(*plan.refusals, *guards.check(plan, world, limits)))


def _written(session: Session) -> frozenset[str]:
    """Return the integrations that an earlier run has written signals to."""
    ids = session.target.integrations
    found: set[str] = set()
    for record in journal.history(session.memory.state):
        if isinstance(record, RunRecord) and record.begin.origin == session.target.origin:
            aliases = {alias: record.begin.integrations.get(alias) for alias in ids}
            done = {a.integration for a, r in record.statuses().items() if r.status == "done"}
            found |= {alias for alias in done if aliases.get(alias) == ids.get(alias)}
    return frozenset(found)


def _plan(
    desired: DesiredState, live: LiveState, session: Session, options: planner.Options
) -> Plan:
    return planner.plan(desired, live, session.reconciler.kinds, session.target, options)


def _chosen(globs: Collection[str], live: LiveState) -> frozenset[Address]:
    """Return the live resources that one of the globs names."""
    matches = scope.chooser(globs)
    return frozenset(filter(matches, live.resources)) if globs else frozenset()


def _retired(globs: Collection[str], desired: DesiredState, live: LiveState) -> frozenset[Address]:
    """Return what is to be hidden; raises Misuse for a glob that names nothing that can be."""
    owned = [address for address in undeclared(desired, live) if address.kind == "items"]
    for glob in globs:
        if not any(map(scope.chooser([glob]), owned)):
            raise Misuse.of(
                "CLI-TARGET",
                f"--retire {glob!r} matches no item that the project owns and no manifest declares",
                rule="only what was written by this project, and left its manifests, is hidden",
                hint="`syncer plan -v` lists what it owns and does not declare",
            )
    return frozenset(filter(scope.chooser(globs), owned))


def _left(addresses: Collection[Address], session: Session, wishes: Wishes) -> tuple[Address, ...]:
    is_excluded = scope.chooser((*session.excludes, *wishes.excludes))
    return tuple(address for address in addresses if not is_excluded(address))


def _narrow(
    desired: DesiredState,
    session: Session,
    wishes: Wishes,
    *,
    keep: Callable[[Address], bool] | None = None,
    exists: Callable[[Address], bool] = lambda _: False,
) -> Collection[Address]:
    addresses = scope.narrow(
        desired.resources,
        targets=wishes.targets,
        excludes=wishes.excludes,
        keep=keep,
        exists=exists,
    )
    addresses = frozenset(addresses) - _matching(session.excludes, desired)
    unknown = {address.integration for address in addresses} - session.target.integrations.keys()
    if unknown:
        raise ManifestError(
            Diagnostic(
                "PLN-INTEGRATION",
                f"environment {session.target.environment} has no integration "
                f"{', '.join(sorted(unknown))}, and the manifests declare resources there",
                hint="give its ID in syncer.yaml, or leave it out: --exclude '*/ALIAS/*'",
            )
        )
    return addresses


def _matching(patterns: Collection[str], desired: DesiredState) -> frozenset[Address]:
    found = (scope.matching(pattern, desired.resources) for pattern in patterns)
    return frozenset(address for addresses in found for address in addresses)


def named_filter(name: str, desired: DesiredState) -> Mapping[str, object]:
    """Return the manifests' filter of this name; raises Misuse when there is none."""
    if name in desired.filters:
        return desired.filters[name]
    raise Misuse(
        Diagnostic(
            "CLI-FILTER",
            f"no manifest has a filter {name!r}",
            hint=f"there are: {', '.join(sorted(desired.filters)) or 'none'}",
        )
    )


def _filtered(name: str, desired: DesiredState, plan: Plan, live: LiveState) -> frozenset[Address]:
    """Return the resources that the filter selects, as they will be after this plan."""
    selects = filters.compile_filter(named_filter(name, desired))
    changes = {change.address: change for change in plan.changes}
    return frozenset(
        address
        for address in desired.resources
        if (view := planner.view_after(address, changes, live.resources)) is not None
        and selects({**view, "input": address.key})
    )
