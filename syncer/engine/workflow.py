"""The use cases, in the order in which they touch the world (shell)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from syncer import filters
from syncer.diagnostics import Diagnostic, Severity
from syncer.engine.apply import Run
from syncer.errors import AccessDenied, ManifestError, Misuse, PlanRefused, StalePlan, SyncerError
from syncer.plan import approval, guards, planner, scope
from syncer.plan.changes import Outcome, Plan, Status, Target
from syncer.plan.report import Report
from syncer.providers.base import Reconciler
from syncer.resources import Address, DesiredState, LiveState


@dataclass(frozen=True, slots=True)
class Session:
    """An environment that is ready to be talked to."""

    target: Target
    reconciler: Reconciler
    max_creates: int | None  # None is no limit
    is_remote: bool  # neither built in nor on loopback
    excludes: tuple[str, ...] = ()  # address globs that the environment leaves out


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line narrows or allows; patterns are address globs, files or folders."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    filter: str | None = None
    create_only: bool = False
    allow_creates: int | None = None
    allow_empty: bool = False
    allow_protected: tuple[str, ...] = ()
    take_ownership: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the live state it was made from, and what a saved plan leaves aside."""

    plan: Plan
    live: LiveState
    done: tuple[Address, ...] = ()  # changes of a saved plan that were made already
    pending: tuple[Address, ...] = ()  # changes that a saved plan does not hold
    is_blind: bool = False  # live state cannot be read: creates only, nothing is verified


def make_plan(desired: DesiredState, session: Session, wishes: Wishes) -> Planned:
    """Return what an apply would do now; reads live state, writes nothing."""
    addresses = _narrow(desired, session, wishes)
    try:
        live = session.reconciler.read(addresses)
    except AccessDenied as denied:
        if wishes.create_only and any(f.code == "CRD-NAMESPACE" for f in denied.findings):
            return _plan_blindly(desired, session, wishes, addresses)
        raise
    exists = live.resources.__contains__
    options = planner.Options(
        scope=_narrow(desired, session, wishes, exists=exists) if wishes.targets else addresses,
        create_only=wishes.create_only,
        take_ownership=_matching(wishes.take_ownership, desired),
    )
    plan = _plan(desired, live, session, options)
    if wishes.filter is not None:
        chosen = _filtered(wishes.filter, desired, plan, live)
        narrowed = _narrow(desired, session, wishes, keep=chosen.__contains__, exists=exists)
        plan = _plan(desired, live, session, replace(options, scope=narrowed))
    limits = _limits(desired, session, wishes)
    refusals = guards.check(plan, _within(desired, addresses), live, limits)
    return Planned(replace(plan, refusals=(*plan.refusals, *refusals)), live)


def _plan_blindly(
    desired: DesiredState, session: Session, wishes: Wishes, addresses: Collection[Address]
) -> Planned:
    """Return a plan that sends every declared signal with createOnly, for want of live state."""
    signals = frozenset(address for address in addresses if address.kind == "signals")
    options = planner.Options(scope=signals, create_only=True)
    plan = _plan(desired, LiveState(), session, options)
    limits = replace(_limits(desired, session, wishes), allow_empty=True)
    refusals = guards.check(plan, desired, LiveState(), limits)
    warning = Diagnostic(
        "PLN-BLIND",
        "live state cannot be read, so every declared signal counts as a create, and no item "
        "is published",
        rule="the credentials lack the admin namespace",
        hint="signals that exist are left as they are",
        severity=Severity.WARNING,
    )
    return Planned(
        replace(plan, refusals=refusals, warnings=(warning,)), LiveState(), is_blind=True
    )


def approve_plan(saved: Plan, desired: DesiredState, session: Session, wishes: Wishes) -> Planned:
    """Return the saved plan as it comes out now; raises StalePlan when it is not the same."""
    moved = tuple(approval.same_target(saved.target, session.target))
    if moved:
        raise StalePlan(*moved)
    addresses = frozenset(change.address for change in saved.changes)
    # Other declared items are read too: one that is not would look like a pending create.
    within = _within(desired, addresses).resources.keys() - _matching(session.excludes, desired)
    live = session.reconciler.read(within | addresses)
    options = planner.Options(scope=addresses, take_ownership=addresses)
    fresh = _plan(desired, live, session, options)
    approved = approval.approve(saved, fresh, live.resources, session.reconciler.kinds)
    if approved.findings:
        raise StalePlan(*approved.findings)
    plan = approved.plan
    if saved.refusals:
        planned = replace(plan, notes=saved.notes, refusals=saved.refusals)
        plan = replace(plan, refusals=_still_refused(planned, desired, live, session, wishes))
    everything = _plan(desired, live, session, planner.Options(scope=within))
    pending = (c.address for c in everything.changes if c.address not in addresses)
    return Planned(plan, live, approved.done, tuple(pending))


