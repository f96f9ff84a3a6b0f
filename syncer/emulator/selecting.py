"""The methods admin.selectSignals and clarify.selectItems.

In: a call with a resource query. Out: a selection of resources, in the version's shape. Sources:
docs.clarify.io/api/1.1/methods/admin/select-signals and .../clarify/select-items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncer.emulator.calls import Call, read_any_integration, read_params
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import write_json
from syncer.emulator.layouts import Format, read_format, read_include
from syncer.emulator.queries import read_query
from syncer.emulator.records import Kind, Row, Selection
from syncer.emulator.settings import UnsetDuration
from syncer.emulator.shapes import Shape, show_resource
from syncer.emulator.versions import Version

NOT_COUNTED = -1

# The documentation names the first, clarify-go's examples the second.
_INCLUDABLE = ("item", "items")


def select_signals(call: Call) -> str:
    """Select an integration's signals."""
    fields = read_params(call)
    integration = read_any_integration(fields, call)
    if call.version <= Version.V1_1_BETA1:
        return _select_signals_as_maps(call, fields, integration)
    include = read_include(fields, _INCLUDABLE if call.settings.accepts_include else ())
    return _select(call, fields, _Source(Kind.SIGNAL, integration, include))


def select_items(call: Call) -> str:
    """Select the organisation's items, hidden ones too."""
    fields = read_params(call)
    # The sample of the documentation passes an integration, which means nothing here.
    fields.text("integration")
    if call.version <= Version.V1_1_BETA1:
        return _select_items_as_maps(call, fields)
    read_include(fields)
    return _select(call, fields, _Source(Kind.ITEM, "", False))


@dataclass(frozen=True, slots=True)
class _Source:
    kind: Kind
    integration: str
    includes_items: bool


def _select(call: Call, fields: Fields, source: _Source) -> str:
    query = fields.inner("query")
    selection = read_query(query, source.kind)
    is_counted = query.flag("total")
    query.close()
    layout = read_format(fields, call.version)
    fields.close()
    fields.problems.check()

    rows = call.store.select(source.kind, source.integration, selection)
    total = _count(call, source, selection) if is_counted else NOT_COUNTED
    shape = _make_shape(call, layout)
    data = [show_resource(source.kind, row, shape) for row in rows]
    result = f'"meta":{_show_meta(call, layout, total)},"data":{_show_data(rows, data, layout)}'
    if source.includes_items:
        result += f',"included":{_show_included(call, rows, layout)}'
    return f"{{{result}}}"


def _count(call: Call, source: _Source, selection: Selection) -> int:
    return call.store.count(source.kind, source.integration, selection.where)


def _make_shape(call: Call, layout: Format) -> Shape:
    has_organization = call.version >= Version.V1_2_BETA1 and not call.for_clarify_go
    return Shape(
        version=call.version,
        organization=call.store.organization() if has_organization else "",
        has_hashes=layout.include_resource_hash_fields,
        is_flat=layout.flatten_resource_fields,
        zero_durations=call.settings.unset_duration is UnsetDuration.ZERO,
    )


def _show_meta(call: Call, layout: Format, total: int) -> str:
    shown: dict[str, object] = {"groupIncludedByType": layout.group_included_by_type}
    if call.version <= Version.V1_1_BETA2:
        return write_json({"total": total} | shown)
    shown = {"dataAsArray": layout.data_as_array} | shown
    if not call.for_clarify_go:
        shown["flattenResourceFields"] = layout.flatten_resource_fields
        shown["includeResourceHashFields"] = layout.include_resource_hash_fields
    return write_json({"total": total, "format": shown})


def _show_data(rows: Sequence[Row], data: Sequence[str], layout: Format) -> str:
    if layout.data_as_array:
        return f"[{','.join(data)}]"
    # assumed: the object has the resources under their IDs.
    return _show_map(rows, data)


def _show_map(rows: Sequence[Row], data: Sequence[str]) -> str:
    members = (f'"{row.id}":{text}' for row, text in zip(rows, data, strict=True))
    return f"{{{','.join(members)}}}"


def _show_included(call: Call, rows: Sequence[Row], layout: Format) -> str:
    items = _find_items(call, rows)
    shape = _make_shape(call, layout)
    texts = ",".join(show_resource(Kind.ITEM, item, shape) for item in items.values())
    return f'{{"items":[{texts}]}}' if layout.group_included_by_type else f"[{texts}]"


def _find_items(call: Call, signals: Sequence[Row]) -> Mapping[str, Row]:
    found = call.store.rows(dict.fromkeys(row.item for row in signals if row.item))
    return {key: found[key] for key in sorted(found)}


def _select_signals_as_maps(call: Call, fields: Fields, integration: str) -> str:
    selection, is_shown = _read_map_query(fields, "signals", Kind.SIGNAL)
    items = fields.inner("items")
    has_items = items.flag("include")
    items.close()
    fields.close()
    fields.problems.check()
    rows = call.store.select(Kind.SIGNAL, integration, selection)
    result = {Kind.SIGNAL: rows if is_shown else ()}
    if has_items:
        result[Kind.ITEM] = tuple(_find_items(call, rows).values())
    return _show_maps(call, result)


def _select_items_as_maps(call: Call, fields: Fields) -> str:
    selection, is_shown = _read_map_query(fields, "items", Kind.ITEM)
    fields.close()
    fields.problems.check()
    rows = call.store.select(Kind.ITEM, "", selection)
    return _show_maps(call, {Kind.ITEM: rows if is_shown else ()})


def _read_map_query(fields: Fields, member: str, kind: Kind) -> tuple[Selection, bool]:
    query = fields.inner(member)
    selection = read_query(query, kind)
    # assumed: without `include: true` the resources only choose, and are not shown.
    is_shown = query.flag("include")
    query.close()
    return selection, is_shown


def _show_maps(call: Call, rows_by_kind: Mapping[Kind, Sequence[Row]]) -> str:
    # assumed: the maps hold resources in the later shape, without relationships.
    shape = _make_shape(call, Format())
    members = (
        f'"{kind.value}":{_show_map(rows, [show_resource(kind, row, shape) for row in rows])}'
        for kind, rows in rows_by_kind.items()
    )
    return f"{{{','.join(members)}}}"
