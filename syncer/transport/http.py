"""Bytes over HTTP, and nothing more: one request in, one observation out. Shell.

The only home of httpx, and slow to import, so only what really opens a socket imports it.
No redirect is followed, no cookie kept, no environment read unless asked, nothing logged.
"""

import ssl
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from urllib.parse import urlsplit

import certifi
import httpx

from syncer.transport.credentials import is_loopback
from syncer.transport.messages import Headers, Observation, Request, Seen


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take, in seconds, and how much it may answer, decoded."""

    connect: float = 5.0
    write: float = 20.0
    read: float = 30.0
    deadline: float = 60.0
    max_bytes: int = 64 << 20


class HttpTransport:
    """Sends requests over kept-alive connections; close it, or use it in a `with`."""

    def __init__(self, *, trust_env: bool = False, limits: Limits | None = None) -> None:
        self._trust_env = trust_env
        self._limits = limits or Limits()
        self._clients: dict[tuple[bool, bool], httpx.Client] = {}

    def send(self, request: Request) -> Observation:
        """Return what came of the request, within the deadline whatever the server does."""
        # httpx's timeouts are per read: a server that drips a byte now and then outlives them
        # (measured with httpx 0.28.1), and name resolution has none. So a thread of its own does
        # the work and is left behind when the deadline passes.
        abandoned = threading.Event()
        exchange = _Exchange(request, self._limits.max_bytes, abandoned)
        work = partial(exchange.run, self._client_for(request.url))
        future: Future[Observation] = Future()
        threading.Thread(target=_resolve, args=(future, work), daemon=True).start()
        try:
            return future.result(min(self._limits.deadline, request.seconds))
        except TimeoutError:
            return Observation(Seen.TIMED_OUT, detail="deadline")
        finally:
            if not future.done():
                abandoned.set()
                self.close()

    def close(self) -> None:
        """Close every connection; a request that is still under way fails."""
        while self._clients:
            self._clients.popitem()[1].close()

    def __enter__(self) -> "HttpTransport":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _client_for(self, url: str) -> httpx.Client:
        parts = urlsplit(url)
        # Loopback never goes through a proxy, which would see the token.
        proxied = self._trust_env and not is_loopback(parts.hostname or "")
        sort = (parts.scheme == "https", proxied)
        if sort not in self._clients:
            self._clients[sort] = self._open(*sort)
        return self._clients[sort]

    def _open(self, encrypted: bool, proxied: bool) -> httpx.Client:
        limits = self._limits
        return httpx.Client(
            verify=_tls(self._trust_env) if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=proxied,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.connect, read=limits.read, write=limits.write),
        )


def _tls(trust_env: bool) -> ssl.SSLContext:
    # Not ssl.create_default_context: that writes the session's keys where SSLKEYLOGFILE says.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    if trust_env:
        context.load_default_certs()
    return context


def _resolve(future: Future[Observation], work: Callable[[], Observation]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
        future.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Exchange:
    request: Request
    max_bytes: int
    abandoned: threading.Event

    def run(self, client: httpx.Client) -> Observation:
        try:
            with client.stream(
                self.request.method,
                self.request.url,
                headers={**self.request.headers, "Accept-Encoding": "gzip"},
                content=self.request.body,
                extensions={"trace": self._check},
            ) as response:
                return _read(response, self.max_bytes)
        except httpx.HTTPError as error:
            return Observation(_how_far(error), detail=type(error).__name__)
        finally:
            client.cookies.clear()

    def _check(self, step: str, _: object) -> None:
        # A name that resolves too late must not send a write that was given up meanwhile.
        if step.endswith("send_request_headers.started") and self.abandoned.is_set():
            raise httpx.WriteError(step)


def _read(response: httpx.Response, max_bytes: int) -> Observation:
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    seen, body, detail = Seen.ANSWERED, b"", ""
    try:
        body = _decoded(response, headers, max_bytes)
    except httpx.TimeoutException as error:
        seen, detail = Seen.TIMED_OUT, type(error).__name__
    except (httpx.HTTPError, zlib.error) as error:
        seen, detail = Seen.BROKEN, type(error).__name__
    if len(body) > max_bytes:
        seen, body = Seen.OVERSIZE, b""
    return Observation(seen, response.status_code, headers, body, detail)


def _decoded(response: httpx.Response, headers: Headers, max_bytes: int) -> bytes:
    # httpx decodes whole chunks, layer upon layer; this never holds more than one byte too many.
    encodings = [value.strip().lower() for name, value in headers if name == "content-encoding"]
    inflate = zlib.decompressobj(wbits=31) if encodings == ["gzip"] else None
    if inflate is None and any(encoding not in ("", "identity") for encoding in encodings):
        raise zlib.error
    body = bytearray()
    for chunk in response.iter_raw():
        room = max_bytes + 1 - len(body)
        body += inflate.decompress(chunk, room) if inflate else chunk[:room]
        if len(body) > max_bytes:
            return bytes(body)
    if inflate is not None and not inflate.eof:
        raise zlib.error
    return bytes(body)


def _how_far(error: httpx.HTTPError) -> Seen:
    match error:
        case httpx.ConnectError() if _is_tls(error):
            return Seen.UNTRUSTED
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Seen.NOT_SENT
        case httpx.ProxyError() | httpx.UnsupportedProtocol():
            return Seen.NOT_SENT
        case httpx.TimeoutException():
            return Seen.TIMED_OUT
        case _:
            return Seen.LOST


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
