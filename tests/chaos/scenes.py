"""A project of 200 changes, a Clarify on a socket that can be set back, and faults at its calls."""

import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from syncer.emulator.credentials import write_credentials
from syncer.emulator.faults import Rule, Silence, Slow, When
from syncer.emulator.injecting import FaultyService
from syncer.emulator.messages import Request, Response
from syncer.emulator.records import LedgerEntry
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store
from syncer.engine.state import is_end
from syncer.providers.clarify.client import Client
from syncer.redaction import Redactor
from syncer.transport.credentials import password_credentials
from syncer.transport.in_process import in_process
from tests.e2e.command import ROOT, Folder, Process, Result
from tests.engine.sites import URL, handling
from tests.transport.fakes import Highest, VirtualClock

HOOK: Final = Path(__file__).parent / "hook"
IDS: Final = {
    "pier": "c618rbfqfsj7mjkj0ss0",
    "quay": "c7a1bbfqfsj7mjkj0ss0",
    "yacht": "c7a1bbfqfsj7mjkj0ss1",
}
_CREATED: Final = 25  # signals an integration, and as many items of some
_UPDATED: Final = 20
SECONDS: Final = 60
APPLY: Final = ("apply", "--auto-approve", "--allow-updates", "100")
_PROJECT: Final = "version: 1\nproject: stand\nintegrations: [pier, quay, yacht]\nenvironments:\n"


@dataclass
class Clarify:
    """The Clarify of the moment, how many requests it got, and what waits for a fault."""

    service: FaultyService
    store: Store
    requests: int = 0
    fired: threading.Event = field(default_factory=threading.Event)

    def handle(self, request: Request) -> Response:
        self.requests += 1
        response = self.service.finish(request)
        if self.service.faults.fired:
            self.fired.set()
        return response


@dataclass
class Scene:
    """A folder with a project, and the server that it applies to; `reset` starts anew."""

    path: Path
    url: str = ""
    clarify: Clarify | None = None
    before: Store | None = None
    expected: Mapping[str, object] = field(default_factory=dict)

    @property
    def now(self) -> Clarify:
        """The Clarify of the moment."""
        assert self.clarify is not None
        return self.clarify

    def reset(self, name: str = "work") -> Folder:
        """Return a fresh copy of the project, in front of Clarify as it was before."""
        assert self.before is not None
        if self.clarify is not None:
            self.clarify.store.close()
        store = self.before.copy()
        self.clarify = Clarify(FaultyService(Service(store)), store)
        return self.copy(name)

    def copy(self, name: str) -> Folder:
        """Return a copy of the project with a memory of its own."""
        target = self.path / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.path / "project", target)
        return self.folder(target)

    def folder(self, path: Path) -> Folder:
        """Return the folder with its credentials and its own place for locks."""
        variables = {
            f"CLARIFY_{alias.upper()}": str(self.path / "credentials" / f"{alias}.basic-auth.json")
            for alias in IDS
        }
        variables["XDG_STATE_HOME"] = str(path / "state")
        return Folder(path, variables)

    def inject(self, when: When, nth: int, action: Silence | Slow, method: str = "any") -> None:
        """Let the nth request of a method meet this fault."""
        self.now.service.load((Rule(when, action, method, nth),))

    def state(self) -> dict[str, object]:
        """What Clarify holds, by key, without what differs from run to run."""
        return state(self.now.store)

    def check_ledger(self) -> None:
        """Check that no resource was written with effect more than once."""
        check_ledger(self.now.store, len(_ledger(self.before)))

    def check_finished(self, folder: Folder) -> None:
        """Check that a plain apply finishes what an earlier one left, and nothing twice."""
        self.now.service.load(())
        finished = folder.run(*APPLY)
        assert finished.code == 0, finished.err
        assert self.state() == self.expected
        self.check_ledger()
        runs = [path.read_bytes() for path in (folder.path / ".syncer/journal").iterdir()]
        # Of one that was killed in its first line nothing was ever begun.
        begun = [run.split(b"\n") for run in runs if b"\n" in run]
        assert all(is_end(lines[-2]) and not lines[-1] for lines in begun)
        assert folder.run("plan", "--detailed-exitcode").code == 0


@contextmanager
def scene(path: Path) -> Iterator[Scene]:
    """Serve a Clarify in which half of the project stands, as somebody else wrote it."""
    made = Scene(path)
    with running(lambda request: made.now.handle(request)) as url:
        made.url = url
        made.before = _prepare(made)
        folder = made.reset()
        uninterrupted = folder.run(*APPLY)
        assert uninterrupted.code == 0, uninterrupted.err + uninterrupted.out
        made.expected = made.state()
        yield made


