"""Adopting: from address globs and live state to a plan of ownership markers alone (shell)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from syncer.diagnostics import Diagnostic
from syncer.engine.workflow import Planned, Session, guarded
from syncer.errors import Misuse, StalePlan
from syncer.plan import adoption, approval, scope
from syncer.plan.changes import Allowances, Plan
from syncer.resources import Address, DesiredState, LiveState


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be marked, by address globs, and what is allowed for it."""

    globs: tuple[str, ...]
    take_ownership: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()


def integrations_of(wanted: Adoption, session: Session) -> frozenset[str]:
    """Return the integrations in which the globs can match anything."""
    return frozenset(
        alias
        for alias in session.target.integrations
        if any(
            _may_match(glob, f"{kind}/{alias}/")
            for glob in wanted.globs
            for kind in _kinds(session)
        )
    )


def plan_adoption(wanted: Adoption, desired: DesiredState, session: Session) -> Planned:
    """Return the plan that marks what the globs match; reads live state, writes nothing.

    Raises Misuse for a glob that matches no live resource.
    """
    live = session.reconciler.read(integrations_of(wanted, session), needs=_kinds(session))
    addresses = _chosen(wanted.globs, live, session)
    takes = scope.chooser(wanted.take_ownership)
    plan = adoption.plan(
        desired,
        live,
        session.reconciler.kinds,
        session.target,
        addresses,
        frozenset(filter(takes, addresses)),
    )
    allowances = Allowances(protected=wanted.protected, take_ownership=wanted.take_ownership)
    marked = replace(plan, notes=(), refusals=tuple(_owners(plan)), allowances=allowances)
    # Nothing is concluded from an integration that answers empty: the globs matched elsewhere.
    judged = guarded(marked, desired, live, session, believes_empty=True)
    plan = replace(judged, notes=plan.notes)
    return Planned(plan, live, unfinished=session.unfinished())


def approve_adoption(
    approved: Plan, wanted: Adoption, desired: DesiredState, session: Session
) -> Planned:
    """Return the approved plan as it comes out now; raises StalePlan when it is not the same."""
    fresh = plan_adoption(wanted, desired, session)
    kinds = session.reconciler.kinds
    now = approval.approve(approved, fresh.plan, fresh.live.resources, kinds)
    if now.findings:
        raise StalePlan(*now.findings)
    return replace(fresh, plan=now.plan, done=now.done)


def _chosen(globs: Collection[str], live: LiveState, session: Session) -> frozenset[Address]:
    """Return the live resources that the globs match, without what the environment leaves out."""
    is_excluded = scope.chooser(session.excludes)
    within = [address for address in live.resources if not is_excluded(address)]
    found: set[Address] = set()
    for glob in globs:
        matched = set(filter(scope.chooser([glob]), within))
        if not matched:
            raise Misuse.of(
                "CLI-TARGET",
                f"{glob!r} matches no resource that exists in {session.target.environment}",
                rule="what is adopted exists; what is created is the project's anyhow",
                hint='`*` matches any text: syncer adopt "signals/stand/*"',
            )
        found |= matched
    return frozenset(found)


def _owners(plan: Plan) -> Iterator[Diagnostic]:
    for note in plan.notes:
        yield Diagnostic(
            "PLN-OWNER",
            f"{note.address} belongs to {note.owner}",
            rule="what another project or tool has marked is its to change",
            hint=f"if it is yours now: --take-ownership {note.address}",
        )


def _kinds(session: Session) -> Collection[str]:
    return session.reconciler.kinds.keys()


def _may_match(glob: str, beginning: str) -> bool:
    """Whether a glob may match an address that begins so."""
    fixed = glob.partition("*")[0]
    if fixed == glob:
        return glob.startswith(beginning)
    return beginning.startswith(fixed) or fixed.startswith(beginning)
