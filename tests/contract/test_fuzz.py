"""Ten thousand broken requests: every answer is a declared one, and comes at once."""

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.messages import Request, Response
from syncer.emulator.methods import SPELLINGS
from syncer.emulator.problems import Fault
from syncer.emulator.service import Service
from syncer.emulator.settings import SaveAtomicity, Settings
from syncer.emulator.store import open_store
from syncer.emulator.versions import SELECTORS
from tests.emulator.conftest import STAND, basic

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.contract

REQUESTS = 10_000
SLOWEST_SECONDS = 5
STATUSES = {200, 204, 400, 401, 404, 405, 413, 415}
CODES = {fault.value[0] for fault in Fault} - {Fault.SERVER_ERROR.value[0]}

SIGNAL, ITEM = "SIGNAL", "ITEM"
TIMES = {"$gte": "2024-01-01T00:00:00Z", "$lt": "2024-01-03T00:00:00Z"}
QUERY = {
    "filter": {
        "$or": [{"name": {"$regex": "^a"}}, {"labels.k": {"$in": ["x"]}}, {"id": {"$ne": ""}}]
    },
    "sort": ["-name", "id"],
    "limit": 10,
    "skip": 0,
    "total": True,
}
SEEDS: tuple[tuple[str, Any], ...] = (
    ("integration.saveSignals", {"integration": STAND, "signalsByInput": {"a": {"name": "A"}}}),
    (
        "integration.saveSignals",
        {
            "integration": STAND,
            "createOnly": True,
            "inputs": {
                "b": {
                    "labels": {"k": ["x", "y"]},
                    "enumValues": {"0": "off"},
                    "annotations": {"p/q": ""},
                    "sampleInterval": "P0DT0H1M0.000000S",
                    "gapDetection": None,
                    "valueType": "enum",
                }
            },
        },
    ),
    (
        "integration.insert",
        {
            "integration": STAND,
            "data": {"times": ["2024-01-01T00:00:00Z", 0], "series": {"a": [1, None]}},
        },
    ),
    ("admin.publishSignals", {"integration": STAND, "itemsBySignal": {SIGNAL: {"visible": True}}}),
    ("admin.selectSignals", {"integration": STAND, "query": QUERY, "include": ["item"]}),
    ("clarify.selectItems", {"query": QUERY, "format": {"dataAsArray": False}}),
    ("admin.connectSignals", {"integration": STAND, "query": QUERY, "item": ITEM, "dryRun": True}),
    ("admin.disconnectSignals", {"integration": STAND, "query": QUERY, "dryRun": False}),
    (
        "admin.signals.annotate",
        {"integration": STAND, "data": [{"id": SIGNAL, "annotations": {"k": "v"}}]},
    ),
    (
        "clarify.dataFrame",
        {
            "query": QUERY,
            "data": {
                "filter": {"times": TIMES, "series": {"$in": [ITEM]}},
                "rollup": "PT1H",
                "timeZone": "Europe/Oslo",
                "firstDayOfWeek": 7,
                "origin": "2020-01-01T00:00:00Z",
                "last": 3,
            },
            "include": ["item"],
        },
    ),
    (
        "clarify.evaluate",
        {
            "items": [{"id": ITEM, "aggregation": "avg", "alias": "i", "lead": 1, "state": 0}],
            "calculations": [{"formula": "max(i, 2) * sin(PI) / gapfill(i)", "alias": "c"}],
            "groups": [
                {"filter": {}, "timeAggregation": "avg", "groupAggregation": "sum", "alias": "g"}
            ],
            "data": {"filter": {"times": TIMES}, "rollup": "P1M"},
        },
    ),
)
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    -(2**63),
    1e308,
    "",
    "a",
    "x" * 200,
    "\x00",
    "\ud800",
    "é\u2028<&>",
    "$or",
    "((((((",
    "i+" * 500 + "i",
    "P1M",
    "PT0S",
    "-PT1H",
    "P9999999999W",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2024-02-30T00:00:00Z",
    "(a+)+$",
    "[" * 50,
    [],
    {},
    [[[]]],
    {"$ne": None},
    {"$in": [None, "x"]},
    {"$regex": "(?i)a{1,50}b"},
    {"$gt": {}},
    {"": ""},
)


