"""`syncer apply`: make the changes of a plan, and verify them."""

from pathlib import Path
from typing import Any

import click

from syncer.cli.app import App
from syncer.cli.applying import ask, finish, run_plan, show, tell_recovered
from syncer.cli.environments import environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import read_plan, wishes_of, wishes_options
from syncer.engine.apply import Order, recover
from syncer.engine.rollback import approve_rollback
from syncer.engine.workflow import (
    Planned,
    Session,
    Wishes,
    approve_plan,
    integrations_of,
    make_plan,
)
from syncer.errors import PlanRefused, StalePlan
from syncer.plan.approval import same_target
from syncer.plan.changes import Plan
from syncer.resources import DesiredState


@click.command("apply", cls=Command)
@click.argument("plan", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@click.option(
    "--auto-approve",
    is_flag=True,
    allow_from_autoenv=False,
    help="Do not ask. A saved plan is never asked about.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "continue"]),
    default="stop",
    show_default=True,
    help="Whether a refused change leaves the others unsent, or they are still made.",
)
@wishes_options
@click.pass_obj
def command(
    app: App, /, plan: Path | None, auto_approve: bool, on_error: str, **wishes: Any
) -> int:
    """Make the changes of a plan, and verify them by reading back.

    With PLAN, the saved plan is planned again: each of its changes must come out the same, or
    nothing is sent (5). Without it, a plan is made, shown, and asked about. One apply at a time
    writes to an integration. Each write is in the journal before it is sent, so an apply that was
    killed is finished by the next one.
    """
    form = app.format("text", "json")
    saved = None if plan is None else read_plan(app.start / plan)
    asked = wishes_of(wishes)
    if saved is not None:
        _check_usage(app, saved, asked)
    project, desired = app.project()
    name = environment_name(project, saved.target.environment if saved else app.settings.env)
    with open_session(app, project, name) as session:
        aliases = _aliases(saved, desired, session, asked)
        with session.memory.exclusive(session.places(aliases), "apply") as run:
            planned = _planned(saved, desired, session, asked)
            tell_recovered(app, recover(planned, session, aliases))
            show(app, planned, form, is_reviewed=saved is not None)
            if planned.plan.refusals:
                raise PlanRefused(*planned.plan.refusals)
            if planned.plan.changes and saved is None and not auto_approve:
                ask(app)
                # People think for a while: what was approved is planned again.
                planned = approve_plan(planned.plan, desired, session, asked)
            order = Order(run, project.name, goes_on=on_error == "continue")
            report = run_plan(app, planned, session, order)
    return finish(app, report, form)


def _aliases(
    saved: Plan | None, desired: DesiredState, session: Session, wishes: Wishes
) -> frozenset[str]:
    """Return the integrations that may be written to."""
    if saved is None:
        return integrations_of(desired, session, wishes)
    moved = tuple(same_target(saved.target, session.target))
    if moved:
        raise StalePlan(*moved)
    return frozenset(change.address.integration for change in saved.changes)


def _check_usage(app: App, saved: Plan, wishes: Wishes) -> None:
    if wishes != Wishes(allowances=wishes.allowances):
        raise click.UsageError("a saved plan is run whole: narrow it when it is made")
    asked = app.settings.env
    if asked is not None and asked != saved.target.environment:
        raise click.UsageError(
            f"the plan is for environment {saved.target.environment!r}, "
            f"and {asked!r} was asked for (--env, SYNCER_ENV)"
        )


def _planned(
    saved: Plan | None, desired: DesiredState, session: Session, wishes: Wishes
) -> Planned:
    if saved is None:
        return make_plan(desired, session, wishes)
    if saved.undoes:
        return approve_rollback(saved, desired, session, wishes.allowances)
    return approve_plan(saved, desired, session, wishes)
