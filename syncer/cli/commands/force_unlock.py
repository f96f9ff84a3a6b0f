"""`syncer force-unlock`: forget a lock whose holder is gone."""

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.cli.states import open_state
from syncer.errors import ExitCode
from syncer.sinks import terminal


@click.command("force-unlock", cls=Command)
@click.argument("id", metavar="ID")
@click.pass_obj
def command(app: App, id: str) -> int:  # noqa: A002 - the product's word
    """Forget the lock of a run that is gone.

    ID is what the refused run named. Locks end with their process, so this is seldom needed. While
    the holder lives it is refused: two writers would overwrite each other; end that process
    instead, and the lock is free.
    """
    app.format("text")
    open_state(app).unlock(id)
    app.output.say(f"The lock of run {terminal(id)} is gone")
    return ExitCode.OK
