"""Faults on a socket: what a client sees of them."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from syncer.emulator.injecting import FaultyService
from syncer.emulator.messages import Delivery, Ending, Response
from syncer.emulator.schedules import read_schedule
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store
from tests.emulator.conftest import STAND, basic

BODY = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "integration.saveSignals",
        "params": {"integration": STAND, "signalsByInput": {"a": {}, "b": {}}},
    }
).encode()


TOKEN = "secret"  # noqa: S105 - of a test


class Wire:
    """A served service with faults, and its integration's password."""

    def __init__(self, store: Store, faulty: FaultyService, url: str) -> None:
        self.store = store
        self.faulty = faulty
        self.address = urlsplit(url).netloc
        integration = store.ensure_integration(STAND, "stand")
        self.headers = {
            "authorization": basic(STAND, integration.password),
            "content-type": "application/json",
        }

    def plan(self, **fault: Any) -> None:
        self.faulty.load(read_schedule([fault]))

    def open(self, seconds: float = 5) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self.address, timeout=seconds)
        try:
            connection.request("POST", "/v1/rpc", BODY, self.headers)
        except OSError:
            connection.close()
            raise
        return connection

    def send(self, seconds: float = 5) -> tuple[int, bytes]:
        connection = self.open(seconds)
        try:
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def saved(self) -> int:
        return len(self.store.ledger.entries())


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, list[FaultyService]]]:
    """One socket for all tests, as stopping takes a moment."""
    current: list[FaultyService] = []
    with running(
        lambda request: current[-1].finish(request),
        early=lambda request: current[-1].begin(request),
    ) as url:
        yield url, current


@pytest.fixture
def wire(served: tuple[str, list[FaultyService]]) -> Iterator[Wire]:
    url, current = served
    store = open_store()
    current.append(FaultyService(Service(store), path_token=TOKEN))
    yield Wire(store, current[-1], url)
    store.close()


@pytest.mark.parametrize(
    ("when", "saved"), [("before_read", 0), ("before_exec", 0), ("mid_exec", 1), ("after_exec", 2)]
)
def test_a_connection_is_reset(wire: Wire, when: str, saved: int) -> None:
    wire.plan(when=when, do="reset")

    # A client that is still sending may meet a broken pipe first.
    with pytest.raises(ConnectionError):
        wire.send()

    assert wire.saved() == saved
    assert wire.send()[0] == 200


def test_a_connection_is_reset_before_a_large_body_is_read(wire: Wire) -> None:
    wire.plan(when="before_read", do="reset")
    host, port = wire.address.split(":")
    head = b"POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n"

    with (
        socket.create_connection((host, int(port)), timeout=5) as client,
        pytest.raises((ConnectionResetError, BrokenPipeError)),
    ):
        client.sendall(head + b"{" * 9_000_000)


def test_an_early_status_needs_no_body(wire: Wire) -> None:
    wire.plan(when="before_read", do="status", status=503, headers={"retry-after": "1"})

    assert wire.send() == (503, b"Service Unavailable")
    assert wire.saved() == 0


@pytest.mark.parametrize(
    ("when", "saved"), [("before_read", 0), ("before_exec", 0), ("mid_exec", 1), ("after_exec", 2)]
)
def test_an_answer_never_comes(wire: Wire, when: str, saved: int) -> None:
    wire.plan(when=when, do="timeout")

    with pytest.raises(TimeoutError):
        wire.send(0.1)

    assert wire.saved() == saved
    assert wire.send()[0] == 200


def test_a_slow_request_is_executed_late(wire: Wire) -> None:
    wire.plan(when="before_exec", do="slow", seconds=0.2)
    connection = wire.open()
    while not wire.faulty.faults.fired:
        time.sleep(0.001)  # noqa: TID251 - waits for a socket

    assert wire.saved() == 0
    assert connection.getresponse().status == 200
    assert wire.saved() == 2
    connection.close()


def test_a_slow_answer_holds_nobody_else_up(wire: Wire) -> None:
    wire.plan(match={"nth": 1}, when="after_exec", do="slow", seconds=0.3)
    slow = wire.open()
    while not wire.faulty.faults.fired:
        time.sleep(0.001)  # noqa: TID251 - waits for a socket

    start = time.monotonic()
    assert wire.send()[0] == 200
    assert time.monotonic() - start < 0.25
    assert slow.getresponse().status == 200
    slow.close()