def start(folder: Folder, **variables: str) -> Process:
    """Start an apply in the background."""
    return Folder(folder.path, {**folder.variables, **variables}).start(*APPLY)


def hooked(**variables: str) -> dict[str, str]:
    """Return the variables that load the hook."""
    return {"PYTHONPATH": f"{HOOK}:{ROOT}", **variables}


def kill_at(made: Scene, folder: Folder, when: When, nth: int) -> None:
    """Start an apply and kill it at its nth request."""
    at = 20 if when is When.MID_BODY else None
    made.inject(when, nth, Silence(at))
    process = start(folder)
    assert made.now.fired.wait(SECONDS), ended(process)
    if when is When.MID_BODY:
        # A moment for the part of the answer to arrive.
        wait_for(process, 0.05)
    process.kill()
    process.communicate()


def wait_for(process: Process, seconds: float) -> bool:
    """Whether the process has ended within so many seconds."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def ended(process: Process) -> Result:
    """Return what a process left behind, once it ends."""
    out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in out + err
    return Result(process.returncode, out, err)


def state(store: Store) -> dict[str, object]:
    """What a Clarify holds, by key, without what differs from run to run."""
    rows: dict[str, object] = {}
    for name, view in _views(store).items():
        annotations = view["annotations"]
        assert isinstance(annotations, dict)
        kept = {key: text for key, text in annotations.items() if key != "syncer/run"}
        rows[name] = {**view, "annotations": kept}
    return rows


def check_ledger(store: Store, since: int) -> None:
    """Check that no resource was written with effect more than once."""
    effects = Counter(
        (entry.method, entry.integration, entry.key)
        for entry in _ledger(store)[since:]
        if entry.effect.value in ("created", "updated")
    )
    twice = {key: count for key, count in effects.items() if count > 1}
    assert not twice, twice


def _ledger(store: Store | None) -> tuple[LedgerEntry, ...]:
    return store.ledger.entries() if store is not None else ()


def _people(store: Store) -> dict[str, Client]:
    """Return clients of the same Clarify that need no socket."""
    transport = in_process(handling(Service(store)))
    passwords = {alias: store.ensure_integration(IDS[alias], alias).password for alias in IDS}
    return {
        alias: Client(
            password_credentials(IDS[alias], passwords[alias], alias, api_url=URL),
            transport,
            clock=VirtualClock(),
            rng=Highest(),
            redactor=Redactor(),
        )
        for alias in IDS
    }


def _views(store: Store) -> dict[str, Mapping[str, object]]:
    people = _people(store)
    items = {row.id: row.fields for row in people["pier"].select_items()}
    views: dict[str, Mapping[str, object]] = {}
    for alias, client in people.items():
        for row in client.select_signals(IDS[alias]):
            views[f"signals/{alias}/{row.input}"] = row.fields
            if row.item_id is not None:
                views[f"items/{alias}/{row.input}"] = items[row.item_id]
    return views


def _prepare(made: Scene) -> Store:
    """Write the project and its credentials, and return the Clarify that it meets."""
    (made.path / "credentials").mkdir()
    store = open_store()
    for alias, remote in IDS.items():
        write_credentials(
            made.path / "credentials", store.ensure_integration(remote, alias), made.url
        )
    for alias, client in _people(store).items():
        there = {f"old-{n}": {"engUnit": "kPa", "description": "mine"} for n in range(_UPDATED)}
        saved = client.save_signals(IDS[alias], there, create_only=False)
        items = {saved[f"old-{n}"].id: {"name": "old", "labels": {"x": ["y"]}} for n in range(10)}
        if alias != "yacht":
            client.publish_signals(IDS[alias], items, create_only=False)
    write_project(Folder(made.path / "project", {}))
    return store


def write_project(folder: Folder, unit: str = "bar") -> None:
    """Write manifests that want this unit."""
    aliases = "".join(
        f"      {alias}: {{id: {remote}, credentials_env: CLARIFY_{alias.upper()}}}\n"
        for alias, remote in IDS.items()
    )
    folder.path.mkdir(exist_ok=True)
    folder.write(syncer=f"{_PROJECT}  dev:\n    integrations:\n{aliases}")
    for alias in IDS:
        keys = [f"new-{n}" for n in range(_CREATED)] + [f"old-{n}" for n in range(_UPDATED)]
        published = keys[:15] + ([] if alias == "yacht" else keys[_CREATED:][:10])
        signals = "".join(f"  {key}: {{engUnit: {unit}}}\n" for key in keys)
        items = "".join(f"  {key}: {{name: {key} in {unit}}}\n" for key in published)
        folder.write(**{alias: f"integration: {alias}\nsignals:\n{signals}items:\n{items}"})
