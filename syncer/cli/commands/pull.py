"""`syncer pull`: what others changed in Clarify, into the manifests."""

import os

import click

from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.cli.planning import tell_unfinished
from syncer.engine.pulling import Folder, Pulled, pull, write
from syncer.engine.workflow import Wishes, make_plan
from syncer.errors import ExitCode
from syncer.manifest.limits import read_limits
from syncer.plan.changes import Target
from syncer.views.pulls import Taken, diff_text, pulls_json, pulls_text


@click.command("pull", cls=Command)
@click.argument("globs", metavar="[GLOB]...", nargs=-1)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, as a diff.")
@click.pass_obj
def command(app: App, globs: tuple[str, ...], diff: bool) -> int:
    """Take what others changed in Clarify into the manifests.

    Each managed field whose live value is not the one that syncer last applied gets that value in
    the line that says it; comments, quotes and every other character stay. Where both moved, the
    live value wins. GLOBs (address globs, manifest files, folders) limit what is taken.

    A default is changed where everything that it serves has the same live value; elsewhere the
    resource itself says the value. What has no place, as a field that follows a signal, is
    reported, and the exit code is then 4. Nothing is written unless the project stays valid.
    """
    form = app.format("text", "json")
    project, desired = app.project()
    folder = Folder(app.root, read_limits(os.environ))
    with open_session(app, project, environment_name(project, app.settings.env)) as session:
        if diff or form == "json":
            announce(app, session)
        planned = make_plan(desired, session, Wishes())
        tell_unfinished(app, planned.unfinished)
        pulled = pull(desired, planned, session, globs, folder)
        target = session.target
    if not diff:
        write(folder, pulled.files)
    _tell(app, target, pulled, form, is_diff=diff)
    return ExitCode.PARTIAL if pulled.left else ExitCode.OK


def _tell(app: App, target: Target, pulled: Pulled, form: str, *, is_diff: bool) -> None:
    taken = [Taken(each.address, each.change, each.place) for each in pulled.pulls]
    if form == "json":
        app.output.data(pulls_json(target, taken, pulled.left, is_dry=is_diff))
        return
    text = pulls_text(target, taken, pulled.left, is_dry=is_diff)
    if not is_diff:
        app.output.data(text)
        return
    for each in pulled.files:
        app.output.data(diff_text(each.path, each.before.decode(), each.after.decode()))
    app.output.say(text.partition("\n")[2].strip("\n"))
