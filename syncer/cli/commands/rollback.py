"""`syncer rollback`: take back what a run changed."""

from pathlib import Path
from typing import Any

import click

from syncer import durable
from syncer.cli.app import App
from syncer.cli.applying import ask, finish, run_plan, show, tell_recovered
from syncer.cli.environments import environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import allowances_of, allowances_options, read_plan
from syncer.engine.apply import Order, recover
from syncer.engine.rollback import find_run, roll_back_plan, roll_back_run
from syncer.engine.state import no_run
from syncer.engine.workflow import Planned, Session
from syncer.errors import ExitCode, PlanRefused
from syncer.plan import planfile
from syncer.plan.changes import Allowances, Plan
from syncer.resources import DesiredState


@click.command("rollback", cls=Command)
@click.argument("source", metavar="RUN|PLAN")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save the plan here (mode 0600) instead of applying it; `syncer apply FILE` runs it.",
)
@click.option(
    "--auto-approve",
    is_flag=True,
    allow_from_autoenv=False,
    help="Do not ask.",
)
@allowances_options
@click.pass_obj
def command(
    app: App, /, source: str, out: Path | None, auto_approve: bool, **allowances: Any
) -> int:
    """Take back what a run changed.

    RUN is the ID of a run (`syncer history` lists them); PLAN is the plan file that a run applied,
    which is enough where the journal is gone, as on a CI runner. Makes an ordinary plan: each field
    that still is as the run left it gets its earlier value; what somebody has changed since, what
    was created, and what the manifests still declare is said.
    """
    form = app.format("text", "json")
    saved = read_plan(app.start / source) if (app.start / source).is_file() else None
    project, desired = app.project()
    name = environment_name(project, saved.target.environment if saved else app.settings.env)
    allowed = allowances_of(allowances)
    with open_session(app, project, name) as session:
        aliases = session.target.integrations
        with session.memory.exclusive(session.places(aliases), "rollback") as run:
            planned = _planned(saved or source, desired, session, allowed)
            recovered = recover(planned, session, aliases)
            if recovered:  # the run that is taken back may be among them
                tell_recovered(app, recovered)
                planned = _planned(saved or source, desired, session, allowed)
            show(app, planned, form)
            if out is not None:
                durable.replace(app.start / out, planfile.dumps(planned.plan).encode())
                return ExitCode.REFUSED if planned.plan.refusals else ExitCode.OK
            if planned.plan.refusals:
                raise PlanRefused(*planned.plan.refusals)
            if planned.plan.changes and not auto_approve:
                ask(app)
            order = Order(run, project.name, "rollback")
            report = run_plan(app, planned, session, order)
    return finish(app, report, form)


def _planned(
    source: Plan | str, desired: DesiredState, session: Session, allowances: Allowances
) -> Planned:
    if isinstance(source, str):
        record = find_run(session, source)
        if record is None:
            raise no_run(source)
        return roll_back_run(record, desired, session, allowances)
    return roll_back_plan(source, desired, session, allowances)
