"""The method admin.publishSignals.

In: a call with item views by signal. Out: a summary per signal, which names the item. Source:
docs.clarify.io/api/1.1/methods/admin/publish-signals.
"""

from collections.abc import Mapping
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, Partial, read_any_integration, read_params
from syncer.emulator.durations import parse_duration
from syncer.emulator.entries import finish_save, read_entries
from syncer.emulator.fields import Fields
from syncer.emulator.layouts import read_save_options
from syncer.emulator.records import Kind, Row
from syncer.emulator.saving import Saved, blank_item, save_resource, summarize, write_saved
from syncer.emulator.views import View, default_name


def publish_signals(call: Call) -> str | Partial:
    """Create the items of signals, or update those that they are linked to."""
    fields = read_params(call)
    integration = read_any_integration(fields, call)
    create_only = fields.flag("createOnly")
    signals = _find_signals(fields, call, integration)
    entries = read_entries(
        call, fields, "itemsBySignal", Kind.ITEM, check=lambda key: _check_signal(key, signals)
    )
    read_save_options(fields, call.version)
    fields.close()
    fields.problems.check()
    saved = _publish(call, entries.views, signals, create_only=create_only)
    write_saved(call, saved)
    # assumed: publishing leaves the signal's own updatedAt alone.
    call.store.link({signal: result.row.id for signal, result in saved.items()})
    return finish_save(call, entries, {"itemsBySignal": summarize(call, saved)})


def _find_signals(fields: Fields, call: Call, integration: str) -> Mapping[str, Row]:
    value = fields.value("itemsBySignal")
    wanted = value if isinstance(value, dict) else {}
    found = call.store.rows(signal for signal in wanted if formats.is_id(signal))
    return {key: row for key, row in found.items() if row.integration == integration}


def _check_signal(key: str, signals: Mapping[str, Row]) -> str:
    if not formats.is_id(key):
        return "key must match ^[a-v0-9]{20}$"
    # assumed: the service's answer to an unknown or foreign signal is not public.
    return "" if key in signals else "not found"


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
