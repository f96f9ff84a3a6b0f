"""`syncer evaluate`: formulas over items, calculated by Clarify."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click

from syncer.cli.app import App
from syncer.cli.environments import Connection, announce, environment_name, open_reader
from syncer.cli.options import Command
from syncer.cli.querying import (
    FRAME_FORMATS,
    check_out,
    frame_options,
    judged,
    read_span,
    read_zone,
    write_frame,
)
from syncer.diagnostics import Diagnostic
from syncer.errors import ExitCode, ManifestError, Misuse
from syncer.manifest.evaluations import Evaluation, read_evaluation
from syncer.manifest.limits import read_limits
from syncer.providers.clarify.calculations import Calculation, ItemAggregation
from syncer.providers.clarify.library import Client
from syncer.samples.calculated import FormulaWish, ItemWish, read_formula_wish, read_item_wish
from syncer.samples.values import Refusal

WishT = TypeVar("WishT", ItemWish, FormulaWish)


@click.command("evaluate", cls=Command)
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(path_type=Path))
@click.option(
    "--item",
    multiple=True,
    metavar="ALIAS=ITEM[:AGGREGATION]",
    help="An item by ID, or as items/<integration>/<input id>, and how its values are put "
    "together: count, min, max, sum, avg (as without), first, last, state-seconds, state-percent, "
    "state-rate; then ,state=N ,lead=N ,lag=N. Repeatable.",
)
@click.option(
    "--formula",
    multiple=True,
    metavar="ALIAS=EXPRESSION",
    help="A formula over the aliases above it. Repeatable.",
)
@click.option(
    "--rollup", metavar="DURATION", help="The buckets: PT1H, P1D, P1M or `window`. Needed."
)
@frame_options
@click.pass_obj
def command(
    app: App,
    /,
    file: Path | None,
    item: tuple[str, ...],
    formula: tuple[str, ...],
    rollup: str | None,
    start: str | None,
    end: str | None,
    timezone: str | None,
    last: int | None,
    names: bool,
    out: Path | None,
) -> int:
    """Evaluate formulas over items, a series for each alias.

    FILE is YAML: `rollup`, `items` (alias: {item, aggregation, state, lead, lag}) and
    `calculations` (alias: formula). What the command line says is added to it, and its --rollup
    wins. Output is that of `syncer frame`.
    """
    form = app.format(*FRAME_FORMATS)
    check_out(form, out)
    gte, lt = read_span(app, start, end, read_zone(timezone))
    said = Evaluation() if file is None else _read_file(app, file)
    wishes = [*_of_file(said), *_checked(map(read_item_wish, item))]
    calculations = [Calculation(text, alias) for alias, text in said.calculations.items()]
    calculations += (
        Calculation(wish.formula, wish.alias) for wish in _checked(map(read_formula_wish, formula))
    )
    buckets = rollup or said.rollup
    if buckets is None:
        raise click.UsageError("formulas are evaluated in buckets: --rollup PT1H, for example")
    if not wishes:
        raise click.UsageError("name the items: --item a=ITEM, or a file that does")
    project, _ = app.project()
    name = environment_name(project, app.settings.env)
    with judged(), open_reader(app, project, name) as connection:
        announce(app, connection)
        selection = Client.over(connection.client).evaluate(
            _resolve(connection, wishes),
            calculations,
            rollup=buckets,
            gte=gte,
            lt=lt,
            last=-1 if last is None else last,
            time_zone=timezone,
        )
    write_frame(app, selection, form, out, has_names=names)
    return ExitCode.OK


def _read_file(app: App, file: Path) -> Evaluation:
    """Return what the file says; raises ManifestError with all that is wrong with it."""
    limits = read_limits(os.environ)
    try:
        with (app.start / file).open("rb") as stream:
            data = stream.read(limits.file + 1)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise click.UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    if len(data) > limits.file:
        raise Misuse.of("LIM-FILE", f"{str(file)!r} is larger than {limits.file} bytes")
    said = read_evaluation(str(file), data, limits)
    if said.findings:
        raise ManifestError(*said.findings, texts={str(file): said.text})
    return said


def _of_file(said: Evaluation) -> Iterator[ItemWish]:
    for alias, section in said.items.items():
        yield ItemWish(alias, **section)


def _checked(wishes: Iterable[WishT | Refusal]) -> list[WishT]:
    """Return the wishes; raises Misuse with all that were refused."""
    kept: list[WishT] = []
    refused: list[Diagnostic] = []
    for wish in wishes:
        if isinstance(wish, Refusal):
            refused.append(Diagnostic(wish.code, wish.summary, rule=wish.rule, hint=wish.hint))
        else:
            kept.append(wish)
    if refused:
        raise Misuse(*refused)
    return kept


def _resolve(connection: Connection, wishes: Sequence[ItemWish]) -> list[ItemAggregation]:
    """Return the items by ID; raises Misuse for addresses that lead to none."""
    ids = connection.target.integrations
    wanted: dict[str, set[str]] = {}
    for wish in wishes:
        if wish.signal is not None:
            wanted.setdefault(wish.signal[0], set()).add(wish.signal[1])
    unknown = sorted(wanted.keys() - ids.keys())
    if unknown:
        raise Misuse.of("DAT-ITEM", f"the environment has no integration {', '.join(unknown)}")
    found: dict[tuple[str, str], str] = {}
    for alias, keys in wanted.items():
        chosen = {"input": {"$in": sorted(keys)}}
        client = Client.over(connection.clients[alias])
        for signal in client.select_signals(chosen, integration=ids[alias]):
            if signal.item_id is not None:
                found[alias, signal.input] = signal.item_id
    missing = [wish.item for wish in wishes if wish.signal is not None and wish.signal not in found]
    if missing:
        raise Misuse(
            *(
                Diagnostic(
                    "DAT-ITEM",
                    f"{item} is published as no item",
                    rule="data is read from items",
                    hint="`syncer select items` lists them",
                )
                for item in dict.fromkeys(missing)
            )
        )
    return [
        ItemAggregation(
            wish.item if wish.signal is None else found[wish.signal],
            wish.aggregation,
            wish.alias,
            wish.state,
            wish.lead,
            wish.lag,
        )
        for wish in wishes
    ]
