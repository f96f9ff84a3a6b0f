"""The methods admin.signals.connect and admin.signals.disconnect of API 1.2.

In: a call with a query for signals. Out: a selection of those signals with their new item, which
`dryRun` only shows. Sources: the client of pyclarify 0.7.0 and clarify-go's x/clarifyx package.
"""

from collections.abc import Sequence
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, read_any_integration, read_params
from syncer.emulator.fields import Fields
from syncer.emulator.problems import Problems
from syncer.emulator.records import Effect, Kind, LedgerEntry, Row
from syncer.emulator.selecting import (
    Source,
    find_total,
    read_choice,
    read_signal_include,
    show_selection,
)
from syncer.emulator.shapes import hash_relationships
from syncer.emulator.timestamps import write_timestamp


def connect_signals(call: Call) -> str:
    """Link the signals that a query selects to an item."""
    fields = read_params(call)
    return _relink(call, fields, _read_item(fields, call))


def disconnect_signals(call: Call) -> str:
    """Unlink the signals that a query selects from their items, which stay."""
    return _relink(call, read_params(call), None)


def _relink(call: Call, fields: Fields, item: str | None) -> str:
    integration = read_any_integration(fields, call)
    source = Source(Kind.SIGNAL, integration, read_signal_include(call, fields))
    is_dry = fields.flag("dryRun")
    choice = read_choice(call, fields, Kind.SIGNAL)
    fields.close()
    fields.problems.check()
    before = call.store.select(Kind.SIGNAL, integration, choice.selection)
    if item and not call.settings.moves_connected:
        _refuse_connected(before, item)
    total = find_total(call, source, choice)
    # assumed: connecting leaves the signals' updatedAt alone, as publishing does, and signals
    # that stay as they are belong to the result.
    after = [replace(row, item=item) for row in before]
    if not is_dry:
        call.store.link({row.id: item for row in before})
        call.store.ledger.append(map(_Note(call).write, before, after))
    return show_selection(call, source, after, layout=choice.layout, total=total)


def _read_item(fields: Fields, call: Call) -> str:
    item = fields.text("item") if fields.require("item") else ""
    if fields.has("item") and not formats.is_id(item):
        fields.note("item", "must match ^[a-v0-9]{20}$")
    elif item and _find_item(call, item) is None:
        # assumed: the service's answer to an unknown item is not public.
        fields.note("item", "not found")
    return item


def _find_item(call: Call, item: str) -> Row | None:
    found = call.store.rows([item]).get(item)
    return found if found and found.input is None else None


def _refuse_connected(rows: Sequence[Row], item: str) -> None:
    problems = Problems()
    for row in rows:
        if row.item not in (None, item):
            problems.note("params.query", f"signal {row.id} is connected to item {row.item}")
    problems.check()


class _Note:
    """How a changed link is written down: the hashes are those of the relationships."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def write(self, before: Row, after: Row) -> LedgerEntry:
        is_changed = before.item != after.item
        return LedgerEntry(
            time=write_timestamp(self._call.now),
            method=self._call.method,
            integration=self._call.caller.id,
            key=before.id,
            resource=after.item or before.item or "",
            effect=Effect.UPDATED if is_changed else Effect.UNCHANGED,
            before=hash_relationships(before),
            after=hash_relationships(after),
        )
