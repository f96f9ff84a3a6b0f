"""Items with data, and short ways to read it back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

DAY = {"$gte": "2024-01-01T00:00:00Z", "$lt": "2024-01-02T00:00:00Z"}


def at(clock: str) -> str:
    """Return a time of 2024-01-01."""
    return f"2024-01-01T{clock}Z"


def instant(text: str) -> int:
    """Return microseconds since 1970."""
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * 1_000_000


def insert(clarify: "Clarify", series: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Insert samples by input and time, and return the IDs of the signals."""
    times = sorted({time for samples in series.values() for time in samples})
    data = {
        "times": times,
        "series": {key: [samples.get(time) for time in times] for key, samples in series.items()},
    }
    params = {"integration": clarify.caller.id, "data": data}
    made = clarify.call("integration.insert", params)["signalsByInput"]
    return [made[key]["id"] for key in series]


def publish(clarify: "Clarify", signals: list[str], **attributes: object) -> list[str]:
    """Publish each signal, and return the IDs of the items."""
    made = clarify.publish({signal: {"name": "x"} | attributes for signal in signals})
    return [made[signal]["id"] for signal in signals]


def fill(clarify: "Clarify", *samples: Mapping[str, float], **attributes: object) -> list[str]:
    """Return the IDs of new items, one for each of the samples."""
    series = {f"s{number}": each for number, each in enumerate(samples)}
    return publish(clarify, insert(clarify, series), **attributes)


def frame(clarify: "Clarify", version: str = "1.1", /, **data: object) -> Any:
    """Return the frame of all items on 2024-01-01, unless the data query says otherwise."""
    params = {"data": {"filter": {"times": DAY}} | data}
    return clarify.call("clarify.dataFrame", params, version)["data"]


def refused(clarify: "Clarify", version: str = "1.1", /, **data: object) -> Any:
    """Return what a data query is refused for, by path below `data`."""
    found = clarify.refusal("clarify.dataFrame", {"data": data}, version)
    return {path.removeprefix("params.data."): message for path, message in found.items()}
