"""Projects in temporary folders, and a Clarify on a socket for them."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncer.emulator.credentials import write_credentials
from syncer.emulator.server import Handler, running
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store
from tests.e2e.command import Folder

PIER = "c618rbfqfsj7mjkj0ss0"
YACHT = "c7a1bbfqfsj7mjkj0ss0"

LOCAL = "version: 1\nproject: stand\nintegrations: [pier]\n"
REMOTE = f"""\
version: 1
project: stand
integrations: [pier]
environments:
  dev: {{integrations: {{pier: {{id: {PIER}, credentials_env: CLARIFY_PIER}}}}}}
"""
STAND = """\
signals:
  amount: {name: Amount, engUnit: USD, labels: {site: [Pier]}}
  status: {name: Status, valueType: enum, enumValues: {0: ok, 1: on fire}}
items:
  amount: {name: Money, follow: [engUnit]}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker("e2e")


@pytest.fixture
def local(tmp_path: Path) -> Folder:
    """A project without environments."""
    folder = Folder(tmp_path, {})
    folder.write(syncer=LOCAL, stand=STAND)
    return folder


@pytest.fixture(scope="session")
def _planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, applied; then a unit was edited and the plan of that was saved."""
    folder = Folder(tmp_path_factory.mktemp("planned"), {})
    folder.write(syncer=LOCAL, stand=STAND)
    assert folder.run("apply", "--auto-approve").code == 0
    folder.edit("stand", "engUnit: USD", "engUnit: EUR")
    assert folder.run("plan", "--out", "plan.json").code == 0
    return folder.path


@pytest.fixture
def planned(_planned: Path, tmp_path: Path) -> Folder:
    """A project with plan.json, which changes one unit and its item's."""
    shutil.copytree(_planned, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path, {})


@pytest.fixture
def applied(planned: Folder) -> Folder:
    """A project that was applied as it is declared."""
    planned.write(stand=STAND)
    return planned


@dataclass
class Site:
    """A Clarify on a socket, and credentials for it."""

    url: str
    store: Store
    credentials: Path
    handlers: list[Handler]

    def path(self, name: str, kind: str = "client-credentials") -> str:
        """Return the file of an integration's credentials."""
        return str(self.credentials / f"{name}.{kind}.json")

    def text(self, name: str, kind: str = "client-credentials") -> str:
        """Return the JSON text of an integration's credentials."""
        return Path(self.path(name, kind)).read_text(encoding="utf-8")

    def answer_with(self, handler: Handler) -> None:
        """Let this handler answer from now on."""
        self.handlers.append(handler)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret that the credentials hold."""
        texts = "".join(path.read_text() for path in self.credentials.iterdir())
        return tuple(re.findall(r'"clientSecret": ?"([^"]+)"', texts))


@pytest.fixture(scope="session")
def socket() -> Iterator[tuple[str, list[Handler]]]:
    """One socket for all tests, as stopping takes a moment, and its handlers: the last answers."""
    handlers: list[Handler] = []
    with running(lambda request: handlers[-1](request)) as url:
        yield url, handlers


@pytest.fixture
def site(
    socket: tuple[str, list[Handler]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    url, handlers = socket
    store = open_store()
    folder = tmp_path_factory.mktemp("credentials")
    for remote, name in ((PIER, "pier"), (YACHT, "yacht")):
        write_credentials(folder, store.ensure_integration(remote, name), url)
    handlers.append(Service(store).handle)
    yield Site(url, store, folder, handlers)
    handlers.clear()
    store.close()


@pytest.fixture
def remote(tmp_path: Path, site: Site) -> Folder:
    """A project whose only environment is the site."""
    folder = Folder(tmp_path, {"CLARIFY_PIER": site.path("pier")})
    folder.write(syncer=REMOTE, stand=STAND)
    return folder
