"""The embedded Clarify that the library talks to: one socket, a fresh service for each test."""

from collections.abc import Iterator

import pytest

from syncer import Client
from syncer.emulator.server import Handler, running
from syncer.emulator.store import open_store
from tests.library.site import Site


@pytest.fixture(scope="session")
def socket() -> Iterator[tuple[str, list[Handler]]]:
    """One socket for all tests, as stopping takes a moment, and its handler of the day."""
    handlers: list[Handler] = []
    with running(lambda request: handlers[-1](request)) as url:
        yield url, handlers


@pytest.fixture
def site(socket: tuple[str, list[Handler]]) -> Iterator[Site]:
    url, handlers = socket
    store = open_store()
    made = Site(store, url)
    handlers.append(made.handle)
    yield made
    for client in made.clients:
        client.close()
    store.close()


@pytest.fixture
def client(site: Site) -> Client:
    return site.client()