class Fuzzer:
    """Requests from a seed: valid ones that were changed in a few places."""

    def __init__(self, seed: int, service: Service, password: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable choice
        self._service = service
        self._password = password
        captured = Path(__file__).with_name("captured").glob("*.json")
        self._bodies = [json.loads(path.read_bytes()) for path in sorted(captured)]
        self._bodies += [
            {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            for method, params in SEEDS
        ]
        self._ids: dict[str, str] = {}

    def name(self, signal: str, item: str) -> None:
        """Say what SIGNAL and ITEM stand for."""
        self._ids = {SIGNAL: signal, ITEM: item}

    def send(self) -> Response:
        """Send the next request."""
        body = self._make_body()
        headers = {
            "authorization": basic(STAND, self._password),
            "content-type": "application/json",
            "x-api-version": self._random.choice([*SELECTORS, "1.2", "1.1"]),
        }
        path, verb = "/v1/rpc", "POST"
        if self._random.random() < 0.05:
            name = self._random.choice(["authorization", "content-type", "x-api-version"])
            headers[name] = self._random.choice(["", "Basic x", "Bearer a.b.c", "é", "9.9"])
            path = self._random.choice(["/v1/rpc", "/v1/oauth/token", "/", "/rpc/x"])
            verb = self._random.choice(["POST", "GET", "PUT"])
        return self._service.handle(Request(verb, path, headers, body))

    def _make_body(self) -> bytes:
        body = json.loads(json.dumps(self._random.choice(self._bodies)))
        if self._random.random() < 0.1:
            body["method"] = self._random.choice(SPELLINGS)
        for _ in range(self._random.choice([0, 1, 1, 1, 2, 3, 8])):
            self._change(body)
        text = json.dumps(body)
        for name, identity in self._ids.items():
            text = text.replace(f'"{name}"', f'"{identity}"')
        data = text.encode()
        return self._tear(data) if self._random.random() < 0.1 else data

    def _change(self, body: dict[str, Any]) -> None:
        """Change, remove or add one member somewhere below the parameters."""
        place: Any = body
        if isinstance(body.get("params"), dict) and self._random.random() < 0.95:
            place = body["params"]
        while True:
            inner = [value for value in _values(place) if isinstance(value, dict | list) and value]
            if not inner or self._random.random() < 0.25:
                break
            place = self._random.choice(inner)
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = self._random.choice([*keys, self._random.choice(["zz", "é", "$and", "a"])])
        choices: list[Callable[[], None]] = [lambda: _put(place, key, self._odd())] * 4
        choices += [lambda: _drop(place, key), lambda: _put(place, key, body)]
        self._random.choice(choices)()

    def _odd(self) -> Any:
        return json.loads(json.dumps(self._random.choice(ODD)))

    def _tear(self, data: bytes) -> bytes:
        cut = self._random.randrange(len(data) + 1)
        junk = self._random.randbytes(self._random.randrange(6))
        return data[:cut] + junk + data[cut + self._random.randrange(3) :]


def _values(place: Any) -> list[Any]:
    return list(place.values()) if isinstance(place, dict) else list(place)


def _put(place: Any, key: Any, value: Any) -> None:
    copied = json.loads(json.dumps(value))
    if isinstance(place, dict):
        place[str(key)] = copied
    elif isinstance(key, int):
        place[key] = copied
    else:
        place.append(copied)


def _drop(place: Any, key: Any) -> None:
    if isinstance(place, dict):
        place.pop(str(key), None)
    elif isinstance(key, int):
        del place[key]


def _judge(response: Response) -> str:
    """Return what kind of answer it is; fails when it is none that is declared."""
    assert response.status in STATUSES, response
    if response.status != 200 or b"access_token" in response.body:
        return str(response.status)
    answer = json.loads(response.body)
    assert answer["jsonrpc"] == "2.0"
    assert ("result" in answer) is not ("error" in answer)
    if "error" in answer:
        assert answer["error"]["code"] in CODES, answer
        return str(answer["error"]["code"])
    return "result"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(
            save_atomicity=SaveAtomicity.PARTIAL,
            accepts_include=True,
            accepts_null_or=True,
            accepts_null_fields=True,
            missing_differs=False,
            sorts_labels=True,
        ),
    ],
    ids=["default", "others"],
)
def test_every_answer_is_declared(settings: Settings) -> None:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    fuzzer = Fuzzer(20_260, Service(store, settings=settings), integration.password)
    fuzzer.name("c0000000000000000000", "c0000000000000000001")
    kinds: Counter[str] = Counter()

    for number in range(REQUESTS // 2):
        start = time.monotonic()
        response = fuzzer.send()
        assert time.monotonic() - start < SLOWEST_SECONDS, number
        kinds[_judge(response)] += 1
        if number == REQUESTS // 10:
            _publish_one(store, integration.password, fuzzer)

    assert {"result", "-32602", "-32700", "-32600", "-32601"} <= kinds.keys()
    assert kinds["result"] > REQUESTS // 20
    store.close()


def _publish_one(store: Any, password: str, fuzzer: Fuzzer) -> None:
    """Let the rest of the requests find a signal and an item."""
    service = Service(store)
    headers = {"authorization": basic(STAND, password), "content-type": "application/json"}

    def call(method: str, **params: object) -> Any:
        given = {"integration": STAND} | params
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
        request = Request("POST", "/v1/rpc", headers, json.dumps(body).encode())
        return json.loads(service.handle(request).body)["result"]

    saved = call("integration.saveSignals", signalsByInput={"a": {}})["signalsByInput"]
    signal = saved["a"]["id"]
    published = call("admin.publishSignals", itemsBySignal={signal: {}})["itemsBySignal"]
    fuzzer.name(signal, published[signal]["id"])
