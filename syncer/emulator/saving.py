"""Saving one resource: what a view makes of it.

In: the row as stored, or a blank one, and a view. Out: the row after the save and the effect.
Attributes are replaced, annotations merged (docs.clarify.io/api/1.1/protocol/methods).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from syncer.emulator.calls import Call
from syncer.emulator.jsontext import write_json
from syncer.emulator.records import Effect, Entry, Kind, LedgerEntry, Row
from syncer.emulator.timestamps import write_timestamp
from syncer.emulator.versions import Version
from syncer.emulator.views import View, encode_attributes, hash_text, merge_annotations


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving one view did."""

    before: Row
    row: Row
    effect: Effect
    entry: Entry | None = None
    """What is to be written, None when nothing changed."""


def blank_signal(call: Call, name: str) -> Row:
    """Return the row of a signal that is not there yet."""
    return Row("", call.caller.id, name, None, "", "", "", "{}", call.moment, call.moment)


def blank_item(call: Call) -> Row:
    """Return the row of an item that is not there yet."""
    return Row("", "", None, None, "", "", "", "{}", call.moment, call.moment)


def save_resource(call: Call, row: Row, view: View, *, create_only: bool) -> Saved:
    """Return what saving the view does to the resource."""
    if row.id and create_only:
        return Saved(row, row, Effect.SKIPPED)
    is_item = row.input is None
    last = ("visible", view.attributes.visible) if is_item else ("input", row.input or "")
    text = encode_attributes(view.attributes, last=last)
    merged = merge_annotations(json.loads(row.annotations), view.annotations)
    annotations = write_json(merged)
    if (row.attributes, row.annotations) == (text, annotations):
        return Saved(row, row, Effect.UNCHANGED)
    after = replace(
        row,
        id=row.id or call.store.new_id(call.now),
        name=view.attributes.name,
        attributes=text,
        attributes_hash=hash_text(text),
        annotations=annotations,
        updated_at=call.moment,
    )
    kind = Kind.ITEM if is_item else Kind.SIGNAL
    effect = Effect.UPDATED if row.id else Effect.CREATED
    return Saved(row, after, effect, Entry(kind, after, view.attributes, merged))


def write_saved(call: Call, saved: Mapping[str, Saved]) -> None:
    """Write what changed, and the ledger, keyed by input or signal."""
    entries = (result.entry for result in saved.values() if result.entry)
    # Two signals can share an item: its last save stands.
    call.store.put(list({entry.row.id: entry for entry in entries}.values()))
    call.store.ledger.append(_note_effect(call, key, result) for key, result in saved.items())


def summarize(call: Call, saved: Mapping[str, Saved], *, full: bool = True) -> dict[str, object]:
    """Return the summaries of a save by key; `updated` came with API 1.1beta2."""
    has_updated = full and call.version >= Version.V1_1_BETA2
    updates = {Effect.UPDATED}
    # assumed: a save that changes nothing answers `updated: false`, unless the settings say
    # otherwise.
    if call.settings.updated_without_change:
        updates.add(Effect.UNCHANGED)
    return {
        key: {"id": result.row.id, "created": result.effect is Effect.CREATED}
        | ({"updated": result.effect in updates} if has_updated else {})
        for key, result in saved.items()
        if call.settings.lists_skipped or result.effect is not Effect.SKIPPED
    }


def _note_effect(call: Call, key: str, result: Saved) -> LedgerEntry:
    return LedgerEntry(
        time=write_timestamp(call.now),
        method=call.method,
        integration=call.caller.id,
        key=key,
        resource=result.row.id,
        effect=result.effect,
        before=result.before.attributes_hash,
        after=result.row.attributes_hash,
    )
