"""What the commands that read share: filters, spans of time, and where the result goes."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from syncer import durable
from syncer.cli.app import App
from syncer.engine.workflow import named_filter
from syncer.errors import Misuse
from syncer.providers.clarify.refusals import InvalidInput
from syncer.providers.clarify.results import FrameSelection
from syncer.resources import DesiredState
from syncer.samples.spans import read_bound
from syncer.samples.values import Refusal
from syncer.sinks import terminal
from syncer.views.frames import BLOCKS, About, FrameTable, frame_csv, frame_json, frame_text
from syncer.views.parquet import frame_parquet

FRAME_FORMATS: Final = ("text", "csv", "json", "parquet")


def frame_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which times are read, and where the result goes."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_query(chosen: str | None, desired: DesiredState) -> Mapping[str, object]:
    """Return the filter that --filter means; raises Misuse when it means none."""
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


@contextmanager
def judged() -> Iterator[None]:
    """Blame the command line for what the library refuses before it sends anything."""
    try:
        yield
    except InvalidInput as error:
        raise Misuse(*error.findings) from error


def read_zone(name: str | None) -> tzinfo | None:
    """Return the zone of the IANA database; raises Misuse for an unknown name."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such key, no key at all, or a folder
        raise Misuse.of(
            "DAT-ZONE",
            f"there is no time zone {name!r}",
            rule="zones are those of the IANA database",
            hint="for example Europe/Oslo, or UTC",
        ) from None


def read_span(
    app: App, start: str | None, end: str | None, zone: tzinfo | None
) -> tuple[datetime | None, datetime | None]:
    """Return both bounds; raises Misuse for what is no time, and for an empty span."""
    now = app.clock.now()
    bounds: list[datetime | None] = []
    for option, text in (("--start", start), ("--end", end)):
        bound = None if text is None else read_bound(text, now, zone)
        if isinstance(bound, Refusal):
            raise Misuse.of(
                bound.code, f"{option}: {bound.summary}", rule=bound.rule, hint=bound.hint
            )
        bounds.append(bound)
    first, last = bounds
    if first is not None and last is not None and first >= last:
        raise Misuse.of("DAT-TIME", f"--start {first} is not before --end {last}")
    return first, last


def write_frame(
    app: App, selection: FrameSelection, form: str, out: Path | None, *, has_names: bool
) -> None:
    """Write the data in this format, to the file or to stdout."""
    items = {
        item.id: About(item.attributes.name, item.attributes.engUnit, item.view())
        for item in selection.included.items
    }
    table = FrameTable(selection.data.times, selection.data.series, items)
    if form == "parquet" and out is not None:
        _replace(app, out, frame_parquet(table))
        return
    text = _text(table, form, has_names=has_names)
    if out is None:
        app.output.data(text)
    else:
        shown = app.output.redactor.redact(text)
        _replace(app, out, shown.encode("utf-8", errors="backslashreplace"))


def check_out(form: str, out: Path | None) -> None:
    """Raise UsageError for a binary format without a file, before anything is read."""
    if form == "parquet" and out is None:
        raise click.UsageError("Parquet is binary: name a file with --out")


def _replace(app: App, out: Path, content: bytes) -> None:
    durable.replace(app.start / out, content, mode=0o644)
    app.output.say(f"Wrote {terminal(str(out))}")


def _text(table: FrameTable, form: str, *, has_names: bool) -> str:
    if form == "csv":
        return frame_csv(table, has_names=has_names)
    return frame_json(table) if form == "json" else frame_text(table, has_blocks=_has_blocks())


def _has_blocks() -> bool:
    """Whether stdout can show block characters."""
    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_OPTIONS: Final = (
    click.option(
        "--start",
        metavar="TIME",
        help="From here on: RFC 3339, or relative to now (-7d, -1h30m). Without --start and --end "
        "it is 7 days before and after now.",
    ),
    click.option("--end", metavar="TIME", help="Up to here, exclusive: as --start, or `now`."),
    click.option(
        "--timezone",
        metavar="NAME",
        help="The zone that buckets are counted in, and that bounds without a zone are of.",
    ),
    click.option(
        "--last", type=click.IntRange(min=1), metavar="N", help="Only each series' newest N values."
    ),
    click.option("--names", is_flag=True, help="CSV: head the columns by the items' names."),
    click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write to this file instead of stdout; Parquet needs it.",
    ),
)