def apply_plan(
    planned: Planned,
    desired: DesiredState,
    session: Session,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
) -> Report:
    """Make the plan's changes, read the touched resources back, and return what came of each.

    Raises PlanRefused, with nothing sent, when a guard refuses the plan, and AccessDenied when a
    credential is missing that it needs.
    """
    plan = planned.plan
    if plan.refusals:
        raise PlanRefused(*plan.refusals)
    session.reconciler.check_access(plan.changes)
    ids = {address: found.id for address, found in planned.live.resources.items()}
    run = Run(session.reconciler, ids, is_blind=planned.is_blind)
    outcomes: list[Outcome] = []
    for outcome in run.outcomes(plan.changes):
        outcomes.append(outcome)
        on_outcome(outcome)
    if planned.is_blind:
        return Report(tuple(outcomes), frozenset(), run.failure, is_blind=True)
    return _verify(outcomes, run, desired, session)


def _still_refused(
    plan: Plan, desired: DesiredState, live: LiveState, session: Session, wishes: Wishes
) -> tuple[Diagnostic, ...]:
    """Return why a plan that was refused when it was made still is; only flags allow it."""
    taken = _matching(wishes.take_ownership, desired)
    foreign = tuple(note for note in plan.notes if note.address not in taken)
    ambiguous = (finding for finding in plan.refusals if finding.code == "PLN-AMBIGUOUS")
    declared = _within(desired, [change.address for change in plan.changes])
    limits = _limits(desired, session, wishes)
    return (*ambiguous, *guards.check(replace(plan, notes=foreign), declared, live, limits))


def _verify(outcomes: list[Outcome], run: Run, desired: DesiredState, session: Session) -> Report:
    """Return the report, with a second plan over what was written: it must be empty."""
    done = {o.address for o in outcomes if o.status is Status.DONE}
    unknown = {o.address for o in outcomes if o.status is Status.UNKNOWN}
    try:
        settled = _unchanged(unknown, session.reconciler.read(unknown), desired, session)
        signals = {address._replace(kind="signals") for address in done}
        ids = {address: run.ids[address] for address in done | signals if address in run.ids}
        live = session.reconciler.read_back(ids) if done else LiveState()
        verified = _unchanged(done, live, desired, session)
    except SyncerError as error:
        return Report(tuple(outcomes), frozenset(), run.failure or error)
    observed = (replace(o, status=Status.DONE) if o.address in settled else o for o in outcomes)
    return Report(tuple(observed), verified | settled, run.failure)


def _unchanged(
    addresses: Collection[Address], live: LiveState, desired: DesiredState, session: Session
) -> frozenset[Address]:
    """Return those of the addresses that exist, and over which a plan is empty."""
    if not addresses:
        return frozenset()
    options = planner.Options(scope=addresses, take_ownership=addresses)
    plan = _plan(desired, live, session, options)
    differing = {change.address for change in plan.changes}
    differing |= {note.address for note in plan.notes if note.attributes}
    return (frozenset(addresses) & live.resources.keys()) - differing


def _plan(
    desired: DesiredState, live: LiveState, session: Session, options: planner.Options
) -> Plan:
    return planner.plan(desired, live, session.reconciler.kinds, session.target, options)


def _limits(desired: DesiredState, session: Session, wishes: Wishes) -> guards.Limits:
    allowed = wishes.allow_creates
    return guards.Limits(
        max_creates=session.max_creates if allowed is None else allowed,
        allow_empty=wishes.allow_empty,
        is_remote=session.is_remote,
        unprotected=_matching(wishes.allow_protected, desired),
    )


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


def _within(desired: DesiredState, addresses: Collection[Address]) -> DesiredState:
    """Return what is declared in the integrations that these addresses name."""
    read = {address.integration for address in addresses}
    return replace(
        desired, resources={a: r for a, r in desired.resources.items() if a.integration in read}
    )


def _matching(patterns: Collection[str], desired: DesiredState) -> frozenset[Address]:
    found = (scope.matching(pattern, desired.resources) for pattern in patterns)
    return frozenset(chain.from_iterable(found))


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
