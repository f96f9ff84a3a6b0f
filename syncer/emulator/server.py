"""The service on a socket.

In: a handler and an address. Out: a running server, until a signal or its caller stops it. A
server on loopback answers only requests that name loopback, so that no web page can reach it
through a name of its own (DNS rebinding); there is no CORS.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TypeAlias

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncer.emulator.binding import bind, is_loopback
from syncer.emulator.messages import Delivery, Ending, Request, Response, text_response
from syncer.emulator.sending import Wire, drop, hold, send_raw

MOST_BODY_BYTES = 16 * 1024 * 1024

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GRACE_SECONDS = 2
# A client that pauses between calls should not meet a connection that is just being closed.
_KEEP_ALIVE_SECONDS = 75

Handler: TypeAlias = Callable[[Request], Response]
Early: TypeAlias = Callable[[Request], Response | None]
"""Answers a request before its body is read, or lets it pass."""


def serve(
    handler: Handler,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    on_ready: Callable[[str], None] = lambda _url: None,
    early: Early = lambda _request: None,
) -> int | None:
    """Serve until SIGINT or SIGTERM, and return that signal's number.

    `on_ready` gets the API's URL (`http://127.0.0.1:PORT/v1/`) as soon as it answers. Port 0 takes
    a free one. Raises OSError when the address cannot be bound.
    """
    with bind(host, port) as listener:
        server = _Server(_App(handler, early), host, listener, on_ready)
        server.run([listener])
    return server.stopped_by


@contextmanager
def running(
    handler: Handler,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    early: Early = lambda _request: None,
) -> Iterator[str]:
    """Serve from a thread while the block runs, and give the API's URL."""
    with bind(host, port) as listener:
        ready = threading.Event()
        server = _Server(_App(handler, early), host, listener, lambda _url: ready.set())

        def run() -> None:
            try:
                server.run([listener])
            finally:
                ready.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        ready.wait()
        try:
            yield server.url
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it is ready, and survives its signals."""

    def __init__(
        self,
        app: "_App",
        host: str,
        listener: socket.socket,
        on_ready: Callable[[str], None],
    ) -> None:
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{listener.getsockname()[1]}/v1/"
        self.stopped_by: int | None = None
        self._on_ready = on_ready
        app.allowed_names = _LOOPBACK_NAMES | {name} if is_loopback(host) else frozenset[str]()
        app.is_stopping = lambda: self.should_exit
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                http=_Protocol,
                proxy_headers=False,
                loop="asyncio",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready(self.url)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal; uvicorn would raise it again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stopped_by = sig
        super().handle_exit(sig, frame)


class _App:
    """The handler as an ASGI application, which reads bodies of a bounded size."""

    def __init__(self, handler: Handler, early: Early) -> None:
        self._handler = handler
        self._early = early
        self.allowed_names = frozenset[str]()
        self.is_stopping: Callable[[], bool] = lambda: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        if response.delivery:
            wire = _make_wire(scope, receive, self.is_stopping)
            delivered = await _deliver(wire, response, response.delivery)
            if delivered is None:
                return
            response = delivered
        sent = HttpResponse(response.body, response.status)
        # Starlette adds a content type and a length of 0 to answers that have no body.
        headers = dict(response.headers)
        if response.status != 204:
            headers["content-length"] = str(len(response.body))
        sent.raw_headers = [(key.encode(), text.encode()) for key, text in headers.items()]
        await sent(scope, receive, send)

    async def _answer(self, request: HttpRequest) -> Response:
        if self.allowed_names and self._name(request) not in self.allowed_names:
            return text_response(403, "Host not allowed")
        head = Request(request.method, request.scope["path"], dict(request.headers))
        found = self._early(head)
        if found:
            return found
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY_BYTES:
                return text_response(413, "Request Entity Too Large")
        # One request at a time, on the event loop's own thread: a call takes milliseconds, and
        # the store is one file.
        return self._handler(replace(head, body=bytes(body)))

    @staticmethod
    def _name(request: HttpRequest) -> str:
        host = request.headers.get("host", "").lower()
        name, _, port = host.rpartition(":")
        return name if port.isdecimal() else host


class _Protocol(H11Protocol):
    """HTTP that shows the application its connection, for answers that break it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a socket's always is
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _make_wire(scope: Scope, receive: Receive, is_stopping: Callable[[], bool]) -> Wire:
    async def wait_for_leave() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    return Wire(scope["state"]["transport"], wait_for_leave, is_stopping)


async def _deliver(wire: Wire, response: Response, delivery: Delivery) -> Response | None:
    """Return the response that is left to be sent as usual, None when all is done."""
    if delivery.wait_seconds and not await hold(wire, delivery.wait_seconds):
        await drop(wire)
        return None
    if delivery.late:
        return delivery.late()
    is_plain = delivery.ending is Ending.KEPT and not delivery.chunk_bytes
    if is_plain:
        return response
    await send_raw(wire, response, delivery)
    return None
