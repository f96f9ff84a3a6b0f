"""An embedded Clarify on a socket that records what it is asked and fails when told."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from syncer import Client
from syncer.emulator.credentials import make_credentials
from syncer.emulator.messages import Request, Response, json_response
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import Store

STAND = "c618rbfqfsj7mjkj0ss0"
OTHER = "c7a1bbfqfsj7mjkj0ss0"
Fault = Callable[[dict[str, Any]], Response | None]


@dataclass
class Site:
    """One integration of a fresh service, its credentials, and every call that came in."""

    store: Store
    url: str
    settings: Settings = field(default_factory=Settings)
    calls: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.integration = self.store.ensure_integration(STAND, "stand")
        self.other = self.store.ensure_integration(OTHER, "other")

    def handle(self, request: Request) -> Response:
        if not request.path.endswith("/rpc"):
            return self._service().handle(request)
        call = json.loads(request.body)
        self.calls.append(call)
        self.sizes.append(len(request.body))
        fault = self.faults.pop(0) if self.faults else None
        failed = fault(call) if fault else None
        return failed or self._service().handle(request)

    @property
    def credentials(self) -> dict[str, Any]:
        made: dict[str, Any] = dict(make_credentials(self.integration, self.url)["basic-auth"])
        return made

    @property
    def other_credentials(self) -> dict[str, Any]:
        made: dict[str, Any] = dict(make_credentials(self.other, self.url)["basic-auth"])
        return made

    def client(self, version: str | None = None, **options: Any) -> Client:
        made = Client(self.credentials, version, **options)
        self.clients.append(made)
        return made

    def methods(self) -> list[str]:
        return [call["method"] for call in self.calls]

    def params(self) -> list[Any]:
        return [call["params"] for call in self.calls]

    def forget(self) -> None:
        self.calls.clear()
        self.sizes.clear()

    def _service(self) -> Service:
        return Service(self.store, settings=self.settings)


def fine(_: dict[str, Any]) -> None:
    """A call that goes well."""


def status(code: int, body: bytes = b"no") -> Fault:
    return lambda _: Response(code, {"content-type": "text/plain"}, body)


def answer(result: object) -> Fault:
    return lambda call: _reply(call, "result", result)


def rpc_error(code: int, message: str, data: object = None) -> Fault:
    error = {"code": code, "message": message, "data": data}
    return lambda call: _reply(call, "error", error)


def _reply(call: dict[str, Any], name: str, value: object) -> Response:
    return json_response(200, json.dumps({"jsonrpc": "2.0", "id": call["id"], name: value}))
