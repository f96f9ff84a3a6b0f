"""The method clarify.dataFrame.

In: a call with a resource query and a data query. Out: the data of the selected items as one
frame. Source: docs.clarify.io/api/1.1/methods/clarify/data-frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncer.emulator.aggregates import Column
from syncer.emulator.calls import Call, read_params
from syncer.emulator.dataqueries import read_data_query
from syncer.emulator.fields import Fields
from syncer.emulator.frames import read_frame, show_frame
from syncer.emulator.jsontext import write_json
from syncer.emulator.layouts import Format, read_format, read_include
from syncer.emulator.queries import Page, read_query
from syncer.emulator.records import Kind, Row, Selection
from syncer.emulator.selecting import INCLUDABLE, show_items, show_meta
from syncer.emulator.versions import Version

ITEMS = Page(usual=10, most=50)


def data_frame(call: Call) -> str:
    """Return the data of the selected items, hidden ones too."""
    fields = read_params(call)
    # The samples of the documentation pass an integration, which means nothing here.
    fields.text("integration")
    selection = _read_items(fields, call)
    query = read_data_query(fields.inner("data"), call)
    includes_items = read_include(fields, INCLUDABLE)
    layout = read_format(fields, call.version, data_as_array=False)
    fields.close()
    fields.problems.check()
    items = call.store.select(Kind.ITEM, "", selection)
    columns = read_frame(call, items, query)
    # The service counts here without being asked (the vendor's contract tests).
    total = call.store.count(Kind.ITEM, "", selection.where)
    answer = Answer(columns, query.last, layout, total)
    return show_answer(call, answer, items if includes_items else None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method found, and how it is to be shown."""

    columns: Mapping[str, Column]
    last: int
    layout: Format
    total: int


def show_answer(call: Call, answer: Answer, included: Sequence[Row] | None) -> str:
    """Return the result of a method; None includes nothing."""
    # assumed: a frame is no list of resources, so `dataAsArray` does not change it.
    frame = write_json(show_frame(answer.columns, answer.last))
    result = f'"meta":{show_meta(call, answer.layout, answer.total)},"data":{frame}'
    if included is not None:
        result += f',"included":{show_items(call, included, answer.layout)}'
    return f"{{{result}}}"


def _read_items(fields: Fields, call: Call) -> Selection:
    query = fields.inner("query")
    selection = read_query(query, Kind.ITEM, call.settings, page=ITEMS)
    # The pre-releases of 1.2 refuse even `total: false` (the vendor's contract tests).
    if call.version is not Version.V1_2_BETA1:
        query.flag("total")
    query.close()
    return selection
