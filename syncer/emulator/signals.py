"""The methods of the namespace integration: saveSignals and insert.

In: a call of an integration about its own signals. Out: a summary per input. Sources:
docs.clarify.io/api/1.1/methods/integration/save-signals and .../insert.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from syncer.emulator import formats
from syncer.emulator.calls import Call, Partial, read_own_integration, read_params
from syncer.emulator.entries import Entries, finish_save, read_entries
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue, write_json
from syncer.emulator.layouts import read_save_options
from syncer.emulator.records import Effect, Kind
from syncer.emulator.saving import Saved, blank_signal, save_resource, summarize, write_saved
from syncer.emulator.timestamps import MICROSECONDS, parse_timestamp
from syncer.emulator.versions import Version
from syncer.emulator.views import EMPTY_ATTRIBUTES, View, default_name


def save_signals(call: Call) -> str | Partial:
    """Create or update signals; `createOnly` leaves those that exist alone."""
    fields = read_params(call)
    read_own_integration(fields, call)
    create_only = fields.flag("createOnly")
    entries = _read_entries(fields, call)
    read_save_options(fields, call.version)
    fields.close()
    fields.problems.check()
    saved = _save(call, entries.views, create_only=create_only)
    write_saved(call, saved)
    return finish_save(call, entries, {"signalsByInput": summarize(call, saved)})


def insert(call: Call) -> str:
    """Store samples, creating signals that are missing and changing none that exist."""
    fields = read_params(call)
    read_own_integration(fields, call)
    data = _find_data(fields, call.version)
    times, series = _read_times(data), _read_series(data)
    data.close()
    if data is not fields:
        fields.close()
    fields.problems.check()
    view = View(EMPTY_ATTRIBUTES, {})
    saved = _save(call, dict.fromkeys(series, view), create_only=True)
    results = {name: _count_samples(saved[name], series[name]) for name in series}
    write_saved(call, results)
    readable_at = call.now + int(call.settings.insert_delay_seconds * MICROSECONDS)
    for name, values in series.items():
        signal = results[name].row.id
        call.store.put_samples(signal, times, values, readable_at=readable_at)
    return write_json({"signalsByInput": summarize(call, results, full=False)})


def _find_data(fields: Fields, version: Version) -> Fields:
    # The example of API 1.0 has times and series at the top, its table of parameters has data.
    if version is Version.V1_0 and not fields.has("data"):
        return fields
    fields.require("data")
    return fields.inner("data")


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


def _read_entries(fields: Fields, call: Call) -> Entries:
    member = _inputs_member(fields, call.version)
    return read_entries(call, fields, member, Kind.SIGNAL, check=_check_input)


def _inputs_member(fields: Fields, version: Version) -> str:
    if version <= Version.V1_1_BETA1:
        return "inputs"
    is_alias = fields.has("inputs") and not fields.has("signalsByInput")
    return "inputs" if is_alias else "signalsByInput"


def _inputs(fields: Fields, member: str) -> Iterator[tuple[str, JsonValue]]:
    for name, value in fields.members(member).items():
        finding = _check_input(name)
        if finding:
            fields.note(f"{member}.{name}", finding)
        yield name, value


def _check_input(name: str) -> str:
    return "" if formats.is_input(name) else "key must match ^[a-zA-Z0-9-_:.#+/]{1,128}$"


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
    numbers = _read_numbers(value)
    if all(map(math.isfinite, [number for number in numbers if number is not None])):
        return numbers
    for position, number in enumerate(numbers):
        if number is not None and not math.isfinite(number):
            data.note(f"series.{name}.{position}", "must be a number or null")
    return numbers


def _read_numbers(values: list[JsonValue]) -> Sequence[float | None]:
    # The usual array is read in one go: requests hold more than a million values.
    floats = [value for value in values if isinstance(value, float)]
    return floats if len(floats) == len(values) else [_read_number(value) for value in values]


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
