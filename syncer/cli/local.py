"""The built-in environment: the emulator in this process, kept in `.syncer/local.db`.

It needs no socket and no credentials; its integration IDs follow from the project's name.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from syncer.cli.app import App
from syncer.cli.states import FOLDER, open_memory, state_folder
from syncer.emulator.database import NotAStoreError, StoreError, StoreInUseError
from syncer.emulator.messages import Request
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store
from syncer.engine.workflow import Session
from syncer.errors import PlanRefused, SyncerError
from syncer.manifest.project import Project
from syncer.plan.changes import Target
from syncer.plan.guards import Limits
from syncer.providers.clarify.client import Client
from syncer.providers.clarify.provider import Clarify
from syncer.transport.credentials import password_credentials
from syncer.transport.in_process import in_process
from syncer.transport.messages import Handle

LOCAL: Final = "local"
_URL: Final = "http://localhost/v1/"


def local_integration(project: str, alias: str) -> str:
    """Return the integration ID that the built-in environment uses: 20 characters, stable."""
    digest = hashlib.sha256(f"{project}/{alias}".encode()).digest()
    return base64.b32hexencode(digest).decode().lower()[:20]


@contextmanager
def opened(path: Path | None) -> Iterator[Store]:
    """Yield the emulator's store; a file that another process holds is refused (5)."""
    try:
        store = open_store(path)
    except StoreInUseError as error:
        raise PlanRefused.of(
            "CLI-DB-IN-USE",
            f"{path} is in use by another process",
            rule="one process at a time keeps the embedded Clarify",
            hint="wait for it to end, or stop `syncer emulator`",
        ) from error
    except NotAStoreError as error:
        raise SyncerError.of(
            "CLI-DB", str(error), hint="move the file away, and a new one is made"
        ) from error
    except StoreError as error:
        raise SyncerError.of("CLI-DB", str(error)) from error
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_local(app: App, project: Project) -> Iterator[Session]:
    """Yield a session with the built-in environment."""
    with open_local_clients(app, project) as (target, clients):
        ids = target.integrations
        yield Session(
            target=target,
            reconciler=Clarify(ids, clients, clients, {}),
            memory=open_memory(app),
            # Creates cost nothing here.
            limits=Limits(**asdict(project.guards) | {"max_creates": None}, is_remote=False),
            where=str(app.root.resolve() / FOLDER),
        )


@contextmanager
def open_local_clients(app: App, project: Project) -> Iterator[tuple[Target, dict[str, Client]]]:
    """Yield the built-in environment and a client for each of its integrations, by alias."""
    ids = {alias: local_integration(project.name, alias) for alias in project.integrations}
    with opened(state_folder(app.root) / "local.db") as store:
        transport = in_process(_handle(Service(store)))
        clients = {}
        for alias in project.integrations:
            password = store.ensure_integration(ids[alias], alias).password
            credentials = password_credentials(ids[alias], password, LOCAL, api_url=_URL)
            clients[alias] = Client(
                credentials, transport, clock=app.clock, rng=app.rng, redactor=app.redactor
            )
        yield Target(LOCAL, f"{FOLDER}/local.db (embedded Clarify)", ids), clients


def _handle(service: Service) -> Handle:
    def handle(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = service.handle(Request(method, url, headers, body))
        return response.status, response.headers, response.body

    return handle
