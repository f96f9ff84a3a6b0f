"""Rolling back: from what a run noted, or from its plan alone, to an ordinary plan (shell)."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from syncer.engine import journal
from syncer.engine.records import RunRecord
from syncer.engine.workflow import Planned, Session, guarded
from syncer.errors import Misuse, PlanRefused, StalePlan
from syncer.kinds import Action
from syncer.plan import approval, planfile, rollback
from syncer.plan.changes import Allowances, Plan, Status
from syncer.plan.rollback import Deed
from syncer.resources import DesiredState

_ACTIONS: Mapping[str, Action] = {action.verb: action for action in Action}


def deeds_of_run(run: RunRecord) -> tuple[Deed, ...]:
    """Return what the run did: what it wrote, by its own word or by a later read."""
    statuses = run.statuses()
    return tuple(
        Deed(
            address,
            _ACTIONS[entry.action],
            tuple((tuple(name.split(".", 1)), old, new) for name, old, new in entry.changed),
        )
        for address, entry in run.intents().items()
        if address in statuses and statuses[address].status == Status.DONE.value
    )


def deeds_of_plan(plan: Plan) -> tuple[Deed, ...]:
    """Return what the plan would do; what was not done reads back as it was before."""
    return tuple(
        Deed(
            change.address,
            change.action,
            tuple((each.path, each.before, each.after) for each in change.attributes),
        )
        for change in plan.changes
    )


def find_run(session: Session, wanted: str) -> RunRecord | None:
    """Return the run of this ID, or the last one that applied the plan of this digest."""
    state = session.memory.state
    if wanted in state.runs():
        return journal.read_run(state, wanted)
    runs = journal.runs_of_plan(state, wanted)
    return runs[-1] if runs else None


def roll_back_run(
    run: RunRecord, desired: DesiredState, session: Session, allowances: Allowances
) -> Planned:
    """Return the plan that takes back what the run did; raises StalePlan for another target."""
    target = session.target
    moved = tuple(
        approval.same_target(
            replace(target, origin=run.begin.origin, integrations=run.begin.integrations), target
        )
    )
    if moved:
        raise StalePlan(*moved)
    return _planned(deeds_of_run(run), desired, session, allowances, run.begin.run)


def roll_back_plan(
    plan: Plan, desired: DesiredState, session: Session, allowances: Allowances
) -> Planned:
    """Return the plan that takes back a saved plan, as far as live state is as it left it."""
    if plan.undoes:
        raise Misuse.of(
            "CLI-ROLLBACK",
            "the file is itself a rollback",
            hint="roll back the run that applied it: syncer rollback RUN",
        )
    moved = tuple(approval.same_target(plan.target, session.target))
    if moved:
        raise StalePlan(*moved)
    undoes = planfile.digest(plan)
    return _planned(deeds_of_plan(plan), desired, session, allowances, undoes)


def approve_rollback(
    saved: Plan, desired: DesiredState, session: Session, allowances: Allowances
) -> Planned:
    """Return a saved rollback as it comes out now; raises StalePlan when it is not the same.

    What it restores is taken from the run's journal, never from the file.
    """
    run = find_run(session, saved.undoes)
    if run is None:
        raise PlanRefused.of(
            "PLN-NO-RUN",
            f"the plan takes back run {saved.undoes}, and nothing is remembered of it here",
            rule="a rollback is planned again from what the run noted",
            hint="make and apply it in one step: syncer rollback PLAN",
        )
    together = saved.allowances.joined(allowances)
    fresh = roll_back_run(run, desired, session, together)
    plan = replace(fresh.plan, undoes=saved.undoes)
    kinds = session.reconciler.kinds
    approved = approval.approve(saved, plan, fresh.live.resources, kinds)
    if approved.findings:
        raise StalePlan(*approved.findings)
    digest = planfile.digest(saved)
    return replace(fresh, plan=approved.plan, done=approved.done, digest=digest)


def _planned(
    deeds: Collection[Deed],
    desired: DesiredState,
    session: Session,
    allowances: Allowances,
    undoes: str,
) -> Planned:
    reconciler = session.reconciler
    aliases = {deed.address.integration for deed in deeds}
    live = reconciler.read(aliases, needs={deed.address.kind for deed in deeds})
    plan = rollback.plan(deeds, desired, live, reconciler.kinds, session.target, undoes)
    plan = guarded(replace(plan, allowances=allowances), desired, live, session)
    return Planned(plan, live, unfinished=session.unfinished())
