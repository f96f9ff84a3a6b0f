"""Parameters and answers of the methods that move or link data, per API version.

In: checked arguments. Out: parameters of insert, dataFrame, evaluate, connect and disconnect, and
what their answers hold. docs.clarify.io/api/1.1/types/views, and the methods' pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syncer.providers.clarify.dialects import Dialect
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.moments import moment_text
from syncer.providers.clarify.wire import (
    ItemRow,
    Json,
    SignalRow,
    read_item,
    read_object,
    read_signal,
)


@dataclass(frozen=True, slots=True)
class Buckets:
    """How values are put together: a rollup, and what its buckets are counted by.

    What is None is not sent, so the API's default holds.
    """

    rollup: str | None = None
    time_zone: str | None = None
    first_day_of_week: int | None = None
    origin: datetime | None = None
    last: int = -1

    def to_json(self) -> dict[str, object]:
        """Return the members of a data query."""
        members: dict[str, object] = {
            "rollup": self.rollup,
            "timeZone": self.time_zone,
            "firstDayOfWeek": self.first_day_of_week,
            "origin": None if self.origin is None else moment_text(self.origin),
            "last": self.last if self.last > 0 else None,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time from `gte` to before `lt`; a bound that is None is left to the API."""

    gte: datetime | None = None
    lt: datetime | None = None

    def to_json(self) -> Json:
        """Return the times of a data query's filter."""
        bounds = {"$gte": self.gte, "$lt": self.lt}
        return {name: moment_text(time) for name, time in bounds.items() if time is not None}


@dataclass(frozen=True, slots=True)
class Calculated:
    """What evaluate calculates, as the API takes it."""

    items: Sequence[Json] = ()
    groups: Sequence[Json] = ()
    calculations: Sequence[Json] = ()
    series: Sequence[str] = ()  # the aliases to answer; empty means all


def insert_params(integration: str, data: Json) -> Json:
    """Return insert's parameters; docs.clarify.io/api/1.1/methods/integration/insert."""
    return {"integration": integration, "data": data}


def frame_params(
    spoken: Dialect, item_ids: Sequence[str], window: Window, buckets: Buckets
) -> Json:
    """Return dataFrame's parameters for items known by ID.

    Nothing is counted: pre-releases of API 1.2 refuse `query.total`, even false.
    """
    query = {"filter": {"id": {"$in": list(item_ids)}}, "limit": len(item_ids)}
    return {"query": query, "data": _data(window, buckets, ()), **_format(spoken, array=False)}


def evaluate_params(
    spoken: Dialect,
    calculated: Calculated,
    window: Window,
    buckets: Buckets,
    include: Sequence[str],
) -> Json:
    """Return evaluate's parameters; `groups` only where there are some, as 1.1 refuses it."""
    params: dict[str, object] = {
        "items": list(calculated.items),
        "calculations": list(calculated.calculations),
        "data": _data(window, buckets, calculated.series),
        "include": list(include),
        **_format(spoken, array=False),
    }
    if calculated.groups:
        params["groups"] = list(calculated.groups)
    return params


def link_params(
    spoken: Dialect,
    integration: str,
    signal_ids: Sequence[str],
    item_id: str | None,
    *,
    dry_run: bool,
) -> Json:
    """Return connect's parameters, or disconnect's when there is no item."""
    query = {"filter": {"id": {"$in": list(signal_ids)}}, "sort": ["id"], "limit": len(signal_ids)}
    params: dict[str, object] = {"integration": integration, "query": query, "dryRun": dry_run}
    if item_id is not None:
        params["item"] = item_id
    return {**params, "include": [], **_format(spoken, array=True)}


def read_frame(result: object) -> tuple[DataFrame, list[ItemRow]]:
    """Return the frame in an answer, and the items that it includes."""
    members = read_object(result, "result")
    included = members.get("included") or []
    rows = included.get("items") or [] if isinstance(included, Mapping) else included
    rows = rows if isinstance(rows, list) else []
    return DataFrame.from_json(members.get("data")), [read_item(row) for row in rows]


def read_linked(result: object) -> list[SignalRow]:
    """Return the signals that connect or disconnect answers."""
    rows = read_object(result, "result").get("data") or []
    return [read_signal(row) for row in rows] if isinstance(rows, list) else []


def _data(window: Window, buckets: Buckets, series: Sequence[str]) -> Json:
    filter_: dict[str, object] = {}
    if times := window.to_json():
        filter_["times"] = times
    if series:
        filter_["series"] = {"$in": list(series)}
    return {"filter": filter_, **buckets.to_json()}


def _format(spoken: Dialect, *, array: bool) -> Json:
    if array or spoken.version == "1.1beta2":
        return spoken.format
    return {"format": {"dataAsArray": False, "groupIncludedByType": True}}
