"""A driver for the service in process: short calls in, decoded answers out."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from syncer.emulator.messages import Request, Response
from syncer.emulator.records import Integration
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import Store, open_store

STAND = "c618rbfqfsj7mjkj0ss0"
OTHER = "c7a1bbfqfsj7mjkj0ss0"
START = 1_700_000_000_000_000


class Clarify:
    """The service over a store, with a clock that stands still until it is moved."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.now = START
        self.caller = store.ensure_integration(STAND, "stand")
        store.ensure_integration(OTHER, "other")
        self.service = Service(store, settings=settings, clock=lambda: self.now)

    def use(self, settings: Settings) -> "Clarify":
        self.service = Service(self.store, settings=settings, clock=lambda: self.now)
        return self

    def become(self, integration: str) -> Integration:
        found = self.store.integration(integration)
        assert found is not None
        self.caller = found
        return found

    def post(self, body: object, **headers: str) -> Response:
        """Send a body, JSON unless it is bytes already; `user_agent` names a header."""
        sent = {
            "authorization": basic(self.caller.id, self.caller.password),
            "content-type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.service.handle(Request("POST", "/v1/rpc", sent, data))

    def answer(self, method: str, params: object, version: str = "1.1", **headers: str) -> Any:
        """Return the decoded answer to a call."""
        body = {"jsonrpc": "2.0", "method": method, "id": 1, "params": params}
        response = self.post(body, x_api_version=version, **headers)
        assert response.status == 200, response
        return json.loads(response.body)

    def call(self, method: str, params: object, version: str = "1.1", **headers: str) -> Any:
        """Return the result of a call that must succeed."""
        answer = self.answer(method, params, version, **headers)
        assert "error" not in answer, answer
        return answer["result"]

    def refusal(self, method: str, params: object, version: str = "1.1") -> Any:
        """Return the paths and messages of a call that must be refused as invalid."""
        error = self.answer(method, params, version)["error"]
        assert (error["code"], error["message"]) == (-32602, "Invalid params")
        return {found["path"]: found["error"] for found in error["data"]["pathErrors"]}

    def save(self, signals: Mapping[str, object], version: str = "1.1", **params: object) -> Any:
        """Save signals of the caller and return the summaries."""
        given = {"integration": self.caller.id, "signalsByInput": signals} | params
        return self.call("integration.saveSignals", given, version)["signalsByInput"]

    def save_ids(self, *inputs: str) -> list[str]:
        """Create signals with default attributes and return their IDs."""
        saved = self.save({name: {} for name in inputs})
        return [saved[name]["id"] for name in inputs]

    def publish(self, items: Mapping[str, object], **params: object) -> Any:
        """Publish signals of the caller and return the summaries."""
        given = {"integration": self.caller.id, "itemsBySignal": items} | params
        return self.call("admin.publishSignals", given)["itemsBySignal"]

    def signals(self, version: str = "1.1", **query: object) -> Any:
        """Return the selected signals of the caller."""
        given = {"integration": self.caller.id, "query": query}
        return self.call("admin.selectSignals", given, version)["data"]

    def items(self, version: str = "1.1", **query: object) -> Any:
        """Return the selected items."""
        return self.call("clarify.selectItems", {"query": query}, version)["data"]

    def inputs(self, **query: Any) -> list[str]:
        """Return the inputs of the selected signals."""
        return [signal["attributes"]["input"] for signal in self.signals(**query)]


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def clarify() -> Iterator[Clarify]:
    store = open_store()
    yield Clarify(store, Settings())
    store.close()
