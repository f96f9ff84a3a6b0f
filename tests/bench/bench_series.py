"""A day of a thousand series, in and out again: `python tests/bench/bench_series.py`.

In: nothing. Out: lines on stdout, or an AssertionError when a value that is read back is not the
one that was computed here. Nothing here is a test: machines differ.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from syncer.emulator.auth import issue_token
from syncer.emulator.clock import system_clock
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import open_store

STAND = "c618rbfqfsj7mjkj0ss0"
SERIES, MINUTES = 1_000, 1_440
MIDNIGHT = 1_704_067_200
AT_ONCE = 250
PAGE = 50


def value(series: int, minute: int) -> float:
    return (series * 7 + minute * 13) % 1000 / 4


class Client:
    """Calls over a socket, as any client makes them."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._url = f"{url}rpc"
        self._http = httpx.Client(headers=headers, timeout=600)

    def call(self, method: str, **params: object) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._http.post(self._url, content=json.dumps(body)).json()
        assert "error" not in answer, answer
        return answer["result"]


def insert(client: Client) -> dict[str, int]:
    """Insert all series, and return their numbers by the IDs of their signals."""
    times = [MIDNIGHT + 60 * minute for minute in range(MINUTES)]
    found: dict[str, int] = {}
    for first in range(0, SERIES, AT_ONCE):
        numbers = {f"series/{number}": number for number in range(first, first + AT_ONCE)}
        series = {
            name: [value(number, minute) for minute in range(MINUTES)]
            for name, number in numbers.items()
        }
        data = {"times": times, "series": series}
        made = client.call("integration.insert", integration=STAND, data=data)["signalsByInput"]
        found |= {made[name]["id"]: number for name, number in numbers.items()}
    return found


def publish(client: Client, signals: dict[str, int]) -> dict[str, int]:
    """Publish all signals, and return the series' numbers by the IDs of their items."""
    views = {signal: {"name": f"Series {number}"} for signal, number in signals.items()}
    made = client.call("admin.publishSignals", integration=STAND, itemsBySignal=views)
    return {made["itemsBySignal"][signal]["id"]: number for signal, number in signals.items()}


def read(client: Client, rollup: str | None) -> Iterator[Any]:
    """Yield the frame of each page of items."""
    times = {"$gte": MIDNIGHT, "$lt": MIDNIGHT + 60 * MINUTES}
    data = {"filter": {"times": times}, "rollup": rollup}
    for skip in range(0, SERIES, PAGE):
        asked = {"limit": PAGE, "skip": skip, "sort": ["id"]}
        yield client.call("clarify.dataFrame", query=asked, data=data)["data"]


def compute(number: int) -> dict[str, list[float]]:
    """Return what an hourly rollup of a series holds."""
    hours = [
        [value(number, hour * 60 + minute) for minute in range(60)] for hour in range(MINUTES // 60)
    ]
    return {
        "avg": [sum(hour) / len(hour) for hour in hours],
        "count": [float(len(hour)) for hour in hours],
        "max": [max(hour) for hour in hours],
        "min": [min(hour) for hour in hours],
        "sum": [sum(hour) for hour in hours],
    }


def check(frames: list[Any], items: dict[str, int]) -> None:
    """Compare every value with the one computed here."""
    expected = {
        f"{item}_{name}": column
        for item, number in items.items()
        for name, column in compute(number).items()
    }
    hours = [f"2024-01-01T{hour:02}:00:00Z" for hour in range(MINUTES // 60)]
    found: dict[str, list[float]] = {}
    for frame in frames:
        assert frame["times"] == hours
        found |= frame["series"]
    assert found == expected


def report(name: str, start: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:48}{time.perf_counter() - start:8.2f} s   peak {peak:7.1f} MiB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "bench.db")
        store.ensure_integration(STAND, "stand")
        token = issue_token(store.signing_key, STAND, expires_at=system_clock() // 1_000_000 + 3600)
        with running(Service(store).handle) as url:
            client = Client(url, token)
            start = time.perf_counter()
            signals = insert(client)
            report(f"insert {SERIES} series x {MINUTES} times", start)
            start = time.perf_counter()
            items = publish(client, signals)
            report("publish them", start)
            start = time.perf_counter()
            frames = list(read(client, "PT1H"))
            report("read them as an hourly rollup", start)
            check(frames, items)
            print(f"{SERIES * MINUTES // 60 * 5} values are those computed here")
            start = time.perf_counter()
            total = sum(len(frame["times"]) * len(frame["series"]) for frame in read(client, None))
            report(f"read all {total} samples as they are", start)
        store.close()


if __name__ == "__main__":
    main()
