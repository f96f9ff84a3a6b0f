"""How fast the embedded service is, as ratios of one run: `python tests/bench/bench_emulator.py`.

In: nothing. Out: lines on stdout. Nothing here is a test: machines differ.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from syncer.emulator.auth import issue_token
from syncer.emulator.clock import system_clock
from syncer.emulator.messages import Request
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import open_store

STAND = "c618rbfqfsj7mjkj0ss0"
MANY = 100_000


def view(number: int) -> dict[str, object]:
    return {
        "name": f"Level in tank {number}",
        "description": "Measured by the float, in the shadow of the tank & above the drain.",
        "engUnit": "m",
        "labels": {"site": [f"site {number % 10}"], "area": [f"area {number % 100}", "wet"]},
        "enumValues": {"0": "off", "1": "on"} if number % 5 == 0 else {},
        "sampleInterval": "PT1M",
        "gapDetection": "PT2H",
        "annotations": {"syncer/project": "bench", "acme/plc": f"plc-{number % 7}"},
    }


class Bench:
    """One service and its caller."""

    def __init__(self, path: Path) -> None:
        store = open_store(path)
        store.ensure_integration(STAND, "stand")
        self.service = Service(store)
        token = issue_token(store.signing_key, STAND, expires_at=system_clock() // 1_000_000 + 3600)
        self.headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def body(self, method: str, **params: object) -> bytes:
        call = {"jsonrpc": "2.0", "id": 1, "method": method}
        return json.dumps(call | {"params": {"integration": STAND} | params}).encode()

    def call(self, body: bytes) -> Any:
        response = self.service.handle(Request("POST", "/v1/rpc", self.headers, body))
        assert response.status == 200
        assert b'"result"' in response.body[:100], response.body[:300]
        return response.body

    def save(self, first: int, count: int) -> bytes:
        signals = {f"tank/{number}": view(number) for number in range(first, first + count)}
        return self.body("integration.saveSignals", signalsByInput=signals)

    def select(self, **query: object) -> bytes:
        return self.body("admin.selectSignals", query=query)


def measure(action: Callable[[], object], repeats: int = 7) -> float:
    """Return the median of some runs, in milliseconds."""
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def report(name: str, spent: float, base: float | None = None) -> None:
    ratio = "" if base is None else f"  {spent / base:6.2f} x"
    print(f"{name:52}{spent:9.2f} ms{ratio}")


def report_selects(bench: Bench, held: int) -> None:
    page = bench.select(limit=1000, sort=["id"])
    result = json.loads(bench.call(page))
    encode = measure(lambda: json.dumps(result))
    report(f"json.dumps of 1 000 rows ({held} held)", encode)
    cases: dict[str, dict[str, object]] = {
        "select 1 000 rows by id": {"limit": 1000, "sort": ["id"]},
        "... the last 1 000": {"limit": 1000, "sort": ["id"], "skip": held - 1000},
        "... counted": {"limit": 1000, "total": True},
        "... by name, descending": {"limit": 1000, "sort": ["-name"]},
        "... of one label": {"limit": 1000, "filter": {"labels.site": "site 3"}},
        "... of a regular expression": {"limit": 1000, "filter": {"name": {"$regex": "9$"}}},
        "... one by input": {"filter": {"input": "tank/77"}},
    }
    for name, query in cases.items():
        body = bench.select(**query)
        report(name, measure(partial(bench.call, body)), encode)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder) / "bench.db")
        new = iter(range(0, 10_000, 500))
        report("create 500 signals", measure(lambda: bench.call(bench.save(next(new), 500)), 20))
        again = bench.save(0, 500)
        report("save 500 signals again, unchanged", measure(lambda: bench.call(again)))
        report_selects(bench, 10_000)
        start = time.perf_counter()
        for first in range(10_000, MANY, 500):
            bench.call(bench.save(first, 500))
        spent = (time.perf_counter() - start) * 1000
        report("create 500 signals, up to 100 000, each", spent / ((MANY - 10_000) / 500))
        report_selects(bench, MANY)
        with running(bench.service.handle) as url, httpx.Client() as client:
            small = bench.select(limit=1)
            post = lambda: client.post(f"{url}rpc", content=small, headers=bench.headers)  # noqa: E731
            report("one small call over the socket", measure(post, 200))


if __name__ == "__main__":
    main()
