"""One request, one observation, whatever the server does; all on 127.0.0.1."""

import gzip
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syncer.transport.http import HttpTransport, Limits
from syncer.transport.in_process import in_process
from syncer.transport.messages import Observation, Request, Seen
from tests.transport.server import drip, gzipped, http, reset, say, serve

CANARY = "CANARY-bearer-token"
QUICK = Limits(connect=1, write=1, read=1, deadline=0.3, max_bytes=1000)


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with HttpTransport(limits=Limits(max_bytes=1000)) as made:
        yield made


@pytest.fixture
def quick() -> Iterator[HttpTransport]:
    with HttpTransport(limits=QUICK) as made:
        yield made


def post(url: str) -> Request:
    return Request("POST", f"{url}rpc", {"Authorization": f"Bearer {CANARY}"}, b'{"id":1}')


def test_an_answer_is_observed_whole(transport: HttpTransport) -> None:
    answer = http(429, b"slow down", {"Retry-After": "1", "RETRY-AFTER": "2", "X-A": "b"})
    with serve(say(answer)) as server:
        found = transport.send(post(server.url))

    assert (found.seen, found.status, found.body) == (Seen.ANSWERED, 429, b"slow down")
    assert found.header("retry-after") == ("1", "2") or found.header("retry-after") == ("2",)
    assert server.received[0].body == b'{"id":1}'
    assert server.received[0].header("authorization") == f"Bearer {CANARY}"


def test_connections_are_kept_and_cookies_are_not(transport: HttpTransport) -> None:
    with serve(say(http(200, b"{}", {"Set-Cookie": "a=b"}))) as server:
        for _ in range(3):
            transport.send(post(server.url))
        transport.close()

    assert server.connections == 1
    assert [request.header("cookie") for request in server.received] == ["", "", ""]


def test_a_closed_transport_opens_again(transport: HttpTransport) -> None:
    with serve(say(http())) as server:
        transport.send(post(server.url))
        transport.close()

        assert transport.send(post(server.url)).status == 200
        transport.close()


def test_nothing_listening_means_not_sent(transport: HttpTransport) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        found = transport.send(post(f"http://127.0.0.1:{port}/"))

    assert found == Observation(Seen.NOT_SENT, detail="ConnectError")


def test_a_name_that_does_not_resolve_means_not_sent(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "try later")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert transport.send(post("http://nonexistent.invalid/")).seen is Seen.NOT_SENT


def test_a_name_that_resolves_too_late_sends_nothing(
    quick: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, resolved = socket.getaddrinfo, threading.Event()

    def slowly(*args: Any, **options: Any) -> object:
        time.sleep(0.4)  # noqa: TID251 - a slow resolver is what is tested
        found = resolve(*args, **options)
        resolved.set()
        return found

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with serve(say(http())) as server:
        found = quick.send(post(server.url))
        resolved.wait(5)
        time.sleep(0.1)  # noqa: TID251 - for bytes that must not come

    assert found == Observation(Seen.TIMED_OUT, detail="deadline")
    assert server.bytes_in == b""


def test_a_reset_before_the_answer_is_lost(transport: HttpTransport) -> None:
    with serve(reset) as server:
        assert transport.send(post(server.url)).seen is Seen.LOST


def test_a_connection_closed_without_an_answer_is_lost(transport: HttpTransport) -> None:
    with serve(say(b"", close=True)) as server:
        assert transport.send(post(server.url)).seen is Seen.LOST


def test_an_answer_with_its_length_never_passes_when_cut(transport: HttpTransport) -> None:
    whole = http(200, b'{"jsonrpc":"2.0"}')
    head = whole.index(b"\r\n\r\n") + 4
    steps = [say(whole[:length], close=True) for length in range(len(whole))]
    with serve(*steps) as server:
        found = [transport.send(post(server.url)).seen for _ in steps]

    assert found == [Seen.LOST] * head + [Seen.BROKEN] * (len(whole) - head)


def test_a_chunked_answer_never_passes_when_cut(transport: HttpTransport) -> None:
    whole = (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'
    )
    steps = [say(whole[:length], close=True) for length in range(1, len(whole))]
    with serve(*steps, say(whole)) as server:
        found = [transport.send(post(server.url)).seen for _ in range(len(whole))]
        transport.close()

    assert set(found[:-1]) == {Seen.LOST, Seen.BROKEN}
    assert found[-1] is Seen.ANSWERED


def test_an_answer_without_length_is_what_arrived(transport: HttpTransport) -> None:
    """Its truncation cannot be seen here; half a JSON text is refused where it is decoded."""
    with serve(say(b'HTTP/1.1 200 OK\r\n\r\n{"jsonrpc', close=True)) as server:
        found = transport.send(post(server.url))

    assert (found.seen, found.body) == (Seen.ANSWERED, b'{"jsonrpc')


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99, http(200, b"x" * 99)]
)
def test_a_dripping_server_meets_the_deadline(quick: HttpTransport, answer: bytes) -> None:
    with serve(drip(answer, 0.02)) as server:
        start = time.monotonic()
        found = quick.send(post(server.url))

    assert found == Observation(Seen.TIMED_OUT, detail="deadline")
    assert 0.25 < time.monotonic() - start < 1


