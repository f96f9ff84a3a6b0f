"""`syncer adopt`: the ownership marker alone."""

import click

from syncer.cli.app import App
from syncer.cli.applying import ask, finish, run_plan, show, tell_recovered
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.engine.adopting import Adoption, approve_adoption, integrations_of, plan_adoption
from syncer.engine.apply import Order, recover
from syncer.errors import PlanRefused


@click.command("adopt", cls=Command)
@click.argument("globs", metavar="GLOB...", nargs=-1, required=True)
@click.option(
    "--auto-approve",
    is_flag=True,
    allow_from_autoenv=False,
    help="Do not ask.",
)
@click.option(
    "--take-ownership",
    multiple=True,
    metavar="GLOB",
    allow_from_autoenv=False,
    help="Take these resources over from another project or tool. Repeatable.",
)
@click.option(
    "--allow-protected",
    multiple=True,
    metavar="GLOB",
    allow_from_autoenv=False,
    help="Mark these protected resources. Repeatable.",
)
@click.pass_obj
def command(
    app: App,
    globs: tuple[str, ...],
    auto_approve: bool,
    take_ownership: tuple[str, ...],
    allow_protected: tuple[str, ...],
) -> int:
    """Mark live resources as the project's, and change nothing else.

    GLOB is an address glob in which `*` matches any text; what it matches need not be declared.
    Shows the plan, asks, writes and verifies as `syncer apply` does. What is marked already is
    left as it is; what another project or tool has marked is refused (5).
    """
    form = app.format("text", "json")
    project, desired = app.project()
    wanted = Adoption(globs, take_ownership, allow_protected)
    with open_session(app, project, environment_name(project, app.settings.env)) as session:
        aliases = integrations_of(wanted, session)
        with session.memory.exclusive(session.places(aliases), "adopt") as run:
            planned = plan_adoption(wanted, desired, session)
            tell_recovered(app, recover(planned, session, aliases))
            if planned.plan.changes or planned.plan.refusals:
                show(app, planned, form)
            else:
                announce(app, session)
                app.output.say("Nothing to adopt: what the globs match is the project's already.")
            if planned.plan.refusals:
                raise PlanRefused(*planned.plan.refusals)
            if planned.plan.changes and not auto_approve:
                ask(app)
                # People think for a while: what was approved is planned again.
                planned = approve_adoption(planned.plan, wanted, desired, session)
            report = run_plan(app, planned, session, Order(run, project.name, "adopt"))
    return finish(app, report, form)
