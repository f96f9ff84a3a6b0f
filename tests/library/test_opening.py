"""How a client is opened: credentials in every form, and what is refused."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from syncer import (
    AccessDenied,
    ApiRejection,
    ApiVersionError,
    Client,
    InvalidInput,
    OutcomeUnknown,
    Signal,
)
from syncer.emulator.credentials import make_credentials
from syncer.providers.clarify.opening import Options
from tests.library.site import STAND, Site
from tests.transport.server import Server, http, reset, result, say, serve


@pytest.mark.parametrize("kind", ["client-credentials", "basic-auth"])
def test_credentials_come_as_a_path_as_text_or_as_a_mapping(
    site: Site, tmp_path: Path, kind: str
) -> None:
    document = make_credentials(site.integration, site.url)[kind]
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(document))

    for source in (path, str(path), json.dumps(document, indent=1), document):
        with Client(source) as client:
            assert client.select_signals().data == ()
            assert client.integration == STAND


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nothing/here.json", "there is no such file"),
        ("/", "no credentials file"),
        ("x" * 5000, "cannot be read"),
        ("{", "not JSON"),
        ({"apiUrl": "https://api.clarify.io/v1/"}, "credentials is not a JSON object"),
    ],
)
def test_credentials_that_are_none_are_refused(source: Any, message: str) -> None:
    with pytest.raises(AccessDenied, match=message):
        Client(source)


def test_other_things_are_no_credentials() -> None:
    nothing: Any = 7

    with pytest.raises(InvalidInput, match="a path, JSON text or a mapping"):
        Client(nothing)


def test_the_secret_goes_to_known_servers_only(site: Site) -> None:
    document = {**site.credentials, "apiUrl": "https://clarify.example.com/v1/"}

    with pytest.raises(AccessDenied, match="may receive credentials"):
        Client(document)
    Client(document, allowed_origins=["https://clarify.example.com"]).close()
    with pytest.raises(AccessDenied, match="different servers"):
        Client(site.credentials, admin={**site.credentials, "apiUrl": "https://api.clarify.io/v1/"})


@pytest.mark.parametrize("version", ["1.0", "9.9", "1.2rc1"])
def test_a_version_that_is_not_spoken_is_refused(site: Site, version: str) -> None:
    with pytest.raises(ApiVersionError, match="is not supported"):
        Client(site.credentials, version)


@pytest.mark.parametrize(
    "options",
    [{"timeout": 0}, {"timeout": float("nan")}, {"selects_per_second": -1}],
)
def test_wrong_options_are_refused(site: Site, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Client(site.credentials, **options)


def test_a_client_tells_what_it_is_but_not_its_secret(site: Site) -> None:
    client = site.client("1.2")

    assert repr(client) == f"<syncer.Client of integration {STAND}, API 1.2>"
    assert client.api_version == "1.2"
    assert site.integration.password not in repr(vars(client))


def test_threads_share_a_client(site: Site) -> None:
    client = site.client()
    client.save_signals(["a"], [Signal(name="A")])

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: len(client.select_signals()), range(40)))

    assert read == [1] * 40


@contextmanager
def scripted(*steps: Any) -> Iterator[tuple[Server, dict[str, Any]]]:
    with serve(*steps) as server:
        secret = {"type": "basic-auth", "clientId": STAND, "clientSecret": "secret"}
        yield server, {"apiUrl": server.url, "integration": STAND, "credentials": secret}


def test_connections_are_used_again(site: Site) -> None:
    counted: list[int] = []
    page = {"meta": {"total": 0}, "data": []}

    def step(connection: socket.socket) -> None:
        counted.append(threading.get_ident())
        body = json.loads(server.received[-1].body)
        connection.sendall(result(page, body["id"]))

    with scripted(step) as (server, document), Client(document) as client:
        for _ in range(5):
            client.select_signals()

        assert (server.connections, len(counted)) == (1, 5)


def test_a_reset_write_is_not_sent_again() -> None:
    with scripted(reset) as (server, document), Client(document) as client:
        with pytest.raises(OutcomeUnknown):
            client.save_signals(["a"], [Signal(name="A")])

        assert len(server.received) == 1


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    done = threading.Event()

    def silent(_: socket.socket) -> None:
        done.wait(5)

    with scripted(silent) as (_, document), Client(document, timeout=0.2) as client:
        with pytest.raises(OutcomeUnknown, match="no complete answer came in time"):
            client.save_signals(["a"], [Signal(name="A")])
        done.set()


def test_a_client_over_an_open_connection_closes_it(site: Site) -> None:
    closed: list[bool] = []
    opened = site.client()

    with Client.over(opened._api, close=lambda: closed.append(True)) as client:
        assert client.select_items().data == ()

    assert closed == [True]


def test_the_pace_is_the_apis_own() -> None:
    options = Options()

    assert (options.selects_per_second, options.writes_per_second) == (10.0, 1.0)


def test_words_of_the_server_are_said() -> None:
    refusal = http(400, b"Version matching X-API-Version header not found")
    with (
        scripted(say(refusal)) as (_, document),
        Client(document) as client,
        pytest.raises(ApiRejection, match="X-API-Version header not found"),
    ):
        client.select_items()
