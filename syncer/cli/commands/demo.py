"""`syncer demo`: the whole way, on an embedded Clarify."""

import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.errors import ExitCode

_STEPS: Final = (
    ("Check the manifests, offline.", ("validate",)),
    ("See what would change, and save the plan.", ("plan", "--out", "plan.json")),
    ("Make exactly these changes; they are verified by reading back.", ("apply", "plan.json")),
    ("Plan again: nothing is left to do.", ("plan",)),
    ("Someone changes a unit in Git.", ()),
    ("The plan shows that change, and only it.", ("plan",)),
)
_NEXT: Final = """
That was {folder}, a project of two manifests. Try next:

  cd {folder}
  {syncer} apply             make the change of the unit; answer yes
  {syncer} select items      what is in the embedded Clarify now
  {syncer} explain signals/stand/banana-stand/amount
                             which line each value comes from
  {syncer} emulator --db .syncer/local.db --credentials-dir .syncer
                             serve it to other clients, over HTTP

Real environments go into syncer.yaml; the comments there say how.
"""


@click.command("demo", cls=Command)
@click.pass_obj
def command(app: App) -> int:
    """Validate, plan and apply an example on an embedded Clarify.

    Copies a small project into a new temporary folder and runs the commands on it. Needs no
    account, no network and no socket.
    """
    app.format("text")
    folder = Path(tempfile.mkdtemp(prefix="syncer-demo-")) / "banana-stand"
    with as_file(files("syncer.cli") / "demo_project") as project:
        shutil.copytree(project, folder)
    for number, (what, arguments) in enumerate(_STEPS, start=1):
        app.output.data(f"\n=== {number}. {what}\n")
        code = _run(app, folder, arguments) if arguments else _edit(app, folder)
        if code != ExitCode.OK:
            return code
    app.output.data(_NEXT.format(folder=folder, syncer=_program()))
    return ExitCode.OK


def _program() -> str:
    """Return how the user can start syncer from any folder."""
    started = Path(sys.argv[0])
    if shutil.which("syncer") or started.name != "syncer":
        return "syncer"
    return str(started.resolve())


def _run(app: App, folder: Path, arguments: tuple[str, ...]) -> int:
    from syncer.cli.main import main  # the commands themselves: `main` loads this module

    app.output.data(f"$ syncer {' '.join(arguments)}\n\n")
    color = app.settings.color
    where = ["-C", str(folder), "--env", "local", "--format", "text", "--color", color]
    return main([*where, *arguments])


def _edit(app: App, folder: Path) -> int:
    manifest = folder / "manifests" / "stand.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("engUnit: USD", "engUnit: EUR"), encoding="utf-8")
    app.output.data("\n  manifests/stand.yaml\n  -    engUnit: USD\n  +    engUnit: EUR\n")
    return ExitCode.OK
