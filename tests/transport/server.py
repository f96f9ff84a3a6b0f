"""A server on 127.0.0.1 that answers what a test scripts, byte for byte, and records requests."""

import gzip
import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Step = Callable[[socket.socket], None]


@dataclass
class Received:
    head: str
    body: bytes

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


@dataclass
class Server:
    url: str
    port: int
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    bytes_in: bytes = b""


def http(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer with its length."""
    named = {"Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body


def gzipped(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body, 1)
    return http(200, body, {"Content-Encoding": ", ".join(["gzip"] * times)})


def result(value: object, request_id: object) -> bytes:
    return http(200, json.dumps({"jsonrpc": "2.0", "id": request_id, "result": value}).encode())


def say(data: bytes, *, close: bool = False) -> Step:
    def step(connection: socket.socket) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return step


def drip(data: bytes, seconds: float) -> Step:
    def step(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(seconds)  # noqa: TID251 - a slow server is what is tested

    return step


def reset(connection: socket.socket) -> None:
    """Close so that the other side reads a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def serve(*steps: Step) -> Iterator[Server]:
    """Serve: each request takes the next step, the last one for ever."""
    remaining = list(steps)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            state.connections += 1
            try:
                while (request := _read(self.request, state)) is not None:
                    state.received.append(request)
                    (remaining.pop(0) if len(remaining) > 1 else remaining[0])(self.request)
            except OSError:
                return

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Listener(("127.0.0.1", 0), Handler) as listener:
        port = listener.server_address[1]
        state = Server(f"http://127.0.0.1:{port}/v1/", port)
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield state
        listener.shutdown()


def _read(connection: socket.socket, state: Server) -> Received | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        state.bytes_in += chunk
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    received = Received(head.decode("latin-1"), b"")
    length = int(received.header("content-length") or 0)
    while len(body) < length:
        body += connection.recv(65536)
    received.body = body
    return received
