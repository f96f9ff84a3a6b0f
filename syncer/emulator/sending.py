"""Responses that are sent late, slowly, or not to their end.

In: a response with a delivery, and the connection. Out: the bytes on the wire, below the HTTP
server, which would never send half an answer.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.client import responses

from syncer.emulator.messages import Delivery, Ending, Response

_POLL_SECONDS = 0.05
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Wire:
    """One connection, and whether its client or this server has had enough."""

    transport: asyncio.Transport
    wait_for_leave: Callable[[], Awaitable[object]]
    """Returns when the client has left."""
    is_stopping: Callable[[], bool]


async def hold(wire: Wire, seconds: float | None) -> bool:
    """Wait, without an end for None; tell whether the connection is still there."""
    leaving = asyncio.ensure_future(wire.wait_for_leave())
    loop = asyncio.get_running_loop()
    end = None if seconds is None else loop.time() + seconds
    try:
        while not wire.is_stopping():
            left = _POLL_SECONDS if end is None else min(_POLL_SECONDS, end - loop.time())
            if left <= 0:
                return True
            await asyncio.wait({leaving}, timeout=left)
            if leaving.done():
                return False
        return False
    finally:
        leaving.cancel()


async def send_raw(wire: Wire, response: Response, delivery: Delivery) -> None:
    """Send what the delivery says, and end the connection as it says."""
    body = response.body[: delivery.sent_bytes]
    if delivery.has_head:
        wire.transport.write(_write_head(response, delivery))
    size = delivery.chunk_bytes or max(len(body), 1)
    is_there = True
    for start in range(0, len(body), size):
        if start:
            is_there = await hold(wire, delivery.chunk_seconds)
        if not is_there:
            break
        wire.transport.write(body[start : start + size])
    if delivery.ending is Ending.SILENT and is_there:
        await hold(wire, None)
    await _end(wire, delivery.ending)


async def drop(wire: Wire) -> None:
    """End the connection at once."""
    wire.transport.abort()
    await wire.wait_for_leave()


async def _end(wire: Wire, ending: Ending) -> None:
    if ending is Ending.RESET:
        # What was written is on its way before the reset: nothing else empties the buffer.
        while wire.transport.get_write_buffer_size() and not wire.is_stopping():
            await asyncio.sleep(_POLL_SECONDS)
        found = wire.transport.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        wire.transport.abort()
    else:
        wire.transport.close()
    await wire.wait_for_leave()


def _write_head(response: Response, delivery: Delivery) -> bytes:
    headers = {**response.headers, "connection": "close"}
    if delivery.has_length:
        headers["content-length"] = str(len(response.body))
    lines = [f"HTTP/1.1 {response.status} {responses.get(response.status, '')}"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()
