"""The experimental method admin.signals.annotate.

In: a call with annotations by signal. Out: a selection of those signals. Source: the branch of
clarify-go that declares it (x/admin.go); no documentation of the API has it.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, read_any_integration, read_params
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue, write_json
from syncer.emulator.layouts import read_format
from syncer.emulator.problems import Fault, RpcError
from syncer.emulator.records import Effect, Kind, Row
from syncer.emulator.saving import Saved, write_saved
from syncer.emulator.selecting import Source, show_selection
from syncer.emulator.views import merge_annotations, read_annotations


def annotate_signals(call: Call) -> str:
    """Merge annotations of signals; an empty value deletes its key."""
    if not call.settings.serves_annotate:
        raise RpcError(Fault.METHOD_NOT_FOUND)
    fields = read_params(call)
    integration = read_any_integration(fields, call)
    fields.require("data")
    given = _read_data(fields)
    found = call.store.rows(given)
    for signal in given:
        if signal not in found or found[signal].integration != integration:
            # assumed: an unknown signal is told as in admin.publishSignals.
            fields.note(f"data.{signal}", "not found")
    layout = read_format(fields, call.version)
    fields.close()
    fields.problems.check()
    saved = {signal: _annotate(call, found[signal], given[signal]) for signal in given}
    _write(call, saved)
    rows = [result.row for result in saved.values()]
    return show_selection(call, Source(Kind.SIGNAL, integration, False), rows, layout=layout)


def _read_data(fields: Fields) -> Mapping[str, Mapping[str, str]]:
    given: dict[str, Mapping[str, str]] = {}
    for position, value in enumerate(fields.array("data")):
        signal, annotations = _read_entry(fields, value, position)
        if signal in given:
            fields.note(f"data.{position}.id", "must not repeat")
        if signal:
            given[signal] = annotations
    return given


def _read_entry(fields: Fields, value: JsonValue, position: int) -> tuple[str, Mapping[str, str]]:
    entry = Fields(value, f"{fields.path}.data.{position}", fields.problems)
    signal = entry.text("id") if entry.require("id") else ""
    if entry.has("id") and not formats.is_id(signal):
        entry.note("id", "must match ^[a-v0-9]{20}$")
    annotations = read_annotations(entry)
    entry.close()
    return signal if formats.is_id(signal) else "", annotations


def _annotate(call: Call, row: Row, given: Mapping[str, str]) -> Saved:
    annotations = write_json(merge_annotations(json.loads(row.annotations), given))
    if annotations == row.annotations:
        return Saved(row, row, Effect.UNCHANGED)
    after = replace(row, annotations=annotations, updated_at=call.moment)
    return Saved(row, after, Effect.UPDATED)


def _write(call: Call, saved: Mapping[str, Saved]) -> None:
    call.store.annotate(result.row for result in saved.values() if result.before != result.row)
    # Attributes stay, so the ledger's hashes before and after are equal.
    write_saved(call, saved)
