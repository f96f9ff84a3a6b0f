"""The client against the embedded service: in process, and over a socket."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from syncer.emulator.credentials import make_credentials
from syncer.emulator.messages import Request, Response
from syncer.emulator.records import Integration
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import Store, open_store
from syncer.errors import AccessDenied
from syncer.providers.clarify.client import Client
from syncer.redaction import Redactor
from syncer.transport.credentials import parse_credentials
from syncer.transport.failures import ApiRejection
from syncer.transport.http import HttpTransport
from syncer.transport.in_process import in_process
from syncer.transport.messages import Transport
from tests.transport.fakes import INTEGRATION, Highest, VirtualClock

FULL: dict[str, object] = {
    "name": "Amount",
    "description": "Counted, manually",
    "valueType": "enum",
    "sourceType": "aggregation",
    "engUnit": "°C",
    "sampleInterval": "PT15M",
    "gapDetection": None,
    "labels": {"site": ["Pier", "Yacht"]},
    "enumValues": {"0": "ok", "1": "on fire"},
    "annotations": {"acme/plc": "7"},
}
VERSIONS = ["1.1", "1.1beta2", "1.2"]


class Site:
    """One integration of a fresh service, in process."""

    def __init__(self, store: Store, settings: Settings | None = None) -> None:
        self.integration = store.ensure_integration(INTEGRATION, "stand")
        self.service = Service(store, settings=settings)
        self.requests = 0

    def handle(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        self.requests += 1
        answer: Response = self.service.handle(Request(method, urlsplit(url).path, headers, body))
        return answer.status, answer.headers, answer.body

    def client(self, kind: str = "basic-auth", version: str = "1.1") -> Client:
        return connect(
            self.integration, "http://127.0.0.1/v1/", in_process(self.handle), kind, version
        )


def connect(
    integration: Integration, url: str, transport: Transport, kind: str, version: str = "1.1"
) -> Client:
    text = json.dumps(make_credentials(integration, url)[kind])
    credentials = parse_credentials(text, kind)
    return Client(
        credentials,
        transport,
        clock=VirtualClock(),
        rng=Highest(),
        redactor=Redactor(),
        api_version=version,
        label="CLARIFY_STAND",
    )


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["basic-auth", "client-credentials"])
def test_a_full_view_comes_back_as_it_was_saved(site: Site, kind: str, version: str) -> None:
    client = site.client(kind, version)

    saved = client.save_signals(INTEGRATION, {"a/1": FULL}, create_only=True)
    rows = client.select_signals(INTEGRATION)

    assert saved["a/1"].created
    assert [(row.id, row.input, row.item_id) for row in rows] == [(saved["a/1"].id, "a/1", None)]
    assert rows[0].fields == FULL
    assert rows[0].integration_id in (None, INTEGRATION)
    assert len(rows[0].hash) == 40


@pytest.mark.parametrize("version", VERSIONS)
def test_a_published_signal_knows_its_item(site: Site, version: str) -> None:
    client = site.client(version=version)
    signal = client.save_signals(INTEGRATION, {"a": FULL}, create_only=True)["a"]

    view = {**FULL, "visible": True, "gapDetection": "PT1H30M"}
    item = client.publish_signals(INTEGRATION, {signal.id: view}, create_only=True)[signal.id]

    assert item.created
    assert client.select_signals(INTEGRATION)[0].item_id == item.id
    rows = client.select_items({"id": {"$in": [item.id]}})
    assert [(row.id, row.fields) for row in rows] == [(item.id, view)]


def test_create_only_leaves_an_existing_signal_alone(site: Site) -> None:
    client = site.client()
    client.save_signals(INTEGRATION, {"a": {"name": "First"}}, create_only=True)

    again = client.save_signals(INTEGRATION, {"a": {"name": "Second"}}, create_only=True)

    assert (again["a"].created, again["a"].updated) == (False, False)
    assert client.select_signals(INTEGRATION)[0].fields["name"] == "First"


def test_an_empty_annotation_is_removed(site: Site) -> None:
    client = site.client()
    client.save_signals(INTEGRATION, {"a": FULL}, create_only=False)

    client.save_signals(
        INTEGRATION, {"a": {**FULL, "annotations": {"acme/plc": ""}}}, create_only=False
    )

    assert client.select_signals(INTEGRATION)[0].fields["annotations"] == {}


def test_a_listing_takes_one_request_a_page(site: Site) -> None:
    client = site.client()
    keys = [f"tag-{number:04}" for number in range(2000)]
    for start in range(0, 2000, 500):
        views = {key: {"name": key} for key in keys[start : start + 500]}
        client.save_signals(INTEGRATION, views, create_only=True)
    site.requests = 0

    rows = client.select_signals(INTEGRATION)

    assert sorted(row.input for row in rows) == keys
    assert site.requests == 2


def test_a_rejected_view_is_told_by_path(site: Site) -> None:
    with pytest.raises(ApiRejection) as caught:
        site.client().save_signals(INTEGRATION, {"a": {"name": "x" * 2000}}, create_only=True)

    assert any("signalsByInput" in path and "a" in path for path in caught.value.details)


def test_wrong_credentials_are_refused(site: Site) -> None:
    client = site.client("client-credentials")
    stranger = connect(
        replace(site.integration, client_secret="wrong-secret"),  # noqa: S106 - no real one
        "http://127.0.0.1/v1/",
        in_process(site.handle),
        "client-credentials",
    )

    assert client.select_items() == []
    with pytest.raises(AccessDenied) as caught:
        stranger.select_items()
    assert caught.value.findings[0].code == "CRD-REFUSED"
    assert "CLARIFY_STAND" in caught.value.findings[0].hint


@pytest.mark.parametrize("kind", ["basic-auth", "client-credentials"])
def test_the_client_works_over_a_socket(store: Store, kind: str) -> None:
    site = Site(store)
    with running(site.service.handle) as url, HttpTransport() as transport:
        client = connect(site.integration, url, transport, kind)
        client.save_signals(INTEGRATION, {"a": FULL}, create_only=True)

        assert client.select_signals(INTEGRATION)[0].fields == FULL
