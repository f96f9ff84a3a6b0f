"""The method admin.publishSignals.

In: a call with item views by signal. Out: a summary per signal, which names the item. Source:
docs.clarify.io/api/1.1/methods/admin/publish-signals.
"""

from collections.abc import Mapping
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, read_any_integration, read_params
from syncer.emulator.durations import parse_duration
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import write_json
from syncer.emulator.layouts import read_save_options
from syncer.emulator.records import Kind, Row
from syncer.emulator.saving import Saved, blank_item, save_resource, summarize, write_saved
from syncer.emulator.views import Reading, View, default_name, read_view


def publish_signals(call: Call) -> str:
    """Create the items of signals, or update those that they are linked to."""
    fields = read_params(call)
    integration = read_any_integration(fields, call)
    create_only = fields.flag("createOnly")
    fields.require("itemsBySignal")
    views = _read_views(fields, call)
    signals = _find_signals(fields, call, integration)
    read_save_options(fields, call.version)
    fields.close()
    fields.problems.check()
    saved = _publish(call, views, signals, create_only=create_only)
    write_saved(call, saved)
    # assumed: publishing leaves the signal's own updatedAt alone.
    call.store.link({signal: result.row.id for signal, result in saved.items()})
    return write_json({"itemsBySignal": summarize(call, saved)})


def _read_views(fields: Fields, call: Call) -> Mapping[str, View]:
    reading = Reading(Kind.ITEM, call.version)
    return {
        signal: read_view(value, f"params.itemsBySignal.{signal}", fields.problems, reads=reading)
        for signal, value in fields.members("itemsBySignal").items()
    }


def _find_signals(fields: Fields, call: Call, integration: str) -> Mapping[str, Row]:
    wanted = fields.members("itemsBySignal")
    found = call.store.rows(signal for signal in wanted if formats.is_id(signal))
    for signal in wanted:
        if not formats.is_id(signal):
            fields.note(f"itemsBySignal.{signal}", "key must match ^[a-v0-9]{20}$")
        elif signal not in found or found[signal].integration != integration:
            # assumed: the service's answer to an unknown or foreign signal is not public.
            fields.note(f"itemsBySignal.{signal}", "not found")
    return found


def _publish(
    call: Call, views: Mapping[str, View], signals: Mapping[str, Row], *, create_only: bool
) -> dict[str, Saved]:
    items = call.store.rows(row.item for row in signals.values() if row.item)
    saved: dict[str, Saved] = {}
    for signal, view in views.items():
        row = signals[signal]
        item = items.get(row.item or "") or blank_item(call)
        result = save_resource(call, item, _complete(call, view, row), create_only=create_only)
        items[result.row.id] = result.row
        saved[signal] = result
    return saved


def _complete(call: Call, view: View, signal: Row) -> View:
    # assumed: an item without a name takes its signal's; the documented default is unknown.
    attributes = default_name(view.attributes, signal.name)
    if attributes.gap_detection is None:
        default = parse_duration(call.settings.item_gap_detection)
        attributes = replace(attributes, gap_detection=default)
    return replace(view, attributes=attributes)
