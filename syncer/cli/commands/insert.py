"""`syncer insert`: values from a file into an integration's own signals."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from syncer.cli.app import App
from syncer.cli.environments import Connection, announce, environment_name, open_writer
from syncer.cli.local import LOCAL
from syncer.cli.options import Command
from syncer.cli.querying import read_zone
from syncer.cli.sample_files import read_bytes, read_samples
from syncer.cli.states import state_folder
from syncer.engine.insert_journal import InsertJournal, open_journal
from syncer.engine.inserting import Insertion
from syncer.errors import ApplyIncomplete, ExitCode, PlanRefused
from syncer.manifest.project import Project
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.library import Client
from syncer.resources import DesiredState
from syncer.samples import pieces
from syncer.samples.declared import find_undeclared, tell_undeclared
from syncer.samples.model import Reading, Samples, read_moment
from syncer.samples.outcome import Inserted
from syncer.samples.tables import Layout
from syncer.views.insertions import inserted_json, inserted_text


@click.command("insert", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option(
    "--integration",
    metavar="ALIAS",
    help="Whose signals they are; may be left out when the environment has one integration.",
)
@click.option(
    "--timezone",
    metavar="NAME",
    help="The zone of times that say none: Europe/Oslo, UTC. Without it they are an error.",
)
@click.option("--decimal-comma", is_flag=True, help="A comma stands before the decimals.")
@click.option(
    "--layout",
    type=click.Choice(("auto", "wide", "long")),
    default="auto",
    help="wide: a column for each input ID. long: columns of time, input and value. auto: long "
    "when the header has all three.",
)
@click.option("--time-column", metavar="NAME", help="The column of the time; wide: the first.")
@click.option("--input-column", metavar="NAME", help="The column of the input ID; makes it long.")
@click.option("--value-column", metavar="NAME", help="The column of the value; makes it long.")
@click.option(
    "--allow-undeclared",
    is_flag=True,
    allow_from_autoenv=False,
    help="Insert into inputs that no manifest declares: each may be a new, billed signal.",
)
@click.option(
    "--request-size",
    type=click.IntRange(min=1000, max=pieces.MAX_BYTES),
    default=pieces.MAX_BYTES,
    metavar="BYTES",
    help="The largest request, 8 MiB unless given; a slow line needs smaller ones.",
)
@click.option("--dry-run", is_flag=True, help="Read and check everything, and send nothing.")
@click.option(
    "--restart", is_flag=True, help="Send everything, although a part is known to be accepted."
)
@click.pass_obj
def command(app: App, /, file: str, dry_run: bool, request_size: int, **values: Any) -> int:
    """Insert values from a CSV or JSON file into an integration's own signals.

    A CSV file has a header, and commas, semicolons or tabs between its cells. Wide: the time, and
    a column for each input ID. Long: a row for each value, with columns such as time, input and
    value. Times are RFC 3339; an empty cell and NaN are no sample; of two values at one time the
    later one of the file counts. A JSON file is a data frame, {"times": [...], "series": {...}}.

    Every error of the file is told before anything is sent. An insert that was interrupted goes on
    where it was when the same file is inserted again: what is known to be accepted is not sent
    twice, and what may have been is sent again, which changes nothing.
    """
    form = app.format("text", "json")
    project, desired = app.project()
    name = environment_name(project, app.settings.env)
    alias = _alias(project, name, values["integration"])
    layout = _layout(values)
    data = read_bytes(app, file)
    reading = read_samples(app, file, data, layout)
    _check_declared(reading, desired, alias, is_allowed=values["allow_undeclared"])
    if dry_run:
        app.output.data(_told_dry(reading.samples, request_size))
        return ExitCode.OK
    with open_writer(app, project, name, alias) as connection:
        announce(app, connection)
        told = (layout, request_size, name, connection.target.origin, alias)
        with open_journal(
            state_folder(app.root) / "inserts", _digest(data, told), restart=values["restart"]
        ) as journal:
            done = _insert(app, connection, journal, reading.samples, request_size)
    app.output.data(inserted_json(done) if form == "json" else inserted_text(done))
    if done.error is not None:
        raise done.error
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Sender:
    """Inserts one piece through the library."""

    connection: Connection

    def insert(self, samples: Samples) -> Mapping[str, bool]:
        times = samples.times
        series = {key: [v.get(time) for time in times] for key, v in samples.series.items()}
        frame = DataFrame(series, map(read_moment, times))
        saved = Client.over(self.connection.client).insert(frame)
        return {key: summary.created for key, summary in saved.items()}


def _insert(
    app: App, connection: Connection, journal: InsertJournal, samples: Samples, size: int
) -> Inserted:
    if journal.is_resumed:
        app.output.say("Going on with an insert that was interrupted")
    with _progress(samples.count) as watch:
        sender = _Sender(connection)
        insertion = Insertion(sender, journal, watch=watch, max_bytes=size)
        done = insertion.run(samples)
    if isinstance(done.error, ApplyIncomplete):
        app.output.say("Insert the same file again to go on: what was accepted is not sent twice")
    else:
        journal.remove()
    return done


def _alias(project: Project, name: str, asked: str | None) -> str:
    """Return the integration to insert into; raises UsageError when that is not clear."""
    of_environment = None if name == LOCAL else project.environments[name].integrations
    known = sorted(project.integrations if of_environment is None else of_environment)
    if asked is None and len(known) == 1:
        return known[0]
    if asked is None:
        raise click.UsageError(f"name the integration: --integration {'|'.join(known)}")
    if asked not in known:
        raise click.UsageError(f"no integration {asked!r}; there are {', '.join(known)}")
    return asked


def _layout(values: Mapping[str, Any]) -> Layout:
    return Layout(
        read_zone(values["timezone"]),
        values["decimal_comma"],
        values["layout"],
        values["time_column"],
        values["input_column"],
        values["value_column"],
    )


def _check_declared(
    reading: Reading, desired: DesiredState, alias: str, *, is_allowed: bool
) -> None:
    """Raise PlanRefused for inputs that no manifest declares, as a signal or behind an item."""
    declared = {address.key for address in desired.resources if address.integration == alias}
    undeclared = find_undeclared(reading, declared)
    if undeclared and not is_allowed:
        raise PlanRefused(*tell_undeclared(reading, undeclared, declared, alias))


def _told_dry(samples: Samples, size: int) -> str:
    requests = sum(1 for _ in pieces.cut(samples, max_bytes=size))
    times = samples.times
    return (
        f"{samples.count} values of {len(samples.series)} signals, from {read_moment(times[0])} "
        f"to {read_moment(times[-1])}, in {requests} requests. Nothing was sent.\n"
    )


def _digest(data: bytes, told: tuple[object, ...]) -> str:
    """Return what names this insert: the same file, read the same way, to the same place."""
    digest = hashlib.sha256(repr(told).encode())
    digest.update(data)
    return digest.hexdigest()[:32]


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], None]]:
    """Yield what counts values: a bar on stderr when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label="Inserting", file=sys.stderr) as bar:
        yield bar.update
