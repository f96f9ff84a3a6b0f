"""People who change things in Clarify behind syncer's back: a client of their own, on local.db."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from syncer.cli.local import local_integration, opened
from syncer.emulator.messages import Request
from syncer.emulator.service import Service
from syncer.providers.clarify.client import Client
from syncer.redaction import Redactor
from syncer.transport.credentials import password_credentials
from syncer.transport.in_process import in_process
from tests.e2e.command import Folder
from tests.transport.fakes import Highest, VirtualClock

View: TypeAlias = dict[str, object]
INTEGRATION = local_integration("stand", "pier")


def change_signal(folder: Folder, key: str, **fields: object) -> None:
    """Save a signal as a script does: everything it read, with some fields changed."""
    with _client(folder.path) as client:
        views = {row.input: row.fields for row in client.select_signals(INTEGRATION)}
        saved = {key: {**views.get(key, {}), **fields}}
        client.save_signals(INTEGRATION, saved, create_only=False)


def change_item(folder: Folder, key: str, **fields: object) -> None:
    """Publish the item of a signal again, with some fields changed."""
    with _client(folder.path) as client:
        signal = next(s for s in client.select_signals(INTEGRATION) if s.input == key)
        items = {row.id: row.fields for row in client.select_items()}
        view = {**items.get(signal.item_id or "", {"name": key}), **fields}
        client.publish_signals(INTEGRATION, {signal.id: view}, create_only=False)


def live(folder: Folder) -> dict[str, Mapping[str, object]]:
    """Return the full view of every signal and item, by address."""
    with _client(folder.path) as client:
        items = {row.id: row.fields for row in client.select_items()}
        signals = client.select_signals(INTEGRATION)
        views = {f"signals/pier/{row.input}": row.fields for row in signals}
        return views | {
            f"items/pier/{row.input}": items[row.item_id] for row in signals if row.item_id
        }


@contextmanager
def _client(path: Path) -> Iterator[Client]:
    (path / ".syncer").mkdir(exist_ok=True)
    with opened(path / ".syncer/local.db") as store:
        password = store.ensure_integration(INTEGRATION, "pier").password
        yield Client(
            password_credentials(INTEGRATION, password, "pier", api_url="http://localhost/v1/"),
            in_process(_handle(Service(store))),
            clock=VirtualClock(),
            rng=Highest(),
            redactor=Redactor(),
        )


def _handle(
    service: Service,
) -> Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]:
    def handle(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = service.handle(Request(method, url, headers, body))
        return response.status, response.headers, response.body

    return handle
