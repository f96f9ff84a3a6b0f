"""`syncer select`: the metadata of live signals or items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from syncer.cli.app import App
from syncer.cli.environments import Connection, announce, environment_name, open_reader
from syncer.cli.options import Command
from syncer.cli.querying import judged, read_query
from syncer.errors import ExitCode
from syncer.providers.clarify.library import Client
from syncer.providers.clarify.results import SelectedItem, SelectedSignal
from syncer.views.rows import Row, rows_csv, rows_json, rows_text

_DEFAULT_LIMIT = 1000


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
@click.option(
    "--sort",
    multiple=True,
    metavar="FIELD",
    help="Sort by this field; `-FIELD` turns it round. Repeatable; the ID decides between equals.",
)
@click.option(
    "--skip",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave out the first N rows.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=_DEFAULT_LIMIT,
    show_default=True,
    metavar="N",
    help="At most N rows; stderr says when there are more.",
)
@click.option(
    "--all",
    "is_all",
    is_flag=True,
    envvar="SYNCER_SELECT_ALL",
    help="Every row, however many there are.",
)
@click.pass_obj
def command(
    app: App,
    /,
    kind: str,
    chosen: str | None,
    integration: str | None,
    sort: tuple[str, ...],
    skip: int,
    limit: int,
    is_all: bool,
) -> int:
    """Query the metadata of live signals or items.

    Needs no manifests that declare them. Rows are sorted by ID, which is the order of creation,
    signals within their integration; items are the organisation's, hidden ones included. CSV has a
    column for each field, label and annotation, with every cell quoted.
    """
    form = app.format("text", "json", "csv")
    project, desired = app.project()
    name = environment_name(project, app.settings.env)
    query = _Query(read_query(chosen, desired), sort, skip, None if is_all else limit)
    with open_reader(app, project, name) as connection:
        announce(app, connection)
        known = sorted(connection.clients)
        if integration is not None and integration not in known:
            raise click.UsageError(f"no integration {integration!r}; there are {', '.join(known)}")
        aliases = known if integration is None else [integration]
        read = _read_items if kind == "items" else _read_signals
        with judged():
            rows, total = read(connection, aliases, query)
    writers = {"json": rows_json, "csv": rows_csv, "text": rows_text}
    app.output.data(writers[form](rows))
    if len(rows) + skip < total:
        app.output.say(f"{len(rows)} of {total} rows (--limit N, or --all)")
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Query:
    filter: Mapping[str, object]
    sort: tuple[str, ...]
    skip: int
    limit: int | None


def _read_items(
    connection: Connection, aliases: Sequence[str], query: _Query
) -> tuple[list[Row], int]:
    found = Client.over(connection.clients[aliases[0]]).select_items(
        query.filter, skip=query.skip, limit=query.limit, sort=query.sort
    )
    return [{"id": item.id, **_fields(item)} for item in found], found.meta.total


def _read_signals(
    connection: Connection, aliases: Sequence[str], query: _Query
) -> tuple[list[Row], int]:
    """Return the signals of one integration after the other, and how many all of them have."""
    rows: list[Row] = []
    total = 0
    for alias in aliases:
        found = Client.over(connection.clients[alias]).select_signals(
            query.filter,
            skip=max(query.skip - total, 0),
            limit=None if query.limit is None else query.limit - len(rows),
            sort=query.sort,
            integration=connection.target.integrations[alias],
        )
        total += found.meta.total
        for signal in found:
            told = {"id": signal.id, "integration": alias, "input": signal.input}
            rows.append({**told, "item": signal.item_id, **_fields(signal)})
    return rows, total


def _fields(selected: SelectedSignal | SelectedItem) -> Row:
    return {**selected.attributes.to_json(), "annotations": dict(selected.meta.annotations)}
