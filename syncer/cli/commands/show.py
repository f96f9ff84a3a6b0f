"""`syncer show`: a saved plan in any format, offline."""

from pathlib import Path

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.cli.planning import read_plan
from syncer.errors import ExitCode
from syncer.views.formats import PLAN_FORMATS, write_plan


@click.command("show", cls=Command)
@click.argument("plan", type=click.Path(path_type=Path), metavar="PLAN")
@click.pass_obj
def command(app: App, plan: Path) -> int:
    """Print a saved plan in any format.

    Needs no project, no credentials and no network; a stale plan is shown too. `-o json` prints
    the file's own bytes.
    """
    form = app.format(*PLAN_FORMATS)
    saved = read_plan(app.start / plan)
    settings = app.settings
    colour = app.output.colour
    app.output.data(write_plan(saved, form, verbose=settings.verbose, colour=colour))
    return ExitCode.OK