def test_who_leaves_a_slow_answer_does_no_harm(wire: Wire) -> None:
    wire.plan(when="before_exec", do="slow", seconds=60)

    with pytest.raises(TimeoutError):
        wire.send(0.1)

    assert wire.send()[0] == 200
    assert wire.saved() == 2


def test_a_body_ends_before_its_announced_length(wire: Wire) -> None:
    wire.plan(when="mid_body", do="truncate", at=10)

    with pytest.raises(http.client.IncompleteRead) as caught:
        wire.send()

    assert caught.value.partial == b'{"jsonrpc"'
    assert wire.saved() == 2


@pytest.mark.parametrize("at", [0, 10])
def test_a_body_ends_early_without_a_length(wire: Wire, at: int) -> None:
    wire.plan(when="mid_body", do="truncate", at=at, contentLength=False)

    assert wire.send() == (200, b'{"jsonrpc"'[:at])


def test_a_body_is_reset_in_the_middle(wire: Wire) -> None:
    wire.plan(when="mid_body", do="reset", at=10)
    connection = wire.open()

    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        connection.getresponse().read()
    connection.close()


def test_all_that_is_to_be_sent_arrives_before_a_reset() -> None:
    body = b"x" * 20_000_000
    cut = Delivery(sent_bytes=len(body) - 1, ending=Ending.RESET)
    arrived = 0
    with running(lambda _request: Response(200, {}, body, cut)) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
        connection.request("POST", "/")
        answer = connection.getresponse()
        with contextlib.suppress(ConnectionResetError):
            while chunk := answer.read1(100_000):
                arrived += len(chunk)
        connection.close()

    assert arrived > len(body) // 2


def test_a_body_stops_in_the_middle(wire: Wire) -> None:
    wire.plan(when="mid_body", do="timeout", at=10)
    connection = wire.open(0.2)
    answer = connection.getresponse()

    assert answer.read(10) == b'{"jsonrpc"'
    with pytest.raises(TimeoutError):
        answer.read()
    connection.close()


def test_a_body_comes_in_drops(wire: Wire) -> None:
    wire.plan(when="mid_body", do="drip", bytes=40, seconds=0.02)

    start = time.monotonic()
    status, body = wire.send()

    assert (status, json.loads(body)["id"]) == (200, 1)
    assert time.monotonic() - start > 0.02 * (len(body) // 40 - 1)


def test_who_leaves_between_drops_does_no_harm(wire: Wire) -> None:
    wire.plan(when="mid_body", do="drip", bytes=1, seconds=0.05)
    connection = wire.open()
    connection.getresponse().read(2)
    connection.close()

    assert wire.send()[0] == 200


def test_a_header_can_come_twice(wire: Wire) -> None:
    wire.plan(
        when="before_exec", do="status", status=429, headers={"Retry-After": ["0", "Thu, 1 Jan"]}
    )
    connection = wire.open()

    assert connection.getresponse().headers.get_all("retry-after") == ["0", "Thu, 1 Jan"]
    connection.close()


def test_schedules_come_through_the_admin_route(wire: Wire) -> None:
    connection = http.client.HTTPConnection(wire.address, timeout=5)
    schedule = b'[{"when": "after_exec", "do": "status", "status": 500}]'
    connection.request("POST", "/v1/__faults/secret", schedule)
    loaded = connection.getresponse()

    assert (loaded.status, loaded.read()) == (200, b'{"rules":1}')
    assert wire.send()[0] == 500
    connection.request("GET", "/v1/__faults/other")
    assert connection.getresponse().status == 404
    connection.close()


def test_a_server_stops_though_answers_are_held(wire: Wire) -> None:
    wire.plan(match={"times": "always"}, when="before_exec", do="timeout")
    start = time.monotonic()

    with running(wire.faulty.finish, early=wire.faulty.begin) as url:
        wire.address = urlsplit(url).netloc
        with pytest.raises(TimeoutError):
            wire.send(0.1)
        left = [wire.open() for _ in range(2)]
        while len(wire.faulty.faults.fired) < 3:
            time.sleep(0.001)  # noqa: TID251 - waits for a socket

    assert time.monotonic() - start < 1.5
    for connection in left:
        connection.close()


def test_a_server_stops_though_answers_are_slow(wire: Wire) -> None:
    wire.plan(when="before_exec", do="slow", seconds=60)

    with running(wire.faulty.finish, early=wire.faulty.begin) as url:
        wire.address = urlsplit(url).netloc
        connection = wire.open()
        while not wire.faulty.faults.fired:
            time.sleep(0.001)  # noqa: TID251 - waits for a socket

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()
    assert wire.saved() == 0