def test_a_request_may_have_less_time_than_the_transport_allows(transport: HttpTransport) -> None:
    with serve(drip(http(200, b"x" * 99), 0.02)) as server:
        start = time.monotonic()
        found = transport.send(replace(post(server.url), seconds=0.1))

    assert found == Observation(Seen.TIMED_OUT, detail="deadline")
    assert time.monotonic() - start < 1


def test_after_a_deadline_the_next_request_goes_through(quick: HttpTransport) -> None:
    with serve(drip(b"x" * 99, 0.02), say(http())) as server:
        quick.send(post(server.url))

        assert quick.send(post(server.url)).status == 200
        quick.close()


def test_a_server_that_never_answers_times_out() -> None:
    limits = Limits(read=0.1)
    with serve(drip(b"", 0)) as server, HttpTransport(limits=limits) as impatient:
        found = impatient.send(post(server.url))

    assert found == Observation(Seen.TIMED_OUT, detail="ReadTimeout")


def test_a_body_that_stops_times_out_with_its_status() -> None:
    limits = Limits(read=0.1)
    with serve(say(http(200, b"12345")[:-2])) as server, HttpTransport(limits=limits) as impatient:
        found = impatient.send(post(server.url))

    assert (found.seen, found.status, found.body) == (Seen.TIMED_OUT, 200, b"")


def test_a_large_answer_is_cut_off(transport: HttpTransport) -> None:
    with serve(say(http(200, b"x" * 1000)), say(http(200, b"x" * 1001))) as server:
        assert transport.send(post(server.url)).seen is Seen.ANSWERED
        assert transport.send(post(server.url)).seen is Seen.OVERSIZE


def test_gzip_is_decoded(transport: HttpTransport) -> None:
    with serve(say(gzipped(b"hello" * 100))) as server:
        assert transport.send(post(server.url)).body == b"hello" * 100


def test_a_gzip_bomb_is_cut_off_without_being_unpacked(transport: HttpTransport) -> None:
    with serve(say(gzipped(b"\0" * 50_000_000))) as server:
        assert transport.send(post(server.url)).seen is Seen.OVERSIZE


@pytest.mark.parametrize(
    "answer",
    [
        gzipped(b"hello", times=2),
        http(200, b"hello", {"Content-Encoding": "br"}),
        http(200, b"hello", {"Content-Encoding": "gzip"}),
        http(200, gzip.compress(b"hello" * 100, mtime=0)[:-9], {"Content-Encoding": "gzip"}),
    ],
)
def test_an_answer_that_cannot_be_decoded_is_broken(
    transport: HttpTransport, answer: bytes
) -> None:
    with serve(say(answer)) as server:
        found = transport.send(post(server.url))

    assert (found.seen, found.status, found.body) == (Seen.BROKEN, 200, b"")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_reaches_another_host(transport: HttpTransport, status: int) -> None:
    with serve(say(http())) as other:
        location = {"Location": f"{other.url}rpc"}
        with serve(say(http(status, b"", location))) as server:
            found = transport.send(post(server.url))

    assert found.status == status
    assert other.bytes_in == b""


