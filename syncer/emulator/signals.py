"""The methods of the namespace integration: saveSignals and insert.

In: a call of an integration about its own signals. Out: a summary per input. Sources:
docs.clarify.io/api/1.1/methods/integration/save-signals and .../insert.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, read_own_integration, read_params
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue, write_json
from syncer.emulator.layouts import read_save_options
from syncer.emulator.records import Effect, Kind, Sample
from syncer.emulator.saving import Saved, blank_signal, save_resource, summarize, write_saved
from syncer.emulator.timestamps import MICROSECONDS, parse_timestamp
from syncer.emulator.versions import Version
from syncer.emulator.views import EMPTY_ATTRIBUTES, Reading, View, default_name, read_view


def save_signals(call: Call) -> str:
    """Create or update signals; `createOnly` leaves those that exist alone."""
    fields = read_params(call)
    read_own_integration(fields, call)
    create_only = fields.flag("createOnly")
    views = _read_views(fields, call)
    read_save_options(fields, call.version)
    fields.close()
    fields.problems.check()
    saved = _save(call, views, create_only=create_only)
    write_saved(call, saved)
    return write_json({"signalsByInput": summarize(call, saved)})


def insert(call: Call) -> str:
    """Store samples, creating signals that are missing and changing none that exist."""
    fields = read_params(call)
    read_own_integration(fields, call)
    fields.require("data")
    data = fields.inner("data")
    times, series = _read_times(data), _read_series(data)
    data.close()
    fields.close()
    fields.problems.check()
    view = View(EMPTY_ATTRIBUTES, {})
    saved = _save(call, dict.fromkeys(series, view), create_only=True)
    results = {name: _count_samples(saved[name], series[name]) for name in series}
    write_saved(call, results)
    call.store.put_samples(_samples(call, times, series, results))
    return write_json({"signalsByInput": summarize(call, results, full=False)})


def _save(call: Call, views: Mapping[str, View], *, create_only: bool) -> dict[str, Saved]:
    rows = call.store.signals(call.caller.id, views)
    return {
        name: save_resource(
            call,
            rows.get(name) or blank_signal(call, name),
            replace(view, attributes=default_name(view.attributes, name)),
            create_only=create_only,
        )
        for name, view in views.items()
    }


def _read_views(fields: Fields, call: Call) -> Mapping[str, View]:
    member = _inputs_member(fields, call.version)
    fields.require(member)
    reading = Reading(Kind.SIGNAL, call.version)
    return {
        name: read_view(value, f"params.{member}.{name}", fields.problems, reads=reading)
        for name, value in _inputs(fields, member)
    }


def _inputs_member(fields: Fields, version: Version) -> str:
    if version <= Version.V1_1_BETA1:
        return "inputs"
    is_alias = fields.has("inputs") and not fields.has("signalsByInput")
    return "inputs" if is_alias else "signalsByInput"


def _inputs(fields: Fields, member: str) -> Iterator[tuple[str, JsonValue]]:
    for name, value in fields.members(member).items():
        if not formats.is_input(name):
            fields.note(f"{member}.{name}", "key must match ^[a-zA-Z0-9-_:.#+/]{1,128}$")
        yield name, value


def _read_times(data: Fields) -> Sequence[int]:
    data.require("times")
    times: list[int] = []
    for position, value in enumerate(data.array("times")):
        instant = parse_timestamp(value)
        if instant is None:
            data.note(f"times.{position}", "must be an RFC 3339 timestamp or UNIX seconds")
        times.append(instant or 0)
    return times


def _read_series(data: Fields) -> Mapping[str, Sequence[float | None]]:
    data.require("series")
    length = len(data.array("times"))
    return {
        name: _read_values(data, name, value, length) for name, value in _inputs(data, "series")
    }


def _read_values(data: Fields, name: str, value: JsonValue, length: int) -> Sequence[float | None]:
    if not isinstance(value, list):
        data.note(f"series.{name}", "must be an array")
        return ()
    if len(value) != length:
        data.note(f"series.{name}", "not same length as times")
    numbers = [_read_number(element) for element in value]
    for position, number in enumerate(numbers):
        if number is not None and not math.isfinite(number):
            data.note(f"series.{name}.{position}", "must be a number or null")
    return numbers


def _read_number(value: JsonValue) -> float | None:
    """Return the number, None for no sample, or NaN for anything else."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _count_samples(saved: Saved, values: Sequence[float | None]) -> Saved:
    if saved.effect is Effect.CREATED:
        return saved
    is_filled = any(value is not None for value in values)
    return replace(saved, effect=Effect.UPDATED if is_filled else Effect.UNCHANGED)


def _samples(
    call: Call,
    times: Sequence[int],
    series: Mapping[str, Sequence[float | None]],
    saved: Mapping[str, Saved],
) -> Iterator[Sample]:
    readable_at = call.now + int(call.settings.insert_delay_seconds * MICROSECONDS)
    for name, values in series.items():
        for instant, value in zip(times, values, strict=True):
            if value is not None:
                yield Sample(saved[name].row.id, instant, value, readable_at)
