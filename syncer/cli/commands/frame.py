"""`syncer frame`: the data of items, raw or rolled up."""

from pathlib import Path

import click

from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_reader
from syncer.cli.options import Command
from syncer.cli.querying import (
    FRAME_FORMATS,
    check_out,
    frame_options,
    judged,
    read_query,
    read_span,
    read_zone,
    write_frame,
)
from syncer.errors import ExitCode
from syncer.providers.clarify.library import Client

_DEFAULT_LIMIT = 50


@click.command("frame", cls=Command)
@click.option(
    "--filter",
    "chosen",
    envvar="SYNCER_FRAME_FILTER",
    metavar="NAME|JSON",
    help="Which items: a filter of the manifests by name, or one in the API's filter language.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=_DEFAULT_LIMIT,
    show_default=True,
    metavar="N",
    help="At most N items, by ID.",
)
@click.option(
    "--all",
    "is_all",
    is_flag=True,
    envvar="SYNCER_FRAME_ALL",
    help="Every item that the filter means.",
)
@click.option(
    "--rollup",
    metavar="DURATION",
    help="Put values together in buckets: PT1H, P1D, P1M, or `window` for the whole time.",
)
@frame_options
@click.pass_obj
def command(
    app: App,
    /,
    chosen: str | None,
    limit: int,
    is_all: bool,
    rollup: str | None,
    start: str | None,
    end: str | None,
    timezone: str | None,
    last: int | None,
    names: bool,
    out: Path | None,
) -> int:
    """Read the data of items, raw or rolled up.

    Text is a line for each series: its ID, name, number of values, least, most and last value, and
    its course. A rollup makes five series of an item: `<ID>_count`, `_min`, `_max`, `_sum` and
    `_avg`. CSV has a row for each time, JSON is {"times", "series", "items"}, and Parquet needs
    pyarrow. Long times and many items are read by as many requests as they take.
    """
    form = app.format(*FRAME_FORMATS)
    check_out(form, out)
    gte, lt = read_span(app, start, end, read_zone(timezone))
    project, desired = app.project()
    name = environment_name(project, app.settings.env)
    query = read_query(chosen, desired)
    with judged(), open_reader(app, project, name) as connection:
        announce(app, connection)
        selection = Client.over(connection.client).data_frame(
            query,
            limit=None if is_all else limit,
            gte=gte,
            lt=lt,
            rollup=rollup,
            time_zone=timezone,
            last=-1 if last is None else last,
            include=["item"],
        )
    write_frame(app, selection, form, out, has_names=names)
    shown = len(selection.included.items)
    if shown < selection.meta.total:
        app.output.say(f"{shown} of {selection.meta.total} items (--limit N, or --all)")
    return ExitCode.OK
