"""The methods admin.selectSignals and clarify.selectItems.

In: a call with a resource query. Out: a selection of resources, in the version's shape. Sources:
docs.clarify.io/api/1.1/methods/admin/select-signals and .../clarify/select-items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncer.emulator.calls import Call, read_any_integration, read_params
from syncer.emulator.dataqueries import read_old_query
from syncer.emulator.fields import Fields
from syncer.emulator.frames import read_frame, show_frame
from syncer.emulator.jsontext import write_json
from syncer.emulator.layouts import Format, read_format, read_include
from syncer.emulator.queries import read_query
from syncer.emulator.records import Kind, Row, Selection
from syncer.emulator.settings import UnsetDuration
from syncer.emulator.shapes import Shape, show_resource
from syncer.emulator.versions import Version

NOT_COUNTED = -1

# The documentation names the first, clarify-go's examples the second.
INCLUDABLE = ("item", "items")


def select_signals(call: Call) -> str:
    """Select an integration's signals."""
    fields = read_params(call)
    integration = read_any_integration(fields, call)
    if call.version <= Version.V1_1_BETA1:
        return _select_signals_as_maps(call, fields, integration)
    return _select(
        call, fields, Source(Kind.SIGNAL, integration, read_signal_include(call, fields))
    )


def select_items(call: Call) -> str:
    """Select the organisation's items, hidden ones too."""
    fields = read_params(call)
    # The sample of the documentation passes an integration, which means nothing here.
    fields.text("integration")
    if call.version <= Version.V1_1_BETA1:
        return _select_items_as_maps(call, fields)
    read_include(fields)
    return _select(call, fields, Source(Kind.ITEM, "", False))


@dataclass(frozen=True, slots=True)
class Source:
    """Where resources are selected from, and whether their items come along."""

    kind: Kind
    integration: str
    includes_items: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The parameters query and format: what is selected and how it is shown."""

    selection: Selection
    is_counted: bool
    layout: Format


def read_signal_include(call: Call, fields: Fields) -> bool:
    """Tell whether the items of signals are to be included."""
    return read_include(fields, INCLUDABLE if call.settings.accepts_include else ())


def read_choice(call: Call, fields: Fields, kind: Kind) -> Choice:
    """Return the parameters query and format."""
    query = fields.inner("query")
    selection = read_query(query, kind, call.settings)
    is_counted = query.flag("total") or call.settings.always_counts
    query.close()
    return Choice(selection, is_counted, read_format(fields, call.version))


def find_total(call: Call, source: Source, choice: Choice) -> int:
    """Return how many resources match, or -1 when nobody asked."""
    if not choice.is_counted:
        return NOT_COUNTED
    return call.store.count(source.kind, source.integration, choice.selection.where)


def show_selection(
    call: Call, source: Source, rows: Sequence[Row], *, layout: Format, total: int = NOT_COUNTED
) -> str:
    """Return the rows as a selection, in the version's shape."""
    shape = _make_shape(call, layout)
    data = [show_resource(source.kind, row, shape) for row in rows]
    result = f'"meta":{show_meta(call, layout, total)},"data":{_show_data(rows, data, layout)}'
    if source.includes_items:
        items = tuple(_find_items(call, rows).values())
        result += f',"included":{show_items(call, items, layout)}'
    return f"{{{result}}}"


def _select(call: Call, fields: Fields, source: Source) -> str:
    choice = read_choice(call, fields, source.kind)
    fields.close()
    fields.problems.check()
    rows = call.store.select(source.kind, source.integration, choice.selection)
    total = find_total(call, source, choice)
    return show_selection(call, source, rows, layout=choice.layout, total=total)


def _make_shape(call: Call, layout: Format) -> Shape:
    has_organization = call.version >= Version.V1_2_BETA1 and not call.for_clarify_go
    return Shape(
        version=call.version,
        organization=call.store.organization() if has_organization else "",
        has_hashes=layout.include_resource_hash_fields,
        is_flat=layout.flatten_resource_fields,
        zero_durations=call.settings.unset_duration is UnsetDuration.ZERO,
    )


def show_meta(call: Call, layout: Format, total: int) -> str:
    """Return the member `meta` of a selection."""
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


def show_items(call: Call, items: Sequence[Row], layout: Format) -> str:
    """Return items as the member `included` of a selection."""
    shape = _make_shape(call, layout)
    texts = ",".join(show_resource(Kind.ITEM, item, shape) for item in items)
    return f'{{"items":[{texts}]}}' if layout.group_included_by_type else f"[{texts}]"


def _find_items(call: Call, signals: Sequence[Row]) -> Mapping[str, Row]:
    found = call.store.rows(dict.fromkeys(row.item for row in signals if row.item))
    return {key: found[key] for key in sorted(found)}


def _select_signals_as_maps(call: Call, fields: Fields, integration: str) -> str:
    selection, is_shown = _read_map_query(call, fields, Kind.SIGNAL)
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
    selection, is_shown = _read_map_query(call, fields, Kind.ITEM)
    # assumed: the data is shown when it is asked about, unless that says `include: false`.
    data = fields.inner("data")
    has_data = data.flag("include", default=fields.has("data"))
    query = read_old_query(data, call)
    fields.close()
    fields.problems.check()
    rows = call.store.select(Kind.ITEM, "", selection)
    maps = _show_maps(call, {Kind.ITEM: rows if is_shown else ()})
    if not has_data:
        return maps
    frame = show_frame(read_frame(call, rows, query), query.last)
    return f'{maps[:-1]},"data":{write_json(frame)}}}'


def _read_map_query(call: Call, fields: Fields, kind: Kind) -> tuple[Selection, bool]:
    query = fields.inner(kind.value)
    selection = read_query(query, kind, call.settings)
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
