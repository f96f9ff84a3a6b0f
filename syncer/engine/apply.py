"""Applying a plan: earlier runs are closed, changes made, and read back (shell)."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from syncer.engine import journal
from syncer.engine.journal import Broken, Journal
from syncer.engine.records import Begin, IntentEntry, ResultEntry, RunRecord
from syncer.engine.recovery import Settlement, entry_of, holds, settle
from syncer.engine.run import Run
from syncer.engine.workflow import Planned, Session
from syncer.errors import PlanRefused, SyncerError
from syncer.kinds import Action
from syncer.plan import planfile
from syncer.plan.changes import Change, Outcome, Plan, Status
from syncer.plan.report import Report
from syncer.resources import Address, LiveState

_STATUSES = {
    Settlement.DONE: Status.DONE,
    Settlement.RESEND: Status.UNSENT,
    Settlement.CONFLICT: Status.MOVED,
}


@dataclass(frozen=True, slots=True)
class Order:
    """How a plan is to be applied: as which run, for which project, and when to stop."""

    run: str
    project: str
    command: str = "apply"
    goes_on: bool = False  # when a change is refused
    stops: Callable[[], bool] = lambda: False
    on_outcome: Callable[[Outcome], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Recovered:
    """An earlier run that did not end, and what became of what it was about to send."""

    run: RunRecord
    settled: tuple[ResultEntry, ...]


def recover(planned: Planned, session: Session, locked: Collection[str]) -> tuple[Recovered, ...]:
    """Close the runs that did not end, and return what the fresh read tells of them.

    `locked` are the integrations whose locks are held: a run that wrote to one of them is over,
    while one that wrote to others may be going on at this moment, and is left alone. What was not
    executed is in the plan again, where it still is to be done. A run of which something unread is
    unresolved stays open. Raises SyncerError for a broken journal: what that run has in flight
    nobody knows.
    """
    if planned.is_blind:
        return ()
    read = {address.integration for address in planned.live.resources}
    read |= {change.address.integration for change in planned.plan.changes}
    held = {session.target.integrations[alias] for alias in locked}
    recovered: list[Recovered] = []
    for run in planned.unfinished:
        if isinstance(run, Broken):
            raise SyncerError(run.finding)
        if held.isdisjoint(run.begin.integrations.values()):
            continue
        waiting = run.unresolved()
        if not {entry.address.integration for entry in waiting} <= read:
            continue
        settled = tuple(_settled(entry, run.begin.run, planned.live, session) for entry in waiting)
        journal.close_run(session.memory.state, run, settled, "recovered", session.memory.clock)
        recovered.append(Recovered(run, settled))
    return tuple(recovered)


def apply_plan(planned: Planned, session: Session, order: Order) -> Report:
    """Make the plan's changes, read the touched resources back, and return what came of each.

    Raises PlanRefused, with nothing sent, when a guard refuses the plan, AccessDenied when a
    credential is missing that it needs, and SyncerError when no journal can be kept.
    """
    plan = planned.plan
    if plan.refusals:
        raise PlanRefused(*plan.refusals)
    if not plan.changes:
        return Report((), frozenset())
    session.reconciler.check_access(plan.changes)
    memory = session.memory
    log = memory.state.begin(order.run)
    try:
        written = Journal(log, memory.clock)
        written.begin(_begin(planned, session, order))
        report = _run(planned, session, order, written)
        # A run of which something is unknown stays open: the next apply finds out, and says so.
        if not report.with_status(Status.UNKNOWN):
            with suppress(SyncerError):  # what was done is done; the report has the line
                written.end(report.ending)
    finally:
        log.close()
    return replace(report, unwritten=tuple(written.unwritten))


def _run(planned: Planned, session: Session, order: Order, written: Journal) -> Report:
    ids = {address: found.id for address, found in planned.live.resources.items()}
    run = Run(
        session.reconciler,
        ids,
        written,
        name=order.run,
        is_blind=planned.is_blind,
        goes_on=order.goes_on,
        stops=order.stops,
    )
    outcomes: list[Outcome] = []
    for outcome in run.outcomes(planned.plan.changes):
        outcomes.append(outcome)
        order.on_outcome(outcome)
    report = Report(
        tuple(outcomes),
        frozenset(),
        run.failure,
        is_blind=planned.is_blind,
        is_stopped=order.stops(),
    )
    return report if planned.is_blind else _verified(report, planned.plan, session)


def _verified(report: Report, plan: Plan, session: Session) -> Report:
    """Return the report with what reads back as it was written."""
    changes = {change.address: change for change in plan.changes}
    done = [changes[outcome.address] for outcome in report.with_status(Status.DONE)]
    if not done:
        return report
    try:
        live = session.reconciler.reread([change.address for change in done])
    except SyncerError as error:
        return replace(report, failure=report.failure or error)
    return replace(report, verified=frozenset(_holding(done, live, session)))


def _holding(changes: Collection[Change], live: LiveState, session: Session) -> Collection[Address]:
    return [
        change.address
        for change in changes
        if (found := live.resources.get(change.address)) is not None
        and holds(entry_of(change), found, session.reconciler.kinds[change.address.kind])
    ]


def _settled(entry: IntentEntry, run: str, live: LiveState, session: Session) -> ResultEntry:
    found = live.resources.get(entry.address)
    settlement = settle(entry, run, found, session.reconciler.kinds[entry.address.kind])
    remote = found.id if found is not None else ""
    return ResultEntry(entry.address, entry.action, _STATUSES[settlement].value, remote, "")


def _begin(planned: Planned, session: Session, order: Order) -> Begin:
    plan, memory = planned.plan, session.memory
    target = plan.target
    operator = memory.operator()
    written = {change.address.integration for change in plan.changes}
    counts = {action.verb: plan.count(action) for action in Action if plan.count(action)}
    return Begin(
        run=order.run,
        command=order.command,
        project=order.project,
        environment=target.environment,
        origin=target.origin,
        integrations={alias: target.integrations[alias] for alias in sorted(written)},
        who=operator.who,
        host=operator.host,
        commit=operator.commit,
        plan=planned.digest or planfile.digest(plan),
        at=journal.utc(memory.clock),
        counts=counts,
    )
