"""`syncer apply`: make the changes of a plan, and verify them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from syncer.cli.app import App
from syncer.cli.environments import environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import read_plan, wishes_of, wishes_options
from syncer.engine.workflow import (
    Planned,
    Session,
    Wishes,
    apply_plan,
    approve_plan,
    make_plan,
)
from syncer.errors import ExitCode, PlanRefused
from syncer.plan.changes import Outcome, Plan
from syncer.plan.report import Report
from syncer.resources import DesiredState
from syncer.views.formats import write_plan
from syncer.views.outcomes import report_json, report_text


@click.command("apply", cls=Command)
@click.argument("plan", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@click.option(
    "--auto-approve",
    is_flag=True,
    allow_from_autoenv=False,
    help="Do not ask. A saved plan is never asked about.",
)
@wishes_options
@click.pass_obj
def command(app: App, /, plan: Path | None, auto_approve: bool, **wishes: Any) -> int:
    """Make the changes of a plan, and verify them by reading back.

    With PLAN, the saved plan is planned again: each of its changes must come out the same, or
    nothing is sent (5). Without it, a plan is made, shown, and asked about.
    """
    form = app.format("text", "json")
    saved = None if plan is None else read_plan(app.start / plan)
    asked = wishes_of(wishes)
    if saved is not None:
        _check_usage(app, saved, asked)
    project, desired = app.project()
    name = environment_name(project, saved.target.environment if saved else app.settings.env)
    with open_session(app, project, name) as session:
        planned = _planned(saved, desired, session, asked)
        _show(app, planned, form, is_reviewed=saved is not None)
        if planned.plan.refusals:
            raise PlanRefused(*planned.plan.refusals)
        if planned.plan.changes and saved is None and not auto_approve:
            _ask(app)
            # People think for a while: what was approved is planned again, as a saved plan is.
            planned = approve_plan(planned.plan, desired, session, asked)
        report = _run(planned, desired, session)
    app.output.data(report_json(report) if form == "json" else report_text(report))
    if report.error is not None:
        raise report.error
    return ExitCode.OK


def _check_usage(app: App, saved: Plan, wishes: Wishes) -> None:
    if wishes.targets or wishes.excludes or wishes.filter or wishes.create_only:
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
    return approve_plan(saved, desired, session, wishes)


def _show(app: App, planned: Planned, form: str, *, is_reviewed: bool) -> None:
    """Show what will be done, of a saved plan only the first line: somebody has read it.

    It goes to stderr when stdout is for the report alone.
    """
    colour = app.output.colour and form == "text"
    text = write_plan(planned.plan, "text", verbose=app.settings.verbose, colour=colour)
    if is_reviewed and not planned.plan.refusals:
        text = text.partition("\n")[0] + "\n"
    if form == "text":
        app.output.data(text)
    else:
        app.output.say(text.rstrip("\n"))
    for title, addresses in (
        ("Made already", planned.done),
        ("Pending, and not in this plan", planned.pending),
    ):
        if addresses:
            shown = ", ".join(map(str, addresses[:5]))
            more = f" and {len(addresses) - 5} more" if len(addresses) > 5 else ""
            app.output.say(f"{title}: {shown}{more}")


def _ask(app: App) -> None:
    """Return when the plan is approved; raises PlanRefused for any answer but `yes`."""
    can_ask = sys.stdin.isatty() and sys.stderr.isatty() and not app.settings.no_input
    if can_ask:
        click.echo("\nDo you want to make these changes? Only 'yes' approves: ", nl=False, err=True)
        if sys.stdin.readline().strip() == "yes":
            return
    raise PlanRefused.of(
        "APP-NOT-APPROVED",
        "the plan was not approved" if can_ask else "nobody can be asked to approve the plan",
        rule="changes are made only after approval",
        hint="apply a saved plan, or give --auto-approve",
    )


def _run(planned: Planned, desired: DesiredState, session: Session) -> Report:
    with _progress(len(planned.plan.changes)) as on_outcome:
        return apply_plan(planned, desired, session, on_outcome)


@contextmanager
def _progress(length: int) -> Iterator[Callable[[Outcome], None]]:
    """Yield what counts outcomes: a bar on stderr when that is a terminal."""
    if not sys.stderr.isatty() or not length:
        yield lambda _: None
        return
    with click.progressbar(length=length, label="Applying", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
