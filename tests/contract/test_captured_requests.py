"""Requests as the official clients put them on the wire, recorded and replayed verbatim.

Recorded with pyclarify 0.7.0 and clarify-go v0.4.0 against a local server.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncer.emulator.credentials import make_credentials
from syncer.emulator.messages import Request, Response
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store

pytestmark = pytest.mark.contract

STAND = "c618rbfqfsj7mjkj0ss0"
PY = {"content-type": "application/json", "user-agent": "PyClarify/0.7.0", "x-api-version": "1.1"}
GO = {"Content-Type": "application/json", "User-Agent": "clarify-go/v0.4.0", "X-Api-Version": "1.1"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
CAPTURED = Path(__file__).with_name("captured")


class Wire:
    """The service, and the token of its one integration."""

    def __init__(self, store: Store) -> None:
        self.integration = store.ensure_integration(STAND, "stand")
        self.service = Service(store)

    def token(self, body: str, **headers: str) -> Response:
        return self.service.handle(
            Request("POST", "/v1/oauth/token", FORM | headers, body.encode())
        )

    def send(self, headers: dict[str, str], name: str) -> Any:
        """Return the answer to a recorded request, having got a token as pyclarify does."""
        body = (CAPTURED / f"{name}.json").read_bytes()
        answer = self.token(
            "grant_type=client_credentials"
            f"&client_id={self.integration.client_id}"
            f"&client_secret={self.integration.client_secret}"
            "&audience=http%3A%2F%2F127.0.0.1%3A8080%2Fv1%2F"
        )
        token = json.loads(answer.body)["access_token"]
        sent = headers | {"Authorization": f"Bearer {token}"}
        response = self.service.handle(Request("POST", "/v1/rpc", sent, body))
        assert response.status == 200
        return json.loads(response.body)


@pytest.fixture
def wire() -> Iterator[Wire]:
    store = open_store()
    yield Wire(store)
    store.close()


def test_pyclarify_saves(wire: Wire) -> None:
    answer = wire.send(PY, "pyclarify_save")

    identity = answer["result"]["signalsByInput"]["a"]["id"]
    summary = {"id": identity, "created": True, "updated": False}
    assert answer == {"jsonrpc": "2.0", "id": "1", "result": {"signalsByInput": {"a": summary}}}


def test_pyclarify_inserts(wire: Wire) -> None:
    answer = wire.send(PY, "pyclarify_insert")

    identity = answer["result"]["signalsByInput"]["a"]["id"]
    assert answer["result"] == {"signalsByInput": {"a": {"id": identity, "created": True}}}


def test_pyclarify_selects(wire: Wire) -> None:
    signals, items = wire.send(PY, "pyclarify_select"), wire.send(PY, "pyclarify_items")

    layout = {
        "dataAsArray": True,
        "groupIncludedByType": True,
        "flattenResourceFields": False,
        "includeResourceHashFields": True,
    }
    assert signals["result"] == {"meta": {"total": 0, "format": layout}, "data": []}
    assert items == {
        "jsonrpc": "2.0",
        "id": 0,
        "result": {"meta": {"total": -1, "format": layout}, "data": []},
    }


def test_clarify_go_gets_its_token_in_one_request(wire: Wire) -> None:
    integration = wire.integration
    pair = f"{integration.client_id}:{integration.client_secret}".encode()
    answer = wire.token(
        "audience=http%3A%2F%2F127.0.0.1%3A8080%2Fv1%2F&grant_type=client_credentials",
        Authorization=f"Basic {base64.b64encode(pair).decode()}",
    )

    assert answer.status == 200
    assert json.loads(answer.body).keys() == {
        "access_token",
        "expires_in",
        "token_type",
        "scope",
    }


def test_clarify_go_saves_inserts_and_selects(wire: Wire) -> None:
    saved, inserted, selected = (
        wire.send(GO, name)
        for name in ("clarify_go_save", "clarify_go_insert", "clarify_go_select")
    )

    assert saved["id"] == inserted["id"] == selected["id"] == 1
    [signal] = selected["result"]["data"]
    assert signal["attributes"] == {
        "name": "B",
        "description": "",
        "valueType": "numeric",
        "sourceType": "measurement",
        "engUnit": "",
        "sampleInterval": "PT15M",
        "gapDetection": "PT49H0.5S",
        "labels": {"l": ["x"]},
        "enumValues": {"0": "off"},
        "input": "b",
    }
    assert selected["result"]["meta"] == {
        "total": -1,
        "format": {"dataAsArray": True, "groupIncludedByType": False},
    }


def test_clarify_go_publishes_nothing(wire: Wire) -> None:
    answer = wire.send(GO, "clarify_go_publish_nothing")

    assert answer == {"jsonrpc": "2.0", "id": 1, "result": {"itemsBySignal": {}}}


def test_clarify_go_gets_errors_that_it_can_decode(wire: Wire) -> None:
    error = wire.send(GO, "clarify_go_or_bug")["error"]

    assert error["data"].keys() == {"trace", "params"}
    assert error["data"]["params"] == {
        "include.0": ["no enum values registered"],
        "query.filter.$or": ["must be an array of filters"],
    }


def test_credentials_documents_carry_what_clients_read(wire: Wire) -> None:
    documents = make_credentials(wire.integration, "http://127.0.0.1:8080/v1/")

    integration = wire.integration
    common = {"name": "stand", "apiUrl": "http://127.0.0.1:8080/v1/", "integration": STAND}
    assert documents == {
        "client-credentials": common
        | {
            "credentials": {
                "type": "client-credentials",
                "clientId": integration.client_id,
                "clientSecret": integration.client_secret,
            }
        },
        "basic-auth": common
        | {
            "credentials": {
                "type": "basic-auth",
                "clientId": STAND,
                "clientSecret": integration.password,
            }
        },
    }