@pytest.mark.parametrize("trust_env", [False, True])
def test_loopback_never_goes_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    with serve(say(http(200, b"proxy"))) as proxy, serve(say(http(200, b"api"))) as server:
        _set_proxies(monkeypatch, proxy.port)
        with HttpTransport(trust_env=trust_env) as asked:
            found = asked.send(post(server.url))

    assert found.body == b"api"
    assert proxy.bytes_in == b""


@pytest.mark.parametrize("trust_env", [False, True])
def test_a_proxy_of_the_environment_is_used_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    with serve(say(http(407, b"who are you?"), close=True)) as proxy:
        _set_proxies(monkeypatch, proxy.port)
        with HttpTransport(trust_env=trust_env) as asked:
            found = asked.send(post("https://nonexistent.invalid/v1/"))

    assert found.seen is Seen.NOT_SENT
    assert (b"CONNECT nonexistent.invalid:443" in proxy.bytes_in) == trust_env
    assert CANARY.encode() not in proxy.bytes_in


def _set_proxies(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody signed, or a skip where openssl is missing."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs openssl")
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def test_a_certificate_that_nobody_signed_is_not_trusted(
    transport: HttpTransport, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Unlike other programs' defaults, not even when the environment says so."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    found = _send_to_tls(transport, certificate)

    assert found == Observation(Seen.UNTRUSTED, detail="ConnectError")
    assert not (tmp_path / "keys").exists()


def test_an_authority_of_the_environment_counts_when_asked(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    with HttpTransport(trust_env=True) as asked:
        found = _send_to_tls(asked, certificate)

    assert (found.seen, found.body) == (Seen.ANSWERED, b"over TLS")


def _send_to_tls(transport: HttpTransport, certificate: Path) -> Observation:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_shake_hands, args=(listener, context), daemon=True)
        thread.start()
        found = transport.send(post(f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        thread.join(5)
    return found


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as encrypted:
                received = b""
                while not received.endswith(b'{"id":1}'):
                    received += encrypted.recv(65536)
                encrypted.sendall(http(200, b"over TLS"))
        except OSError:
            return


def test_nothing_of_a_request_is_logged(
    transport: HttpTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(say(http(200, f"body {CANARY}".encode()))) as server:
        found = transport.send(post(server.url))

    assert CANARY not in caplog.text + repr(found) + repr(post("http://127.0.0.1/"))


def test_a_request_that_cannot_be_is_lost(transport: HttpTransport) -> None:
    with serve(say(http())) as server:
        request = Request("POST", server.url, {"X-Bad": "a\nb"}, b"")

        assert transport.send(request).seen is Seen.LOST
    assert server.bytes_in == b""


def test_a_bug_in_the_thread_reaches_the_caller(transport: HttpTransport) -> None:
    with pytest.raises(UnicodeEncodeError):
        transport.send(Request("POST", "http://127.0.0.1/", {"X": "€"}, b""))


def test_a_function_is_a_transport() -> None:
    def handle(
        method: str, url: str, headers: object, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        return 200, {"X-Seen": f"{method} {url}"}, body

    found = in_process(handle).send(Request("POST", "http://local/", {}, b"x"))

    expected = (("x-seen", "POST http://local/"),)
    assert found == Observation(Seen.ANSWERED, 200, expected, b"x")


def test_the_client_starts_without_the_http_library() -> None:
    code = "import sys, syncer.providers.clarify.client, syncer.transport.in_process\n"
    code += "sys.exit(bool({'httpx', 'ssl', 'asyncio'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
