"""`syncer drift`: what changed outside, field by field."""

import click

from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import scope_options, tell_unfinished
from syncer.engine.drifting import find_drift
from syncer.engine.workflow import Wishes
from syncer.errors import ExitCode
from syncer.plan.changes import Allowances
from syncer.views.drifts import DRIFT_FORMATS, write_drift


@click.command("drift", cls=Command)
@scope_options
@click.option(
    "--allow-empty",
    is_flag=True,
    allow_from_autoenv=False,
    help="Believe an integration that answers with no signals.",
)
@click.pass_obj
def command(app: App, target: tuple[str, ...], exclude: tuple[str, ...], allow_empty: bool) -> int:
    """Show what others changed in Clarify.

    Each managed field whose live value is not the one that syncer last applied is told with both
    values, with what Git wants where Git moved too, and with when the resource was updated. Exits 2
    if there is any. What Git has and Clarify has not yet is listed as pending, which is no drift.
    Reads live state and writes nothing; needs no credentials but those that `plan` needs.
    """
    form = app.format(*DRIFT_FORMATS)
    project, desired = app.project()
    wishes = Wishes(target, exclude, allowances=Allowances(empty=allow_empty))
    with open_session(app, project, environment_name(project, app.settings.env)) as session:
        if form == "json":
            announce(app, session)
        outside, planned = find_drift(desired, session, wishes)
        tell_unfinished(app, planned.unfinished)
    app.output.data(write_drift(outside, form, verbose=app.settings.verbose))
    if outside.refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if outside.drifts else ExitCode.OK
