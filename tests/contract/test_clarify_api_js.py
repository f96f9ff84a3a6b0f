"""@clarify/api 0.3.0 from npm, unmodified, driven by node against the service on a real socket."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from syncer.emulator.credentials import make_credentials
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import open_store

pytestmark = pytest.mark.contract

STAND = "c618rbfqfsj7mjkj0ss0"
PACKAGES = ("@clarify/api@0.3.0", "node-fetch@2.7.0")
DRIVER = Path(__file__).with_name("clients") / "clarify_api.mjs"
SECONDS = 120


class Node:
    """The client in a process of its own, with the credentials that it reads."""

    def __init__(self, folder: Path, credentials: Mapping[str, object]) -> None:
        self.folder = folder
        self.credentials = credentials

    def run(self, *calls: object, **changes: object) -> list[Any]:
        """Return the answers to the calls: `{"result": ...}` or `{"error": ...}`."""
        given = {"credentials": {**self.credentials, **changes}, "calls": calls}
        done = subprocess.run(
            ["node", DRIVER.name],
            cwd=self.folder,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr
        answers: list[Any] = json.loads(done.stdout)
        return answers


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder that npm installed the client into, kept between test runs."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not found: the client runs in node")
    cache = request.config.cache
    assert cache is not None
    found = cache.mkdir("clarify-api-js-0.3.0")
    if not (found / "node_modules/@clarify/api/package.json").exists():
        (found / "package.json").write_text('{"private": true}')
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        done = subprocess.run(install, cwd=found, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stderr
    shutil.copy(DRIVER, found)
    return found


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, list[Service]]]:
    """One socket for all tests, as stopping takes a moment."""
    services: list[Service] = []
    with running(lambda request: services[-1].handle(request)) as url:
        yield url, services


@pytest.fixture
def node(folder: Path, address: tuple[str, list[Service]]) -> Iterator[Node]:
    url, services = address
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    services.append(Service(store, settings=Settings()))
    yield Node(folder, make_credentials(integration, url)["client-credentials"])
    store.close()


def perform(method: str, parameters: object, version: str = "1.1", identity: object = 1) -> object:
    return {"method": method, "version": version, "id": identity, "parameters": parameters}


def test_it_inserts_and_saves_and_reads_back(node: Node) -> None:
    times = ["2022-03-27T17:20:12.046+02:00", 1_648_394_413]
    signal = {"name": "Ice cream", "valueType": "enum", "enumValues": {"0": "ok"}}

    inserted, saved, again, read = node.run(
        ["insert", {"data": {"times": times, "series": {"data": [20.69027555977774, None]}}}],
        ["saveSignals", {"createOnly": False, "inputs": {"data": signal, "new": {}}}],
        ["saveSignals", {"createOnly": True, "inputs": {"data": {}}}],
        perform("admin.SelectSignals", {"integration": STAND}, "1.1beta2", "a"),
    )

    identity = inserted["result"]["signalsByInput"]["data"]["id"]
    assert inserted["result"]["signalsByInput"]["data"] == {"id": identity, "created": True}
    summaries = saved["result"]["signalsByInput"]
    assert summaries["data"] == {"id": identity, "created": False, "updated": True}
    assert (summaries["new"]["created"], summaries["new"]["updated"]) == (True, False)
    assert again["result"]["signalsByInput"]["data"]["updated"] is False
    [first, second] = read["result"]["data"]
    assert (first["id"], first["attributes"]["name"]) == (identity, "Ice cream")
    assert second["attributes"]["input"] == "new"


@pytest.mark.parametrize(
    "names", [("selectSignals", "publishSignals"), ("signals.select", "signals.publish")]
)
def test_it_publishes_and_selects(node: Node, names: tuple[str, str]) -> None:
    version = "1.2" if "." in names[0] else "1.1"
    select, publish = (f"admin.{name}" for name in names)
    [saved] = node.run(["saveSignals", {"createOnly": False, "inputs": {"a": {}}}])
    signal = saved["result"]["signalsByInput"]["a"]["id"]
    item = {"name": "Money", "visible": True}

    published, linked, items, old = node.run(
        perform(publish, {"integration": STAND, "itemsBySignal": {signal: item}}, version),
        perform(select, {"integration": STAND, "query": {"filter": {"id": signal}}}, version),
        ["selectItems", {"items": {"include": True, "filter": {"name": {"$regex": "^M"}}}}],
        [
            "selectItems",
            {"items": {"include": False}, "data": {"include": True, "rollup": None}},
        ],
    )

    identity = published["result"]["itemsBySignal"][signal]["id"]
    [found] = linked["result"]["data"]
    assert found["relationships"]["item"]["data"] == {"type": "items", "id": identity}
    assert items["result"]["items"][identity]["attributes"]["name"] == "Money"
    assert old["result"].keys() == {"items", "data"}


def test_it_understands_errors(node: Node) -> None:
    invalid, unknown = node.run(
        ["insert", {"data": {"times": [], "series": {"a": [1]}}}],
        perform("integration.Nothing", {}),
    )

    assert (invalid["error"]["name"], invalid["error"]["type"]) == ("RPCError", "invalidParams")
    found = {"path": "params.data.series.a", "error": "not same length as times"}
    assert invalid["error"]["data"] == {"pathErrors": [found]}
    assert unknown["error"]["type"] == "methodNotFound"


def test_it_gets_no_token_with_a_wrong_secret(node: Node) -> None:
    wrong = {"type": "client-credentials", "clientId": "x", "clientSecret": "y"}

    [refused] = node.run(["selectItems", {"items": {"include": True}}], credentials=wrong)

    assert refused["error"]["message"] == "Unknown payload"
