"""`syncer schema`: the JSON Schemas of the files that syncer reads and writes."""

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.cli.schemas import NAMES, schema_text
from syncer.errors import ExitCode


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice(NAMES), metavar="|".join(NAMES))
@click.pass_obj
def command(app: App, name: str) -> int:
    """Print a JSON Schema: manifest, defaults, project or plan.

    For editors: `# yaml-language-server: $schema=...` as a manifest's first line.
    """
    app.format("text", "json")
    app.output.data(schema_text(name))
    return ExitCode.OK
