"""What a client in the same process gets of a response that a fault delivers.

In: a response. Out: the same, or what a socket would make of it: a shorter body, or the exception
of a lost connection. Nobody waits.
"""

from dataclasses import replace

from syncer.emulator.messages import Ending, Response


def receive(response: Response) -> Response:
    """Return what arrives; raises ConnectionResetError, ConnectionError or TimeoutError."""
    delivery = response.delivery
    if delivery is None:
        return response
    if delivery.late is not None:
        return receive(delivery.late())
    if delivery.ending is Ending.RESET:
        raise ConnectionResetError("the connection was reset")
    if delivery.ending is Ending.SILENT:
        raise TimeoutError("nothing more was sent")
    body = response.body[: delivery.sent_bytes]
    if delivery.has_length and len(body) < len(response.body):
        raise ConnectionError("the body ended early")
    return replace(response, body=body, delivery=None)
