"""`syncer select`: the metadata of live signals or items."""

import json
from collections.abc import Mapping

import click

from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.engine.workflow import named_filter
from syncer.errors import ExitCode, Misuse
from syncer.resources import DesiredState
from syncer.views.rows import rows_json, rows_text


@click.command("select", cls=Command)
@click.argument("kind", type=click.Choice(("signals", "items")), metavar="signals|items")
@click.option(
    "--filter",
    "chosen",
    envvar="SYNCER_SELECT_FILTER",
    metavar="NAME|JSON",
    help="A filter of the manifests by name, or one in the API's filter language.",
)
@click.option(
    "--integration",
    metavar="ALIAS",
    help="Only this integration's signals; all of the environment's without it.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows.")
@click.pass_obj
def command(
    app: App, kind: str, chosen: str | None, integration: str | None, limit: int | None
) -> int:
    """Query the metadata of live signals or items.

    Needs no manifests that declare them. Rows are sorted by ID, which is the order of creation;
    items are the organisation's, hidden ones included.
    """
    form = app.format("text", "json")
    project, desired = app.project()
    name = environment_name(project, app.settings.env)
    query = _query(chosen, desired)
    with open_session(app, project, name) as session:
        announce(app, session)
        known = sorted(session.target.integrations)
        if integration is not None and integration not in known:
            raise click.UsageError(f"no integration {integration!r}; there are {', '.join(known)}")
        aliases = [integration] if integration is not None else known
        rows = session.reconciler.select(kind, aliases, query, limit)
    app.output.data(rows_json(rows) if form == "json" else rows_text(rows))
    return ExitCode.OK


def _query(chosen: str | None, desired: DesiredState) -> Mapping[str, object]:
    if chosen is None:
        return {}
    if not chosen.lstrip().startswith("{"):
        return named_filter(chosen, desired)
    try:
        query = json.loads(chosen)
    except (ValueError, RecursionError):
        query = None
    if not isinstance(query, dict):
        raise Misuse.of(
            "CLI-FILTER",
            "--filter is neither a filter's name nor a JSON object",
            hint="""for example: --filter '{"engUnit": "bar"}'""",
        )
    return query
