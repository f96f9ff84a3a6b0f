"""`syncer plan`: what an apply would do now."""

from pathlib import Path
from typing import Any

import click

from syncer import durable
from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import tell_unfinished, wishes_of, wishes_options
from syncer.engine.workflow import make_plan
from syncer.errors import ExitCode
from syncer.plan import planfile
from syncer.sinks import terminal
from syncer.views.formats import PLAN_FORMATS, write_plan


@click.command("plan", cls=Command)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save the plan here (mode 0600); `syncer apply FILE` runs exactly it.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@wishes_options
@click.pass_obj
def command(app: App, /, out: Path | None, detailed_exitcode: bool, **wishes: Any) -> int:
    """Show what an apply would do now.

    Reads live state and writes nothing. The whole plan is printed even when a guard refuses it;
    the exit code is then 5 and the refusal names the flag that allows it.
    """
    form = app.format(*PLAN_FORMATS)
    project, desired = app.project()
    name = environment_name(project, app.settings.env)
    with open_session(app, project, name) as session:
        if form == "json":
            announce(app, session)
        planned = make_plan(desired, session, wishes_of(wishes))
        tell_unfinished(app, planned.unfinished)
    plan = planned.plan
    if out is not None:
        durable.replace(app.start / out, planfile.dumps(plan).encode())
        if plan.changes and not plan.refusals:
            app.output.say(f"Saved; what was reviewed is run by: syncer apply {terminal(str(out))}")
    settings = app.settings
    colour = app.output.colour
    app.output.data(write_plan(plan, form, verbose=settings.verbose, colour=colour))
    if plan.refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if plan.changes and detailed_exitcode else ExitCode.OK
