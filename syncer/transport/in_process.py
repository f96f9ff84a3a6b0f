"""A transport that calls a function: no socket, no thread, no HTTP library."""

from dataclasses import dataclass

from syncer.transport.messages import Handle, Observation, Request, Seen, Transport


def in_process(handle: Handle) -> Transport:
    """Return the transport that answers with what `handle(method, url, headers, body)` returns."""
    return _InProcess(handle)


@dataclass(frozen=True, slots=True)
class _InProcess:
    handle: Handle

    def send(self, request: Request) -> Observation:
        status, headers, body = self.handle(
            request.method, request.url, request.headers, request.body
        )
        named = tuple((name.lower(), value) for name, value in headers.items())
        return Observation(Seen.ANSWERED, status, named, body)
