"""Two machines of a team, with one memory in PostgreSQL."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from syncer.emulator.messages import Request, Response
from tests.e2e.command import Folder, Result
from tests.e2e.conftest import REMOTE, STAND, Site
from tests.engine.postgres import Server, find_binaries, serve

BINARIES = find_binaries()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if BINARIES is None:
        pytest.skip("no initdb and postgres on this machine")
    with serve(BINARIES) as started:
        with psycopg.connect(started.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE ci LOGIN PASSWORD 'CANARY-4711'")
        yield started


@pytest.fixture
def url(server: Server) -> str:
    """An empty database, and the secret that opens it."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS team WITH (FORCE)")
        connection.execute("CREATE DATABASE team OWNER ci")
    return server.url("team").replace(f"{server.user}@", "ci:CANARY-4711@")


def machine(path: Path, site: Site, url: str) -> Folder:
    """Return a checkout on a machine of its own."""
    path.mkdir()
    own = {"CLARIFY_PIER": site.path("pier"), "XDG_STATE_HOME": str(path / "home")}
    folder = Folder(path, {**own, "SYNCER_STATE_URL": url})
    folder.write(syncer=REMOTE, stand=STAND)
    return folder


def during_the_first_save(site: Site, other: Folder) -> list[Result]:
    """Let the other machine apply while the first request to save is under way."""
    done: list[Result] = []
    service = site.handlers[-1]

    def handle(request: Request) -> Response:
        is_save = b"saveSignals" in request.body
        if is_save and not done:
            site.handlers.append(service)
            done.append(other.run("apply", "--auto-approve"))
        return service(request)

    site.answer_with(handle)
    return done


def test_one_of_two_machines_applies_and_the_other_is_told_who(
    tmp_path: Path, site: Site, url: str
) -> None:
    first, second = machine(tmp_path / "a", site, url), machine(tmp_path / "b", site, url)
    refused = during_the_first_save(site, second)

    done = first.run("apply", "--auto-approve")

    assert (done.code, refused[0].code) == (0, 5)
    assert "LCK-HELD" in refused[0].err
    assert str(first.path) in refused[0].err
    assert second.run("apply", "--auto-approve").code == 0
    runs = json.loads(second.run("history", "-o", "json").out)["runs"]
    assert [run["ended"] for run in runs] == ["complete"]
    texts = (done, refused[0], second.run("history", "-v"), second.run("doctor"))
    assert not any("CANARY" in text.out + text.err for text in texts)


def test_a_run_is_rolled_back_from_another_machine(tmp_path: Path, site: Site, url: str) -> None:
    first, second = machine(tmp_path / "a", site, url), machine(tmp_path / "b", site, url)
    assert first.run("apply", "--auto-approve").code == 0
    first.edit("stand", "engUnit: USD", "engUnit: EUR")
    assert first.run("apply", "--auto-approve").code == 0
    run = json.loads(second.run("history", "-o", "json").out)["runs"][0]["run"]

    done = second.run("rollback", run, "--auto-approve")

    assert done.code == 0
    assert second.run("plan", "--detailed-exitcode").code == 0
