"""The socket: who may ask, how much may be sent, and how it stops."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from syncer.emulator.messages import Request, Response
from syncer.emulator.server import MOST_BODY_BYTES, running, serve


def echo(request: Request) -> Response:
    text = f"{request.method} {request.path} {request.header('X-Test')} ".encode()
    return Response(201, {"x-answer": "yes"}, text + request.body)


def empty(_request: Request) -> Response:
    return Response(204)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(lambda request: (empty if "empty" in request.path else echo)(request)) as found:
        yield found


def send(
    url: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("POST", path, body, dict(headers or {}))
    answer = connection.getresponse()
    result = answer.status, {key.lower(): value for key, value in answer.getheaders()}
    data = answer.read()
    connection.close()
    return *result, data


def test_a_request_reaches_the_handler_whole(url: str) -> None:
    status, headers, body = send(url, "/v1/a%20b?q=1", b"x" * 100_000, {"x-test": "T"})

    assert (status, headers["x-answer"]) == (201, "yes")
    assert body == b"POST /v1/a b T " + b"x" * 100_000
    assert "access-control-allow-origin" not in headers


def test_no_content_has_no_body(url: str) -> None:
    status, headers, body = send(url, "/empty")

    assert (status, body) == (204, b"")
    assert headers.keys() == {"date"}


def test_the_url_names_the_api(url: str) -> None:
    assert url == f"http://127.0.0.1:{urlsplit(url).port}/v1/"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 201),
        ("LOCALHOST:1", 201),
        ("127.0.0.1:80", 201),
        ("[::1]", 201),
        ("[::1]:8080", 201),
        ("evil.example", 403),
        ("evil.example:8080", 403),
        ("127.0.0.1.evil.example", 403),
        ("::1", 403),
        ("", 403),
    ],
)
def test_only_loopback_names_are_answered(url: str, host: str, status: int) -> None:
    assert send(url, "/", headers={"Host": host})[0] == status


def test_a_body_that_is_too_large_is_refused(url: str) -> None:
    assert send(url, "/", b"x" * (MOST_BODY_BYTES + 1))[0] == 413


def test_a_client_that_leaves_does_no_harm(url: str) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as leaver:
        leaver.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")

    assert send(url, "/")[0] == 201


def test_any_name_is_answered_beyond_loopback() -> None:
    with running(echo, host="0.0.0.0") as url:  # noqa: S104 - what is tested
        port = urlsplit(url).port
        assert send(f"http://127.0.0.1:{port}/", "/", headers={"Host": "plant.example"})[0] == 201


def test_version_6_and_names_of_loopback_can_be_bound() -> None:
    for host in ("::1", "localhost"):
        with running(echo, host=host) as url:
            assert send(url, "/", headers={"Host": "evil.example"})[0] == 403
            assert send(url, "/")[0] == 201


def test_a_port_in_use_is_an_error(url: str) -> None:
    port = urlsplit(url).port
    assert port is not None

    with pytest.raises(OSError, match="in use"):
        serve(echo, port=port)


def test_a_stopped_server_gives_the_signals_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    urls = []

    def stop(url: str) -> None:
        urls.append(url)
        os.kill(os.getpid(), signal.SIGTERM)

    assert serve(echo, on_ready=stop) == signal.SIGTERM
    assert (len(urls), signal.getsignal(signal.SIGTERM)) == (1, before)


def test_a_failure_while_getting_ready_is_raised() -> None:
    def fail(_url: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        serve(echo, on_ready=fail)


SCRIPT = """
import sys
from syncer.emulator.messages import Response
from syncer.emulator.server import serve
stopped_by = serve(lambda request: Response(200), on_ready=lambda url: print(url, flush=True))
print("stopped by", stopped_by, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert send(url, "/")[0] == 200

    os.kill(process.pid, number)

    output, errors = process.communicate(timeout=10)
    assert (output, errors) == (f"stopped by {int(number)}\n", "")
    assert process.returncode == 0
